//! The media thread: waits for packets, requests and the 20 ms clock, whichever comes first.

mod tick;

use crate::Settings;
use crate::capture::Capture;
use crate::graph::Graph;
use crate::handle::{Closed, Concern, Handle, Inbox, Request};
use crate::leg::Leg;
use crate::playback::Playback;
use crate::ports::Ports;
use crate::reader::{Order, Reader, Task};
use crate::recording::Recording;
use crate::rtcp::Clock;
use crate::tone::Generator;
use crate::volume::Volume;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use model::{MediaId, MediaInstruction, MediaReport, PlayId, Voice};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::sync::mpsc::TryRecvError;
use std::thread;
use std::time::{Duration, Instant};
use tick::TICK;

/// Datagrams taken from a socket before others get their turn.
const BATCH: usize = 64;
/// No RTP packet is larger.
const LARGEST: usize = 2_048;
/// No more recordings of conversations at a time.
const CAPTURES: usize = 256;
/// The waker's; legs count from [`MediaId`] 1.
const WAKE: Token = Token(0);

/// Starts the media thread. It ends, closing all legs, when the last [`Handle`] is dropped.
///
/// `reports` is called on that thread and must not wait; what to do when its receiver is full is
/// its own to decide.
///
/// # Errors
/// What the system said when a thread or a poll could not be had.
pub fn start(
    settings: Settings,
    reports: impl FnMut(MediaReport) + Send + 'static,
) -> io::Result<Handle> {
    let poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), WAKE)?;
    let (handle, inbox) = Handle::new(waker, Ports::new(settings.ports.clone()));
    let engine = Engine {
        registry: poll.registry().try_clone()?,
        reader: Reader::start(settings)?,
        inbox,
        legs: BTreeMap::new(),
        graph: Graph::default(),
        loose: BTreeMap::new(),
        captures: BTreeMap::new(),
        unread: BTreeSet::new(),
        next_tick: Instant::now(),
        clock: Clock::start(),
        reports: Box::new(reports),
    };
    thread::Builder::new()
        .name("media".to_owned())
        .spawn(move || engine.run(poll))?;
    Ok(handle)
}

struct Engine {
    registry: Registry,
    reader: Reader,
    inbox: Inbox,
    legs: BTreeMap<MediaId, Leg>,
    graph: Graph,
    /// What is played into no leg: it takes its time, whoever is connected.
    loose: BTreeMap<PlayId, Loose>,
    captures: BTreeMap<MediaId, Capture>,
    /// Sockets that may hold datagrams: polling tells of each only once.
    unread: BTreeSet<Token>,
    next_tick: Instant,
    clock: Clock,
    reports: Box<dyn FnMut(MediaReport) + Send>,
}

enum Loose {
    Files(Playback),
    Tones(Generator),
}

impl Engine {
    fn run(mut self, mut poll: Poll) {
        let mut events = Events::with_capacity(1_024);
        loop {
            match poll.poll(&mut events, self.patience()) {
                Err(error) if error.kind() != ErrorKind::Interrupted => {
                    tracing::error!(%error, "media cannot go on");
                    return;
                }
                Ok(()) | Err(_) => {}
            }
            self.unread.extend(
                events
                    .iter()
                    .map(|event| event.token())
                    .filter(|token| *token != WAKE),
            );
            if !self.take_requests() {
                break;
            }
            self.give_up();
            self.receive();
            self.catch_up();
        }
        for leg in std::mem::take(&mut self.legs).into_values() {
            leg.close((&self.clock, Instant::now()));
        }
    }

    /// How long to wait at most.
    fn patience(&self) -> Option<Duration> {
        if !self.unread.is_empty() {
            return Some(Duration::ZERO);
        }
        (!self.is_idle()).then(|| self.next_tick.saturating_duration_since(Instant::now()))
    }

    /// Whether there is nothing to tick for.
    fn is_idle(&self) -> bool {
        self.legs.is_empty() && self.loose.is_empty()
    }

    /// The clock stands still while idle; set it going before something is added.
    fn wind_up(&mut self) {
        if self.is_idle() {
            self.next_tick = Instant::now() + TICK;
        }
    }

