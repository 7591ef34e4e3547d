//! Actions about AstDB, the values that outlive the node.

use macros::Action;

/// Reads a value.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "DBGet",
    classes(system, reporting),
    reads,
    synopsis = "Get DB Entry.",
    complete = "DBGetComplete"
)]
pub struct DbGet {
    /// The family.
    #[action(missing = "No family specified.")]
    pub family: String,
    /// The key in it.
    #[action(missing = "No key specified.")]
    pub key: String,
}

/// Lists values.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "DBGetTree",
    classes(system, reporting),
    reads,
    synopsis = "Get DB entries, optionally at a particular family/key",
    complete = "DBGetTreeComplete"
)]
pub struct DbGetTree {
    /// Of this family; all there are if not said.
    pub family: Option<String>,
    /// Of this key and those below it.
    pub key: Option<String>,
}

/// Sets a value. The answer comes when it is on disk.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(name = "DBPut", classes(system), synopsis = "Put DB entry.")]
pub struct DbPut {
    /// The family.
    #[action(missing = "No family specified")]
    pub family: String,
    /// The key in it.
    #[action(missing = "No key specified")]
    pub key: String,
    /// The value; empty if not said.
    pub val: Option<String>,
}

/// Removes a value.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(name = "DBDel", classes(system), synopsis = "Delete DB entry.")]
pub struct DbDel {
    /// The family.
    #[action(missing = "No family specified.")]
    pub family: String,
    /// The key in it.
    #[action(missing = "No key specified.")]
    pub key: String,
}

/// Removes a family, or the part of it at and below a key.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(name = "DBDelTree", classes(system), synopsis = "Delete DB Tree.")]
pub struct DbDelTree {
    /// The family.
    #[action(missing = "No family specified.")]
    pub family: String,
    /// The key in it; the whole family if not said.
    pub key: Option<String>,
}
