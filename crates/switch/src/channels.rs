//! All channels, in the order they came, and which of them may be other than they were told or listed.

use crate::channel::Channel;
use model::{ChannelId, ChannelList, ChannelSnapshot};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All channels. Who may change one says so by [`Channels::get_mut`], so that who lists thousands looks at the
/// few that must be looked at. Boxed, as a map of large values keeps much room for those to come.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    there: BTreeMap<ChannelId, Box<Channel>>,
    /// As they were when they were looked at for a list.
    listed: ChannelList,
    /// Those that may be other than that.
    unlisted: BTreeSet<ChannelId>,
}

impl Channels {
    pub(crate) fn len(&self) -> usize {
        self.there.len()
    }

    pub(crate) fn contains_key(&self, id: &ChannelId) -> bool {
        self.there.contains_key(id)
    }

    pub(crate) fn get(&self, id: &ChannelId) -> Option<&Channel> {
        self.there.get(id).map(|channel| &**channel)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &ChannelId> {
        self.there.keys()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Channel> {
        self.there.values().map(|channel| &**channel)
    }

    pub(crate) fn insert(&mut self, id: ChannelId, channel: Channel) {
        self.unlisted.insert(id);
        self.there.insert(id, Box::new(channel));
    }

    pub(crate) fn remove(&mut self, id: &ChannelId) -> Option<Channel> {
        self.unlisted.remove(id);
        self.listed.remove(*id);
        self.there.remove(id).map(|channel| *channel)
    }

    /// A channel that may be changed.
    pub(crate) fn get_mut(&mut self, id: &ChannelId) -> Option<&mut Channel> {
        let channel = self.there.get_mut(id)?;
        channel.told.touched = true;
        if channel.listed {
            channel.listed = false;
            self.unlisted.insert(*id);
        }
        Some(channel)
    }

    /// A channel is as this says; gives what it was told before.
    pub(crate) fn tell(
        &mut self,
        id: ChannelId,
        snapshot: Arc<ChannelSnapshot>,
    ) -> Option<Arc<ChannelSnapshot>> {
        let channel = self.there.get_mut(&id)?;
        channel.told.touched = false;
        channel.told.snapshot.replace(snapshot)
    }

    /// All may be other than they were told.
    pub(crate) fn touch_all(&mut self) {
        let all: Vec<_> = self.there.keys().copied().collect();
        for id in all {
            self.get_mut(&id);
        }
    }

    /// Those that may be other than in the list.
    pub(crate) fn unlisted(&self) -> impl Iterator<Item = &Channel> {
        self.unlisted.iter().filter_map(|id| self.get(id))
    }

    /// Those that were not listed are as these say; gives the list of all.
    pub(crate) fn list(&mut self, looked_at: Vec<Arc<ChannelSnapshot>>) -> ChannelList {
        self.unlisted.clear();
        for snapshot in looked_at {
            if let Some(channel) = self.there.get_mut(&snapshot.id) {
                channel.listed = true;
                self.listed.put(snapshot);
            }
        }
        self.listed.clone()
    }
}