    /// Carries out what was asked; `false` when nobody can ask any more.
    fn take_requests(&mut self) -> bool {
        loop {
            match self.inbox.requests.try_recv() {
                Ok(request) => self.carry_out(request),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn carry_out(&mut self, request: Request) {
        let now = Instant::now();
        match request {
            Request::Open(id, pair, identity) => {
                let trace = Arc::clone(&self.inbox.trace);
                self.open(id, Leg::new(id, pair, identity, trace));
            }
            Request::Point(id, remote) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.point(remote, now);
                }
            }
            Request::Close(id, closed) => {
                // The last report the far end sent is part of the figures. Errors end the leg anyway.
                let _ = self.read(tokens(id)[1]);
                self.close(id, closed);
            }
            Request::Instruct(instruction) => self.instruct(instruction),
            Request::SendDigit {
                media,
                digit,
                milliseconds,
            } => {
                if let Some(leg) = self.legs.get_mut(&media) {
                    leg.press(digit, milliseconds);
                }
            }
        }
    }

    fn open(&mut self, id: MediaId, mut leg: Leg) {
        self.wind_up();
        let tokens = tokens(id);
        for (socket, token) in leg.sockets().into_iter().zip(tokens) {
            if let Err(error) = self.registry.register(socket, token, Interest::READABLE) {
                return (self.reports)(MediaReport::Failed {
                    media: id,
                    reason: error.to_string().into(),
                });
            }
        }
        self.legs.insert(id, leg);
        // What came before registration may not be told of.
        self.unread.extend(tokens);
    }

    fn close(&mut self, id: MediaId, closed: Closed) {
        self.graph.remove(id);
        let leg = self.legs.remove(&id);
        closed(leg.and_then(|leg| leg.close((&self.clock, Instant::now()))));
    }

    fn instruct(&mut self, instruction: MediaInstruction) {
        match instruction {
            MediaInstruction::Connect { from, to, digits } => {
                let known = match from {
                    Voice::Leg(from) => self.legs.contains_key(&from),
                    Voice::Play(_) => true,
                };
                if known && (self.legs.contains_key(&to) || self.captures.contains_key(&to)) {
                    self.graph.connect(from, to, digits);
                }
            }
            MediaInstruction::Disconnect { from, to } => {
                self.graph.disconnect(from, to);
                if let Some(leg) = self.legs.get_mut(&to) {
                    leg.forget(from, self.graph.sources(to) > 1);
                } else if let Some(capture) = self.captures.get_mut(&to) {
                    capture.mixer.forget(from);
                }
            }
            MediaInstruction::Play {
                media,
                play,
                files,
                language,
                forever,
                offset,
            } => {
                self.play(
                    media,
                    play,
                    Order {
                        files,
                        language,
                        forever,
                        offset,
                    },
                );
            }
            MediaInstruction::StopPlay(play) => self.stop(play),
            MediaInstruction::Record {
                media,
                play,
                file,
                most,
                silence,
            } => {
                let leg = media.and_then(|media| self.legs.get_mut(&media));
                let recording = Recording::new(play, file, most, silence);
                match leg {
                    Some(leg) => leg.record(recording),
                    None => self.keep(recording),
                }
            }
            MediaInstruction::Capture { to, file } => {
                if self.captures.len() < CAPTURES {
                    self.captures.insert(to, Capture::new(file));
                } else {
                    tracing::warn!(%file, "Too much is recorded at a time: this is not");
                }
            }
            MediaInstruction::EndCapture(to) => self.end_capture(to),
            MediaInstruction::Find { play, file } => {
                self.begin(play, Arc::clone(&file), Task::Find(file));
            }
            MediaInstruction::Remove(file) => drop(self.reader.begin(Task::Remove(file))),
            MediaInstruction::Detect { media, talk } => {
                if let Some(leg) = self.legs.get_mut(&media) {
                    leg.detect(talk);
                }
            }
            MediaInstruction::Volume { media, volume } => {
                if let Some(leg) = self.legs.get_mut(&media) {
                    leg.set_volume(Volume::new(volume));
                }
            }
            MediaInstruction::Tones { media, play, tones } => {
                self.sound_tones(media, play, Generator::new(tones));
            }
        }
    }

    fn sound_tones(&mut self, media: Option<MediaId>, play: PlayId, tones: Generator) {
        match media {
            Some(media) => {
                if let Some(leg) = self.legs.get_mut(&media) {
                    leg.sound_tones(play, tones);
                }
            }
            None => {
                self.wind_up();
                self.loose.insert(play, Loose::Tones(tones));
            }
        }
    }

    fn play(&mut self, media: Option<MediaId>, play: PlayId, order: Order) {
        let playback = match media {
            Some(media) if !self.legs.contains_key(&media) => Err((order, "no such leg")),
            Some(_) | None => match self.reader.read(order) {
                Ok(pieces) => Ok(Playback::new(play, pieces)),
                Err(order) => Err((order, "too many playbacks begin")),
            },
        };
        match (playback, media.and_then(|media| self.legs.get_mut(&media))) {
            (Ok(playback), Some(leg)) => leg.play(playback),
            (Ok(playback), None) => {
                self.wind_up();
                self.loose.insert(play, Loose::Files(playback));
            }
            (Err((order, reason)), _) => {
                let failed = order
                    .files
                    .into_iter()
                    .map(|file| (file, reason.into()))
                    .collect();
                (self.reports)(MediaReport::Finished { play, failed });
            }
        }
    }

    /// A recording of a conversation is over: what is left of it is written.
    fn end_capture(&mut self, to: MediaId) {
        self.graph.remove(to);
        let Some(capture) = self.captures.remove(&to) else {
            return;
        };
        let (file, samples) = capture.end();
        if !samples.is_empty() && self.reader.begin(Task::Append(file, samples)).is_none() {
            tracing::warn!("The end of a recording is lost: too much is asked of the disk");
        }
    }

    /// A recording is over.
    fn keep(&mut self, recording: Recording) {
        let Recording {
            play,
            file,
            samples,
            ..
        } = recording;
        self.begin(play, Arc::clone(&file), Task::Keep(file, samples));
    }

    /// Has something done about a file; its end is told as a playback's.
    fn begin(&mut self, play: PlayId, file: Arc<str>, task: Task) {
        match self.reader.begin(task) {
            Some(pieces) => {
                self.wind_up();
                self.loose
                    .insert(play, Loose::Files(Playback::new(play, pieces)));
            }
            None => (self.reports)(MediaReport::Finished {
                play,
                failed: vec![(file, "too much is asked of the disk".into())],
            }),
        }
    }

    fn stop(&mut self, play: PlayId) {
        self.loose.remove(&play);
        self.legs.values_mut().for_each(|leg| leg.stop(play));
    }

    /// Gives up what a request was lost about.
    fn give_up(&mut self) {
        for concern in self.inbox.overrun() {
            match concern {
                Concern::Leg(id) => self.fail(id, "media was told more than it could take"),
                Concern::Play(play) => {
                    self.stop(play);
                    (self.reports)(MediaReport::Finished {
                        play,
                        failed: Vec::new(),
                    });
                }
            }
        }
    }

    fn fail(&mut self, id: MediaId, reason: &str) {
        self.end_capture(id);
        if self.legs.contains_key(&id) {
            tracing::warn!(media = %id, reason, "leg given up");
            self.close(id, Box::new(|_| ()));
            (self.reports)(MediaReport::Failed {
                media: id,
                reason: reason.into(),
            });
        }
    }

    /// Reads what has come, a batch from each socket.
    fn receive(&mut self) {
        for token in std::mem::take(&mut self.unread) {
            match self.read(token) {
                Ok(true) => {
                    self.unread.insert(token);
                }
                Ok(false) => {}
                Err(error) => self.fail(leg_of(token), &error.to_string()),
            }
        }
    }

    /// Reads a batch from a socket; whether there may be more.
    fn read(&mut self, token: Token) -> io::Result<bool> {
        let id = leg_of(token);
        let is_rtp = token == tokens(id)[0];
        let mut datagram = [0; LARGEST];
        for _ in 0..BATCH {
            let Some(leg) = self.legs.get_mut(&id) else {
                return Ok(false);
            };
            let [rtp, rtcp] = leg.sockets();
            let (length, from) = match (if is_rtp { rtp } else { rtcp }).recv_from(&mut datagram) {
                Ok(received) => received,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            // Whatever was asked before the packet was sent is done before it is heard.
            if is_rtp {
                self.take_requests();
            }
            let Some(leg) = self.legs.get_mut(&id) else {
                return Ok(false);
            };
            let now = Instant::now();
            let at = (&self.clock, now);
            if is_rtp {
                self.inbox.trace.got(from, &datagram[..length]);
            }
            if !is_rtp {
                leg.rtcp(&datagram[..length], from, at);
            } else if let Some(speech) = leg.rtp(&datagram[..length], from, at, &mut self.reports) {
                for (to, digits) in self.graph.listeners(id.into()) {
                    if let Some(listener) = self.legs.get_mut(to)
                        && (*digits || !speech.is_digit())
                    {
                        listener.hear(id, &speech, self.graph.sources(*to) == 1, now);
                    } else if let Some(capture) = self.captures.get_mut(to)
                        && let Some(samples) = speech.samples()
                    {
                        capture.mixer.push(id.into(), &samples);
                    }
                }
            }
        }
        Ok(true)
    }
}

/// The tokens of a leg's RTP and RTCP sockets.
fn tokens(id: MediaId) -> [Token; 2] {
    let even = (id.0 as usize).wrapping_mul(2);
    [Token(even), Token(even + 1)]
}

fn leg_of(token: Token) -> MediaId {
    MediaId(token.0 as u64 / 2)
}
