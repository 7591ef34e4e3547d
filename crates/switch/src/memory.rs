//! What the dialplan keeps about a channel besides its variables.

use crate::cdr::Notes;
use crate::feature::keys::Features;
use crate::function::feature::OwnFeatures;
use crate::identity::{Identity, Particulars, Presentation};
use crate::variables::Variables;
use model::{Endpoint, Groups};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// All of it; empty for most channels.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Subroutines under way, the innermost last.
    pub(crate) subroutines: Vec<Subroutine>,
    /// Variables kept for other channels (SHARED).
    pub(crate) shared: Variables,
    /// The groups it counts in: category and name.
    pub(crate) groups: Vec<(Arc<str>, Arc<str>)>,
    /// How it came here by way of others.
    pub(crate) redirecting: Redirecting,
    /// What is known of the caller besides number and name.
    pub(crate) caller: Particulars,
    /// And of whom it is connected with.
    pub(crate) connected: Particulars,
    /// Whom the call is charged to, where it is not the caller.
    pub(crate) ani: Option<Identity>,
    /// From which kind of line it comes (ANI II digits).
    pub(crate) ani2: u8,
    /// What is known of the number that was dialled.
    pub(crate) dnid: Particulars,
    /// Who the parties are for ourselves, not for whoever is at the other end.
    pub(crate) private: Option<Box<Private>>,
    /// How long to wait for one more digit, and for the first.
    pub(crate) timeouts: Timeouts,
    /// How the calls it made ended: channel, the technology's code, cause.
    pub(crate) ended: Vec<Ended>,
    /// What billing shall do with its records.
    pub(crate) ama_flags: model::AmaFlags,
    /// Whether call records are made of it, where the dialplan has said so.
    pub(crate) records: Option<bool>,
    /// Records of a pair are its own rather than the other's.
    pub(crate) is_party_a: bool,
    /// What is noted in its call record before that begins.
    pub(crate) notes: Notes,
    /// It runs the `h` extension at its end though it executes no dialplan.
    pub(crate) hangup_extension: bool,
    /// Subroutines to run when it has ended, the newest last.
    pub(crate) handlers: Vec<Arc<str>>,
    /// The music it hears while on hold.
    pub(crate) music_class: Option<Arc<str>>,
    /// The country whose tones it hears, if it is not the configuration's.
    pub(crate) tone_zone: Option<Arc<str>>,
    /// The groups its calls ring in, and those whose calls it may take.
    pub(crate) call_groups: Groups,
    pub(crate) pickup_groups: Groups,
    /// When its far end counts as talking, if that is to be told.
    pub(crate) talk: Option<model::Talk>,
    /// The account of whoever it calls.
    pub(crate) peer_account: Option<Arc<str>>,
    /// The text that it executes the dialplan for.
    pub(crate) message: Option<model::NewMessage>,
    /// What it may do by keys wherever it talks.
    pub(crate) key_features: Features,
    /// What it has of features.conf for itself.
    pub(crate) features: Option<OwnFeatures>,
    /// What went wrong last, for the `e` extension.
    pub(crate) exception: Option<Exception>,
}

/// What is remembered of a channel: no more than an empty box, until something is written to it.
#[derive(Debug, Default)]
pub(crate) struct Remembered(Option<Box<Memory>>);

static NOTHING: LazyLock<Memory> = LazyLock::new(Memory::default);

impl Remembered {
    /// What there is, if anything was ever written to it.
    pub(crate) fn written(&mut self) -> Option<&mut Memory> {
        self.0.as_deref_mut()
    }
}

impl Deref for Remembered {
    type Target = Memory;

    fn deref(&self) -> &Memory {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for Remembered {
    fn deref_mut(&mut self) -> &mut Memory {
        self.0.get_or_insert_default()
    }
}

/// A subroutine under way, and where it returns to.
#[derive(Debug)]
pub(crate) struct Subroutine {
    pub(crate) return_to: crate::place::Place,
    /// The names of its own variables, in the order in which they were made.
    pub(crate) locals: Vec<Arc<str>>,
    /// How many arguments it has.
    pub(crate) arguments: usize,
}

/// Who redirected a call, from where to where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redirecting {
    pub(crate) from: Identity,
    pub(crate) to: Identity,
    /// Whom the call was for at first.
    pub(crate) original: Identity,
    /// Why it was redirected the first time.
    pub(crate) original_reason: Option<&'static str>,
    /// Why, in one of the words there are for it.
    pub(crate) reason: Option<&'static str>,
    pub(crate) count: u32,
}

/// The parties of a call as the dialplan notes them for itself (`priv-…`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Private {
    pub(crate) caller: Identity,
    pub(crate) connected: Identity,
    pub(crate) from: Identity,
    pub(crate) to: Identity,
    pub(crate) original: Identity,
}

/// How long WaitExten and its kin wait.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    pub(crate) digit: Duration,
    pub(crate) response: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            digit: Duration::from_secs(5),
            response: Duration::from_secs(10),
        }
    }
}

/// How a call that was made ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) channel: Arc<str>,
    pub(crate) technology: Arc<str>,
    pub(crate) tech_cause: Option<Arc<str>>,
    pub(crate) cause: Option<model::Cause>,
}

/// What went wrong in the dialplan, and where.
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    pub(crate) place: crate::place::Place,
    pub(crate) reason: Arc<str>,
}

impl Memory {
    /// How many ended calls are kept; the oldest are forgotten.
    const ENDED: usize = 64;

    /// Begins with what is configured of the endpoint.
    pub(crate) fn take_over(&mut self, endpoint: &Endpoint) {
        self.tone_zone.clone_from(&endpoint.tone_zone);
        self.caller.tag.clone_from(&endpoint.tag);
        self.call_groups.clone_from(&endpoint.call_groups);
        self.pickup_groups.clone_from(&endpoint.pickup_groups);
        let shown = endpoint.presentation.as_deref();
        if let Some(shown) = shown.and_then(Presentation::parse) {
            (self.caller.number, self.caller.name) = (shown, shown);
        }
    }

    /// Keeps how a call ended that this channel made.
    pub(crate) fn note_ended(&mut self, ended: Ended) {
        self.ended.retain(|known| known.channel != ended.channel);
        if self.ended.len() == Self::ENDED {
            self.ended.remove(0);
        }
        self.ended.push(ended);
    }
}
