//! Everywhere records are written to.

use super::lines::Lines;
use super::rows::Rows;
use super::{Counts, Settings};
use jiff::tz::TimeZone;
use model::CallRecord;
use std::sync::Arc;

/// What of them is still to be written, and where to.
#[derive(Default)]
pub(super) struct Outlets {
    settings: Arc<Settings>,
    lines: Lines,
    rows: Rows,
}

impl Outlets {
    pub(super) fn configure(&mut self, settings: Arc<Settings>) {
        self.settings = settings;
    }

    /// Takes a record to all places it is to be written to.
    pub(super) fn take(&mut self, record: &CallRecord, counts: &Counts) {
        let settings = &self.settings;
        let mut lost = 0;
        if let Some(csv) = &settings.csv {
            let line = csv.line(record, &TimeZone::system());
            for file in csv.files(record) {
                let file = settings.folder.join("cdr-csv").join(file);
                lost += u64::from(!self.lines.push(file, &line));
            }
        }
        for mapping in &settings.mappings {
            let file = settings.folder.join("cdr-custom").join(&mapping.file);
            lost += u64::from(!self.lines.push(file, &mapping.line(record)));
        }
        if let Some(table) = &settings.table {
            lost += u64::from(!self.rows.push(table, table.row(record)));
        }
        if lost > 0 {
            counts.lose(lost);
        }
    }

    /// Writes what is left to be written; whether all of it is.
    pub(super) fn write(&mut self, counts: &Counts) -> bool {
        let failures = self.lines.write();
        for (file, error) in &failures {
            counts.fail();
            let file = file.display();
            tracing::error!(%error, "Call records cannot be written to {file}; it is tried again");
        }
        let file = self.settings.folder.join("master.db");
        let rows = self.rows.write(&file);
        if let Err(error) = &rows {
            counts.fail();
            let file = file.display();
            tracing::error!(%error, "Call records cannot be written to {file}; it is tried again");
        }
        failures.is_empty() && rows.is_ok()
    }
}
