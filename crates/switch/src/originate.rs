//! Originate: call somebody, and connect who answers to the dialplan or an application.

use crate::Switch;
use crate::channel::{Descent, Dialer, Technology};
use crate::happening::{Happening, Progress};
use crate::outgoing::Outgoing;
use crate::place::Place;
use crate::promise::Promise;
use crate::timers::Timer;
use model::{
    Cause, ChannelId, Destination, DialStatus, Event, Originate, OriginateReason, Refusal, Reply,
    Seq, Token,
};
use std::sync::Arc;

/// A call that was ordered and has no outcome yet.
#[derive(Debug)]
pub(crate) struct Origination {
    order: Originate,
    asker: Asker,
    stage: Stage,
}

/// Who is told what came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asker {
    /// A client that waits; with the last event before the order.
    Client(Token, Seq),
    /// A client that does not: it is told by an event, as was promised.
    Event(Promise),
    /// An application that waits on a channel.
    Application(ChannelId),
    /// An application that does not.
    Nobody,
}

/// How far it has come.
#[derive(Debug)]
enum Stage {
    /// The channel runs a subroutine before it is dialled.
    Preparing(Outgoing),
    Dialling,
    /// It rang.
    Ringing,
    /// There was sound before the answer, and it was connected then.
    Connected,
}

impl Switch {
    pub(crate) fn originate(&mut self, token: Token, at: Seq, order: Originate) {
        let expected = order.expected.as_ref();
        let refusal = if self.retired {
            Some(Refusal::ShuttingDown)
        } else {
            expected.and_then(|place| self.check_extension(place).err())
        };
        if let Some(refusal) = refusal {
            return self.reply(token, at, Reply::Refused(refusal));
        }
        let asker = if order.asynchronous {
            Asker::Event(self.promise(token, at, &order))
        } else {
            Asker::Client(token, at)
        };
        self.begin_origination(order, asker);
    }

    /// Carries out an order whose destination is known to be there, or need not be.
    pub(crate) fn begin_origination(&mut self, order: Originate, asker: Asker) {
        let uniqueids = [order.channel_id.clone(), order.other_channel_id.clone()];
        let descent = Descent {
            trace: order.trace,
            ..Descent::default()
        };
        let made = self.make_outgoing(&order.technology, &order.resource, descent, uniqueids);
        match made {
            Ok(mut outgoing) => {
                outgoing.formats.clone_from(&order.formats);
                self.call_for(order, asker, outgoing);
            }
            Err(_) => self.tell_outcome(&order, asker, None, OriginateReason::Failure),
        }
    }

    fn call_for(&mut self, order: Originate, asker: Asker, outgoing: Outgoing) {
        let id = outgoing.id;
        self.mark_outgoing(id, "AppDial2");
        if let Some(channel) = self.channels.get_mut(&id) {
            if let Some(caller) = &order.caller {
                channel.caller = caller.clone();
            }
            if let Some(account) = &order.account {
                channel.account = Arc::clone(account);
            }
        }
        self.publish(id);
        // It is told as a change of its own.
        if let (Some(channel), Some(caller)) = (self.channels.get_mut(&id), &order.caller) {
            channel.connected = caller.clone();
            self.publish(id);
        }
        for (name, value) in &order.variables {
            self.set_variable_or_function(id, name, value);
        }
        self.open_record(id);
        self.record_application(id);
        let deadline = self.now.since_start + order.timeout;
        self.timers.set(deadline, Timer::Originate(id));
        let place = order.before_dialling.clone();
        let origination = Origination {
            order,
            asker,
            stage: Stage::Preparing(outgoing),
        };
        self.originations.insert(id, origination);
        if let Some(place) = place
            && self.start_subroutine(id, &place, id)
        {
            return;
        }
        self.dial_origination(id);
    }

    /// The channel has run its subroutine, if it had one: it is dialled.
    pub(crate) fn dial_origination(&mut self, id: ChannelId) {
        let Some(origination) = self.originations.get_mut(&id) else {
            return;
        };
        let stage = std::mem::replace(&mut origination.stage, Stage::Dialling);
        let Stage::Preparing(outgoing) = stage else {
            origination.stage = stage;
            return;
        };
        if !self.call(&outgoing, Dialer::Originate) {
            return self.fail_origination(id);
        }
        self.begin_dial(&outgoing, None);
    }

