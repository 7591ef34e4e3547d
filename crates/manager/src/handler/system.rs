//! Actions about the node (ami-server.md 10.4 to 10.6, 14).

use super::{Step, done, failed};
use crate::session::Session;
use crate::{ConsoleReport, ReloadOutcome, Request};
use ami::action::system as declared;
use ami::{Dialect, Message, response};
use jiff::Timestamp;
use model::Reply;
use std::borrow::Cow;

const UNKNOWN_ERROR: &str = "An unknown error occurred";
const IN_PROGRESS: &str = "A reload is in progress";
const UNINITIALIZED: &str = "Module not initialized";

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
        let output = of_release(output, &session.node.version, Dialect::V1_8);
        return vec![follows(id, &output)];
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

/// The output of `core show version` tells the release of the dialect: some clients read there whom
/// they talk to.
fn of_release<'a>(output: &'a str, own: &str, dialect: Dialect) -> Cow<'a, str> {
    let after = output.strip_prefix("Asterisk ");
    match after.and_then(|after| after.strip_prefix(own)) {
        Some(after) => format!("Asterisk {}{after}", dialect.release(own)).into(),
        None => output.into(),
    }
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

pub(super) fn reloaded(id: &str, outcome: ReloadOutcome) -> Vec<Message> {
    let error = |text| response::error(id, text);
    vec![match outcome {
        ReloadOutcome::Done | ReloadOutcome::Queued => response::done(id, "Module Reloaded"),
        ReloadOutcome::NotFound => error("No such module"),
        ReloadOutcome::Unsupported => error("Module does not support reload"),
        ReloadOutcome::Failed => error(UNKNOWN_ERROR),
        ReloadOutcome::InProgress => error(IN_PROGRESS),
        ReloadOutcome::Uninitialized => error(UNINITIALIZED),
    }]
}

pub(super) fn rotated(id: &str, rotated: bool) -> Vec<Message> {
    vec![if rotated {
        response::done(id, "Reloaded the logger and rotated log files")
    } else {
        response::error(id, "Failed to reload the logger and rotate log files")
    }]
}

/// What stands before `.so`.
fn bare(module: &str) -> String {
    module.strip_suffix(".so").unwrap_or(module).to_owned()
}

pub(super) fn module_check(check: &declared::ModuleCheck) -> Step {
    Step::Ask(Request::Module(bare(
        check.module.as_deref().unwrap_or_default(),
    )))
}

pub(super) fn module_checked(id: &str, there: bool) -> Vec<Message> {
    vec![if there {
        response::success(id).with("Version", "")
    } else {
        response::error(id, "Module not loaded")
    }]
}

/// The first thing wrong is told, and nothing is done.
pub(super) fn module_load(id: &str, load: &declared::ModuleLoad) -> Step {
    let kind = load
        .load_type
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let reloads = kind == "reload";
    if !reloads && !["load", "unload", "refresh"].contains(&kind.as_str()) {
        return failed(id, "Incomplete ModuleLoad action.");
    }
    match &load.module {
        None if reloads => Step::Ask(Request::Reload(None)),
        None => failed(id, "Need module name"),
        Some(module) if module.contains(['/', '\\']) => {
            failed(id, "Module must be in the configured modules directory.")
        }
        Some(module) if reloads => Step::Ask(Request::Reload(Some(bare(module)))),
        Some(module) => Step::Ask(Request::Module(bare(module))),
    }
}

/// A module that is there is there for good, and is not loaded once more.
pub(super) fn module_stays(id: &str, load: &declared::ModuleLoad, there: bool) -> Vec<Message> {
    let kind = load
        .load_type
        .as_deref()
        .unwrap_or_default()
        .to_ascii_lowercase();
    vec![if there {
        response::error(id, format_args!("Could not {kind} module."))
    } else {
        response::error(id, "Module not found.")
    }]
}

pub(super) fn module_reloaded(
    id: &str,
    load: &declared::ModuleLoad,
    outcome: ReloadOutcome,
) -> Vec<Message> {
    let error = |text| response::error(id, text);
    vec![match outcome {
        ReloadOutcome::Done | ReloadOutcome::Queued if load.module.is_none() => {
            response::done(id, "All modules reloaded")
        }
        ReloadOutcome::Done | ReloadOutcome::Queued => response::done(id, "Module reloaded."),
        ReloadOutcome::NotFound => error("No such module."),
        ReloadOutcome::Unsupported => error("Module does not support reload action."),
        ReloadOutcome::Failed => error(UNKNOWN_ERROR),
        ReloadOutcome::InProgress => error(IN_PROGRESS),
        ReloadOutcome::Uninitialized => error(UNINITIALIZED),
    }]
}
