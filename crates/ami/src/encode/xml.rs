//! The form of `/mxml`: an element a message, an attribute a header (ami-server.md 8.7).

use super::{Occurrences, markup, opaque};
use crate::Message;

/// What the client wants the elements to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elements<'a> {
    /// The `id` of each response: `ajaxdest`.
    pub destination: &'a str,
    /// The name of the element with the headers: `ajaxobjtype`.
    pub object_type: &'a str,
}

impl Default for Elements<'_> {
    fn default() -> Self {
        Self {
            destination: "unknown",
            object_type: "generic",
        }
    }
}

/// Appends a document with the messages.
pub fn encode_all<'a>(
    messages: impl IntoIterator<Item = &'a Message>,
    elements: Elements<'_>,
    out: &mut String,
) {
    out.push_str(BEGIN);
    for message in messages {
        encode(message, elements, out);
    }
    out.push_str(END);
}

/// What a document begins with.
pub const BEGIN: &str = "<ajax-response>\n";
/// What it ends with.
pub const END: &str = "</ajax-response>\n";

/// Appends a message, for a document that is written in parts.
pub fn encode(message: &Message, elements: Elements<'_>, out: &mut String) {
    let object_type = if is_name(elements.object_type) {
        elements.object_type
    } else {
        Elements::default().object_type
    };
    out.push_str("<response type='object' id='");
    out.push_str(&markup(elements.destination));
    out.push_str("'><");
    out.push_str(object_type);
    attributes(message, out);
    out.push_str(" /></response>\n");
}

/// A name is told once in an element: the second of it is told as `name-2`. Names are compared as
/// attributes, so that the document is well-formed whatever they were before.
fn attributes(message: &Message, out: &mut String) {
    let mut occurrences = Occurrences::default();
    for (name, value) in message.iter() {
        let name = attribute(name);
        let count = occurrences.count(&name);
        out.push(' ');
        out.push_str(&name);
        if count > 1 {
            out.push('-');
            out.push_str(&count.to_string());
        }
        out.push_str("='");
        out.push_str(&markup(value.trim()));
        out.push('\'');
    }
    if let Some(lines) = opaque(message, "\n") {
        out.push_str(" opaque_data='");
        out.push_str(&lines);
        out.push('\'');
    }
}

/// A header's name as that of an attribute: letters in lower case and digits, `_` for all else.
fn attribute(name: &str) -> String {
    let mut attribute: String = name
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() => char::from(byte.to_ascii_lowercase()),
            _ => '_',
        })
        .collect();
    if !attribute.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic()) {
        attribute.insert(0, '_');
    }
    attribute
}

/// Whether an element can have this name.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    let first = bytes
        .next()
        .is_some_and(|b| b == b'_' || b.is_ascii_alphabetic());
    first && bytes.all(|b| matches!(b, b'_' | b'-' | b'.') || b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(messages: &[Message], elements: Elements<'_>) -> String {
        let mut out = String::new();
        encode_all(messages, elements, &mut out);
        out
    }

    #[test]
    fn a_document_has_an_element_a_message() {
        let ping = Message::new()
            .with("Response", "Success")
            .with("Ping", "Pong");
        assert_eq!(
            document(&[ping.clone(), ping], Elements::default()),
            "<ajax-response>\n\
             <response type='object' id='unknown'><generic response='Success' ping='Pong' /></response>\n\
             <response type='object' id='unknown'><generic response='Success' ping='Pong' /></response>\n\
             </ajax-response>\n"
        );
        assert_eq!(
            document(&[], Elements::default()),
            "<ajax-response>\n</ajax-response>\n"
        );
    }

    /// The recording http-escaping.
    #[test]
    fn names_and_values_are_escaped_and_repeats_numbered() {
        let mut event = Message::new();
        for line in [
            "UserEvent: Odd <b>&\"quotes\"</b> 'single'  ",
            "Twice: first",
            "Twice: second",
            "Twice: third",
            "With-Dash: x",
            "with_dash: y",
            "Dotted.name: z\x01\t!",
            "2nd: digit",
            "é: two bytes",
            ": no name",
        ] {
            event.push_line(line.as_bytes());
        }
        let text = document(&[event], Elements::default());
        let wanted = "<generic userevent='Odd &lt;b&gt;&amp;&quot;quotes&quot;&lt;/b&gt; &apos;single&apos;' \
             twice='first' twice-2='second' twice-3='third' with_dash='x' with_dash-2='y' \
             dotted_name='z\t!' _2nd='digit' __='two bytes' _='no name' />";
        assert!(text.contains(wanted), "{text}");
    }

    #[test]
    fn what_the_client_chooses_cannot_leave_its_place() {
        for (object_type, element) in [
            ("call-1", "<call-1 a='b' />"),
            ("x><script", "<generic a='b' />"),
            ("", "<generic a='b' />"),
            ("1x", "<generic a='b' />"),
        ] {
            let elements = Elements {
                destination: "'><x",
                object_type,
            };
            let text = document(&[Message::new().with("A", "b")], elements);
            assert!(text.contains(element), "{text}");
            assert!(text.contains("id='&apos;&gt;&lt;x'"), "{text}");
        }
    }

    #[test]
    fn lines_that_are_no_headers_are_one_attribute() {
        let output = Message::new().with("Response", "Follows").with_body([
            "one: <1>",
            "two",
            "--END COMMAND--",
        ]);
        assert!(document(&[output], Elements::default()).contains(
            "<generic response='Follows' opaque_data='one: &lt;1&gt;\ntwo\n--END COMMAND--' />"
        ));
    }
}
