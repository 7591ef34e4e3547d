//! Events about bridges, and about the two halves of a Local channel.

use super::{Teller, Told, block, or_unknown};
use ami::event::bridge::{
    Bridge, BridgeCreate, BridgeDestroy, BridgeEnter, BridgeLeave, BridgeMerge,
};
use ami::event::local::{LocalBridge, LocalOptimizationBegin, LocalOptimizationEnd};
use ami::event::transfer::{AttendedTransfer, BlindTransfer, Pickup};
use model::{BridgeSnapshot, ChannelSnapshot, TransferResult};
use std::sync::Arc;

/// A bridge as every event tells it.
pub(crate) fn bridge_block(bridge: &BridgeSnapshot) -> Bridge<'_> {
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

pub(super) fn merged(
    teller: &Teller<'_>,
    to: &BridgeSnapshot,
    from: &BridgeSnapshot,
) -> Option<Told> {
    teller.say(&BridgeMerge {
        to: bridge_block(to),
        from: bridge_block(from),
    })
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
        local_optimization: yes_or_no(optimize),
    })
}

/// The halves of the pair, and who takes the seat of the first.
pub(super) fn optimization_begins(
    to: &Teller<'_>,
    [one, two, source]: [&Arc<ChannelSnapshot>; 3],
    dest_unique_id: &str,
    id: u64,
) -> Option<Told> {
    to.say(&LocalOptimizationBegin {
        one: block(one),
        two: block(two),
        source: block(source),
        dest_unique_id,
        id,
    })
}

pub(super) fn optimization_ends(
    to: &Teller<'_>,
    one: &ChannelSnapshot,
    two: &ChannelSnapshot,
    success: bool,
    id: u64,
) -> Option<Told> {
    to.say(&LocalOptimizationEnd {
        one: block(one),
        two: block(two),
        success: yes_or_no(success),
        id,
    })
}

/// `external`: it was asked for from outside. `place` is the context and the extension of its target.
pub(super) fn transferred(
    to: &Teller<'_>,
    (result, external): (TransferResult, bool),
    (transferer, transferee): (&ChannelSnapshot, Option<&ChannelSnapshot>),
    bridge: Option<&BridgeSnapshot>,
    (context, extension): (&str, &str),
) -> Option<Told> {
    to.say(&BlindTransfer {
        result: result.text(),
        transferer: block(transferer),
        transferee: transferee.map(block),
        bridge: bridge.map(bridge_block),
        is_external: yes_or_no(external),
        context,
        extension,
    })
}

/// The transferer's two channels and their bridges, who talk with each other now, where, and whether the
/// transferer stays with them.
pub(super) fn attended(
    to: &Teller<'_>,
    (result, external): (TransferResult, bool),
    [first, second]: &[Arc<ChannelSnapshot>; 2],
    [first_bridge, second_bridge]: &[Option<Arc<BridgeSnapshot>>; 2],
    [transferee, target]: [Option<&ChannelSnapshot>; 2],
    (dest_bridge_uniqueid, stays): (&str, bool),
) -> Option<Told> {
    to.say(&AttendedTransfer {
        result: result.text(),
        orig_transferer: block(first),
        orig_bridge: first_bridge.as_deref().map(bridge_block),
        second_transferer: block(second),
        second_bridge: second_bridge.as_deref().map(bridge_block),
        transferee: transferee.map(block),
        transfer_target: target.map(block),
        is_external: yes_or_no(external),
        dest_type: if stays { "Threeway" } else { "Bridge" },
        dest_bridge_uniqueid,
        dest_transferer_channel: stays.then_some(&*first.name),
    })
}

pub(super) fn picked_up(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    target: &ChannelSnapshot,
) -> Option<Told> {
    to.say(&Pickup {
        channel: block(channel),
        target: block(target),
    })
}

fn yes_or_no(is_so: bool) -> &'static str {
    if is_so { "Yes" } else { "No" }
}
