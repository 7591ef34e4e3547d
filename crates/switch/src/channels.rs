//! All channels, in the order they came, and which of them may be other than they were told.

use crate::channel::Channel;
use model::{ChannelId, ChannelSnapshot};
use std::collections::BTreeMap;
use std::sync::Arc;

/// All channels. Who may change one says so by [`Channels::get_mut`], so that a list of thousands finds the
/// few that must be looked at. Boxed, as a map of large values keeps much room for those to come.
#[derive(Debug, Default)]
pub(crate) struct Channels(BTreeMap<ChannelId, Box<Channel>>);

impl Channels {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn contains_key(&self, id: &ChannelId) -> bool {
        self.0.contains_key(id)
    }

    pub(crate) fn get(&self, id: &ChannelId) -> Option<&Channel> {
        self.0.get(id).map(|channel| &**channel)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &ChannelId> {
        self.0.keys()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Channel> {
        self.0.values().map(|channel| &**channel)
    }

    pub(crate) fn insert(&mut self, id: ChannelId, channel: Channel) {
        self.0.insert(id, Box::new(channel));
    }

    pub(crate) fn remove(&mut self, id: &ChannelId) -> Option<Channel> {
        self.0.remove(id).map(|channel| *channel)
    }

    /// A channel that may be changed.
    pub(crate) fn get_mut(&mut self, id: &ChannelId) -> Option<&mut Channel> {
        let channel = self.0.get_mut(id)?;
        channel.told.touched = true;
        Some(channel)
    }

    /// A channel is as this says; gives what it was told before.
    pub(crate) fn tell(
        &mut self,
        id: ChannelId,
        snapshot: Arc<ChannelSnapshot>,
    ) -> Option<Arc<ChannelSnapshot>> {
        let channel = self.0.get_mut(&id)?;
        channel.told.touched = false;
        channel.told.snapshot.replace(snapshot)
    }

    /// All may be other than they were told.
    pub(crate) fn touch_all(&mut self) {
        self.0
            .values_mut()
            .for_each(|channel| channel.told.touched = true);
    }

    /// Those that are, once looked at, as they were told.
    pub(crate) fn are_as_told(&mut self, ids: &[ChannelId]) {
        for id in ids {
            if let Some(channel) = self.0.get_mut(id) {
                channel.told.touched = false;
            }
        }
    }
}
