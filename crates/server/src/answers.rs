//! Questions to SIP and to the mailboxes, answered together with what the switch knows.

use crate::mailbox;
use crate::node::Node;
use manager::Answer;
use model::{
    Command, DeviceState, Event, MailboxQuery, MailboxReply, Reply, SipQuery, SipReply, StateQuery,
    StateReply,
};
use std::sync::Arc;
use std::time::Duration;

impl Node {
    /// SIP does not know how its devices are.
    pub(crate) async fn answer_sip(&self, query: SipQuery) -> Answer {
        let mut reply = self.sip.ask(query);
        let endpoints = match &mut reply {
            SipReply::Objects(objects) => objects
                .iter_mut()
                .filter(|object| object.kind == "endpoint")
                .collect(),
            SipReply::Endpoint(endpoint) => vec![&mut endpoint.endpoint],
            SipReply::Subscriptions(_)
            | SipReply::Contacts(_)
            | SipReply::Done
            | SipReply::NotFound => Vec::new(),
        };
        if !endpoints.is_empty() {
            let devices = self.ask(Command::States(StateQuery::Devices)).await;
            let channels = self.ask(Command::Channels).await;
            let (Reply::States(StateReply::Devices(devices)), Reply::Channels(channels)) =
                (devices, channels)
            else {
                return Answer::Unavailable;
            };
            for endpoint in endpoints {
                let device = format!("PJSIP/{}", endpoint.name);
                let state = devices
                    .iter()
                    .find(|(name, _)| **name == device)
                    .map(|(_, state)| *state);
                let own = format!("{device}-");
                let active = channels
                    .iter()
                    .filter(|channel| channel.name.starts_with(&own))
                    .count();
                let words = state.unwrap_or(DeviceState::Unknown).words();
                endpoint.fields.push(("DeviceState".into(), words.into()));
                endpoint
                    .fields
                    .push(("ActiveChannels".into(), active.to_string().into()));
            }
        }
        Answer::Sip(reply)
    }

    /// What is found in mailboxes is told, if it is news.
    pub(crate) async fn answer_mailboxes(&self, query: MailboxQuery) -> Answer {
        let Ok(mailbox::Answered { reply, looked }) = self.mailboxes.ask(query).await else {
            return Answer::Unavailable;
        };
        for (mailbox, counts) in looked {
            if self
                .notice(Event::MessageWaiting { mailbox, counts })
                .await
                .is_err()
            {
                return Answer::Unavailable;
            }
        }
        Answer::Mailboxes(reply)
    }

    /// Asks the mailboxes. `None` if the node ends.
    pub(crate) async fn ask_mailboxes(&self, query: MailboxQuery) -> Option<MailboxReply> {
        let Answer::Mailboxes(reply) = self.answer_mailboxes(query).await else {
            return None;
        };
        Some(reply)
    }

    /// Looks into all mailboxes, and again as often as they are to be looked into.
    pub(crate) async fn watch_mailboxes(self: Arc<Self>) {
        /// How often is looked whether that is said anew.
        const ASLEEP: Duration = Duration::from_secs(30);
        self.look_into_mailboxes().await;
        while !self.is_ending() {
            let poll = self.mailboxes.poll();
            tokio::time::sleep(poll.unwrap_or(ASLEEP)).await;
            if poll.is_some() {
                self.look_into_mailboxes().await;
            }
        }
    }

    pub(crate) async fn look_into_mailboxes(&self) {
        self.answer_mailboxes(MailboxQuery::Refresh {
            context: None,
            mailbox: None,
        })
        .await;
    }
}
