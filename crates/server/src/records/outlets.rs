//! Everywhere records are written to.

use super::lines::Lines;
use super::rows::Rows;
use super::{Counts, Csv, Custom, Settings};
use jiff::tz::TimeZone;
use model::{CallRecord, Spool};
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
    pub(super) fn take(&mut self, spooled: &Spool, counts: &Counts) {
        let settings = Arc::clone(&self.settings);
        let taken = match spooled {
            Spool::Call(record) => {
                self.take_csv(record, settings.csv.as_ref())
                    & self.take_custom(spooled, &settings.calls, "cdr-custom")
            }
            Spool::Event(_) => self.take_custom(spooled, &settings.events, "cel-custom"),
        };
        if !taken {
            counts.lose(1);
        }
    }

    fn take_csv(&mut self, record: &CallRecord, csv: Option<&Csv>) -> bool {
        let Some(csv) = csv else { return true };
        let line = csv.line(record, &TimeZone::system());
        let folder = self.settings.folder.join("cdr-csv");
        let mut taken = true;
        for file in csv.files(record) {
            taken &= self.lines.push(folder.join(file), &line);
        }
        taken
    }

    fn take_custom(&mut self, spooled: &Spool, custom: &Custom, folder: &str) -> bool {
        let folder = self.settings.folder.join(folder);
        let mut taken = true;
        for mapping in &custom.mappings {
            let line = mapping.line(spooled);
            taken &= self.lines.push(folder.join(&mapping.file), &line);
        }
        if let Some(table) = &custom.table {
            taken &= self.rows.push(table, table.row(spooled));
        }
        taken
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
