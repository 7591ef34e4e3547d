//! Advice of charge: what a call costs, as told to the one who pays (ETSI EN 300 182-1).

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// When an advice is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdviceTime {
    /// At the start of a call: its rates (AOC-S).
    Start,
    /// During it: the charges so far (AOC-D).
    During,
    /// At its end: the charges (AOC-E).
    End,
}

/// An advice of charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// When it is given.
    pub time: AdviceTime,
    /// What it says, in order: each fact by its path, as `Charge/Type`, as events tell it.
    pub facts: Arc<[(Arc<str>, Arc<str>)]>,
}
