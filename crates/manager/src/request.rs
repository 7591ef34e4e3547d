//! What a session asks of others, and what they answer.

use crate::{Outcoming, Resumed, Retold, User};
use model::{Command, Contact, MailboxQuery, MailboxReply, Mark, Reply, SipQuery, SipReply};
use std::sync::Arc;

/// What a session asks. The shell takes it to its owner.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a session has one at a time")]
pub enum Request {
    /// Of the switch. Answered with [`Answer::Switch`].
    Switch(Command),
    /// Of the switch: say when all that was told by [`Output::Notice`](crate::Output::Notice) before
    /// is in the order of events. Answered with [`Answer::Settled`] and the number of the last.
    Settle,
    /// Of the console: run this command line. Answered with [`Answer::Console`].
    Console(String),
    /// Of SIP: the contacts that registered. Answered with [`Answer::Contacts`].
    Contacts,
    /// Of SIP, other than calls. Answered with [`Answer::Sip`].
    Sip(SipQuery),
    /// Of the mailboxes. Answered with [`Answer::Mailboxes`].
    Mailboxes(MailboxQuery),
    /// Of the configuration's files. Answered with [`Answer::Files`].
    Files(FileRequest),
    /// Of the node: read the configuration anew, of the part that a module of this name stands for,
    /// or of all. What becomes of it is told as a Reload event too. Answered with
    /// [`Answer::Reloaded`].
    Reload(Option<String>),
    /// Of the log: put its files aside and begin new ones. Answered with [`Answer::Rotated`].
    RotateLog,
    /// Of the node: does it have what a module of this name brings? Answered with
    /// [`Answer::Module`].
    Module(String),
    /// Of an action that was sent before: wait for what comes of it. Answered with
    /// [`Answer::Retold`].
    Outcome(Outcoming),
    /// Of the shell: may this account have one session more? It may, if it allows several or has
    /// none; the session counts as the account's from the answer to its end. Answered with
    /// [`Answer::Admitted`].
    Admit(Arc<User>),
    /// Of the shell: give the session the events after this place from now on, as far as there are
    /// any. Answered with [`Answer::Resumed`].
    Resume(Mark),
    /// Of whoever has time: is this the secret of the hash? To be found out with
    /// [`verify`](crate::verify), away from where others wait. Answered with [`Answer::Verified`].
    Verify {
        /// The hash.
        hash: Arc<str>,
        /// The secret.
        secret: String,
    },
}

/// What they answer.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The switch's reply.
    Switch(Reply),
    /// It is.
    Settled,
    /// What the console printed.
    Console(ConsoleReport),
    /// The contacts.
    Contacts(Vec<Contact>),
    /// SIP's answer; endpoints with the state of their device and the number of their channels.
    Sip(SipReply),
    /// The mailboxes' answer.
    Mailboxes(MailboxReply),
    /// The files' answer.
    Files(Result<FileReply, FileFault>),
    /// What became of the reload.
    Reloaded(ReloadOutcome),
    /// Whether the log has new files.
    Rotated(bool),
    /// Whether it has it.
    Module(bool),
    /// Whether the account may have the session.
    Admitted {
        /// It may.
        granted: bool,
        /// Whether all parts of the node are up.
        booted: bool,
    },
    /// From where on it is given events.
    Resumed(Resumed),
    /// What came of it.
    Retold(Retold),
    /// Whether it is the secret.
    Verified(bool),
    /// It cannot be asked: it ends, or its queue is full.
    Unavailable,
}

/// What a console command printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleReport {
    /// Whether there is such a command and it did what it was told.
    pub success: bool,
    /// Its output, lines ending in line feeds.
    pub output: String,
}

/// What became of a reload, by the number that Reload events tell (ami-server.md 10.22).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ReloadOutcome {
    /// It is done.
    Done = 0,
    /// It will be.
    Queued = 1,
    /// There is nothing of this name.
    NotFound = 2,
    /// The configuration cannot be used; the old one holds.
    Failed = 3,
    /// Another one is under way.
    InProgress = 4,
    /// It is not up yet.
    Uninitialized = 5,
    /// It has no configuration.
    Unsupported = 6,
}

/// What is asked of the files of the configuration folder. Names are relative to it, or absolute
/// and within; whatever they lead to outside is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileRequest {
    /// What does the file say?
    Read {
        /// Its name.
        name: String,
    },
    /// Make an empty file, unless there is one.
    Create {
        /// Its name.
        name: String,
    },
    /// Make a file say this and nothing else, and keep what it said as `NAME.old`.
    Save {
        /// Its name.
        name: String,
        /// All that it says.
        text: String,
    },
    /// Change a file.
    Update(Box<FileUpdate>),
}

/// A change of a file, done in whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileUpdate {
    /// The file read.
    pub source: String,
    /// The file written; it must exist.
    pub destination: String,
    /// The operations, in order.
    pub steps: Vec<conf::Step>,
    /// Whether heirs keep what a changed template no longer gives them.
    pub preserve: bool,
    /// The part to reload once it is done; all if the name is empty.
    pub reload: Option<String>,
}

/// The files' answer.
#[derive(Clone, Debug)]
pub enum FileReply {
    /// What the file says.
    Config(Arc<conf::Config>),
    /// It is done.
    Done,
}

/// Why the files do not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// There is no such file.
    Missing,
    /// It is outside the configuration folder.
    Restricted,
    /// It does not read.
    Invalid,
    /// The name is no file's name.
    Name,
    /// The system refuses, in its own words.
    System(String),
    /// An operation cannot be carried out.
    Refused(conf::Refused),
}
