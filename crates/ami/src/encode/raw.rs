//! The form of TCP and `/rawman`: the headers, then an empty line.

use crate::Message;
use std::fmt::Display;
use std::io::Write as _;

/// Appends a message; bytes that were no text when it was read as they were.
pub fn encode(message: &Message, out: &mut Vec<u8>) {
    let from = out.len();
    out.extend_from_slice(message.wire().as_bytes());
    if stray::is_in(message.wire()) {
        stray::restore(out, from);
    }
}

/// Appends a message with one more header, before the one of this index; the message itself, which
/// others may share, stays as it is. Bytes that were no text are not looked for.
pub fn encode_with(
    message: &Message,
    index: usize,
    name: &str,
    value: impl Display,
    out: &mut Vec<u8>,
) {
    let (before, after) = message.cut(index);
    out.extend_from_slice(before.as_bytes());
    // Writing into a vector does not fail.
    let _ = write!(out, "{name}: {value}\r\n");
    out.extend_from_slice(after.as_bytes());
}

/// Appends messages, one after the other.
pub fn encode_all(messages: &[Message], out: &mut Vec<u8>) {
    for message in messages {
        encode(message, out);
    }
}
