//! Mailboxes: who has one, and the messages that wait in it.
//!
//! Messages are counted where they lie. What another system keeps (MWIUpdate) is known by what it
//! says, and goes before. The disk is touched on threads of the runtime for that, a few at a time.

mod settings;
mod spool;

#[cfg(test)]
pub(crate) use settings::HELP;
pub(crate) use settings::Settings;

use model::{MailboxQuery, MailboxReply, MailboxUser, MessageCounts};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// How many look into folders at the same time.
const LOOKING: usize = 4;
/// How many mailboxes of other systems are known.
const EXTERNAL: usize = 100_000;

/// The mailboxes of the node.
pub(crate) struct Mailboxes {
    spool: PathBuf,
    settings: Mutex<Arc<Settings>>,
    external: Mutex<BTreeMap<Arc<str>, MessageCounts>>,
    looking: Semaphore,
}

/// What became of a question, and the mailboxes that were looked into meanwhile.
pub(crate) struct Answered {
    pub(crate) reply: MailboxReply,
    pub(crate) looked: Vec<(Arc<str>, MessageCounts)>,
}

/// The runtime ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ended;

impl Mailboxes {
    pub(crate) fn new(spool: PathBuf) -> Self {
        Self {
            spool,
            settings: Mutex::default(),
            external: Mutex::default(),
            looking: Semaphore::new(LOOKING),
        }
    }

    pub(crate) fn configure(&self, settings: Arc<Settings>) {
        *held(&self.settings) = settings;
    }

    /// How often the folders are to be looked into.
    pub(crate) fn poll(&self) -> Option<std::time::Duration> {
        held(&self.settings).poll
    }

    pub(crate) async fn ask(&self, query: MailboxQuery) -> Result<Answered, Ended> {
        let settings = Arc::clone(&held(&self.settings));
        let silently = |reply| Answered {
            reply,
            looked: Vec::new(),
        };
        Ok(match query {
            MailboxQuery::Counts(names) => {
                let boxes = names
                    .split(',')
                    .map(place)
                    .map(|(context, mailbox)| (context.to_owned(), mailbox.to_owned()));
                let counted = self.count(boxes.collect()).await?;
                let sum = counted.into_iter().fold(MessageCounts::default(), sum);
                silently(MailboxReply::Counts(sum))
            }
            MailboxQuery::Users => silently(self.users(settings.users.clone()).await?),
            MailboxQuery::User { context, mailbox } => {
                let meant =
                    |user: &&MailboxUser| *user.context == *context && *user.mailbox == *mailbox;
                let users = settings
                    .users
                    .iter()
                    .find(meant)
                    .cloned()
                    .into_iter()
                    .collect();
                silently(self.users(users).await?)
            }
            MailboxQuery::Refresh { context, mailbox } => {
                let meant = |user: &&MailboxUser| {
                    context
                        .as_ref()
                        .is_none_or(|context| *user.context == **context)
                        && mailbox
                            .as_ref()
                            .is_none_or(|mailbox| *user.mailbox == **mailbox)
                };
                let users: Vec<_> = settings.users.iter().filter(meant).cloned().collect();
                Answered {
                    looked: self.look(&users).await?,
                    reply: MailboxReply::Done,
                }
            }
            MailboxQuery::SetExternal { mailbox, counts } => {
                let known = self.learn(&mailbox, counts);
                let looked = known
                    .then(|| (full_name(&mailbox), counts))
                    .into_iter()
                    .collect();
                Answered {
                    looked,
                    reply: MailboxReply::Done,
                }
            }
            MailboxQuery::External(pattern) => {
                silently(MailboxReply::External(self.matching(&pattern)))
            }
            MailboxQuery::ForgetExternal(pattern) => self.forget(&pattern),
        })
    }

    async fn users(&self, mut users: Vec<MailboxUser>) -> Result<MailboxReply, Ended> {
        let counted = self
            .count(
                users
                    .iter()
                    .map(|user| (user.context.clone(), user.mailbox.clone()))
                    .collect(),
            )
            .await?;
        for (user, counts) in users.iter_mut().zip(counted) {
            user.counts = counts;
        }
        Ok(MailboxReply::Users(users))
    }

    async fn look(&self, users: &[MailboxUser]) -> Result<Vec<(Arc<str>, MessageCounts)>, Ended> {
        let boxes: Vec<_> = users
            .iter()
            .map(|user| (user.context.clone(), user.mailbox.clone()))
            .collect();
        let names = boxes
            .iter()
            .map(|(context, mailbox)| format!("{mailbox}@{context}").into())
            .collect::<Vec<_>>();
        Ok(names.into_iter().zip(self.count(boxes).await?).collect())
    }

    /// The messages of mailboxes, each by context and number, in their order.
    async fn count(&self, boxes: Vec<(String, String)>) -> Result<Vec<MessageCounts>, Ended> {
        let external = held(&self.external).clone();
        let spool = self.spool.clone();
        let _permit = self.looking.acquire().await.map_err(|_| Ended)?;
        let counting = tokio::task::spawn_blocking(move || {
            let counted = boxes.into_iter().map(|(context, mailbox)| {
                let name = format!("{mailbox}@{context}");
                if let Some(counts) = external.get(name.as_str()) {
                    return *counts;
                }
                spool::counts(&spool, &context, &mailbox).unwrap_or_else(|error| {
                    tracing::warn!(%error, mailbox = name, "messages cannot be counted");
                    MessageCounts::default()
                })
            });
            counted.collect()
        });
        counting.await.map_err(|_| Ended)
    }

