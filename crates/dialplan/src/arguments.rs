//! How applications read their arguments: commas, options, and where to go.

use std::fmt;

/// Splits at commas outside `()`, `[]` and double quotes. Quotes are removed, a backslash makes
/// the next character literal and is removed; blanks stay. An empty text has no arguments.
pub fn arguments(text: &str) -> Vec<String> {
    split(text, ',', usize::MAX)
}

/// The same, but the last of at most `most` arguments keeps the rest of the text as it stands.
pub fn arguments_up_to(text: &str, most: usize) -> Vec<String> {
    split(text, ',', most)
}

/// The same, but backslashes stay before what they make literal.
pub(crate) fn escaped_arguments(text: &str, most: usize) -> Vec<String> {
    split_by(text, ',', most, Backslashes::Kept)
}

/// Splits at another separator by the same rules.
pub(crate) fn split(text: &str, separator: char, most: usize) -> Vec<String> {
    split_by(text, separator, most, Backslashes::Removed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Backslashes {
    Removed,
    Kept,
}

fn split_by(text: &str, separator: char, most: usize, backslashes: Backslashes) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut nesting = Nesting::default();
    let mut rest = text.chars();
    while pieces.len() + 1 < most
        && let Some(c) = rest.next()
    {
        match c {
            '\\' => {
                piece.extend(Some(c).filter(|_| backslashes == Backslashes::Kept));
                piece.extend(rest.next());
            }
            '"' => nesting.quoted = !nesting.quoted,
            c if c == separator && nesting.is_outside() => pieces.push(std::mem::take(&mut piece)),
            c => {
                nesting.note(c);
                piece.push(c);
            }
        }
    }
    piece.push_str(rest.as_str());
    pieces.push(piece);
    pieces
}

/// How deep a place in a text lies in brackets and quotes.
#[derive(Default)]
struct Nesting {
    round: u32,
    square: u32,
    quoted: bool,
}

impl Nesting {
    fn note(&mut self, c: char) {
        match c {
            '(' if !self.quoted => self.round += 1,
            ')' if !self.quoted => self.round = self.round.saturating_sub(1),
            '[' if !self.quoted => self.square += 1,
            ']' if !self.quoted => self.square = self.square.saturating_sub(1),
            _ => {}
        }
    }

    fn is_outside(&self) -> bool {
        self.round == 0 && self.square == 0 && !self.quoted
    }
}

/// Reads `condition?yes:no` as it stands: a `:` in brackets or quotes belongs to a branch. None if
/// there is no `?`.
pub fn branches(text: &str) -> Option<(&str, &str, &str)> {
    let (condition, rest) = text.split_once('?')?;
    let mut nesting = Nesting::default();
    let mut escaped = false;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => nesting.quoted = !nesting.quoted,
            ':' if nesting.is_outside() => return Some((condition, &rest[..at], &rest[at + 1..])),
            c => nesting.note(c),
        }
    }
    Some((condition, rest, ""))
}

/// Splits `name(arguments)`: a place with what is handed to it, or an application. Without
/// parentheses there are no arguments.
pub fn called(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix(')').unwrap_or(rest)),
        None => (text, ""),
    }
}

/// Reads option letters, each with the argument in parentheses that may follow it:
/// `tL(1000:500)U(sub)`. Parentheses in an argument nest; one left open ends with the text.
pub fn options(text: &str) -> Vec<(char, Option<String>)> {
    let mut options = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        let argument = rest.strip_prefix('(').map(|inside| {
            let (argument, after) = to_closing(inside);
            rest = after;
            argument.to_owned()
        });
        options.push((letter, argument));
    }
    options
}

/// Splits a text after an opening parenthesis at the closing one that belongs to it.
fn to_closing(inside: &str) -> (&str, &str) {
    let mut depth = 1;
    for (at, c) in inside.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (&inside[..at], &inside[at + 1..]);
        }
    }
    (inside, "")
}

/// Where Goto and its kin go: `[[context,]exten,]priority`. What is missing stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The context, if named.
    pub context: Option<String>,
    /// The extension, if named.
    pub exten: Option<String>,
    /// The priority.
    pub priority: PriorityRef,
}

/// A priority as a jump names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PriorityRef {
    /// A number, from 1.
    Number(u32),
    /// So many before or after the one under way: `+2`, `-1`.
    Relative(i32),
    /// A label.
    Label(String),
}

