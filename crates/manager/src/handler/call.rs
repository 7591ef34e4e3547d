//! Originate (ami-server.md 1.4, 10.15).

use super::{Step, failed};
use crate::Request;
use crate::gate::Gate;
use crate::pieces::pieces;
use crate::session::Session;
use ami::action::call::Originate;
use ami::action::whole_number;
use ami::{Message, response};
use model::{Command, Destination, Extension, OriginateReason, Party, Reply};
use std::sync::Arc;
use std::time::Duration;

/// The longest uniqueid that a client may choose, in bytes.
const UNIQUEID_LIMIT: usize = 149;
/// The longest time to wait for an answer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
const INCOMPLETE: &str = "Originate with 'Exten' requires 'Context' and 'Priority'";
const FORBIDDEN: &str = "Originate Access Forbidden: app or data blacklisted";
pub(super) const FAILED: &str = "Originate failed";
pub(super) const NO_EXTENSION: &str = "Extension does not exist.";

pub(super) fn originate(session: &Session, id: &str, action: &Originate) -> Step {
    match order(session, id, action) {
        Ok(order) => Step::Ask(Request::Switch(Command::Originate(order))),
        Err(Objection::Later(_)) if is_label(action) => {
            Step::Ask(Request::Switch(Command::FindExtension(extension(action))))
        }
        Err(Objection::First(text) | Objection::Later(text)) => failed(id, text),
    }
}

/// Why nobody is called.
enum Objection {
    /// This is said first.
    First(&'static str),
    /// This is said unless the priority is an unknown label.
    Later(&'static str),
}

impl From<&'static str> for Objection {
    fn from(text: &'static str) -> Self {
        Self::Later(text)
    }
}

fn order(session: &Session, id: &str, action: &Originate) -> Result<model::Originate, Objection> {
    let ids = [&action.channel_id, &action.other_channel_id];
    if ids
        .into_iter()
        .flatten()
        .any(|id| id.len() > UNIQUEID_LIMIT)
    {
        return Err(Objection::First("Uniqueid length exceeds maximum of 149"));
    }
    let channel = action.channel.as_deref();
    let channel = channel.ok_or(Objection::First("Channel not specified"))?;
    let timeout = timeout(action)?;
    let (technology, resource) = channel.split_once('/').ok_or("Invalid channel")?;
    let gate = Gate::of(session);
    let variables = variables(session, action);
    let written = variables.iter().all(|(name, _)| gate.may_write(name));
    let runs = action.application.as_deref().is_none_or(|application| {
        gate.may_run(application, action.data.as_deref().unwrap_or_default())
    });
    if !(written && runs) {
        return Err(FORBIDDEN.into());
    }
    let expected = expected(action)?;
    let shared = |text: &Option<String>| text.as_deref().map(Arc::from);
    Ok(model::Originate {
        technology: technology.into(),
        resource: resource.into(),
        destination: destination(action, expected.as_ref())?,
        expected: expected.map(Box::new),
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

/// In milliseconds; one below 0 is none.
fn timeout(action: &Originate) -> Result<Duration, &'static str> {
    let Some(text) = &action.timeout else {
        return Ok(model::Originate::TIMEOUT);
    };
    let milliseconds = whole_number(text).ok_or("Invalid timeout")?;
    let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
    Ok(Duration::from_millis(milliseconds).min(LONGEST))
}

/// The extension that the action names.
fn extension(action: &Originate) -> Extension {
    let text = |text: &Option<String>| text.as_deref().unwrap_or_default().into();
    let priority = match priority(action) {
        Some(number) => number.to_string().into(),
        None => text(&action.priority),
    };
    Extension {
        context: text(&action.context),
        exten: text(&action.exten),
        priority,
    }
}

/// Its priority; `None` if it is a label.
fn priority(action: &Originate) -> Option<i64> {
    action.priority.as_deref().map_or(Some(0), whole_number)
}

fn is_label(action: &Originate) -> bool {
    priority(action).is_none()
}

/// The extension that must be there, also for an application; the switch knows whether it is.
fn expected(action: &Originate) -> Result<Option<Extension>, &'static str> {
    match priority(action) {
        Some(0) => Ok(None),
        Some(..0) => Err(NO_EXTENSION),
        Some(1..) | None => Ok(Some(extension(action))),
    }
}

/// Without a priority there is nothing to do after the answer: the call ends then.
fn destination(
    action: &Originate,
    expected: Option<&Extension>,
) -> Result<Destination, &'static str> {
    if let Some(application) = &action.application {
        return Ok(Destination::Application {
            application: application.as_str().into(),
            data: action.data.as_deref().unwrap_or_default().into(),
        });
    }
    if expected.is_none() && !action.r#async {
        return Err(INCOMPLETE);
    }
    Ok(Destination::Extension(extension(action)))
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

pub(super) fn originated(
    session: &Session,
    id: &str,
    action: &Originate,
    reply: &Reply,
) -> Vec<Message> {
    // The label was looked for, as there is something else to object to.
    if let Err(Objection::First(text) | Objection::Later(text)) = order(session, id, action) {
        return vec![response::error(id, text)];
    }
    let answered = [Reply::Done, Reply::Originated(OriginateReason::Answered)].contains(reply);
    vec![if answered {
        response::done(id, "Originate successfully queued")
    } else {
        response::error(id, FAILED)
    }]
}
