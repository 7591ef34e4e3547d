//! Events about transfers.

use super::bridge::Bridge;
use super::channel::Channel;
use macros::Event;

/// All who talked with the transferer are sent to an extension. The transferee is told if it is one alone.
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

/// Who talked with a transferer on one channel talks with whom it talked with on another; in a conversation
/// of three (`DestType: Threeway`) the transferer talks with both. Transferee and target are told if they are
/// one alone.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AttendedTransfer<'a> {
    pub result: &'a str,
    #[event(block = "OrigTransferer")]
    pub orig_transferer: Channel<'a>,
    #[event(block = "Orig")]
    pub orig_bridge: Option<Bridge<'a>>,
    #[event(block = "SecondTransferer")]
    pub second_transferer: Channel<'a>,
    #[event(block = "Second")]
    pub second_bridge: Option<Bridge<'a>>,
    #[event(block = "Transferee")]
    pub transferee: Option<Channel<'a>>,
    #[event(block = "TransferTarget")]
    pub transfer_target: Option<Channel<'a>>,
    pub is_external: &'a str,
    pub dest_type: &'a str,
    pub dest_bridge_uniqueid: &'a str,
    pub dest_transferer_channel: Option<&'a str>,
}

/// A call that rang at one channel was taken by another.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Pickup<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    #[event(block = "Target")]
    pub target: Channel<'a>,
}
