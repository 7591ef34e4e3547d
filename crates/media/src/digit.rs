//! Digits in RTP (RFC 4733, 2).

use model::FLASH;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Digits by their event code.
const DIGITS: [char; 17] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D', FLASH,
];
/// A digit not heard of for so long has ended, its last packets lost.
const LOST: Duration = Duration::from_millis(200);
/// Timestamp units in a millisecond, and in the 20 ms between packets.
const PER_MILLISECOND: u32 = 8;
const STEP: u16 = 160;
/// How often the end is told (2.5.1.4).
const ENDS: u8 = 3;
/// Ticks of silence after a digit, so that the same digit twice is told apart by all.
const GAP: u8 = 3;
/// Digits that may wait to be sent; more are dropped.
const QUEUE: usize = 64;
/// -10 dBm0.
const VOLUME: u8 = 10;

/// What becomes of a key at the far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Pressed(char),
    Released { digit: char, milliseconds: u32 },
}

/// Digits being received.
#[derive(Default)]
pub(crate) struct Receiver {
    current: Option<Held>,
    /// The event that ended last; its end is told three times.
    ended: Option<(u32, u32)>,
}

struct Held {
    digit: char,
    /// SSRC and timestamp.
    event: (u32, u32),
    /// In timestamp units.
    duration: u16,
    heard: Instant,
}

impl Receiver {
    /// Takes in the payload of a telephone-event packet; `event` is its SSRC and timestamp.
    pub(crate) fn hear(
        &mut self,
        event: (u32, u32),
        payload: &[u8],
        now: Instant,
        mut tell: impl FnMut(Key),
    ) {
        let &[code, flags, high, low, ..] = payload else {
            return;
        };
        let Some(&digit) = DIGITS.get(usize::from(code)) else {
            return;
        };
        if self.ended == Some(event) {
            return;
        }
        let duration = u16::from_be_bytes([high, low]);
        match &mut self.current {
            Some(held) if held.event == event => {
                held.duration = held.duration.max(duration);
                held.heard = now;
            }
            _ => {
                self.end(&mut tell);
                self.current = Some(Held {
                    digit,
                    event,
                    duration,
                    heard: now,
                });
                tell(Key::Pressed(digit));
            }
        }
        if flags & 0x80 != 0 {
            self.end(tell);
        }
    }

    /// Ends a digit whose end was lost.
    pub(crate) fn tick(&mut self, now: Instant, tell: impl FnMut(Key)) {
        if self
            .current
            .as_ref()
            .is_some_and(|held| now.saturating_duration_since(held.heard) >= LOST)
        {
            self.end(tell);
        }
    }

    fn end(&mut self, mut tell: impl FnMut(Key)) {
        if let Some(Held {
            digit,
            event,
            duration,
            ..
        }) = self.current.take()
        {
            self.ended = Some(event);
            tell(Key::Released {
                digit,
                milliseconds: u32::from(duration) / PER_MILLISECOND,
            });
        }
    }
}

/// Digits being sent, a packet a tick.
#[derive(Default)]
pub(crate) struct Sender {
    waiting: VecDeque<Press>,
    state: State,
}

#[derive(Clone, Copy)]
struct Press {
    code: u8,
    /// In timestamp units.
    duration: u16,
}

#[derive(Clone, Copy, Default)]
enum State {
    #[default]
    Idle,
    Pressing(Press, u16),
    Ending(Press, u8),
    Resting(u8),
}

/// What a tick sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// No digit: sound may be sent.
    Nothing,
    /// Silence around digits.
    Rest,
    /// This payload; the first of a digit begins a new event.
    Packet { first: bool, payload: [u8; 4] },
}

impl Sender {
    /// Sends a digit after those waiting; held for 40 ms to 8 s.
    pub(crate) fn press(&mut self, digit: char, milliseconds: u32) {
        let code = DIGITS
            .iter()
            .position(|known| *known == digit.to_ascii_uppercase());
        if let Some(code) = code.and_then(|code| u8::try_from(code).ok())
            && self.waiting.len() < QUEUE
        {
            let duration = (milliseconds.clamp(40, 8_000) * PER_MILLISECOND) as u16;
            self.waiting.push_back(Press { code, duration });
        }
    }

