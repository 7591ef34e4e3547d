//! What an event is about.

use model::{ChannelSnapshot, Event, TraceId};
use std::sync::Arc;

/// Something that has a trace.
#[derive(Clone, Copy, Debug)]
pub(super) enum Subject<'a> {
    Channel(&'a Arc<ChannelSnapshot>),
    /// A channel that may be gone.
    Uniqueid(&'a str),
    Trace(TraceId),
}

/// What an event is about that has a trace.
pub(super) fn subjects(event: &Event) -> Vec<Subject<'_>> {
    match event {
        Event::Newchannel { channel }
        | Event::Newstate { channel }
        | Event::Newexten { channel }
        | Event::NewCallerid { channel }
        | Event::NewConnectedLine { channel }
        | Event::NewAccountCode { channel, .. }
        | Event::Advice { channel, .. }
        | Event::BridgeEnter { channel, .. }
        | Event::BridgeLeave { channel, .. }
        | Event::SoftHangupRequest { channel, .. }
        | Event::HangupRequest { channel, .. }
        | Event::Hangup { channel }
        | Event::HangupHandler { channel, .. }
        | Event::DtmfBegin { channel, .. }
        | Event::DtmfEnd { channel, .. }
        | Event::Hold { channel, .. }
        | Event::Unhold { channel }
        | Event::MusicOnHoldStart { channel, .. }
        | Event::MusicOnHoldStop { channel } => vec![Subject::Channel(channel)],
        Event::VarSet { channel, .. } | Event::UserEvent { channel, .. } => {
            channel.iter().map(Subject::Channel).collect()
        }
        Event::DialBegin { caller, dest, .. }
        | Event::DialState { caller, dest, .. }
        | Event::DialEnd { caller, dest, .. } => both(caller.as_ref(), dest),
        Event::LocalBridge { one, two, .. } | Event::LocalOptimizationEnd { one, two, .. } => {
            both(Some(one), two)
        }
        Event::LocalOptimizationBegin {
            one, two, source, ..
        } => [one, two, source].map(Subject::Channel).into(),
        Event::Pickup { channel, target } => both(Some(channel), target),
        Event::AttendedTransfer {
            transferers,
            transferee,
            target,
            ..
        } => {
            let others = transferee.iter().chain(target);
            transferers
                .iter()
                .chain(others)
                .map(Subject::Channel)
                .collect()
        }
        Event::BlindTransfer {
            transferer,
            transferee,
            ..
        } => both(transferee.as_ref(), transferer),
        Event::Cel { entry, .. } => vec![Subject::Channel(&entry.channel)],
        Event::Cdr { record, .. } => vec![Subject::Uniqueid(&record.uniqueid)],
        Event::OriginateResponse { trace, .. } => {
            trace.iter().copied().map(Subject::Trace).collect()
        }
        Event::BridgeCreate { .. }
        | Event::BridgeDestroy { .. }
        | Event::DeviceStateChange { .. }
        | Event::ExtensionStatus { .. }
        | Event::PresenceStateChange { .. }
        | Event::PresenceStatus { .. }
        | Event::MessageWaiting { .. }
        | Event::PeerStatus { .. }
        | Event::ContactStatus(_)
        | Event::Registry { .. }
        | Event::Security(_)
        | Event::FullyBooted { .. }
        | Event::Shutdown { .. }
        | Event::Reload { .. } => Vec::new(),
    }
}

fn both<'a>(
    first: Option<&'a Arc<ChannelSnapshot>>,
    second: &'a Arc<ChannelSnapshot>,
) -> Vec<Subject<'a>> {
    first
        .into_iter()
        .chain([second])
        .map(Subject::Channel)
        .collect()
}
