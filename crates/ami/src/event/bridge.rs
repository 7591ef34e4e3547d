//! Events about bridges (ami-server.md, appendix A).

use super::channel::Channel;
use macros::{Block, Event};

/// What is told of a bridge in every event about one.
#[derive(Block, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bridge<'a> {
    /// Unique for all time.
    pub bridge_uniqueid: &'a str,
    /// What it is for.
    pub bridge_type: &'a str,
    /// How it passes sound.
    pub bridge_technology: &'a str,
    /// The application that made it.
    pub bridge_creator: &'a str,
    /// Its name.
    pub bridge_name: &'a str,
    /// How many channels are in it.
    pub bridge_num_channels: usize,
    /// Who is seen, if there is video.
    pub bridge_video_source_mode: &'a str,
}

/// A bridge was made.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "the bridge it is about")]
pub struct BridgeCreate<'a> {
    #[event(block)]
    pub bridge: Bridge<'a>,
}

/// A bridge is gone.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "the bridge it is about")]
pub struct BridgeDestroy<'a> {
    #[event(block)]
    pub bridge: Bridge<'a>,
}

/// All who sit in one bridge move to another.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "the bridges it is about")]
pub struct BridgeMerge<'a> {
    #[event(block = "To")]
    pub to: Bridge<'a>,
    #[event(block = "From")]
    pub from: Bridge<'a>,
}

/// A channel entered it.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct BridgeEnter<'a> {
    #[event(block)]
    pub bridge: Bridge<'a>,
    #[event(block)]
    pub channel: Channel<'a>,
    pub swap_uniqueid: Option<&'a str>,
}

/// A channel left it.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "the bridge and the channel it is about")]
pub struct BridgeLeave<'a> {
    #[event(block)]
    pub bridge: Bridge<'a>,
    #[event(block)]
    pub channel: Channel<'a>,
}

/// An item of BridgeList.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct BridgeListItem<'a> {
    #[event(name = "ActionID")]
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub bridge: Bridge<'a>,
}

/// An item of BridgeInfo: a channel in the bridge.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct BridgeInfoChannel<'a> {
    #[event(name = "ActionID")]
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub channel: Channel<'a>,
}

/// The end of BridgeInfo.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct BridgeInfoComplete<'a> {
    #[event(name = "ActionID")]
    pub action_id: Option<&'a str>,
    pub event_list: &'a str,
    pub list_items: usize,
    #[event(block)]
    pub bridge: Bridge<'a>,
}

/// An item of BridgeTechnologyList.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct BridgeTechnologyListItem<'a> {
    pub bridge_technology: &'a str,
    pub bridge_type: &'a str,
    pub bridge_priority: u32,
    pub bridge_suspended: &'a str,
    #[event(name = "ActionID")]
    pub action_id: Option<&'a str>,
}
