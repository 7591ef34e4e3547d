//! All channels at a moment, as a value that is cheap to give: who has it may take its time.

use crate::{ChannelId, ChannelSnapshot, Now};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Channels in the order they came. A copy shares all it can with the original, a page at a time, so that
/// a list of thousands is given in microseconds, and looked at when there is time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelList {
    pages: BTreeMap<u64, Arc<Page>>,
}

/// Those whose ids are the same but for the last bits, by id.
type Page = Vec<Arc<ChannelSnapshot>>;

/// So many: 64 channels a page.
const BITS: u32 = 6;

impl ChannelList {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.pages.values().map(|page| page.len()).sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ChannelSnapshot>> {
        self.pages.values().flat_map(|page| page.iter())
    }

    /// All, in order, for who keeps the list.
    pub fn into_channels(self) -> impl Iterator<Item = Arc<ChannelSnapshot>> + Send + Sync {
        let pages = self.pages.into_values();
        pages.flat_map(|page| (0..page.len()).map(move |at| Arc::clone(&page[at])))
    }

    /// A channel is as this says.
    pub fn put(&mut self, channel: Arc<ChannelSnapshot>) {
        let page = Arc::make_mut(self.pages.entry(channel.id.0 >> BITS).or_default());
        match page.binary_search_by_key(&channel.id, |one| one.id) {
            Ok(place) => page[place] = channel,
            Err(place) => page.insert(place, channel),
        }
    }

    /// A channel is not there any more.
    pub fn remove(&mut self, id: ChannelId) {
        let number = id.0 >> BITS;
        let Some(page) = self.pages.get_mut(&number) else {
            return;
        };
        let Ok(place) = page.binary_search_by_key(&id, |one| one.id) else {
            return;
        };
        if page.len() == 1 {
            self.pages.remove(&number);
        } else {
            Arc::make_mut(page).remove(place);
        }
    }
}

impl FromIterator<Arc<ChannelSnapshot>> for ChannelList {
    fn from_iter<I: IntoIterator<Item = Arc<ChannelSnapshot>>>(channels: I) -> Self {
        let mut list = Self::default();
        channels.into_iter().for_each(|channel| list.put(channel));
        list
    }
}

/// A name and a value.
pub type Variable = (Arc<str>, Arc<str>);

/// Channels at a moment, with their variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Statuses {
    /// The channels.
    pub channels: ChannelList,
    /// The moment.
    pub at: Now,
    /// Of each channel the variables asked for, in order, then all if asked for.
    pub variables: BTreeMap<ChannelId, Vec<Variable>>,
}

/// A channel at a moment, with its variables.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusItem {
    /// The channel.
    pub channel: Arc<ChannelSnapshot>,
    /// Whole seconds since it was made.
    pub seconds: u64,
    /// Whole seconds until its absolute timeout, 0 if none is set.
    pub time_to_hangup: u64,
    /// Variables asked for, in order, then all if asked for.
    pub variables: Vec<Variable>,
}

impl Statuses {
    /// One by one.
    pub fn into_items(mut self) -> impl Iterator<Item = StatusItem> + Send + Sync {
        let at = self.at;
        self.channels.into_channels().map(move |channel| {
            let age = at.utc.duration_since(channel.created).as_secs();
            let ends = channel.ends.unwrap_or_default();
            StatusItem {
                seconds: u64::try_from(age).unwrap_or(0),
                time_to_hangup: ends.saturating_sub(at.since_start).as_secs(),
                variables: self.variables.remove(&channel.id).unwrap_or_default(),
                channel,
            }
        })
    }
}
