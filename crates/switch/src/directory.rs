//! The directory of channels: who goes by a name or a uniqueid. Neither ever changes.

use model::ChannelId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All channels, by what clients and the dialplan call them.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    /// By name, in lower case.
    names: BTreeMap<String, ChannelId>,
    uniqueids: BTreeMap<Arc<str>, ChannelId>,
}

impl Directory {
    pub(crate) fn add(&mut self, id: ChannelId, name: &str, uniqueid: &Arc<str>) {
        self.names.insert(name.to_ascii_lowercase(), id);
        self.uniqueids.insert(Arc::clone(uniqueid), id);
    }

    pub(crate) fn remove(&mut self, name: &str, uniqueid: &str) {
        self.names.remove(&name.to_ascii_lowercase());
        self.uniqueids.remove(uniqueid);
    }

    /// Finds a channel by its name, in any case, or its uniqueid.
    pub(crate) fn find(&self, text: &str) -> Option<ChannelId> {
        self.names
            .get(&text.to_ascii_lowercase())
            .copied()
            .or_else(|| self.with_uniqueid(text))
    }

    /// The first channel, by name, whose name begins so, in any case.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Option<ChannelId> {
        let prefix = prefix.to_ascii_lowercase();
        let (name, id) = self.names.range(prefix.clone()..).next()?;
        name.starts_with(&prefix).then_some(*id)
    }

    pub(crate) fn with_uniqueid(&self, uniqueid: &str) -> Option<ChannelId> {
        self.uniqueids.get(uniqueid).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_goes_by_its_name_in_any_case_and_by_its_uniqueid_until_it_is_gone() {
        let mut directory = Directory::default();
        let (alice, bob) = (ChannelId(1), ChannelId(2));
        directory.add(alice, "PJSIP/alice-00000000", &"1700000000.0".into());
        directory.add(bob, "PJSIP/bob-00000001", &"Own-Id".into());
        assert_eq!(directory.find("pjsip/ALICE-00000000"), Some(alice));
        assert_eq!(directory.find("1700000000.0"), Some(alice));
        assert_eq!(directory.find("Own-Id"), Some(bob));
        assert_eq!(directory.find("own-id"), None);
        assert_eq!(directory.with_prefix("PJSIP/b"), Some(bob));
        assert_eq!(directory.with_prefix("PJSIP/c"), None);
        assert_eq!(directory.with_uniqueid("PJSIP/bob-00000001"), None);
        directory.remove("PJSIP/alice-00000000", "1700000000.0");
        assert_eq!(directory.find("PJSIP/alice-00000000"), None);
        assert_eq!(directory.find("1700000000.0"), None);
    }
}
