//! Whose sound gets where: followed through bridges, Local channels and those who spy.

use crate::Switch;
use crate::app::{dial::Dial, echo::Echo};
use crate::listen::{AREA, leg};
use crate::spy::{Hears, Spy};
use model::{ChannelId, MediaId, Voice};

/// One whom a leg hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) from: Voice,
    /// With the digits in its sound; without where they may be codes, which are not for the other
    /// side to hear, or only later.
    pub(crate) digits: bool,
}

/// All whom a leg hears, each once, in the order of their ids.
pub(crate) type Sources = Vec<Source>;

/// Looks for those whose sound gets somewhere, through bridges and Local channels.
#[derive(Default)]
struct Search {
    found: Sources,
    /// Who has heard several on the way: Local channels may lead back to where they came from.
    asked: Vec<ChannelId>,
    /// Who spies, if that is for whom it looks: it does not hear what it says itself to others.
    spyer: Option<ChannelId>,
}

impl Search {
    fn add(&mut self, source: Source) {
        match self
            .found
            .binary_search_by_key(&source.from, |known| known.from)
        {
            Ok(index) => self.found[index].digits |= source.digits,
            Err(index) if self.found.len() < SOURCES => self.found.insert(index, source),
            Err(_) => {}
        }
    }

    /// Whether somebody who hears several is still to be asked whom.
    fn asks(&mut self, id: ChannelId) -> bool {
        let asks = self.asked.len() < AREA && !self.asked.contains(&id);
        if asks {
            self.asked.push(id);
        }
        asks
    }
}

/// How many a leg hears at most; the voices of more are no conversation.
const SOURCES: usize = 32;
/// How many Local channels in a row sound is followed through.
pub(crate) const HOPS: usize = 16;

impl Switch {
    /// Whom the leg of a channel hears. What is played into it, it hears anyway.
    pub(crate) fn sent_to(&self, id: ChannelId) -> Sources {
        let mut search = Search::default();
        self.search_others(id, true, HOPS, &mut search);
        search.found
    }

    /// Whom a channel hears by spying.
    pub(crate) fn spied_by(&self, id: ChannelId) -> Sources {
        let mut search = Search::default();
        if let Some(spy) = self.spies.get(id) {
            self.search_spied(id, *spy, HOPS, &mut search);
        }
        search.found
    }

    /// Whose sound comes in on a channel.
    fn received_from(&self, id: ChannelId) -> Sources {
        let mut search = Search::default();
        self.search_received(id, true, HOPS, &mut search);
        search.found
    }

    /// What is sent out on a channel: what is played to it, and nothing else meanwhile, as in a leg.
    fn search_sent(&self, id: ChannelId, digits: bool, hops: usize, search: &mut Search) {
        let channel = self.channels.get(&id);
        let Some(channel) = channel.filter(|channel| !channel.mute.outgoing) else {
            return;
        };
        let play = |play| Source {
            from: Voice::Play(play),
            digits: false,
        };
        if let Some(files) = channel.playing {
            return search.add(play(files));
        }
        if let Some(tones) = &channel.tones {
            // They may have ended, which nobody tells.
            search.add(play(tones.play));
        }
        self.search_others(id, digits, hops, search);
    }

    fn search_others(&self, id: ChannelId, digits: bool, hops: usize, search: &mut Search) {
        let (Some(channel), Some(hops)) = (self.channels.get(&id), hops.checked_sub(1)) else {
            return;
        };
        if channel.mute.outgoing {
            return;
        }
        if self.waiting::<Echo>(id).is_some() {
            self.search_received(id, digits, hops, search);
        }
        let early = self.waiting::<Dial>(id).and_then(Dial::early_media);
        let bridge = self.bridge_with(id).filter(|_| !self.is_away(id));
        let (spy, whisperers) = (self.spies.get(id), self.whisperers_to(id));
        let several = bridge.is_some_and(|bridge| bridge.members().len() > 2);
        if (several || spy.is_some() || !whisperers.is_empty()) && !search.asks(id) {
            return;
        }
        if let Some(spy) = spy {
            self.search_spied(id, *spy, hops, search);
        }
        for whisperer in whisperers {
            if search.spyer != Some(whisperer) {
                self.search_received(whisperer, false, hops, search);
            }
        }
        let speakers = bridge.into_iter().flat_map(|bridge| bridge.speakers_to(id));
        for speaker in speakers.filter(|id| !self.is_away(*id)).chain(early) {
            let keys = self.channels.get(&speaker).map(|speaker| &speaker.keys);
            let digits = digits && keys.is_some_and(|keys| !keys.are_awaited());
            self.search_received(speaker, digits, hops, search);
        }
    }

    /// Whose sound is heard by who spies; the digits are for those who talk.
    fn search_spied(&self, spyer: ChannelId, spy: Spy, hops: usize, search: &mut Search) {
        search.spyer.get_or_insert(spyer);
        if matches!(spy.hears, Hears::Incoming | Hears::Both) {
            self.search_received(spy.spyee, false, hops, search);
        }
        if spy.hears == Hears::Both {
            self.search_sent(spy.spyee, false, hops, search);
        }
    }

    fn search_received(&self, id: ChannelId, digits: bool, hops: usize, search: &mut Search) {
        let channel = self.channels.get(&id);
        let Some(channel) = channel.filter(|channel| !channel.mute.incoming) else {
            return;
        };
        match (leg(channel), self.other_half(id)) {
            (Some(leg), _) => search.add(Source {
                from: leg.media.into(),
                digits,
            }),
            (None, Some(other)) => self.search_sent(other, digits, hops, search),
            (None, None) => {}
        }
    }

    /// The leg outside whose sound comes in on a channel: the first of them, if there are several.
    pub(crate) fn heard_from(&self, id: ChannelId) -> Option<MediaId> {
        let sources = self.received_from(id);
        sources.iter().find_map(|source| match source.from {
            Voice::Leg(leg) => Some(leg),
            Voice::Play(_) => None,
        })
    }

    /// Whether no sound comes in on a channel: a Local one whose other half hears nobody.
    pub(crate) fn is_silent(&self, id: ChannelId) -> bool {
        self.received_from(id).is_empty()
    }

    /// Whether a leg hears another and nobody else, its digits included, so that media passes on
    /// these too. Of several it mixes only what they say.
    pub(crate) fn relays_digits(&self, from: MediaId, to: MediaId) -> bool {
        let from = from.into();
        let alone = Source { from, digits: true };
        let heard = self.hearing.get(&to);
        heard.is_some_and(|heard| heard.as_slice() == [alone])
    }

    /// The leg outside that hears what is sent out on a channel.
    pub(crate) fn far_leg(&self, id: ChannelId, hops: usize) -> Option<MediaId> {
        let hops = hops.checked_sub(1)?;
        match leg(self.channels.get(&id)?) {
            Some(leg) => Some(leg.media),
            // Of several who talk there the first.
            None => {
                let other = self.other_half(id)?;
                let mut near = self.bridge_with(other)?.talk_with(other);
                self.far_leg(near.next()?, hops)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_heard_once_and_not_too_many() {
        let source = |from, digits| Source {
            from: MediaId(from).into(),
            digits,
        };
        let mut search = Search::default();
        search.add(source(7, false));
        search.add(source(2, true));
        search.add(source(7, true));
        search.add(source(2, false));
        assert_eq!(search.found, [source(2, true), source(7, true)]);
        (0..100).for_each(|from| search.add(source(from, true)));
        assert_eq!(search.found.len(), SOURCES);
        assert!(search.asks(ChannelId(1)) && !search.asks(ChannelId(1)));
    }
}
