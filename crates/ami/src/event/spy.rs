//! Events about channels that spy on others.

use super::channel::Channel;
use macros::Event;

/// A channel begins to spy on another.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ChanSpyStart<'a> {
    #[event(block = "Spyer")]
    pub spyer: Channel<'a>,
    #[event(block = "Spyee")]
    pub spyee: Channel<'a>,
}

/// A channel has ended to spy on another.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ChanSpyStop<'a> {
    #[event(block = "Spyer")]
    pub spyer: Channel<'a>,
    #[event(block = "Spyee")]
    pub spyee: Option<Channel<'a>>,
}
