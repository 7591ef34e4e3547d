//! What a channel is at a moment, shared with what was told of it as long as that is still true.

use crate::Switch;
use crate::channel::{Channel, place};
use crate::listen::format_of;
use model::{ChannelId, ChannelList, ChannelSnapshot, Words};
use std::sync::Arc;

impl Switch {
    /// The channel as it is now.
    pub(crate) fn snapshot(&self, id: ChannelId) -> Option<Arc<ChannelSnapshot>> {
        self.channels
            .get(&id)
            .map(|channel| self.snapshot_of(channel))
    }

    pub(crate) fn snapshot_of(&self, channel: &Channel) -> Arc<ChannelSnapshot> {
        if let Some(told) = &channel.told.snapshot
            && (!channel.told.touched || self.is_still(channel, told))
        {
            debug_assert!(
                self.is_still(channel, told),
                "changed and not touched: {told:?}"
            );
            return Arc::clone(told);
        }
        let variables = self.config.channel_variables.iter().map(|name| {
            let value = channel.shown(name).cloned().unwrap_or_default();
            (Arc::clone(name), value)
        });
        Arc::new(ChannelSnapshot {
            id: channel.id,
            name: Arc::clone(&channel.name),
            uniqueid: Arc::clone(&channel.uniqueid),
            linkedid: Arc::clone(&channel.linkedid),
            trace: Arc::clone(&channel.trace),
            state: channel.state,
            caller: channel.caller.clone(),
            connected: channel.connected.clone(),
            language: Arc::clone(&channel.language),
            account: Arc::clone(&channel.account),
            context: Arc::clone(&channel.context),
            exten: Arc::clone(&channel.exten),
            priority: channel.priority,
            application: Arc::clone(&channel.application),
            data: Arc::clone(&channel.data),
            dnid: Arc::clone(&channel.dnid),
            created: channel.created,
            ends: channel.absolute.map(|(at, _)| at),
            bridge: self.bridge_of(channel).cloned(),
            cause: channel.cause,
            tech_cause: channel.tech_cause.clone(),
            call_groups: channel.memory.call_groups.numbers,
            pickup_groups: channel.memory.pickup_groups.numbers,
            format: Arc::clone(format_of(channel)),
            variables: variables.collect(),
            words: Words::default(),
            line_words: <[Words; 2]>::default(),
        })
    }

    /// All channels as they are now.
    pub(crate) fn list_channels(&mut self) -> ChannelList {
        let unlisted = self.channels.unlisted();
        let looked_at = unlisted.map(|channel| self.snapshot_of(channel)).collect();
        let list = self.channels.list(looked_at);
        debug_assert!(
            self.channels
                .values()
                .zip(list.iter())
                .all(|(channel, listed)| self.is_still(channel, listed)),
            "changed and not looked at"
        );
        debug_assert_eq!(list.len(), self.channels.len());
        list
    }

    /// Whether nothing about a channel is other than in a snapshot of it: nearly always, where all
    /// channels are looked at.
    fn is_still(&self, channel: &Channel, snapshot: &ChannelSnapshot) -> bool {
        let ChannelSnapshot {
            id,
            name,
            uniqueid,
            linkedid,
            trace,
            state,
            caller,
            connected,
            language,
            account,
            context,
            exten,
            priority,
            application,
            data,
            dnid,
            created,
            ends,
            bridge,
            cause,
            tech_cause,
            call_groups,
            pickup_groups,
            format,
            variables,
            words: _,
            line_words: _,
        } = snapshot;
        let value = |name| channel.shown(name).map_or("", |value| value);
        let kept = variables.iter().map(|(name, value)| (&**name, &**value));
        let wanted = self.config.channel_variables.iter();
        (&channel.context, &channel.exten, channel.priority) == (context, exten, *priority)
            && (&channel.application, &channel.data) == (application, data)
            && (&channel.trace, channel.state) == (trace, *state)
            && self.bridge_of(channel) == bridge.as_ref()
            && (&channel.caller, &channel.connected) == (caller, connected)
            && (&channel.linkedid, &channel.account) == (linkedid, account)
            && (&channel.language, &channel.dnid) == (language, dnid)
            && (channel.cause, &channel.tech_cause) == (*cause, tech_cause)
            && channel.memory.call_groups.numbers == *call_groups
            && channel.memory.pickup_groups.numbers == *pickup_groups
            && format_of(channel) == format
            && (channel.id, &channel.name, &channel.uniqueid) == (*id, name, uniqueid)
            && (channel.created, channel.absolute.map(|(at, _)| at)) == (*created, *ends)
            && kept.eq(wanted.map(|name| (&**name, value(name))))
    }

    /// The unique id of the bridge a channel sits in.
    fn bridge_of(&self, channel: &Channel) -> Option<&Arc<str>> {
        let bridge = self.bridges.get(&channel.seat?)?;
        Some(&bridge.uniqueid)
    }

    /// The channel as it is now, at the place that was told last: what it goes to next is not
    /// told before it begins there.
    pub(crate) fn snapshot_where_told(&self, id: ChannelId) -> Option<Arc<ChannelSnapshot>> {
        let new = self.snapshot(id)?;
        match &self.channels.get(&id)?.told.snapshot {
            Some(told) if place(told) != place(&new) => Some(Arc::new(ChannelSnapshot {
                context: Arc::clone(&told.context),
                exten: Arc::clone(&told.exten),
                priority: told.priority,
                ..ChannelSnapshot::clone(&new)
            })),
            Some(_) | None => Some(new),
        }
    }
}
