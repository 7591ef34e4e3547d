//! Extension names and patterns: what they match, and which one wins.
//!
//! A name that begins with `_` is a pattern: `X` is any digit, `Z` 1-9, `N` 2-9, `[a-c5]` a set,
//! `.` one or more characters, `!` none or more; any other character stands for itself. In a set a
//! backslash makes the next character one that has no meaning there. Dashes are for the reader only,
//! in patterns as in what was dialled.

use serde::{Deserialize, Serialize};
use std::{borrow::Cow, cmp::Ordering};

/// An extension's name as written, ready to match.
///
/// The order is the order in which a dialplan is searched: names before patterns, then from left
/// to right the narrower set first, `.` and `!` last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Name(String),
    Pattern(Vec<Element>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    One(Set),
    SomeMore,
    AnyMore,
}

/// What a question to the dialplan is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Is this the whole extension?
    Match,
    /// Is it, or could it become one with more digits?
    CanMatch,
    /// Could more digits make it another extension?
    MatchMore,
}

/// The answer of one pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It does not match.
    No,
    /// It does.
    Yes,
    /// It matches by `!`: waiting for more digits is pointless, whatever other patterns say.
    Final,
}

impl Pattern {
    /// Reads a name or pattern. An error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let kind = match text.strip_prefix('_') {
            Some("") => return Err("an empty pattern"),
            Some(pattern) => Kind::Pattern(elements(pattern)?),
            None if text.is_empty() => return Err("an extension without a name"),
            None => Kind::Name(without_dashes(text).into_owned()),
        };
        Ok(Self {
            text: text.to_owned(),
            kind,
        })
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is a pattern, not a name.
    pub fn is_pattern(&self) -> bool {
        matches!(self.kind, Kind::Pattern(_))
    }

    /// Whether it is a name that sorts before all names equal to what was dialled.
    pub(crate) fn is_name_before(&self, dialled: &str) -> bool {
        match &self.kind {
            Kind::Name(name) => name.as_str() < without_dashes(dialled).as_ref(),
            Kind::Pattern(_) => false,
        }
    }

    /// Whether what was dialled is this extension.
    pub fn matches(&self, dialled: &str) -> bool {
        self.ask(dialled, Question::Match) != Answer::No
    }

    /// Answers a question about what was dialled. A name is compared by case when whole and
    /// without when only its beginning is there.
    pub fn ask(&self, dialled: &str, question: Question) -> Answer {
        let dialled = without_dashes(dialled);
        match &self.kind {
            Kind::Name(name) => ask_name(name, &dialled, question).into(),
            Kind::Pattern(elements) => ask_pattern(elements, &dialled, question),
        }
    }
}

impl TryFrom<String> for Pattern {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(&text)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.text
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

impl Ord for Pattern {
    fn cmp(&self, other: &Self) -> Ordering {
        self.kind
            .cmp(&other.kind)
            .then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Pattern {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn ask_name(name: &str, dialled: &str, question: Question) -> bool {
    let begins = name
        .as_bytes()
        .get(..dialled.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(dialled.as_bytes()));
    match question {
        Question::Match => name == dialled,
        Question::CanMatch => begins,
        Question::MatchMore => begins && name.len() > dialled.len(),
    }
}

fn ask_pattern(elements: &[Element], dialled: &str, question: Question) -> Answer {
    let mut elements = elements.iter();
    let mut dialled = dialled.chars();
    loop {
        match (elements.next(), dialled.next()) {
            (Some(Element::AnyMore), _) => return Answer::Final,
            (Some(Element::SomeMore), Some(_)) => return Answer::Yes,
            (Some(Element::One(set)), Some(c)) if set.contains(c) => {}
            (Some(Element::One(_)), Some(_)) | (None, Some(_)) => return Answer::No,
            (Some(Element::One(_) | Element::SomeMore), None) => {
                return (question != Question::Match).into();
            }
            (None, None) => return (question != Question::MatchMore).into(),
        }
    }
}

/// Reads what follows the underscore. Nothing after `.` or `!` can matter.
fn elements(pattern: &str) -> Result<Vec<Element>, &'static str> {
    let mut elements = Vec::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        elements.push(match c {
            '-' | ' ' => continue,
            'X' | 'x' => Element::One(Set::range('0', '9')),
            'Z' | 'z' => Element::One(Set::range('1', '9')),
            'N' | 'n' => Element::One(Set::range('2', '9')),
            '.' => Element::SomeMore,
            '!' => Element::AnyMore,
            '[' => {
                let (set, after) = Set::parse(rest.as_str())?;
                rest = after.chars();
                Element::One(set)
            }
            literal => Element::One(Set::range(literal, literal)),
        });
        if matches!(elements.last(), Some(Element::SomeMore | Element::AnyMore)) {
            break;
        }
    }
    Ok(elements)
}

fn without_dashes(text: &str) -> Cow<'_, str> {
    if text.contains('-') {
        text.replace('-', "").into()
    } else {
        text.into()
    }
}

/// A set of characters, as sorted ranges that do not touch.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Set(Vec<(char, char)>);

impl Set {
    fn range(first: char, last: char) -> Self {
        Self(vec![(first, last)])
    }

