//! The database on disk, and beside it a copy of its values in plain text, from which one that is damaged
//! is made anew.
//!
//! The library answers damage with errors and panics, and after one error of the disk with nothing else:
//! so what is damaged is put aside, and what failed is closed and opened again.

use super::{Values, import};
use crate::checked;
use crate::faults::Faults;
use model::DatabaseChange;
use redb::{Database, Error, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use std::io::{self, Write as _};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const VALUES: TableDefinition<&str, &str> = TableDefinition::new("values");
const FILE: &str = "astdb.redb";
const COPY: &str = "astdb.copy";
/// A copy is made so long after a change,
const COPY_AFTER: Duration = Duration::from_secs(60);
/// and takes at most this part of the time.
const COPY_SHARE: u32 = 100;

/// The files of the database.
pub(super) struct Disk {
    folder: PathBuf,
    /// None after it has failed.
    database: Option<Database>,
    faults: Arc<Faults>,
    /// When the copy is to be made anew, if it is not what the database is.
    copy_due: Option<Instant>,
    /// How long to wait after a change.
    copy_after: Duration,
}

impl Disk {
    /// Opens the database in this folder, making it if need be, and reads it. A disk without room is no
    /// reason to have none: it is tried again.
    pub(super) fn open(folder: &Path, faults: Arc<Faults>) -> Result<(Self, Values), Error> {
        std::fs::create_dir_all(folder)?;
        let mut disk = Self {
            folder: folder.to_owned(),
            database: None,
            faults,
            copy_due: None,
            copy_after: COPY_AFTER,
        };
        let (copied, damaged) = disk.copied();
        let values = match disk.reopen() {
            Ok(values) => values,
            Err(error) if is_full(&error) => {
                disk.faults.fail();
                tracing::error!(%error, "The database cannot be written; it is tried again");
                copied.clone()
            }
            Err(error) => return Err(error),
        };
        if damaged > 0 || copied != values {
            disk.copy_soon();
        }
        Ok((disk, values))
    }

    /// One transaction; it is on the disk afterwards.
    pub(super) fn write(&mut self, changes: &[DatabaseChange]) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        if self.database.is_none() {
            self.reopen()?;
        }
        let Some(database) = &self.database else {
            return Err(Error::DatabaseClosed);
        };
        let written = guarded(|| transact(database, changes));
        if written.is_err() {
            self.database = None;
        }
        self.copy_soon();
        written
    }

    /// When a copy is to be made, if one is.
    pub(super) fn copy_due(&self) -> Option<Instant> {
        self.copy_due
    }

    /// Makes the copy anew, if it is not what the database is.
    pub(super) fn copy(&mut self) {
        if self.copy_due.take().is_none() {
            return;
        }
        let began = Instant::now();
        let made = self.make_copy();
        self.copy_after = COPY_AFTER.max(began.elapsed() * COPY_SHARE);
        if let Err(error) = made {
            tracing::warn!(%error, "The copy of the database cannot be written; it is tried again");
            self.copy_soon();
        }
    }

    fn copy_soon(&mut self) {
        let due = Instant::now() + self.copy_after;
        self.copy_due.get_or_insert(due);
    }

    fn make_copy(&self) -> Result<(), Error> {
        let Some(database) = &self.database else {
            return Err(Error::DatabaseClosed);
        };
        let values = guarded(|| read(database))?;
        let lines = values.iter();
        let lines: String = lines
            .map(|(path, value)| checked::line(path, Some(value)))
            .collect();
        let new = self.folder.join("astdb.copy.new");
        let mut file = std::fs::File::create(&new)?;
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        Ok(std::fs::rename(new, self.folder.join(COPY))?)
    }

    /// What the copy holds, and how many bytes of it are damaged.
    fn copied(&self) -> (Values, usize) {
        let bytes = std::fs::read(self.folder.join(COPY)).unwrap_or_default();
        let (kept, damaged) = checked::read(&bytes);
        (kept.into_iter().collect(), damaged)
    }

    fn reopen(&mut self) -> Result<Values, Error> {
        let path = self.folder.join(FILE);
        let (database, values) = if path.exists() {
            match sound(&path) {
                Err(error) if is_damage(&error) => self.renew(&path, &error)?,
                opened => opened?,
            }
        } else {
            filled(&path, import::imported(&self.folder.join(import::FILE)))?
        };
        self.database = Some(database);
        Ok(values)
    }

    /// Puts a damaged database aside and makes it anew of the copy.
    fn renew(&self, path: &Path, why: &Error) -> Result<(Database, Values), Error> {
        let bytes = std::fs::metadata(path)?.len();
        self.faults.damage(usize::try_from(bytes).unwrap_or(0));
        let aside = self.folder.join("astdb.redb.damaged");
        std::fs::rename(path, &aside)?;
        let (values, _) = self.copied();
        tracing::error!(
            "The database {} is damaged ({why}): it is put aside as {}, and made anew with {} values of its last copy",
            path.display(),
            aside.display(),
            values.len()
        );
        filled(path, values)
    }
}

