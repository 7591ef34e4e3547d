//! Dial: calls somebody, and connects the first to answer with the caller.

mod request;

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::channel::{Dialer, Happening, Progress};
use crate::outgoing::Outgoing;
use crate::timers::{Timer, TimerId};
use model::{Cause, ChannelId, DialStatus};
use request::{Options, Request};
use std::sync::Arc;
use std::time::Duration;

pub(super) const DIAL: Application = Application {
    name: "Dial",
    synopsis: "Attempt to connect to another device or endpoint and bridge the call.",
    arguments: "Technology/Resource[&Technology2/Resource2[&...]][,timeout][,options]",
    options: request::OPTIONS,
    start,
};

/// A dial under way, or the conversation it led to.
#[derive(Debug)]
pub(crate) struct Dial {
    began: Duration,
    options: Options,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Calling(Calling),
    Talking { answered: Duration },
}

/// Who is being called.
#[derive(Debug)]
struct Calling {
    lines: Vec<Line>,
    /// What came of those that have ended.
    ended: Vec<DialStatus>,
    until: Option<TimerId>,
    rang: bool,
    early: Option<ChannelId>,
}

/// One that is called.
#[derive(Clone, Debug)]
struct Line {
    id: ChannelId,
    resource: Arc<str>,
}

/// What a dial starts with and tells again at its end.
const VARIABLES: [&str; 11] = [
    "DIALSTATUS",
    "DIALEDPEERNUMBER",
    "DIALEDPEERNAME",
    "ANSWEREDTIME",
    "ANSWEREDTIME_MS",
    "DIALEDTIME",
    "DIALEDTIME_MS",
    "RINGTIME",
    "RINGTIME_MS",
    "PROGRESSTIME",
    "PROGRESSTIME_MS",
];

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    for name in VARIABLES {
        switch.set_variable(id, name, "");
    }
    let Some(request) = Request::parse(&call.data) else {
        tracing::warn!(data = call.data, "Dial: nobody to call");
        return unavailable(switch, id);
    };
    let began = switch.now.since_start;
    let single = request.destinations.len() == 1;
    let lines: Vec<Line> = request
        .destinations
        .iter()
        .filter_map(|(technology, resource)| call_one(switch, id, technology, resource, single))
        .collect();
    if lines.is_empty() {
        return unavailable(switch, id);
    }
    let until = request
        .timeout
        .map(|time| switch.timers.set(began + time, Timer::Application(id)));
    if request.options.ring {
        switch.indicate(id, Progress::Ringing);
    }
    let calling = Calling {
        lines,
        ended: Vec::new(),
        until,
        rang: false,
        early: None,
    };
    Step::Wait(Box::new(Dial {
        began,
        options: request.options,
        stage: Stage::Calling(calling),
    }))
}

/// Nobody could be called.
fn unavailable(switch: &mut Switch, id: ChannelId) -> Step {
    if let Some(channel) = switch.channels.get_mut(&id) {
        channel.cause = Some(Cause::NO_ROUTE_DESTINATION);
    }
    switch.set_variable(id, "DIALSTATUS", DialStatus::ChanUnavail.text());
    Step::Done
}

/// Makes a channel, gives it what it needs of the caller, and dials it.
fn call_one(
    switch: &mut Switch,
    id: ChannelId,
    technology: &str,
    resource: &str,
    single: bool,
) -> Option<Line> {
    let linkedid = switch
        .channels
        .get(&id)
        .map(|caller| Arc::clone(&caller.linkedid));
    let outgoing = match switch.make_outgoing(technology, resource, linkedid, [None, None]) {
        Ok(outgoing) => outgoing,
        Err(cause) => {
            tracing::info!(%cause, "Dial: {technology}/{resource} cannot be called");
            return None;
        }
    };
    let dest = outgoing.id;
    introduce(switch, id, dest, resource);
    let shown = switch
        .channels
        .get(&dest)
        .map(|dest| dest.caller.clone())
        .unwrap_or_default();
    dress(switch, id, dest);
    if !switch.call(&outgoing, Dialer::Channel(id)) {
        abandon(switch, &outgoing);
        return None;
    }
    switch.begin_dial(&outgoing, Some(id));
    if single && shown.number.is_some() {
        if let Some(caller) = switch.channels.get_mut(&id) {
            caller.connected = shown;
        }
        switch.publish(id);
    }
    Some(Line {
        id: dest,
        resource: resource.into(),
    })
}

