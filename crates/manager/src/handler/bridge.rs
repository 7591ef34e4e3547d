//! Actions about bridges (ami-server.md 10.34).

use super::{Step, given};
use crate::Request;
use crate::record::{block, bridge_block};
use ami::action::Action;
use ami::action::bridge as declared;
use ami::event::Event as _;
use ami::event::bridge::{
    BridgeInfoChannel, BridgeInfoComplete, BridgeListItem, BridgeTechnologyListItem,
};
use ami::{Message, response};
use model::{BridgeSnapshot, ChannelSnapshot, Command, Refusal, Reply};
use std::sync::Arc;

pub(super) fn join(action: &declared::Bridge) -> Step {
    Step::Ask(Request::Switch(Command::Bridge {
        first: action.channel1.as_str().into(),
        second: action.channel2.as_str().into(),
        tones: tones(action.tone.as_deref().unwrap_or_default()),
    }))
}

/// Who hears a tone first.
fn tones(text: &str) -> [bool; 2] {
    let is = |name: &str| text.eq_ignore_ascii_case(name);
    let both = is("both");
    [
        both || is("channel1"),
        both || is("channel2") || conf::is_yes(text),
    ]
}

pub(super) fn list(action: &declared::BridgeList) -> Step {
    let kind = action.bridge_type.as_deref().map(Arc::from);
    Step::Ask(Request::Switch(Command::Bridges { kind }))
}

pub(super) fn listed(id: &str, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Bridges(bridges) = reply else {
        return None;
    };
    let start = response::list_start(id, "Bridge listing will follow");
    let items = bridges.iter().map(|bridge| {
        let event = BridgeListItem {
            action_id: given(id),
            bridge: bridge_block(bridge),
        };
        event.message()
    });
    let end = response::list_complete("BridgeListComplete", id, bridges.len());
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

pub(super) fn info(action: &declared::BridgeInfo) -> Step {
    let bridge = action.bridge_uniqueid.as_str().into();
    Step::Ask(Request::Switch(Command::BridgeInfo { bridge }))
}

pub(super) fn told(id: &str, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Bridge { bridge, channels } = reply else {
        return None;
    };
    Some(members(id, &bridge, &channels))
}

fn members(id: &str, bridge: &BridgeSnapshot, channels: &[Arc<ChannelSnapshot>]) -> Vec<Message> {
    let start = response::list_start(id, "Bridge channel listing will follow");
    let items = channels.iter().map(|channel| {
        let event = BridgeInfoChannel {
            action_id: given(id),
            channel: block(channel),
        };
        event.message()
    });
    let end = BridgeInfoComplete {
        action_id: given(id),
        event_list: "Complete",
        list_items: channels.len(),
        bridge: bridge_block(bridge),
    };
    std::iter::once(start)
        .chain(items)
        .chain([end.message()])
        .collect()
}

pub(super) fn destroy(action: &declared::BridgeDestroy) -> Step {
    let bridge = action.bridge_uniqueid.as_str().into();
    Step::Ask(Request::Switch(Command::BridgeDestroy { bridge }))
}

pub(super) fn kick(action: &declared::BridgeKick) -> Step {
    Step::Ask(Request::Switch(Command::BridgeKick {
        bridge: action.bridge_uniqueid.as_deref().map(Arc::from),
        channel: action.channel.as_str().into(),
    }))
}

pub(super) fn technologies() -> Step {
    Step::Ask(Request::Switch(Command::BridgeTechnologies))
}

pub(super) fn technologies_listed(id: &str, reply: &Reply) -> Option<Vec<Message>> {
    let Reply::BridgeTechnologies(technologies) = reply else {
        return None;
    };
    let start = response::list_start(id, "Bridge technology listing will follow");
    let items = technologies.iter().map(|technology| {
        let event = BridgeTechnologyListItem {
            bridge_technology: &technology.name,
            bridge_type: &technology.capability,
            bridge_priority: technology.priority,
            bridge_suspended: if technology.suspended { "Yes" } else { "No" },
            action_id: given(id),
        };
        event.message()
    });
    let end = response::list_complete("BridgeTechnologyListComplete", id, technologies.len());
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

pub(super) fn suspend(name: &str, suspend: bool) -> Step {
    Step::Ask(Request::Switch(Command::SuspendTechnology {
        name: name.into(),
        suspend,
    }))
}

/// What a refusal is called here, if it is an answer to an action of this family.
pub(super) fn refused(action: &Action, refusal: &Refusal) -> Option<String> {
    match (action, refusal) {
        (Action::Bridge(join), refusal) => joining_refused(join, refusal),
        (Action::BridgeKick(_), Refusal::NoSuchChannel) => Some("Channel does not exist".into()),
        (Action::BridgeKick(_), Refusal::NotBridged) => Some("Channel is not in a bridge".into()),
        (Action::BridgeKick(_), Refusal::NoSuchBridge) => Some("Bridge not found".into()),
        (Action::BridgeKick(_), Refusal::Failed) => Some("Channel kick from bridge failed".into()),
        (_, _) => None,
    }
}

fn joining_refused(join: &declared::Bridge, refusal: &Refusal) -> Option<String> {
    let (one, two) = (&join.channel1, &join.channel2);
    let texts = [
        (Refusal::NoSuchChannel, "Channel1 does not exist", one),
        (Refusal::NoSuchOtherChannel, "Channel2 does not exist", two),
        (Refusal::NotUp, "Unable to add Channel1 to bridge", one),
        (Refusal::OtherNotUp, "Unable to add Channel2 to bridge", two),
    ];
    let mut texts = texts.into_iter();
    let (_, text, channel) = texts.find(|(known, _, _)| known == refusal)?;
    Some(format!("{text}: {channel}"))
}
