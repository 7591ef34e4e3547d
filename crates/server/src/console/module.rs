//! `module …`: what there is, under the names of the reference server's modules.

use super::{Command, Outcome};
use crate::node::{Node, NotReloaded};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "module show",
        synopsis: "List modules and info",
        usage: "Usage: module show [like <text>]\n       Lists what there is, under the names of the modules that bring it elsewhere.\n       Nothing is loaded or unloaded here.\n",
        run: |node, arguments| Box::pin(async { show(node, arguments) }),
    },
    Command {
        words: "module reload",
        synopsis: "Reload configuration for a module",
        usage: "Usage: module reload [<module> ...]\n       Reads the configuration of what these modules stand for again, or all of it.\n",
        run: |node, arguments| Box::pin(reload(node, arguments)),
    },
    Command {
        words: "prometheus show metrics",
        synopsis: "Display the current metrics",
        usage: "Usage: prometheus show metrics\n       Prints the figures as they are served over HTTP.\n",
        run: |node, _| Box::pin(async { Outcome::Output(crate::metrics::text(node).await) }),
    },
];

fn show(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let like = match arguments {
        [] => "",
        [word, text] if word == "like" => text,
        _ => return Outcome::Usage,
    };
    let mut text = format!("{:<35} {:<8} {}\n", "Module", "Status", "Support Level");
    let configured = node.configured();
    let modules = configured.configuration.modules.all();
    let found: Vec<_> = modules
        .into_iter()
        .filter(|name| name.contains(like))
        .collect();
    for name in &found {
        let name = format!("{name}.so");
        let _ = writeln!(text, "{name:<35} Running  core");
    }
    let _ = writeln!(text, "{} modules loaded", found.len());
    Outcome::Output(text)
}

async fn reload(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    if arguments.is_empty() {
        return match node.reload(None).await {
            Ok(()) => Outcome::Output(String::new()),
            Err(reason) => Outcome::Failed(format!("{reason}\n")),
        };
    }
    let mut text = String::new();
    for name in arguments {
        let told = match node.reload(Some(name)).await {
            Ok(()) => format!("Module '{name}' reloaded successfully.\n"),
            Err(NotReloaded::Unknown) => format!("No such module '{name}'\n"),
            Err(NotReloaded::Fixed) => format!("The module '{name}' does not support reloads\n"),
            Err(reason @ (NotReloaded::Invalid(_) | NotReloaded::Ended(_))) => {
                format!("The module '{name}' was not properly reloaded: {reason}\n")
            }
        };
        text.push_str(&told);
    }
    Outcome::Output(text)
}
