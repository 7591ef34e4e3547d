//! Texts: in a call they go to whoever is talked with, outside of one they run the dialplan.

use crate::channel::{Channel, Descent, NewChannel, Technology};
use crate::peers::share;
use crate::{Output, Switch};
use model::{Cause, ChannelId, ChannelState, Instruction, NewMessage, Party};
use std::sync::Arc;

/// The channel that executes the dialplan for a message, as others name it.
const CHANNEL: &str = "Message/ast_msg_queue";
/// As many messages may be in the dialplan at a time; more are refused.
const MESSAGES: usize = 128;
/// Through how many Local channels in a row a text goes.
const HOPS: usize = 16;

impl Switch {
    /// The far end of a call sent a text: who it talks with gets it.
    pub(crate) fn on_text(&mut self, id: ChannelId, text: Arc<str>) {
        self.text_arrives(id, text, HOPS);
    }

    /// Sends a text towards the far end of a channel. False if none can be sent there.
    pub(crate) fn text_to(&mut self, id: ChannelId, text: Arc<str>) -> bool {
        self.text_leaves(id, text, HOPS)
    }

    fn text_arrives(&mut self, id: ChannelId, text: Arc<str>, hops: usize) {
        let peers = self.peers(id);
        let hops = share(hops, peers.len());
        for peer in peers {
            self.text_leaves(peer, Arc::clone(&text), hops);
        }
    }

    fn text_leaves(&mut self, id: ChannelId, text: Arc<str>, hops: usize) -> bool {
        // Local pairs may be bridged in a ring.
        let Some(hops) = hops.checked_sub(1) else {
            return false;
        };
        let Some(channel) = self.channels.get(&id) else {
            return false;
        };
        match channel.technology {
            Technology::External { .. } => {
                self.put(Output::Instruct(Instruction::SendText {
                    channel: id,
                    text,
                }));
                true
            }
            Technology::Local { .. } => {
                let Some(other) = self.other_half(id) else {
                    return false;
                };
                self.text_arrives(other, text, hops);
                true
            }
            Technology::Internal => false,
        }
    }

    /// A text came in outside of any call: its extension is executed for it.
    pub(crate) fn on_message(&mut self, message: NewMessage) {
        let refuse = |cause| {
            Output::Instruct(Instruction::Refuse {
                token: message.token,
                cause,
            })
        };
        let is_message = |channel: &&Channel| matches!(channel.technology, Technology::Internal);
        let under_way = self.channels.values().filter(is_message).count();
        if self.is_full() || under_way >= MESSAGES {
            return self.put(refuse(Cause::SWITCH_CONGESTION));
        }
        let now = self.local_time();
        let dialplan = &self.config.dialplan;
        if !dialplan.exists(&message.context, &message.exten, 1, "", &now) {
            return self.put(refuse(Cause::UNALLOCATED));
        }
        self.put(Output::Instruct(Instruction::TakeMessage(message.token)));
        let id = self.make_channel(NewChannel {
            name: CHANNEL.into(),
            technology: Technology::Internal,
            state: ChannelState::Up,
            uniqueid: None,
            descent: Descent::default(),
            caller: Party::default(),
            language: "en".into(),
            account: Arc::default(),
            context: "default".into(),
            exten: "s".into(),
        });
        let place = crate::place::Place {
            context: Arc::clone(&message.context),
            exten: Arc::clone(&message.exten),
            priority: 1,
        };
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.memory.message = Some(message);
        }
        self.go(id, place);
        self.start_dialplan(id);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.record = None;
        }
    }
}