impl Target {
    /// Reads a target. Only an empty text or priority 0 is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts: Vec<&str> = text.splitn(3, ',').map(str::trim).collect();
        let priority = PriorityRef::parse(parts.pop()?)?;
        let named = |part: Option<&str>| part.filter(|part| !part.is_empty()).map(str::to_owned);
        let exten = named(parts.pop());
        Some(Self {
            context: named(parts.pop()),
            exten,
            priority,
        })
    }
}

impl PriorityRef {
    /// Reads a number, `+n`, `-n` or a label.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse::<i32>() {
            return match number {
                _ if text.starts_with(['+', '-']) => Some(Self::Relative(number)),
                0 => None,
                _ => Some(Self::Number(number.unsigned_abs())),
            };
        }
        (!text.is_empty()).then(|| Self::Label(text.to_owned()))
    }
}

impl fmt::Display for PriorityRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Relative(by) => write!(f, "{by:+}"),
            Self::Label(label) => f.write_str(label),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn splitting() {
        for (text, expected) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a,b,", &["a", "b", ""]),
            (",,3", &["", "", "3"]),
            ("A=1,C=\"x,y\"", &["A=1", "C=x,y"]),
            ("f(a,b),[c,d],e", &["f(a,b)", "[c,d]", "e"]),
            ("a\\,b,\\\"", &["a,b", "\""]),
            ("Order,Colour: red", &["Order", "Colour: red"]),
            ("\"(\",x", &["(", "x"]),
            ("),x", &[")", "x"]),
        ] {
            assert_eq!(arguments(text), expected, "{text}");
        }
        assert_eq!(arguments_up_to("a,b,\"c\",d", 2), ["a", "b,\"c\",d"]);
    }

    #[test]
    fn branching() {
        for (text, expected) in [
            ("1?yes:no", Some(("1", "yes", "no"))),
            ("1?yes", Some(("1", "yes", ""))),
            ("1?:no", Some(("1", "", "no"))),
            ("1", None),
            (
                "0?UserEvent(L,I: 1):Set(A=\":\")",
                Some(("0", "UserEvent(L,I: 1)", "Set(A=\":\")")),
            ),
            ("0?a\\:b:c", Some(("0", "a\\:b", "c"))),
        ] {
            assert_eq!(branches(text), expected, "{text}");
        }
        assert_eq!(called("sub,s,1(a,b)"), ("sub,s,1", "a,b"));
        assert_eq!(called(" Set(A=(b)) "), ("Set", "A=(b)"));
        assert_eq!(called("done"), ("done", ""));
    }

    #[test]
    fn option_letters() {
        assert_eq!(
            options("tL(1000:500)U(sub^a(b))F"),
            [
                ('t', None),
                ('L', Some("1000:500".to_owned())),
                ('U', Some("sub^a(b)".to_owned())),
                ('F', None),
            ]
        );
        assert_eq!(options("S(open"), [('S', Some("open".to_owned()))]);
    }

    #[test]
    fn targets() {
        let target = |context: &str, exten: &str, priority| {
            let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Some(Target {
                context: part(context),
                exten: part(exten),
                priority,
            })
        };
        let label = |text: &str| PriorityRef::Label(text.to_owned());
        assert_eq!(
            Target::parse("invalids,s,1"),
            target("invalids", "s", PriorityRef::Number(1))
        );
        assert_eq!(
            Target::parse("missing,1"),
            target("", "missing", PriorityRef::Number(1))
        );
        assert_eq!(Target::parse("end"), target("", "", label("end")));
        assert_eq!(
            Target::parse("+2"),
            target("", "", PriorityRef::Relative(2))
        );
        assert_eq!(
            Target::parse("s,-1"),
            target("", "s", PriorityRef::Relative(-1))
        );
        assert_eq!(
            Target::parse("lab, 101 ,n"),
            target("lab", "101", label("n"))
        );
        assert_eq!(Target::parse(""), None);
        assert_eq!(Target::parse("a,b,0"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-c(),\\[\\]\"\\\\é+0-9]{0,20}", most in 0usize..4) {
            arguments(&text);
            prop_assert!(arguments_up_to(&text, most).len() <= most.max(1));
            options(&text);
            branches(&text);
            called(&text);
            Target::parse(&text);
        }
    }
}
