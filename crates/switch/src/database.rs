//! AstDB: the values themselves. Changes go out to be kept on disk, with the answer that waits for
//! that.

use crate::{Output, Switch};
use model::{DatabaseChange, DatabaseCommand, DatabaseReply, DeviceState, Reply, Seq, Token};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// All values, by path: `/family/key`.
pub(crate) type Database = BTreeMap<Arc<str>, Arc<str>>;

/// Longer paths are refused, in bytes.
const LONGEST_PATH: usize = 255;
/// Longer values are refused, in bytes.
const LONGEST_VALUE: usize = 64 * 1024;

impl Switch {
    /// Takes over what the disk has kept.
    pub(crate) fn restore(&mut self, mut values: Vec<(Arc<str>, Arc<str>)>) {
        self.restore_promises(&mut values);
        self.database.extend(values);
        for (name, value) in self.stored(CUSTOM_DEVICES) {
            let device = name
                .strip_prefix(CUSTOM_DEVICES)
                .and_then(|name| name.strip_prefix('/'));
            if let (Some(device), Some(state)) = (device, DeviceState::parse(&value)) {
                self.restore_custom_device(&format!("Custom:{device}"), state);
            }
        }
        self.restore_presences();
    }

    /// Makes the changes of others.
    pub(crate) fn keep_for_others(&mut self, mut changes: Vec<DatabaseChange>) {
        changes.retain(|(path, value)| match value {
            Some(value) => self.hold(path, value),
            None => self.database.remove(path).is_some(),
        });
        if !changes.is_empty() {
            self.put(Output::Keep {
                changes,
                reply: None,
            });
        }
    }

    /// Answers a command about the database, at once or with the changes it makes.
    pub(crate) fn on_database(&mut self, token: Token, at: Seq, command: DatabaseCommand) {
        let (reply, changes) = match command {
            DatabaseCommand::Value(path) => (
                DatabaseReply::Value(self.database.get(&path).cloned()),
                Vec::new(),
            ),
            DatabaseCommand::List(tree) => (DatabaseReply::List(self.stored(&tree)), Vec::new()),
            DatabaseCommand::Put { path, value } => {
                if self.hold(&path, &value) {
                    (DatabaseReply::Put, vec![(path, Some(value))])
                } else {
                    (DatabaseReply::Failed, Vec::new())
                }
            }
            DatabaseCommand::Remove(path) => {
                let changes = self.drop_all(vec![path]);
                (DatabaseReply::Removed(changes.len()), changes)
            }
            DatabaseCommand::RemoveTree(tree) => {
                let paths = self.stored(&tree).into_iter().map(|(path, _)| path);
                let changes = self.drop_all(paths.collect());
                (DatabaseReply::Removed(changes.len()), changes)
            }
        };
        if changes.is_empty() {
            return self.reply(token, at, Reply::Database(reply));
        }
        let reply = Some((token, at, Reply::Database(reply)));
        self.put(Output::Keep { changes, reply });
    }

    /// Sets a value. False if its path or itself is too long.
    pub(crate) fn store(&mut self, path: &str, value: &str) -> bool {
        let (path, value) = (Arc::from(path), Arc::from(value));
        let held = self.hold(&path, &value);
        if held {
            let changes = vec![(path, Some(value))];
            self.put(Output::Keep {
                changes,
                reply: None,
            });
        }
        held
    }

    /// Removes a value; gives it back.
    pub(crate) fn unstore(&mut self, path: &str) -> Option<Arc<str>> {
        let (path, value) = self.database.remove_entry(path)?;
        let changes = vec![(path, None)];
        self.put(Output::Keep {
            changes,
            reply: None,
        });
        Some(value)
    }

    /// Removes all values at or below a path; how many that were.
    pub(crate) fn unstore_tree(&mut self, tree: &str) -> usize {
        let paths = self.stored(tree).into_iter().map(|(path, _)| path);
        let changes = self.drop_all(paths.collect());
        let count = changes.len();
        if count > 0 {
            self.put(Output::Keep {
                changes,
                reply: None,
            });
        }
        count
    }

    /// All values at or below a path, in order; all there are for an empty one.
    pub(crate) fn stored(&self, tree: &str) -> Vec<(Arc<str>, Arc<str>)> {
        let from = self
            .database
            .range::<str, _>((Bound::Included(tree), Bound::Unbounded));
        let below = from.take_while(|(path, _)| path.starts_with(tree));
        let rest = |path: &str| path.get(tree.len()..).unwrap_or_default().to_owned();
        let meant = below.filter(|(path, _)| {
            let rest = rest(path);
            tree.is_empty() || rest.is_empty() || rest.starts_with('/')
        });
        meant
            .map(|(path, value)| (Arc::clone(path), Arc::clone(value)))
            .collect()
    }

    fn hold(&mut self, path: &Arc<str>, value: &Arc<str>) -> bool {
        if !is_named(path) || path.len() > LONGEST_PATH || value.len() > LONGEST_VALUE {
            tracing::warn!(%path, "A value is not kept: it or its path is too long, or nameless");
            return false;
        }
        self.database.insert(Arc::clone(path), Arc::clone(value));
        true
    }

    fn drop_all(&mut self, paths: Vec<Arc<str>>) -> Vec<DatabaseChange> {
        let known = paths
            .into_iter()
            .filter(|path| self.database.remove(path).is_some());
        known.map(|path| (path, None)).collect()
    }
}

/// Whether a path names a family and a key.
fn is_named(path: &str) -> bool {
    let names = path.strip_prefix('/').and_then(|rest| rest.split_once('/'));
    names.is_some_and(|(family, key)| !family.is_empty() && !key.is_empty())
}

/// Where the states are kept that were given to devices called `Custom:`.
pub(crate) const CUSTOM_DEVICES: &str = "/CustomDevstate";
