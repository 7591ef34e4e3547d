//! AstDB from the dialplan: DB, DB_EXISTS, DB_DELETE, DB_KEYS, DB_KEYCOUNT.
//!
//! Clients of the manager may list keys; values are for accounts that may use the database's own
//! actions.

use super::{Function, error};
use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome, World as _};
use std::sync::Arc;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "DB",
            synopsis: "Read from or write to the Asterisk database.",
            syntax: "DB(family/key)",
            description: "A value that is read is set as DB_RESULT too; one that is not there is empty.",
        },
        open: false,
        read: Some(|scope, args| {
            let path = path(args)?;
            let value = scope.switch.database.get(&*path).cloned();
            Ok(result(scope, value).unwrap_or_default())
        }),
        write: Some(|scope, args, value| {
            let path = path(args)?;
            if scope.switch.store(&path, value) {
                Ok(())
            } else {
                error("the path or the value is too long")
            }
        }),
    },
    Function {
        declaration: Declaration {
            name: "DB_EXISTS",
            synopsis: "Check to see if a key exists in the Asterisk database.",
            syntax: "DB_EXISTS(family/key)",
            description: "`1` or `0`; the value is set as DB_RESULT.",
        },
        open: false,
        read: Some(|scope, args| {
            let path = path(args)?;
            let value = scope.switch.database.get(&*path).cloned();
            Ok(u8::from(result(scope, value).is_some()).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "DB_DELETE",
            synopsis: "Return a value from the database and delete it.",
            syntax: "DB_DELETE(family/key)",
            description: "The value is set as DB_RESULT too. When written, whatever is written to it is not \
                          used.",
        },
        open: false,
        read: Some(|scope, args| {
            let path = path(args)?;
            let value = scope.switch.unstore(&path);
            Ok(result(scope, value).unwrap_or_default())
        }),
        write: Some(|scope, args, _| {
            let path = path(args)?;
            scope.switch.unstore(&path);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "DB_KEYS",
            synopsis: "Obtain a list of keys within the Asterisk database.",
            syntax: "DB_KEYS([prefix])",
            description: "The keys right below a family or a part of it, separated by commas; the families \
                          if none is named.",
        },
        open: true,
        read: Some(|scope, prefix| Ok(keys(scope, prefix).join(","))),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "DB_KEYCOUNT",
            synopsis: "Obtain the number of keys at a given prefix within the Asterisk database.",
            syntax: "DB_KEYCOUNT([prefix])",
            description: "As DB_KEYS lists them.",
        },
        open: true,
        read: Some(|scope, prefix| Ok(keys(scope, prefix).len().to_string())),
        write: None,
    },
];

/// `family/key` as a path.
fn path(args: &str) -> Outcome<String> {
    match args.split_once('/') {
        Some((family, key)) if !family.is_empty() && !key.is_empty() => Ok(format!("/{args}")),
        Some(_) | None => error("needs a family and a key, as in family/key"),
    }
}

/// Sets DB_RESULT to a value that is there.
fn result(scope: &mut ChannelScope<'_>, value: Option<Arc<str>>) -> Option<String> {
    let value = value?;
    if scope.channel.is_some() {
        scope.set("DB_RESULT", &value);
    }
    Some(value.to_string())
}

fn keys(scope: &ChannelScope<'_>, prefix: &str) -> Vec<String> {
    let prefix = prefix.trim().trim_matches('/');
    let tree = if prefix.is_empty() {
        String::new()
    } else {
        format!("/{prefix}")
    };
    let mut keys: Vec<String> = Vec::new();
    for (path, _) in scope.switch.stored(&tree) {
        let below = path
            .get(tree.len()..)
            .and_then(|rest| rest.strip_prefix('/'));
        let key = below
            .and_then(|rest| rest.split('/').next())
            .unwrap_or_default();
        if !key.is_empty() && keys.last().is_none_or(|last| last != key) {
            keys.push(key.to_owned());
        }
    }
    keys
}