    /// The channel ended or went elsewhere before it was dialled: whoever ordered the call is told.
    pub(crate) fn abandon_origination(&mut self, id: ChannelId) {
        let Some(origination) = self.originations.remove(&id) else {
            return;
        };
        if let Stage::Preparing(_) = origination.stage {
            self.finish_origination(&origination, Some(id), OriginateReason::Failure);
        }
    }

    /// The channel turned out to lead nowhere: it is gone without having been dialled.
    fn fail_origination(&mut self, id: ChannelId) {
        let Some(origination) = self.originations.remove(&id) else {
            return;
        };
        self.finish_origination(&origination, Some(id), OriginateReason::Failure);
        self.record_failure(id);
        if let Some(two) = self.other_half(id) {
            self.open_record(two);
            self.release_quietly(two);
        }
        self.release(id);
    }

    /// Something became of the channel dialled.
    pub(crate) fn originate_progress(&mut self, id: ChannelId, progress: Progress) {
        let Some(origination) = self.originations.get_mut(&id) else {
            return;
        };
        let in_dialplan = matches!(origination.order.destination, Destination::Extension(_));
        let early = origination.order.early_media && in_dialplan;
        match progress {
            Progress::Proceeding => self.tell_dial_state(None, id, DialStatus::Proceeding),
            Progress::EarlyMedia => {
                self.tell_dial_state(None, id, DialStatus::Progress);
                if early {
                    self.connect_early(id);
                }
            }
            Progress::Ringing => {
                if let Stage::Dialling = origination.stage {
                    origination.stage = Stage::Ringing;
                }
                self.tell_dial_state(None, id, DialStatus::Ringing);
            }
            Progress::Answered => {
                let connected = origination.is_connected();
                self.tell_dial_end(None, id, DialStatus::Answer);
                self.record_answer(id);
                if connected {
                    self.forget_origination(id);
                } else {
                    self.connect_origination(id);
                }
            }
            Progress::Ended(status) if origination.is_connected() => {
                self.tell_dial_end(None, id, status);
                self.forget_origination(id);
                self.hang_up(id, None);
            }
            Progress::Ended(status) => {
                let rang = matches!(origination.stage, Stage::Ringing);
                let reason = self.reason_of(id, status, rang);
                self.end_origination(id, status, reason);
            }
        }
    }

