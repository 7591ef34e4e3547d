//! What managers are shown of every channel (manager.conf `channelvars`): variables, and functions such as
//! `CHANNEL(state)`, which are looked up before a channel is told.

use crate::Switch;
use crate::channel::Channel;
use crate::scope::ChannelScope;
use model::ChannelId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The values of functions by their calls, as they were when the channel was told.
pub(crate) type Shown = BTreeMap<Arc<str>, Arc<str>>;

impl Switch {
    /// Looks up the functions that are shown of a channel.
    pub(crate) fn look_up_shown(&mut self, id: ChannelId) {
        if self.config.channel_variables.is_empty() {
            return;
        }
        let config = Arc::clone(&self.config);
        let functions = config.channel_variables.iter();
        for call in functions.filter(|name| is_function(name)) {
            // What has no value is shown without one, as a variable is.
            let value = ChannelScope::new(self, id).value(call).unwrap_or_default();
            if let Some(channel) = self.channels.get_mut(&id) {
                channel.shown.insert(Arc::clone(call), value.into());
            }
        }
    }
}

impl Channel {
    /// The value of one of `channelvars`.
    pub(crate) fn shown(&self, name: &str) -> Option<&Arc<str>> {
        if is_function(name) {
            self.shown.get(name)
        } else {
            self.variables.value(name)
        }
    }
}

fn is_function(name: &str) -> bool {
    name.ends_with(')')
}
