//! What is known of a party besides its number and name: whether they may be shown, of which kind
//! the number is, a subaddress, a tag (ITU-T Q.931, Q.951).

use model::Party;
use std::sync::Arc;

/// A party with all that is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) party: Party,
    pub(crate) particulars: Particulars,
}

/// What is known of a party besides its number and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Particulars {
    /// Whether its number may be shown.
    pub(crate) number: Presentation,
    /// Whether its name may.
    pub(crate) name: Presentation,
    /// Type and numbering plan of the number, as Q.931 has them in an octet.
    pub(crate) plan: u8,
    /// How its name is encoded, if not as usual: one of [`CHARSETS`].
    pub(crate) charset: Option<&'static str>,
    pub(crate) subaddress: Subaddress,
    /// Whatever the dialplan wants to remember of it.
    pub(crate) tag: Option<Arc<str>>,
}

/// Which of several at one number is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subaddress {
    pub(crate) text: Option<Arc<str>>,
    /// 0 is NSAP, 2 is what users agree on.
    pub(crate) kind: u8,
    /// Whether it has an odd number of digits.
    pub(crate) odd: bool,
}

/// How names can be encoded; the first is usual.
pub(crate) const CHARSETS: [&str; 10] = [
    "iso8859-1",
    "unknown",
    "withdrawn",
    "iso8859-2",
    "iso8859-3",
    "iso8859-4",
    "iso8859-5",
    "iso8859-7",
    "bmp",
    "utf8",
];

/// Whether something of a party may be shown, and who vouches for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Presentation {
    #[default]
    AllowedNotScreened,
    AllowedPassedScreen,
    AllowedFailedScreen,
    Allowed,
    ProhibNotScreened,
    ProhibPassedScreen,
    ProhibFailedScreen,
    Prohib,
    Unavailable,
}

impl Presentation {
    const ALL: [(Self, &'static str); 9] = [
        (Self::AllowedNotScreened, "allowed_not_screened"),
        (Self::AllowedPassedScreen, "allowed_passed_screen"),
        (Self::AllowedFailedScreen, "allowed_failed_screen"),
        (Self::Allowed, "allowed"),
        (Self::ProhibNotScreened, "prohib_not_screened"),
        (Self::ProhibPassedScreen, "prohib_passed_screen"),
        (Self::ProhibFailedScreen, "prohib_failed_screen"),
        (Self::Prohib, "prohib"),
        (Self::Unavailable, "unavailable"),
    ];

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, word)| word.eq_ignore_ascii_case(text.trim()))
            .map(|(presentation, _)| presentation)
    }

    pub(crate) fn text(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(presentation, _)| *presentation == self)
            .map_or("", |(_, word)| word)
    }

    /// As Q.931 has it in an octet (figure 4-11): who may see it, and who vouches for it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::AllowedNotScreened => 0,
            Self::AllowedPassedScreen => 1,
            Self::AllowedFailedScreen => 2,
            Self::Allowed => 3,
            Self::ProhibNotScreened => 32,
            Self::ProhibPassedScreen => 33,
            Self::ProhibFailedScreen => 34,
            Self::Prohib => 35,
            Self::Unavailable => 67,
        }
    }

    fn is_prohibited(self) -> bool {
        match self {
            Self::ProhibNotScreened
            | Self::ProhibPassedScreen
            | Self::ProhibFailedScreen
            | Self::Prohib => true,
            Self::AllowedNotScreened
            | Self::AllowedPassedScreen
            | Self::AllowedFailedScreen
            | Self::Allowed
            | Self::Unavailable => false,
        }
    }
}

impl Particulars {
    /// Whether a party as a whole may be shown: what is stricter of its number and its name.
    pub(crate) fn presentation(&self, party: &Party) -> Presentation {
        match (&party.number, &party.name) {
            (None, None) => Presentation::Unavailable,
            (Some(_), None) => self.number,
            (None, Some(_)) => self.name,
            (Some(_), Some(_)) if self.name.is_prohibited() && !self.number.is_prohibited() => {
                self.name
            }
            (Some(_), Some(_)) => self.number,
        }
    }

    /// The party wants not to be shown.
    pub(crate) fn withhold(&mut self) {
        self.number = Presentation::ProhibNotScreened;
        self.name = Presentation::ProhibNotScreened;
    }

    /// Whether a party wants not to be shown.
    pub(crate) fn is_withheld(&self, party: &Party) -> bool {
        self.presentation(party).is_prohibited()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_presentation_counts() {
        let mut particulars = Particulars::default();
        let known = Party::parse("\"Alice\" <101>");
        let shown = particulars.presentation(&known);
        assert_eq!(shown.text(), "allowed_not_screened");
        assert_eq!(
            particulars.presentation(&Party::default()),
            Presentation::Unavailable
        );
        particulars.name = Presentation::parse("PROHIB_passed_screen").unwrap();
        assert!(particulars.is_withheld(&known));
        assert!(!particulars.is_withheld(&Party::parse("<101>")));
        assert_eq!(Presentation::parse("maybe"), None);
    }
}
