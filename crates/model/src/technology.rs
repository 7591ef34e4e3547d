//! How the switch and a channel technology talk: signals in, instructions out.
//!
//! The switch never sees a message of the technology. A call that comes in is offered with a token,
//! which the switch answers with [`Instruction::Accept`] or [`Instruction::Refuse`]; from then on
//! both sides speak of the channel. Instructions for a call the technology has already ended, and
//! signals for a channel the switch has forgotten, are ignored.

use crate::{
    AudioQuality, Cause, ChannelId, ContactFact, Dialog, ExtensionState, MediaId, MessageCounts,
    Party, SoundAddresses, Token,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The hook pressed for a moment: the key that RFC 4733 numbers 16, which has no sign of its own.
pub const FLASH: char = '!';

/// What is said of a transfer by who asks for it, in the technology's own words. What is not said is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Where to (the URI of SIP's Refer-To, RFC 3515, without its headers).
    pub to: Arc<str>,
    /// Who asks (Referred-By, RFC 3892).
    pub by: Arc<str>,
    /// The call between others that the new one is to take the place of (Replaces, RFC 3891).
    pub replaces: Arc<str>,
}

/// What a technology tells the switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Signal {
    /// A call comes in.
    NewCall(NewCall),
    /// The call dialled goes on: the far end is being looked for (SIP 100 and 183 without sound).
    Proceeding(ChannelId),
    /// The far end rings.
    Ringing(ChannelId),
    /// The far end sends sound before it answers.
    Progress(ChannelId),
    /// The far end answered.
    Answered(ChannelId),
    /// The leg's sound is agreed on and flows from now on; may be told again when it changes.
    Media {
        /// The channel.
        channel: ChannelId,
        /// Its leg.
        media: MediaId,
        /// Its format, e.g. `ulaw`.
        format: Arc<str>,
        /// Where it goes.
        addresses: SoundAddresses,
        /// What is known of the call by now.
        dialog: Arc<Dialog>,
    },
    /// A key was pressed (and let go) at the far end.
    Digit {
        /// The channel.
        channel: ChannelId,
        /// `0`-`9`, `*`, `#`, `A`-`D`, or [`FLASH`].
        digit: char,
        /// How long it was held, in milliseconds.
        milliseconds: u32,
    },
    /// The far end wants whoever it talks with sent elsewhere; answered with
    /// [`Instruction::Transferred`].
    Transfer {
        /// The channel of who wants it.
        channel: ChannelId,
        /// Where to, in the context of its transfers.
        exten: Arc<str>,
        /// Another channel of its, whose far end it wants them to talk with instead.
        replaces: Option<ChannelId>,
        /// What else it says of it.
        #[serde(default)]
        referral: Referral,
    },
    /// The far end, being called, asks that somebody else be called instead; its call ends.
    Forwarded {
        /// Its channel.
        channel: ChannelId,
        /// Whom to call.
        exten: Arc<str>,
    },
    /// The answer to [`Instruction::SendAway`].
    SentAway {
        /// The channel.
        channel: ChannelId,
        /// The status it failed with, in the technology's own numbers; `None` if it is done.
        failed: Option<u16>,
    },
    /// The far end of a call sends a text.
    Text {
        /// The channel.
        channel: ChannelId,
        /// What it says.
        text: Arc<str>,
    },
    /// An endpoint sends a text outside of any call; answered with [`Instruction::TakeMessage`] or
    /// [`Instruction::Refuse`].
    Message(NewMessage),
    /// Somebody wants to know how something is, now and whenever it changes; answered with
    /// [`Instruction::Watching`] or [`Instruction::Refuse`].
    Watch {
        /// To be named in the answer.
        token: Token,
        /// What.
        what: Watched,
    },
    /// One who watched something no longer does.
    Unwatch(Watched),
    /// The far end put us on hold.
    Held(ChannelId),
    /// And took us back.
    Unheld(ChannelId),
    /// The far end is somebody else now (P-Asserted-Identity in an answer).
    Connected {
        /// The channel.
        channel: ChannelId,
        /// Who it is.
        party: Party,
    },
    /// The far end hung up or refused, or the call could not be made.
    HungUp {
        /// The channel.
        channel: ChannelId,
        /// Why, if it said so; a plain BYE says nothing.
        cause: Option<Cause>,
        /// The status in the technology's own words, for calls that failed: `486`.
        tech_cause: Option<Arc<str>>,
        /// How the sound was, if there was any.
        quality: Option<AudioQuality>,
    },
    /// The answer to [`Instruction::HangUp`]: the leg is closed. Comes once, at once.
    Released {
        /// The channel.
        channel: ChannelId,
        /// The status sent to end a call that was never answered, in the technology's own words.
        tech_cause: Option<Arc<str>>,
        /// How the sound was, if there was any.
        quality: Option<AudioQuality>,
    },
    /// Something became of a contact.
    Contact(ContactFact),
}

