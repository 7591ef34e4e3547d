//! Programs of the system that the dialplan has run, outside of the switch.

use crate::{ChannelId, RunId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A program to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// To be named in what came of it.
    pub id: RunId,
    /// The channel that waits for it.
    pub channel: ChannelId,
    /// What to run.
    pub line: Line,
}

/// What is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Whatever a shell makes of it.
    Shell(Arc<str>),
    /// This program, by its full path, with these arguments.
    Words(Vec<Arc<str>>),
}

/// What came of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// As in [`Program`].
    pub id: RunId,
    /// As in [`Program`].
    pub channel: ChannelId,
    /// What it came to.
    pub outcome: Outcome,
}

/// What a program came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It ended well.
    Succeeded,
    /// It ended otherwise, or was ended after too long.
    Failed,
    /// It could not be run.
    NotRun,
}
