//! Legs: the channels of a call, from when they are made until they are hung up.

use super::span::{Kind, Span, SpanId, Value};
use jiff::Timestamp;
use model::{ChannelSnapshot, ChannelState, DialStatus, Event};
use std::sync::Arc;

/// A channel as it is traced.
#[derive(Debug)]
pub(super) struct Leg {
    /// As it was last.
    pub(super) channel: Arc<ChannelSnapshot>,
    /// Its span, until it has ended.
    pub(super) span: Option<Span>,
    answered: bool,
}

impl Leg {
    pub(super) fn new(channel: &Arc<ChannelSnapshot>, id: SpanId, call: SpanId) -> Self {
        let technology = channel.name.split('/').next().unwrap_or_default();
        let ids = (channel.trace.id, id);
        let mut span = Span::begin(
            ids,
            Some(call),
            format!("leg {technology}"),
            Kind::Server,
            channel.created,
        );
        span.say("channel.name", &channel.name);
        span.say("channel.uniqueid", &channel.uniqueid);
        span.say("channel.linkedid", &channel.linkedid);
        span.say(
            "sip.call_id",
            channel.trace.call_id.as_deref().unwrap_or_default(),
        );
        Self {
            channel: Arc::clone(channel),
            span: Some(span),
            answered: channel.state == ChannelState::Up,
        }
    }

    /// Somebody dials it: whoever that is, it is a part of theirs.
    pub(super) fn dialled(&mut self, by: Option<SpanId>, at: Timestamp, dial_string: &str) {
        if let Some(span) = &mut self.span {
            span.kind = Kind::Client;
            span.parent = by.or(span.parent);
            span.say("dial.string", dial_string);
            span.happen(at, "dial", Vec::new());
        }
    }

    /// Something happened to it.
    pub(super) fn note(&mut self, at: Timestamp, event: &Event) {
        let Some(span) = &mut self.span else {
            return;
        };
        if let Event::Newstate { channel } = event {
            if channel.state == ChannelState::Up && !std::mem::replace(&mut self.answered, true) {
                span.happen(at, "answer", Vec::new());
            }
        } else if let Event::DialState { status, .. } = event {
            span.happen(at, progress(*status), Vec::new());
        } else if let Event::DialEnd { status, .. } = event {
            span.say("dial.status", status.text());
        } else if let Event::BridgeEnter { bridge, .. } = event {
            let id = Value::Text(bridge.uniqueid.to_string());
            span.happen(at, "bridge enter", vec![("bridge.id", id)]);
        } else if let Event::BridgeLeave { bridge, .. } = event {
            let id = Value::Text(bridge.uniqueid.to_string());
            span.happen(at, "bridge leave", vec![("bridge.id", id)]);
        }
    }

    /// It was hung up: its span, unless that has ended before.
    pub(super) fn hang_up(&mut self, at: Timestamp) -> Option<Span> {
        let mut span = self.span.take()?;
        span.say(
            "channel.caller",
            self.channel.caller.number.as_deref().unwrap_or_default(),
        );
        span.say("channel.account", &self.channel.account);
        if let Some(cause) = self.channel.cause {
            span.attributes
                .push(("hangup.cause", Value::Number(cause.number().into())));
        }
        span.say(
            "hangup.tech_cause",
            self.channel.tech_cause.as_deref().unwrap_or_default(),
        );
        Some(span.ended(at))
    }
}

fn progress(status: DialStatus) -> &'static str {
    match status {
        DialStatus::Ringing => "ringing",
        DialStatus::Proceeding => "proceeding",
        DialStatus::Progress => "progress",
        DialStatus::Answer
        | DialStatus::Busy
        | DialStatus::Congestion
        | DialStatus::NoAnswer
        | DialStatus::Cancel
        | DialStatus::ChanUnavail => "end",
    }
}
