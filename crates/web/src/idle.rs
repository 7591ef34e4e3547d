//! A connection that is given up when it stands still: between requests, within one, or because the
//! client takes nothing of the answer.

use crate::unread;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// What the connection waits for; shared with who answers its requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phase(Arc<AtomicU8>);

const WAITING: u8 = 0;
const RECEIVING: u8 = 1;
const ANSWERING: u8 = 2;
const UPLOADING: u8 = 3;

impl Phase {
    /// A request is received as a whole: from here on the client waits for us.
    pub(crate) fn answering(&self) {
        self.0.store(ANSWERING, Ordering::Relaxed);
    }

    /// The body of a request is being received.
    pub(crate) fn receiving(&self) {
        self.0.store(RECEIVING, Ordering::Relaxed);
    }

    /// Files are being received, which may take long as long as they never stand still.
    pub(crate) fn uploading(&self) {
        self.0.store(UPLOADING, Ordering::Relaxed);
    }

    /// The answer is on its way: the next request may come.
    pub(crate) fn answered(&self) {
        self.0.store(WAITING, Ordering::Relaxed);
    }

    fn is(&self, phase: u8) -> bool {
        self.0.load(Ordering::Relaxed) == phase
    }
}

/// How long a connection may stand still.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Before the first request.
    pub(crate) first: Duration,
    /// Between requests.
    pub(crate) between: Duration,
    /// Within a request, from one piece of it to the next.
    pub(crate) within: Duration,
    /// From the first byte of a request to its last.
    pub(crate) whole: Duration,
    /// From one piece of an answer taken to the next.
    pub(crate) writing: Duration,
}

/// Told how many bytes were written.
pub(crate) type Sent = Box<dyn Fn(usize) + Send>;

/// The connection.
pub(crate) struct Timed<S> {
    stream: S,
    sent: Sent,
    phase: Phase,
    limits: Limits,
    /// When something was read last, and when the request began that is being received.
    read: Instant,
    began: Option<Instant>,
    any: bool,
    reading: Pin<Box<Sleep>>,
    /// Since when a write waits.
    stuck: Option<Instant>,
    /// Whether the library has refused a request by itself, which is told otherwise.
    unread: bool,
    writing: Pin<Box<Sleep>>,
}

impl<S> Timed<S> {
    pub(crate) fn new(stream: S, phase: Phase, limits: Limits, sent: Sent) -> Self {
        Self {
            stream,
            sent,
            phase,
            limits,
            read: Instant::now(),
            began: None,
            any: false,
            reading: Box::pin(sleep(limits.first)),
            stuck: None,
            unread: false,
            writing: Box::pin(sleep(limits.writing)),
        }
    }

    /// Whether the client can be told why it is not answered: it takes what there is. From here on what
    /// is written goes to it, whatever it is.
    pub(crate) fn may_be_told(&mut self) -> bool {
        self.unread = false;
        self.stuck.is_none()
    }

    /// Until when the next bytes must come; `None` while the client waits for us.
    fn read_deadline(&self) -> Option<Instant> {
        if self.phase.is(ANSWERING) {
            return None;
        }
        Some(match self.began {
            Some(_) if self.phase.is(UPLOADING) => self.read + self.limits.within,
            Some(began) => (self.read + self.limits.within).min(began + self.limits.whole),
            None if self.any => self.read + self.limits.between,
            None => self.read + self.limits.first,
        })
    }

    /// Whether it has waited for bytes too long. Wakes the task when it has.
    fn is_late(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(deadline) = self.read_deadline() else {
            return false;
        };
        is_reached(&mut self.reading, deadline, cx)
    }

    fn has_read(&mut self) {
        let now = Instant::now();
        self.read = now;
        self.any = true;
        // What comes while a request is answered begins the next one.
        self.began = Some(
            self.began
                .filter(|_| !self.phase.is(ANSWERING))
                .unwrap_or(now),
        );
    }

    /// Bytes have gone. Once the answer is made the connection stands between requests again; who reads
    /// may not look again before it is woken.
    fn has_written(&mut self, cx: &mut Context<'_>) {
        if self.phase.is(WAITING) {
            self.began = None;
        }
        self.read = Instant::now();
        let _ = self.is_late(cx);
    }

    /// Whether this is no answer, but what the library says to who was not understood.
    fn keeps_back(&mut self, bytes: &[u8]) -> bool {
        self.unread |= unread::is_bare(bytes);
        self.unread
    }

    fn count(&mut self, written: &Poll<io::Result<usize>>, cx: &mut Context<'_>) {
        if let Poll::Ready(Ok(count @ 1..)) = written {
            (self.sent)(*count);
            self.has_written(cx);
        }
    }

