//! A table of an SQLite database, as cdr_sqlite3_custom.conf says which columns it has.

use super::template::{self, Subject};
use conf::{Diagnostic, List, Millis, Place, Section, Settings as _};
use model::Spool;
use std::sync::Arc;
use std::time::Duration;

/// [master]: they are written to master.db in the folder of the log if there is such a section.
#[derive(Clone, Debug, conf::Settings)]
pub(crate) struct Master {
    /// The name of the table, `cdr` or `cel` if not said; it is made if it is not there.
    table: Option<String>,
    /// The names of its columns, separated by commas.
    columns: List<String>,
    /// What is written to them: a text for each, as in the files of custom lines, in single quotes
    /// and separated by commas.
    values: Option<String>,
    /// How long to wait for others who have the database locked, in milliseconds.
    #[setting(default = "1000")]
    busy_timeout: Millis,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// A template for each column.
    values: Vec<String>,
    /// How long to wait for a lock.
    pub(super) patience: Duration,
}

impl Table {
    /// What a section says; nothing if it makes no table, which is told.
    pub(crate) fn read(
        section: &Section,
        subject: Subject,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Arc<Self>> {
        let master = Master::read(section, diagnostics);
        let place = |key: &str| {
            let entry = section.all(key).next_back();
            entry.map_or(&section.at, |entry| &entry.at)
        };
        let mut refuse = |at: &Place, message: String, remedy: &str| {
            diagnostics.push(Diagnostic::error(at, message, remedy));
            None
        };
        let columns = master.columns.0;
        let Some(values) = master.values.as_deref().map(split) else {
            let message = "the table has no `values`; nothing is written to it".to_owned();
            return refuse(&section.at, message, "say what its columns get");
        };
        if columns.is_empty() || columns.len() != values.len() {
            let (columns, values) = (columns.len(), values.len());
            let message = format!(
                "the table has {columns} columns and {values} values; nothing is written to it"
            );
            return refuse(place("columns"), message, "write one value for each column");
        }
        let at = place("values");
        for value in &values {
            template::check(value, subject, at, diagnostics);
        }
        Some(Arc::new(Self {
            name: master.table.unwrap_or_else(|| subject.table().to_owned()),
            columns,
            values,
            patience: master.busy_timeout.0,
        }))
    }

    /// What its columns get.
    pub(super) fn row(&self, spooled: &Spool) -> Vec<String> {
        let values = self.values.iter();
        values
            .map(|value| template::expand(value, spooled))
            .collect()
    }
}

/// Values separated by commas, without the single quotes around them; in those commas do not
/// count, and two quotes stand for one.
fn split(text: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut depth = 0_usize;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' if quoted && rest.peek() == Some(&'\'') => {
                rest.next();
                push(&mut values, '\'');
            }
            '\'' => quoted = !quoted,
            ',' if !quoted && depth == 0 => values.push(String::new()),
            c => {
                match c {
                    '{' | '(' => depth += 1,
                    '}' | ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                push(&mut values, c);
            }
        }
    }
    values.iter().map(|value| value.trim().to_owned()).collect()
}

fn push(values: &mut [String], c: char) {
    if let Some(value) = values.last_mut() {
        value.push(c);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::records::csv::tests::record;

    pub(in super::super) fn read(text: &str) -> (Option<Arc<Table>>, Vec<String>) {
        let source = conf::Memory::default().with("cdr_sqlite3_custom.conf", text);
        let config = conf::load(&source, "cdr_sqlite3_custom.conf").unwrap();
        let mut diagnostics = Vec::new();
        let table = Table::read(
            config.section("master").unwrap(),
            Subject::Calls,
            &mut diagnostics,
        );
        let told = diagnostics.iter().map(ToString::to_string).collect();
        (table, told)
    }

    #[test]
    fn each_column_gets_its_value() {
        let (table, told) = read(
            "[master]\ntable => calls\ncolumns => calldate, clid, test\n\
             values => '${CDR(start,u)}','it''s ${CDR(src)}, ${CUT(x,y,1)}', ${CDR(billsec,f)}\n\
             busy_timeout => 500\n",
        );
        assert_eq!(told, [""; 0]);
        let table = table.unwrap();
        assert_eq!(table.name, "calls");
        assert_eq!(table.columns, ["calldate", "clid", "test"]);
        assert_eq!(table.patience, Duration::from_millis(500));
        assert_eq!(
            table.row(&Spool::Call(record().into())),
            ["1.000000", "it's 101, ", "0.000000"]
        );
    }

    #[test]
    fn what_makes_no_table_is_told_with_its_place() {
        let (table, told) = read("[master]\ncolumns => a, b\nvalues => '1'\n");
        assert_eq!(table, None);
        assert!(
            told[0].starts_with("cdr_sqlite3_custom.conf:2: the table has 2 columns and 1 values"),
            "{told:?}"
        );
        let (table, told) = read("[master]\ncolumns => a\nvalue => '1'\n");
        assert_eq!(table, None);
        assert_eq!(told.len(), 2, "{told:?}");
        let (table, told) = read("[master]\ncolumns => a\nvalues => '${CALLERID(num)}'\n");
        assert!(table.is_some());
        assert!(told[0].contains("no function CALLERID"), "{told:?}");
    }
}
