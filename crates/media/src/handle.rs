//! How others reach the media thread.

use crate::ports::{Pair, Ports};
use crate::trace::{Trace, Tracing};
use crate::{Remote, leg};
use mio::Waker;
use model::{AudioQuality, MediaId, MediaInstruction, PlayId};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// Requests that may wait for the media thread.
const QUEUE: usize = 1_024;

/// A cheap, shareable handle to the media thread. No method waits. The thread ends with the last
/// clone.
#[derive(Clone)]
pub struct Handle(Arc<Inner>);

/// A leg just opened: one RTP session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Its name everywhere.
    pub id: MediaId,
    /// Where it receives RTP; RTCP on the port above. This goes into SDP.
    pub address: SocketAddr,
}

/// What the thread is asked to do.
pub(crate) enum Request {
    Open(MediaId, Box<Pair>, leg::Identity),
    Point(MediaId, Box<Remote>),
    Close(MediaId, Closed),
    Instruct(MediaInstruction),
    SendDigit {
        media: MediaId,
        digit: char,
        milliseconds: u32,
    },
}

/// Takes the figures of a leg that is closed.
pub(crate) type Closed = Box<dyn FnOnce(Option<AudioQuality>) + Send>;

/// Whom a request that found no room was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Concern {
    Leg(MediaId),
    Play(PlayId),
}

/// The media thread's end.
pub(crate) struct Inbox {
    pub(crate) requests: Receiver<Request>,
    overrun: Arc<Overrun>,
    pub(crate) trace: Arc<Trace>,
}

/// What did not fit; as small as the legs and plays there are.
#[derive(Default)]
struct Overrun {
    count: AtomicU64,
    concerned: Mutex<BTreeSet<Concern>>,
}

// Fields are dropped in this order: the thread is woken to find the sender gone.
struct Inner {
    requests: SyncSender<Request>,
    waker: WakeOnDrop,
    overrun: Arc<Overrun>,
    trace: Arc<Trace>,
    ports: Ports,
    next_id: AtomicU64,
}

struct WakeOnDrop(Waker);

impl Drop for WakeOnDrop {
    fn drop(&mut self) {
        wake(&self.0);
    }
}

impl Handle {
    pub(crate) fn new(waker: Waker, ports: Ports) -> (Self, Inbox) {
        let (sender, requests) = sync_channel(QUEUE);
        let overrun = Arc::<Overrun>::default();
        let trace = Arc::<Trace>::default();
        let inner = Inner {
            requests: sender,
            waker: WakeOnDrop(waker),
            overrun: Arc::clone(&overrun),
            trace: Arc::clone(&trace),
            ports,
            next_id: AtomicU64::new(1),
        };
        (
            Self(Arc::new(inner)),
            Inbox {
                requests,
                overrun,
                trace,
            },
        )
    }

    /// Opens a leg on `ip`: takes a pair of ports, ready to receive. Nothing is sent, and what
    /// comes in is dropped, until it is pointed.
    ///
    /// # Errors
    /// When no ports are free, `ip` is not ours, or the media thread is too busy.
    pub fn open(&self, ip: IpAddr) -> io::Result<Leg> {
        let pair = self.0.ports.bind(ip)?;
        let id = MediaId(self.0.next_id.fetch_add(1, Ordering::Relaxed));
        let address = pair.address;
        let request = Request::Open(id, Box::new(pair), leg::Identity::random());
        match self.0.requests.try_send(request) {
            Ok(()) => {
                wake(&self.0.waker.0);
                Ok(Leg { id, address })
            }
            Err(TrySendError::Full(_)) => {
                self.0.overrun.count.fetch_add(1, Ordering::Relaxed);
                Err(io::Error::new(
                    io::ErrorKind::WouldBlock,
                    "media is too busy",
                ))
            }
            Err(TrySendError::Disconnected(_)) => {
                Err(io::Error::new(io::ErrorKind::BrokenPipe, "media has ended"))
            }
        }
    }

    /// Points a leg at its far end; again when SDP changes.
    pub fn point(&self, leg: MediaId, remote: Remote) {
        self.send(Concern::Leg(leg), Request::Point(leg, Box::new(remote)));
    }

    /// Closes a leg: RTCP BYE is sent, its ports are given back, and `closed` is called on the
    /// media thread with the figures (`None` if the leg was never pointed or is unknown). It must
    /// not wait.
    pub fn close(&self, leg: MediaId, closed: impl FnOnce(Option<AudioQuality>) + Send + 'static) {
        let request = Request::Close(leg, Box::new(closed));
        if let Some(Request::Close(_, closed)) = self.send(Concern::Leg(leg), request) {
            closed(None);
        }
    }

    /// Carries out what the switch says; unknown legs are ignored, but for a playback into one,
    /// which is reported as failed.
    pub fn instruct(&self, instruction: MediaInstruction) {
        let concern = match &instruction {
            MediaInstruction::Connect { to, .. }
            | MediaInstruction::Disconnect { to, .. }
            | MediaInstruction::Capture { to, .. }
            | MediaInstruction::EndCapture(to) => Concern::Leg(*to),
            MediaInstruction::Play {
                media: Some(media), ..
            }
            | MediaInstruction::Record {
                media: Some(media), ..
            }
            | MediaInstruction::Detect { media, .. }
            | MediaInstruction::Volume { media, .. }
            | MediaInstruction::Tones {
                media: Some(media), ..
            } => Concern::Leg(*media),
            MediaInstruction::Play {
                media: None, play, ..
            }
            | MediaInstruction::Record {
                media: None, play, ..
            }
            | MediaInstruction::Tones {
                media: None, play, ..
            }
            | MediaInstruction::Find { play, .. }
            | MediaInstruction::StopPlay(play) => Concern::Play(*play),
            // Nobody waits for it.
            MediaInstruction::Remove(_) => Concern::Play(PlayId(0)),
        };
        self.send(concern, Request::Instruct(instruction));
    }

    /// Sends a digit to the far end by RFC 4733, after those already being sent. Nothing is sent
    /// if the far end takes none (`telephone_event`) or it is no digit.
    pub fn send_digit(&self, leg: MediaId, digit: char, milliseconds: u32) {
        self.send(
            Concern::Leg(leg),
            Request::SendDigit {
                media: leg,
                digit,
                milliseconds,
            },
        );
    }

    /// Whether and whose packets are logged (`rtp set debug`).
    pub fn trace(&self, tracing: Tracing) {
        self.0.trace.set(tracing);
    }

    /// How many requests found no room, ever.
    pub fn overruns(&self) -> u64 {
        self.0.overrun.count.load(Ordering::Relaxed)
    }

    /// Hands a request over; gives it back if that could not be done. What it concerned is given
    /// up then, as its state is no longer what its owner thinks.
    fn send(&self, concern: Concern, request: Request) -> Option<Request> {
        match self.0.requests.try_send(request) {
            Ok(()) => {
                wake(&self.0.waker.0);
                None
            }
            Err(TrySendError::Full(request)) => {
                self.0.overrun.count.fetch_add(1, Ordering::Relaxed);
                lock(&self.0.overrun.concerned).insert(concern);
                Some(request)
            }
            Err(TrySendError::Disconnected(request)) => Some(request),
        }
    }
}

impl Inbox {
    /// What must be given up because a request about it was lost.
    pub(crate) fn overrun(&self) -> BTreeSet<Concern> {
        std::mem::take(&mut *lock(&self.overrun.concerned))
    }
}

fn wake(waker: &Waker) {
    if let Err(error) = waker.wake() {
        tracing::error!(%error, "media cannot be woken");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
