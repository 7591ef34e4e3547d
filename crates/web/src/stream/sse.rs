//! `GET /events`: the stream as Server-Sent Events (HTML, 9.2).
//!
//! Each event is a message with its place as `id` and JSON as `data`. What is not an event has a name:
//! `mark` (where the reader is), `snapshot`, `gap`, `end`.

use super::{Feed, Item, Start, place};
use crate::answer::{Answer, Refusal};
use crate::body::Body;
use crate::caller::Caller;
use crate::idle::Phase;
use crate::json_face;
use crate::parameters;
use crate::web::{Request, Web};
use ami::json;
use futures_util::Stream;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use manager::Told;
use model::Mark;
use std::fmt::Write as _;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// How long a stream may be silent: who is not there any more is noticed then.
const BEAT: Duration = Duration::from_secs(15);
/// Bytes told at a time.
const PIECE: usize = 32 * 1024;

/// Answers a request.
pub(crate) async fn serve(web: &Web, request: Request) -> Result<Answer, Refusal> {
    let headers = &request.parts.headers;
    let query = request.parts.uri.query().unwrap_or_default();
    let asked = parameters::read(query.as_bytes())
        .map_err(|_| Refusal::Bad("Line break in a parameter"))?;
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
    let body = Body::Live(Box::pin(Sse::new(feed, request.phase.clone())));
    let mut answer = web.answers().of(StatusCode::OK, "text/event-stream", body);
    // Proxies that would gather it.
    answer
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(answer)
}

/// A stream under way.
struct Sse {
    feed: Feed,
    /// What is to be told.
    text: String,
    /// When something was told last.
    told: Instant,
    /// Fires when it may have been silent for too long.
    beat: Pin<Box<Sleep>>,
    /// Held, so that the connection is not taken for one that waits for a request.
    phase: Phase,
    over: bool,
}

impl Sse {
    fn new(feed: Feed, phase: Phase) -> Self {
        phase.answering();
        Self {
            feed,
            text: String::from("retry: 2000\n\n"),
            told: Instant::now(),
            beat: Box::pin(sleep(BEAT)),
            phase,
            over: false,
        }
    }

    fn take(&mut self, item: Item) {
        let text = &mut self.text;
        match item {
            Item::Event(mark, told) => event(mark, &told, text),
            Item::Mark(mark) => named("mark", Some(mark), "{}", text),
            Item::Snapshot(mark, events) => named("snapshot", Some(mark), &list(&events), text),
            Item::Gap(missed) => {
                let missed = missed.map_or("null".to_owned(), |missed| missed.to_string());
                named("gap", None, &format!("{{\"missed\":{missed}}}"), text);
            }
            Item::Pause | Item::Answer(_) => {}
            Item::Over(reason) => {
                let mut data = String::from("{\"reason\":");
                json::string(reason, &mut data);
                named("end", None, &(data + "}"), text);
                self.phase.answered();
                self.over = true;
            }
        }
    }

    /// Whether it has been silent for too long. The timer is moved only when it fires.
    fn is_silent(&mut self, context: &mut Context<'_>) -> bool {
        while self.beat.as_mut().poll(context).is_ready() {
            let due = self.told + BEAT;
            if due <= Instant::now() {
                return true;
            }
            self.beat.as_mut().reset(due);
        }
        false
    }
}

impl Stream for Sse {
    type Item = Bytes;

    /// All there is goes together; for what is not there yet, it does not wait.
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let sse = self.get_mut();
        while !sse.over && sse.text.len() < PIECE {
            match sse.feed.poll_next(context) {
                Poll::Ready(item) => sse.take(item),
                Poll::Pending => break,
            }
        }
        if sse.text.is_empty() {
            if sse.over {
                return Poll::Ready(None);
            }
            if !sse.is_silent(context) {
                return Poll::Pending;
            }
            sse.text.push_str(":\n\n");
        }
        sse.told = Instant::now();
        Poll::Ready(Some(Bytes::from(std::mem::take(&mut sse.text))))
    }
}

fn event(mark: Mark, told: &Told, text: &mut String) {
    let json = told.json();
    text.reserve(json.len() + 64);
    let _ = write!(text, "id: {mark}\ndata: ");
    text.push_str(json);
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
