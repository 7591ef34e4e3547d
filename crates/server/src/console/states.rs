//! `core show hints`, `devstate …`, `presencestate …`, `voicemail …`, `config list`: states, who has
//! a mailbox, and where it is all configured.

use super::{Command, Outcome};
use crate::node::Node;
use model::{
    Command as Order, HintReport, MailboxQuery, MailboxReply, Reply, StateQuery, StateReply,
    VariableRequest,
};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "core show hints",
        synopsis: "Show dialplan hints",
        usage: "Usage: core show hints\n       Lists the extensions with hints, and how what they name is.\n",
        run: |node, _| Box::pin(hints(node, None)),
    },
    Command {
        words: "core show hint",
        synopsis: "Show dialplan hint",
        usage: "Usage: core show hint <exten>\n       Lists the hints of extensions that begin so.\n",
        run: |node, arguments| {
            Box::pin(async {
                match arguments {
                    [exten] => hints(node, Some(exten)).await,
                    _ => Outcome::Usage,
                }
            })
        },
    },
    Command {
        words: "devstate list",
        synopsis: "List currently known custom device states",
        usage: "Usage: devstate list\n       Lists the devices called Custom: and their states.\n",
        run: |node, _| Box::pin(devices(node)),
    },
    Command {
        words: "devstate change",
        synopsis: "Change a custom device state",
        usage: "Usage: devstate change <device> <state>\n       Gives a device called Custom: a state: UNKNOWN, NOT_INUSE, INUSE, BUSY,\n       INVALID, UNAVAILABLE, RINGING, RINGINUSE or ONHOLD.\n",
        run: |node, arguments| Box::pin(change(node, arguments, "DEVICE_STATE")),
    },
    Command {
        words: "presencestate list",
        synopsis: "List currently know custom presence states",
        usage: "Usage: presencestate list\n       Lists what people say of themselves.\n",
        run: |node, _| Box::pin(presences(node)),
    },
    Command {
        words: "presencestate change",
        synopsis: "Change a custom presence state",
        usage: "Usage: presencestate change <entity> <state>[,<subtype>[,message[,options]]]\n       Says how somebody called CustomPresence: is: not there, away, …\n",
        run: |node, arguments| Box::pin(change(node, arguments, "PRESENCE_STATE")),
    },
    Command {
        words: "voicemail show users",
        synopsis: "List defined voicemail boxes",
        usage: "Usage: voicemail show users [for <context>]\n       Lists those who have a mailbox, and how many new messages they have.\n",
        run: |node, arguments| Box::pin(mailboxes(node, arguments)),
    },
    Command {
        words: "voicemail reload",
        synopsis: "Reload voicemail configuration",
        usage: "Usage: voicemail reload\n       Reads voicemail.conf and users.conf anew.\n",
        run: |node, _| Box::pin(reload(node)),
    },
    Command {
        words: "config list",
        synopsis: "Show all files that have loaded a configuration file",
        usage: "Usage: config list\n       Lists the configuration files there are, and the modules that read them.\n",
        run: |node, _| Box::pin(async { files(node) }),
    },
];

/// Who reads which file.
const FILES: &[(&str, &str)] = &[
    ("asterisk.conf", "core"),
    ("manager.conf", "manager"),
    ("acl.conf", "acl"),
    ("users.conf", "manager, res_pjsip, app_voicemail"),
    ("http.conf", "http"),
    ("extensions.conf", "pbx_config"),
    ("pjsip.conf", "res_pjsip"),
    ("rtp.conf", "res_rtp_asterisk"),
    ("voicemail.conf", "app_voicemail"),
    ("musiconhold.conf", "res_musiconhold"),
    ("cdr.conf", "cdr, cdr_csv"),
    ("cdr_custom.conf", "cdr_custom"),
    ("cdr_sqlite3_custom.conf", "cdr_sqlite3_custom"),
    ("cdr_manager.conf", "cdr_manager"),
    ("cel.conf", "cel, cel_manager"),
    ("cel_custom.conf", "cel_custom"),
    ("cel_sqlite3_custom.conf", "cel_sqlite3_custom"),
    ("logger.conf", "logger"),
];

const RULE: &str = "---------------------------------------------------------------------\n";

async fn ask(node: &Arc<Node>, query: StateQuery) -> Option<StateReply> {
    let Reply::States(reply) = node.ask(Order::States(query)).await else {
        return None;
    };
    Some(reply)
}

fn unavailable() -> Outcome {
    Outcome::Failed("The switch does not answer.\n".to_owned())
}

async fn hints(node: &Arc<Node>, beginning: Option<&str>) -> Outcome {
    let Some(StateReply::Extensions(mut hints)) = ask(node, StateQuery::Extensions).await else {
        return unavailable();
    };
    hints.retain(|hint| beginning.is_none_or(|beginning| hint.exten.starts_with(beginning)));
    Outcome::Output(hints_text(&hints, beginning))
}

