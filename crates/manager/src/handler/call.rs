//! Originate (ami-server.md 1.4, 10.15).

use super::{Step, failed};
use crate::Request;
use crate::gate::Gate;
use crate::session::Session;
use ami::action::call::Originate;
use ami::{Message, response};
use model::{Command, Destination, OriginateReason, Party, Reply};
use std::sync::Arc;
use std::time::Duration;

/// The longest uniqueid that a client may choose, in bytes.
const UNIQUEID_LIMIT: usize = 149;
/// The most variables that one header may hold; the last takes the rest.
const VARIABLES_LIMIT: usize = 64;
const TIMEOUT: Duration = Duration::from_secs(30);
const INCOMPLETE: &str = "Originate with 'Exten' requires 'Context' and 'Priority'";
const FORBIDDEN: &str = "Originate Access Forbidden: app or data blacklisted";
pub(super) const FAILED: &str = "Originate failed";
pub(super) const NO_EXTENSION: &str = "Extension does not exist.";

pub(super) fn originate(session: &Session, id: &str, action: &Originate) -> Step {
    match order(session, id, action) {
        Ok(order) => Step::Ask(Request::Switch(Command::Originate(order))),
        Err(text) => failed(id, text),
    }
}

fn order(
    session: &Session,
    id: &str,
    action: &Originate,
) -> Result<model::Originate, &'static str> {
    let ids = [&action.channel_id, &action.other_channel_id];
    if ids
        .into_iter()
        .flatten()
        .any(|id| id.len() > UNIQUEID_LIMIT)
    {
        return Err("Uniqueid length exceeds maximum of 149");
    }
    let channel = action.channel.as_deref().ok_or("Channel not specified")?;
    let timeout = timeout(action)?;
    let (technology, resource) = channel.split_once('/').ok_or("Invalid channel")?;
    let gate = Gate::of(session);
    let variables = variables(session, action);
    let written = variables.iter().all(|(name, _)| gate.may_write(name));
    let runs = action.application.as_deref().is_none_or(|application| {
        gate.may_run(application, action.data.as_deref().unwrap_or_default())
    });
    if !(written && runs) {
        return Err(FORBIDDEN);
    }
    let shared = |text: &Option<String>| text.as_deref().map(Arc::from);
    Ok(model::Originate {
        technology: technology.into(),
        resource: resource.into(),
        destination: destination(action)?,
        timeout,
        caller: action.caller_id.as_deref().map(Party::parse),
        account: shared(&action.account),
        variables,
        early_media: action.early_media,
        asynchronous: action.r#async,
        channel_id: shared(&action.channel_id),
        other_channel_id: shared(&action.other_channel_id),
        action_id: (!id.is_empty()).then(|| id.into()),
    })
}

/// Milliseconds; digits at the beginning count.
fn timeout(action: &Originate) -> Result<Duration, &'static str> {
    let Some(text) = &action.timeout else {
        return Ok(TIMEOUT);
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let milliseconds: u32 = text[..digits].parse().map_err(|_| "Invalid timeout")?;
    Ok(Duration::from_millis(milliseconds.into()))
}

/// Whether the extension is there, the switch knows.
fn destination(action: &Originate) -> Result<Destination, &'static str> {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
    if let Some(application) = &action.application {
        return Ok(Destination::Application {
            application: application.as_str().into(),
            data: text(&action.data),
        });
    }
    let priority = action
        .priority
        .as_deref()
        .filter(|priority| *priority != "0");
    let priority = priority.ok_or(INCOMPLETE)?;
    match (&action.context, &action.exten) {
        (Some(context), Some(exten)) => Ok(Destination::Extension {
            context: context.as_str().into(),
            exten: exten.as_str().into(),
            priority: priority.into(),
        }),
        (_, _) => Err(NO_EXTENSION),
    }
}

type Variables = Vec<(Arc<str>, Arc<str>)>;

/// The account's variables, then the action's, each from the last to the first: that is the order
/// they are set in, so that of one name the first mentioned holds.
fn variables(session: &Session, action: &Originate) -> Variables {
    let account = session.account().map_or(&[][..], |user| &user.variables);
    let asked: Vec<String> = action
        .variable
        .iter()
        .flat_map(|header| pieces(header))
        .collect();
    let asked = asked.iter().rev().filter_map(|piece| {
        let (name, value) = piece.split_once('=')?;
        (!name.is_empty()).then(|| (name.into(), value.into()))
    });
    account.iter().rev().cloned().chain(asked).collect()
}

/// Cuts `A=1,B="x,y"` at commas that stand outside quotes, parentheses and brackets. Quotes are
/// taken away, and so are backslashes, of which each protects what follows.
fn pieces(header: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut depth, mut quoted) = (0i32, false);
    let mut characters = header.chars();
    while let Some(character) = characters.next() {
        let last = pieces.len() == VARIABLES_LIMIT;
        let mut add = |character| {
            if let Some(piece) = pieces.last_mut() {
                piece.push(character);
            }
        };
        match character {
            '\\' => {
                if let Some(next) = characters.next() {
                    add(next);
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted && depth == 0 && !last => pieces.push(String::new()),
            '(' | '[' if !quoted => {
                depth += 1;
                add(character);
            }
            ')' | ']' if !quoted => {
                depth = (depth - 1).max(0);
                add(character);
            }
            other => add(other),
        }
    }
    pieces
}

pub(super) fn originated(id: &str, reply: &Reply) -> Vec<Message> {
    let answered = [Reply::Done, Reply::Originated(OriginateReason::Answered)].contains(reply);
    vec![if answered {
        response::done(id, "Originate successfully queued")
    } else {
        response::error(id, FAILED)
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_cut_as_dialplan_arguments_are() {
        for (header, cut) in [
            ("A=1,B=2", &["A=1", "B=2"][..]),
            ("C=\"x,y\"", &["C=x,y"]),
            ("A=f(1,2),B=[3,4]", &["A=f(1,2)", "B=[3,4]"]),
            (r"A=1\,2,B=\\", &["A=1,2", r"B=\"]),
            ("A=)(,B", &["A=)(,B"]),
            ("", &[""]),
        ] {
            assert_eq!(pieces(header), cut, "{header}");
        }
        let many = vec!["A=1"; 70].join(",");
        assert_eq!(pieces(&many).len(), VARIABLES_LIMIT);
    }
}
