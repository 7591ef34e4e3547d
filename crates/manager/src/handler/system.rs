//! Actions about the node (ami-server.md 10.4 to 10.6, 14).

use super::{Step, done, failed};
use crate::session::Session;
use crate::{ConsoleReport, Request};
use ami::action::system as declared;
use ami::{Dialect, Message, response};
use jiff::Timestamp;
use model::Reply;

/// Commands that managers may not run, by their first words.
const FORBIDDEN: [[&str; 2]; 3] = [
    ["module", "load"],
    ["module", "unload"],
    ["restart", "gracefully"],
];

pub(super) fn command(id: &str, command: &declared::Command) -> Step {
    let words = first_words(&command.command);
    let forbidden = |forbidden: &[&str; 2]| {
        words
            .iter()
            .map(String::as_str)
            .eq(forbidden.iter().copied())
    };
    if FORBIDDEN.iter().any(forbidden) {
        return failed(id, "Command blacklisted");
    }
    Step::Ask(Request::Console(command.command.clone()))
}

/// The first two words as the console will read them: quotes and backslashes only hold together.
fn first_words(line: &str) -> Vec<String> {
    let plain: String = line.chars().filter(|c| !matches!(c, '"' | '\\')).collect();
    plain
        .split_whitespace()
        .take(2)
        .map(str::to_lowercase)
        .collect()
}

pub(super) fn console(session: &Session, id: &str, report: &ConsoleReport) -> Vec<Message> {
    let output = without_colours(&report.output);
    let output = output.strip_suffix('\n').unwrap_or(&output);
    if session.dialect() == Dialect::V1_8 {
        return vec![follows(id, output)];
    }
    let mut message = if report.success {
        response::success(id)
    } else {
        response::failure(id)
    };
    message.header("Message", "Command output follows");
    for line in output.split('\n') {
        message.header("Output", line);
    }
    vec![message]
}

/// The answer as releases before 14 gave it: the output as it is, and a mark behind it.
fn follows(id: &str, output: &str) -> Message {
    let mut message = Message::new()
        .with("Response", "Follows")
        .with("Privilege", "Command");
    if !id.is_empty() {
        message.header("ActionID", id);
    }
    let lines = output.split('\n').filter(|_| !output.is_empty());
    message.with_body(lines.chain(["--END COMMAND--"]))
}

/// The output without the sequences that colour a terminal.
fn without_colours(output: &str) -> String {
    let mut plain = String::with_capacity(output.len());
    let mut rest = output;
    while let Some((before, sequence)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = sequence.split_once('m').map_or("", |(_, after)| after);
    }
    plain + rest
}

pub(super) fn settings(session: &Session, id: &str) -> Step {
    let node = &session.node;
    let dialect = session.dialect();
    let yes = |on: bool| if on { "Yes" } else { "No" };
    let mut message = response::success(id)
        .with("AMIversion", dialect.version())
        .with("AsteriskVersion", dialect.release(&node.version))
        .with("SystemName", &node.system_name)
        .with("CoreMaxCalls", node.max_calls)
        .with("CoreMaxLoadAvg", format_args!("{:.6}", node.max_load))
        .with("CoreRunUser", &node.run_user)
        .with("CoreRunGroup", &node.run_group)
        .with("CoreMaxFilehandles", node.max_files)
        .with("CoreRealTimeEnabled", yes(node.realtime))
        .with("CoreCDRenabled", yes(node.cdr))
        .with("CoreHTTPenabled", yes(node.http));
    if dialect == Dialect::V22 {
        message.header("SoundsSearchCustomDir", yes(node.custom_sounds));
    }
    done(message)
}

pub(super) fn status(session: &Session, id: &str, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Counts { channels, calls } = reply else {
        return None;
    };
    let node = &session.node;
    let local =
        |at: Timestamp, format: &str| at.to_zoned(node.zone.clone()).strftime(format).to_string();
    let mut message = response::success(id)
        .with("CoreStartupDate", local(node.started, "%Y-%m-%d"))
        .with("CoreStartupTime", local(node.started, "%H:%M:%S"))
        .with("CoreReloadDate", local(node.reloaded, "%Y-%m-%d"))
        .with("CoreReloadTime", local(node.reloaded, "%H:%M:%S"))
        .with("CoreCurrentCalls", channels);
    if session.dialect() == Dialect::V22 {
        message.header("CoreProcessedCalls", calls);
    }
    Some(vec![message])
}
