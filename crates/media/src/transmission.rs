//! What we send to a far end: one continuous stream, wherever the sound comes from.

use crate::codec::{FRAME, RATE};
use crate::packet::Header;
use model::MediaId;
use std::time::{Duration, Instant};

/// A stream being sent. Its sequence numbers and timestamps go on when the source of the sound
/// changes (RFC 3550, 5.1), while within a source gaps and reordering are kept as they came.
pub(crate) struct Transmission {
    sequence: u16,
    timestamp: u32,
    /// When `timestamp` was now; `None` before the first packet.
    stamped: Option<Instant>,
    feed: Feed,
    packets: u64,
    octets: u64,
}

/// Where the packets come from.
#[derive(Clone, Copy)]
enum Feed {
    /// From nowhere yet, or nowhere any more: the next packet begins a talk spurt.
    Nothing,
    /// From us: a playback, a tone, a mix.
    Ours,
    /// From us: the digit that began at `timestamp`.
    Digit,
    /// From another leg; its numbers are shifted by so much.
    Leg {
        from: MediaId,
        ssrc: u32,
        sequence: u16,
        timestamp: u32,
    },
}

impl Transmission {
    pub(crate) fn new(sequence: u16, timestamp: u32) -> Self {
        Self {
            sequence,
            timestamp,
            stamped: None,
            feed: Feed::Nothing,
            packets: 0,
            octets: 0,
        }
    }

    /// The place of a packet relayed from `from`.
    pub(crate) fn relay(
        &mut self,
        from: MediaId,
        ssrc: u32,
        theirs: Header,
        now: Instant,
    ) -> Header {
        if let Feed::Leg {
            from: of,
            ssrc: s,
            sequence,
            timestamp,
        } = self.feed
            && of == from
            && s == ssrc
        {
            let ours = Header {
                sequence: theirs.sequence.wrapping_add(sequence),
                timestamp: theirs.timestamp.wrapping_add(timestamp),
                ..theirs
            };
            if ours.sequence.wrapping_sub(self.sequence) < 0x8000 {
                (self.sequence, self.timestamp) = (ours.sequence, ours.timestamp);
                self.stamped = Some(now);
            }
            return ours;
        }
        let ours = self.begin(now);
        self.feed = Feed::Leg {
            from,
            ssrc,
            sequence: ours.sequence.wrapping_sub(theirs.sequence),
            timestamp: ours.timestamp.wrapping_sub(theirs.timestamp),
        };
        ours
    }

    /// The place of the next 20 ms of our own sound.
    pub(crate) fn frame(&mut self, now: Instant) -> Header {
        let header = match self.feed {
            Feed::Ours => self.advance(FRAME as u32, now),
            Feed::Nothing | Feed::Digit | Feed::Leg { .. } => self.begin(now),
        };
        self.feed = Feed::Ours;
        header
    }

    /// The place of a packet about a digit: all share the time of the first (RFC 4733, 2.2.2).
    pub(crate) fn digit(&mut self, first: bool, now: Instant) -> Header {
        if first {
            self.feed = Feed::Digit;
            return self.begin(now);
        }
        self.sequence = self.sequence.wrapping_add(1);
        Header {
            marker: false,
            sequence: self.sequence,
            timestamp: self.timestamp,
        }
    }

    /// There is nothing to send for now.
    pub(crate) fn pause(&mut self) {
        self.feed = Feed::Nothing;
    }

    /// Counts a packet sent.
    pub(crate) fn sent(&mut self, octets: usize) {
        self.packets += 1;
        self.octets += octets as u64;
    }

    /// Packets sent.
    pub(crate) fn packets(&self) -> u64 {
        self.packets
    }

    /// Octets of payload sent.
    pub(crate) fn octets(&self) -> u64 {
        self.octets
    }

    /// The timestamp of this moment.
    pub(crate) fn timestamp(&self, now: Instant) -> u32 {
        self.timestamp.wrapping_add(self.elapsed(now))
    }

    /// The first packet of a talk spurt: the next in sequence, as much later as time has passed.
    fn begin(&mut self, now: Instant) -> Header {
        let passed = match self.stamped {
            Some(_) => self.elapsed(now).max(FRAME as u32),
            None => 0,
        };
        Header {
            marker: true,
            ..self.advance(passed, now)
        }
    }

    fn advance(&mut self, samples: u32, now: Instant) -> Header {
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(samples);
        self.stamped = Some(now);
        Header {
            marker: false,
            sequence: self.sequence,
            timestamp: self.timestamp,
        }
    }

    fn elapsed(&self, now: Instant) -> u32 {
        let passed = self
            .stamped
            .map_or(Duration::ZERO, |then| now.saturating_duration_since(then));
        (passed.as_micros() * u128::from(RATE) / 1_000_000) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: MediaId = MediaId(1);
    const B: MediaId = MediaId(2);

    fn header(sequence: u16, timestamp: u32) -> Header {
        Header {
            marker: false,
            sequence,
            timestamp,
        }
    }

    #[test]
    fn a_source_keeps_its_gaps_and_order() {
        let (mut sent, now) = (Transmission::new(99, 1_000), Instant::now());
        assert_eq!(
            sent.relay(A, 7, header(65_535, 0), now),
            Header {
                marker: true,
                ..header(100, 1_000)
            }
        );
        assert_eq!(sent.relay(A, 7, header(2, 480), now), header(103, 1_480));
        assert_eq!(sent.relay(A, 7, header(1, 320), now), header(102, 1_320));
        assert_eq!(sent.relay(A, 7, header(3, 640), now), header(104, 1_640));
    }

    #[test]
    fn numbers_go_on_when_the_source_changes() {
        let (mut sent, start) = (Transmission::new(99, 1_000), Instant::now());
        sent.relay(A, 7, header(5, 500), start);
        let later = start + Duration::from_millis(100);
        assert_eq!(
            sent.relay(B, 9, header(900, 77), later),
            Header {
                marker: true,
                ..header(101, 1_800)
            }
        );
        let later = later + Duration::from_millis(5);
        assert_eq!(
            sent.relay(B, 10, header(3, 3), later),
            Header {
                marker: true,
                ..header(102, 1_960)
            }
        );
        assert_eq!(
            sent.frame(later),
            Header {
                marker: true,
                ..header(103, 2_120)
            }
        );
        assert_eq!(sent.frame(later), header(104, 2_280));
        assert_eq!(sent.timestamp(later + Duration::from_millis(10)), 2_360);
    }

    #[test]
    fn a_digit_stands_still_in_time_and_sound_goes_on_after_it() {
        let (mut sent, start) = (Transmission::new(0, 0), Instant::now());
        sent.frame(start);
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(
            sent.digit(true, at(20)),
            Header {
                marker: true,
                ..header(2, 160)
            }
        );
        assert_eq!(sent.digit(false, at(40)), header(3, 160));
        sent.pause();
        assert_eq!(
            sent.frame(at(80)),
            Header {
                marker: true,
                ..header(4, 640)
            }
        );
    }
}
