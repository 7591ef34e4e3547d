//! What we count of a stream received (RFC 3550, 6.4.1 and appendix A.1, A.3, A.8).

use crate::codec::RATE;
use crate::packet::{Header, Packet};
use crate::quality::Tally;
use std::time::{Duration, Instant};

/// A jump forward of so many packets is a restart of the source, not loss (A.1).
const MAX_DROPOUT: u16 = 3_000;
/// So many packets late is reordering, more is a restart.
const MAX_MISORDER: u16 = 100;

/// Counts of all streams a leg received, one after the other.
#[derive(Default)]
pub(crate) struct Reception {
    stream: Option<Stream>,
    /// Packets, and packets lost, of streams that ended.
    before: (u64, u64),
    jitter: Tally,
    loss: Tally,
}

/// One synchronisation source.
struct Stream {
    ssrc: u32,
    base: u16,
    max: u16,
    cycles: u32,
    /// After a jump: the sequence number that would prove a restart.
    restart: Option<u16>,
    received: u64,
    /// Expected and received at the last report.
    reported: (u64, u64),
    /// Arrival and timestamp of the last packet of sound.
    last: Option<(Instant, u32)>,
    /// In timestamp units.
    jitter: f64,
}

/// What a report block says of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) ssrc: u32,
    pub(crate) fraction_lost: u8,
    pub(crate) cumulative_lost: u32,
    pub(crate) extended_sequence: u32,
    pub(crate) jitter: u32,
}

impl Reception {
    /// Counts a packet. `paced` says that its timestamp is the time it was sent (sound), so that
    /// it tells of jitter.
    pub(crate) fn count(&mut self, packet: &Packet<'_>, paced: bool, now: Instant) {
        let goes_on = self
            .stream
            .as_mut()
            .is_some_and(|stream| stream.takes(packet));
        let stream = match &mut self.stream {
            Some(stream) if goes_on => stream,
            Some(_) | None => self.start(packet),
        };
        stream.received += 1;
        if paced && let Some(jitter) = stream.pace(packet.header, now) {
            self.jitter.add(jitter / f64::from(RATE));
        }
    }

    /// Ends a report interval and says what is to be reported, if anything was received.
    pub(crate) fn report(&mut self) -> Option<Block> {
        let stream = self.stream.as_mut()?;
        let (expected, received) = (stream.expected(), stream.received);
        let (expected_before, received_before) =
            std::mem::replace(&mut stream.reported, (expected, received));
        let interval = expected.saturating_sub(expected_before);
        let lost = interval.saturating_sub(received - received_before);
        self.loss.add(lost as f64);
        Some(Block {
            ssrc: stream.ssrc,
            fraction_lost: (lost * 256)
                .checked_div(interval)
                .map_or(0, |part| part.min(255) as u8),
            cumulative_lost: stream.lost().min(0x7f_ffff) as u32,
            extended_sequence: stream.cycles.wrapping_add(stream.max.into()),
            jitter: stream.jitter as u32,
        })
    }

    /// The source heard last, 0 before any.
    pub(crate) fn ssrc(&self) -> u32 {
        self.stream.as_ref().map_or(0, |stream| stream.ssrc)
    }

    /// Packets received.
    pub(crate) fn received(&self) -> u64 {
        self.before.0 + self.stream.as_ref().map_or(0, |stream| stream.received)
    }

    /// Packets missed.
    pub(crate) fn lost(&self) -> u64 {
        self.before.1 + self.stream.as_ref().map_or(0, Stream::lost)
    }

    /// Jitter in seconds.
    pub(crate) fn jitter(&self) -> &Tally {
        &self.jitter
    }

    /// Packets lost in each report interval.
    pub(crate) fn loss(&self) -> &Tally {
        &self.loss
    }

    fn start(&mut self, packet: &Packet<'_>) -> &mut Stream {
        self.before = (self.received(), self.lost());
        let sequence = packet.header.sequence;
        self.stream.insert(Stream {
            ssrc: packet.ssrc,
            base: sequence,
            max: sequence,
            cycles: 0,
            restart: None,
            received: 0,
            reported: (0, 0),
            last: None,
            jitter: 0.0,
        })
    }
}

