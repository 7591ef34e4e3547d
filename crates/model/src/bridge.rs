//! A bridge as it was at one moment.

use crate::BridgeId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A bridge as it was at one moment (ami-server.md, appendix A: bridge block).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeSnapshot {
    /// Its id inside the switch.
    pub id: BridgeId,
    /// Unique for all time: a UUID.
    pub uniqueid: Arc<str>,
    /// `basic`, `holding`, `stasis` …: what it is for.
    pub kind: Arc<str>,
    /// `simple_bridge`, `softmix` …: how it passes sound.
    pub technology: Arc<str>,
    /// The application that made it, if it says so.
    pub creator: Option<Arc<str>>,
    /// Its name, if it has one.
    pub name: Option<Arc<str>>,
    /// When it was made.
    pub created: jiff::Timestamp,
    /// How many channels are in it.
    pub channels: usize,
}

/// A way in which bridges pass sound, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeTechnology {
    /// Its name.
    pub name: Arc<str>,
    /// What it can do: `Holding`, `Native`, `1to1Mix`, `MultiMix`.
    pub capability: Arc<str>,
    /// Among those that fit a bridge the highest is taken.
    pub priority: u32,
    /// No bridge may take it.
    pub suspended: bool,
}
