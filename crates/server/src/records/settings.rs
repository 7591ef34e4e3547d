//! Where and how call records are written.

use super::{Csv, Mapping, Table};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// All there is to say about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The folder of the log; what is written is below it.
    pub(crate) folder: PathBuf,
    /// Call records are logged, too.
    pub(crate) debug: bool,
    /// Records are gathered and written together.
    pub(crate) batch: Option<Batch>,
    /// To CSV files.
    pub(crate) csv: Option<Csv>,
    /// As it is configured.
    pub(crate) calls: Custom,
    /// So for the channel event log.
    pub(crate) events: Custom,
}

/// What is written as it is configured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Custom {
    /// To text files.
    pub(crate) mappings: Vec<Mapping>,
    /// To an SQLite database.
    pub(crate) table: Option<Arc<Table>>,
}

impl Settings {
    /// The places call records are written to, as the reference server calls them.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        used(&[
            ("csv", self.csv.is_some()),
            ("cdr-custom", !self.calls.mappings.is_empty()),
            ("cdr_sqlite3_custom", self.calls.table.is_some()),
        ])
    }

    /// So for the channel event log.
    pub(crate) fn event_names(&self) -> Vec<&'static str> {
        used(&[
            ("CEL Custom CSV Logging", !self.events.mappings.is_empty()),
            ("CEL sqlite3 custom backend", self.events.table.is_some()),
        ])
    }
}

fn used(places: &[(&'static str, bool)]) -> Vec<&'static str> {
    let used = places.iter().filter(|(_, used)| *used);
    used.map(|(name, _)| *name).collect()
}

/// When a batch is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    /// As soon as there are so many records.
    pub(crate) size: usize,
    /// So long after the first of them.
    pub(crate) time: Duration,
}
