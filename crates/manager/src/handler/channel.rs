//! Actions about channels that are there (ami-server.md 10.7, 10.9 to 10.12).

use super::{Step, failed, given, legacy};
use crate::gate::Gate;
use crate::peer::loggable;
use crate::record::{or_unknown, written};
use crate::session::{Pieces, Session};
use crate::{Log, Output, Request};
use ami::action::channel as declared;
use ami::event::Event as _;
use ami::event::Written;
use ami::event::channel::{ChannelHungup, CoreShowChannel, Status, StatusLine, StatusPlace};
use ami::{Message, response};
use jiff::Timestamp;
use model::{
    Cause, ChannelList, ChannelSnapshot, Command, HangupTarget, Now, Reply, StatusItem, Statuses,
    VariableRequest,
};
use std::sync::Arc;

pub(super) fn shown(now: Now, id: &str, channels: ChannelList) -> Pieces {
    let start = response::list_start(id, "Channels will follow");
    let end = response::list_complete("CoreShowChannelsComplete", id, channels.len());
    let id = id.to_owned();
    let items = channels.into_channels();
    let items = items.map(move |channel| shown_item(now.utc, &id, &channel));
    Pieces::list(start, items, end)
}

fn shown_item(now: Timestamp, id: &str, channel: &ChannelSnapshot) -> Message {
    let event = CoreShowChannel {
        action_id: given(id),
        channel: written(channel),
        application: &channel.application,
        application_data: &channel.data,
        duration: duration(now.duration_since(channel.created).as_secs()),
        bridge_id: channel.bridge.as_deref().unwrap_or_default(),
    };
    event.message()
}

/// Seconds as hours, minutes and seconds.
pub(super) fn duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

pub(super) fn status(session: &Session, id: &str, status: &declared::Status) -> Step {
    let variables = requested(status);
    if variables
        .iter()
        .any(|name| !Gate::of(session).may_name(name))
    {
        return failed(id, "Status Access Forbidden: Variables");
    }
    Step::Ask(Request::Switch(Command::Status {
        channel: status.channel.as_deref().map(Arc::from),
        variables: variables
            .into_iter()
            .filter(|name| Gate::of(session).may_read(name))
            .map(Arc::from)
            .collect(),
        all_variables: status.all_variables,
    }))
}

/// The variables asked for. A comma between parentheses belongs to a function's arguments.
fn requested(status: &declared::Status) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut start) = (0usize, 0);
    let text = status.variables.as_deref().unwrap_or_default();
    for (place, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                names.push(text[start..place].to_owned());
                start = place + 1;
            }
            _ => {}
        }
    }
    names.push(text[start..].to_owned());
    names.retain(|name| !name.is_empty());
    names
}

pub(super) fn told(
    session: &Session,
    id: &str,
    status: &declared::Status,
    statuses: Statuses,
) -> Pieces {
    let gate = Gate::of(session);
    let count = statuses.channels.len();
    let start = response::list_start(id, "Channel status will follow");
    let end = response::list_complete("StatusComplete", id, count).with("Items", count);
    let (id, names) = (id.to_owned(), requested(status));
    let items = statuses.into_items();
    let items = items.map(move |item| status_item(gate, &id, &names, &item));
    Pieces::list(start, items, end)
}

/// The same in the words of 1.8.
pub(super) fn told_before(
    session: &Session,
    id: &str,
    status: &declared::Status,
    reply: Reply,
) -> Option<Vec<Message>> {
    let Reply::Status(statuses) = reply else {
        return None;
    };
    let (gate, names) = (Gate::of(session), requested(status));
    let variables = |item: &StatusItem| variables(gate, &names, item);
    let items: Vec<_> = statuses.into_items().collect();
    Some(legacy::status(id, &items, variables))
}

fn status_item(gate: Gate, id: &str, names: &[String], item: &StatusItem) -> Message {
    let channel = &*item.channel;
    let [line, place] = &channel.line_words;
    let event = Status {
        privilege: "Call",
        channel: written(channel),
        line: Written::new(line.get_or_tell(|| Written::words(&status_line(channel)))),
        time_to_hangup: item.time_to_hangup,
        place: Written::new(place.get_or_tell(|| Written::words(&status_place(channel)))),
        seconds: item.seconds,
        variable: variables(gate, names, item),
        action_id: given(id),
    };
    event.message()
}

fn status_line(channel: &ChannelSnapshot) -> StatusLine<'_> {
    StatusLine {
        r#type: channel.technology(),
        dnid: &channel.dnid,
        effective_connected_line_num: or_unknown(&channel.connected.number),
        effective_connected_line_name: or_unknown(&channel.connected.name),
    }
}

