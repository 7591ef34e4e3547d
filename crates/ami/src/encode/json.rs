//! The form of the live stream: an object a message. Numbers, truth values and lists are told as
//! such where a declaration says what a header is; a name that repeats has a list of its values.
//! Values escaped for the other forms are told as they are.

use crate::Message;
use crate::escape::unescaped;
use crate::event::{self, Kind};

/// Appends a message.
pub fn encode(message: &Message, out: &mut String) {
    let declaration = message.first("Event").and_then(event::declaration);
    out.push('{');
    for (index, (name, values)) in grouped(message).into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        string(name, out);
        out.push(':');
        let kind = match declaration {
            Some(declaration) => declaration.kind(name),
            None => response_kind(name),
        };
        write_values(kind, &values, out);
    }
    // Lines that are no headers are the output of a command, told as later releases do.
    let lines: Vec<_> = message.body().filter(|line| *line != END).collect();
    if !lines.is_empty() {
        out.push_str(",\"Output\":");
        write_values(Some(Kind::Texts), &lines, out);
    }
    out.push('}');
}

/// The mark behind the output of a command, for who reads a stream of lines.
const END: &str = "--END COMMAND--";

/// What the headers of answers are, where they are no text. `Value` is one, whatever is in it.
fn response_kind(name: &str) -> Option<Kind> {
    match name {
        "ListItems" | "Items" | "Status" | "Waiting" | "UrgMessages" | "NewMessages"
        | "OldMessages" | "CoreMaxCalls" | "CoreMaxFilehandles" | "CoreCurrentCalls"
        | "CoreProcessedCalls" => Some(Kind::Number),
        "Output" | "ChanVariable" => Some(Kind::Texts),
        _ => None,
    }
}

/// Appends text as a JSON string.
pub fn string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // A line break to JavaScript before 2019.
            '\0'..='\x1f' | '\x7f' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// The values of each name, in any case, under its first spelling, in the order of first use.
fn grouped(message: &Message) -> Vec<(&str, Vec<&str>)> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for (name, value) in message.iter() {
        match groups
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, values)) => values.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    groups
}

fn write_values(kind: Option<Kind>, values: &[&str], out: &mut String) {
    match (kind, values) {
        (Some(Kind::Text | Kind::Escaped | Kind::Number | Kind::Flag) | None, [value]) => {
            write_value(kind, value, out);
        }
        _ => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(kind, value, out);
            }
            out.push(']');
        }
    }
}

/// A value that is not what its declaration says is told as text.
fn write_value(kind: Option<Kind>, value: &str, out: &mut String) {
    match kind {
        Some(Kind::Number) if value.parse::<i64>().is_ok_and(|n| n.to_string() == value) => {
            out.push_str(value);
        }
        Some(Kind::Flag) if matches!(value, "True" | "False") => {
            out.push_str(if value == "True" { "true" } else { "false" });
        }
        Some(Kind::Escaped | Kind::Variables) => string(&unescaped(value), out),
        Some(Kind::Text | Kind::Number | Kind::Flag | Kind::Texts) | None => string(value, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(message: &Message) -> String {
        let mut out = String::new();
        encode(message, &mut out);
        out
    }

    #[test]
    fn an_event_is_told_with_the_types_it_is_declared_with() {
        let event = Message::new()
            .with("Event", "VarSet")
            .with("Privilege", "dialplan,all")
            .with("Channel", "Local/1@x-1;1")
            .with("ChannelState", 6)
            .with("CallerIDNum", "0123")
            .with("CallerIDName", r"O\'Brien")
            .with("ChanVariable", r"A=x\ny")
            .with("Value", r#"a\"b"#);
        assert_eq!(
            encoded(&event),
            r#"{"Event":"VarSet","Privilege":"dialplan,all","Channel":"Local/1@x-1;1","ChannelState":6,"CallerIDNum":"0123","CallerIDName":"O'Brien","ChanVariable":["A=x\ny"],"Value":"a\"b"}"#
        );
        let end = Message::new()
            .with("Event", "Shutdown")
            .with("Shutdown", "Cleanly")
            .with("Restart", "False");
        assert_eq!(
            encoded(&end),
            r#"{"Event":"Shutdown","Shutdown":"Cleanly","Restart":false}"#
        );
    }

    #[test]
    fn blocks_with_prefixes_have_their_types_too() {
        let event = Message::new()
            .with("Event", "DialBegin")
            .with("DestChannelState", 5)
            .with("DestCallerIDName", r"\?");
        assert_eq!(
            encoded(&event),
            r#"{"Event":"DialBegin","DestChannelState":5,"DestCallerIDName":"?"}"#
        );
    }

    #[test]
    fn names_that_repeat_have_lists() {
        let answer = Message::new()
            .with("Response", "Success")
            .with("Output", "one")
            .with("Twice", "1")
            .with("twice", "\u{2028}\u{1}\t\"\\")
            .with("ListItems", 2);
        assert_eq!(
            encoded(&answer),
            r#"{"Response":"Success","Output":["one"],"Twice":["1","\u2028\u0001\t\"\\"],"ListItems":2}"#
        );
    }

    #[test]
    fn what_is_not_as_declared_is_text() {
        let event = Message::new()
            .with("Event", "FullyBooted")
            .with("Uptime", "007")
            .with("LastReload", "");
        assert_eq!(
            encoded(&event),
            r#"{"Event":"FullyBooted","Uptime":"007","LastReload":""}"#
        );
    }

    #[test]
    fn output_is_a_list_of_lines_whatever_release_it_is_told_as() {
        let output = Message::new().with("Response", "Follows").with_body([
            "one: 1",
            "two",
            "--END COMMAND--",
        ]);
        assert_eq!(
            encoded(&output),
            r#"{"Response":"Follows","Output":["one: 1","two"]}"#
        );
    }
}
