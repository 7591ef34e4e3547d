//! Tones that tell whoever is at the far end of a channel how the call goes: those of indications.conf,
//! and how long they sound.
//!
//! They go on until they end, are stopped, or something else is to be heard: a file, music, whoever
//! is in a bridge.

use crate::listen::leg;
use crate::sources::{Source, Sources};
use crate::{Output, Switch};
use model::{ChannelId, MediaId, MediaInstruction, PlayId, Tones, Voice};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// indications.conf: the tones of each country.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Indications {
    /// The country whose tones are heard where nothing else is said.
    pub country: Arc<str>,
    /// The tones by country and name.
    pub zones: BTreeMap<Arc<str>, Zone>,
}

/// The tones of one country, by name.
pub type Zone = BTreeMap<Arc<str>, Tones>;

/// What is heard in North America (ITU-T E.180, supplement 2).
const NORTH_AMERICA: [(&str, &str); 8] = [
    ("dial", "350+440"),
    ("busy", "480+620/500,0/500"),
    ("ring", "440+480/2000,0/4000"),
    ("congestion", "480+620/250,0/250"),
    ("callwaiting", "440/300,0/10000"),
    (
        "dialrecall",
        "!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440",
    ),
    ("record", "1400/500,0/15000"),
    ("info", "!950/330,!1400/330,!1800/330,0"),
];

impl Default for Indications {
    fn default() -> Self {
        let tones = NORTH_AMERICA.iter();
        let zone =
            tones.filter_map(|(name, text)| Some(((*name).into(), Tones::parse(text).ok()?)));
        Self {
            country: "us".into(),
            zones: [("us".into(), zone.collect())].into(),
        }
    }
}

impl Indications {
    /// The tones of this name in a country; where it has none, in that of the configuration.
    fn tones(&self, country: Option<&str>, name: &str) -> Option<&Tones> {
        let zones = country.into_iter().chain([&*self.country]);
        let mut zones = zones.filter_map(|country| self.zones.get(country));
        zones.find_map(|zone| zone.get(name))
    }
}

/// Tones that a channel's far end hears.
#[derive(Debug)]
pub(crate) struct Sounding {
    tones: Tones,
    pub(crate) play: PlayId,
    at: Place,
}

/// Where tones are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nowhere: nobody would hear them.
    Nowhere,
    /// In the channel's own leg.
    Leg(MediaId),
    /// By themselves, for those who hear the channel.
    Loose,
}

impl Switch {
    /// The tones of this name, as they are heard where a channel's far end is.
    pub(crate) fn tones_named(&self, id: ChannelId, name: &str) -> Option<Tones> {
        let zone = self.channels.get(&id)?.memory.tone_zone.as_deref();
        self.config.indications.tones(zone, name).cloned()
    }

    /// Sounds the tones of this name, if there are any.
    pub(crate) fn sound_named(&mut self, id: ChannelId, name: &str) {
        match self.tones_named(id, name) {
            Some(tones) => self.sound_tones(id, tones),
            None => tracing::warn!(tone = name, "There are no tones of this name"),
        }
    }

    /// Sounds tones to whoever is at a channel's far end, instead of those that do.
    pub(crate) fn sound_tones(&mut self, id: ChannelId, tones: Tones) {
        self.stop_tones(id);
        let play = self.new_play_id();
        if let Some(channel) = self.channels.get_mut(&id) {
            let at = Place::Nowhere;
            channel.tones = Some(Sounding { tones, play, at });
            self.touched.insert(id);
        }
    }

    /// Ends the tones, if there are any.
    pub(crate) fn stop_tones(&mut self, id: ChannelId) {
        let channel = self.channels.get_mut(&id);
        if let Some(sounding) = channel.and_then(|channel| channel.tones.take()) {
            self.touched.insert(id);
            if sounding.at != Place::Nowhere {
                self.put(Output::Media(MediaInstruction::StopPlay(sounding.play)));
            }
        }
    }

    /// Tones of these channels are made where somebody hears them now, and only there.
    pub(crate) fn place_tones(
        &mut self,
        among: &BTreeSet<ChannelId>,
        heard: &[(MediaId, Sources)],
    ) {
        for id in among {
            let Some(channel) = self.channels.get_mut(id) else {
                continue;
            };
            let own = leg(channel).map(|leg| leg.media);
            let Some(sounding) = &mut channel.tones else {
                continue;
            };
            let play = sounding.play;
            let hears = |source: &Source| source.from == Voice::Play(play);
            let now = match own {
                Some(media) => Place::Leg(media),
                None if heard.iter().any(|(_, heard)| heard.iter().any(hears)) => Place::Loose,
                None => Place::Nowhere,
            };
            let before = std::mem::replace(&mut sounding.at, now);
            if before == now {
                continue;
            }
            let tones = sounding.tones.clone();
            if before != Place::Nowhere {
                self.put(Output::Media(MediaInstruction::StopPlay(play)));
            }
            let media = match now {
                Place::Nowhere => continue,
                Place::Leg(media) => Some(media),
                Place::Loose => None,
            };
            let instruction = MediaInstruction::Tones { media, play, tones };
            self.put(Output::Media(instruction));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_without_a_tone_has_that_of_the_configuration() {
        let mut indications = Indications::default();
        assert_eq!(indications.zones["us"].len(), NORTH_AMERICA.len());
        let dial = Tones::parse("425").unwrap();
        let zone = Zone::from([("dial".into(), dial.clone())]);
        indications.zones.insert("de".into(), zone);
        assert_eq!(indications.tones(Some("de"), "dial"), Some(&dial));
        assert_eq!(
            indications.tones(Some("de"), "busy"),
            indications.tones(None, "busy")
        );
        assert_eq!(indications.tones(Some("xx"), "nonsense"), None);
    }
}
