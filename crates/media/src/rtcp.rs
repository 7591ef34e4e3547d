//! RTCP packets (RFC 3550, 6.4 to 6.6) as we read and write them.

use crate::reception::Block;
use rtcp_types::{
    Bye, Compound, Packet, ReceiverReport, ReportBlock, RtcpPacketWriterExt, Sdes, SdesChunk,
    SdesItem, SenderReport,
};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// From 1900 (NTP) to 1970 (UNIX), in seconds.
const NTP_EPOCH: u64 = 2_208_988_800;

/// A report of ours.
pub(crate) struct Report<'a> {
    pub(crate) ssrc: u32,
    pub(crate) cname: &'a str,
    /// If we send.
    pub(crate) sender: Option<SenderInfo>,
    /// If we receive.
    pub(crate) block: Option<BlockInfo>,
    /// The last one.
    pub(crate) bye: bool,
}

/// What we sent so far.
pub(crate) struct SenderInfo {
    pub(crate) ntp: u64,
    pub(crate) timestamp: u32,
    pub(crate) packets: u64,
    pub(crate) octets: u64,
}

/// How we receive, and what they need to reckon the round trip.
pub(crate) struct BlockInfo {
    pub(crate) block: Block,
    /// The middle of the NTP time of their last sender report, and 1/65536 s since it came; zero
    /// without one.
    pub(crate) last_report: u32,
    pub(crate) delay: u32,
}

/// What they tell us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// Their clock.
    Sender { ntp: u64 },
    /// How they receive us; as on the wire.
    Reception {
        cumulative_lost: u32,
        jitter: u32,
        last_report: u32,
        delay: u32,
    },
}

impl Report<'_> {
    /// The datagram; `None` if a figure does not fit its field.
    pub(crate) fn write(&self) -> Option<Vec<u8>> {
        let name =
            SdesChunk::builder(self.ssrc).add_item(SdesItem::builder(SdesItem::CNAME, self.cname));
        let block = self.block.as_ref().map(BlockInfo::builder);
        let compound = match &self.sender {
            Some(sender) => {
                let mut report = SenderReport::builder(self.ssrc)
                    .ntp_timestamp(sender.ntp)
                    .rtp_timestamp(sender.timestamp)
                    .packet_count(sender.packets as u32)
                    .octet_count(sender.octets as u32);
                if let Some(block) = block {
                    report = report.add_report_block(block);
                }
                Compound::builder().add_packet(report)
            }
            None => {
                let mut report = ReceiverReport::builder(self.ssrc);
                if let Some(block) = block {
                    report = report.add_report_block(block);
                }
                Compound::builder().add_packet(report)
            }
        };
        let mut compound = compound.add_packet(Sdes::builder().add_chunk(name));
        if self.bye {
            compound = compound.add_packet(Bye::builder().add_source(self.ssrc));
        }
        let mut datagram = vec![0; 512];
        let length = compound.write_into(&mut datagram).ok()?;
        datagram.truncate(length);
        Some(datagram)
    }
}

impl BlockInfo {
    fn builder(&self) -> rtcp_types::ReportBlockBuilder {
        ReportBlock::builder(self.block.ssrc)
            .fraction_lost(self.block.fraction_lost)
            .cumulative_lost(self.block.cumulative_lost)
            .extended_sequence_number(self.block.extended_sequence)
            .interarrival_jitter(self.block.jitter)
            .last_sender_report_timestamp(self.last_report)
            .delay_since_last_sender_report_timestamp(self.delay)
    }
}

/// Reads a datagram: what it tells of them, and of `ours`. `None` if it is not RTCP; parts we have
/// no use for, or that make no sense, are passed over.
pub(crate) fn read(datagram: &[u8], ours: u32) -> Option<Vec<Told>> {
    let mut told = Vec::new();
    for packet in Compound::parse(datagram).ok()? {
        match packet.ok()? {
            Packet::Sr(report) => {
                told.push(Told::Sender {
                    ntp: report.ntp_timestamp(),
                });
                told.extend(
                    report
                        .report_blocks()
                        .filter_map(|block| about(&block, ours)),
                );
            }
            Packet::Rr(report) => told.extend(
                report
                    .report_blocks()
                    .filter_map(|block| about(&block, ours)),
            ),
            Packet::App(_)
            | Packet::Bye(_)
            | Packet::Sdes(_)
            | Packet::TransportFeedback(_)
            | Packet::PayloadFeedback(_)
            | Packet::Xr(_)
            | Packet::Unknown(_) => {}
        }
    }
    Some(told)
}

