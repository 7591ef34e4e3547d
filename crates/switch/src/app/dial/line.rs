//! The channels Dial calls: how they are made, dressed, dialled and let go.

use super::request::{CalledId, Options};
use crate::Switch;
use crate::channel::{Descent, Dialer};
use crate::happening::Progress;
use crate::identity::Particulars;
use crate::outgoing::Outgoing;
use model::{Cause, ChannelId, DialStatus, Party};
use std::sync::Arc;

/// One that is called.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) id: ChannelId,
    pub(super) resource: Arc<str>,
    /// It runs a subroutine first and is dialled then.
    pub(super) waiting: Option<Outgoing>,
}

/// A channel that is to be called.
pub(super) struct Made {
    line: Line,
    outgoing: Outgoing,
    /// Who is called, as the caller may see it.
    shown: Party,
}

/// Makes a channel, gives it what it needs of the caller, and dials it; or says why it cannot be called.
pub(super) fn call(
    switch: &mut Switch,
    id: ChannelId,
    to: &(String, String),
    options: &Options,
    single: bool,
) -> Result<Line, Cause> {
    let made = make(switch, id, to, options)?;
    begin(switch, id, made, options, single)
}

/// Makes a channel that is to be called, and gives it what it needs of the caller.
pub(super) fn make(
    switch: &mut Switch,
    id: ChannelId,
    (technology, resource): &(String, String),
    options: &Options,
) -> Result<Made, Cause> {
    let descent = switch
        .channels
        .get(&id)
        .map(Descent::of)
        .unwrap_or_default();
    let outgoing = match switch.make_outgoing(technology, resource, descent, [None, None]) {
        Ok(outgoing) => outgoing,
        Err(cause) => {
            tracing::info!(%cause, "Dial: {technology}/{resource} cannot be called");
            return Err(cause);
        }
    };
    let line = Line {
        id: outgoing.id,
        resource: resource.as_str().into(),
        waiting: None,
    };
    introduce(switch, id, &line);
    group(switch, id, line.id);
    let shown = switch.channels.get(&line.id);
    let shown = shown.map(|dest| dest.caller.clone()).unwrap_or_default();
    dress(switch, id, line.id, options);
    Ok(Made {
        line,
        outgoing,
        shown,
    })
}

impl Made {
    pub(super) fn id(&self) -> ChannelId {
        self.line.id
    }
}

/// Dials it, once the subroutine it is to run first is over.
pub(super) fn begin(
    switch: &mut Switch,
    id: ChannelId,
    made: Made,
    options: &Options,
    single: bool,
) -> Result<Line, Cause> {
    let Made {
        mut line,
        outgoing,
        shown,
    } = made;
    if let Some(place) = &options.before_called
        && switch.start_subroutine(line.id, place, id)
    {
        line.waiting = Some(outgoing);
        return Ok(line);
    }
    if !dial(switch, id, &outgoing) {
        return Err(Cause::NO_ROUTE_DESTINATION);
    }
    if single && shown.number.is_some() && !options.no_connected_line {
        if let Some(caller) = switch.channels.get_mut(&id) {
            caller.connected = shown;
        }
        switch.publish(id);
    }
    Ok(line)
}

/// Dials it. False, and the channel is gone, if there is nothing to dial after all.
pub(super) fn dial(switch: &mut Switch, id: ChannelId, outgoing: &Outgoing) -> bool {
    if switch.call(outgoing, Dialer::Channel(id)) {
        switch.begin_dial(outgoing, Some(id));
        return true;
    }
    if let Some(two) = switch.other_half(outgoing.id) {
        switch.release_quietly(two);
    }
    switch.release(outgoing.id);
    false
}

