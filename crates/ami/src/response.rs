//! Responses: the shape every action's answer has (ami-server.md 1.6 and 5).
//!
//! `id` is the client's ActionID; it is told again if it is not empty.

use crate::Message;
use std::fmt::Display;

/// The texts that answer any action.
pub mod text {
    /// No `Action` header.
    pub const MISSING_ACTION: &str = "Missing action in request";
    /// Not logged in, or the account may not do this.
    pub const PERMISSION_DENIED: &str = "Permission denied";
    /// The node ends.
    pub const SHUTTING_DOWN: &str = "Asterisk is shutting down";
    /// A line over the limit.
    pub const LINE_TOO_LONG: &str = "Failed to parse message: line too long";
    /// Lines over the limit.
    pub const TOO_MANY_LINES: &str = "Too many lines in message or allocation failure";
}

/// `Response: Success`, to which the action adds its own headers.
pub fn success(id: &str) -> Message {
    begin("Success", id)
}

/// `Response: Success` with a message.
pub fn done(id: &str, message: impl Display) -> Message {
    success(id).with("Message", message)
}

/// `Response: Error` with a message.
pub fn error(id: &str, message: impl Display) -> Message {
    begin("Error", id).with("Message", message)
}

/// `Response: Error`, to which the action adds its own headers.
pub fn failure(id: &str) -> Message {
    begin("Error", id)
}

/// The answer to Logoff.
pub fn goodbye(id: &str) -> Message {
    begin("Goodbye", id).with("Message", "Thanks for all the fish.")
}

/// The beginning of a list.
pub fn list_start(id: &str, message: &str) -> Message {
    success(id)
        .with("EventList", "start")
        .with("Message", message)
}

/// The end of a list; `event` is the name of its last message.
pub fn list_complete(event: &str, id: &str, items: usize) -> Message {
    let mut message = Message::new().with("Event", event);
    add_id(&mut message, id);
    message
        .with("EventList", "Complete")
        .with("ListItems", items)
}

/// The answer to an action nobody declared.
pub fn unknown_action(id: &str, action: &str) -> Message {
    /// The longest text told, in bytes.
    const LIMIT: usize = 511;
    let text = format!(
        "Invalid/unknown command: {action}. Use Action: ListCommands to show available commands."
    );
    let mut end = text.len().min(LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    error(id, &text[..end])
}

fn begin(word: &str, id: &str) -> Message {
    let mut message = Message::new().with_text("Response", word);
    add_id(&mut message, id);
    message
}

fn add_id(message: &mut Message, id: &str) {
    if !id.is_empty() {
        message.header_text("ActionID", id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_have_their_headers_in_order() {
        assert_eq!(
            list_start("6", "Channels will follow").text(),
            "Response: Success\r\nActionID: 6\r\nEventList: start\r\nMessage: Channels will follow\r\n"
        );
        assert_eq!(
            list_complete("StatusComplete", "", 0).text(),
            "Event: StatusComplete\r\nEventList: Complete\r\nListItems: 0\r\n"
        );
        assert_eq!(
            error("", text::PERMISSION_DENIED).text(),
            "Response: Error\r\nMessage: Permission denied\r\n"
        );
    }

    #[test]
    fn an_unknown_action_is_named_and_the_text_is_bounded() {
        assert_eq!(
            unknown_action("n", "NoSuchThing").first("Message"),
            Some(
                "Invalid/unknown command: NoSuchThing. Use Action: ListCommands to show available commands."
            )
        );
        let long = unknown_action("", &"é".repeat(500));
        assert!(long.first("Message").is_some_and(|text| text.len() <= 511));
    }
}
