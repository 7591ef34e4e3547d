//! `GET /events`: the stream as Server-Sent Events (HTML, 9.2).
//!
//! Each event is a message with its place as `id` and JSON as `data`. What is not an event has a name:
//! `mark` (where the reader is), `snapshot`, `gap`, `end`.

use super::{Feed, Item, Start, place};
use crate::answer::{Answer, Refusal};
use crate::body::{Body, Live, Next};
use crate::caller::Caller;
use crate::json_face;
use crate::parameters;
use crate::web::{Request, Web};
use ami::json;
use futures_util::FutureExt as _;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use manager::Told;
use model::Mark;
use std::fmt::Write as _;
use std::time::Duration;
use tokio::time::timeout;

/// How long a stream may be silent: who is not there any more is noticed then.
const BEAT: Duration = Duration::from_secs(15);
/// Bytes told at a time.
const PIECE: usize = 32 * 1024;

/// Answers a request.
pub(crate) async fn serve(web: &Web, request: Request) -> Result<Answer, Refusal> {
    let headers = &request.parts.headers;
    let query = request.parts.uri.query().unwrap_or_default();
    let asked = parameters::read(query).map_err(|_| Refusal::Bad("Line break in a parameter"))?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last.or_else(|| asked.first("after"));
    let start = Start {
        after: place(after),
        snapshot: asked
            .first("snapshot")
            .is_some_and(|flag| matches!(flag, "yes" | "true" | "1")),
    };
    let Some(caller) = Caller::of(web, headers, &request.ends).await? else {
        return Err(Refusal::Unauthorized);
    };
    let mut feed = Feed::open(web, &caller, &request.ends, start).await?;
    if let Some(mask) = asked.first("events") {
        json_face::mask(&mut feed, mask);
    }
    let first = String::from("retry: 2000\n\n");
    let body = Body::Live(Live(next(feed, first, request.phase.clone())));
    let mut answer = web.answers().of(StatusCode::OK, "text/event-stream", body);
    // Proxies that would gather it.
    answer
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(answer)
}

/// The next piece of a stream, and the rest. The phase is held so that the connection is not taken
/// for one that waits for a request.
fn next(mut feed: Feed, mut text: String, phase: crate::idle::Phase) -> Next {
    Box::pin(async move {
        phase.answering();
        loop {
            if text.len() >= PIECE {
                break;
            }
            let item = if text.is_empty() {
                timeout(BEAT, feed.next()).await.ok()
            } else {
                // What there is goes together; for what is not there yet, it does not wait.
                feed.next().now_or_never()
            };
            let Some(item) = item else {
                if text.is_empty() {
                    text.push_str(":\n\n");
                }
                break;
            };
            match item {
                Item::Event(mark, told) => event(mark, &told, &mut text),
                Item::Mark(mark) => named("mark", Some(mark), "{}", &mut text),
                Item::Snapshot(mark, events) => {
                    named("snapshot", Some(mark), &list(&events), &mut text);
                    break;
                }
                Item::Gap(missed) => {
                    let missed = missed.map_or("null".to_owned(), |missed| missed.to_string());
                    named("gap", None, &format!("{{\"missed\":{missed}}}"), &mut text);
                }
                Item::Pause | Item::Answer(_) => {}
                Item::Over(reason) => {
                    let mut data = String::from("{\"reason\":");
                    json::string(reason, &mut data);
                    named("end", None, &(data + "}"), &mut text);
                    phase.answered();
                    return Some((Bytes::from(text), Live(Box::pin(std::future::ready(None)))));
                }
            }
        }
        let rest = next(feed, String::new(), phase);
        Some((Bytes::from(text), Live(rest)))
    })
}

fn event(mark: Mark, told: &Told, text: &mut String) {
    let _ = write!(text, "id: {mark}\ndata: ");
    text.push_str(told.json());
    text.push_str("\n\n");
}

fn named(name: &str, mark: Option<Mark>, data: &str, text: &mut String) {
    let _ = writeln!(text, "event: {name}");
    if let Some(mark) = mark {
        let _ = writeln!(text, "id: {mark}");
    }
    let _ = write!(text, "data: {data}\n\n");
}

/// Events as a list.
pub(crate) fn list(events: &[Told]) -> String {
    let mut text = String::from("[");
    for (index, told) in events.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(told.json());
    }
    text + "]"
}
