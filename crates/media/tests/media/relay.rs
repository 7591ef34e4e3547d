//! Sound between phones: relayed, echoed, transcoded, mixed; and whom a leg listens to.

use crate::phone::{DIGITS, LOOPBACK, Packet, Phone, close, connect, send, start};
use media::{Direction, Format};
use model::{MediaInstruction, MediaReport};
use std::net::UdpSocket;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

fn nowhere() -> &'static Path {
    Path::new("/nonexistent")
}

/// A payload unlike any other.
fn payload(call: u16, n: u16) -> Vec<u8> {
    (0..160_u16)
        .map(|at| (call.wrapping_mul(31) ^ n.wrapping_mul(7) ^ at) as u8)
        .collect()
}

#[test]
fn fifty_calls_lose_nothing_and_change_nothing() {
    const CALLS: u16 = 50;
    const PACKETS: u16 = 100;
    let (media, reports) = start(22_000..=22_399, nowhere());
    let calls: Vec<[Phone; 2]> = (0..CALLS)
        .map(|_| {
            let pair = [
                Phone::new(&media, Format::Ulaw),
                Phone::new(&media, Format::Ulaw),
            ];
            connect(&media, &pair[0], &pair[1]);
            connect(&media, &pair[1], &pair[0]);
            pair
        })
        .collect();
    let start = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..PACKETS {
                thread::sleep(
                    (Duration::from_millis(20) * u32::from(n)).saturating_sub(start.elapsed()),
                );
                for (call, [alice, bob]) in (0..).zip(&calls) {
                    alice.say(n, 0, &payload(call, n));
                    bob.say(n, 0, &payload(call + 1_000, n));
                }
            }
        });
        for n in 0..PACKETS {
            for (call, [alice, bob]) in (0..).zip(&calls) {
                assert_eq!(
                    bob.hear().payload,
                    payload(call, n),
                    "call {call}, packet {n}"
                );
                assert_eq!(
                    alice.hear().payload,
                    payload(call + 1_000, n),
                    "call {call}, packet {n}"
                );
            }
        }
    });
    for phone in calls.iter().flatten() {
        let quality = close(&media, phone.leg.id).unwrap();
        assert_eq!(
            (quality.received, quality.sent, quality.lost),
            (100, 100, 0)
        );
        assert_eq!(quality.their_ssrc, phone.ssrc);
    }
    assert_eq!(media.overruns(), 0);
    assert!(reports.try_recv().is_err());
}

#[test]
fn an_echo_comes_back_bit_for_bit_in_one_stream() {
    let (media, _reports) = start(22_400..=22_499, nowhere());
    let alice = Phone::new(&media, Format::Alaw);
    connect(&media, &alice, &alice);
    let said = [65_534, 65_535, 1, 0, 2];
    let heard = said.map(|n: u16| {
        alice.say(n, 8, &payload(1, n));
        alice.hear()
    });
    for (n, packet) in said.iter().zip(&heard) {
        assert_eq!((packet.payload_type, &packet.payload), (8, &payload(1, *n)));
        assert_eq!(
            packet.sequence.wrapping_sub(heard[0].sequence),
            n.wrapping_sub(said[0])
        );
    }
    assert!(heard[0].marker);
    assert!(
        heard
            .iter()
            .all(|packet| packet.ssrc == heard[0].ssrc && packet.ssrc != alice.ssrc)
    );
}

#[test]
fn formats_are_transcoded_either_way() {
    let (media, _reports) = start(22_500..=22_599, nowhere());
    let (alice, bob) = (
        Phone::new(&media, Format::Ulaw),
        Phone::new(&media, Format::Alaw),
    );
    connect(&media, &alice, &bob);
    connect(&media, &bob, &alice);
    // Silence, the loudest, and a middling step, in both laws (G.711, tables 1 and 2).
    alice.say(1, 0, &[0xff, 0x80, 0x00, 0xce]);
    let heard = bob.hear();
    assert_eq!(
        (heard.payload_type, &heard.payload[..3]),
        (8, &[0xd5, 0xaa, 0x2a][..])
    );
    bob.say(1, 8, &[0xd5, 0xaa, 0x2a]);
    let heard = alice.hear();
    assert_eq!((heard.payload_type, heard.payload.len()), (0, 3));
    assert_eq!(heard.payload[1..], [0x80, 0x00]);
}