/// The called channel gets the caller's variables that are marked for it.
fn introduce(switch: &mut Switch, id: ChannelId, dest: ChannelId, resource: &str) {
    let inherited = switch
        .channels
        .get(&id)
        .map(|caller| caller.variables.inherited());
    for (name, value) in inherited.unwrap_or_default() {
        switch.give_variable(dest, &name, &value);
    }
    switch.set_variable(dest, "DIALEDPEERNUMBER", resource);
}

/// It shows the caller to whom it calls, and stands where the caller stands.
fn dress(switch: &mut Switch, id: ChannelId, dest: ChannelId) {
    let Some(caller) = switch.channels.get(&id) else {
        return;
    };
    let (party, exten, context) = (
        caller.caller.clone(),
        Arc::clone(&caller.exten),
        Arc::clone(&caller.context),
    );
    let account = Arc::clone(&caller.account);
    if let Some(channel) = switch.channels.get_mut(&dest) {
        channel.connected = party;
        if channel.caller.number.is_none() {
            channel.caller.number = Some(Arc::clone(&exten)).filter(|exten| !exten.is_empty());
        }
        if channel.account.is_empty() {
            channel.account = account;
        }
        channel.exten = exten;
        channel.context = context;
    }
    switch.mark_outgoing(dest, "AppDial");
}

/// It led nowhere: it is gone without having been dialled.
fn abandon(switch: &mut Switch, outgoing: &Outgoing) {
    if let Some(two) = switch.other_half(outgoing.id) {
        switch.release_quietly(two);
    }
    switch.release(outgoing.id);
}

impl Dial {
    /// Whose sound the caller hears before the answer.
    pub(crate) fn early_media(&self) -> Option<ChannelId> {
        match &self.stage {
            Stage::Calling(calling) => calling.early,
            Stage::Talking { .. } => None,
        }
    }

    fn on_progress(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
        progress: Progress,
    ) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        let Some(line) = calling.lines.iter().find(|line| line.id == dest).cloned() else {
            return Step::Wait(self);
        };
        match progress {
            Progress::Proceeding => {
                switch.tell_dial_state(Some(id), dest, DialStatus::Proceeding);
                switch.indicate(id, Progress::Proceeding);
            }
            Progress::EarlyMedia => {
                calling.early.get_or_insert(dest);
                switch.rewired = true;
                let began = self.began;
                tell_time(
                    switch,
                    id,
                    "PROGRESSTIME",
                    switch.now.since_start.saturating_sub(began),
                );
                switch.tell_dial_state(Some(id), dest, DialStatus::Progress);
                switch.indicate(id, Progress::EarlyMedia);
            }
            Progress::Ringing => {
                if !calling.rang {
                    calling.rang = true;
                    let began = self.began;
                    tell_time(
                        switch,
                        id,
                        "RINGTIME",
                        switch.now.since_start.saturating_sub(began),
                    );
                }
                switch.tell_dial_state(Some(id), dest, DialStatus::Ringing);
                switch.indicate(id, Progress::Ringing);
            }
            Progress::Answered => return self.on_answer(switch, id, &line),
            Progress::Ended(status) => {
                calling.lines.retain(|other| other.id != dest);
                calling.ended.push(status);
                if calling.early == Some(dest) {
                    calling.early = None;
                }
                switch.tell_dial_end(Some(id), dest, status);
                keep_cause(switch, id, dest);
                switch.release(dest);
                if calling.lines.is_empty() {
                    let status = summary(&calling.ended);
                    return fail(switch, id, status);
                }
            }
        }
        Step::Wait(self)
    }

    /// The first to answer is connected; the others are let go.
    fn on_answer(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, line: &Line) -> Step {
        let Stage::Calling(calling) = &mut self.stage else {
            return Step::Wait(self);
        };
        calling.lines.retain(|other| other.id != line.id);
        let name = switch
            .channels
            .get(&line.id)
            .map(|dest| Arc::clone(&dest.name))
            .unwrap_or_default();
        switch.set_variable(id, "DIALSTATUS", DialStatus::Answer.text());
        switch.set_variable(id, "DIALEDPEERNAME", &name);
        switch.set_variable(id, "DIALEDPEERNUMBER", &line.resource);
        if let Some(dest) = switch.channels.get_mut(&line.id) {
            dest.dialer = None;
            dest.exten = Arc::default();
            dest.priority = 1;
        }
        switch.tell_dial_end(Some(id), line.id, DialStatus::Answer);
        keep_cause(switch, id, line.id);
        let Stage::Calling(calling) = std::mem::replace(
            &mut self.stage,
            Stage::Talking {
                answered: switch.now.since_start,
            },
        ) else {
            return Step::Wait(self);
        };
        for other in calling.lines {
            cancel(
                switch,
                id,
                other.id,
                DialStatus::Cancel,
                Some(Cause::ANSWERED_ELSEWHERE),
            );
        }
        switch.answer(id);
        switch.bridge(line.id, id);
        Step::Wait(self)
    }

    fn cancel_all(
        &mut self,
        switch: &mut Switch,
        id: ChannelId,
        status: DialStatus,
        cause: Option<Cause>,
    ) {
        let Stage::Calling(calling) = &mut self.stage else {
            return;
        };
        for line in std::mem::take(&mut calling.lines) {
            cancel(switch, id, line.id, status, cause);
        }
    }

    /// The conversation is over.
    fn over(&self, switch: &mut Switch, id: ChannelId, answered: Duration) {
        let now = switch.now.since_start;
        switch.record_conversation_end(id);
        tell_time(switch, id, "ANSWEREDTIME", now.saturating_sub(answered));
        tell_time(switch, id, "DIALEDTIME", now.saturating_sub(self.began));
        switch.set_variable(id, "DIALSTATUS", DialStatus::Answer.text());
    }
}

