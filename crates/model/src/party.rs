//! Who is at the other end: a number and a name.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A caller id or a connected line. `None` is "not known", which is told as `<unknown>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The number, as it would be dialled.
    pub number: Option<Arc<str>>,
    /// The display name.
    pub name: Option<Arc<str>>,
}

impl Party {
    /// Reads `"Name" <number>`, `Name <number>`, `<number>` or a bare number or name
    /// (ami-server.md 10.15). Text of digits and dial characters alone is a number.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let (name, number) = match text.rsplit_once('<') {
            Some((name, rest)) => (name, rest.split('>').next().unwrap_or_default()),
            None if text
                .chars()
                .all(|c| c.is_ascii_digit() || "+*#-.() ".contains(c)) =>
            {
                ("", text)
            }
            None => (text, ""),
        };
        Self {
            number: filled(number),
            name: filled(name.trim().trim_matches('"')),
        }
    }
}

fn filled(text: &str) -> Option<Arc<str>> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caller_ids_are_read_in_all_their_forms() {
        let read = |text| {
            let party = Party::parse(text);
            (
                party.name.unwrap_or_default().to_string(),
                party.number.unwrap_or_default().to_string(),
            )
        };
        let pair = |name: &str, number: &str| (name.to_owned(), number.to_owned());
        assert_eq!(read("\"Alice\" <101>"), pair("Alice", "101"));
        assert_eq!(read("Alice <101>"), pair("Alice", "101"));
        assert_eq!(read("<101>"), pair("", "101"));
        assert_eq!(read("+49 30 1"), pair("", "+49 30 1"));
        assert_eq!(read("Alice"), pair("Alice", ""));
        assert_eq!(read(""), pair("", ""));
    }
}