#[test]
fn numbers_go_on_when_the_speaker_changes() {
    let (media, _reports) = start(22_600..=22_699, nowhere());
    let [alice, bob, carol] = [(); 3].map(|()| Phone::new(&media, Format::Ulaw));
    connect(&media, &alice, &bob);
    alice.say(100, 0, &payload(1, 1));
    let first = bob.hear();
    media.instruct(MediaInstruction::Disconnect {
        from: alice.leg.id.into(),
        to: bob.leg.id,
    });
    connect(&media, &carol, &bob);
    carol.say(7_000, 0, &payload(2, 1));
    let second = bob.hear();
    assert_eq!(second.payload, payload(2, 1));
    assert_eq!(
        (second.ssrc, second.sequence),
        (first.ssrc, first.sequence.wrapping_add(1))
    );
    assert!(
        (160..8_000).contains(&second.timestamp.wrapping_sub(first.timestamp)) && second.marker
    );
    alice.say(101, 0, &payload(1, 2));
    bob.hears_nothing();
}

#[test]
fn a_leg_hears_louder_or_less() {
    let (media, _reports) = start(26_100..=26_199, nowhere());
    let [alice, bob] = [(); 2].map(|()| Phone::new(&media, Format::Ulaw));
    connect(&media, &alice, &bob);
    let volume = |volume| {
        let media_id = bob.leg.id;
        media.instruct(MediaInstruction::Volume {
            media: media_id,
            volume,
        });
    };
    // 988 twice is 1,976, which µ-law says as 1,980.
    volume(2);
    alice.say(0, 0, &[0xce; 160]);
    assert_eq!(bob.hear().payload, [0xbf; 160]);
    volume(0);
    alice.say(1, 0, &[0xce; 160]);
    assert_eq!(bob.hear().payload, [0xce; 160]);
}

#[test]
fn several_speakers_are_mixed() {
    let (media, _reports) = start(22_700..=22_799, nowhere());
    let [alice, bob, carol] = [(); 3].map(|()| Phone::new(&media, Format::Ulaw));
    connect(&media, &alice, &carol);
    connect(&media, &bob, &carol);
    // 988 and 2,108 make 3,096, which µ-law says as 3,132.
    for n in 0..2 {
        alice.say(n, 0, &[0xce; 160]);
        bob.say(n, 0, &[0xbe; 160]);
    }
    let heard = [carol.hear(), carol.hear()];
    let both = heard
        .iter()
        .filter(|packet| packet.payload == [0xb6; 160])
        .count();
    assert!(both >= 1, "{:x?}", heard.map(|packet| packet.payload[0]));

    // None of their packets is passed on, digits neither, until one is left.
    let key = |n| alice.packet(n, DIGITS, &[7, 0x8a, 3, 0x20]);
    send(&alice.rtp, alice.leg.address, &key(2));
    carol.hears_nothing();
    media.instruct(MediaInstruction::Disconnect {
        from: bob.leg.id.into(),
        to: carol.leg.id,
    });
    alice.say(3, 0, &payload(1, 3));
    assert_eq!(carol.hear().payload, payload(1, 3));
    send(&alice.rtp, alice.leg.address, &key(4));
    assert_eq!(carol.hear().payload_type, DIGITS);
    carol.hears_nothing();
}

#[test]
fn a_held_leg_is_neither_heard_nor_told() {
    let (media, _reports) = start(22_800..=22_899, nowhere());
    let (alice, bob) = (
        Phone::new(&media, Format::Ulaw),
        Phone::new(&media, Format::Ulaw),
    );
    connect(&media, &alice, &bob);
    connect(&media, &bob, &alice);
    bob.point(&media, Format::Ulaw, |remote| {
        remote.direction = Direction::Inactive
    });
    alice.say(1, 0, &payload(1, 1));
    bob.say(1, 0, &payload(2, 1));
    bob.hears_nothing();
    alice.hears_nothing();
    bob.point(&media, Format::Ulaw, |_| ());
    alice.say(2, 0, &payload(1, 2));
    assert_eq!(bob.hear().payload, payload(1, 2));
}

#[test]
fn the_sender_s_address_is_learnt_and_strangers_are_refused() {
    let (media, _reports) = start(22_900..=22_999, nowhere());
    let alice = Phone::unpointed(&media);
    let told = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    // As behind a NAT: SDP tells an address nothing comes from.
    alice.point(&media, Format::Ulaw, |remote| {
        remote.rtp = told.local_addr().unwrap()
    });
    connect(&media, &alice, &alice);
    alice.say(1, 0, &payload(1, 1));
    assert_eq!(alice.hear().payload, payload(1, 1));

    let stranger = UdpSocket::bind((LOOPBACK, 0)).unwrap();
    send(
        &stranger,
        alice.leg.address,
        &alice.packet(2, 0, &payload(9, 9)),
    );
    alice.hears_nothing();
    alice.say(2, 0, &payload(1, 2));
    assert_eq!(alice.hear().payload, payload(1, 2));
    assert_eq!(close(&media, alice.leg.id).unwrap().received, 2);
}