    /// Reads what follows the opening bracket, up to the closing one; gives what is behind that too.
    fn parse(text: &str) -> Result<(Self, &str), &'static str> {
        // Whether a backslash makes a character one without a meaning.
        let mut chars = Vec::new();
        let mut rest = text.chars();
        loop {
            match rest.next().ok_or("a set without closing bracket")? {
                ']' => break,
                '\\' => chars.push((rest.next().ok_or("a set without closing bracket")?, true)),
                plain => chars.push((plain, false)),
            }
        }
        let after = rest.as_str();
        let mut ranges = Vec::new();
        let mut left = chars.as_slice();
        loop {
            left = match left {
                [] => break,
                [(first, _), ('-', false), (last, _), more @ ..] if first <= last => {
                    ranges.push((*first, *last));
                    more
                }
                [_, ('-', false), _, ..] => return Err("a set whose range runs backwards"),
                [(one, _), more @ ..] => {
                    ranges.push((*one, *one));
                    more
                }
            };
        }
        if ranges.is_empty() {
            return Err("an empty set");
        }
        ranges.sort_unstable();
        Ok((Self(merged(ranges)), after))
    }

    /// Its characters, in order.
    fn chars(&self) -> impl Iterator<Item = char> {
        self.0.iter().flat_map(|&(first, last)| first..=last)
    }

    fn contains(&self, c: char) -> bool {
        self.0
            .iter()
            .any(|&(first, last)| (first..=last).contains(&c))
    }

    fn len(&self) -> u32 {
        self.0
            .iter()
            .map(|&(first, last)| u32::from(last) - u32::from(first) + 1)
            .sum()
    }
}

/// Joins sorted ranges that overlap or touch, so that equal sets are equal values.
fn merged(ranges: Vec<(char, char)>) -> Vec<(char, char)> {
    let mut merged: Vec<(char, char)> = Vec::new();
    for (first, last) in ranges {
        match merged.last_mut() {
            Some(before) if u32::from(first) <= u32::from(before.1) + 1 => {
                before.1 = before.1.max(last)
            }
            Some(_) | None => merged.push((first, last)),
        }
    }
    merged
}

impl Ord for Element {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            // Sets of the same size as if they were written out.
            (Self::One(a), Self::One(b)) => {
                a.len().cmp(&b.len()).then_with(|| a.chars().cmp(b.chars()))
            }
            (Self::One(_), Self::SomeMore | Self::AnyMore) | (Self::SomeMore, Self::AnyMore) => {
                Ordering::Less
            }
            (Self::SomeMore | Self::AnyMore, Self::One(_)) | (Self::AnyMore, Self::SomeMore) => {
                Ordering::Greater
            }
            (Self::SomeMore, Self::SomeMore) | (Self::AnyMore, Self::AnyMore) => Ordering::Equal,
        }
    }
}

