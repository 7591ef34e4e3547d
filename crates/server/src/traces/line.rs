//! Lines of the log that tell a trace, each with all ids it can be found by.

use jiff::Timestamp;
use manager::TracedAction;
use model::{ChannelSnapshot, Mark, TraceId};
use std::sync::Arc;
use tracing::field::{DisplayValue, display};

/// The action that a call comes of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The client's ActionID.
    pub(super) action_id: String,
    pub(super) user: Arc<str>,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) at: Timestamp,
    pub(super) trace: TraceId,
    pub(super) what: What,
}

/// What it tells.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Action(Arc<TracedAction>),
    Answer(Arc<TracedAction>, String),
    /// An event, by its name and place, of a channel if it is of one.
    Event {
        name: &'static str,
        place: Mark,
        channel: Option<Arc<ChannelSnapshot>>,
        origin: Option<Arc<Origin>>,
    },
}

impl Line {
    /// Writes it to the log. It is told when things happened, as the line itself comes a little later.
    pub(super) fn write(&self) {
        let Self { at, trace, what } = self;
        match what {
            What::Action(action) => tracing::info!(
                target: "trace",
                %trace,
                action_id = some(&action.id),
                user = %action.account,
                session = %action.session,
                from = %action.from,
                about = some(&action.about.join(",")),
                %at,
                "{}",
                action.name
            ),
            What::Answer(action, answer) => tracing::info!(
                target: "trace",
                %trace,
                action_id = some(&action.id),
                user = %action.account,
                session = %action.session,
                answer,
                %at,
                "{} answered",
                action.name
            ),
            What::Event {
                name,
                place,
                channel,
                origin,
            } => {
                let channel = channel.as_deref();
                let origin = origin.as_deref();
                tracing::info!(
                    target: "trace",
                    %trace,
                    action_id = origin.and_then(|origin| some(&origin.action_id)),
                    user = origin.and_then(|origin| some(&origin.user)),
                    channel = channel.and_then(|channel| some(&channel.uniqueid)),
                    name = channel.and_then(|channel| some(&channel.name)),
                    call_id = channel.and_then(|channel| channel.trace.call_id.as_deref().map(display)),
                    %place,
                    %at,
                    "{name}"
                );
            }
        }
    }
}

/// A text as it is, if there is one.
fn some(text: &str) -> Option<DisplayValue<&str>> {
    (!text.is_empty()).then(|| display(text))
}
