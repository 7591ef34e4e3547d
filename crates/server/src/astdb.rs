//! AstDB: values by family and key, kept on disk.

use redb::{Database, ReadableDatabase as _, TableDefinition};
use std::path::Path;
use std::sync::Arc;

const VALUES: TableDefinition<&str, &str> = TableDefinition::new("values");

/// The database; cheap to clone. Its methods wait for the disk.
#[derive(Clone)]
pub(crate) struct AstDb(Arc<Database>);

impl AstDb {
    /// Opens the database in this folder, making it if need be.
    pub(crate) fn open(folder: &Path) -> Result<Self, redb::Error> {
        std::fs::create_dir_all(folder)?;
        let database = Database::create(folder.join("astdb.redb"))?;
        let write = database.begin_write()?;
        write.open_table(VALUES)?;
        write.commit()?;
        Ok(Self(Arc::new(database)))
    }

    /// Sets a value; it is on the disk afterwards.
    pub(crate) fn put(&self, family: &str, key: &str, value: &str) -> Result<(), redb::Error> {
        let write = self.0.begin_write()?;
        write
            .open_table(VALUES)?
            .insert(path(family, key).as_str(), value)?;
        Ok(write.commit()?)
    }

    /// Reads a value.
    pub(crate) fn get(&self, family: &str, key: &str) -> Result<Option<String>, redb::Error> {
        let table = self.0.begin_read()?.open_table(VALUES)?;
        let value = table.get(path(family, key).as_str())?;
        Ok(value.map(|value| value.value().to_owned()))
    }

    /// Removes a value; whether there was one.
    pub(crate) fn remove(&self, family: &str, key: &str) -> Result<bool, redb::Error> {
        let write = self.0.begin_write()?;
        let known = write
            .open_table(VALUES)?
            .remove(path(family, key).as_str())?
            .is_some();
        write.commit()?;
        Ok(known)
    }

    /// Removes what is under `/family` or `/family/key`; how much that was.
    pub(crate) fn remove_tree(&self, tree: &str) -> Result<usize, redb::Error> {
        let paths: Vec<_> = self.list(tree)?.into_iter().map(|(path, _)| path).collect();
        let write = self.0.begin_write()?;
        {
            let mut table = write.open_table(VALUES)?;
            for path in &paths {
                table.remove(path.as_str())?;
            }
        }
        write.commit()?;
        Ok(paths.len())
    }

    /// All `/family/key` and their values under a path, in order; all there are under an empty one.
    pub(crate) fn list(&self, tree: &str) -> Result<Vec<(String, String)>, redb::Error> {
        let table = self.0.begin_read()?.open_table(VALUES)?;
        let below = format!("{tree}/");
        let mut found = Vec::new();
        for item in table.range(tree..)? {
            let (path, value) = item?;
            let path = path.value();
            if !path.starts_with(tree) {
                break;
            }
            if tree.is_empty() || path == tree || path.starts_with(&below) {
                found.push((path.to_owned(), value.value().to_owned()));
            }
        }
        Ok(found)
    }
}

fn path(family: &str, key: &str) -> String {
    format!("/{family}/{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        {
            let database = AstDb::open(folder.path()).unwrap();
            database.put("fam", "key", "value").unwrap();
            database.put("fam", "other", "2").unwrap();
            database.put("family", "key", "3").unwrap();
            assert!(database.remove("fam", "other").unwrap());
            assert!(!database.remove("fam", "other").unwrap());
        }
        let database = AstDb::open(folder.path()).unwrap();
        assert_eq!(
            database.get("fam", "key").unwrap().as_deref(),
            Some("value")
        );
        assert_eq!(database.get("fam", "none").unwrap(), None);
        let pair = |path: &str, value: &str| (path.to_owned(), value.to_owned());
        assert_eq!(database.list("/fam").unwrap(), [pair("/fam/key", "value")]);
        assert_eq!(database.list("").unwrap().len(), 2);
        assert_eq!(database.remove_tree("/fam").unwrap(), 1);
        assert_eq!(database.list("").unwrap(), [pair("/family/key", "3")]);
    }
}
