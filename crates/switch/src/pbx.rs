//! How a channel executes the dialplan: one priority after the other, applications that wait, the
//! `h` extension at the end.

use crate::Switch;
use crate::app::{self, Call, Step};
use crate::channel::{Channel, End, Frame};
use crate::feature::mapped::keep_for_later;
use crate::hangup::DEFAULT_CAUSE;
use crate::happening::Happening;
use crate::place::Place;
use crate::scope::ChannelScope;
use crate::timers::{Timer, TimerId};
use model::{ChannelId, Event};
use std::sync::Arc;
use std::time::Duration;
use tracing::span::EnteredSpan;

/// As long as it lives, what is logged is of this channel's trace, if anybody wants to know that.
fn traced(channel: &Channel) -> EnteredSpan {
    tracing::info_span!(
        target: "trace",
        "channel",
        trace = %channel.trace.id,
        channel = %channel.uniqueid,
        call_id = channel.trace.call_id.as_deref().map(tracing::field::display),
    )
    .entered()
}

impl Switch {
    /// Begins to execute the dialplan where the channel is.
    pub(crate) fn start_dialplan(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.run.push(Frame::Dialplan);
        self.counters.calls += 1;
        self.open_record(id);
        self.ready.push_back(id);
    }

    /// Executes one application and then ends, without a dialplan.
    pub(crate) fn start_application(&mut self, id: ChannelId, name: &str, data: &str) {
        let Some(application) = app::find(name) else {
            tracing::warn!(application = name, "No such application: the call ends");
            return self.release(id);
        };
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.application = application.name.into();
        channel.data = data.into();
        self.publish(id);
        self.record_application(id);
        let step = (application.start)(self, id, &Call::new(data));
        self.take(id, step);
    }

