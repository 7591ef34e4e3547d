//! Actions about bridges.

use macros::Action;

/// Joins two channels that are there, whatever they do.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call), synopsis = "Bridge two channels already in the PBX.")]
pub struct Bridge {
    /// The one.
    #[action(name = "Channel1", missing = "Missing channel parameter in request", subject = Channel)]
    pub channel1: String,
    /// The other.
    #[action(name = "Channel2", missing = "Missing channel parameter in request", subject = Channel)]
    pub channel2: String,
    /// Who hears `xfersound` of features.conf first: no, Channel1, Channel2 (or yes) or Both.
    pub tone: Option<String>,
}

/// Lists bridges.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    reads,
    synopsis = "Get a list of bridges in the system.",
    complete = "BridgeListComplete"
)]
pub struct BridgeList {
    /// A type of bridges to leave out.
    pub bridge_type: Option<String>,
}

/// Tells who is in a bridge.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    reads,
    synopsis = "Get information about a bridge.",
    complete = "BridgeInfoComplete"
)]
pub struct BridgeInfo {
    /// Its uniqueid.
    #[action(missing = "BridgeUniqueid must be provided")]
    pub bridge_uniqueid: String,
}

/// Takes everybody out of a bridge.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(closed(call, agent, system), synopsis = "Destroy a bridge.")]
pub struct BridgeDestroy {
    /// Its uniqueid.
    #[action(missing = "BridgeUniqueid must be provided")]
    pub bridge_uniqueid: String,
}

/// Takes a channel out of a bridge.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    closed(call, agent, system),
    synopsis = "Kick a channel from a bridge."
)]
pub struct BridgeKick {
    /// The bridge; the one it is in if not said.
    pub bridge_uniqueid: Option<String>,
    /// The channel.
    #[action(missing = "Channel must be provided", subject = Channel)]
    pub channel: String,
}

/// Lists how bridges may pass sound.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    reads,
    synopsis = "List available bridging technologies and their statuses.",
    complete = "BridgeTechnologyListComplete"
)]
pub struct BridgeTechnologyList {}

/// Keeps new bridges from passing sound in a way.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    closed(call, agent, system),
    synopsis = "Suspend a bridging technology."
)]
pub struct BridgeTechnologySuspend {
    /// Its name.
    #[action(missing = "BridgeTechnology must be provided")]
    pub bridge_technology: String,
}

/// Lets bridges pass sound in a way again.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    closed(call, agent, system),
    synopsis = "Unsuspend a bridging technology."
)]
pub struct BridgeTechnologyUnsuspend {
    /// Its name.
    #[action(missing = "BridgeTechnology must be provided")]
    pub bridge_technology: String,
}
