//! POSIX extended regular expressions, as dialplans write them.

use regex::{Regex, RegexBuilder};

/// The memory a compiled expression may take, in bytes.
const SIZE: usize = 1 << 20;

/// Compiles an expression; an error says what is wrong with it.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(&translated(pattern))
        .size_limit(SIZE)
        .dot_matches_new_line(true)
        .build();
    built.map_err(|error| {
        if matches!(error, regex::Error::CompiledTooBig(_)) {
            return "it is too large".to_owned();
        }
        let text = error.to_string();
        text.lines().last().unwrap_or_default().trim().to_owned()
    })
}

/// Makes what POSIX takes literally within brackets literal for the library too.
fn translated(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            '\\' => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            '[' => {
                let length = bracket(rest);
                translated.push_str(&escaped_bracket(&rest[..length]));
                rest = &rest[length..];
                continue;
            }
            c => c.len_utf8(),
        };
        translated.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    translated
}

/// The length of the bracket expression a text begins with: `]` first in it is literal, and
/// classes such as `[:digit:]` nest.
fn bracket(text: &str) -> usize {
    let head = if text.starts_with("[^") { 2 } else { 1 };
    let mut at = head;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(']') && at > head {
            return at + 1;
        }
        at += match rest.strip_prefix("[:").and_then(|class| class.find(":]")) {
            Some(end) => end + 4,
            None => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    text.len()
}

fn escaped_bracket(bracket: &str) -> String {
    let head = if bracket.starts_with("[^") { 2 } else { 1 };
    let (head, rest) = bracket.split_at(head);
    let (inside, tail) = match rest.strip_suffix(']') {
        Some(inside) => (inside, "]"),
        None => (rest, ""),
    };
    let mut escaped = head.to_owned();
    let mut rest = inside;
    while let Some(c) = rest.chars().next() {
        if let Some(end) = rest.strip_prefix("[:").and_then(|class| class.find(":]")) {
            escaped.push_str(&rest[..end + 4]);
            rest = &rest[end + 4..];
            continue;
        }
        if matches!(c, '[' | ']' | '\\' | '&' | '~' | '^') {
            escaped.push('\\');
        }
        escaped.push(c);
        rest = &rest[c.len_utf8()..];
    }
    escaped + tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn brackets() {
        for (pattern, text, expected) in [
            ("^[0-9]+$", "123", true),
            ("[[]a", "[a", true),
            ("[]]a", "]a", true),
            ("[^]]a", "]a", false),
            ("^[[:digit:]x]+$", "1x2", true),
            ("^[a\\]$", "\\", true),
            ("^[a&&b]+$", "a&b", true),
            ("\\[x", "[x", true),
            ("a.b", "a\nb", true),
        ] {
            assert_eq!(
                compile(pattern).unwrap().is_match(text),
                expected,
                "{pattern} and {text}"
            );
        }
        assert!(compile("(").is_err());
        assert_eq!(compile("x{1000}{1000}").unwrap_err(), "it is too large");
    }

    proptest! {
        #[test]
        fn never_panics(pattern in "[]a\\[é\\\\&^:(){}*.-]{0,12}") {
            let _ = compile(&pattern);
        }
    }
}