    pub(crate) fn originate_timeout(&mut self, id: ChannelId) {
        let Some(origination) = self.originations.get(&id) else {
            return;
        };
        let reason = match origination.stage {
            Stage::Connected => return,
            Stage::Ringing => OriginateReason::NoAnswer,
            Stage::Preparing(_) | Stage::Dialling => OriginateReason::Hangup,
        };
        let Some(origination) = self.originations.remove(&id) else {
            return;
        };
        if let Stage::Preparing(_) = origination.stage {
            self.finish_origination(&origination, Some(id), reason);
            return self.hang_up(id, Some(Cause::NO_ANSWER));
        }
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.cause = Some(Cause::NO_ANSWER);
        }
        self.record_dial(id, Progress::Ended(DialStatus::NoAnswer));
        self.finish_origination(&origination, Some(id), reason);
        self.release(id);
    }

    fn end_origination(&mut self, id: ChannelId, status: DialStatus, reason: OriginateReason) {
        let Some(origination) = self.originations.remove(&id) else {
            return;
        };
        self.tell_dial_end(None, id, status);
        self.finish_origination(&origination, Some(id), reason);
        self.release(id);
    }

    /// It answered: whoever ordered it is told, and the destination begins.
    fn connect_origination(&mut self, id: ChannelId) {
        let Some(origination) = self.originations.remove(&id) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.dialer = None;
        }
        self.finish_origination(&origination, Some(id), OriginateReason::Answered);
        self.begin_destination(id, origination.order.destination);
    }

    /// There is sound before the answer: the same, but the answer is still waited for.
    fn connect_early(&mut self, id: ChannelId) {
        let Some(mut origination) = self.originations.remove(&id) else {
            return;
        };
        if !origination.is_connected() {
            self.finish_origination(&origination, Some(id), OriginateReason::Answered);
            self.begin_destination(id, origination.order.destination.clone());
        }
        origination.stage = Stage::Connected;
        self.originations.insert(id, origination);
    }

    /// What was waited for has come, after the destination began.
    fn forget_origination(&mut self, id: ChannelId) {
        self.originations.remove(&id);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.dialer = None;
        }
    }

    fn begin_destination(&mut self, id: ChannelId, destination: Destination) {
        match destination {
            Destination::Application { application, data } => {
                self.start_application(id, &application, &data)
            }
            Destination::Extension(extension) => {
                // Where there is no such priority, it ends.
                let nowhere = Place {
                    context: Arc::clone(&extension.context),
                    exten: Arc::clone(&extension.exten),
                    priority: 0,
                };
                self.go(id, self.find_place(&extension).unwrap_or(nowhere));
                self.start_dialplan(id);
            }
        }
    }

    fn finish_origination(
        &mut self,
        origination: &Origination,
        id: Option<ChannelId>,
        reason: OriginateReason,
    ) {
        self.tell_outcome(&origination.order, origination.asker, id, reason);
    }

    fn tell_outcome(
        &mut self,
        order: &Originate,
        asker: Asker,
        id: Option<ChannelId>,
        reason: OriginateReason,
    ) {
        match asker {
            Asker::Client(token, at) => self.reply(token, at, Reply::Originated(reason)),
            Asker::Application(id) => self.happen(id, Happening::Originated(reason)),
            Asker::Event(promise) => {
                self.tell_response(order, id, reason);
                self.fulfil(&promise.path());
            }
            Asker::Nobody => {}
        }
    }

    fn tell_response(&mut self, order: &Originate, id: Option<ChannelId>, reason: OriginateReason) {
        // A call that came to nothing is told by what was ordered.
        let answered = reason == OriginateReason::Answered;
        let channel = id
            .and_then(|id| self.channels.get(&id))
            .filter(|_| answered);
        let name = channel.map(|channel| Arc::clone(&channel.name));
        let event = Event::OriginateResponse {
            action_id: order.action_id.clone(),
            reason,
            channel: name
                .unwrap_or_else(|| format!("{}/{}", order.technology, order.resource).into()),
            destination: order.destination.clone(),
            uniqueid: channel
                .map(|channel| Arc::clone(&channel.uniqueid))
                .or_else(|| order.channel_id.clone()),
            caller: channel
                .map(|channel| channel.caller.clone())
                .or_else(|| order.caller.clone())
                .unwrap_or_default(),
            trace: order.trace,
        };
        self.tell(event);
    }

    pub(crate) fn tell_dial_state(
        &mut self,
        caller: Option<ChannelId>,
        id: ChannelId,
        status: DialStatus,
    ) {
        let caller = caller.and_then(|caller| self.snapshot(caller));
        if let Some(dest) = self.snapshot(id) {
            self.tell(Event::DialState {
                caller,
                dest,
                status,
            });
        }
    }

    pub(crate) fn tell_dial_end(
        &mut self,
        caller: Option<ChannelId>,
        id: ChannelId,
        status: DialStatus,
    ) {
        self.tell_forward(caller, id, status, None);
    }

    /// The same; who was called may have said whom to call instead.
    pub(crate) fn tell_forward(
        &mut self,
        caller: Option<ChannelId>,
        id: ChannelId,
        status: DialStatus,
        forward: Option<Arc<str>>,
    ) {
        let caller = caller.and_then(|caller| self.snapshot(caller));
        if let Some(dest) = self.snapshot(id) {
            self.tell(Event::DialEnd {
                caller,
                dest,
                status,
                forward,
            });
        }
    }
}

impl Origination {
    fn is_connected(&self) -> bool {
        matches!(self.stage, Stage::Connected)
    }
}

impl Switch {
    /// Why a call came to nothing that its far end refused or left (ami-server.md 10.15). What a
    /// dialplan hangs up with is no word of a line.
    fn reason_of(&self, id: ChannelId, status: DialStatus, rang: bool) -> OriginateReason {
        let channel = self.channels.get(&id);
        let is_line = channel
            .is_some_and(|channel| matches!(channel.technology, Technology::External { .. }));
        match (status, channel.and_then(|channel| channel.cause)) {
            (DialStatus::Busy, _) => OriginateReason::Busy,
            (DialStatus::Congestion, _) => OriginateReason::Congestion,
            (_, Some(Cause::CALL_REJECTED | Cause::DESTINATION_OUT_OF_ORDER)) if is_line => {
                OriginateReason::Congestion
            }
            (_, Some(Cause::NO_ANSWER | Cause::NO_USER_RESPONSE)) if rang => {
                OriginateReason::NoAnswer
            }
            (_, Some(Cause::NORMAL_CLEARING)) => OriginateReason::Hangup,
            (_, _) => OriginateReason::Failure,
        }
    }
}
