//! `GET /ws`: the stream as a WebSocket (RFC 6455), with actions.
//!
//! The client sends actions as JSON objects, or lists of them; each is answered with
//! `{"type":"response","response":…,"events":[…]}`, in order. It may log in here with the action
//! Login, if the request itself did not say who asks. It is told
//! `{"type":"mark","at":…}`, `{"type":"snapshot","at":…,"events":[…]}`,
//! `{"type":"events","at":…,"events":[…]}`, `{"type":"gap","missed":…}` and, last,
//! `{"type":"end","reason":…}`; `at` is what `?after=` takes to go on from there. Where it begins is
//! said with `?after=` and `?snapshot=yes`, or later with an object `{"type":"begin","after":…,
//! "snapshot":…}`.

use super::{Feed, Item, Start, place, sse};
use crate::answer::{Answer, Refusal};
use crate::body::Body;
use crate::caller::Caller;
use crate::idle::Phase;
use crate::json;
use crate::json_face;
use crate::parameters;
use crate::web::{Request, Web};
use ami::Message;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue, UPGRADE};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::TokioIo;
use manager::Told;
use model::Mark;
use sha1::{Digest as _, Sha1};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, coding::CloseCode};
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message as Frame, Utf8Bytes};

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// The largest message of a client, in bytes.
const LARGEST: usize = 64 * 1024;
/// Actions of one client that may come together. While as many wait, or as many bytes of them, nothing
/// more is read.
const WAITING: usize = 256;
const WAITING_BYTES: usize = 4 * LARGEST;
/// Bytes told at a time.
const PIECE: usize = 32 * 1024;
/// How long the client may be silent before it is asked whether it is there, and how long again
/// before it is given up.
const BEAT: Duration = Duration::from_secs(20);
/// How long the client may take nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers a request: from then on it is a WebSocket.
pub(crate) async fn serve(web: &Web, mut request: Request) -> Result<Answer, Refusal> {
    let key = key(&request).ok_or(Refusal::Bad("No WebSocket handshake"))?;
    let query = request.parts.uri.query().unwrap_or_default();
    let asked = parameters::read(query.as_bytes())
        .map_err(|_| Refusal::Bad("Line break in a parameter"))?;
    let start = start(asked.first("after"), asked.first("snapshot"));
    let ends = request.ends.clone();
    let feed = match Caller::of(web, &request.parts.headers, &ends).await? {
        Some(caller) => Feed::open(web, &caller, &ends, start).await?,
        None => Feed::for_guest(web, &ends)?,
    };
    let Some(upgrade) = request.parts.extensions.remove::<OnUpgrade>() else {
        return Err(Refusal::Bad("No WebSocket handshake"));
    };
    tokio::spawn(run(feed, start, upgrade, request.phase.clone()));
    Ok(switch(&key))
}

/// The client's key, if this is a handshake.
fn key(request: &Request) -> Option<String> {
    let headers = &request.parts.headers;
    let names = |name: HeaderName, word: &str| {
        let value = headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        value
            .split(',')
            .any(|one| one.trim().eq_ignore_ascii_case(word))
    };
    let version = headers
        .get("sec-websocket-version")
        .map(HeaderValue::as_bytes);
    let whole = request.parts.method == Method::GET
        && names(UPGRADE, "websocket")
        && names(CONNECTION, "upgrade")
        && version == Some(b"13");
    let key = headers
        .get("sec-websocket-key")
        .and_then(|key| key.to_str().ok())?;
    let is_key = STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16);
    (whole && is_key).then(|| key.to_owned())
}

fn switch(key: &str) -> Answer {
    let proof = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    let mut answer = Response::new(Body::from(""));
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers: &mut HeaderMap = answer.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    crate::answer::set(
        headers,
        HeaderName::from_static("sec-websocket-accept"),
        &STANDARD.encode(proof),
    );
    answer
}

fn start(after: Option<&str>, snapshot: Option<&str>) -> Start {
    Start {
        after: place(after),
        snapshot: snapshot.is_some_and(|flag| matches!(flag, "yes" | "true" | "1")),
    }
}

async fn run(feed: Feed, start: Start, upgrade: OnUpgrade, phase: Phase) {
    let Ok(upgraded) = upgrade.await else {
        return;
    };
    // The talk has its own beat; the connection is not to be taken for one that stands still.
    phase.answering();
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST))
        .max_frame_size(Some(LARGEST));
    let socket =
        WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
    let talk = Talk {
        socket,
        began: feed.is_member(),
        feed,
        start,
        actions: VecDeque::new(),
        waiting: 0,
        heard: Instant::now(),
        asked: false,
        events: Vec::new(),
        size: 0,
    };
    talk.run().await;
}

/// A client's talk.
struct Talk {
    socket: Socket,
    feed: Feed,
    /// Where it begins, once somebody is logged in.
    start: Start,
    began: bool,
    actions: VecDeque<Message>,
    /// Bytes of them.
    waiting: usize,
    /// When the client was heard last, and whether it was asked since whether it is there.
    heard: Instant,
    asked: bool,
    /// Events not told yet, and roughly how large they are.
    events: Vec<(Mark, Arc<Told>)>,
    size: usize,
}

/// The talk is over.
struct Over;

impl Talk {
    async fn run(mut self) {
        while let Ok(()) = self.turn().await {}
        // Who does not close in time is gone anyway.
        let _ = timeout(PATIENCE, self.socket.close(None)).await;
    }

