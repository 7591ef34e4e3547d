//! `manager …`: who is connected, and what there is to know of the interface.

use super::{Command, Outcome};
use crate::check::Report;
use crate::node::Node;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "manager show connected",
        synopsis: "List connected manager interface users",
        usage: "Usage: manager show connected\n       Lists the sessions there are, also those that have not logged in.\n",
        run: |node, _| Box::pin(async { connected(node) }),
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

fn connected(node: &Arc<Node>) -> Outcome {
    let row = |cells: [&str; 8]| {
        let [user, address, start, elapsed, descriptor, uses, read, write] = cells;
        format!(
            "  {user:<15.15}  {address:<55.55}  {start:<10.10}  {elapsed:<10.10}  {descriptor:<8.8}  {uses:<8.8}  {read:<10.10}  {write:<10.10}\n"
        )
    };
    let mut text = row([
        "Username",
        "IP Address",
        "Start",
        "Elapsed",
        "FileDes",
        "HttpCnt",
        "ReadPerms",
        "WritePerms",
    ]);
    let sessions = node.sessions.list();
    let now = node.clock.now().utc.as_second();
    for session in &sessions {
        let user = session.user.as_deref();
        let perms =
            |classes: Option<ami::Classes>| format!("{:010}", classes.unwrap_or_default().bits());
        let start = session.since.as_second();
        text.push_str(&row([
            user.map_or("", |user| &user.name),
            &session.remote.to_canonical().to_string(),
            &start.to_string(),
            &(now - start).to_string(),
            &session.descriptor.unwrap_or(-1).to_string(),
            if session.descriptor.is_some() {
                "1"
            } else {
                "0"
            },
            &perms(user.map(|user| user.read)),
            &perms(user.map(|user| user.write)),
        ]));
    }
    let _ = writeln!(text, "{} users connected.", sessions.len());
    Outcome::Output(text)
}

fn kick(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [descriptor] = arguments else {
        return Outcome::Usage;
    };
    let Some(number) = descriptor.parse().ok().filter(|number| *number >= 0) else {
        return Outcome::Output(format!("Invalid AMI file descriptor: {descriptor}\n"));
    };
    Outcome::Output(if node.sessions.kick(number) {
        format!("Kicking manager session connected using file descriptor {number}\n")
    } else {
        format!("No manager session found using file descriptor {number}\n")
    })
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
