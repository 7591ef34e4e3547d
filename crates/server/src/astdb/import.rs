//! Takes over an astdb.sqlite3, the file in which the reference server keeps the same values.

use super::Values;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Its name in the folder of the database.
pub(super) const FILE: &str = "astdb.sqlite3";

/// What such a file holds; none if there is none, or it cannot be read.
pub(super) fn imported(file: &Path) -> Values {
    if !file.exists() {
        return Values::new();
    }
    match read(file) {
        Ok(values) => {
            tracing::info!(
                "The database takes over {} values of {}",
                values.len(),
                file.display()
            );
            values
        }
        Err(error) => {
            tracing::error!(%error, "The database cannot take over {}", file.display());
            Values::new()
        }
    }
}

/// All values of such a file, which is only read. What is no text there is told as text.
fn read(path: &Path) -> rusqlite::Result<Values> {
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut rows = file.prepare("SELECT key, value FROM astdb ORDER BY key")?;
    let values = rows.query_map([], |row| {
        Ok((text(row.get_ref(0)?).into(), text(row.get_ref(1)?).into()))
    })?;
    values.collect()
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            String::from_utf8_lossy(bytes).into_owned()
        }
    }
}
