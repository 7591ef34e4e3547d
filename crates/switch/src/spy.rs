//! Who spies on whom: a channel that executes ChanSpy hears another and may speak to it. What that
//! means for sound stands in `sources.rs`.

use crate::happening::Happening;
use crate::sources::HOPS;
use crate::{Output, Switch};
use model::{ChannelId, Event, MediaId, MediaInstruction};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a channel does that spies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spy {
    /// On whom.
    pub(crate) spyee: ChannelId,
    pub(crate) hears: Hears,
    pub(crate) speaks: SpeaksTo,
    /// How loud it hears, as [`MediaInstruction::Volume`] says.
    pub(crate) volume: i8,
    /// What hears the same to record it.
    recording: Option<MediaId>,
}

impl Spy {
    /// Spies on a channel, and hears as loud.
    pub(crate) fn on(spyee: ChannelId, (hears, speaks): (Hears, SpeaksTo), volume: i8) -> Self {
        Self {
            spyee,
            hears,
            speaks,
            volume,
            recording: None,
        }
    }
}

/// What of a channel is heard by who spies on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hears {
    Nothing,
    /// Only what comes in on it.
    Incoming,
    /// That, and what is sent out on it.
    Both,
}

/// Whom it speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SpeaksTo {
    Nobody,
    /// To whom it spies on.
    Spyee,
    /// And to all whom that one talks with.
    All,
}

/// All who spy.
#[derive(Debug, Default)]
pub(crate) struct Spies {
    /// By who spies.
    spies: BTreeMap<ChannelId, Spy>,
    /// By who is spied on.
    spied_on: BTreeMap<ChannelId, BTreeSet<ChannelId>>,
}

impl Spies {
    /// What a channel does, if it spies.
    pub(crate) fn get(&self, spyer: ChannelId) -> Option<&Spy> {
        self.spies.get(&spyer)
    }

    /// Who spies, and on whom.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (ChannelId, ChannelId)> + '_ {
        self.spies.iter().map(|(spyer, spy)| (*spyer, spy.spyee))
    }

    /// Who spies on a channel.
    pub(crate) fn on(&self, spyee: ChannelId) -> impl Iterator<Item = ChannelId> + '_ {
        self.spied_on.get(&spyee).into_iter().flatten().copied()
    }

    /// What hears the same as who spies.
    pub(crate) fn recording_of(&self, spyer: ChannelId) -> Option<MediaId> {
        self.get(spyer)?.recording
    }

    fn insert(&mut self, spyer: ChannelId, spy: Spy) {
        self.spies.insert(spyer, spy);
        self.spied_on.entry(spy.spyee).or_default().insert(spyer);
    }

    fn remove(&mut self, spyer: ChannelId) -> Option<Spy> {
        let spy = self.spies.remove(&spyer)?;
        if let Some(others) = self.spied_on.get_mut(&spy.spyee) {
            others.remove(&spyer);
            if others.is_empty() {
                self.spied_on.remove(&spy.spyee);
            }
        }
        Some(spy)
    }
}

impl Switch {
    /// A channel spies on another from now on; what it hears is added to a recording of this name.
    pub(crate) fn begin_spying(
        &mut self,
        spyer: ChannelId,
        mut spy: Spy,
        record: Option<Arc<str>>,
    ) {
        self.end_spying(spyer);
        if let Some(file) = record {
            let to = MediaId::of_recording(self.new_play_id());
            spy.recording = Some(to);
            self.put(Output::Media(MediaInstruction::Capture { to, file }));
        }
        self.spies.insert(spyer, spy);
        self.touched.insert(spyer);
        self.keep_volume(spyer);
        if let (Some(spyer), Some(spyee)) = (self.snapshot(spyer), self.snapshot(spy.spyee)) {
            self.tell(Event::ChanSpyStart { spyer, spyee });
        }
    }

    /// It hears and speaks in another way.
    pub(crate) fn change_spying(&mut self, spyer: ChannelId, hears: Hears, speaks: SpeaksTo) {
        if let Some(spy) = self.spies.spies.get_mut(&spyer) {
            (spy.hears, spy.speaks) = (hears, speaks);
            self.touched.insert(spyer);
        }
    }

    /// It hears louder or less loud.
    pub(crate) fn set_spying_volume(&mut self, spyer: ChannelId, volume: i8) {
        if let Some(spy) = self.spies.spies.get_mut(&spyer) {
            spy.volume = volume;
            self.tell_volume(spyer, volume);
        }
    }

    /// A channel has another leg: it hears as loud by this.
    pub(crate) fn keep_volume(&mut self, id: ChannelId) {
        let volume = self.spies.get(id).map_or(0, |spy| spy.volume);
        if volume != 0 {
            self.tell_volume(id, volume);
        }
    }

    fn tell_volume(&mut self, spyer: ChannelId, volume: i8) {
        if let Some(media) = self.far_leg(spyer, HOPS) {
            self.put(Output::Media(MediaInstruction::Volume { media, volume }));
        }
    }

    /// It does so no longer, if it did.
    pub(crate) fn end_spying(&mut self, spyer: ChannelId) {
        let Some(spy) = self.spies.remove(spyer) else {
            return;
        };
        let Spy { spyee, volume, .. } = spy;
        if let Some(to) = spy.recording {
            self.hearing.remove(&to);
            self.put(Output::Media(MediaInstruction::EndCapture(to)));
        }
        if volume != 0 {
            self.tell_volume(spyer, 0);
        }
        self.touched.extend([spyer, spyee]);
        if let (Some(spyer), Some(spyee)) = (self.snapshot(spyer), self.snapshot(spyee)) {
            self.tell(Event::ChanSpyStop { spyer, spyee });
        }
    }

    /// A channel ends: nobody spies on it any longer, and it on nobody.
    pub(crate) fn end_all_spying(&mut self, id: ChannelId) {
        self.end_spying(id);
        let spies: Vec<_> = self.spies.on(id).collect();
        for spyer in spies {
            self.end_spying(spyer);
            self.happen(spyer, Happening::SpyeeEnded(id));
        }
    }

    /// Who speaks to a channel without sitting with it: those who spy on it, and those who spy on whom
    /// it talks with, if they want to be heard.
    pub(crate) fn whisperers_to(&self, id: ChannelId) -> Vec<ChannelId> {
        if self.spies.spies.is_empty() {
            return Vec::new();
        }
        let speaks = |spyer: &ChannelId| self.spies.get(*spyer).map(|spy| spy.speaks);
        let own = self.spies.on(id);
        let own = own.filter(|spyer| speaks(spyer) != Some(SpeaksTo::Nobody));
        let bridge = self.bridge_with(id);
        let others = bridge.into_iter().flat_map(|bridge| bridge.speakers_to(id));
        let theirs = others.flat_map(|other| self.spies.on(other));
        let theirs = theirs.filter(|spyer| speaks(spyer) == Some(SpeaksTo::All));
        let all: BTreeSet<_> = own.chain(theirs).filter(|spyer| *spyer != id).collect();
        all.into_iter().collect()
    }
}
