//! Lists as release 1.8 gave them (ami-server.md 14).

use super::channel::duration;
use super::given;
use crate::record::or_unknown;
use ami::event::Event as _;
use ami::event::legacy::{CoreShowChannel, Status};
use ami::{Message, response};
use jiff::Timestamp;
use model::{ChannelSnapshot, Now, Reply, StatusItem};
use std::collections::HashMap;

/// CoreShowChannels: the ActionID stands last at its end.
pub(super) fn shown(now: Now, id: &str, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Channels(channels) = reply else {
        return None;
    };
    let start = response::list_start(id, "Channels will follow");
    let bridges = Bridges::of(channels.iter().map(|channel| &**channel));
    let items = channels
        .iter()
        .map(|channel| channels_item(now.utc, id, channel, bridges.other(channel)));
    let mut end = response::list_complete("CoreShowChannelsComplete", "", channels.len());
    if !id.is_empty() {
        end.header("ActionID", id);
    }
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

fn channels_item(
    now: Timestamp,
    id: &str,
    channel: &ChannelSnapshot,
    other: Option<&ChannelSnapshot>,
) -> Message {
    let event = CoreShowChannel {
        action_id: given(id),
        channel: &channel.name,
        unique_id: &channel.uniqueid,
        context: &channel.context,
        extension: &channel.exten,
        priority: channel.priority,
        channel_state: channel.state.number(),
        channel_state_desc: channel.state.text(),
        application: &channel.application,
        application_data: &channel.data,
        caller_id_num: channel.caller.number.as_deref().unwrap_or_default(),
        caller_id_name: channel.caller.name.as_deref().unwrap_or_default(),
        connected_line_num: channel.connected.number.as_deref().unwrap_or_default(),
        connected_line_name: channel.connected.name.as_deref().unwrap_or_default(),
        duration: duration(now.duration_since(channel.created).as_secs()),
        account_code: &channel.account,
        bridged_channel: other.map_or("", |other| &other.name),
        bridged_unique_id: other.map_or("", |other| &other.uniqueid),
    };
    event.message()
}

/// Status: an answer like any other, then the items. `variables` tells those of an item.
pub(super) fn status(
    id: &str,
    items: &[StatusItem],
    variables: impl Fn(&StatusItem) -> Vec<String>,
) -> Vec<Message> {
    let start = response::done(id, "Channel status will follow");
    let bridges = Bridges::of(items.iter().map(|item| &*item.channel));
    let told = items.iter().map(|item| {
        let other = bridges.other(&item.channel);
        status_item(id, item, other, variables(item))
    });
    let mut end = Message::new().with("Event", "StatusComplete");
    if !id.is_empty() {
        end.header("ActionID", id);
    }
    let end = end.with("Items", items.len());
    std::iter::once(start).chain(told).chain([end]).collect()
}

fn status_item(
    id: &str,
    item: &StatusItem,
    other: Option<&ChannelSnapshot>,
    variable: Vec<String>,
) -> Message {
    let channel = &*item.channel;
    let event = Status {
        privilege: "Call",
        channel: &channel.name,
        caller_id_num: or_unknown(&channel.caller.number),
        caller_id_name: or_unknown(&channel.caller.name),
        connected_line_num: or_unknown(&channel.connected.number),
        connected_line_name: or_unknown(&channel.connected.name),
        accountcode: &channel.account,
        channel_state: channel.state.number(),
        channel_state_desc: channel.state.text(),
        context: &channel.context,
        extension: &channel.exten,
        priority: channel.priority,
        seconds: item.seconds,
        bridged_channel: other.map(|other| &*other.name),
        bridged_uniqueid: other.map(|other| &*other.uniqueid),
        uniqueid: &channel.uniqueid,
        variable,
        action_id: given(id),
    };
    event.message()
}

/// The channels that are listed, by the bridge they are in.
struct Bridges<'a>(HashMap<&'a str, Vec<&'a ChannelSnapshot>>);

impl<'a> Bridges<'a> {
    fn of(listed: impl Iterator<Item = &'a ChannelSnapshot>) -> Self {
        let mut bridges: HashMap<_, Vec<_>> = HashMap::new();
        for channel in listed {
            if let Some(bridge) = &channel.bridge {
                bridges.entry(&**bridge).or_default().push(channel);
            }
        }
        Self(bridges)
    }

    /// The first other channel in the same bridge.
    fn other(&self, channel: &ChannelSnapshot) -> Option<&'a ChannelSnapshot> {
        let there = self.0.get(channel.bridge.as_deref()?)?;
        there.iter().find(|other| other.id != channel.id).copied()
    }
}
