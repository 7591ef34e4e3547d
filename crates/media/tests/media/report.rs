//! RTCP: what legs report, what they make of reports, and the figures at the end.

use crate::phone::{PATIENCE, Phone, close, connect, start, start_with};
use media::Format;
use model::MediaReport;
use rtcp_types::{
    Compound, Packet, ReceiverReport, ReportBlock, RtcpPacketWriterExt, SenderReport,
};
use std::path::Path;

/// What a report says, all in one.
#[derive(Debug, Default)]
struct Report {
    ssrc: u32,
    ntp: u64,
    packets: u32,
    octets: u32,
    blocks: Vec<[u32; 6]>,
    cname: String,
    bye: Vec<u32>,
}

fn read(datagram: &[u8]) -> Report {
    let mut report = Report::default();
    let block = |block: ReportBlock<'_>| {
        [
            block.ssrc(),
            block.fraction_lost().into(),
            block.cumulative_lost(),
            block.extended_sequence_number(),
            block.last_sender_report_timestamp(),
            block.delay_since_last_sender_report_timestamp(),
        ]
    };
    for packet in Compound::parse(datagram).unwrap() {
        match packet.unwrap() {
            Packet::Sr(sender) => {
                (report.ssrc, report.ntp) = (sender.ssrc(), sender.ntp_timestamp());
                (report.packets, report.octets) = (sender.packet_count(), sender.octet_count());
                report.blocks = sender.report_blocks().map(block).collect();
            }
            Packet::Rr(receiver) => {
                report.ssrc = receiver.ssrc();
                report.blocks = receiver.report_blocks().map(block).collect();
            }
            Packet::Sdes(names) => {
                let item = names.chunks().next().unwrap().items().next().unwrap();
                report.cname = item.get_value_string().unwrap();
            }
            Packet::Bye(bye) => report.bye = bye.ssrcs().collect(),
            other => panic!("{other:?}"),
        }
    }
    report
}

fn tell(phone: &Phone, packet: &impl RtcpPacketWriterExt) {
    let mut datagram = [0; 256];
    let length = packet.write_into(&mut datagram).unwrap();
    phone
        .rtcp
        .send_to(&datagram[..length], phone.rtcp_address())
        .unwrap();
}

#[test]
fn reports_tell_what_was_sent_received_and_lost() {
    let (media, reports) = start_with(23_900..=23_999, Path::new("/nonexistent"), |_| true);
    let alice = Phone::new(&media, Format::Ulaw);
    connect(&media, &alice, &alice);
    tell(
        &alice,
        &SenderReport::builder(alice.ssrc).ntp_timestamp(0x1234_5678_9abc_def0),
    );
    // The 4th, 8th … of 40 get lost.
    let mut ours = 0;
    for n in (1..=40_u16).filter(|n| n % 4 != 0 || *n == 40) {
        alice.say(n, 0, &[0x55; 160]);
        ours = alice.hear().ssrc;
    }
    let report = read(&alice.hear_rtcp());
    assert_eq!(
        (report.ssrc, report.packets, report.octets),
        (ours, 31, 31 * 160)
    );
    let [[ssrc, fraction, lost, sequence, last_report, delay]] = report.blocks[..] else {
        panic!("{report:?}")
    };
    assert_eq!(
        (ssrc, fraction, lost, sequence),
        (alice.ssrc, 9 * 256 / 40, 9, 40)
    );
    assert_eq!(last_report, 0x5678_9abc);
    assert!((65_536..8 * 65_536).contains(&delay), "{delay}");
    assert_eq!((report.cname.len(), report.bye.len()), (24, 0));
    let MediaReport::Quality {
        media: leg,
        quality,
    } = reports.recv_timeout(PATIENCE).unwrap()
    else {
        panic!()
    };
    assert_eq!((leg, quality.sent, quality.lost), (alice.leg.id, 31, 9));

    // They waited no time to answer: what has passed since is the round trip.
    let block = ReportBlock::builder(ours)
        .cumulative_lost(5)
        .interarrival_jitter(16)
        .last_sender_report_timestamp((report.ntp >> 16) as u32);
    tell(
        &alice,
        &ReceiverReport::builder(alice.ssrc).add_report_block(block),
    );
    alice.say(41, 0, &[0x55; 160]);
    alice.hear();

    let quality = close(&media, alice.leg.id).unwrap();
    let last = read(&alice.hear_rtcp());
    assert_eq!(
        (last.bye, last.packets, last.cname),
        (vec![ours], 32, report.cname)
    );
    assert_eq!((quality.ssrc, quality.their_ssrc), (ours, alice.ssrc));
    assert_eq!((quality.received, quality.lost), (32, 9));
    assert_eq!((quality.sent, quality.their_lost), (32, 5));
    assert_eq!(
        (quality.loss.max, quality.loss.min, quality.their_loss.last),
        (9.0, 0.0, 5.0)
    );
    assert_eq!(quality.their_jitter.last, 0.002);
    assert!(quality.jitter.max > 0.0 && quality.jitter.max < 1.0);
    assert!(
        quality.round_trip.last < 1.0 && quality.round_trip.max > 0.0,
        "{:?}",
        quality.round_trip
    );
}

#[test]
fn reports_of_strangers_are_not_believed() {
    let (media, _reports) = start(24_000..=24_099, Path::new("/nonexistent"));
    let (alice, bob) = (
        Phone::new(&media, Format::Ulaw),
        Phone::new(&media, Format::Ulaw),
    );
    connect(&media, &alice, &alice);
    alice.say(1, 0, &[1; 160]);
    let ours = alice.hear().ssrc;
    tell(
        &alice,
        &ReceiverReport::builder(1).add_report_block(ReportBlock::builder(ours).cumulative_lost(1)),
    );
    alice.say(2, 0, &[1; 160]);
    alice.hear();
    let forged = ReceiverReport::builder(1)
        .add_report_block(ReportBlock::builder(ours).cumulative_lost(500));
    let mut datagram = [0; 256];
    let length = forged.write_into(&mut datagram).unwrap();
    bob.rtcp
        .send_to(&datagram[..length], alice.rtcp_address())
        .unwrap();
    alice.say(3, 0, &[1; 160]);
    alice.hear();
    assert_eq!(close(&media, alice.leg.id).unwrap().their_lost, 1);
}

#[test]
fn who_only_listens_says_so_and_goodbye() {
    let (media, _reports) = start(24_100..=24_199, Path::new("/nonexistent"));
    let alice = Phone::new(&media, Format::Ulaw);
    let quality = close(&media, alice.leg.id).unwrap();
    let report = read(&alice.hear_rtcp());
    assert_eq!(
        (report.packets, report.blocks.len(), report.bye),
        (0, 0, vec![quality.ssrc])
    );
    assert_eq!(
        (quality.received, quality.sent, quality.their_ssrc),
        (0, 0, 0)
    );
}
