//! Actions about AstDB (ami-server.md 10.34).

use super::{Step, given};
use crate::Request;
use ami::action::database::{DbDel, DbDelTree, DbGet, DbGetTree, DbPut};
use ami::event::Event as _;
use ami::event::database::{DbGetResponse, DbGetTreeResponse};
use ami::{Message, response};
use model::{Command, DatabaseCommand, DatabaseReply, Reply};

const NOT_FOUND: &str = "Database entry not found";
const WILL_FOLLOW: &str = "Result will follow";

fn ask(command: DatabaseCommand) -> Step {
    Step::Ask(Request::Switch(Command::Database(command)))
}

/// `/family` or `/family/key`.
fn path(family: &str, key: Option<&str>) -> String {
    key.map_or_else(|| format!("/{family}"), |key| format!("/{family}/{key}"))
}

pub(super) fn get(get: &DbGet) -> Step {
    let path = path(&get.family, Some(&get.key));
    ask(DatabaseCommand::Value(path.into()))
}

pub(super) fn got(id: &str, get: &DbGet, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Database(DatabaseReply::Value(value)) = reply else {
        return None;
    };
    let Some(value) = value else {
        return Some(vec![response::error(id, NOT_FOUND)]);
    };
    let item = DbGetResponse {
        family: &get.family,
        key: &get.key,
        val: &value,
        action_id: given(id),
    };
    Some(vec![
        response::list_start(id, WILL_FOLLOW),
        item.message(),
        response::list_complete("DBGetComplete", id, 1),
    ])
}

pub(super) fn get_tree(get: &DbGetTree) -> Step {
    let tree = get
        .family
        .as_deref()
        .map(|family| path(family, get.key.as_deref()));
    ask(DatabaseCommand::List(tree.unwrap_or_default().into()))
}

pub(super) fn listed(id: &str, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Database(DatabaseReply::List(found)) = reply else {
        return None;
    };
    let start = response::list_start(id, WILL_FOLLOW);
    let items = found.iter().map(|(path, value)| {
        let item = DbGetTreeResponse {
            key: path,
            val: value,
            action_id: given(id),
        };
        item.message()
    });
    let end = response::list_complete("DBGetTreeComplete", id, found.len());
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

pub(super) fn put(put: &DbPut) -> Step {
    ask(DatabaseCommand::Put {
        path: path(&put.family, Some(&put.key)).into(),
        value: put.val.as_deref().unwrap_or_default().into(),
    })
}

pub(super) fn was_put(id: &str, reply: &Reply) -> Vec<Message> {
    vec![if let Reply::Database(DatabaseReply::Put) = reply {
        response::done(id, "Updated database successfully")
    } else {
        response::error(id, "Failed to update entry")
    }]
}

pub(super) fn delete(delete: &DbDel) -> Step {
    let path = path(&delete.family, Some(&delete.key));
    ask(DatabaseCommand::Remove(path.into()))
}

pub(super) fn deleted(id: &str, reply: &Reply) -> Vec<Message> {
    vec![
        if let Reply::Database(DatabaseReply::Removed(1..)) = reply {
            response::done(id, "Key deleted successfully")
        } else {
            response::error(id, "Database entry could not be deleted")
        },
    ]
}

pub(super) fn delete_tree(delete: &DbDelTree) -> Step {
    let tree = path(&delete.family, delete.key.as_deref());
    ask(DatabaseCommand::RemoveTree(tree.into()))
}

pub(super) fn tree_deleted(id: &str, reply: &Reply) -> Vec<Message> {
    let Reply::Database(DatabaseReply::Removed(count)) = reply else {
        return vec![response::error(id, "Database unavailable")];
    };
    vec![match count {
        0 => response::error(id, NOT_FOUND),
        _ => response::done(id, "Key tree deleted successfully"),
    }]
}