/// Something whose state others may watch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Watched {
    /// The hint of an extension.
    Extension {
        /// Its context.
        context: Arc<str>,
        /// The extension.
        exten: Arc<str>,
    },
    /// A mailbox: `100@default`.
    Mailbox(Arc<str>),
}

impl std::fmt::Display for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Extension { context, exten } => write!(f, "{exten}@{context}"),
            Self::Mailbox(name) => f.write_str(name),
        }
    }
}

/// How something watched is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WatchedState {
    /// A hint's state.
    Extension(ExtensionState),
    /// The messages in a mailbox.
    Mailbox(MessageCounts),
}

/// A call that comes in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewCall {
    /// To be named in the answer.
    pub token: Token,
    /// Who calls: an endpoint's name.
    pub endpoint: Arc<str>,
    /// Who it says it is; the endpoint's own caller id goes before it.
    pub caller: Party,
    /// Whether it wants that not to be shown (RFC 3323).
    pub withheld: bool,
    /// What was dialled.
    pub exten: Arc<str>,
    /// The channel whose place it wants, instead of what was dialled.
    pub replaces: Option<ChannelId>,
    /// The technology's id of the call (SIP Call-ID).
    pub call_id: Arc<str>,
    /// What else is known of it.
    pub dialog: Arc<Dialog>,
    /// Variables to set first, e.g. `SIPDOMAIN`.
    pub variables: Vec<(Arc<str>, Arc<str>)>,
}

/// A text outside of any call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    /// To be named in the answer.
    pub token: Token,
    /// Who sends it: an endpoint's name.
    pub endpoint: Arc<str>,
    /// Where it enters the dialplan.
    pub context: Arc<str>,
    /// To whom it is sent.
    pub exten: Arc<str>,
    /// Who it says it is from: `"Alice" <sip:alice@192.0.2.1>`.
    pub from: Arc<str>,
    /// Whom it is for, with the technology: `pjsip:message@192.0.2.1`.
    pub to: Arc<str>,
    /// What it says.
    pub body: Arc<str>,
    /// Of which kind that is: `text/plain`.
    pub content_type: Arc<str>,
}

/// What the switch tells a technology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// The call offered is this channel from now on.
    Accept {
        /// As in [`NewCall`].
        token: Token,
        /// Its channel.
        channel: ChannelId,
    },
    /// The call or message offered is not taken.
    Refuse {
        /// As in [`NewCall`].
        token: Token,
        /// Why.
        cause: Cause,
    },
    /// The message offered is taken.
    TakeMessage(Token),
    /// It is watched from now on; this is how it is.
    Watching {
        /// As in [`Signal::Watch`].
        token: Token,
        /// How it is.
        state: WatchedState,
    },
    /// Something that is watched has changed.
    Changed {
        /// What.
        what: Watched,
        /// How it is now.
        state: WatchedState,
    },
    /// The answer to [`Signal::Transfer`].
    Transferred {
        /// The channel of who wanted it.
        channel: ChannelId,
        /// Why it was not done; `None` if it was.
        refused: Option<Cause>,
    },
    /// Ask the far end to call somebody else instead; answered with [`Signal::SentAway`].
    SendAway {
        /// The channel.
        channel: ChannelId,
        /// Whom: an extension, an endpoint or an address of the technology's.
        to: Arc<str>,
    },
    /// Send a text to the far end of a call.
    SendText {
        /// The channel.
        channel: ChannelId,
        /// What it says.
        text: Arc<str>,
    },
    /// Call an endpoint. `call_id` is the id the technology shall use for the call.
    Dial {
        /// The channel made for it.
        channel: ChannelId,
        /// The endpoint, or `endpoint/sip:uri` for one contact.
        resource: Arc<str>,
        /// Who calls, to be shown to the far end.
        caller: Party,
        /// Who calls wants not to be shown.
        withheld: bool,
        /// The technology's id of the call to be (SIP Call-ID).
        call_id: Arc<str>,
        /// The formats to offer, best first, as far as the endpoint may use them; empty for its own.
        formats: Vec<Arc<str>>,
        /// The transfer that the call comes of, if it comes of one.
        referral: Referral,
    },
    /// Tell the caller that the far end rings.
    Ring(ChannelId),
    /// Open the sound towards the caller before the answer.
    Progress(ChannelId),
    /// Answer the caller.
    Answer(ChannelId),
    /// Refuse a call that was accepted and not answered: busy, congestion. Ends in
    /// [`Signal::HungUp`]; an answered call is left as it is.
    Reject {
        /// The channel.
        channel: ChannelId,
        /// Why.
        cause: Cause,
    },
    /// Send a key press.
    SendDigit {
        /// The channel.
        channel: ChannelId,
        /// The key.
        digit: char,
        /// For how long, in milliseconds.
        milliseconds: u32,
    },
    /// End the call and close the leg; answered with [`Signal::Released`] at once, whatever the
    /// far end still has to say.
    HangUp {
        /// The channel.
        channel: ChannelId,
        /// Why, if anybody knows.
        cause: Option<Cause>,
    },
}
