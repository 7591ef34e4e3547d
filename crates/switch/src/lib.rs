//! The call core: channels, bridges, the dialplan at work.
//!
//! [`Switch`] is a pure value: inputs and the time come in as arguments, effects go out as values
//! ([`Switch::handle`], [`Switch::poll`], [`Switch::deadline`]). It has never heard of the manager
//! protocol, SIP messages, sockets or tasks. One task at a time drives it; everything that happens on
//! it is numbered and told once.
//!
//! Where to look: `switch.rs` routes; `channel.rs` is what a channel is and how its changes are
//! told; `line.rs` is its outer side (what the technology signals and is instructed), `pbx.rs` its
//! inner side (how it executes the dialplan); `app/` has one dialplan application a file.

pub mod app;
mod bridge;
mod cdr;
mod cel;
mod channel;
mod channels;
mod config;
mod database;
mod device;
mod digits;
mod directory;
mod errand;
mod feature;
pub mod function;
mod handler;
mod hangup;
mod happening;
mod hint;
mod identity;
mod line;
mod listen;
mod local;
mod memory;
mod music;
mod names;
mod originate;
mod outgoing;
mod pbx;
mod peers;
mod place;
mod plan;
mod play;
mod presence;
mod promise;
mod quality;
mod query;
mod recording;
mod scope;
mod shown;
mod snapshot;
mod sources;
mod special;
mod spy;
mod state;
mod subroutine;
mod switch;
mod talk;
mod technology;
mod timers;
mod tones;
mod variables;
mod watch;

pub use config::{CdrSettings, CelSettings, Config};
pub use feature::settings::{
    FeatureSettings, GroupMember, MappedApplication, TransferSettings, TransferSounds,
};
pub use switch::{Input, Output, Switch};
pub use tones::{Indications, Zone};
