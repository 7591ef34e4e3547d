//! Digits as old trunks know them: MF (two of six frequencies, ITU-T Q.320) and SF (pulses of one).

use model::{Sound, Tone, Tones};

/// How long MF digits are, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timing {
    /// Between them.
    pub(super) gap: u32,
    /// Those that are numbers.
    pub(super) digit: u32,
    /// KP.
    pub(super) key_pulse: u32,
    /// ST and its kin.
    pub(super) start: u32,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            gap: 50,
            digit: 55,
            key_pulse: 120,
            start: 65,
        }
    }
}

/// A pulse of SF, and the pause after it.
const PULSE: u32 = 50;
/// Between two digits of SF.
const PAUSE: u32 = 300;
const SINGLE: u16 = 2_600;
/// As many digits are sent.
const MOST: usize = 64;

/// The tones of MF digits: `*` is KP, `#` ST, `A`, `B` and `C` are ST', ST'' and ST'''.
pub(super) fn mf(digits: &str, timing: &Timing) -> Option<Tones> {
    let mut parts = Vec::new();
    for digit in digits.chars().take(MOST) {
        let Some((low, high)) = pair(digit) else {
            parts.extend(other(digit));
            continue;
        };
        let time = match digit {
            '*' => timing.key_pulse,
            '#' | 'A'..='C' | 'a'..='c' => timing.start,
            _ => timing.digit,
        };
        parts.extend([
            part(Sound::Two(low, high), time),
            part(Sound::Silence, timing.gap),
        ]);
    }
    once(parts)
}

/// The tones of SF digits: each as many pulses as it says, 0 is ten.
pub(super) fn sf(digits: &str) -> Option<Tones> {
    let mut parts = Vec::new();
    for digit in digits.chars().take(MOST) {
        let Some(pulses) = digit.to_digit(10) else {
            parts.extend(other(digit));
            continue;
        };
        for _ in 0..(if pulses == 0 { 10 } else { pulses }) {
            parts.extend([part(Sound::One(SINGLE), PULSE), part(Sound::Silence, PULSE)]);
        }
        parts.push(part(Sound::Silence, PAUSE));
    }
    once(parts)
}

fn pair(digit: char) -> Option<(u16, u16)> {
    Some(match digit.to_ascii_uppercase() {
        '1' => (700, 900),
        '2' => (700, 1_100),
        '3' => (900, 1_100),
        '4' => (700, 1_300),
        '5' => (900, 1_300),
        '6' => (1_100, 1_300),
        '7' => (700, 1_500),
        '8' => (900, 1_500),
        '9' => (1_100, 1_500),
        '0' => (1_300, 1_500),
        '*' => (1_100, 1_700),
        '#' => (1_500, 1_700),
        'A' => (900, 1_700),
        'B' => (1_300, 1_700),
        'C' => (700, 1_700),
        _ => return None,
    })
}

/// What is no digit: `w` is half a second of silence, `h` a quarter of the single frequency.
fn other(letter: char) -> Option<Tone> {
    match letter {
        'w' => Some(part(Sound::Silence, 500)),
        'h' | 'H' => Some(part(Sound::One(SINGLE), 250)),
        _ => {
            tracing::warn!(%letter, "No trunk knows such a digit");
            None
        }
    }
}

fn part(sound: Sound, milliseconds: u32) -> Tone {
    Tone {
        sound,
        milliseconds,
    }
}

fn once(parts: Vec<Tone>) -> Option<Tones> {
    (!parts.is_empty()).then(|| Tones {
        parts: parts.into(),
        repeats_from: None,
        level: Tones::CALL,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_tones_of_trunks() {
        let told = |tones: Option<Tones>| {
            let parts = tones.map(|tones| tones.parts.to_vec()).unwrap_or_default();
            let parts = parts.iter().map(|part| match part.sound {
                Sound::Silence => format!("-/{}", part.milliseconds),
                Sound::One(hertz) => format!("{hertz}/{}", part.milliseconds),
                Sound::Two(low, high) | Sound::Modulated(low, high) => {
                    format!("{low}+{high}/{}", part.milliseconds)
                }
            });
            parts.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            told(mf("*1w#x", &Timing::default())),
            "1100+1700/120 -/50 700+900/55 -/50 -/500 1500+1700/65 -/50"
        );
        assert_eq!(told(sf("2h")), "2600/50 -/50 2600/50 -/50 -/300 2600/250");
        assert_eq!(sf("0").unwrap().parts.len(), 21);
        assert_eq!(mf("", &Timing::default()), None);
    }
}