    /// Whether a digit is being sent or waits to be.
    pub(crate) fn is_busy(&self) -> bool {
        !matches!(self.state, State::Idle) || !self.waiting.is_empty()
    }

    /// Goes 20 ms further.
    pub(crate) fn tick(&mut self) -> Step {
        match self.state {
            State::Idle => match self.waiting.pop_front() {
                Some(press) => {
                    self.state = State::Pressing(press, STEP);
                    Step::Packet {
                        first: true,
                        payload: payload(press.code, false, STEP),
                    }
                }
                None => Step::Nothing,
            },
            State::Pressing(press, duration) => {
                let duration = duration + STEP;
                if duration >= press.duration {
                    self.state = State::Ending(press, ENDS);
                    return self.tick();
                }
                self.state = State::Pressing(press, duration);
                Step::Packet {
                    first: false,
                    payload: payload(press.code, false, duration),
                }
            }
            State::Ending(press, times) => {
                self.state = match times {
                    0 | 1 => State::Resting(GAP),
                    more => State::Ending(press, more - 1),
                };
                Step::Packet {
                    first: false,
                    payload: payload(press.code, true, press.duration),
                }
            }
            State::Resting(ticks) => {
                self.state = if ticks > 1 {
                    State::Resting(ticks - 1)
                } else {
                    State::Idle
                };
                Step::Rest
            }
        }
    }
}

fn payload(code: u8, end: bool, duration: u16) -> [u8; 4] {
    let [high, low] = duration.to_be_bytes();
    [code, if end { 0x80 | VOLUME } else { VOLUME }, high, low]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(receiver: &mut Receiver, timestamp: u32, payload: &[u8]) -> Vec<Key> {
        let mut keys = Vec::new();
        receiver.hear((1, timestamp), payload, Instant::now(), |key| {
            keys.push(key)
        });
        keys
    }

    #[test]
    fn a_digit_sent_is_received_once() {
        let (mut sender, mut receiver, mut keys) =
            (Sender::default(), Receiver::default(), Vec::new());
        sender.press('#', 100);
        sender.press('x', 100);
        let (mut packets, mut timestamp) = (0, 0);
        loop {
            match sender.tick() {
                Step::Packet { first, payload } => {
                    timestamp += u32::from(first);
                    packets += 1;
                    keys.extend(heard(&mut receiver, timestamp, &payload));
                }
                Step::Rest => {}
                Step::Nothing => break,
            }
        }
        assert_eq!(
            keys,
            [
                Key::Pressed('#'),
                Key::Released {
                    digit: '#',
                    milliseconds: 100
                }
            ]
        );
        assert_eq!(packets, 4 + 3);
    }

    #[test]
    fn a_lost_end_is_made_up_by_time_or_the_next_digit() {
        let mut receiver = Receiver::default();
        assert_eq!(
            heard(&mut receiver, 10, &[1, 10, 1, 64]),
            [Key::Pressed('1')]
        );
        let ended = Key::Released {
            digit: '1',
            milliseconds: 40,
        };
        assert_eq!(
            heard(&mut receiver, 900, &[2, 10, 0, 160]),
            [ended, Key::Pressed('2')]
        );
        let mut keys = Vec::new();
        receiver.tick(Instant::now() + LOST, |key| keys.push(key));
        assert_eq!(
            keys,
            [Key::Released {
                digit: '2',
                milliseconds: 20
            }]
        );
    }

    #[test]
    fn only_the_end_of_a_digit_still_tells_it() {
        let told = heard(&mut Receiver::default(), 10, &[11, 0x8a, 3, 32]);
        assert_eq!(
            told,
            [
                Key::Pressed('#'),
                Key::Released {
                    digit: '#',
                    milliseconds: 100
                }
            ]
        );
    }

    proptest! {
        #[test]
        fn presses_and_releases_alternate(packets: Vec<(u8, Vec<u8>)>) {
            let (mut receiver, mut held) = (Receiver::default(), false);
            for (timestamp, payload) in packets {
                for key in heard(&mut receiver, timestamp.into(), &payload) {
                    prop_assert_eq!(matches!(key, Key::Pressed(_)), !held);
                    held = !held;
                }
            }
        }
    }
}