fn hints_text(hints: &[HintReport], beginning: Option<&str>) -> String {
    if hints.is_empty() {
        return match beginning {
            None => "There are no registered dialplan hints\n".to_owned(),
            Some(beginning) => format!("No hints matching extension {beginning}\n"),
        };
    }
    let mut text = String::new();
    if beginning.is_none() {
        text.push_str("\n    -= Registered Asterisk Dial Plan Hints =-\n");
    }
    for hint in hints {
        let place = format!("{}@{}", hint.exten, hint.context);
        let presence = hint
            .presence
            .as_ref()
            .map_or("", |presence| presence.kind.text());
        let _ = writeln!(
            text,
            "{place:<30.30}: {:<50.50}  State:{:<15.15} Presence:{presence:<15.15} Watchers {:>2}",
            hint.hint,
            hint.state.text(),
            hint.watchers,
        );
    }
    let noun = if beginning.is_some() {
        "matching extension"
    } else {
        "registered"
    };
    let _ = match beginning {
        None => writeln!(text, "----------------\n- {} hints {noun}", hints.len()),
        Some(beginning) => writeln!(
            text,
            "----------------\n- {} hints {noun} {beginning}",
            hints.len()
        ),
    };
    text
}

async fn devices(node: &Arc<Node>) -> Outcome {
    let Some(StateReply::Devices(devices)) = ask(node, StateQuery::Devices).await else {
        return unavailable();
    };
    let mut text = heading("Custom Device States");
    for (device, state) in devices
        .iter()
        .filter(|(device, _)| device.starts_with("Custom:"))
    {
        let _ = writeln!(text, "--- Name: '{device}'  State: '{}'\n---", state.text());
    }
    Outcome::Output(text + RULE + RULE + "\n")
}

async fn presences(node: &Arc<Node>) -> Outcome {
    let Some(StateReply::Presences(presences)) = ask(node, StateQuery::Presences).await else {
        return unavailable();
    };
    let mut text = heading("Custom Presence States");
    for (name, presence) in &presences {
        let _ = writeln!(
            text,
            "--- Name: '{name}'\n    State: '{}'\n    Subtype: '{}'\n    Message: '{}'\n---",
            presence.kind.text(),
            presence.subtype,
            presence.message,
        );
    }
    Outcome::Output(text + RULE + RULE + "\n")
}

fn heading(title: &str) -> String {
    format!("\n{RULE}{:-<69}\n{RULE}---\n", format!("--- {title} "))
}

/// Writes a function whose argument is the thing and whose value its state.
async fn change(node: &Arc<Node>, arguments: &[String], function: &str) -> Outcome {
    let [name, state @ ..] = arguments else {
        return Outcome::Usage;
    };
    if state.is_empty() {
        return Outcome::Usage;
    }
    let state = state.join(" ");
    let variable = VariableRequest {
        channel: None,
        name: format!("{function}({name})").into(),
    };
    let order = Order::Setvar {
        variable,
        value: state.as_str().into(),
    };
    if node.ask(order).await == Reply::Done {
        return Outcome::Output(format!("Changing {name} to {state}\n"));
    }
    Outcome::Failed(format!("{name} cannot be {state}.\n"))
}

async fn mailboxes(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let context = match arguments {
        [] => None,
        [word, context] if word.eq_ignore_ascii_case("for") => Some(context),
        _ => return Outcome::Usage,
    };
    let Some(MailboxReply::Users(mut users)) = node.ask_mailboxes(MailboxQuery::Users).await else {
        return Outcome::Failed("The mailboxes do not answer.\n".to_owned());
    };
    users.retain(|user| context.is_none_or(|context| user.context == *context));
    if users.is_empty() {
        return Outcome::Output(match context {
            None => "There are no voicemail users currently defined\n".to_owned(),
            Some(context) => format!("No such voicemail context \"{context}\"\n"),
        });
    }
    let mut text = format!(
        "{:<10} {:<5} {:<25} {:<10} {:>6}\n",
        "Context", "Mbox", "User", "Zone", "NewMsg"
    );
    for user in &users {
        let new = user.counts.new + user.counts.urgent;
        let _ = writeln!(
            text,
            "{:<10} {:<5} {:<25} {:<10} {new:>6}",
            user.context, user.mailbox, user.full_name, user.time_zone
        );
    }
    let _ = writeln!(text, "{} voicemail users configured.", users.len());
    Outcome::Output(text)
}

async fn reload(node: &Arc<Node>) -> Outcome {
    match node.reload(Some("app_voicemail")).await {
        Ok(()) => Outcome::Output("Reloading voicemail configuration...\n".to_owned()),
        Err(error) => Outcome::Failed(format!("{error}\n")),
    }
}

fn files(node: &Arc<Node>) -> Outcome {
    let configured = node.configured();
    let folder = &configured.configuration.asterisk.directories.configuration;
    let mut text = format!("{:<30} {}\n", "Filename", "Module");
    for (file, module) in FILES.iter().filter(|(file, _)| folder.join(file).is_file()) {
        let _ = writeln!(text, "{file:<30} {module}");
    }
    Outcome::Output(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_hint_matches_is_told_apart_from_there_being_none() {
        let none = hints_text(&[], None);
        assert_eq!(none, "There are no registered dialplan hints\n");
        let other = hints_text(&[], Some("9"));
        assert_eq!(other, "No hints matching extension 9\n");
    }
}
