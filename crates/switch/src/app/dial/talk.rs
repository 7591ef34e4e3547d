//! What Dial does once somebody has answered: the subroutine of whoever did, the conversation, its
//! limit and its end.

use super::{Dial, Stage, Talk, tell_time};
use crate::Switch;
use crate::app::limit::{Clock, Time};
use crate::app::{Step, goto};
use crate::happening::Happening;
use model::{Cause, ChannelId, DialStatus};

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
        let options = &self.request.options;
        if !switch.can_be_bridged(dest) {
            let clock = Clock::begin(switch, id, dest, (None, None));
            return self.over(switch, id, Talk { dest, clock });
        }
        if options.hangup_extension
            && let Some(channel) = switch.channels.get_mut(&dest)
        {
            channel.memory.hangup_extension = true;
        }
        switch.bridge(dest, id);
        switch.allow_keys(id, options.calling_features);
        switch.allow_keys(dest, options.called_features);
        let clock = Clock::begin(switch, id, dest, (options.limit, options.longest));
        self.stage = Stage::Talking(Talk { dest, clock });
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
            now.saturating_sub(talk.clock.began),
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
        let mut talk = talk;
        if let Some(time) = talk.clock.on(switch, id, talk.dest, happening) {
            if time == Time::Over {
                return self.part(switch, id, talk);
            }
            self.stage = Stage::Talking(talk);
            return Step::Wait(self);
        }
        match happening {
            Happening::HungUp => {
                self.let_called_go_on(switch, id, talk.dest);
                switch.leave_bridge(id);
                self.over(switch, id, talk);
                Step::Hangup
            }
            Happening::Unbridged => self.over(switch, id, talk),
            Happening::Timer(_)
            | Happening::Digit(_)
            | Happening::Played { .. }
            | Happening::Dialed(..)
            | Happening::PickedUp { .. }
            | Happening::SentAway(_)
            | Happening::Forwarded { .. }
            | Happening::Chosen { .. }
            | Happening::Ran(..)
            | Happening::Controlled(_)
            | Happening::SpyeeEnded(_)
            | Happening::Originated(_)
            | Happening::Subroutine { .. } => Step::Wait(self),
        }
    }

    /// The time is over.
    fn part(&self, switch: &mut Switch, id: ChannelId, talk: Talk) -> Step {
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
