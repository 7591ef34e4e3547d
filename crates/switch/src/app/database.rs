//! DBdel and DBdeltree: remove what the database keeps.

use super::{Application, Step};

pub(super) const DB_DEL: Application = Application {
    name: "DBdel",
    synopsis: "Delete a key from the asterisk database.",
    arguments: "family/key",
    options: &[],
    start: |switch, id, call| {
        if switch.unstore(&path(&call.data)).is_none() {
            tracing::info!(channel = %id, key = call.data, "DBdel: there is no such key");
        }
        Step::Done
    },
};

pub(super) const DB_DEL_TREE: Application = Application {
    name: "DBdeltree",
    synopsis: "Delete a family or keytree from the asterisk database.",
    arguments: "family[/keytree]",
    options: &[],
    start: |switch, id, call| {
        if call.data.trim().is_empty() || switch.unstore_tree(&path(&call.data)) == 0 {
            tracing::info!(channel = %id, tree = call.data, "DBdeltree: nothing there");
        }
        Step::Done
    },
};

fn path(text: &str) -> String {
    format!("/{}", text.trim().trim_matches('/'))
}
