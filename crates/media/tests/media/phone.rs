//! A phone without signalling: sends and receives RTP and RTCP by hand.

use media::{Direction, Format, Handle, Leg, Remote, Settings};
use model::{AudioQuality, MediaId, MediaInstruction, MediaReport};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

pub(crate) const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// Long enough to say that nothing comes.
pub(crate) const QUIET: Duration = Duration::from_millis(100);
/// The payload type our phones take digits by.
pub(crate) const DIGITS: u8 = 101;

pub(crate) struct Phone {
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    pub(crate) leg: Leg,
    pub(crate) ssrc: u32,
}

/// An RTP packet, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    pub(crate) ssrc: u32,
    pub(crate) payload: Vec<u8>,
}

/// Starts media on its own ports; the reports come on the receiver, but for figures.
pub(crate) fn start(
    ports: std::ops::RangeInclusive<u16>,
    sounds: &std::path::Path,
) -> (Handle, Receiver<MediaReport>) {
    let is_wanted = |report: &MediaReport| !matches!(report, MediaReport::Quality { .. });
    start_with(ports, sounds, is_wanted)
}

/// Starts media on its own ports; the reports that are wanted come on the receiver.
pub(crate) fn start_with(
    ports: std::ops::RangeInclusive<u16>,
    sounds: &std::path::Path,
    is_wanted: fn(&MediaReport) -> bool,
) -> (Handle, Receiver<MediaReport>) {
    let (sender, reports) = channel();
    let settings = Settings {
        ports,
        sounds: vec![sounds.to_owned()],
        recordings: sounds.join("monitor"),
        absolute_names: false,
    };
    let handle = media::start(settings, move |report| {
        if is_wanted(&report) {
            sender.send(report).unwrap_or_default();
        }
    })
    .unwrap();
    (handle, reports)
}

pub(crate) fn connect(media: &Handle, from: &Phone, to: &Phone) {
    media.instruct(MediaInstruction::Connect {
        from: from.leg.id.into(),
        to: to.leg.id,
        digits: true,
    });
}

/// Closes a leg; its figures.
pub(crate) fn close(media: &Handle, leg: MediaId) -> Option<AudioQuality> {
    let (sender, quality) = channel();
    media.close(leg, move |figures| sender.send(figures).unwrap());
    quality.recv_timeout(PATIENCE).unwrap()
}

impl Phone {
    /// A phone with a leg pointed at it.
    pub(crate) fn new(media: &Handle, format: Format) -> Self {
        let phone = Self::unpointed(media);
        phone.point(media, format, |_| ());
        phone
    }

    pub(crate) fn unpointed(media: &Handle) -> Self {
        let leg = media.open(LOOPBACK).unwrap();
        let [rtp, rtcp] = [0, 0].map(|port| UdpSocket::bind((LOOPBACK, port)).unwrap());
        for socket in [&rtp, &rtcp] {
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        let ssrc = 0x1000 + u32::from(rtp.local_addr().unwrap().port());
        Self {
            rtp,
            rtcp,
            leg,
            ssrc,
        }
    }

    /// Points the phone's leg at it.
    pub(crate) fn point(&self, media: &Handle, format: Format, change: impl FnOnce(&mut Remote)) {
        let mut remote = Remote {
            rtcp: Some(self.rtcp.local_addr().unwrap()),
            telephone_event: Some(DIGITS),
            direction: Direction::SendReceive,
            ..Remote::new(self.rtp.local_addr().unwrap(), format)
        };
        change(&mut remote);
        media.point(self.leg.id, remote);
    }

    /// Sends the `n`th packet of this phone's stream.
    pub(crate) fn say(&self, n: u16, payload_type: u8, payload: &[u8]) {
        send(
            &self.rtp,
            self.leg.address,
            &self.packet(n, payload_type, payload),
        );
    }

    pub(crate) fn packet(&self, n: u16, payload_type: u8, payload: &[u8]) -> Packet {
        Packet {
            marker: false,
            payload_type,
            sequence: n,
            timestamp: u32::from(n) * 160,
            ssrc: self.ssrc,
            payload: payload.to_vec(),
        }
    }

    /// The next packet that comes.
    pub(crate) fn hear(&self) -> Packet {
        let mut datagram = [0; 2_048];
        let (length, from) = self.rtp.recv_from(&mut datagram).expect("a packet");
        assert_eq!(from, self.leg.address);
        Packet::parse(&datagram[..length])
    }

    /// Nothing more comes.
    pub(crate) fn hears_nothing(&self) {
        self.rtp.set_read_timeout(Some(QUIET)).unwrap();
        assert!(
            self.rtp.recv_from(&mut [0; 2_048]).is_err(),
            "a packet came"
        );
        self.rtp.set_read_timeout(Some(PATIENCE)).unwrap();
    }

    /// The next RTCP datagram that comes.
    pub(crate) fn hear_rtcp(&self) -> Vec<u8> {
        let mut datagram = [0; 2_048];
        let (length, from) = self.rtcp.recv_from(&mut datagram).expect("a report");
        assert_eq!(from, self.rtcp_address());
        datagram[..length].to_vec()
    }

    pub(crate) fn rtcp_address(&self) -> SocketAddr {
        SocketAddr::new(self.leg.address.ip(), self.leg.address.port() + 1)
    }
}

pub(crate) fn send(socket: &UdpSocket, to: SocketAddr, packet: &Packet) {
    socket.send_to(&packet.bytes(), to).unwrap();
}

impl Packet {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0x80, u8::from(self.marker) << 7 | self.payload_type];
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.to_be_bytes());
        bytes.extend(&self.payload);
        bytes
    }

    pub(crate) fn parse(bytes: &[u8]) -> Self {
        assert_eq!(bytes[0], 0x80);
        Self {
            marker: bytes[1] & 0x80 != 0,
            payload_type: bytes[1] & 0x7f,
            sequence: u16::from_be_bytes([bytes[2], bytes[3]]),
            timestamp: u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
            ssrc: u32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]]),
            payload: bytes[12..].to_vec(),
        }
    }
}
