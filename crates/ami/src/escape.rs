//! How some values are written so that control characters survive (ami-server.md 4.2).

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

/// A value written with backslashes before quotes and for control characters, as in C.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Escaped<'a>(pub &'a str);

impl<'a> Escaped<'a> {
    /// The value, if it is written as it is.
    pub(crate) fn plain(self) -> Option<&'a str> {
        let special = |byte| matches!(byte, b'\x07'..=b'\x0d' | b'\\' | b'\'' | b'"' | b'?');
        // All are looked at, many at a time: nearly none is special.
        let found = self
            .0
            .bytes()
            .fold(false, |found, byte| found | special(byte));
        (!found).then_some(self.0)
    }
}

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(plain) = self.plain() {
            return f.write_str(plain);
        }
        for c in self.0.chars() {
            let letter = match c {
                '\x07' => 'a',
                '\x08' => 'b',
                '\x0c' => 'f',
                '\n' => 'n',
                '\r' => 'r',
                '\t' => 't',
                '\x0b' => 'v',
                '\\' | '\'' | '"' | '?' => c,
                _ => {
                    f.write_char(c)?;
                    continue;
                }
            };
            f.write_char('\\')?;
            f.write_char(letter)?;
        }
        Ok(())
    }
}

/// What was meant by a value so written. A backslash before anything else stands for itself.
pub(crate) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let meant = match (c, chars.clone().next()) {
            ('\\', Some(letter)) => control(letter),
            _ => None,
        };
        if meant.is_some() {
            chars.next();
        }
        plain.push(meant.unwrap_or(c));
    }
    Cow::Owned(plain)
}

/// The character that a letter after a backslash stands for.
fn control(letter: char) -> Option<char> {
    Some(match letter {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        '\\' | '\'' | '"' | '?' => letter,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_control_characters_are_written_with_backslashes() {
        assert_eq!(Escaped("O'Brien").to_string(), r"O\'Brien");
        assert_eq!(
            Escaped("\x07\x08\x0c\n\r\t\x0b\\\"?é").to_string(),
            r#"\a\b\f\n\r\t\v\\\"\?é"#
        );
    }

    #[test]
    fn what_was_escaped_is_read_back() {
        let text = "O'Brien \x07\x08\x0c\n\r\t\x0b\\\"?é";
        assert_eq!(unescaped(&Escaped(text).to_string()), text);
        assert_eq!(unescaped(r"\x \"), r"\x \");
    }
}
