//! Events about Local channels (ami-server.md, appendix A).

use super::channel::Channel;
use macros::Event;

/// The two halves of a Local channel were joined.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct LocalBridge<'a> {
    #[event(block = "LocalOne")]
    pub one: Channel<'a>,
    #[event(block = "LocalTwo")]
    pub two: Channel<'a>,
    pub context: &'a str,
    pub exten: &'a str,
    pub local_optimization: &'a str,
}

/// A pair is about to step aside: `Source` takes the seat of its first half.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct LocalOptimizationBegin<'a> {
    #[event(block = "LocalOne")]
    pub one: Channel<'a>,
    #[event(block = "LocalTwo")]
    pub two: Channel<'a>,
    #[event(block = "Source")]
    pub source: Channel<'a>,
    #[event(name = "DestUniqueId")]
    pub dest_unique_id: &'a str,
    #[event(name = "Id")]
    pub id: u64,
}

/// It has stepped aside.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct LocalOptimizationEnd<'a> {
    #[event(block = "LocalOne")]
    pub one: Channel<'a>,
    #[event(block = "LocalTwo")]
    pub two: Channel<'a>,
    pub success: &'a str,
    #[event(name = "Id")]
    pub id: u64,
}
