//! What tests look at in a world, and what they do with its phones.

use super::{Phone, World};
use model::{Cause, ChannelId, Event, Instruction, MediaInstruction, PlayId, Signal, Voice};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

impl World {
    /// A world where alice calls an extension of `phones`. Bob does this; carol only rings.
    pub(crate) fn calling(dialplan: &str, exten: &str, bob: Phone) -> (Self, ChannelId) {
        let mut world = Self::new(1, dialplan);
        world.phone("alice", Phone::Rings);
        world.phone("bob", bob);
        world.phone("carol", Phone::Rings);
        let alice = world.dial("alice", exten).expect("taken");
        (world, alice)
    }

    pub(crate) fn run_ms(&mut self, milliseconds: u64) {
        self.run(Duration::from_millis(milliseconds));
    }

    /// What the dialplan has told by UserEvent: `Name value …`.
    pub(crate) fn told(&self) -> Vec<String> {
        let events = self.events.iter();
        let told = events.filter_map(|record| match &record.event {
            Event::UserEvent { name, headers, .. } => {
                let values = headers.iter().map(|(_, value)| value.to_string());
                let values: Vec<_> = values.collect();
                Some(format!("{name} {}", values.join(" ")).trim().to_owned())
            }
            _ => None,
        });
        told.collect()
    }

    /// The channel of a phone that is called or calls.
    pub(crate) fn line(&self, name: &str) -> ChannelId {
        let mut lines = self.lines.iter();
        *lines.find(|(_, known)| *known == name).unwrap().0
    }

    /// Who sits with a channel, without numbers.
    pub(crate) fn with(&self, id: ChannelId) -> String {
        let mut seats = BTreeMap::new();
        for record in &self.events {
            match &record.event {
                Event::BridgeEnter {
                    bridge, channel, ..
                } => {
                    seats.insert(channel.id, (bridge.id, channel.name.clone()));
                }
                Event::BridgeLeave { channel, .. } => {
                    seats.remove(&channel.id);
                }
                _ => {}
            }
        }
        let Some((own, _)) = seats.get(&id) else {
            return "nowhere".to_owned();
        };
        let others = seats
            .iter()
            .filter(|(other, (seat, _))| **other != id && seat == own);
        let names = others.map(|(_, (_, name))| name.rsplit_once('-').unwrap().0.to_owned());
        names.collect::<Vec<_>>().join(" ")
    }

    /// Whom a phone hears, as media was told.
    pub(crate) fn heard_by(&self, id: ChannelId) -> Vec<ChannelId> {
        let mut heard = BTreeSet::new();
        for told in &self.media {
            match told {
                MediaInstruction::Connect {
                    from: Voice::Leg(from),
                    to,
                    ..
                } if to.0 == id.0 => {
                    heard.insert(ChannelId(from.0));
                }
                MediaInstruction::Disconnect {
                    from: Voice::Leg(from),
                    to,
                } if to.0 == id.0 => {
                    heard.remove(&ChannelId(from.0));
                }
                _ => {}
            }
        }
        heard.into_iter().collect()
    }

    /// What a phone hears that is played elsewhere, as media was told: the files, or "tones".
    pub(crate) fn overheard_by(&self, id: ChannelId) -> Vec<String> {
        let (mut names, mut heard) = (BTreeMap::<PlayId, String>::new(), BTreeSet::new());
        for told in &self.media {
            match told {
                MediaInstruction::Play { play, files, .. } => {
                    names.insert(*play, files.join("&"));
                }
                MediaInstruction::Tones { play, .. } => {
                    names.insert(*play, "tones".to_owned());
                }
                MediaInstruction::StopPlay(play) => {
                    names.remove(play);
                }
                MediaInstruction::Connect {
                    from: Voice::Play(from),
                    to,
                    ..
                } if to.0 == id.0 => {
                    heard.insert(*from);
                }
                MediaInstruction::Disconnect {
                    from: Voice::Play(from),
                    to,
                } if to.0 == id.0 => {
                    heard.remove(from);
                }
                _ => {}
            }
        }
        let heard = heard.iter().filter_map(|play| names.get(play).cloned());
        heard.collect()
    }

    /// Keys are pressed at the far end of a channel.
    pub(crate) fn press(&mut self, channel: ChannelId, keys: &str) {
        for digit in keys.chars() {
            self.signal(Signal::Digit {
                channel,
                digit,
                milliseconds: 80,
            });
        }
    }

    /// The digits that phones were told so far.
    pub(crate) fn digits_sent(&self) -> Vec<(ChannelId, char)> {
        let sent = self.instructions.iter().filter_map(|told| match told {
            Instruction::SendDigit { channel, digit, .. } => Some((*channel, *digit)),
            _ => None,
        });
        sent.collect()
    }

    /// The files played so far; what is begun anew with a leg only once.
    pub(crate) fn played(&self) -> Vec<String> {
        let mut known = BTreeSet::new();
        let played = self.media.iter().filter_map(|told| match told {
            MediaInstruction::Play { files, play, .. } if known.insert(*play) => {
                Some(files.join("&"))
            }
            _ => None,
        });
        played.collect()
    }

    pub(crate) fn was_told(&self, instruction: &Instruction) -> bool {
        self.instructions.contains(instruction)
    }

    /// The cause with which a phone was told that its call is over, if it was.
    pub(crate) fn cause_told(&self, of: ChannelId) -> Option<Option<Cause>> {
        let mut told = self.instructions.iter();
        told.find_map(|told| match told {
            Instruction::HangUp { channel, cause } if *channel == of => Some(*cause),
            _ => None,
        })
    }
}
