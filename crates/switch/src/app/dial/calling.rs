//! Dial while it calls: what becomes of those called, and what the caller hears meanwhile.

use super::line::{self, cancel, keep_cause};
use super::request::Ring;
use super::{Calling, Dial, Stage, fail, summary, tell_time};
use crate::Switch;
use crate::app::Step;
use crate::app::dtmf::Digits;
use crate::happening::Progress;
use crate::timers::TimerId;
use model::{Cause, ChannelId, DialStatus};
use std::sync::Arc;
use std::time::Duration;

impl Dial {
    pub(super) fn on_progress(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
        progress: Progress,
    ) -> Step {
        let since = switch.now.since_start.saturating_sub(self.began);
        let rings_alone = matches!(self.request.options.ring, Some(Ring::Alone(_)));
        let hears_music = self.request.options.music.is_some()
            || matches!(self.request.options.ring, Some(Ring::Alone(Some(_))));
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        if calling.lines.iter().all(|line| line.id != dest) {
            return Step::Wait(self);
        }
        match progress {
            Progress::Proceeding => {
                switch.tell_dial_state(Some(id), dest, DialStatus::Proceeding);
                switch.indicate(id, Progress::Proceeding);
            }
            Progress::EarlyMedia if rings_alone => {
                self.on_sound(switch, id, dest);
                switch.tell_dial_state(Some(id), dest, DialStatus::Progress);
            }
            Progress::EarlyMedia => {
                switch.stop_tones(id);
                calling.early.get_or_insert(dest);
                switch.touched.insert(id);
                tell_time(switch, id, "PROGRESSTIME", since);
                switch.tell_dial_state(Some(id), dest, DialStatus::Progress);
                switch.indicate(id, Progress::EarlyMedia);
                self.on_sound(switch, id, dest);
            }
            Progress::Ringing => {
                calling.patience = None;
                if !std::mem::replace(&mut calling.rang, true) {
                    tell_time(switch, id, "RINGTIME", since);
                }
                switch.tell_dial_state(Some(id), dest, DialStatus::Ringing);
                if !hears_music {
                    switch.indicate(id, Progress::Ringing);
                }
            }
            Progress::Answered => return self.on_answer(switch, id, dest),
            Progress::Ended(status) => {
                switch.tell_dial_end(Some(id), dest, status);
                keep_cause(switch, id, dest);
                switch.release(dest);
                return self.on_end(switch, id, dest, status);
            }
        }
        Step::Wait(self)
    }

