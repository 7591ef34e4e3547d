//! How some values are written so that control characters survive (ami-server.md 4.2).

use std::fmt::{self, Display, Write};

/// A value written with backslashes before quotes and for control characters, as in C.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
}