impl Stream {
    /// Follows the sequence number; `false` if it is another source or this one has restarted.
    fn takes(&mut self, packet: &Packet<'_>) -> bool {
        let sequence = packet.header.sequence;
        if packet.ssrc != self.ssrc {
            return false;
        }
        let ahead = sequence.wrapping_sub(self.max);
        if ahead < MAX_DROPOUT {
            if sequence < self.max {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.max = sequence;
            self.restart = None;
        } else if ahead <= u16::MAX - MAX_MISORDER {
            // Two packets in a row after a jump prove a restart; a single one may be a stray.
            if self.restart == Some(sequence) {
                return false;
            }
            self.restart = Some(sequence.wrapping_add(1));
        }
        true
    }

    fn expected(&self) -> u64 {
        (u64::from(self.cycles) + u64::from(self.max)).saturating_sub(self.base.into()) + 1
    }

    fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    /// The jitter after a packet of sound; the first one has none.
    fn pace(&mut self, header: Header, now: Instant) -> Option<f64> {
        let (before, timestamp) = self.last.replace((now, header.timestamp))?;
        let arrival = samples(now.saturating_duration_since(before));
        let sent = f64::from(header.timestamp.wrapping_sub(timestamp).cast_signed());
        // A pause or a clock set anew is no jitter.
        if (arrival - sent).abs() < f64::from(RATE) {
            self.jitter += ((arrival - sent).abs() - self.jitter) / 16.0;
        }
        Some(self.jitter)
    }
}

fn samples(time: Duration) -> f64 {
    time.as_secs_f64() * f64::from(RATE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn packet(ssrc: u32, sequence: u16) -> Packet<'static> {
        let timestamp = u32::from(sequence) * 160;
        Packet {
            header: Header {
                marker: false,
                sequence,
                timestamp,
            },
            ssrc,
            payload_type: 0,
            payload: &[],
        }
    }

    fn hear(reception: &mut Reception, ssrc: u32, sequences: impl IntoIterator<Item = u16>) {
        let start = Instant::now();
        for sequence in sequences {
            let now = start + Duration::from_millis(20) * u32::from(sequence);
            reception.count(&packet(ssrc, sequence), true, now);
        }
    }

    #[test]
    fn loss_is_reported_per_interval_and_in_all() {
        let mut reception = Reception::default();
        assert_eq!(reception.report(), None);
        hear(
            &mut reception,
            7,
            (1..=10).filter(|n| n % 5 != 0 || *n == 10),
        );
        let block = reception.report().unwrap();
        assert_eq!(
            (block.ssrc, block.cumulative_lost, block.extended_sequence),
            (7, 1, 10)
        );
        assert_eq!(block.fraction_lost, 25);
        hear(&mut reception, 7, 11..=20);
        assert_eq!(reception.report().unwrap().fraction_lost, 0);
        assert_eq!((reception.received(), reception.lost()), (19, 1));
        let loss = reception.loss().spread();
        assert_eq!((loss.min, loss.max, loss.mean), (0.0, 1.0, 0.5));
    }

    #[test]
    fn sequence_numbers_wrap_and_come_late() {
        let mut reception = Reception::default();
        hear(&mut reception, 7, [65_534, 65_535, 1, 0, 2]);
        let block = reception.report().unwrap();
        assert_eq!(
            (block.extended_sequence, block.cumulative_lost),
            (65_538, 0)
        );
    }

    #[test]
    fn a_new_source_or_a_restart_is_no_loss() {
        let mut reception = Reception::default();
        hear(&mut reception, 7, 1..=5);
        hear(&mut reception, 8, 30_000..=30_004);
        hear(&mut reception, 8, 10_000..=10_004);
        assert_eq!(reception.ssrc(), 8);
        assert_eq!((reception.received(), reception.lost()), (15, 0));
    }

    #[test]
    fn jitter_is_in_seconds_and_nil_for_a_steady_stream() {
        let mut reception = Reception::default();
        hear(&mut reception, 7, 1..=50);
        assert!(reception.jitter().spread().max < 1e-6);
        let late = Instant::now();
        let mut reception = Reception::default();
        reception.count(&packet(7, 1), true, late);
        reception.count(&packet(7, 2), true, late + Duration::from_millis(36));
        assert!((reception.jitter().spread().last - 0.001).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn any_order_of_packets_is_counted(sequences: Vec<(u16, bool)>) {
            let mut reception = Reception::default();
            for (sequence, report) in &sequences {
                reception.count(&packet(1, *sequence), true, Instant::now());
                if *report {
                    reception.report();
                }
            }
            prop_assert_eq!(reception.received(), sequences.len() as u64);
        }
    }
}
