//! The formats of sound on the wire: G.711 (RFC 3551, 4.5.14).

use audio_codec::pcma::{PcmaDecoder, PcmaEncoder};
use audio_codec::pcmu::{PcmuDecoder, PcmuEncoder};
use audio_codec::{Decoder, Encoder};
use std::borrow::Cow;

/// Samples a second of every format we carry.
pub(crate) const RATE: u32 = 8_000;
/// Samples in a packet of ours: 20 ms.
pub(crate) const FRAME: usize = 160;

/// A format of sound. A byte is a sample in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// G.711 µ-law.
    Ulaw,
    /// G.711 A-law.
    Alaw,
}

impl Format {
    /// The name `allow=` and `core show channels` use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ulaw => "ulaw",
            Self::Alaw => "alaw",
        }
    }

    /// The static payload type (RFC 3551, table 4).
    pub fn payload_type(self) -> u8 {
        match self {
            Self::Ulaw => 0,
            Self::Alaw => 8,
        }
    }

    /// The format of a static payload type.
    pub(crate) fn of_payload_type(payload_type: u8) -> Option<Self> {
        match payload_type {
            0 => Some(Self::Ulaw),
            8 => Some(Self::Alaw),
            _ => None,
        }
    }

    /// Linear samples of a payload.
    pub(crate) fn decode(self, payload: &[u8]) -> Vec<i16> {
        match self {
            Self::Ulaw => PcmuDecoder::new().decode(payload),
            Self::Alaw => PcmaDecoder::new().decode(payload),
        }
    }

    /// The payload of linear samples.
    pub(crate) fn encode(self, samples: &[i16]) -> Vec<u8> {
        match self {
            Self::Ulaw => PcmuEncoder::new().encode(samples),
            Self::Alaw => PcmaEncoder::new().encode(samples),
        }
    }

    /// A payload of this format in the other one; untouched if they are the same.
    pub(crate) fn transcode(self, payload: &[u8], to: Self) -> Cow<'_, [u8]> {
        if self == to {
            Cow::Borrowed(payload)
        } else {
            Cow::Owned(to.encode(&self.decode(payload)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_linear_and_back() {
        for format in [Format::Ulaw, Format::Alaw] {
            // The library takes the smallest negative A-law step for the smallest positive one.
            let codes: Vec<u8> = (0..=255)
                .filter(|code| (format, *code) != (Format::Alaw, 0x55))
                .collect();
            let linear = format.decode(&codes);
            assert_eq!(format.decode(&format.encode(&linear)), linear);
        }
    }

    #[test]
    fn known_codes_of_g711() {
        assert_eq!(
            Format::Ulaw.decode(&[0xff, 0x80, 0x00]),
            [0, 32_124, -32_124]
        );
        assert_eq!(Format::Alaw.decode(&[0xd5, 0x55, 0xaa]), [8, -8, 32_256]);
        assert_eq!(Format::Ulaw.encode(&[0]), [0xff]);
        assert_eq!(Format::Alaw.encode(&[0]), [0xd5]);
    }

    #[test]
    fn transcoding_stays_within_a_step_of_the_coarser_scale() {
        let codes: Vec<u8> = (0..=255).collect();
        let ulaw = Format::Ulaw.decode(&codes);
        let alaw = Format::Alaw.decode(&Format::Ulaw.transcode(&codes, Format::Alaw));
        for (a, b) in ulaw.iter().zip(&alaw) {
            let step = 16 + (i32::from(*a).abs() >> 4);
            assert!(
                (i32::from(*a) - i32::from(*b)).abs() <= step,
                "{a} became {b}"
            );
        }
    }

    #[test]
    fn the_same_format_is_not_touched() {
        assert!(matches!(
            Format::Alaw.transcode(&[1, 2], Format::Alaw),
            Cow::Borrowed([1, 2])
        ));
    }
}
