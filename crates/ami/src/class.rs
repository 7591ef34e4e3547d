//! Privilege classes: what an account may do and hear (ami-server.md 3.1 to 3.3).

use std::fmt;
use std::ops::{BitAnd, BitOr};

/// A set of privilege classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Classes(u32);

/// A word in a list of classes that names none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownClass(pub String);

macro_rules! classes {
    ($($constant:ident $label:literal $bit:literal)*) => {
        impl Classes {
            $(#[doc = concat!("The class `", $label, "`.")] pub const $constant: Self = Self($bit);)*
        }

        /// Labels in the order they are printed in.
        const LABELS: &[(&str, u32)] = &[$(($label, $bit)),*];
    };
}

classes! {
    SYSTEM "system" 0x1
    CALL "call" 0x2
    LOG "log" 0x4
    VERBOSE "verbose" 0x8
    COMMAND "command" 0x10
    AGENT "agent" 0x20
    USER "user" 0x40
    CONFIG "config" 0x80
    DTMF "dtmf" 0x100
    REPORTING "reporting" 0x200
    CDR "cdr" 0x400
    DIALPLAN "dialplan" 0x800
    ORIGINATE "originate" 0x1000
    AGI "agi" 0x2000
    CC "cc" 0x8000
    AOC "aoc" 0x1_0000
    TEST "test" 0x2_0000
    SECURITY "security" 0x4_0000
    MESSAGE "message" 0x4000_0000
    ALL "all" 0x7fff_ffff
}

impl Classes {
    /// No class: nobody hears it, everybody may do it.
    pub const NONE: Self = Self(0);

    /// All classes of both.
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The set of this number.
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The number of the set, as `manager show connected` tells it.
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether it has no class.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it has every class of `other`: an event is heard by who may hear all its classes.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it has some class of `other`.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether an account with these write classes may do what `action` asks: one class suffices.
    pub fn permits(self, action: Self) -> bool {
        action.is_empty() || self.intersects(action)
    }

    /// Reads a comma-separated list of labels, exactly; blanks around and empty words are ignored.
    /// Words that are no label grant nothing and are told.
    pub fn parse(list: &str) -> (Self, Vec<UnknownClass>) {
        let mut classes = Self::NONE;
        let mut unknown = Vec::new();
        for word in list.split(',').map(str::trim) {
            match LABELS.iter().find(|(label, _)| *label == word) {
                Some((_, bit)) => classes.0 |= bit,
                None if word.is_empty() || word == "none" => {}
                None => unknown.push(UnknownClass(word.to_owned())),
            }
        }
        (classes, unknown)
    }

    /// The classes of an account, in words: those that are there in full.
    pub fn granted(self) -> String {
        self.labels(|bit| self.0 & bit == bit)
    }

    fn labels(self, told: impl Fn(u32) -> bool) -> String {
        let labels: Vec<_> = LABELS
            .iter()
            .filter(|(_, bit)| told(*bit))
            .map(|(label, _)| *label)
            .collect();
        if labels.is_empty() {
            "<none>".to_owned()
        } else {
            labels.join(",")
        }
    }
}

/// The classes of an action or event as told in `Privilege`: `all` has a part in every class, so
/// the list ends with it.
impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.labels(|bit| self.0 & bit != 0))
    }
}

impl BitOr for Classes {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitAnd for Classes {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Reads an event mask (`Events`, `EventMask`): a number of bits, a word for all or nothing, or a
/// list of classes. `None` if it is empty.
pub fn parse_event_mask(text: &str) -> Option<Classes> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let bits = text.parse().unwrap_or(u32::MAX);
        return Some(Classes(bits & Classes::ALL.0));
    }
    Some(match text.to_ascii_lowercase().as_str() {
        "no" | "false" | "n" | "f" | "off" => Classes::NONE,
        "yes" | "true" | "y" | "t" | "on" => Classes::ALL,
        _ => Classes::parse(text).0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn privileges_end_in_all() {
        assert_eq!(Classes::CALL.to_string(), "call,all");
        let status = Classes::SYSTEM | Classes::CALL | Classes::REPORTING;
        assert_eq!(status.to_string(), "system,call,reporting,all");
        assert_eq!(Classes::NONE.to_string(), "<none>");
        assert_eq!(status.granted(), "system,call,reporting");
        assert!(Classes::ALL.granted().ends_with("security,message,all"));
    }

    #[test]
    fn lists_are_read_exactly() {
        let read = |text| Classes::parse(text);
        assert_eq!(read("call, system").0, Classes::CALL | Classes::SYSTEM);
        assert_eq!(read("system,,user").0, Classes::SYSTEM | Classes::USER);
        let (classes, unknown) = read("c,al,System");
        assert_eq!(classes, Classes::NONE);
        assert_eq!(unknown.len(), 3);
        assert_eq!(read("all").0, Classes::ALL);
    }

    #[test]
    fn event_masks_are_read_in_all_their_forms() {
        assert_eq!(parse_event_mask(""), None);
        assert_eq!(parse_event_mask("1"), Some(Classes::SYSTEM));
        assert_eq!(parse_event_mask("0"), Some(Classes::NONE));
        assert_eq!(parse_event_mask("-1"), Some(Classes::NONE));
        assert_eq!(parse_event_mask("ON"), Some(Classes::ALL));
        assert_eq!(parse_event_mask("off"), Some(Classes::NONE));
        assert_eq!(parse_event_mask("nonsense"), Some(Classes::NONE));
        let both = Classes::CALL | Classes::USER;
        assert_eq!(parse_event_mask("call,user"), Some(both));
        assert_eq!(parse_event_mask("99999999999"), Some(Classes::ALL));
    }

    #[test]
    fn one_class_suffices_to_act_and_all_are_needed_to_hear() {
        let both = Classes::CALL | Classes::REPORTING;
        assert!(Classes::CALL.permits(both));
        assert!(!Classes::CALL.contains(both));
        assert!(Classes::NONE.permits(Classes::NONE));
        assert!(!Classes::NONE.permits(both));
    }
}