fn about(block: &ReportBlock<'_>, ours: u32) -> Option<Told> {
    (block.ssrc() == ours).then(|| Told::Reception {
        cumulative_lost: block.cumulative_lost(),
        jitter: block.interarrival_jitter(),
        last_report: block.last_sender_report_timestamp(),
        delay: block.delay_since_last_sender_report_timestamp(),
    })
}

/// NTP time that never jumps: the wall clock at start, then the monotonic one.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    start: Instant,
    ntp: u64,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let unix = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let ntp = ((unix.as_secs() + NTP_EPOCH) << 32) + fraction(unix.subsec_nanos());
        Self {
            start: Instant::now(),
            ntp,
        }
    }

    /// 32.32 fixed point seconds.
    pub(crate) fn ntp(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.start);
        self.ntp
            .wrapping_add((passed.as_secs() << 32) + fraction(passed.subsec_nanos()))
    }
}

/// The middle of an NTP time: 16.16 fixed point seconds.
pub(crate) fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

fn fraction(nanos: u32) -> u64 {
    (u64::from(nanos) << 32) / 1_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn report(bye: bool) -> Report<'static> {
        let block = Block {
            ssrc: 7,
            fraction_lost: 64,
            cumulative_lost: 3,
            extended_sequence: 65_537,
            jitter: 12,
        };
        Report {
            ssrc: 5,
            cname: "switch",
            sender: Some(SenderInfo {
                ntp: 1 << 40,
                timestamp: 160,
                packets: 2,
                octets: 320,
            }),
            block: Some(BlockInfo {
                block,
                last_report: 9,
                delay: 10,
            }),
            bye,
        }
    }

    #[test]
    fn what_is_written_is_read_by_whom_it_concerns() {
        let datagram = report(true).write().unwrap();
        let reception = Told::Reception {
            cumulative_lost: 3,
            jitter: 12,
            last_report: 9,
            delay: 10,
        };
        assert_eq!(
            read(&datagram, 7),
            Some(vec![Told::Sender { ntp: 1 << 40 }, reception])
        );
        assert_eq!(
            read(&datagram, 8),
            Some(vec![Told::Sender { ntp: 1 << 40 }])
        );
    }

    #[test]
    fn the_first_packet_says_what_it_is() {
        assert_eq!(report(false).write().unwrap()[..2], [0x81, 200]);
        let silent = Report {
            sender: None,
            block: None,
            ..report(false)
        };
        assert_eq!(silent.write().unwrap()[..2], [0x80, 201]);
    }

    #[test]
    fn the_clock_counts_in_fixed_point() {
        let clock = Clock::start();
        let later = clock.start + std::time::Duration::from_millis(1_500);
        assert_eq!(clock.ntp(later) - clock.ntp(clock.start), 3 << 31);
        assert_eq!(middle(0x0001_0002_0003_0004), 0x0002_0003);
    }

    proptest! {
        #[test]
        fn any_datagram_is_read_or_refused(datagram: Vec<u8>) {
            read(&datagram, 7);
        }

        #[test]
        fn any_damage_is_read_or_refused(at in 0..100_usize, byte: u8, cut in 0..100_usize) {
            let mut datagram = report(true).write().unwrap();
            if let Some(place) = datagram.get_mut(at) {
                *place = byte;
            }
            datagram.truncate(datagram.len().saturating_sub(cut));
            read(&datagram, 7);
        }

        #[test]
        fn any_packet_type_is_read_or_refused(kind in 192..224_u8, count: u8, body: Vec<u8>) {
            let mut datagram = vec![0x80 | (count & 0x3f), kind, 0, (body.len() / 4) as u8];
            datagram.extend(&body[..body.len() / 4 * 4]);
            read(&datagram, 7);
        }
    }
}
