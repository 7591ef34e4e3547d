//! The manager protocol: messages, framing, classes, actions, events.
//!
//! Bytes are cut into messages by [`Frames`]; a [`Message`] is an ordered list of headers that
//! cannot hold a line break, so nothing a client says can forge a header. Every action and every
//! event is declared once, as a documented struct in [`action`] and [`event`]; reading, writing,
//! permissions and the texts of `ListCommands` come from that declaration.
//!
//! The rules are those of `ami-server.md`, sections 1 to 5.

pub mod action;
mod class;
mod dialect;
mod encode;
mod escape;
pub mod event;
mod frame;
#[doc(hidden)]
pub mod fuzz;
mod message;
pub mod response;

pub use class::{Classes, UnknownClass, parse_event_mask};
pub use dialect::Dialect;
pub use encode::{html, json, raw, xml};
pub use escape::Escaped;
pub use frame::{Frame, Frames, HEADER_LIMIT, LINE_LIMIT};
pub use message::Message;

/// The protocol version told in the banner and in CoreSettings.
pub const VERSION: &str = "11.0.0";

/// The first line of a connection, with its line end.
pub const BANNER: &str = "Asterisk Call Manager/11.0.0\r\n";