    /// Whether there is room for what another system says.
    fn learn(&self, mailbox: &str, counts: MessageCounts) -> bool {
        let mut external = held(&self.external);
        let name = full_name(mailbox);
        let room = external.len() < EXTERNAL || external.contains_key(&name);
        if room {
            external.insert(name, counts);
        } else {
            tracing::warn!(mailbox, "too many mailboxes of other systems");
        }
        room
    }

    fn matching(&self, pattern: &str) -> Vec<(Arc<str>, MessageCounts)> {
        let external = held(&self.external);
        let named = external.iter().filter(|(name, _)| matches(pattern, name));
        named
            .map(|(name, counts)| (Arc::clone(name), *counts))
            .collect()
    }

    fn forget(&self, pattern: &str) -> Answered {
        let gone = self.matching(pattern);
        let mut external = held(&self.external);
        let looked = gone.into_iter().map(|(name, _)| {
            external.remove(&name);
            (name, MessageCounts::default())
        });
        Answered {
            looked: looked.collect(),
            reply: MailboxReply::Done,
        }
    }
}

/// Counts as they are kept: `new/old/urgent`.
pub(crate) fn written(counts: MessageCounts) -> String {
    format!("{}/{}/{}", counts.new, counts.old, counts.urgent)
}

/// The counts that were kept so.
pub(crate) fn read(text: &str) -> Option<MessageCounts> {
    let mut numbers = text.split('/').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some(MessageCounts {
        new: next()?,
        old: next()?,
        urgent: next()?,
    })
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it is held; were it so, what is there is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn sum(one: MessageCounts, other: MessageCounts) -> MessageCounts {
    MessageCounts {
        urgent: one.urgent + other.urgent,
        new: one.new + other.new,
        old: one.old + other.old,
    }
}

/// The context and the number of `number@context`.
fn place(name: &str) -> (&str, &str) {
    let (mailbox, context) = name.trim().split_once('@').unwrap_or((name.trim(), ""));
    (
        if context.is_empty() {
            "default"
        } else {
            context
        },
        mailbox,
    )
}

fn full_name(name: &str) -> Arc<str> {
    let (context, mailbox) = place(name);
    format!("{mailbox}@{context}").into()
}

/// Whether a mailbox is the one named, or matches the regular expression between slashes.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'))
    {
        Some(expression) => {
            regex::Regex::new(expression).is_ok_and(|expression| expression.is_match(name))
        }
        None => *name == *full_name(pattern),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn mailboxes(spool: &std::path::Path) -> Mailboxes {
        let text = "[default]\n100 => 1,Alice\n101 => 1,Bob\n";
        let config = conf::load(&conf::Memory::default().with("v", text), "v").unwrap();
        let mailboxes = Mailboxes::new(spool.to_owned());
        mailboxes.configure(Arc::new(Settings::read(&config, &mut Vec::new())));
        mailboxes
    }

    async fn counts(mailboxes: &Mailboxes, name: &str) -> MessageCounts {
        match mailboxes
            .ask(MailboxQuery::Counts(name.into()))
            .await
            .unwrap()
            .reply
        {
            MailboxReply::Counts(counts) => counts,
            other @ (MailboxReply::Users(_) | MailboxReply::External(_) | MailboxReply::Done) => {
                panic!("{other:?}")
            }
        }
    }

    #[tokio::test]
    async fn messages_are_counted_and_told_of() {
        let spool = tempfile::tempdir().unwrap();
        let inbox = spool.path().join("voicemail/default/100/INBOX");
        fs::create_dir_all(&inbox).unwrap();
        fs::write(inbox.join("msg0000.txt"), "").unwrap();
        let mailboxes = mailboxes(spool.path());
        let one = MessageCounts {
            new: 1,
            ..MessageCounts::default()
        };
        assert_eq!(counts(&mailboxes, "100").await, one);
        assert_eq!(counts(&mailboxes, "101@default, 100@default").await, one);
        assert_eq!(
            counts(&mailboxes, "100@nowhere").await,
            MessageCounts::default()
        );
        let all = MailboxQuery::Refresh {
            context: None,
            mailbox: None,
        };
        let looked = mailboxes.ask(all).await.unwrap().looked;
        assert_eq!(
            looked,
            [
                ("100@default".into(), one),
                ("101@default".into(), MessageCounts::default())
            ]
        );
    }

    #[test]
    fn counts_are_kept_in_words() {
        let counts = MessageCounts {
            new: 3,
            old: 1,
            urgent: 2,
        };
        assert_eq!(read(&written(counts)), Some(counts));
        assert_eq!(read("3/x/1"), None);
        assert_eq!(read("3"), None);
    }

    #[tokio::test]
    async fn what_another_system_says_goes_before() {
        let spool = tempfile::tempdir().unwrap();
        let mailboxes = mailboxes(spool.path());
        let three = MessageCounts {
            new: 3,
            old: 1,
            urgent: 0,
        };
        let say = MailboxQuery::SetExternal {
            mailbox: "200".into(),
            counts: three,
        };
        assert_eq!(
            mailboxes.ask(say).await.unwrap().looked,
            [("200@default".into(), three)]
        );
        assert_eq!(counts(&mailboxes, "200").await, three);
        let known = mailboxes
            .ask(MailboxQuery::External("/^2/".into()))
            .await
            .unwrap()
            .reply;
        assert_eq!(
            known,
            MailboxReply::External(vec![("200@default".into(), three)])
        );
        let gone = mailboxes
            .ask(MailboxQuery::ForgetExternal("200@default".into()))
            .await
            .unwrap()
            .looked;
        assert_eq!(gone, [("200@default".into(), MessageCounts::default())]);
        assert_eq!(counts(&mailboxes, "200").await, MessageCounts::default());
    }
}
