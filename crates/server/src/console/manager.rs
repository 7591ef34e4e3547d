//! `manager …`: who is connected, and what there is to know of the interface.

use super::{Command, Outcome};
use crate::check::Report;
use crate::node::Node;
use crate::sessions::Listed;
use manager::{Close, show};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "manager show connected",
        synopsis: "List connected manager interface users",
        usage: "Usage: manager show connected [details]\n       Lists the sessions there are, also those that have not logged in; with `details` each with how\n       it gets on, as 'manager show lag' tells it.\n",
        run: |node, arguments| Box::pin(async { connected(node, arguments) }),
    },
    Command {
        words: "manager show lag",
        synopsis: "Show how connected managers get on",
        usage: "Usage: manager show lag\n       Tells of each connection how many events it is behind, how many bytes wait for it and were\n       written, what becomes of it if it stays behind, and the action it asked for last.\n",
        run: |node, _| Box::pin(async { lag(node) }),
    },
    Command {
        words: "manager show commands",
        synopsis: "List manager interface commands",
        usage: "Usage: manager show commands\n       Lists the actions there are.\n",
        run: |_, _| Box::pin(async { Outcome::Output(show::commands()) }),
    },
    Command {
        words: "manager show command",
        synopsis: "Show a manager interface command",
        usage: "Usage: manager show command <action>...\n       Tells what there is to know of an action.\n",
        run: |_, arguments| Box::pin(async { command(arguments) }),
    },
    Command {
        words: "manager show events",
        synopsis: "List manager interface events",
        usage: "Usage: manager show events\n       Lists the events there are.\n",
        run: |_, _| Box::pin(async { Outcome::Output(show::events()) }),
    },
    Command {
        words: "manager show event",
        synopsis: "Show a manager interface event",
        usage: "Usage: manager show event <event>\n       Tells what there is to know of an event.\n",
        run: |_, arguments| Box::pin(async { event(arguments) }),
    },
    Command {
        words: "manager show users",
        synopsis: "List configured manager users",
        usage: "Usage: manager show users\n       Lists the accounts of manager.conf and users.conf.\n",
        run: |node, _| {
            Box::pin(async { Outcome::Output(show::users(&node.configured().manager.settings)) })
        },
    },
    Command {
        words: "manager show user",
        synopsis: "Display information on a specific manager user",
        usage: "Usage: manager show user <user>\n       Tells what there is to know of an account, but for its secret.\n",
        run: |node, arguments| Box::pin(async { user(node, arguments) }),
    },
    Command {
        words: "manager show settings",
        synopsis: "Show manager global settings",
        usage: "Usage: manager show settings\n       Tells the options of the manager as they count.\n",
        run: |node, _| {
            Box::pin(async {
                Outcome::Output(show::settings(&node.configured().manager.settings.general))
            })
        },
    },
    Command {
        words: "manager set debug",
        synopsis: "Show, enable, disable debugging of the manager code",
        usage: "Usage: manager set debug [on|off]\n       Tells whether events are told with their numbers, or has them told so until the next\n       reload; `debug` in manager.conf does it for good.\n",
        run: |node, arguments| Box::pin(async { set_debug(node, arguments) }),
    },
    Command {
        words: "manager explain",
        synopsis: "Explain whether and why a manager account may use an action",
        usage: "Usage: manager explain <user> <action> [<header>=<value>...]\n       Tells which rule or setting of the account decides about the action with these headers,\n       and where it is written. Nothing is done.\n",
        run: |node, arguments| Box::pin(async { explain(node, arguments) }),
    },
    Command {
        words: "manager kick session",
        synopsis: "Kick a connected manager interface connection",
        usage: "Usage: manager kick session <file descriptor>\n       Ends a session; 'manager show connected' has its descriptor.\n",
        run: |node, arguments| Box::pin(async { kick(node, arguments) }),
    },
    Command {
        words: "manager check",
        synopsis: "Check the configuration without applying it",
        usage: "Usage: manager check\n       Reads the whole configuration folder, tells what is wrong with it, where and what to do,\n       and grades how safe it is. Nothing is applied.\n",
        run: |node, _| Box::pin(check(node)),
    },
    Command {
        words: "manager reload",
        synopsis: "Reload manager configurations",
        usage: "Usage: manager reload\n       Reads manager.conf, users.conf and acl.conf again.\n",
        run: |node, _| Box::pin(reload(node)),
    },
];

fn connected(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let details = match arguments {
        [] => false,
        [word] if word == "details" => true,
        _ => return Outcome::Usage,
    };
    let row = |cells: [&str; 8], pace: [&str; 5]| {
        let [user, address, start, elapsed, descriptor, uses, read, write] = cells;
        let pace = if details { paced(pace) } else { String::new() };
        format!(
            "  {user:<15.15}  {address:<55.55}  {start:<10.10}  {elapsed:<10.10}  {descriptor:<8.8}  {uses:<8.8}  {read:<10.10}  {write:<10.10}{pace}\n"
        )
    };
    let names = [
        "Username",
        "IP Address",
        "Start",
        "Elapsed",
        "FileDes",
        "HttpCnt",
        "ReadPerms",
        "WritePerms",
    ];
    let mut text = row(names, PACE);
    let sessions = node.sessions.list();
    let now = node.clock.now().utc.as_second();
    let events = node.hub.last().seq.0;
    for session in &sessions {
        let user = session.user.as_deref();
        let perms =
            |classes: Option<ami::Classes>| format!("{:010}", classes.unwrap_or_default().bits());
        let start = session.since.as_second();
        let cells = [
            user.map_or("", |user| &user.name),
            &session.remote.to_canonical().to_string(),
            &start.to_string(),
            &(now - start).to_string(),
            &session.descriptor.unwrap_or(-1).to_string(),
            &session.uses().to_string(),
            &perms(user.map(|user| user.read)),
            &perms(user.map(|user| user.write)),
        ];
        // A session over HTTP has no connection that could lag.
        let pace = session.descriptor.map(|_| pace(session, events));
        let pace = pace
            .as_ref()
            .map(|pace| pace.each_ref().map(String::as_str));
        text.push_str(&row(cells, pace.unwrap_or_default()));
    }
    let _ = writeln!(text, "{} users connected.", sessions.len());
    Outcome::Output(text)
}

