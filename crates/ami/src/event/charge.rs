//! Events of advice of charge (events.tsv: AOC-S, AOC-D, AOC-E).

use super::Headers;
use super::channel::Channel;
use macros::Event;

/// A channel is told the rates of its call.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "AOC-S", classes(aoc))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AocS<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    #[event(block)]
    pub facts: Headers<'a>,
}

/// A channel is told what its call has cost so far.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "AOC-D", classes(aoc))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AocD<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    #[event(block)]
    pub facts: Headers<'a>,
}

/// A channel is told what its call has cost.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "AOC-E", classes(aoc))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AocE<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    #[event(block)]
    pub facts: Headers<'a>,
}
