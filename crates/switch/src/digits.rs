//! Keys pressed: told, brought to who waits for them, and passed on through bridges.

use crate::channel::Technology;
use crate::happening::Happening;
use crate::peers::share;
use crate::timers::Timer;
use crate::{Output, Switch};
use model::{ChannelId, Event, FLASH, Instruction, MediaId};
use std::collections::VecDeque;
use std::time::Duration;

/// Keys that somebody else presses for a channel's far end: they come at the pace of a finger.
#[derive(Debug, Default)]
pub(crate) struct Presses {
    waiting: VecDeque<(char, u32)>,
    /// When the next may come at the earliest, since the start.
    next: Duration,
}

/// From one such key to the next.
const PACE: Duration = Duration::from_millis(150);
/// As many may wait; more are dropped.
const PRESSES: usize = 256;

impl Switch {
    /// Presses a key as if a channel's far end did, once those before it have been pressed.
    pub(crate) fn press(&mut self, id: ChannelId, digit: char, milliseconds: u32) {
        let now = self.now.since_start;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let presses = &mut channel.presses;
        if presses.waiting.is_empty() && presses.next <= now {
            presses.next = now + PACE;
            return self.digit_ended(id, digit, milliseconds, None);
        }
        if presses.waiting.is_empty() {
            self.timers.set(presses.next, Timer::Press(id));
        }
        if presses.waiting.len() < PRESSES {
            presses.waiting.push_back((digit, milliseconds));
        }
    }

    /// It is time for the next of them.
    pub(crate) fn press_next(&mut self, id: ChannelId) {
        let now = self.now.since_start;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let presses = &mut channel.presses;
        let Some((digit, milliseconds)) = presses.waiting.pop_front() else {
            return;
        };
        presses.next = now + PACE;
        if !presses.waiting.is_empty() {
            self.timers.set(presses.next, Timer::Press(id));
        }
        self.digit_ended(id, digit, milliseconds, None);
    }

    /// A key is being pressed at the far end of a channel.
    pub(crate) fn digit_began(&mut self, id: ChannelId, digit: char) {
        if digit != FLASH
            && let Some(channel) = self.snapshot(id)
        {
            self.tell(Event::DtmfBegin {
                channel,
                digit,
                received: true,
            });
        }
    }

    /// A key was let go. `relayed` is the leg whose digits media passes on by itself to who hears it.
    pub(crate) fn digit_ended(
        &mut self,
        id: ChannelId,
        digit: char,
        milliseconds: u32,
        relayed: Option<MediaId>,
    ) {
        self.digit_arrives(id, (digit, milliseconds), relayed, HOPS);
    }

    fn digit_arrives(
        &mut self,
        id: ChannelId,
        (digit, milliseconds): (char, u32),
        relayed: Option<MediaId>,
        hops: usize,
    ) {
        let Some(channel) = self.snapshot(id) else {
            return;
        };
        let is_flash = digit == FLASH;
        self.tell(if is_flash {
            Event::Flash { channel }
        } else {
            Event::DtmfEnd {
                channel,
                digit,
                milliseconds,
                received: true,
            }
        });
        let mut peers = self.peers(id);
        peers.retain(|_| !self.is_away(id));
        let consults = self.channels.get(&id);
        let consults = consults.is_some_and(|channel| channel.consultation.is_some());
        if (!peers.is_empty() || consults) && !is_flash && self.take_key(id, digit) {
            return;
        }
        // The hook is no key that an application waits for.
        if peers.is_empty() && !is_flash {
            return self.happen(id, Happening::Digit(digit));
        }
        let hops = share(hops, peers.len());
        for peer in peers {
            self.digit_leaves(peer, (digit, milliseconds.max(MIN_LENGTH)), relayed, hops);
        }
    }

    /// Presses a key towards the far end of a channel.
    pub(crate) fn send_digit(
        &mut self,
        id: ChannelId,
        digit: char,
        milliseconds: u32,
        relayed: Option<MediaId>,
    ) {
        self.digit_leaves(id, (digit, milliseconds), relayed, HOPS);
    }

    fn digit_leaves(
        &mut self,
        id: ChannelId,
        (digit, milliseconds): (char, u32),
        relayed: Option<MediaId>,
        hops: usize,
    ) {
        // Local pairs may be bridged in a ring.
        let Some(hops) = hops.checked_sub(1) else {
            return;
        };
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        match &channel.technology {
            Technology::External { leg, .. } => {
                let leg = leg.as_ref().map(|leg| leg.media);
                let passes = relayed.zip(leg);
                if !passes.is_some_and(|(from, to)| self.relays_digits(from, to)) {
                    let instruction = Instruction::SendDigit {
                        channel: id,
                        digit,
                        milliseconds,
                    };
                    self.put(Output::Instruct(instruction));
                }
            }
            Technology::Internal => {}
            Technology::Local { .. } => {
                if let Some(other) = self.other_half(id) {
                    self.digit_began(other, digit);
                    self.digit_arrives(other, (digit, milliseconds), relayed, hops);
                }
            }
        }
    }
}

/// How long a digit sounds at least, in milliseconds.
const MIN_LENGTH: u32 = 80;

/// Through how many Local channels in a row a digit goes.
const HOPS: usize = 16;