    /// Moves a channel elsewhere in the dialplan.
    pub(crate) fn go(&mut self, id: ChannelId, place: Place) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let moved = [
            (&mut channel.context, place.context),
            (&mut channel.exten, place.exten),
        ];
        for (before, (known, new)) in channel.before.iter_mut().zip(moved) {
            if *known != new {
                *before = Some(std::mem::replace(known, new));
            }
        }
        channel.priority = place.priority;
    }

    /// One step of a channel that wants to execute on.
    pub(crate) fn execute(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let _told = traced(channel);
        let unheard = std::mem::take(&mut channel.unheard);
        match channel.run.last() {
            Some(Frame::Dialplan | Frame::Subroutine { .. }) if channel.moving.is_some() => {
                self.move_on(id);
            }
            Some(Frame::Dialplan | Frame::Subroutine { .. }) if channel.end == End::None => {
                self.execute_priority(id);
            }
            Some(Frame::Dialplan | Frame::Subroutine { .. }) => self.end_run(id),
            Some(Frame::HangupExtension) => self.execute_priority(id),
            Some(Frame::Interlude(_)) => self.end_interlude(id),
            Some(Frame::Application(_)) if unheard => self.happen(id, Happening::HungUp),
            // It has begun to wait since it was told to go on.
            Some(Frame::Application(_)) => {}
            None => self.release(id),
        }
    }

    /// Brings what happened to the application that waits for it.
    pub(crate) fn deliver(&mut self, id: ChannelId, happening: Happening) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.end == End::Releasing {
            return;
        }
        if happening == Happening::Unbridged && channel.seat.is_some() {
            // It sits elsewhere by now.
            return;
        }
        let _told = traced(channel);
        keep_for_later(channel, &happening);
        match channel.run.pop() {
            Some(Frame::Application(waiting)) => {
                let seated = happening == Happening::Unbridged || channel.seat.is_some();
                let step = waiting.on(self, id, &happening);
                let step = match seated {
                    true => self.after_bridge(id, step),
                    false => step,
                };
                self.take(id, step);
            }
            Some(frame @ Frame::Interlude(_)) => {
                channel.run.push(frame);
                if let Happening::HungUp | Happening::Subroutine { .. } = happening {
                    self.end_interlude(id);
                }
            }
            Some(frame) => channel.run.push(frame),
            None => self.happen_to_passive(id, &happening),
        }
    }

    /// What an application said to do next that has seated its channel in a bridge; elsewhere, if the
    /// channel was to go there afterwards.
    fn after_bridge(&mut self, id: ChannelId, step: Step) -> Step {
        let is_over = matches!(step, Step::Done | Step::Hangup | Step::Goto(_));
        let channel = self.channels.get_mut(&id);
        let channel = channel.filter(|channel| !channel.is_ending());
        match channel {
            Some(channel) if is_over => channel.after_bridge.take().map_or(step, Step::Goto),
            Some(_) | None => step,
        }
    }

    /// Carries out what an application said to do next.
    pub(crate) fn take(&mut self, id: ChannelId, step: Step) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        match step {
            Step::Wait(waiting) => channel.run.push(Frame::Application(waiting)),
            Step::Call(waiting, place) => {
                channel.run.push(Frame::Application(waiting));
                if !self.start_subroutine(id, &place, id) {
                    self.happen(
                        id,
                        Happening::Subroutine {
                            of: id,
                            completed: false,
                        },
                    );
                }
            }
            _ if matches!(channel.run.last(), Some(Frame::Interlude(_))) => {
                self.take_in_interlude(id, &step);
            }
            _ if channel.moving.is_some() => self.move_on(id),
            Step::Done if channel.run.is_empty() => self.release(id),
            Step::Done => {
                channel.priority += 1;
                self.ready.push_back(id);
            }
            Step::Goto(place) => {
                self.go(id, place);
                self.ready.push_back(id);
            }
            Step::Hangup => self.end_run(id),
        }
    }

    /// Sends a channel elsewhere in the dialplan, whatever it does now. False if it cannot go.
    pub(crate) fn send_to(&mut self, id: ChannelId, place: Place) -> bool {
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        if channel.is_ending() || channel.dialer.is_some() || channel.is_yet_to_begin() {
            return false;
        }
        channel.moving = Some(place);
        match channel.run.last() {
            Some(Frame::Application(_)) => self.happen(id, Happening::HungUp),
            Some(
                Frame::Dialplan
                | Frame::HangupExtension
                | Frame::Subroutine { .. }
                | Frame::Interlude(_),
            ) => {
                channel.unheard = true;
                self.ready.push_back(id);
            }
            None => {
                self.leave_bridge(id);
                self.move_on(id);
            }
        }
        true
    }

    /// What a channel executed has been ended: it goes on where it was sent.
    pub(crate) fn move_on(&mut self, id: ChannelId) {
        if self.is_away(id) {
            return self.end_interlude(id);
        }
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(place) = channel.moving.take() else {
            return;
        };
        channel.after_bridge = None;
        let had_dialplan = channel
            .run
            .iter()
            .any(|frame| matches!(frame, Frame::Dialplan));
        self.abandon_subroutines(id);
        self.abandon_origination(id);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.run.clear();
        }
        self.go(id, place);
        if had_dialplan {
            if let Some(channel) = self.channels.get_mut(&id) {
                channel.run.push(Frame::Dialplan);
            }
            self.ready.push_back(id);
        } else {
            self.start_dialplan(id);
        }
    }

    /// Ends what a channel executes, at once, so that it can do something else.
    pub(crate) fn interrupt(&mut self, id: ChannelId) {
        self.abandon_origination(id);
        while let Some(channel) = self.channels.get_mut(&id) {
            match channel.run.pop() {
                Some(Frame::Application(waiting)) => {
                    let _ = waiting.on(self, id, &Happening::HungUp);
                }
                Some(Frame::Subroutine { reports_to, .. }) => {
                    self.happen(
                        reports_to,
                        Happening::Subroutine {
                            of: id,
                            completed: false,
                        },
                    );
                }
                Some(Frame::Dialplan | Frame::HangupExtension | Frame::Interlude(_)) => {}
                None => break,
            }
        }
        self.leave_bridge(id);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.application = Arc::default();
            channel.data = Arc::default();
        }
    }

    fn execute_priority(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let now = self.local_time();
        let dialplan = Arc::clone(&self.config.dialplan);
        let caller = channel.caller.number.clone().unwrap_or_default();
        let (context, exten) = (Arc::clone(&channel.context), Arc::clone(&channel.exten));
        let Some(priority) = dialplan.find(&context, &exten, channel.priority, &caller, &now)
        else {
            return self.run_out(id, &dialplan, &caller, &now);
        };
        let data = ChannelScope::new(self, id).expand(&priority.args);
        self.begin_application(id, &priority.app, &data);
        let step = match app::find(&priority.app) {
            Some(application) => application.begin(self, id, &Call::new(&data)),
            None => {
                tracing::warn!(application = %priority.app, %context, %exten, "No such application: the call ends");
                Step::Hangup
            }
        };
        self.take(id, step);
    }

    fn begin_application(&mut self, id: ChannelId, name: &str, data: &str) {
        let Some(application) = app::find(name) else {
            return;
        };
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.application = application.name.into();
        channel.data = data.into();
        self.publish(id);
        self.record_application(id);
    }

    /// There is no such priority: the invalid extension, or the end.
    fn run_out(
        &mut self,
        id: ChannelId,
        dialplan: &dialplan::Dialplan,
        caller: &str,
        now: &jiff::Zoned,
    ) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let (context, exten) = (Arc::clone(&channel.context), Arc::clone(&channel.exten));
        if matches!(channel.run.last(), Some(Frame::Subroutine { .. })) {
            return self.finish_subroutine(id);
        }
        let in_hangup = matches!(channel.run.last(), Some(Frame::HangupExtension));
        let unknown = channel.priority == 1 && !dialplan.exists(&context, &exten, 1, caller, now);
        let step = match unknown {
            _ if in_hangup => Step::Hangup,
            true => self.go_invalid(id, &exten),
            false => self.fall_through(id),
        };
        self.take(id, step);
    }

    /// The extension has no more priorities: the caller hears what became of the last call, or
    /// may dial on where the dialplan says so.
    fn fall_through(&mut self, id: ChannelId) -> Step {
        if !self.config.dialplan.general.autofallthrough {
            return app::wait_exten::begin(self, id, None);
        }
        let channel = self.channels.get(&id);
        let status = channel.and_then(|channel| channel.variables.value("DIALSTATUS"));
        let indication = match status.map(AsRef::as_ref) {
            Some("BUSY") => app::find("Busy"),
            Some("CONGESTION" | "CHANUNAVAIL") => app::find("Congestion"),
            Some(_) | None => None,
        };
        match indication {
            Some(application) => (application.start)(self, id, &Call::new("10")),
            None => Step::Hangup,
        }
    }

    /// What the channel executes is over: its `h` extension if it has one, then the end.
    pub(crate) fn end_run(&mut self, id: ChannelId) {
        if self.is_away(id) {
            return self.take_in_interlude(id, &Step::Hangup);
        }
        self.abandon_subroutines(id);
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let in_dialplan = channel
            .run
            .iter()
            .any(|frame| matches!(frame, Frame::Dialplan));
        let in_hangup = channel
            .run
            .iter()
            .any(|frame| matches!(frame, Frame::HangupExtension));
        channel.run.clear();
        if channel.end == End::None {
            channel.end = End::Requested;
        }
        if !in_dialplan || in_hangup {
            return self.release(id);
        }
        if let Some(snapshot) = self.snapshot_where_told(id) {
            self.tell(Event::SoftHangupRequest {
                channel: snapshot,
                cause: Some(DEFAULT_CAUSE.number()),
            });
        }
        self.end_record_before_hangup_extension(id);
        if !self.run_hangup_extension(id) {
            self.release(id);
        }
    }

    /// A channel that executes no dialplan ends: its `h` extension, if it was told to run it.
    pub(crate) fn run_last_extension(&mut self, id: ChannelId) -> bool {
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        let memory = channel.memory.written();
        if !memory.is_some_and(|memory| std::mem::take(&mut memory.hangup_extension)) {
            return false;
        }
        channel.end = End::Requested;
        channel.run.clear();
        self.run_hangup_extension(id)
    }

    fn run_hangup_extension(&mut self, id: ChannelId) -> bool {
        let now = self.local_time();
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        let caller = channel.caller.number.clone().unwrap_or_default();
        if !self
            .config
            .dialplan
            .exists(&channel.context, "h", 1, &caller, &now)
        {
            return false;
        }
        channel.exten = "h".into();
        channel.priority = 1;
        channel.run.push(Frame::HangupExtension);
        self.ready.push_back(id);
        true
    }

    /// Sets a timer for what a channel executes.
    pub(crate) fn timer(&mut self, id: ChannelId, time: Duration) -> TimerId {
        self.timers
            .set(self.now.since_start + time, Timer::Application(id))
    }

    /// The time of the turn where the configuration says we are.
    pub(crate) fn local_time(&self) -> jiff::Zoned {
        let zone = self
            .config
            .time_zone
            .clone()
            .unwrap_or(jiff::tz::TimeZone::UTC);
        self.now.utc.to_zoned(zone)
    }

    /// The innermost application waiting on a channel, if it is one of this kind.
    pub(crate) fn waiting<T: 'static>(&self, id: ChannelId) -> Option<&T> {
        match self.channels.get(&id)?.run.last()? {
            Frame::Application(waiting) => {
                let waiting = waiting.as_ref() as &dyn std::any::Any;
                let tried = || waiting.downcast_ref::<app::exec::Trying>()?.tried();
                waiting.downcast_ref().or_else(tried)
            }
            Frame::Dialplan
            | Frame::HangupExtension
            | Frame::Subroutine { .. }
            | Frame::Interlude(_) => None,
        }
    }
}
