//! Events about transfers.

use super::bridge::Bridge;
use super::channel::Channel;
use macros::Event;

/// Who talked with the transferer is sent to an extension.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct BlindTransfer<'a> {
    pub result: &'a str,
    #[event(block = "Transferer")]
    pub transferer: Channel<'a>,
    #[event(block = "Transferee")]
    pub transferee: Option<Channel<'a>>,
    #[event(block)]
    pub bridge: Option<Bridge<'a>>,
    pub is_external: &'a str,
    pub context: &'a str,
    pub extension: &'a str,
}
