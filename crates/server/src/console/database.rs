//! `database …`: AstDB.

mod query;

use super::{Command, Outcome};
use crate::node::Node;
use model::{DatabaseCommand, DatabaseReply, Reply};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "database put",
        synopsis: "Adds/updates database value",
        usage: "Usage: database put <family> <key> <value>\n       Sets the value of a key.\n",
        run: |node, arguments| Box::pin(put(node, arguments)),
    },
    Command {
        words: "database get",
        synopsis: "Gets database value",
        usage: "Usage: database get <family> <key>\n       Tells the value of a key.\n",
        run: |node, arguments| Box::pin(get(node, arguments)),
    },
    Command {
        words: "database del",
        synopsis: "Removes database key/value",
        usage: "Usage: database del <family> <key>\n       Removes a key.\n",
        run: |node, arguments| Box::pin(remove(node, arguments)),
    },
    Command {
        words: "database deltree",
        synopsis: "Removes database keytree/values",
        usage: "Usage: database deltree <family> [keytree]\n       Removes a family, or the part of it below a key.\n",
        run: |node, arguments| Box::pin(remove_tree(node, arguments)),
    },
    Command {
        words: "database show",
        synopsis: "Shows database contents",
        usage: "Usage: database show [family [keytree]]\n       Lists everything, a family, or the part of it below a key.\n",
        run: |node, arguments| Box::pin(show(node, arguments)),
    },
    Command {
        words: "database showkey",
        synopsis: "Shows database contents",
        usage: "Usage: database showkey <keytree>\n       Lists all values whose key is this one or lies below it, in all families.\n",
        run: |node, arguments| Box::pin(show_key(node, arguments)),
    },
    Command {
        words: "database query",
        synopsis: "Run a user-specified query on the astdb",
        usage: "Usage: database query \"<SQL>\"\n       Answers a SELECT on the table astdb, whose columns are key and value.\n",
        run: |node, arguments| Box::pin(query::run(node, arguments)),
    },
];

async fn put(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [family, key, value] = arguments else {
        return Outcome::Usage;
    };
    if family.is_empty() || key.is_empty() {
        return Outcome::Usage;
    }
    let command = DatabaseCommand::Put {
        path: format!("/{family}/{key}").into(),
        value: value.as_str().into(),
    };
    match ask(node, command).await {
        Some(DatabaseReply::Put) => Outcome::Output("Updated database successfully\n".to_owned()),
        Some(_) | None => Outcome::Failed("Failed to update entry\n".to_owned()),
    }
}

async fn get(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [family, key] = arguments else {
        return Outcome::Usage;
    };
    let path = format!("/{family}/{key}").into();
    match ask(node, DatabaseCommand::Value(path)).await {
        Some(DatabaseReply::Value(Some(value))) => Outcome::Output(format!("Value: {value}\n")),
        Some(_) => Outcome::Output("Database entry not found.\n".to_owned()),
        None => unavailable(),
    }
}

async fn remove(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [family, key] = arguments else {
        return Outcome::Usage;
    };
    let path = format!("/{family}/{key}").into();
    match ask(node, DatabaseCommand::Remove(path)).await {
        Some(DatabaseReply::Removed(1..)) => {
            Outcome::Output("Database entry removed.\n".to_owned())
        }
        Some(_) => Outcome::Output("Database entry could not be removed.\n".to_owned()),
        None => unavailable(),
    }
}

async fn remove_tree(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let (false, Some(tree)) = (arguments.is_empty(), tree(arguments)) else {
        return Outcome::Usage;
    };
    match ask(node, DatabaseCommand::RemoveTree(tree.into())).await {
        Some(DatabaseReply::Removed(0)) => {
            Outcome::Output("Database entries do not exist.\n".to_owned())
        }
        Some(DatabaseReply::Removed(count)) => {
            Outcome::Output(format!("{count} database entries removed.\n"))
        }
        Some(_) => Outcome::Output("Database entries could not be removed.\n".to_owned()),
        None => unavailable(),
    }
}

async fn show(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let Some(tree) = tree(arguments) else {
        return Outcome::Usage;
    };
    match ask(node, DatabaseCommand::List(tree.into())).await {
        Some(DatabaseReply::List(found)) => Outcome::Output(listed(&found)),
        Some(_) | None => unavailable(),
    }
}

async fn show_key(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [key] = arguments else {
        return Outcome::Usage;
    };
    let Some(mut found) = all(node).await else {
        return unavailable();
    };
    let (end, middle) = (format!("/{key}"), format!("/{key}/"));
    found.retain(|(path, _)| path.ends_with(&end) || path.contains(&middle));
    Outcome::Output(listed(&found))
}

/// Everything there is.
async fn all(node: &Arc<Node>) -> Option<Vec<(Arc<str>, Arc<str>)>> {
    let DatabaseReply::List(found) = ask(node, DatabaseCommand::List("".into())).await? else {
        return None;
    };
    Some(found)
}

fn listed(found: &[(Arc<str>, Arc<str>)]) -> String {
    let mut text = String::new();
    for (path, value) in found {
        let _ = writeln!(text, "{path:<50}: {value:<25}");
    }
    let _ = writeln!(text, "{} results found.", found.len());
    text
}

async fn ask(node: &Arc<Node>, command: DatabaseCommand) -> Option<DatabaseReply> {
    let Reply::Database(reply) = node.ask(model::Command::Database(command)).await else {
        return None;
    };
    Some(reply)
}

fn unavailable() -> Outcome {
    Outcome::Failed("The database cannot be asked: the switch ends.\n".to_owned())
}

/// `/family` or `/family/key`.
fn tree(arguments: &[String]) -> Option<String> {
    (arguments.len() <= 2).then(|| arguments.iter().map(|part| format!("/{part}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_listed_in_columns() {
        let found = [("/fruit/apple".into(), "green".into())];
        let line = format!("{:<50}: {:<25}\n", "/fruit/apple", "green");
        assert_eq!(listed(&found), format!("{line}1 results found.\n"));
    }
}
