//! What a rule narrows itself down to: `context=outbound channel=PJSIP/*`.

use super::pattern::Pattern;
use super::subject::{Kind, Subjects};

/// The limits of a rule; without any it speaks of every use of its actions.
#[derive(Debug, Default)]
pub(crate) struct Scope(Vec<(Kind, Vec<Pattern>)>);

impl Scope {
    pub(super) fn add(&mut self, kind: Kind, patterns: Vec<Pattern>) {
        self.0.push((kind, patterns));
    }

    /// Whether there are none.
    pub(super) fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.0.iter().map(|(kind, _)| *kind)
    }

    /// Whether an action is surely within: all that it names fits, and nothing is left open. Of
    /// variables there may be none.
    pub(super) fn holds_all(&self, subjects: &Subjects) -> bool {
        self.0.iter().all(|(kind, patterns)| {
            if patterns.iter().any(Pattern::is_all) {
                return true;
            }
            let exact = kind.has_case();
            let fits = |name: &str| patterns.iter().any(|pattern| pattern.matches(name, exact));
            let there = *kind == Kind::Variable || subjects.named(*kind).next().is_some();
            there && !subjects.is_unknown(*kind) && subjects.named(*kind).all(fits)
        })
    }

    /// Whether an action may be within: something that it names fits, or may.
    pub(super) fn holds_any(&self, subjects: &Subjects) -> bool {
        self.0.iter().all(|(kind, patterns)| {
            let fits = |name: &str| patterns.iter().any(|pattern| pattern.matches(name, false));
            subjects.is_unknown(*kind) || subjects.named(*kind).any(fits)
        })
    }

    /// Whether some of these names fit, of each kind.
    pub(super) fn holds_some(&self, named: &[(Kind, &str)]) -> bool {
        self.0.iter().all(|(kind, patterns)| {
            named.iter().any(|(named, name)| {
                named == kind && patterns.iter().any(|pattern| pattern.matches(name, false))
            })
        })
    }
}
