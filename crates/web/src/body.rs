//! What answers are made of: bytes at hand, a file, or what goes on happening.

use futures_util::Stream;
use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::fs::File;
use tokio::io::{AsyncRead as _, ReadBuf};

/// The body of an answer.
pub(crate) enum Body {
    /// Bytes at hand.
    Whole(Bytes),
    /// So many bytes of a file.
    File { file: File, remaining: u64 },
    /// What goes on happening, until it ends by itself or the client goes.
    Live(Pin<Box<dyn Stream<Item = Bytes> + Send>>),
}

/// How much of a file is read at a time.
const PIECE: usize = 64 * 1024;

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::Whole(text.into())
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Whole(bytes.into())
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Self::Whole(Bytes::from_static(text.as_bytes()))
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::File { remaining: 0, .. } => Poll::Ready(None),
            Self::File { file, remaining } => {
                let piece = ready!(read(file, *remaining, cx))?;
                *remaining -= piece.len() as u64;
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Self::Live(live) => {
                let bytes = ready!(live.as_mut().poll_next(cx));
                Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::File { remaining, .. } => *remaining == 0,
            Self::Live(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::File { remaining, .. } => SizeHint::with_exact(*remaining),
            Self::Live(_) => SizeHint::default(),
        }
    }
}

/// The next piece of a file, at least one byte of it.
fn read(file: &mut File, remaining: u64, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
    let size = usize::try_from(remaining).unwrap_or(PIECE).min(PIECE);
    let mut piece = vec![0; size];
    let mut buffer = ReadBuf::new(&mut piece);
    ready!(Pin::new(file).poll_read(cx, &mut buffer))?;
    let filled = buffer.filled().len();
    if filled == 0 {
        // It has become shorter than was promised.
        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
    }
    piece.truncate(filled);
    Poll::Ready(Ok(piece.into()))
}
