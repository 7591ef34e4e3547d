//! Actions that send calls elsewhere (ami-server.md 10.13, 10.14).

use super::{Step, failed};
use crate::Request;
use ami::action::Action;
use ami::action::transfer as declared;
use model::{Command, Extension, Redirection, Refusal};
use std::sync::Arc;

pub(super) fn redirect(id: &str, action: &declared::Redirect) -> Step {
    let first = Redirection {
        channel: action.channel.as_str().into(),
        to: Extension {
            context: action.context.as_str().into(),
            exten: action.exten.as_str().into(),
            priority: action.priority.as_str().into(),
        },
    };
    match second(action, &first) {
        Ok(second) => Step::Ask(Request::Switch(Command::Redirect { first, second })),
        Err(text) => failed(id, text),
    }
}

/// Where the other channel goes: where it is told to, else where the first goes.
fn second(
    action: &declared::Redirect,
    first: &Redirection,
) -> Result<Option<Redirection>, &'static str> {
    let given = |text: &Option<String>| {
        text.as_deref()
            .filter(|text| !text.is_empty())
            .map(Arc::from)
    };
    let Some(channel) = given(&action.extra_channel) else {
        return Ok(None);
    };
    let to = match given(&action.extra_context) {
        None => first.to.clone(),
        Some(context) => Extension {
            context,
            exten: given(&action.extra_exten).ok_or("ExtraExten not specified")?,
            priority: given(&action.extra_priority).ok_or("ExtraPriority not specified")?,
        },
    };
    Ok(Some(Redirection { channel, to }))
}

/// The words for a redirection that was done.
pub(super) fn redirected(action: &declared::Redirect) -> &'static str {
    let dual = action
        .extra_channel
        .as_deref()
        .is_some_and(|name| !name.is_empty());
    if dual {
        "Dual Redirect successful"
    } else {
        "Redirect successful"
    }
}

pub(super) fn blind_transfer(action: &declared::BlindTransfer) -> Step {
    Step::Ask(Request::Switch(Command::BlindTransfer {
        channel: action.channel.as_str().into(),
        context: action.context.as_deref().map(Arc::from),
        exten: action.exten.as_str().into(),
    }))
}

pub(super) fn attended_transfer(action: &declared::Atxfer) -> Step {
    Step::Ask(Request::Switch(Command::AttendedTransfer {
        channel: action.channel.as_str().into(),
        context: action.context.as_deref().map(Arc::from),
        exten: action.exten.as_str().into(),
    }))
}

pub(super) fn cancel_attended_transfer(action: &declared::CancelAtxfer) -> Step {
    let channel = action.channel.as_str().into();
    Step::Ask(Request::Switch(Command::CancelAttendedTransfer { channel }))
}

/// What a refusal is called here, if it is an answer to an action of this family.
pub(super) fn refused(action: &Action, refusal: &Refusal) -> Option<String> {
    match (action, refusal) {
        (Action::Redirect(redirect), refusal) => redirect_refused(redirect, refusal),
        (
            Action::BlindTransfer(_) | Action::Atxfer(_) | Action::CancelAtxfer(_),
            Refusal::NoSuchChannel,
        ) => Some("Channel specified does not exist".into()),
        (Action::Atxfer(_), Refusal::NotSet) => {
            Some("No attended transfer feature code found".into())
        }
        (Action::CancelAtxfer(_), Refusal::NotSet) => {
            Some("No disconnect feature code found".into())
        }
        (Action::BlindTransfer(_), Refusal::NotBridged) => Some("Transfer invalid".into()),
        (Action::BlindTransfer(_), Refusal::Failed) => Some("Transfer failed".into()),
        (_, _) => None,
    }
}

fn redirect_refused(redirect: &declared::Redirect, refusal: &Refusal) -> Option<String> {
    let extra = redirect.extra_channel.as_deref().unwrap_or_default();
    let texts = [
        (Refusal::InvalidPriority, "Priority is invalid"),
        (Refusal::InvalidOtherPriority, "ExtraPriority is invalid"),
        (Refusal::NotUp, "Redirect failed, channel not up."),
        (
            Refusal::OtherNotUp,
            "Redirect failed, extra channel not up.",
        ),
        (Refusal::OtherFailed, "Secondary redirect failed"),
        (Refusal::Failed, "Redirect failed"),
    ];
    if *refusal == Refusal::NoSuchChannel {
        return Some(format!("Channel does not exist: {}", redirect.channel));
    }
    if *refusal == Refusal::NoSuchOtherChannel {
        return Some(format!("ExtraChannel does not exist: {extra}"));
    }
    let mut texts = texts.into_iter();
    let (_, text) = texts.find(|(known, _)| known == refusal)?;
    Some(text.to_owned())
}