    /// One of those called is gone. The last one ends the dial.
    pub(super) fn on_end(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
        status: DialStatus,
    ) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        calling.lines.retain(|line| line.id != dest);
        calling.ended.push(status);
        switch.touched.insert(id);
        calling.early = calling.early.filter(|early| *early != dest);
        if calling.lines.is_empty() {
            let status = summary(&calling.ended);
            self.forget_introduction(switch, false);
            return fail(switch, id, status);
        }
        Step::Wait(self)
    }

    /// Tells the caller that it rings, where that was asked for.
    pub(super) fn ring(&self, switch: &mut Switch, id: ChannelId) {
        match &self.request.options.ring {
            None => {}
            Some(Ring::Alone(Some(tone))) => {
                switch.indicate(id, Progress::EarlyMedia);
                switch.sound_named(id, tone);
            }
            Some(Ring::Alone(None) | Ring::UntilSound) => switch.indicate(id, Progress::Ringing),
        }
    }

    /// There is sound before the answer: whoever is called may wait for digits.
    fn on_sound(&mut self, switch: &mut Switch, id: ChannelId, dest: ChannelId) {
        let texts = &self.request.options.digits;
        let Stage::Calling(calling) = &mut self.stage else {
            return;
        };
        calling.patience = None;
        texts.sound(switch, dest);
        if self.request.options.echoes {
            texts.sound(switch, id);
        }
        if !texts.progress.is_empty() {
            let first = switch.timer(id, Duration::ZERO);
            calling
                .pressing
                .push((Digits::new(dest, &texts.progress), first));
        }
    }

    pub(super) fn on_timer(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        timer: TimerId,
    ) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        let over = [
            (calling.until, DialStatus::NoAnswer),
            (calling.patience, DialStatus::ChanUnavail),
        ];
        let over = over.into_iter().find(|(due, _)| *due == Some(timer));
        if let Some((_, status)) = over {
            self.cancel_all(switch, id, status, None);
            return fail(switch, id, status);
        }
        let mut pressing = calling.pressing.iter_mut();
        if let Some((digits, due)) = pressing.find(|(_, due)| *due == timer)
            && let Some(time) = digits.send_next(switch)
        {
            *due = switch.timer(id, time);
        }
        Step::Wait(self)
    }

    /// The caller has pressed a key while it rings: there may be an extension to go on at, or it is
    /// the code that ends the call.
    pub(super) fn on_key(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        digit: char,
    ) -> Step {
        let place = switch
            .exit_place(id, digit)
            .filter(|_| self.request.options.exits);
        if let Some(place) = place {
            self.cancel_all(switch, id, DialStatus::Cancel, None);
            fail(switch, id, DialStatus::Cancel);
            return Step::Goto(place);
        }
        let may_end = self.request.options.calling_features.disconnect;
        if let Stage::Calling(calling) = &mut self.stage
            && may_end
            && calling.completes(digit, &switch.features_of(id).disconnect)
        {
            self.cancel_all(switch, id, DialStatus::Cancel, None);
            return fail(switch, id, DialStatus::Cancel);
        }
        Step::Wait(self)
    }

    /// Somebody takes the call of a channel that rings: it is connected instead.
    pub(super) fn on_picked_up(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        taken: ChannelId,
        by: ChannelId,
    ) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        let known = calling.lines.iter().any(|line| line.id == taken);
        if !known || !switch.can_be_bridged(by) {
            return Step::Wait(self);
        }
        let cause = Some(Cause::ANSWERED_ELSEWHERE);
        for line in std::mem::take(&mut calling.lines) {
            cancel(switch, id, &line, DialStatus::Cancel, cause);
        }
        let name = switch.channels.get(&by).map(|by| Arc::clone(&by.name));
        switch.set_variable(id, "DIALSTATUS", DialStatus::Answer.text());
        switch.set_variable(id, "DIALEDPEERNAME", &name.unwrap_or_default());
        switch.stop_music(id);
        switch.pull(by, false);
        switch.record_pickup(id, by);
        let [sound, _] = switch.features_of(by).pickup_sounds.clone();
        switch.play_sound(by, &sound);
        self.connect(switch, id, by)
    }

    /// A channel that is to be called has run its subroutine.
    pub(super) fn on_prepared(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
        completed: bool,
    ) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        let line = calling.lines.iter_mut().find(|line| line.id == dest);
        let Some(outgoing) = line.and_then(|line| line.waiting.take()) else {
            return Step::Wait(self);
        };
        if completed && line::dial(switch, id, &outgoing) {
            return Step::Wait(self);
        }
        self.on_end(switch, id, dest, DialStatus::ChanUnavail)
    }

    /// The first to answer is connected; the others are let go.
    pub(super) fn on_answer(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
    ) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        let lines = std::mem::take(&mut calling.lines);
        let answered = lines.iter().find(|line| line.id == dest);
        let resource = answered
            .map(|line| Arc::clone(&line.resource))
            .unwrap_or_default();
        let name = switch
            .channels
            .get(&dest)
            .map(|dest| Arc::clone(&dest.name))
            .unwrap_or_default();
        switch.set_variable(id, "DIALSTATUS", DialStatus::Answer.text());
        switch.set_variable(id, "DIALEDPEERNAME", &name);
        switch.set_variable(id, "DIALEDPEERNUMBER", &resource);
        if let Some(channel) = switch.channels.get_mut(&dest) {
            channel.dialer = None;
            channel.exten = Arc::default();
            channel.priority = 1;
        }
        switch.tell_dial_end(Some(id), dest, DialStatus::Answer);
        keep_cause(switch, id, dest);
        for other in lines.iter().filter(|line| line.id != dest) {
            cancel(
                switch,
                id,
                other,
                DialStatus::Cancel,
                self.request.options.cause,
            );
        }
        if self.request.options.answer {
            switch.answer(id);
        }
        if self.screened.is_some() {
            return self.ask(switch, id, dest);
        }
        switch.stop_music(id);
        switch.stop_tones(id);
        self.announce(switch, id, dest)
    }
}

impl Calling {
    /// Takes one more key. Whether it is the last one of a code.
    fn completes(&mut self, digit: char, code: &str) -> bool {
        self.typed.push(digit);
        while !self.typed.is_empty() && !code.starts_with(&self.typed) {
            self.typed.remove(0);
        }
        !code.is_empty() && self.typed == code
    }
}