    /// Watches over whatever takes bytes from us. That there is nothing to flush is no sign of life.
    fn wrote<T>(&mut self, poll: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.stuck = None;
            return poll;
        }
        let since = *self.stuck.get_or_insert_with(Instant::now);
        if is_reached(&mut self.writing, since + self.limits.writing, cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Poll::Pending
    }
}

/// Moves a timer to a later deadline only when it fires: most of the time nothing is to be done.
fn is_reached(timer: &mut Pin<Box<Sleep>>, deadline: Instant, cx: &mut Context<'_>) -> bool {
    if timer.deadline() > deadline {
        timer.as_mut().reset(deadline);
    }
    while timer.as_mut().poll(cx).is_ready() {
        if Instant::now() >= deadline {
            return true;
        }
        timer.as_mut().reset(deadline);
    }
    false
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let timed = self.get_mut();
        let before = buf.filled().len();
        match Pin::new(&mut timed.stream).poll_read(cx, buf) {
            Poll::Ready(result) => {
                if buf.filled().len() > before {
                    timed.has_read();
                }
                Poll::Ready(result)
            }
            Poll::Pending if timed.is_late(cx) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let timed = self.get_mut();
        if timed.keeps_back(buf) {
            return Poll::Ready(Ok(buf.len()));
        }
        let poll = Pin::new(&mut timed.stream).poll_write(cx, buf);
        timed.count(&poll, cx);
        timed.wrote(poll, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let timed = self.get_mut();
        if bufs.first().is_some_and(|first| timed.keeps_back(first)) {
            return Poll::Ready(Ok(bufs.iter().map(|buf| buf.len()).sum()));
        }
        let poll = Pin::new(&mut timed.stream).poll_write_vectored(cx, bufs);
        timed.count(&poll, cx);
        timed.wrote(poll, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let timed = self.get_mut();
        let poll = Pin::new(&mut timed.stream).poll_flush(cx);
        timed.wrote(poll, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let timed = self.get_mut();
        if timed.unread {
            return Poll::Ready(Ok(())); // not before that is told
        }
        Pin::new(&mut timed.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    fn timed(phase: &Phase) -> (Timed<DuplexStream>, DuplexStream) {
        let seconds = Duration::from_secs;
        let limits = Limits {
            first: seconds(10),
            between: seconds(5),
            within: seconds(3),
            whole: seconds(8),
            writing: seconds(4),
        };
        let (ours, theirs) = duplex(16);
        (
            Timed::new(ours, phase.clone(), limits, Box::new(|_| ())),
            theirs,
        )
    }

    /// How many seconds go by until nothing is read any more.
    async fn patience(timed: &mut Timed<DuplexStream>) -> u64 {
        let began = Instant::now();
        let mut bytes = [0; 8];
        while let Ok(1..) = timed.read(&mut bytes).await {}
        began.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_patience() {
        let phase = Phase::default();
        let (mut silent, _theirs) = timed(&phase);
        assert_eq!(patience(&mut silent).await, 10);

        let (mut unfinished, mut theirs) = timed(&phase);
        theirs.write_all(b"GET").await.unwrap();
        assert_eq!(patience(&mut unfinished).await, 3);

        let (mut kept, mut theirs) = timed(&phase);
        theirs.write_all(b"GET").await.unwrap();
        kept.read_exact(&mut [0; 3]).await.unwrap();
        phase.answering();
        phase.answered();
        kept.write_all(b"200").await.unwrap();
        assert_eq!(patience(&mut kept).await, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_to_flush_is_no_sign_of_life() {
        let (mut timed, mut theirs) = timed(&Phase::default());
        theirs.write_all(b"GET").await.unwrap();
        timed.read_exact(&mut [0; 3]).await.unwrap();
        let began = Instant::now();
        while timed.read(&mut [0; 8]).now_or_never().is_none() {
            timed.flush().await.unwrap();
            sleep(Duration::from_millis(700)).await;
        }
        assert_eq!(
            began.elapsed().as_millis(),
            3_500,
            "the first look after 3 seconds"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_in_drops_is_not_waited_for_for_ever() {
        let (mut timed, mut theirs) = timed(&Phase::default());
        let dripping = tokio::spawn(async move {
            while theirs.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(2)).await;
            }
        });
        assert_eq!(patience(&mut timed).await, 8);
        drop(timed);
        dripping.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_for_us_may_be_silent_but_must_take_the_answer() {
        let phase = Phase::default();
        let (mut timed, mut theirs) = timed(&phase);
        theirs.write_all(b"GET").await.unwrap();
        timed.read_exact(&mut [0; 3]).await.unwrap();
        phase.answering();
        let mut bytes = [0; 8];
        let waited = tokio::time::timeout(Duration::from_secs(600), timed.read(&mut bytes)).await;
        assert!(waited.is_err());
        let began = Instant::now();
        let error = timed.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), 4);
    }
}
