//! The PJSIP channel technology: endpoints, registrations and calls over SIP.
//!
//! [`start`] opens the transports of pjsip.conf and runs until [`Handle::stop`]. The switch is told
//! of calls by [`Told::Signal`] and answers by [`Handle::instruct`]; it never sees a message. What
//! concerns nobody's call (security events) comes as [`Told::Notice`].
//!
//! The library (`rsipstack`) reads and writes messages and runs transactions. What it must not see
//! is kept from it (`transport::guard`); digests, dialogs and offer/answer are ours. A dialog is a
//! task, which owns its transactions: they run only while they are polled. Nothing here waits for
//! the switch but a dialog with a signal of its own.

mod acks;
mod address;
mod authenticate;
mod call;
mod caller;
mod calls;
mod client;
mod conversation;
mod core;
mod dialog;
mod digest;
mod dispatch;
mod expiry;
mod handle;
mod identify;
mod in_dialog;
mod incoming;
mod info;
mod invite;
mod message;
mod mwi;
mod options;
mod out_of_dialog;
mod outgoing;
mod package;
mod qualify;
mod query;
mod refer;
mod register;
mod registrar;
mod registration;
mod replaces;
mod resource;
mod respond;
mod sdp;
mod send_away;
mod settings;
mod show;
mod sound;
mod status;
mod steady;
mod subscribe;
mod subscriptions;
mod target;
mod text;
mod trace;
mod transport;
mod watching;
mod xml;

pub use handle::{Handle, KEPT_CONTACTS, Told, start};
pub use settings::{HELP, Settings};
pub use show::key as option_name;
pub use trace::Tracing;
pub use transport::BindError;
