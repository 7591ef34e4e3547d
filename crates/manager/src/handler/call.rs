//! Originate (ami-server.md 1.4, 10.15).

use super::{Step, failed};
use crate::Request;
use crate::gate::Gate;
use crate::pieces::pieces;
use crate::session::Session;
use ami::action::call::Originate;
use ami::{Message, response};
use model::{Command, Destination, OriginateReason, Party, Reply};
use std::sync::Arc;
use std::time::Duration;

/// The longest uniqueid that a client may choose, in bytes.
const UNIQUEID_LIMIT: usize = 149;
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
        formats: model::names(action.codecs.as_deref().unwrap_or_default()),
        before_dialling: shared(&action.pre_dial_gosub).filter(|place| !place.is_empty()),
        early_media: action.early_media,
        asynchronous: action.r#async,
        channel_id: shared(&action.channel_id),
        other_channel_id: shared(&action.other_channel_id),
        action_id: (!id.is_empty()).then(|| id.into()),
        trace: None,
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

pub(super) fn originated(id: &str, reply: &Reply) -> Vec<Message> {
    let answered = [Reply::Done, Reply::Originated(OriginateReason::Answered)].contains(reply);
    vec![if answered {
        response::done(id, "Originate successfully queued")
    } else {
        response::error(id, FAILED)
    }]
}
