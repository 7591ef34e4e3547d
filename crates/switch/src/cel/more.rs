//! What an entry of the log tells besides its channel: a peer, and more as JSON.

use model::{BridgeSnapshot, ChannelSnapshot};
use std::sync::Arc;

/// What an entry tells besides the channel.
#[derive(Debug, Default)]
pub(super) struct More {
    pub(super) user_defined: Arc<str>,
    pub(super) peer: String,
    pub(super) extra: String,
}

impl More {
    /// An object of these texts.
    pub(super) fn extra(pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter();
        let pairs: Vec<_> = pairs
            .map(|(name, value)| format!("{}:{}", json(name), json(value)))
            .collect();
        Self {
            extra: format!("{{{}}}", pairs.join(",")),
            ..Self::default()
        }
    }

    /// The other half of a Local channel.
    pub(super) fn local_two(two: &ChannelSnapshot) -> Self {
        Self::extra(&[
            ("local_two", &two.name),
            ("local_two_uniqueid", &two.uniqueid),
        ])
    }
}

/// A text as JSON.
pub(super) fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A channel's name; `N/A`, as the reference has it, where there is none.
pub(super) fn name(channel: Option<&Arc<ChannelSnapshot>>) -> &str {
    channel.map_or("N/A", |channel| &channel.name)
}

/// So its uniqueid.
pub(super) fn id(channel: Option<&Arc<ChannelSnapshot>>) -> &str {
    channel.map_or("N/A", |channel| &channel.uniqueid)
}

/// So a bridge's.
pub(super) fn uniqueid(bridge: Option<&Arc<BridgeSnapshot>>) -> &str {
    bridge.map_or("N/A", |bridge| &bridge.uniqueid)
}