#[test]
fn an_asymmetric_far_end_is_answered_where_it_says() {
    let (media, _reports) = start(23_000..=23_099, nowhere());
    let (alice, bob) = (
        Phone::new(&media, Format::Ulaw),
        Phone::new(&media, Format::Ulaw),
    );
    alice.point(&media, Format::Ulaw, |remote| {
        (remote.rtp, remote.symmetric) = (bob.rtp.local_addr().unwrap(), false);
    });
    connect(&media, &alice, &alice);
    alice.say(1, 0, &payload(1, 1));
    let mut datagram = [0; 2_048];
    let (length, _) = bob.rtp.recv_from(&mut datagram).unwrap();
    assert_eq!(datagram[12..length], payload(1, 1));
}

#[test]
fn digits_are_reported_relayed_and_sent() {
    let (media, reports) = start(23_100..=23_199, nowhere());
    let (alice, bob) = (
        Phone::new(&media, Format::Ulaw),
        Phone::new(&media, Format::Ulaw),
    );
    bob.point(&media, Format::Ulaw, |remote| {
        remote.telephone_event = Some(96)
    });
    connect(&media, &alice, &bob);
    let ended = [5, 0x8a, 3, 0x20];
    for (n, event) in (1..).zip([[5, 10, 0, 160], ended, ended, ended]) {
        let packet = Packet {
            timestamp: 800,
            ..alice.packet(n, DIGITS, &event)
        };
        send(&alice.rtp, alice.leg.address, &packet);
        let heard = bob.hear();
        assert_eq!((heard.payload_type, &heard.payload[..]), (96, &event[..]));
    }
    let media_id = alice.leg.id;
    let told: Vec<MediaReport> = reports.try_iter().collect();
    let expected = [
        MediaReport::DigitBegan {
            media: media_id,
            digit: '5',
        },
        MediaReport::Digit {
            media: media_id,
            digit: '5',
            milliseconds: 100,
        },
    ];
    assert_eq!(told, expected);

    media.send_digit(media_id, '#', 80);
    let sent = [(); 6].map(|()| alice.hear());
    assert!(
        sent.iter()
            .all(|packet| packet.timestamp == sent[0].timestamp && packet.payload_type == DIGITS)
    );
    assert_eq!(sent.iter().filter(|packet| packet.marker).count(), 1);
    assert_eq!(sent[0].payload, [11, 10, 0, 160]);
    assert_eq!(
        sent[3..]
            .iter()
            .map(|packet| &packet.payload[..])
            .collect::<Vec<_>>(),
        [[11, 0x8a, 2, 0x80]; 3]
    );
    alice.hears_nothing();

    // Digits that may be codes are the switch's alone.
    media.instruct(MediaInstruction::Connect {
        from: alice.leg.id.into(),
        to: bob.leg.id,
        digits: false,
    });
    let packet = Packet {
        timestamp: 8_000,
        ..alice.packet(9, DIGITS, &[7, 0x8a, 3, 0x20])
    };
    send(&alice.rtp, alice.leg.address, &packet);
    alice.say(10, 0, &payload(1, 1));
    assert_eq!(bob.hear().payload, payload(1, 1));
}

#[test]
fn ports_run_out_and_come_back() {
    let (media, _reports) = start(23_200..=23_203, nowhere());
    let legs = [media.open(LOOPBACK).unwrap(), media.open(LOOPBACK).unwrap()];
    assert_ne!(legs[0].id, legs[1].id);
    assert!(legs.iter().all(|leg| leg.address.port() % 2 == 0));
    assert_eq!(
        media.open(LOOPBACK).unwrap_err().kind(),
        std::io::ErrorKind::AddrNotAvailable
    );
    assert_eq!(close(&media, legs[0].id), None, "it was never pointed");
    assert_eq!(
        media.open(LOOPBACK).unwrap().address.port(),
        legs[0].address.port()
    );
    assert_eq!(close(&media, model::MediaId(99)), None);
}

#[test]
fn rubbish_on_either_port_hurts_nobody() {
    let (media, _reports) = start(23_300..=23_399, nowhere());
    let alice = Phone::new(&media, Format::Ulaw);
    connect(&media, &alice, &alice);
    let mut rubbish = alice.packet(1, 0, &payload(1, 1)).bytes();
    for n in 0..2_000_usize {
        let at = n * 7 % rubbish.len();
        rubbish[at] = rubbish[at].wrapping_mul(5).wrapping_add(n as u8);
        let length = n * 13 % rubbish.len();
        alice
            .rtp
            .send_to(&rubbish[..length], alice.rtcp_address())
            .unwrap();
        // Not version 2, so none of it may be echoed.
        rubbish[0] &= 0x7f;
        alice
            .rtp
            .send_to(&rubbish[..length], alice.leg.address)
            .unwrap();
    }
    alice.say(1, 0, &payload(1, 1));
    assert_eq!(alice.hear().payload, payload(1, 1));
}
