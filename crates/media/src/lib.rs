//! RTP, RTCP and files: the sound of calls.
//!
//! One thread owns every leg (`engine`). Whoever carries a call opens a leg, points it at the far
//! end and closes it through the [`Handle`]; the switch says who hears whom, what is played and
//! which tone sounds, and is told by [`model::MediaReport`]s.
//!
//! What a leg hears is, first that applies: a digit being sent, a playback, a tone, its sources.
//! A single source is relayed packet by packet, payload untouched where both ends speak the same
//! format; several are mixed. The thread never waits: not for the disk (`reader` feeds files
//! ahead), not for its callers (1,024 requests queue; a leg whose request finds no room is closed,
//! counted and reported as failed), not for sockets.

mod capture;
mod codec;
mod control;
mod digit;
mod engine;
mod file;
mod graph;
mod handle;
mod keep;
mod leg;
mod mixer;
mod packet;
mod playback;
mod ports;
mod quality;
mod reader;
mod reception;
mod recording;
mod remote;
mod rtcp;
mod settings;
pub mod sounds;
mod source;
mod talk;
mod tone;
mod trace;
mod transmission;
mod volume;

pub use codec::Format;
pub use engine::start;
pub use handle::{Handle, Leg};
pub use remote::{Direction, Remote};
pub use settings::Settings;
pub use trace::Tracing;