/// The called channel gets the caller's variables that are marked for it.
fn introduce(switch: &mut Switch, id: ChannelId, line: &Line) {
    let inherited = switch
        .channels
        .get(&id)
        .map(|caller| caller.variables.inherited());
    for (name, value) in inherited.unwrap_or_default() {
        switch.give_variable(line.id, &name, &value);
    }
    switch.inherit_features(id, line.id);
    switch.set_variable(line.id, "DIALEDPEERNUMBER", &line.resource);
}

/// Names a group that whoever is called counts in, this time alone.
const GROUP_ONCE: &str = "OUTBOUND_GROUP_ONCE";

/// The called channel counts in the groups that the caller names for it.
fn group(switch: &mut Switch, id: ChannelId, dest: ChannelId) {
    for name in ["OUTBOUND_GROUP", GROUP_ONCE] {
        let value = switch.channels.get(&id).and_then(|caller| {
            let value = caller.variables.value(name)?;
            (!value.is_empty()).then(|| Arc::clone(value))
        });
        if let (Some(value), Some(channel)) = (value, switch.channels.get_mut(&dest)) {
            crate::function::group::join(&mut channel.memory, "", &value);
        }
    }
}

/// The group that was named for one dial is forgotten.
pub(super) fn forget_group(switch: &mut Switch, id: ChannelId) {
    let caller = switch.channels.get(&id);
    let named = caller.and_then(|caller| caller.variables.value(GROUP_ONCE));
    if named.is_some_and(|group| !group.is_empty()) {
        switch.forget_variable(id, GROUP_ONCE);
    }
}

/// It shows the caller to whom it calls, and stands where the caller stands.
fn dress(switch: &mut Switch, id: ChannelId, dest: ChannelId, options: &Options) {
    let Some(caller) = switch.channels.get(&id) else {
        return;
    };
    let (exten, context) = (Arc::clone(&caller.exten), Arc::clone(&caller.context));
    let (party, account) = (caller.caller.clone(), Arc::clone(&caller.account));
    let particulars = caller.memory.caller.clone();
    let redirecting = caller.memory.redirecting.clone();
    if let Some(channel) = switch.channels.get_mut(&dest) {
        match &options.caller_id {
            None => {
                channel.connected = party.clone();
                channel.memory.connected = particulars.clone();
            }
            Some(given) => {
                channel.connected = given.clone();
                channel.memory.connected = Particulars {
                    tag: options.tag.as_deref().map(Arc::from),
                    number: options.presentation.unwrap_or_default(),
                    name: options.presentation.unwrap_or_default(),
                    ..Particulars::default()
                };
            }
        }
        match &options.called_id {
            CalledId::Own => {}
            CalledId::Callers => {
                channel.caller = party;
                channel.memory.caller = particulars;
            }
            CalledId::Given(given) => channel.caller = given.clone(),
        }
        if channel.caller.number.is_none() {
            channel.caller.number = Some(Arc::clone(&exten)).filter(|exten| !exten.is_empty());
        }
        if channel.account.is_empty() {
            channel.account = account;
        }
        channel.memory.redirecting = redirecting;
        channel.exten = exten;
        channel.context = context;
    }
    switch.mark_outgoing(dest, "AppDial");
}

/// Lets go of one that is being called.
pub(super) fn cancel(
    switch: &mut Switch,
    id: ChannelId,
    line: &Line,
    status: DialStatus,
    cause: Option<Cause>,
) {
    if let Some(channel) = switch.channels.get_mut(&line.id) {
        channel.cause = cause.or(channel.cause);
    }
    if line.waiting.is_none() {
        switch.record_dial(line.id, Progress::Ended(status));
        switch.tell_dial_end(Some(id), line.id, status);
    }
    switch.release(line.id);
}

/// The caller is told later why the call failed.
pub(super) fn keep_cause(switch: &mut Switch, id: ChannelId, dest: ChannelId) {
    let cause = switch.channels.get(&dest).and_then(|dest| dest.cause);
    if let Some(caller) = switch.channels.get_mut(&id) {
        caller.cause = cause.or(caller.cause);
    }
}
