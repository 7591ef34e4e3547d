//! Events about bridges, and about the two halves of a Local channel.

use super::{Teller, Told, block, or_unknown};
use ami::event::bridge::{Bridge, BridgeCreate, BridgeDestroy, BridgeEnter, BridgeLeave};
use ami::event::local::LocalBridge;
use model::{BridgeSnapshot, ChannelSnapshot};

/// A bridge as every event tells it.
fn bridge_block(bridge: &BridgeSnapshot) -> Bridge<'_> {
    Bridge {
        bridge_uniqueid: &bridge.uniqueid,
        bridge_type: &bridge.kind,
        bridge_technology: &bridge.technology,
        bridge_creator: or_unknown(&bridge.creator),
        bridge_name: or_unknown(&bridge.name),
        bridge_num_channels: bridge.channels,
        bridge_video_source_mode: "none",
    }
}

pub(super) fn made(to: &Teller<'_>, bridge: &BridgeSnapshot) -> Option<Told> {
    let bridge = bridge_block(bridge);
    to.say(&BridgeCreate { bridge })
}

pub(super) fn entered(
    to: &Teller<'_>,
    bridge: &BridgeSnapshot,
    channel: &ChannelSnapshot,
    swap_uniqueid: Option<&str>,
) -> Option<Told> {
    to.say(&BridgeEnter {
        bridge: bridge_block(bridge),
        channel: block(channel),
        swap_uniqueid,
    })
}

pub(super) fn left(
    to: &Teller<'_>,
    bridge: &BridgeSnapshot,
    channel: &ChannelSnapshot,
) -> Option<Told> {
    to.say(&BridgeLeave {
        bridge: bridge_block(bridge),
        channel: block(channel),
    })
}

pub(super) fn gone(to: &Teller<'_>, bridge: &BridgeSnapshot) -> Option<Told> {
    let bridge = bridge_block(bridge);
    to.say(&BridgeDestroy { bridge })
}

/// `place` is the context and the extension that the second half enters the dialplan at.
pub(super) fn local(
    to: &Teller<'_>,
    one: &ChannelSnapshot,
    two: &ChannelSnapshot,
    place: (&str, &str),
    optimize: bool,
) -> Option<Told> {
    to.say(&LocalBridge {
        one: block(one),
        two: block(two),
        context: place.0,
        exten: place.1,
        local_optimization: if optimize { "Yes" } else { "No" },
    })
}