impl Waiting for Dial {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        match (&self.stage, happening) {
            (Stage::Calling(_), Happening::Dialed(dest, progress)) => {
                self.on_progress(switch, id, *dest, *progress)
            }
            (Stage::Calling(calling), Happening::Timer(timer)) if calling.until == Some(*timer) => {
                self.cancel_all(switch, id, DialStatus::NoAnswer, None);
                fail(switch, id, DialStatus::NoAnswer)
            }
            (Stage::Calling(_), Happening::HungUp) => {
                let cause = switch.channels.get(&id).and_then(|caller| caller.cause);
                self.cancel_all(switch, id, DialStatus::Cancel, cause);
                switch.set_variable(id, "DIALSTATUS", DialStatus::Cancel.text());
                Step::Hangup
            }
            (Stage::Talking { answered }, Happening::HungUp) => {
                let answered = *answered;
                switch.leave_bridge(id);
                self.over(switch, id, answered);
                Step::Hangup
            }
            (Stage::Talking { answered }, Happening::Unbridged) => {
                self.over(switch, id, *answered);
                if self.options.go_on {
                    Step::Done
                } else {
                    Step::Hangup
                }
            }
            _ => Step::Wait(self),
        }
    }
}

/// Nobody answered: the dialplan goes on, unless the caller is gone.
fn fail(switch: &mut Switch, id: ChannelId, status: DialStatus) -> Step {
    switch.rewired = true;
    switch.set_variable(id, "DIALSTATUS", status.text());
    Step::Done
}

/// Lets go of one that is being called.
fn cancel(
    switch: &mut Switch,
    id: ChannelId,
    dest: ChannelId,
    status: DialStatus,
    cause: Option<Cause>,
) {
    if let Some(channel) = switch.channels.get_mut(&dest) {
        channel.cause = cause.or(channel.cause);
    }
    switch.record_dial(dest, Progress::Ended(status));
    switch.tell_dial_end(Some(id), dest, status);
    switch.release(dest);
}

/// The caller is told later why the call failed.
fn keep_cause(switch: &mut Switch, id: ChannelId, dest: ChannelId) {
    let cause = switch.channels.get(&dest).and_then(|dest| dest.cause);
    if let Some(caller) = switch.channels.get_mut(&id) {
        caller.cause = cause.or(caller.cause);
    }
}

/// What a dial came to in which nobody answered.
fn summary(ended: &[DialStatus]) -> DialStatus {
    let order = [
        DialStatus::Busy,
        DialStatus::Congestion,
        DialStatus::NoAnswer,
    ];
    let found = order.into_iter().find(|status| ended.contains(status));
    found.unwrap_or(DialStatus::ChanUnavail)
}

/// Tells a time in whole seconds and, as `NAME_MS`, in milliseconds.
fn tell_time(switch: &mut Switch, id: ChannelId, name: &str, time: Duration) {
    switch.set_variable(id, name, &time.as_secs().to_string());
    switch.set_variable(id, &format!("{name}_MS"), &time.as_millis().to_string());
}