impl PartialOrd for Element {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> Pattern {
        Pattern::parse(text).unwrap()
    }

    #[test]
    fn matching() {
        for (text, dialled, expected) in [
            ("100", "100", true),
            ("100", "1000", false),
            ("100", "10", false),
            ("sales", "Sales", false),
            ("555-1234", "5551234", true),
            ("5551234", "555-1234", true),
            ("_2XXX", "2345", true),
            ("_2XXX", "25678", false),
            ("_2-XXX", "2345", true),
            ("_2xxx", "234a", false),
            ("_ZN", "12", true),
            ("_ZN", "02", false),
            ("_ZN", "11", false),
            ("_[135-7]X", "60", true),
            ("_[135-7]X", "40", false),
            ("_9.", "9", false),
            ("_9.", "91", true),
            ("_9!", "9", true),
            ("_9!", "8", false),
            ("_!", "", true),
            ("_+X.", "+49", true),
            ("_user-[ab].", "usera1", true),
            ("_[\\]\\-5]X", "]1", true),
            ("_[\\]\\-5]X", "51", true),
            ("_[\\]\\-5]X", "\\1", false),
            ("_[.!]", ".", true),
            ("_[!a-c]", "!", true),
        ] {
            assert_eq!(
                pattern(text).matches(dialled),
                expected,
                "{text} and {dialled}"
            );
        }
    }

    #[test]
    fn collecting() {
        use Question::{CanMatch, MatchMore};
        for (text, dialled, question, expected) in [
            ("100", "10", CanMatch, Answer::Yes),
            ("100", "100", CanMatch, Answer::Yes),
            ("100", "100", MatchMore, Answer::No),
            ("100", "10", MatchMore, Answer::Yes),
            ("100", "11", MatchMore, Answer::No),
            ("_2XXX", "", MatchMore, Answer::Yes),
            ("_2XXX", "2345", MatchMore, Answer::No),
            ("_9.", "91", MatchMore, Answer::Yes),
            ("_9!", "91", MatchMore, Answer::Final),
        ] {
            assert_eq!(
                pattern(text).ask(dialled, question),
                expected,
                "{text} and {dialled}"
            );
        }
    }

    #[test]
    fn narrower_first() {
        let documented = [
            "_640X", "_64NX", "_64XX", "_6[34]NX", "_6[45]NX", "_6XX1", "_6.",
        ];
        assert!(documented.map(pattern).is_sorted());
        let sorted = [
            "s",
            "_25XX",
            "_2[0-2]XX",
            "_2[013]XX",
            "_2NXX",
            "_2ZXX",
            "_2XXX",
            "_2X.",
            "_NXXX",
            "_X.",
            "_.",
            "_!",
        ];
        let mut shuffled: Vec<_> = sorted.iter().rev().map(|text| pattern(text)).collect();
        shuffled.sort();
        let texts: Vec<_> = shuffled.iter().map(Pattern::as_str).collect();
        assert_eq!(texts, sorted);
    }

    #[test]
    fn refused() {
        for text in ["", "_", "_[12", "_[1\\]", "_[]", "_[9-1]"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn order_is_total(a in "_[XZN.!0-3a\\[\\]-]{0,6}", b in "_[XZN.!0-3a-]{0,6}", c in "_?[XZN.!0-3]{0,4}") {
            if let (Ok(a), Ok(b), Ok(c)) = (Pattern::parse(&a), Pattern::parse(&b), Pattern::parse(&c)) {
                prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
                prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
                if a <= b && b <= c {
                    prop_assert!(a <= c);
                }
            }
        }

        #[test]
        fn a_match_can_match(text in "_?[XZN.!0-3a-]{1,6}", dialled in "[0-9a-]{0,6}") {
            if let Ok(pattern) = Pattern::parse(&text) && pattern.matches(&dialled) {
                prop_assert_ne!(pattern.ask(&dialled, Question::CanMatch), Answer::No);
            }
        }
    }
}
