//! `bridge …`: the bridges there are, and how they may pass sound.

mod seated;

use super::{Command, Outcome};
use crate::node::Node;
use model::{BridgeTechnology, Command as Order, Reply};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "bridge show all",
        synopsis: "List all bridges",
        usage: "Usage: bridge show all\n       Lists all bridges.\n",
        run: |node, arguments| Box::pin(seated::all(node, arguments)),
    },
    Command {
        words: "bridge show",
        synopsis: "Show information about a bridge",
        usage: "Usage: bridge show <bridge-id>\n       Tells what there is to say of a bridge, and who is in it.\n",
        run: |node, arguments| Box::pin(seated::one(node, arguments)),
    },
    Command {
        words: "bridge destroy",
        synopsis: "Destroy a bridge",
        usage: "Usage: bridge destroy <bridge-id>\n       Takes everybody out of a bridge.\n",
        run: |node, arguments| Box::pin(seated::destroy(node, arguments)),
    },
    Command {
        words: "bridge kick",
        synopsis: "Kick a channel from a bridge",
        usage: "Usage: bridge kick <bridge-id> <channel>\n       Takes a channel out of a bridge.\n",
        run: |node, arguments| Box::pin(seated::kick(node, arguments)),
    },
    Command {
        words: "bridge technology show",
        synopsis: "List registered bridge technologies",
        usage: "Usage: bridge technology show\n       Lists how bridges may pass sound.\n",
        run: |node, arguments| Box::pin(show(node, arguments)),
    },
    Command {
        words: "bridge technology suspend",
        synopsis: "Suspend a bridge technology",
        usage: "Usage: bridge technology suspend <technology>\n       Keeps new bridges from taking it.\n",
        run: |node, arguments| Box::pin(suspend(node, arguments, true)),
    },
    Command {
        words: "bridge technology unsuspend",
        synopsis: "Unsuspend a bridge technology",
        usage: "Usage: bridge technology unsuspend <technology>\n       Lets bridges take it again.\n",
        run: |node, arguments| Box::pin(suspend(node, arguments, false)),
    },
];

async fn show(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    if !arguments.is_empty() {
        return Outcome::Usage;
    }
    let Reply::BridgeTechnologies(technologies) = node.ask(Order::BridgeTechnologies).await else {
        return Outcome::Failed(String::new());
    };
    Outcome::Output(table(&technologies))
}

fn table(technologies: &[BridgeTechnology]) -> String {
    let mut text = format!(
        "{:<20} {:<20} {:>8} {}\n",
        "Name", "Type", "Priority", "Suspended"
    );
    for technology in technologies {
        let (name, capability) = (&technology.name, &technology.capability);
        let suspended = if technology.suspended { "Yes" } else { "No" };
        let _ = writeln!(
            text,
            "{name:<20} {capability:<20} {:>8} {suspended}",
            technology.priority
        );
    }
    text
}

async fn suspend(node: &Arc<Node>, arguments: &[String], suspend: bool) -> Outcome {
    let [name] = arguments else {
        return Outcome::Usage;
    };
    let order = Order::SuspendTechnology {
        name: name.as_str().into(),
        suspend,
    };
    match (node.ask(order).await, suspend) {
        (Reply::Done, true) => Outcome::Output(format!("Suspended bridge technology '{name}'\n")),
        (Reply::Done, false) => {
            Outcome::Output(format!("Unsuspended bridge technology '{name}'\n"))
        }
        (_, _) => Outcome::Failed(format!("Bridge technology '{name}' not found\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn technologies_stand_in_columns() {
        let technologies = [BridgeTechnology {
            name: "native_rtp".into(),
            capability: "Native".into(),
            priority: 90,
            suspended: true,
        }];
        assert_eq!(
            table(&technologies),
            "Name                 Type                 Priority Suspended\n\
             native_rtp           Native                     90 Yes\n"
        );
    }
}