/// A new database with these values. One that cannot be filled is not left behind.
fn filled(path: &Path, values: Values) -> Result<(Database, Values), Error> {
    let made = guarded(|| {
        let database = Database::create(path)?;
        let changes = values.iter();
        let changes: Vec<_> = changes
            .map(|(path, value)| (Arc::clone(path), Some(Arc::clone(value))))
            .collect();
        transact(&database, &changes)?;
        Ok(database)
    });
    if made.is_err() {
        std::fs::remove_file(path)?;
    }
    made.map(|database| (database, values))
}

/// A database that is as it was written, and what is in it.
fn sound(path: &Path) -> Result<(Database, Values), Error> {
    guarded(|| {
        let mut database = Database::create(path)?;
        if !database.check_integrity()? {
            tracing::warn!("The database {} was repaired", path.display());
        }
        let values = read(&database)?;
        Ok((database, values))
    })
}

/// Damage that the library answers with a panic is an error all the same.
fn guarded<T>(work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    let work = std::panic::AssertUnwindSafe(work); // what it works on is closed after an error
    let panicked = |_| Err(Error::Corrupted("the library gave up".to_owned()));
    catch_unwind(work).unwrap_or_else(panicked)
}

fn transact(database: &Database, changes: &[DatabaseChange]) -> Result<(), Error> {
    let write = database.begin_write()?;
    {
        let mut table = write.open_table(VALUES)?;
        for (path, value) in changes {
            match value {
                Some(value) => table.insert(&**path, &**value)?,
                None => table.remove(&**path)?,
            };
        }
    }
    Ok(write.commit()?)
}

fn read(database: &Database) -> Result<Values, Error> {
    let table = database.begin_read()?.open_table(VALUES)?;
    let mut values = Vec::new();
    for item in table.iter()? {
        let (path, value) = item?;
        values.push((path.value().into(), value.value().into()));
    }
    Ok(values)
}

/// Whether it is the file's fault.
fn is_damage(error: &Error) -> bool {
    if let Error::Io(error) = error {
        let kind = error.kind();
        return kind == io::ErrorKind::UnexpectedEof || kind == io::ErrorKind::InvalidData;
    }
    !matches!(error, Error::DatabaseAlreadyOpen)
}

/// Whether the disk has no room.
fn is_full(error: &Error) -> bool {
    let Error::Io(error) = error else {
        return false;
    };
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(count: usize) -> Vec<DatabaseChange> {
        let pair = |number| format!("/fam/key{number:03}").into();
        (0..count)
            .map(|number| (pair(number), Some(format!("value{number}").into())))
            .collect()
    }

    /// A folder with so many values in a database and its copy.
    fn kept(count: usize) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let (mut disk, _) = Disk::open(folder.path(), Arc::default()).unwrap();
        disk.write(&pairs(count)).unwrap();
        disk.copy();
        folder
    }

    #[test]
    fn whatever_is_cut_or_flipped_it_starts_and_nothing_is_lost() {
        let folder = kept(200);
        let path = folder.path().join(FILE);
        let whole = std::fs::read(&path).unwrap();
        for round in 0..36 {
            let mut bytes = whole.clone();
            let end = if round % 4 == 0 { 4096 } else { bytes.len() };
            let at = round * 7919 * 7919 % end;
            if round % 3 == 0 {
                bytes[at] ^= 1 << (round % 8);
            } else {
                bytes.truncate(at);
            }
            std::fs::write(&path, bytes).unwrap();
            let faults = Arc::<Faults>::default();
            let (mut disk, values) = Disk::open(folder.path(), Arc::clone(&faults)).unwrap();
            assert_eq!(values.len(), 200, "{at}");
            let as_written = |(path, value): &(Arc<str>, Arc<str>)| {
                path.strip_prefix("/fam/key")
                    .and_then(|n| n.parse::<usize>().ok())
                    .is_some_and(|n| **value == *format!("value{n}"))
            };
            assert!(values.iter().all(as_written), "{at}");
            assert!(round % 3 == 0 || faults.damaged() == at as u64, "{at}");
            disk.write(&pairs(1)).unwrap();
        }
    }

    #[test]
    fn what_is_damaged_in_the_copy_is_made_anew() {
        let folder = kept(20);
        let copy = folder.path().join(COPY);
        let whole = std::fs::read(&copy).unwrap();
        std::fs::write(&copy, &whole[..100]).unwrap();
        let (mut disk, values) = Disk::open(folder.path(), Arc::default()).unwrap();
        assert_eq!(values.len(), 20);
        assert!(disk.copy_due().is_some());
        disk.copy();
        assert_eq!(std::fs::read(&copy).unwrap(), whole);
    }

    #[test]
    fn one_that_was_removed_is_empty() {
        let folder = kept(20);
        std::fs::remove_file(folder.path().join(FILE)).unwrap();
        let (_, values) = Disk::open(folder.path(), Arc::default()).unwrap();
        assert_eq!(values, []);
    }
}
