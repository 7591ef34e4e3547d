//! What Dial does once somebody has answered: the subroutine of whoever did, the conversation, its
//! limit and its end.

use super::{Dial, Stage, Talk, tell_time};
use crate::Switch;
use crate::app::{Step, goto};
use crate::channel::Happening;
use model::{Cause, ChannelId, DialStatus, PlayId};

impl Dial {
    /// Both talk, or both go on in the dialplan.
    pub(super) fn connect(
        self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
    ) -> Step {
        let Some(text) = &self.request.options.both_go_on else {
            return self.press(switch, id, dest);
        };
        self.answer(switch, id);
        self.split(switch, id, dest, text)
    }

    fn answer(&self, switch: &mut Switch, id: ChannelId) {
        switch.answer(id);
        if self.request.options.reset_record {
            switch.reset_record(id);
        }
    }

    /// Both talk, if nobody has hung up meanwhile.
    pub(super) fn talk(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
    ) -> Step {
        self.answer(switch, id);
        let mut talk = Talk {
            dest,
            answered: switch.now.since_start,
            until: None,
            warn: None,
            farewell: [None; 2],
        };
        if !switch.can_be_bridged(dest) {
            return self.over(switch, id, talk);
        }
        talk.until = self
            .request
            .options
            .time()
            .map(|time| switch.timer(id, time));
        if self.request.options.hangup_extension
            && let Some(channel) = switch.channels.get_mut(&dest)
        {
            channel.memory.hangup_extension = true;
        }
        switch.bridge(dest, id);
        switch.allow_keys(id, self.request.options.calling_features);
        switch.allow_keys(dest, self.request.options.called_features);
        if let Some(limit) = self.request.options.limit {
            talk.warn = switch.begin_limit(id, dest, limit);
        }
        self.stage = Stage::Talking(talk);
        Step::Wait(self)
    }

    /// `G`: the caller goes to a place, the called party to the one after it.
    fn split(&self, switch: &mut Switch, id: ChannelId, dest: ChannelId, text: &str) -> Step {
        let place = goto::place(switch, id, &text.replace('^', ","));
        let Some(place) = place else {
            tracing::warn!(place = text, "Dial: no such place to go to");
            switch.release(dest);
            return Step::Hangup;
        };
        let mut next = place.clone();
        next.priority += 1;
        switch.go(dest, next);
        switch.start_dialplan(dest);
        Step::Goto(place)
    }

    /// Whoever answered has run its subroutine: GOSUB_RESULT says how it goes on.
    pub(super) fn on_screened(
        self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
    ) -> Step {
        let channel = switch.channels.get(&dest);
        let result = channel
            .and_then(|channel| channel.variables.value("GOSUB_RESULT"))
            .cloned();
        let (word, place) = result
            .as_deref()
            .unwrap_or_default()
            .split_once(':')
            .unwrap_or((result.as_deref().unwrap_or_default(), ""));
        match word {
            "ABORT" => {
                switch.release(dest);
                Step::Hangup
            }
            "BUSY" | "CONGESTION" | "CONTINUE" => {
                switch.release(dest);
                if word != "CONTINUE" {
                    switch.set_variable(id, "DIALSTATUS", word);
                }
                Step::Done
            }
            "GOTO" => {
                switch.release(dest);
                goto::jump(switch, id, &place.replace('^', ","))
            }
            _ => self.connect(switch, id, dest),
        }
    }

    /// The conversation is over.
    fn over(&self, switch: &mut Switch, id: ChannelId, talk: Talk) -> Step {
        let now = switch.now.since_start;
        switch.record_conversation_end(id);
        tell_time(
            switch,
            id,
            "ANSWEREDTIME",
            now.saturating_sub(talk.answered),
        );
        tell_time(switch, id, "DIALEDTIME", now.saturating_sub(self.began));
        switch.set_variable(id, "DIALSTATUS", DialStatus::Answer.text());
        if self.request.options.go_on {
            Step::Done
        } else {
            Step::Hangup
        }
    }

    pub(super) fn on_talk(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        talk: Talk,
        happening: &Happening,
    ) -> Step {
        match happening {
            Happening::HungUp => {
                self.let_called_go_on(switch, id, talk.dest);
                switch.leave_bridge(id);
                self.over(switch, id, talk);
                Step::Hangup
            }
            Happening::Timer(timer) if talk.until == Some(*timer) => {
                let farewell = match self.request.options.limit {
                    Some(_) => switch.end_limit(id, talk.dest),
                    None => [None; 2],
                };
                self.say_goodbye(switch, id, Talk { farewell, ..talk })
            }
            Happening::Timer(timer) if talk.warn == Some(*timer) => {
                let limit = self.request.options.limit;
                let warn = limit.and_then(|limit| switch.warn_of_limit(id, talk, limit));
                self.stage = Stage::Talking(Talk { warn, ..talk });
                Step::Wait(self)
            }
            Happening::Played { play, .. } if talk.farewell.contains(&Some(*play)) => {
                let left = |known: Option<PlayId>| known.filter(|known| known != play);
                let farewell = talk.farewell.map(left);
                self.say_goodbye(switch, id, Talk { farewell, ..talk })
            }
            Happening::Unbridged => self.over(switch, id, talk),
            Happening::Timer(_)
            | Happening::Digit(_)
            | Happening::Played { .. }
            | Happening::Dialed(..)
            | Happening::PickedUp { .. }
            | Happening::SentAway(_)
            | Happening::Chosen { .. }
            | Happening::Ran(..)
            | Happening::Originated(_)
            | Happening::Subroutine { .. } => Step::Wait(self),
        }
    }

    /// The time is over: they part once they have heard so.
    fn say_goodbye(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, talk: Talk) -> Step {
        if talk.farewell != [None; 2] {
            self.stage = Stage::Talking(talk);
            return Step::Wait(self);
        }
        for end in [id, talk.dest] {
            if let Some(channel) = switch.channels.get_mut(&end) {
                channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
            }
        }
        switch.leave_bridge(id);
        self.over(switch, id, talk)
    }

    /// `F`: the caller hangs up, and the called party goes on in the dialplan.
    fn let_called_go_on(&self, switch: &mut Switch, id: ChannelId, dest: ChannelId) {
        let Some(text) = &self.request.options.called_goes_on else {
            return;
        };
        let place = match text.as_str() {
            "" => switch.next_place(id),
            text => goto::place(switch, id, &text.replace('^', ",")),
        };
        if switch.peer(id) == Some(dest)
            && let Some(channel) = switch.channels.get_mut(&dest)
        {
            channel.after_bridge = place;
        }
    }
}

/// `U(context^arg…)` as a place with arguments.
pub(super) fn subroutine_place(text: &str) -> String {
    let (context, arguments) = text.split_once('^').unwrap_or((text, ""));
    format!("{context},s,1({})", arguments.replace('^', ","))
}
