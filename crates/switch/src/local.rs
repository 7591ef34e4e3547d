//! Local channels: a pair of halves inside the switch. `;1` is dialled, `;2` executes the dialplan;
//! what is told to one arrives at the other.

use crate::Switch;
use crate::channel::{Descent, NewChannel, Technology};
use model::{ChannelId, ChannelState, Event};
use std::sync::Arc;

/// What a Local channel's resource says: `exten@context/options`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalResource {
    pub(crate) exten: Arc<str>,
    pub(crate) context: Arc<str>,
    /// Without `/n`: the pair may step aside once both halves are bridged.
    pub(crate) optimize: bool,
}

impl LocalResource {
    pub(crate) fn parse(resource: &str) -> Self {
        let (place, options) = resource.split_once('/').unwrap_or((resource, ""));
        let (exten, context) = place.split_once('@').unwrap_or((place, "default"));
        Self {
            exten: exten.into(),
            context: context.into(),
            optimize: !options.contains('n'),
        }
    }
}

impl Switch {
    /// Makes both halves; gives the one to be dialled.
    pub(crate) fn make_local(
        &mut self,
        resource: &LocalResource,
        descent: Descent,
        uniqueids: [Option<Arc<str>>; 2],
    ) -> ChannelId {
        let name = self.new_local_name(&resource.exten, &resource.context);
        let [one_id, two_id] = uniqueids;
        let half = |one: bool, uniqueid, descent| NewChannel {
            name: format!("{name};{}", if one { 1 } else { 2 }).into(),
            technology: Technology::Local {
                other: ChannelId(0),
                one,
                optimize: resource.optimize,
            },
            state: if one {
                ChannelState::Down
            } else {
                ChannelState::Ring
            },
            uniqueid,
            descent,
            caller: model::Party::default(),
            language: "en".into(),
            account: Arc::default(),
            context: Arc::clone(&resource.context),
            exten: Arc::clone(&resource.exten),
        };
        let one = self.make_channel(half(true, one_id, descent));
        let descent = self.channels.get(&one).map(|one| Descent {
            forwards: Some(one.forwards), // they are one call
            ..Descent::of(one)
        });
        let two = self.make_channel(half(false, two_id, descent.unwrap_or_default()));
        self.pair(one, two);
        self.pair(two, one);
        one
    }

    /// Joins the halves and lets `;2` execute the dialplan. Fails if it has nowhere to begin.
    pub(crate) fn call_local(&mut self, one: ChannelId) -> bool {
        let Some(two) = self.other_half(one) else {
            return false;
        };
        self.give_identity(one, two);
        let (Some(first), Some(second)) = (self.channels.get(&one), self.channels.get(&two)) else {
            return false;
        };
        let (context, exten) = (Arc::clone(&second.context), Arc::clone(&second.exten));
        let number = second.caller.number.clone().unwrap_or_default();
        if !self
            .config
            .dialplan
            .exists(&context, &exten, 1, &number, &self.local_time())
        {
            tracing::info!(channel = %first.name, "No such extension: {exten}@{context}");
            return false;
        }
        let optimize = matches!(first.technology, Technology::Local { optimize: true, .. });
        if let (Some(first), Some(second)) = (self.snapshot(one), self.snapshot(two)) {
            self.tell(Event::LocalBridge {
                one: first,
                two: second,
                context,
                exten,
                optimize,
            });
        }
        true
    }

    /// Starts the dialplan on `;2`, once the dialling has been told.
    pub(crate) fn run_local(&mut self, one: ChannelId) {
        if let Some(two) = self.other_half(one) {
            self.start_dialplan(two);
        }
    }

    /// `;2` sees who dialled `;1` and knows what it was given.
    fn give_identity(&mut self, one: ChannelId, two: ChannelId) {
        let Some(first) = self.channels.get(&one) else {
            return;
        };
        let (connected, caller, account) = (
            first.caller.clone(),
            first.connected.clone(),
            Arc::clone(&first.account),
        );
        let particulars = (first.memory.caller.clone(), first.memory.connected.clone());
        let redirecting = first.memory.redirecting.clone();
        let variables = first.variables.marked();
        for (name, value) in variables {
            self.give_variable(two, &name, &value);
        }
        if let Some(second) = self.channels.get_mut(&two) {
            second.connected = connected;
            second.caller = caller;
            (second.memory.connected, second.memory.caller) = particulars;
            second.memory.redirecting = redirecting;
            second.account = account;
        }
        self.publish(two);
    }

    /// One half is gone: the other is told.
    pub(crate) fn release_other_half(&mut self, id: ChannelId) {
        let Some(other) = self.other_half(id) else {
            return;
        };
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let cause = channel.cause;
        let is_two = matches!(channel.technology, Technology::Local { one: false, .. });
        let status = channel
            .variables
            .value("DIALSTATUS")
            .filter(|status| !status.is_empty())
            .cloned();
        if let (true, Some(status)) = (is_two, status) {
            self.set_variable(other, "CHANLOCALSTATUS", &status);
        }
        self.far_end_hung_up(other, cause, Some(0));
    }

    pub(crate) fn other_half(&self, id: ChannelId) -> Option<ChannelId> {
        match self.channels.get(&id)?.technology {
            Technology::Local { other, .. } if self.channels.contains_key(&other) => Some(other),
            Technology::Local { .. } | Technology::External { .. } | Technology::Internal => None,
        }
    }

    /// Sets the language of prompts; both halves of a Local channel speak the same.
    pub(crate) fn set_language(&mut self, id: ChannelId, language: &str) {
        for half in self.other_half(id).into_iter().chain([id]) {
            if let Some(channel) = self.channels.get_mut(&half) {
                channel.language = language.into();
            }
        }
    }

    fn pair(&mut self, id: ChannelId, with: ChannelId) {
        if let Some(Technology::Local { other, .. }) = self
            .channels
            .get_mut(&id)
            .map(|channel| &mut channel.technology)
        {
            *other = with;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_name_an_extension_and_options() {
        let read = LocalResource::parse;
        assert_eq!(
            read("short@lab"),
            LocalResource {
                exten: "short".into(),
                context: "lab".into(),
                optimize: true
            }
        );
        assert!(!read("short@lab/n").optimize);
        assert_eq!(&*read("100").context, "default");
    }
}
