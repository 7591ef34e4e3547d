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
    if let Event::Cdr { record, .. } = event {
        return vec![Subject::Uniqueid(&record.uniqueid)];
    }
    if let Event::OriginateResponse { trace, .. } = event {
        return trace.iter().copied().map(Subject::Trace).collect();
    }
    let channels = event.channels().into_iter();
    channels.map(Subject::Channel).collect()
}
