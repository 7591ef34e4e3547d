//! How others reach SIP.

use crate::core::Core;
use crate::{BindError, Settings, Tracing};
use model::{Contact, DatabaseChange, Event, Instruction, Signal, SipQuery, SipReply};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What SIP tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// For the switch.
    Signal(Signal),
    /// An event of ours, to be put among the switch's.
    Notice(Event),
}

/// Where the database keeps contacts: paths begin with this.
pub const KEPT_CONTACTS: &str = crate::registrar::kept::FAMILY;

/// Opens the transports and serves until [`Handle::stop`].
///
/// `told` should have room for some 1,024: while it has none, new calls and registrations are
/// refused with 503, and the dialogs there are wait. Must be called on a tokio runtime, which the
/// handle may be used without.
///
/// `kept` is what the database has kept below [`KEPT_CONTACTS`]; see [`Handle::take_unkept`].
///
/// # Errors
/// The first transport that cannot be opened.
pub async fn start(
    settings: Settings,
    kept: &[(Arc<str>, Arc<str>)],
    media: media::Handle,
    told: mpsc::Sender<Told>,
) -> Result<Handle, BindError> {
    Ok(Handle(Core::start(settings, kept, media, told).await?))
}

/// A cheap, shareable handle. No method waits, but for [`Handle::stop`].
#[derive(Clone)]
pub struct Handle(Arc<Core>);

impl Handle {
    /// Carries out what the switch says.
    pub fn instruct(&self, instruction: Instruction) {
        self.0.instruct(instruction);
    }

    /// Goes on with a new configuration. Calls in progress keep theirs; transports stay as they
    /// are, as in the reference, until the program starts anew.
    pub fn configure(&self, settings: Settings) {
        self.0.configure(settings);
    }

    /// The contacts there are, registered and configured, in the order of their ids.
    pub fn contacts(&self) -> Vec<Contact> {
        self.0.contacts()
    }

    /// What the database is to keep of contacts since this was last asked. There may be something at the
    /// start and after each [`Signal::Contact`].
    pub fn take_unkept(&self) -> Vec<DatabaseChange> {
        self.0.registrar().take_unkept()
    }

    /// Where it listens, with the ports in fact taken.
    pub fn listens(&self) -> Vec<(model::Transport, SocketAddr)> {
        self.0.listens()
    }

    /// Whether and whose messages are logged (`pjsip set logger`).
    pub fn trace(&self, tracing: Tracing) {
        self.0.trace().set(tracing);
    }

    /// Answers what is asked of SIP other than calls; what takes its time is begun.
    pub fn ask(&self, query: SipQuery) -> SipReply {
        crate::query::answer(&self.0, query)
    }

    /// How many calls are known.
    pub fn calls(&self) -> usize {
        self.0.calls().len()
    }

    /// Stops listening. Dialogs still known are ended first, within a second.
    pub async fn stop(&self) {
        self.0.stop().await;
    }
}
