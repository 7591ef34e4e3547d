//! What a line of a recording says.

use jiff::Timestamp;
use manager::Style;
use model::{Now, Seq};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A line. On the first stands only which format this is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Line {
    /// The program that recorded it.
    By(String),
    /// The switch was made.
    Switch {
        /// Its seed.
        seed: u64,
        /// When.
        now: Now,
    },
    /// How events are told from now on.
    Style(Style),
    /// The switch was given something.
    Input {
        /// When.
        now: Now,
        /// A [`switch::Input`], with its secrets masked.
        input: Value,
    },
    /// Managers were told an event.
    Event {
        /// Its number.
        seq: Seq,
        /// Its text; none if it is told to nobody.
        text: Option<String>,
    },
    /// Sessions are recorded from here on; one, or those of one account, if it is said.
    Sessions(Option<String>),
    /// A client said something.
    Heard {
        /// When it was heard to its end.
        at: Timestamp,
        /// The session.
        session: String,
        /// What.
        text: String,
    },
    /// A client was told something.
    Said {
        /// When it was said to its end.
        at: Timestamp,
        /// The session.
        session: String,
        /// What.
        text: String,
    },
    /// Nothing more was recorded.
    End {
        /// Why.
        reason: String,
        /// Whether all is there up to here.
        whole: bool,
    },
}
