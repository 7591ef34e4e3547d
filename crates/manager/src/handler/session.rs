//! Actions about the connection itself (ami-server.md 2, 4.3, 8.9, 10.1 to 10.3, 10.21 to 10.26).

use super::{Call, Step, done, failed};
use crate::session::{Carrier, Close, Member, Output, Session, Wait};
use crate::{BadFilter, Filter, Filters, Request};
use ami::action::{CNumber, session as declared};
use ami::{Classes, action, parse_event_mask, response};
use model::{BadMark, Now};
use std::time::Duration;

pub(super) fn login(
    session: &mut Session,
    now: Now,
    call: Call<'_>,
    login: &declared::Login,
) -> Step {
    session.login(now, call.token, call.id, login);
    Step::Later
}

pub(super) fn challenge(session: &mut Session, id: &str, challenge: &declared::Challenge) -> Step {
    let kind = challenge.auth_type.as_deref().unwrap_or_default();
    if !kind.eq_ignore_ascii_case("MD5") {
        return failed(id, "Must specify AuthType");
    }
    done(response::success(id).with("Challenge", session.challenge()))
}

pub(super) fn logoff(session: &mut Session, call: Call<'_>) -> Step {
    session.answer(call.token, [response::goodbye(call.id)]);
    session.close(Close::LoggedOff);
    Step::Later
}

pub(super) fn ping(now: Now, id: &str) -> Step {
    let time = crate::record::seconds(now.utc);
    done(
        response::success(id)
            .with_text("Ping", "Pong")
            .with_text("Timestamp", &time),
    )
}

pub(super) fn events(session: &mut Session, id: &str, events: &declared::Events) -> Step {
    let broken = session.node.settings.general.broken_events_action;
    let mask = events.event_mask.as_deref().and_then(parse_event_mask);
    if let (Some(mask), Some(member)) = (mask, session.member_mut()) {
        member.wanted = mask;
    }
    match mask {
        None | Some(Classes::ALL) if broken => Step::Done(Vec::new()),
        None => failed(id, "Invalid event mask"),
        Some(mask) => {
            let state = if mask.is_empty() { "Off" } else { "On" };
            done(response::success(id).with("Events", state))
        }
    }
}

pub(super) fn list_commands(session: &Session, id: &str) -> Step {
    let mut message = response::success(id);
    let user = session.account();
    let permitted = user.map(|user| action::permitted(user.write, user.open_actions, user.dialect));
    let forbidden =
        |declaration: &action::Declaration| user.is_some_and(|user| user.rules.forbid(declaration));
    let permitted = permitted.into_iter().flatten();
    for declaration in permitted.filter(|declaration| !forbidden(declaration)) {
        let action::Declaration {
            name,
            synopsis,
            classes,
            ..
        } = declaration;
        message.header(name, format_args!("{synopsis}  (Priv: {classes})"));
    }
    done(message)
}

pub(super) fn filter(session: &mut Session, id: &str, filter: &declared::Filter) -> Step {
    let operation = filter.operation.as_deref().unwrap_or_default();
    if !operation.eq_ignore_ascii_case("Add") {
        return failed(id, "Unknown operation");
    }
    let pattern = filter.filter.as_deref().unwrap_or_default();
    let filter = match Filter::parse(filter.match_criteria.as_deref(), pattern) {
        Ok(filter) => filter,
        Err(bad) => {
            let fault = match bad {
                BadFilter::Format => "was formatted incorrectly",
                BadFilter::Pattern => "did not compile",
            };
            return failed(
                id,
                format_args!("Filter {fault}.  Check the syntax of the filter given."),
            );
        }
    };
    if let Some(member) = session.member_mut() {
        let filters: &mut Filters = member.filters.get_or_insert_default();
        if filters.is_full() {
            return failed(id, "Too many filters");
        }
        filters.add(filter);
    }
    done(response::done(id, "Success"))
}

/// Over requests the event mask is opened if it is shut, and then events count from now on.
pub(super) fn wait(
    session: &mut Session,
    now: Now,
    call: Call<'_>,
    wait: &declared::WaitEvent,
) -> Step {
    let requests = session.carrier() == Carrier::Requests;
    let shut = |member: &Member| (member.user.read & member.wanted).is_empty();
    if requests && session.member().is_some_and(shut) {
        if let Some(member) = session.member_mut() {
            member.wanted = Classes::ALL;
        }
        session.put(Output::Listen);
    }
    session.displace();
    let seconds = wait
        .timeout
        .and_then(|CNumber(seconds)| u64::try_from(seconds).ok());
    let asked = seconds.map(Duration::from_secs);
    let limit = match (asked, call.patience) {
        (Some(asked), Some(patience)) => Some(asked.min(patience)),
        (limit, None) | (None, limit) => limit,
    };
    session.wait = Some(Box::new(Wait {
        token: call.token,
        id: call.id.to_owned(),
        until: limit.map(|limit| now.since_start.saturating_add(limit)),
        found: Vec::new(),
    }));
    Step::Later
}

/// The client's `Event` and `Response` headers are left out: no reader shall take the event for
/// another one, or for an answer.
pub(super) fn user_event(
    session: &mut Session,
    call: Call<'_>,
    event: &declared::UserEvent,
) -> Step {
    const OURS: [&str; 6] = [
        "UserEvent",
        "Action",
        "Event",
        "Response",
        "Privilege",
        "IdempotencyKey",
    ];
    let headers = event
        .headers
        .0
        .iter()
        .filter(|(name, _)| !OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)))
        .map(|(name, value)| (name.as_str().into(), value.as_str().into()))
        .collect();
    let event = model::Event::UserEvent {
        channel: None,
        name: event.user_event.as_deref().unwrap_or_default().into(),
        headers,
    };
    session.answer(call.token, [response::done(call.id, "Event Sent")]);
    session.put(Output::Notice(event));
    let heard = |member: &Member| (member.user.read & member.wanted).contains(Classes::USER);
    session.untold = session.carrier() == Carrier::Stream && session.member().is_some_and(heard);
    Step::Later
}

pub(super) fn resume(id: &str, resume: &declared::Resume) -> Step {
    match resume.sequence.parse() {
        Ok(place) => Step::Ask(Request::Resume(place)),
        Err(BadMark) => failed(id, "Invalid sequence"),
    }
}
