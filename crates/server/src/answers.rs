//! Questions to SIP and to the mailboxes, answered together with what the switch knows.

use crate::mailbox;
use crate::node::Node;
use manager::Answer;
use model::{
    Command, DatabaseCommand, DatabaseReply, DeviceState, Event, MailboxQuery, MailboxReply,
    MessageCounts, Reply, SipQuery, SipReply, StateQuery, StateReply,
};
use std::sync::Arc;
use std::time::Duration;

/// Where the database keeps what other systems say of mailboxes.
const EXTERNAL: &str = "/MWIExternal";

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
            SipReply::Endpoints(_)
            | SipReply::Registry(_)
            | SipReply::Subscriptions(_)
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
        let kept = match &query {
            MailboxQuery::SetExternal { .. } => Some(true),
            MailboxQuery::ForgetExternal(_) => Some(false),
            MailboxQuery::Counts(_)
            | MailboxQuery::Users
            | MailboxQuery::User { .. }
            | MailboxQuery::Refresh { .. }
            | MailboxQuery::External(_) => None,
        };
        let Ok(mailbox::Answered { reply, looked }) = self.mailboxes.ask(query).await else {
            return Answer::Unavailable;
        };
        for (mailbox, counts) in looked {
            if let Some(keep) = kept {
                self.keep_external(&mailbox, keep.then_some(counts)).await;
            }
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

    /// Keeps what another system says of a mailbox for after a restart, or forgets it.
    async fn keep_external(&self, mailbox: &str, counts: Option<MessageCounts>) {
        let path = format!("{EXTERNAL}/{mailbox}").into();
        let change = match counts {
            Some(counts) => DatabaseCommand::Put {
                path,
                value: mailbox::written(counts).into(),
            },
            None => DatabaseCommand::Remove(path),
        };
        let reply = self.ask(Command::Database(change)).await;
        if reply == Reply::Database(DatabaseReply::Failed) {
            tracing::warn!(
                mailbox,
                "what MWIUpdate said is not kept for after a restart"
            );
        }
    }

    /// What other systems had said of mailboxes before the restart.
    async fn recall_external(&self) {
        let list = DatabaseCommand::List(EXTERNAL.into());
        let Reply::Database(DatabaseReply::List(kept)) = self.ask(Command::Database(list)).await
        else {
            return;
        };
        for (path, value) in kept {
            let mailbox = path.strip_prefix(EXTERNAL);
            let mailbox = mailbox.and_then(|rest| rest.strip_prefix('/'));
            if let (Some(mailbox), Some(counts)) = (mailbox, mailbox::read(&value)) {
                let said = MailboxQuery::SetExternal {
                    mailbox: mailbox.into(),
                    counts,
                };
                self.answer_mailboxes(said).await;
            }
        }
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
        self.recall_external().await;
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