fn status_place(channel: &ChannelSnapshot) -> StatusPlace<'_> {
    StatusPlace {
        bridge_id: channel.bridge.as_deref().unwrap_or_default(),
        application: &channel.application,
        data: &channel.data,
        nativeformats: format!("({})", channel.format),
        readformat: &channel.format,
        readtrans: "",
        writeformat: &channel.format,
        writetrans: "",
        callgroup: channel.call_groups,
        pickupgroup: channel.pickup_groups,
    }
}

/// The variables asked for, those that may not be read as empty ones, then all others.
fn variables(gate: Gate, names: &[String], item: &StatusItem) -> Vec<String> {
    let mut values = item.variables.iter();
    let asked: Vec<String> = names
        .iter()
        .map(|name| {
            let value = if gate.may_read(name) {
                values.next()
            } else {
                None
            };
            format!("{name}={}", value.map_or("", |(_, value)| value))
        })
        .collect();
    let others = values.map(|(name, value)| format!("{name}={value}"));
    asked.into_iter().chain(others).collect()
}

pub(super) fn hangup(session: &mut Session, id: &str, hangup: &declared::Hangup) -> Step {
    let target = match pattern(&hangup.channel) {
        None => HangupTarget::Channel(hangup.channel.as_str().into()),
        Some(None) => return failed(id, "Regex format invalid, Channel param should be /regex/"),
        Some(Some(pattern)) => {
            if regex::Regex::new(pattern).is_err() {
                return failed(id, format_args!("Regex compile failed on: {pattern}"));
            }
            HangupTarget::Matching(pattern.into())
        }
    };
    let cause = hangup
        .cause
        .and_then(|number| u8::try_from(number).ok())
        .and_then(Cause::new);
    if hangup.cause.is_some_and(|number| number != 0) && cause.is_none() {
        session.notice("Invalid 'Cause: ' in manager action Hangup".to_owned());
    }
    if let Some(name) = session.account_name() {
        let (name, channel) = (loggable(name), loggable(&hangup.channel));
        let address = session.peer().address();
        let line = format!("Manager '{name}' from {address}, hanging up channel: {channel}");
        session.put(Output::Log(Log::Verbose(line)));
    }
    Step::Ask(Request::Switch(Command::Hangup { target, cause }))
}

/// What stands between the slashes; `None` if it is no pattern, inside `None` if it has no end.
pub(super) fn pattern(channel: &str) -> Option<Option<&str>> {
    let rest = channel.strip_prefix('/')?;
    Some(rest.strip_suffix('/'))
}

pub(super) fn hung_up(id: &str, channel: &str, reply: Reply) -> Option<Vec<Message>> {
    let Reply::HungUp(names) = reply else {
        return None;
    };
    if pattern(channel).is_none() {
        return Some(vec![response::done(id, "Channel Hungup")]);
    }
    let start = response::list_start(id, "Channels hung up will follow");
    let items = names.iter().map(|channel| {
        let event = ChannelHungup {
            channel,
            action_id: given(id),
        };
        event.message()
    });
    let end = response::list_complete("ChannelsHungupListComplete", id, names.len());
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

pub(super) fn getvar(session: &Session, id: &str, getvar: &declared::Getvar) -> Step {
    let gate = Gate::of(session);
    if !gate.may_name(&getvar.variable) {
        return failed(id, "GetVar Access Forbidden: Variable");
    }
    if !gate.may_read(&getvar.variable) {
        return Step::Done(vec![value(id, &getvar.variable, "")]);
    }
    Step::Ask(Request::Switch(Command::Getvar(VariableRequest {
        channel: getvar.channel.as_deref().map(Arc::from),
        name: getvar.variable.as_str().into(),
    })))
}

pub(super) fn got(id: &str, getvar: &declared::Getvar, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Value(found) = reply else {
        return None;
    };
    Some(vec![value(id, &getvar.variable, &found)])
}

pub(super) fn value(id: &str, variable: &str, value: &str) -> Message {
    response::success(id)
        .with("Variable", variable)
        .with("Value", value)
}

pub(super) fn setvar(session: &Session, id: &str, setvar: &declared::Setvar) -> Step {
    if !Gate::of(session).may_write(&setvar.variable) {
        return failed(id, "Variable not set");
    }
    Step::Ask(Request::Switch(Command::Setvar {
        variable: VariableRequest {
            channel: setvar.channel.as_deref().map(Arc::from),
            name: setvar.variable.as_str().into(),
        },
        value: setvar.value.as_str().into(),
    }))
}
