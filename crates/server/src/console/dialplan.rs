//! `dialplan …`: what it says, its changes, the global variables.

mod change;
mod listing;
mod save;
mod variables;

use super::{Command, Outcome};
use crate::node::Node;
use listing::Listing;
use model::{DialplanCommand, DialplanReply, Reply};
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "dialplan show",
        synopsis: "Show dialplan",
        usage: "Usage: dialplan show [[exten@]context]\n       Shows the whole dialplan, one context, or what an extension matches there.\n",
        run: |node, arguments| Box::pin(show(node, arguments)),
    },
    Command {
        words: "dialplan reload",
        synopsis: "Reload extensions and *only* extensions",
        usage: "Usage: dialplan reload\n       Reads extensions.conf again. Calls in progress keep what they have.\n",
        run: |node, _| Box::pin(reload(node)),
    },
    Command {
        words: "dialplan save",
        synopsis: "Save current dialplan into a file",
        usage: "Usage: dialplan save [file]\n       Writes the dialplan in use into extensions.conf, or another extensions….conf of its folder, where\n       [general] says static = yes and writeprotect = no. Comments, templates and includes of other files are\n       not in it; what the file said stays as <file>.old.\n",
        run: |node, arguments| Box::pin(save::save(node, arguments)),
    },
    Command {
        words: "dialplan show globals",
        synopsis: "Show global dialplan variables",
        usage: "Usage: dialplan show globals\n       Lists the global variables and their values.\n",
        run: |node, _| Box::pin(variables::globals(node)),
    },
    Command {
        words: "dialplan set global",
        synopsis: "Set global dialplan variable",
        usage: "Usage: dialplan set global <name> <value>\n       Sets a global variable.\n",
        run: |node, arguments| Box::pin(variables::set_global(node, arguments)),
    },
    Command {
        words: "dialplan set chanvar",
        synopsis: "Set a channel variable",
        usage: "Usage: dialplan set chanvar <channel> <name> <value>\n       Sets a variable of a channel.\n",
        run: |node, arguments| Box::pin(variables::set_variable(node, arguments)),
    },
    Command {
        words: "dialplan show chanvar",
        synopsis: "Show channel variables",
        usage: "Usage: dialplan show chanvar <channel>\n       Lists the variables of a channel and their values.\n",
        run: |node, arguments| Box::pin(variables::of_channel(node, arguments)),
    },
    Command {
        words: "dialplan eval function",
        synopsis: "Evaluate dialplan function",
        usage: "Usage: dialplan eval function <name>(<arguments>)\n       Tells the value of a function that needs no channel.\n",
        run: |node, arguments| Box::pin(variables::evaluate(node, arguments)),
    },
    Command {
        words: "dialplan set extenpatternmatchnew",
        synopsis: "Choose how extensions are searched: there is one way",
        usage: "Usage: dialplan set extenpatternmatchnew <true|false>\n       Is always refused: there is one way of searching, and it finds the same in any case.\n",
        run: |_, _| Box::pin(async { Outcome::Failed(ONE_WAY.to_owned()) }),
    },
    Command {
        words: "dialplan add extension",
        synopsis: "Add new extension into context",
        usage: "Usage: dialplan add extension <exten>,<priority>,<app> into <context> [replace]\n       Adds a priority, `hint` among them, until extensions.conf is read again. The\n       application's arguments stand behind a comma or in parentheses.\n",
        run: |node, arguments| Box::pin(change::add_extension(node, arguments)),
    },
    Command {
        words: "dialplan remove extension",
        synopsis: "Remove a specified extension",
        usage: "Usage: dialplan remove extension <exten>[/<callerid>]@<context> [priority]\n       Removes a priority, the `hint`, or the whole extension, until extensions.conf is read again.\n",
        run: |node, arguments| Box::pin(change::remove_extension(node, arguments)),
    },
    Command {
        words: "dialplan add include",
        synopsis: "Include context in other context",
        usage: "Usage: dialplan add include <included context> into <context>\n       Includes a context in another, which is made if there is none, until extensions.conf is read again.\n",
        run: |node, arguments| Box::pin(change::add_include(node, arguments)),
    },
    Command {
        words: "dialplan remove include",
        synopsis: "Remove a specified include from context",
        usage: "Usage: dialplan remove include <included context> from <context>\n       Includes it no longer, until extensions.conf is read again.\n",
        run: |node, arguments| Box::pin(change::remove_include(node, arguments)),
    },
    Command {
        words: "dialplan add ignorepat",
        synopsis: "Add new ignore pattern",
        usage: "Usage: dialplan add ignorepat <pattern> into <context>\n       Lets the dial tone go on after such digits, until extensions.conf is read again.\n",
        run: |node, arguments| Box::pin(change::add_ignored(node, arguments)),
    },
    Command {
        words: "dialplan remove ignorepat",
        synopsis: "Remove ignore pattern from context",
        usage: "Usage: dialplan remove ignorepat <pattern> from <context>\n       Lets the dial tone end after such digits, until extensions.conf is read again.\n",
        run: |node, arguments| Box::pin(change::remove_ignored(node, arguments)),
    },
    Command {
        words: "dialplan remove context",
        synopsis: "Remove a specified context",
        usage: "Usage: dialplan remove context <context>\n       Removes a context with all in it, until extensions.conf is read again.\n",
        run: |node, arguments| Box::pin(change::remove_context(node, arguments)),
    },
];

const ONE_WAY: &str =
    "There is nothing to choose: there is one way of searching extensions, which finds the same.\n";

async fn reload(node: &Arc<Node>) -> Outcome {
    match node.reload(Some("pbx_config")).await {
        Ok(()) => Outcome::Output("Dialplan reloaded.\n".to_owned()),
        Err(reason) => Outcome::Failed(format!("{reason}\n")),
    }
}

/// Asks the switch; `None` if it has ended.
async fn ask(node: &Arc<Node>, command: DialplanCommand) -> Option<DialplanReply> {
    let Reply::Dialplan(reply) = node.ask(model::Command::Dialplan(command)).await else {
        return None;
    };
    Some(reply)
}

fn unavailable() -> Outcome {
    Outcome::Failed("The dialplan cannot be asked: the switch ends.\n".to_owned())
}

async fn show(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let (exten, context) = match arguments {
        [] => (None, None),
        [one] => match one.rsplit_once('@') {
            Some((exten, context)) => (
                Some(exten),
                Some(context).filter(|context| !context.is_empty()),
            ),
            None => (None, Some(one.as_str())),
        },
        _ => return Outcome::Usage,
    };
    let command = DialplanCommand::Show {
        context: context.map(Into::into),
        exten: exten.map(Into::into),
    };
    match ask(node, command).await {
        Some(DialplanReply::Contexts(contexts)) => Outcome::Output(Listing::of(&contexts)),
        Some(DialplanReply::NoContext) => {
            let context = context.unwrap_or_default();
            Outcome::Failed(format!("There is no existence of '{context}' context\n"))
        }
        Some(DialplanReply::NoExtension) => {
            let exten = exten.unwrap_or_default();
            let place = context
                .map(|context| format!("@{context}"))
                .unwrap_or_default();
            Outcome::Failed(format!(
                "There is no existence of {exten}{place} extension\n"
            ))
        }
        Some(_) | None => unavailable(),
    }
}