fn lag(node: &Arc<Node>) -> Outcome {
    let row = |user: &str, descriptor: &str, pace: [&str; 5]| {
        format!("  {user:<15.15}  {descriptor:>7}{}\n", paced(pace))
    };
    let mut text = row("Username", "FileDes", PACE);
    let events = node.hub.last().seq.0;
    for session in &node.sessions.list() {
        let Some(descriptor) = session.descriptor else {
            continue;
        };
        let user = session.user.as_deref().map_or("", |user| &user.name);
        let pace = pace(session, events);
        text.push_str(&row(
            user,
            &descriptor.to_string(),
            pace.each_ref().map(String::as_str),
        ));
    }
    Outcome::Output(text)
}

/// How a connection gets on: what is told of it.
const PACE: [&str; 5] = ["Behind", "Unsent", "Sent", "OnLag", "Last action"];

/// The same of one, `events` being the number of the last event.
fn pace(session: &Listed, events: u64) -> [String; 5] {
    let pace = &session.pace;
    let rule = session
        .user
        .as_deref()
        .map_or("", |user| user.on_lag.word());
    [
        pace.behind(events).to_string(),
        pace.unsent.load(Ordering::Relaxed).to_string(),
        pace.sent.load(Ordering::Relaxed).to_string(),
        rule.to_owned(),
        pace.last_action().unwrap_or_default().to_owned(),
    ]
}

/// As columns at the end of a row.
fn paced([behind, unsent, sent, rule, action]: [&str; 5]) -> String {
    format!("  {behind:>9}  {unsent:>9}  {sent:>12}  {rule:<8.8}  {action}")
}

fn command(arguments: &[String]) -> Outcome {
    if arguments.is_empty() {
        return Outcome::Usage;
    }
    let told = arguments.iter().map(|name| {
        let known = show::command(name);
        known.unwrap_or_else(|| format!("No such command: {name}\n"))
    });
    Outcome::Output(told.collect())
}

fn event(arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Outcome::Usage;
    };
    let known = show::event(name);
    Outcome::Output(known.unwrap_or_else(|| format!("Could not find event '{name}'\n")))
}

fn user(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Outcome::Usage;
    };
    Outcome::Output(show::user(&node.configured().manager.settings, name))
}

fn explain(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [name, action, headers @ ..] = arguments else {
        return Outcome::Usage;
    };
    let settings = &node.configured().manager.settings;
    let Some(user) = settings.user(name) else {
        return Outcome::Failed(format!("There is no manager called {name}\n"));
    };
    let mut message = ami::Message::new().with("Action", action);
    for header in headers {
        let Some((name, value)) = header.split_once('=') else {
            return Outcome::Usage;
        };
        message.header(name, value);
    }
    Outcome::Output(show::explanation(
        settings,
        user,
        &message,
        node.clock.now(),
    ))
}

fn set_debug(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let style = node.hub.style();
    let numbers = match arguments {
        [] => style.numbers,
        [word] if word.eq_ignore_ascii_case("on") => true,
        [word] if word.eq_ignore_ascii_case("off") => false,
        _ => return Outcome::Usage,
    };
    if numbers != style.numbers {
        node.hub.restyle(manager::Style { numbers, ..style });
    }
    let word = if numbers { "on" } else { "off" };
    Outcome::Output(if arguments.is_empty() {
        format!("manager debug is {word}\n")
    } else {
        format!("manager debug set to '{word}'\n")
    })
}

fn kick(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [descriptor] = arguments else {
        return Outcome::Usage;
    };
    let Some(number) = descriptor.parse().ok().filter(|number| *number >= 0) else {
        return Outcome::Output(format!("Invalid AMI file descriptor: {descriptor}\n"));
    };
    let Some((user, remote)) = node.sessions.kick(number) else {
        return Outcome::Output(format!(
            "No manager session found using file descriptor {number}\n"
        ));
    };
    node.counters.closed(Close::Kicked);
    if let Some(user) = user.filter(|user| user.display_connects) {
        let address = remote.to_canonical();
        tracing::info!(target: "verbose", "Manager '{}' kicked from {address}", user.name);
    }
    Outcome::Output(format!(
        "Kicking manager session connected using file descriptor {number}\n"
    ))
}

async fn reload(node: &Arc<Node>) -> Outcome {
    match node.reload(Some("manager")).await {
        Ok(()) => Outcome::Output(String::new()),
        Err(reason) => Outcome::Failed(format!("{reason}\n")),
    }
}

async fn check(node: &Arc<Node>) -> Outcome {
    let asterisk = Arc::clone(&node.configured().configuration.asterisk);
    let report = tokio::task::spawn_blocking(move || Report::of(&asterisk, Vec::new()));
    match report.await {
        Ok(report) => Outcome::Output(report.text()),
        Err(error) => Outcome::Failed(format!("{error}\n")),
    }
}
