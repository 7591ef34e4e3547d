//! A bridge as it was at one moment.

use crate::BridgeId;
use std::sync::Arc;

/// A bridge as it was at one moment (ami-server.md, appendix A: bridge block).
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// How many channels are in it.
    pub channels: usize,
}