    async fn turn(&mut self) -> Result<(), Over> {
        if self.feed.is_member() && !self.began {
            self.began = true;
            self.feed.begin(self.start);
        }
        while !self.feed.is_busy() {
            let Some(action) = self.actions.pop_front() else {
                break;
            };
            self.waiting -= action.wire().len();
            self.feed.act(action);
        }
        let room = self.actions.len() < WAITING && self.waiting < WAITING_BYTES;
        let beat = self.heard + BEAT;
        tokio::select! {
            item = self.feed.next() => self.on_item(item).await,
            frame = self.socket.next(), if room => self.on_frame(frame).await,
            () = sleep_until(beat) => self.on_silence().await,
        }
    }

    async fn on_item(&mut self, item: Item) -> Result<(), Over> {
        match item {
            Item::Event(mark, told) => {
                self.size += told.message.text().len();
                self.events.push((mark, told));
                if self.size >= PIECE {
                    self.tell_events().await
                } else {
                    Ok(())
                }
            }
            Item::Pause => self.tell_events().await,
            Item::Mark(mark) => {
                self.say(format!("{{\"type\":\"mark\",\"at\":\"{mark}\"}}"))
                    .await
            }
            Item::Snapshot(mark, events) => {
                self.events.clear();
                let events = sse::list(&events);
                self.say(format!(
                    "{{\"type\":\"snapshot\",\"at\":\"{mark}\",\"events\":{events}}}"
                ))
                .await
            }
            Item::Gap(missed) => {
                self.tell_events().await?;
                let missed = missed.map_or("null".to_owned(), |missed| missed.to_string());
                self.say(format!("{{\"type\":\"gap\",\"missed\":{missed}}}"))
                    .await
            }
            Item::Answer(pieces) => {
                self.tell_events().await?;
                let text = json_face::text(self.feed.exchange(), pieces).await;
                let text = text.ok_or(Over)?;
                self.say(format!(
                    "{{\"type\":\"response\",{}",
                    text.trim_start_matches('{')
                ))
                .await
            }
            Item::Over(reason) => {
                let _ = self.tell_events().await;
                let mut text = String::from("{\"type\":\"end\",\"reason\":");
                ami::json::string(reason, &mut text);
                let _ = self.say(text + "}").await;
                Err(Over)
            }
        }
    }

    async fn on_frame(&mut self, frame: Option<Result<Frame, Error>>) -> Result<(), Over> {
        self.heard = Instant::now();
        self.asked = false;
        match frame {
            Some(Ok(Frame::Text(text))) => self.on_text(&text).await,
            Some(Ok(Frame::Binary(_))) => self.complain("Text only").await,
            // Pings are answered by the library.
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => Ok(()),
            Some(Err(Error::Capacity(_))) => self.on_too_much().await,
            Some(Ok(Frame::Close(_)) | Err(_)) | None => Err(Over),
        }
    }

    /// What is too large is not read, nor what follows; the client is told so (RFC 6455, 7.4.1).
    async fn on_too_much(&mut self) -> Result<(), Over> {
        self.complain("Message too large").await?;
        let frame = CloseFrame {
            code: CloseCode::Size,
            reason: Utf8Bytes::default(),
        };
        let _ = timeout(PATIENCE, self.socket.close(Some(frame))).await;
        Err(Over)
    }

    async fn on_text(&mut self, text: &Utf8Bytes) -> Result<(), Over> {
        let batch = match json::read_batch(text) {
            Ok(batch) => batch,
            Err(unreadable) => return self.complain(&unreadable.0).await,
        };
        if batch.len() > WAITING {
            return self.complain("Too many actions at a time").await;
        }
        for message in batch {
            if message.first("type") == Some("begin") && self.feed.is_member() {
                let start = start(message.first("after"), message.first("snapshot"));
                self.feed.begin(start);
            } else {
                self.waiting += message.wire().len();
                self.actions.push_back(message);
            }
        }
        Ok(())
    }

    async fn on_silence(&mut self) -> Result<(), Over> {
        if std::mem::replace(&mut self.asked, true) {
            return Err(Over);
        }
        self.heard = Instant::now();
        self.send(Frame::Ping(Vec::new().into())).await
    }

    async fn tell_events(&mut self) -> Result<(), Over> {
        let Some((mark, _)) = self.events.last() else {
            return Ok(());
        };
        let mut text = String::with_capacity(2 * self.size + 64);
        let _ = write!(text, "{{\"type\":\"events\",\"at\":\"{mark}\",\"events\":[");
        for (index, (_, told)) in self.events.drain(..).enumerate() {
            if index > 0 {
                text.push(',');
            }
            text.push_str(told.json());
        }
        self.size = 0;
        self.say(text + "]}").await
    }

    async fn complain(&mut self, text: &str) -> Result<(), Over> {
        let error = ami::response::error("", text);
        let mut told = String::from("{\"type\":\"response\",\"response\":");
        ami::json::encode(&error, &mut told);
        self.say(told + ",\"events\":[]}").await
    }

    async fn say(&mut self, text: String) -> Result<(), Over> {
        self.send(Frame::text(text)).await
    }

    /// A client that takes nothing for too long is given up; meanwhile its events stay in the hub.
    async fn send(&mut self, frame: Frame) -> Result<(), Over> {
        match timeout(PATIENCE, self.socket.send(frame)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Over),
        }
    }
}
