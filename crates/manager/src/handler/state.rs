//! Actions about the states of devices, extensions and people (ami-server.md 10.17).

use super::{Step, given};
use crate::{Request, Session};
use ami::action::state as declared;
use ami::event::Event as _;
use ami::event::state::{DeviceStateItem, ExtensionStatusItem, PresenceStateItem};
use ami::{Escaped, Message, response};
use model::{Command, Now, Reply, StateQuery, StateReply};

pub(super) fn devices() -> Step {
    ask(StateQuery::Devices)
}

pub(super) fn extensions() -> Step {
    ask(StateQuery::Extensions)
}

pub(super) fn presence(action: &declared::PresenceState) -> Step {
    ask(StateQuery::Presence(action.provider.as_str().into()))
}

pub(super) fn presences() -> Step {
    ask(StateQuery::Presences)
}

fn ask(query: StateQuery) -> Step {
    Step::Ask(Request::Switch(Command::States(query)))
}

pub(super) fn devices_told(id: &str, reply: &Reply) -> Option<Vec<Message>> {
    let Reply::States(StateReply::Devices(devices)) = reply else {
        return None;
    };
    let items = devices.iter().map(|(device, state)| {
        let item = DeviceStateItem {
            action_id: given(id),
            device,
            state: state.text(),
        };
        item.message()
    });
    Some(list(
        id,
        "Device State Changes will follow",
        items,
        "DeviceStateListComplete",
    ))
}

pub(super) fn extensions_told(id: &str, reply: &Reply) -> Option<Vec<Message>> {
    let Reply::States(StateReply::Extensions(hints)) = reply else {
        return None;
    };
    if hints.is_empty() {
        return Some(vec![response::error(id, "No extension has a hint")]);
    }
    let items = hints.iter().map(|report| {
        let item = ExtensionStatusItem {
            action_id: given(id),
            exten: &report.exten,
            context: &report.context,
            hint: &report.hint,
            status: report.state.number(),
            status_text: report.state.text(),
        };
        item.message()
    });
    Some(list(
        id,
        "Extension Statuses will follow",
        items,
        "ExtensionStateListComplete",
    ))
}

pub(super) fn presence_told(
    id: &str,
    action: &declared::PresenceState,
    reply: &Reply,
) -> Option<Vec<Message>> {
    let Reply::States(StateReply::Presence(presence)) = reply else {
        return None;
    };
    let Some(presence) = presence else {
        let text = format!(
            "Invalid provider {} or provider in invalid state",
            action.provider
        );
        return Some(vec![response::error(id, text)]);
    };
    let mut message = response::done(id, "Presence State").with("State", presence.kind.text());
    if !presence.subtype.is_empty() {
        message.header("Subtype", &presence.subtype);
    }
    if !presence.message.is_empty() {
        message.header("Message", &presence.message);
        message.header("PresenceMessage", &presence.message);
    }
    Some(vec![message])
}

pub(super) fn presences_told(id: &str, reply: &Reply) -> Option<Vec<Message>> {
    let Reply::States(StateReply::Presences(presences)) = reply else {
        return None;
    };
    let items = presences.iter().map(|(presentity, presence)| {
        let item = PresenceStateItem {
            action_id: given(id),
            presentity,
            status: presence.kind.text(),
            subtype: Escaped(&presence.subtype),
            message: Escaped(&presence.message),
        };
        item.message()
    });
    Some(list(
        id,
        "Presence State Changes will follow",
        items,
        "PresenceStateListComplete",
    ))
}

/// What the session may hear of the whole state, each item as the event that tells it.
pub(super) fn all_told(
    session: &Session,
    now: Now,
    id: &str,
    reply: Reply,
) -> Option<Vec<Message>> {
    let Reply::Snapshot(events) = reply else {
        return None;
    };
    let items = session.tell_state(now, events).into_iter().map(|told| {
        let mut item = told.message;
        if let Some(id) = given(id) {
            item.insert(1, "ActionID", id);
        }
        item
    });
    Some(list(id, "State will follow", items, "SnapshotComplete"))
}

fn list(
    id: &str,
    start: &str,
    items: impl ExactSizeIterator<Item = Message>,
    complete: &str,
) -> Vec<Message> {
    let start = response::list_start(id, start);
    let end = response::list_complete(complete, id, items.len());
    std::iter::once(start).chain(items).chain([end]).collect()
}
