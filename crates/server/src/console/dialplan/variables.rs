//! Variables and functions on the console: `dialplan show globals`, `dialplan set chanvar`, …

use super::{Outcome, ask, unavailable};
use crate::node::Node;
use model::{Command, DialplanCommand, DialplanReply, Refusal, Reply, VariableRequest};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) async fn globals(node: &Arc<Node>) -> Outcome {
    let Some(DialplanReply::Globals(globals)) = ask(node, DialplanCommand::Globals).await else {
        return unavailable();
    };
    let mut text = String::new();
    for (name, value) in &globals {
        let _ = writeln!(text, "   {name}={value}");
    }
    let _ = writeln!(text, "\n    -- {} variable(s)", globals.len());
    Outcome::Output(text)
}

pub(super) async fn set_global(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [name, value] = arguments else {
        return Outcome::Usage;
    };
    if set(node, None, name, value).await == Reply::Done {
        return Outcome::Output(format!(
            "\n    -- Global variable '{name}' set to '{value}'\n"
        ));
    }
    Outcome::Failed("Failed to set variable\n".to_owned())
}

pub(super) async fn set_variable(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [channel, name, value] = arguments else {
        return Outcome::Usage;
    };
    let reply = set(node, Some(channel), name, value).await;
    if reply == Reply::Done {
        return Outcome::Output(format!(
            "\n    -- Channel variable '{name}' set to '{value}' for '{channel}'\n"
        ));
    }
    Outcome::Failed(match reply == Reply::Refused(Refusal::NoSuchChannel) {
        true => format!("Channel '{channel}' not found\n"),
        false => "Failed to set variable\n".to_owned(),
    })
}

async fn set(node: &Arc<Node>, channel: Option<&String>, name: &str, value: &str) -> Reply {
    let command = Command::Setvar {
        variable: VariableRequest {
            channel: channel.map(|channel| channel.as_str().into()),
            name: name.into(),
        },
        value: value.into(),
    };
    node.ask(command).await
}

pub(super) async fn of_channel(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [channel] = arguments else {
        return Outcome::Usage;
    };
    let command = Command::Status {
        channel: Some(channel.as_str().into()),
        variables: Vec::new(),
        all_variables: true,
    };
    let Reply::Status(statuses) = node.ask(command).await else {
        return Outcome::Failed(format!("Channel '{channel}' not found\n"));
    };
    let mut text = String::new();
    for (name, value) in statuses.into_items().flat_map(|item| item.variables) {
        let _ = writeln!(text, "{name}={value}");
    }
    Outcome::Output(text)
}

/// What stands between blanks was one text, too: a function's arguments have blanks.
pub(super) async fn evaluate(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let function = arguments.join(" ");
    let Some((name, _)) = function.split_once('(') else {
        return Outcome::Usage;
    };
    if !switch::function::exists(name) {
        return Outcome::Failed(format!("No function by that name registered: {name}\n"));
    }
    let command = Command::Getvar(VariableRequest {
        channel: None,
        name: function.as_str().into(),
    });
    let Reply::Value(value) = node.ask(command).await else {
        return unavailable();
    };
    Outcome::Output(format!("Return Value: Success (0)\nResult: {value}\n"))
}
