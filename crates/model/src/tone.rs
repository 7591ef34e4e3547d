//! Tones that tell a caller how a call goes, and how they are written.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Tones that follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tones {
    /// In order; there is at least one.
    pub parts: Arc<[Tone]>,
    /// Which of them follows the last; `None` ends with it.
    pub repeats_from: Option<usize>,
    /// How high the wave of each frequency is, of a sample's 32,767.
    pub level: i16,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tone {
    /// What it sounds like.
    pub sound: Sound,
    /// For how long; 0 is for ever.
    pub milliseconds: u32,
}

/// What a tone sounds like; frequencies in hertz.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sound {
    /// Nothing is heard.
    Silence,
    /// One frequency.
    One(u16),
    /// Two at once.
    Two(u16, u16),
    /// One whose strength follows the other.
    Modulated(u16, u16),
}

impl Tones {
    /// The level of call progress tones: -20 dB of full scale.
    pub const CALL: i16 = 3_277;
    /// One milliwatt (0 dBm0): 3.17 dB below the loudest sine that G.711 µ-law can tell.
    pub const MILLIWATT: i16 = 22_748;
    /// The most tones in a row.
    const PARTS: usize = 64;

    /// Reads `[!]frequency[+frequency|*frequency][/milliseconds]`, separated by commas (or `|`); a
    /// frequency is in hertz or, as `M69`, a note of MIDI. What has a `!` is heard once, the rest again
    /// and again.
    ///
    /// # Errors
    /// What is wrong with which part.
    pub fn parse(text: &str) -> Result<Self, String> {
        let separator = if text.contains('|') { '|' } else { ',' };
        let mut parts = Vec::new();
        let mut repeats_from = None;
        for text in text.split(separator).map(str::trim) {
            let (once, part) = text
                .strip_prefix('!')
                .map_or((false, text), |part| (true, part));
            if !once {
                repeats_from.get_or_insert(parts.len());
            }
            parts.push(Tone::parse(part).ok_or_else(|| format!("`{text}` is no tone"))?);
            if parts.len() > Self::PARTS {
                return Err(format!("there are more than {} tones", Self::PARTS));
            }
        }
        Ok(Self {
            parts: parts.into(),
            repeats_from,
            level: Self::CALL,
        })
    }
}

impl Tone {
    fn parse(text: &str) -> Option<Self> {
        let (sound, time) = text.split_once('/').unwrap_or((text, "0"));
        Some(Self {
            sound: Sound::parse(sound)?,
            milliseconds: time.trim().parse().ok()?,
        })
    }
}

impl Sound {
    fn parse(text: &str) -> Option<Self> {
        if let Some((first, second)) = text.split_once('+') {
            return Some(Self::Two(frequency(first)?, frequency(second)?));
        }
        if let Some((carrier, by)) = text.split_once('*') {
            return Some(Self::Modulated(frequency(carrier)?, frequency(by)?));
        }
        Some(match frequency(text)? {
            0 => Self::Silence,
            hertz => Self::One(hertz),
        })
    }
}

/// What a telephone can carry, in hertz; a note of MIDI is given by its number.
fn frequency(text: &str) -> Option<u16> {
    const HIGHEST: u16 = 4_000;
    let text = text.trim();
    let hertz = match text.strip_prefix(['M', 'm']) {
        Some(note) => {
            let above_a = f64::from(note.parse::<u8>().ok().filter(|note| *note < 128)?) - 69.0;
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 8 and 12,544"
            )]
            let hertz = (440.0 * (above_a / 12.0).exp2()).round() as u16;
            hertz
        }
        None => text.parse().ok()?,
    };
    (hertz <= HIGHEST).then_some(hertz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_are_read_as_they_are_written() {
        let read = |text| Tones::parse(text).unwrap();
        let part = |sound, milliseconds| Tone {
            sound,
            milliseconds,
        };
        let ring = read("440+480/2000,0/4000");
        let expected = [
            part(Sound::Two(440, 480), 2_000),
            part(Sound::Silence, 4_000),
        ];
        assert_eq!(*ring.parts, expected);
        assert_eq!(ring.repeats_from, Some(0));
        let info = read("!950/330, !1400/330,!1800/330,0");
        assert_eq!((info.parts.len(), info.repeats_from), (4, Some(3)));
        assert_eq!(read("!M69/100").repeats_from, None);
        assert_eq!(*read("M69").parts, [part(Sound::One(440), 0)]);
        assert_eq!(
            *read("425*25|0/10").parts,
            [part(Sound::Modulated(425, 25), 0), part(Sound::Silence, 10)]
        );
    }

    #[test]
    fn what_is_no_tone_is_told() {
        for text in ["", "busy", "440/x", "440,", "9000", "M128", "4+", "-1"] {
            assert!(Tones::parse(text).is_err(), "{text}");
        }
        let many = ["400/1"; 65].join(",");
        assert!(Tones::parse(&many).unwrap_err().contains("more than 64"));
    }
}
