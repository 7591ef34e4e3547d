//! RTP packets (RFC 3550, 5.1) as we read and write them.

use rtp_types::{RtpPacket, RtpPacketBuilder};

/// What we care for in a packet received: contributing sources and extensions are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Packet<'a> {
    pub(crate) header: Header,
    pub(crate) ssrc: u32,
    pub(crate) payload_type: u8,
    pub(crate) payload: &'a [u8],
}

/// A packet's place in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) marker: bool,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
}

impl<'a> Packet<'a> {
    /// Reads a datagram; `None` if it is not RTP.
    pub(crate) fn parse(datagram: &'a [u8]) -> Option<Self> {
        let packet = RtpPacket::parse(datagram).ok()?;
        let end = datagram.len() - usize::from(packet.padding().unwrap_or(0));
        Some(Self {
            header: Header {
                marker: packet.marker_bit(),
                sequence: packet.sequence_number(),
                timestamp: packet.timestamp(),
            },
            ssrc: packet.ssrc(),
            payload_type: packet.payload_type(),
            payload: datagram.get(packet.payload_offset()..end)?,
        })
    }

    /// The datagram of this packet; `None` for a payload type of more than seven bits.
    pub(crate) fn write(&self) -> Option<Vec<u8>> {
        RtpPacketBuilder::<&[u8], &[u8]>::new()
            .marker_bit(self.header.marker)
            .payload_type(self.payload_type)
            .sequence_number(self.header.sequence)
            .timestamp(self.header.timestamp)
            .ssrc(self.ssrc)
            .payload(self.payload)
            .write_vec()
            .ok()
    }
}

/// Whether a datagram on a port shared by RTP and RTCP is RTCP (RFC 5761, 4).
pub(crate) fn is_rtcp(datagram: &[u8]) -> bool {
    matches!(datagram.get(1), Some(192..=223))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padding_and_extension_are_no_sound() {
        let mut datagram = vec![0xb0, 0x80, 0, 7, 0, 0, 0, 160, 0, 0, 0, 9];
        datagram.extend([0xbe, 0xde, 0, 1, 1, 2, 3, 4]);
        datagram.extend([10, 20, 30, 0, 2]);
        let packet = Packet::parse(&datagram).unwrap();
        assert_eq!(packet.payload, [10, 20, 30]);
        assert_eq!(
            packet.header,
            Header {
                marker: true,
                sequence: 7,
                timestamp: 160
            }
        );
        assert_eq!((packet.ssrc, packet.payload_type), (9, 0));
    }

    proptest! {
        #[test]
        fn any_datagram_is_read_or_refused(mut datagram: Vec<u8>, first: u8) {
            if let Some(byte) = datagram.first_mut() {
                *byte = 0x80 | first;
            }
            if let Some(packet) = Packet::parse(&datagram) {
                prop_assert!(packet.payload.len() + 12 <= datagram.len());
            }
        }

        #[test]
        fn what_is_written_is_read(
            marker: bool, sequence: u16, timestamp: u32, ssrc: u32, payload_type in 0..128_u8, payload: Vec<u8>,
        ) {
            let header = Header { marker, sequence, timestamp };
            let packet = Packet { header, ssrc, payload_type, payload: &payload };
            let datagram = packet.write().unwrap();
            prop_assert_eq!(Packet::parse(&datagram), Some(packet));
        }
    }
}
