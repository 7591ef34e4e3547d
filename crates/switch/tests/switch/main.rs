//! The simulation: worlds of scripted phones and virtual time, and what the switch makes of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::wildcard_enum_match_arm,
    reason = "tests may"
)]

mod applications;
mod attended;
mod calls;
mod cel;
mod chan_spy;
mod channel_items;
mod control_playback;
mod dial;
mod dial_digits;
mod dial_options;
mod forwarding;
mod functions;
mod hour;
mod language;
mod mapped;
mod originate;
mod pair_records;
mod parties;
mod pickup;
mod plan;
mod played;
mod privacy;
mod programs;
mod promises;
mod random;
mod records;
mod states;
mod technologies;
mod threeway;
mod threeway_transfer;
mod tones;
mod traces;
mod transfer;
mod warnings;
mod watches;
mod world;
