//! A playback, as the media thread sees it: pieces come from the reader, frames go out by the clock.

use crate::codec::FRAME;
use crate::reader::{Failure, Piece};
use model::PlayId;
use std::sync::mpsc::{Receiver, TryRecvError};

/// Files being played into a leg.
pub(crate) struct Playback {
    pub(crate) play: PlayId,
    pieces: Receiver<Piece>,
    /// Samples at hand.
    samples: Vec<i16>,
    /// How many of them were played.
    at: usize,
    /// Set once the reader had no more.
    end: Option<Vec<Failure>>,
}

/// What a tick plays.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// 20 ms of sound.
    Frame(Vec<i16>),
    /// Nothing: the reader is late.
    Late,
    /// Nothing any more.
    End(Vec<Failure>),
}

impl Playback {
    pub(crate) fn new(play: PlayId, pieces: Receiver<Piece>) -> Self {
        Self {
            play,
            pieces,
            samples: Vec::new(),
            at: 0,
            end: None,
        }
    }

    /// Goes 20 ms further. The last frame is filled up with silence.
    pub(crate) fn next(&mut self) -> Next {
        while self.samples.len() - self.at < FRAME && self.end.is_none() {
            match self.pieces.try_recv() {
                Ok(Piece::Samples(samples)) => {
                    self.samples.drain(..self.at);
                    self.at = 0;
                    self.samples.extend(samples);
                }
                Ok(Piece::End(failed)) => self.end = Some(failed),
                Err(TryRecvError::Empty) => return Next::Late,
                Err(TryRecvError::Disconnected) => self.end = Some(Vec::new()),
            }
        }
        let until = self.samples.len().min(self.at + FRAME);
        if until == self.at {
            return Next::End(self.end.take().unwrap_or_default());
        }
        let mut frame = self.samples[self.at..until].to_vec();
        frame.resize(FRAME, 0);
        self.at = until;
        Next::Frame(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;

    #[test]
    fn pieces_become_frames() {
        let (to, pieces) = sync_channel(8);
        let mut playback = Playback::new(PlayId(1), pieces);
        assert_eq!(playback.next(), Next::Late);
        to.send(Piece::Samples(vec![1; FRAME + 1])).unwrap();
        assert_eq!(playback.next(), Next::Frame(vec![1; FRAME]));
        assert_eq!(playback.next(), Next::Late);
        to.send(Piece::Samples(vec![2; FRAME])).unwrap();
        to.send(Piece::End(Vec::new())).unwrap();
        let mut mixed = vec![2; FRAME];
        mixed[0] = 1;
        assert_eq!(playback.next(), Next::Frame(mixed));
        let mut last = vec![0; FRAME];
        last[0] = 2;
        assert_eq!(playback.next(), Next::Frame(last));
        assert_eq!(playback.next(), Next::End(Vec::new()));
    }
}
