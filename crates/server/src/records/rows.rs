//! Rows for tables of an SQLite database: those that wait are one transaction, and kept until it
//! has succeeded.
//!
//! The database is opened for each writing, so that one that is moved away is begun anew.

use super::table::Table;
use rusqlite::{Connection, Transaction, params_from_iter};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

/// Rows that may wait for a database that cannot be written.
const LIMIT: usize = 16_384;

/// Rows to be written, in their order.
#[derive(Debug, Default)]
pub(super) struct Rows {
    waiting: VecDeque<(Arc<Table>, Vec<String>)>,
}

impl Rows {
    /// Takes a row; refuses it when too many wait.
    pub(super) fn push(&mut self, table: &Arc<Table>, row: Vec<String>) -> bool {
        if self.waiting.len() == LIMIT {
            return false;
        }
        self.waiting.push_back((Arc::clone(table), row));
        true
    }

    /// Writes them, all or none; those that are not written are kept.
    pub(super) fn write(&mut self, file: &Path) -> rusqlite::Result<()> {
        let Some((table, _)) = self.waiting.front() else {
            return Ok(());
        };
        let mut database = Connection::open(file)?;
        database.busy_timeout(table.patience)?;
        let transaction = database.transaction()?;
        let rows: Vec<_> = self.waiting.iter().collect();
        for rows in rows.chunk_by(|(one, _), (other, _)| one == other) {
            insert(&transaction, &rows[0].0, rows.iter().map(|(_, row)| row))?;
        }
        transaction.commit()?;
        self.waiting.clear();
        Ok(())
    }
}

/// Makes a table as the reference server does, if it is not there.
fn make(database: &Transaction<'_>, table: &Table) -> rusqlite::Result<()> {
    let columns = table.columns.iter();
    let columns: String = columns
        .map(|column| format!(", {} VARCHAR", quoted(column)))
        .collect();
    let name = quoted(&table.name);
    database.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS {name} (AcctId INTEGER PRIMARY KEY{columns})"
    ))
}

fn insert<'a>(
    database: &Transaction<'_>,
    table: &Table,
    rows: impl Iterator<Item = &'a Vec<String>>,
) -> rusqlite::Result<()> {
    make(database, table)?;
    let columns: Vec<_> = table.columns.iter().map(|column| quoted(column)).collect();
    let marks = vec!["?"; columns.len()].join(", ");
    let (name, columns) = (quoted(&table.name), columns.join(", "));
    let insert = format!("INSERT INTO {name} ({columns}) VALUES ({marks})");
    let mut statement = database.prepare(&insert)?;
    for row in rows {
        statement.execute(params_from_iter(row))?;
    }
    Ok(())
}

/// A name in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::table::tests::read;

    fn table() -> Arc<Table> {
        let text = "[master]\ncolumns => src, \"odd\" name\nvalues => '1','2'\nbusy_timeout => 1\n";
        read(text).0.unwrap()
    }

    fn row(text: &str) -> Vec<String> {
        vec![text.to_owned(), "it's".to_owned()]
    }

    fn sources(file: &Path) -> Vec<String> {
        let database = Connection::open(file).unwrap();
        let mut found = database
            .prepare("SELECT src FROM cdr WHERE \"\"\"odd\"\" name\" = 'it''s' ORDER BY AcctId")
            .unwrap();
        let rows = found.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn rows_are_added_to_a_table_that_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.db");
        let mut rows = Rows::default();
        for text in ["101", "x'); DROP TABLE cdr; --"] {
            assert!(rows.push(&table(), row(text)));
            rows.write(&file).unwrap();
        }
        assert_eq!(sources(&file), ["101", "x'); DROP TABLE cdr; --"]);
    }

    #[test]
    fn rows_that_a_locked_database_refuses_are_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("master.db");
        let mut rows = Rows::default();
        rows.push(&table(), row("101"));
        let other = Connection::open(&file).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        assert!(rows.write(&file).is_err());
        other.execute_batch("COMMIT").unwrap();
        rows.write(&file).unwrap();
        rows.write(&file).unwrap();
        assert_eq!(sources(&file), ["101"]);
    }
}
