//! The form of TCP and `/rawman`: the headers, then an empty line.

use crate::Message;

/// Appends a message.
pub fn encode(message: &Message, out: &mut Vec<u8>) {
    out.extend_from_slice(message.wire().as_bytes());
}

/// Appends messages, one after the other.
pub fn encode_all(messages: &[Message], out: &mut Vec<u8>) {
    for message in messages {
        encode(message, out);
    }
}
