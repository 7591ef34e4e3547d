//! AstDB: values by family and key that outlive the switch.
//!
//! A value's path is `/family/key`; both may hold slashes. The values live in the switch, so that
//! the dialplan reads and sets them without waiting; a store keeps them on disk.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What can be asked of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DatabaseCommand {
    /// The value of a path.
    Value(Arc<str>),
    /// All values at or below a path, in order; all there are for an empty one.
    List(Arc<str>),
    /// Set a value. Answered when it is on disk.
    Put {
        /// Its path.
        path: Arc<str>,
        /// The value.
        value: Arc<str>,
    },
    /// Remove a value. Answered when that is on disk.
    Remove(Arc<str>),
    /// Remove all values at or below a path. Answered when that is on disk.
    RemoveTree(Arc<str>),
}

/// Its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseReply {
    /// The value, if there is one.
    Value(Option<Arc<str>>),
    /// Paths with their values.
    List(Vec<(Arc<str>, Arc<str>)>),
    /// Set, and on disk.
    Put,
    /// So many were removed, and it is on disk.
    Removed(usize),
    /// The path is too long or names nothing, or the disk does not take it.
    Failed,
}

/// A change to be kept on disk: a path with its value, or with none if it is removed.
pub type DatabaseChange = (Arc<str>, Option<Arc<str>>);
