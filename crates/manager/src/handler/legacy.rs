//! Lists as release 1.8 gave them (ami-server.md 14).

use super::channel::duration;
use super::given;
use crate::record::or_unknown;
use ami::event::Event as _;
use ami::event::legacy::{CoreShowChannel, Status};
use ami::{Message, response};
use jiff::Timestamp;
use model::{ChannelSnapshot, StatusItem};
use std::sync::Arc;

/// CoreShowChannels: the ActionID stands last at its end.
pub(super) fn channels(
    now: Timestamp,
    id: &str,
    channels: &[Arc<ChannelSnapshot>],
) -> Vec<Message> {
    let start = response::list_start(id, "Channels will follow");
    let items = channels.iter().map(|channel| {
        let other = other(channel, channels.iter().map(|channel| &**channel));
        channels_item(now, id, channel, other)
    });
    let mut end = response::list_complete("CoreShowChannelsComplete", "", channels.len());
    if !id.is_empty() {
        end.header("ActionID", id);
    }
    std::iter::once(start).chain(items).chain([end]).collect()
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
    let told = items.iter().map(|item| {
        let other = other(&item.channel, items.iter().map(|item| &*item.channel));
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

/// The other channel in the same bridge, of those that are listed.
fn other<'a>(
    channel: &ChannelSnapshot,
    listed: impl IntoIterator<Item = &'a ChannelSnapshot>,
) -> Option<&'a ChannelSnapshot> {
    let bridge = channel.bridge.as_ref()?;
    listed
        .into_iter()
        .find(|other| other.id != channel.id && other.bridge.as_ref() == Some(bridge))
}
