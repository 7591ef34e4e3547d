//! Spans: what took how long, and what of what it is a part (opentelemetry.io/docs/specs/otel/trace).

use jiff::Timestamp;
use model::TraceId;
use std::fmt;

/// Moments of a span that are kept; later ones are counted.
const MOMENTS: usize = 64;

/// The id of a span; never 0, and written as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SpanId(u64);

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Makes ids of spans: from a random one on, each different from those before.
#[derive(Debug)]
pub(super) struct SpanIds(u64);

impl SpanIds {
    pub(super) fn from(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> SpanId {
        /// An odd number that has no pattern: 2^64 divided by the golden ratio.
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        self.0 = self.0.wrapping_add(STEP).max(1);
        SpanId(self.0)
    }
}

/// Whose part a span is played by, by its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something within.
    Internal = 1,
    /// Somebody asked us.
    Server = 2,
    /// We asked somebody.
    Client = 3,
}

/// What is said of a span.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(i64),
}

pub(super) type Attributes = Vec<(&'static str, Value)>;

/// Something that happened in a span.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) name: &'static str,
    pub(super) attributes: Attributes,
}

/// Something that takes a while.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Span {
    pub(super) trace: TraceId,
    pub(super) id: SpanId,
    pub(super) parent: Option<SpanId>,
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) attributes: Attributes,
    pub(super) moments: Vec<Moment>,
    /// Moments beyond those that are kept.
    pub(super) more: u32,
    /// What went wrong.
    pub(super) error: Option<String>,
}

impl Span {
    /// One that begins.
    pub(super) fn begin(
        (trace, id): (TraceId, SpanId),
        parent: Option<SpanId>,
        name: String,
        kind: Kind,
        start: Timestamp,
    ) -> Self {
        Self {
            trace,
            id,
            parent,
            name,
            kind,
            start,
            end: start,
            attributes: Vec::new(),
            moments: Vec::new(),
            more: 0,
            error: None,
        }
    }

    /// Says something of it, if there is something to say.
    pub(super) fn say(&mut self, name: &'static str, text: &str) {
        if !text.is_empty() {
            self.attributes.push((name, Value::Text(text.to_owned())));
        }
    }

    /// Something happens in it.
    pub(super) fn happen(&mut self, at: Timestamp, name: &'static str, attributes: Attributes) {
        if self.moments.len() < MOMENTS {
            self.moments.push(Moment {
                at,
                name,
                attributes,
            });
        } else {
            self.more += 1;
        }
    }

    /// It ends; no clock that is set back has it end before it began.
    pub(super) fn ended(mut self, at: Timestamp) -> Self {
        self.end = at.max(self.start);
        self
    }
}
