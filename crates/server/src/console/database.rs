//! `database …`: AstDB.

use super::{Command, Outcome};
use crate::astdb::AstDb;
use crate::node::Node;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "database put",
        synopsis: "Adds/updates database value",
        usage: "Usage: database put <family> <key> <value>\n       Sets the value of a key.\n",
        run: |node, arguments| Box::pin(on_disk(node, arguments, put)),
    },
    Command {
        words: "database get",
        synopsis: "Gets database value",
        usage: "Usage: database get <family> <key>\n       Tells the value of a key.\n",
        run: |node, arguments| Box::pin(on_disk(node, arguments, get)),
    },
    Command {
        words: "database del",
        synopsis: "Removes database key/value",
        usage: "Usage: database del <family> <key>\n       Removes a key.\n",
        run: |node, arguments| Box::pin(on_disk(node, arguments, remove)),
    },
    Command {
        words: "database deltree",
        synopsis: "Removes database keytree/values",
        usage: "Usage: database deltree <family> [keytree]\n       Removes a family, or the part of it below a key.\n",
        run: |node, arguments| Box::pin(on_disk(node, arguments, remove_tree)),
    },
    Command {
        words: "database show",
        synopsis: "Shows database contents",
        usage: "Usage: database show [family [keytree]]\n       Lists everything, a family, or the part of it below a key.\n",
        run: |node, arguments| Box::pin(on_disk(node, arguments, show)),
    },
];

type Work = fn(&AstDb, &[&str]) -> Option<Result<String, redb::Error>>;

/// Works on the database where waiting for the disk holds nobody up. `None` is bad usage.
async fn on_disk(node: &Arc<Node>, arguments: &[String], work: Work) -> Outcome {
    let database = node.database.clone();
    let arguments = arguments.to_vec();
    let worked = tokio::task::spawn_blocking(move || {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        work(&database, &arguments)
    });
    match worked.await {
        Ok(Some(Ok(output))) => Outcome::Output(output),
        Ok(Some(Err(error))) => Outcome::Failed(format!("{error}\n")),
        Ok(None) => Outcome::Usage,
        Err(error) => Outcome::Failed(format!("{error}\n")),
    }
}

fn put(database: &AstDb, arguments: &[&str]) -> Option<Result<String, redb::Error>> {
    let &[family, key, value] = arguments else {
        return None;
    };
    let put = database.put(family, key, value);
    Some(put.map(|()| "Updated database successfully\n".to_owned()))
}

fn get(database: &AstDb, arguments: &[&str]) -> Option<Result<String, redb::Error>> {
    let &[family, key] = arguments else {
        return None;
    };
    Some(database.get(family, key).map(|value| match value {
        Some(value) => format!("Value: {value}\n"),
        None => "Database entry not found.\n".to_owned(),
    }))
}

fn remove(database: &AstDb, arguments: &[&str]) -> Option<Result<String, redb::Error>> {
    let &[family, key] = arguments else {
        return None;
    };
    Some(database.remove(family, key).map(|known| match known {
        true => "Database entry removed.\n".to_owned(),
        false => "Database entry could not be removed.\n".to_owned(),
    }))
}

fn remove_tree(database: &AstDb, arguments: &[&str]) -> Option<Result<String, redb::Error>> {
    if arguments.is_empty() {
        return None;
    }
    Some(
        database
            .remove_tree(&tree(arguments)?)
            .map(|count| match count {
                0 => "Database entries do not exist.\n".to_owned(),
                count => format!("{count} database entries removed.\n"),
            }),
    )
}

fn show(database: &AstDb, arguments: &[&str]) -> Option<Result<String, redb::Error>> {
    Some(database.list(&tree(arguments)?).map(|found| {
        let mut text = String::new();
        for (path, value) in &found {
            let _ = writeln!(text, "{path:<50}: {value:<25}");
        }
        let _ = writeln!(text, "{} results found.", found.len());
        text
    }))
}

/// `/family` or `/family/key`.
fn tree(arguments: &[&str]) -> Option<String> {
    (arguments.len() <= 2).then(|| arguments.iter().map(|part| format!("/{part}")).collect())
}
