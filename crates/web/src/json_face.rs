//! `POST /actions/NAME`: one action as JSON, its answer as JSON.

use crate::answer::{Answer, Refusal, set};
use crate::answering;
use crate::caller::Caller;
use crate::cookie;
use crate::driver::{Driver, Ends, Happening};
use crate::exchange::Exchange;
use crate::json;
use crate::session::{NoAnswer, Reply};
use crate::sessions::Session;
use crate::stream::Feed;
use crate::web::{Request, Web};
use ami::{Frame, Message, response};
use hyper::header::{CONTENT_TYPE, SET_COOKIE};
use hyper::{HeaderMap, StatusCode};
use manager::{Carrier, Input, Piece};

/// Answers a request for this action.
pub(crate) async fn serve(web: &Web, name: &str, request: Request) -> Result<Answer, Refusal> {
    let (ends, headers) = (request.ends.clone(), request.parts.headers.clone());
    let is_json = is_json(&headers);
    let body = request.whole_body().await?;
    if !is_json && !body.is_empty() {
        return Err(Refusal::NotJson);
    }
    let action = match json::read(&body, Some(name)) {
        Ok(action) => action,
        Err(unreadable) => return Ok(unreadable_answer(web, &unreadable)),
    };
    match Caller::of(web, &headers, &ends).await? {
        Some(Caller::Session(session, _)) => in_session(web, session, action, &ends).await,
        Some(caller) => {
            let driver = caller.driver(web, Carrier::Requests, &ends).await?;
            write(web, act(driver, action).await?).await
        }
        None if is_open(name) => {
            let known = cookie::session(&headers).and_then(|id| web.sessions().find(id));
            let session = known.map_or_else(|| web.sessions().begin(&ends), Ok);
            let session = session.map_err(|_| Refusal::TooMany)?;
            in_session(web, session, action, &ends).await
        }
        None => Err(Refusal::Unauthorized),
    }
}

/// Says which events a stream is to tell.
pub(crate) fn mask(feed: &mut Feed, mask: &str) {
    feed.act(
        Message::new()
            .with("Action", "Events")
            .with("EventMask", mask),
    );
}

/// The action in the session of a cookie, which lives on.
async fn in_session(
    web: &Web,
    session: Session,
    action: Message,
    ends: &Ends,
) -> Result<Answer, Refusal> {
    let reply: Reply = session
        .handle
        .act(action, ends)
        .await
        .map_err(|error| match error {
            NoAnswer::Gone => Refusal::Unauthorized,
            NoAnswer::Full => Refusal::TooMany,
        })?;
    web.sessions().note(&session.id, &reply);
    let mut answer = write(web, reply.pieces).await?;
    let seconds = web.exchange().configured().settings.general.http_timeout;
    // These faces are not beside each other: without a path the cookie would be for this one alone.
    let prefix = &web.settings().general.prefix;
    let cookie = cookie::set(&session.id, seconds.into(), ends.secure);
    let cookie = format!("{cookie}; Path={prefix}/");
    set(answer.headers_mut(), SET_COOKIE, &cookie);
    Ok(answer)
}

/// The action in a session for it alone.
async fn act(mut driver: Driver, action: Message) -> Result<Vec<Piece>, Refusal> {
    let token = driver.token();
    driver.handle(Input::Frame {
        token,
        frame: Frame::Message(action),
        patience: None,
    });
    loop {
        match driver.next().await {
            Happening::Answer(of, pieces) if of == token => {
                driver.finish().await;
                return Ok(pieces);
            }
            Happening::Over(_) => return Err(Refusal::Unavailable),
            Happening::Answer(..) | Happening::Event(_) | Happening::Told | Happening::Gap(_) => {}
        }
    }
}

/// What may be asked before anybody has logged in.
fn is_open(name: &str) -> bool {
    ["Login", "Challenge", "Logoff"]
        .iter()
        .any(|open| open.eq_ignore_ascii_case(name))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
}

async fn write(web: &Web, pieces: Vec<Piece>) -> Result<Answer, Refusal> {
    let first = pieces.first().map(Piece::message);
    let status = first.map_or(StatusCode::OK, status);
    let text = text(&**web.exchange(), pieces).await;
    let text = text.ok_or(Refusal::Unavailable)?;
    Ok(web.answers().of(status, "application/json", text))
}

/// The answer to an action: its response, and the events that belong to it. Nothing if it cannot be put in
/// words.
pub(crate) async fn text(exchange: &dyn Exchange, mut pieces: Vec<Piece>) -> Option<String> {
    let mut text = String::from("{\"response\":");
    if pieces.is_empty() {
        text.push_str("null");
    } else {
        ami::json::encode(pieces.remove(0).message(), &mut text);
    }
    text.push_str(",\"events\":[");
    let event = |piece: &Piece, text: &mut String| {
        if !text.ends_with('[') {
            text.push(',');
        }
        ami::json::encode(piece.message(), text);
    };
    let text = answering::write(exchange, pieces, text, event).await?;
    Some(text + "]}")
}

/// An error of the manager as one of HTTP: programs look there first.
fn status(first: &Message) -> StatusCode {
    if first.first("Response") != Some("Error") {
        return StatusCode::OK;
    }
    match first.first("Message").unwrap_or_default() {
        response::text::PERMISSION_DENIED => StatusCode::FORBIDDEN,
        "Authentication failed" | "Login Already In Use" => StatusCode::UNAUTHORIZED,
        text if text.starts_with("Invalid/unknown command") => StatusCode::NOT_FOUND,
        response::text::SHUTTING_DOWN => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn unreadable_answer(web: &Web, unreadable: &json::Unreadable) -> Answer {
    let error = response::error("", &unreadable.0);
    let mut text = String::from("{\"response\":");
    ami::json::encode(&error, &mut text);
    text.push_str(",\"events\":[]}");
    web.answers()
        .of(StatusCode::BAD_REQUEST, "application/json", text)
}
