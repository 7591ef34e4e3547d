//! What an account may hear beyond its classes: its `allowevent` and `denyevent` rules.
//!
//! An event is within a rule if some channel, context and so on that it names is: an account that may
//! hear of `PJSIP/1*` hears of their calls with others.

use super::Rule;
use super::subject::Kind;
use crate::Told;
use crate::filter::Verdicts;

/// The rules of an account. Its sessions share them and what they have said of recent events.
#[derive(Debug, Default)]
pub(crate) struct EventRules {
    rules: Vec<Rule>,
    verdicts: Verdicts,
}

impl EventRules {
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        let verdicts = Verdicts::default();
        Self { rules, verdicts }
    }

    /// Whether an event may be heard: the last rule that fits allows it, or none fits and no
    /// `allowevent` speaks of it.
    pub(crate) fn pass(&self, event: &Told) -> bool {
        self.rules.is_empty() || self.verdicts.of(event, || self.decide(event))
    }

    fn decide(&self, event: &Told) -> bool {
        let named: Vec<_> = event
            .message
            .iter()
            .filter_map(|(header, value)| Some((kind(header)?, value)))
            .collect();
        let mut limited = false;
        for rule in self
            .rules
            .iter()
            .rev()
            .filter(|rule| rule.names(event.name))
        {
            if rule.scope.holds_some(&named) {
                return rule.allows;
            }
            limited |= rule.allows;
        }
        !limited
    }
}

/// What a header of an event names, by how its name ends: `DestChannel`, `TransfereeContext`.
fn kind(header: &str) -> Option<Kind> {
    let name = header.trim_end_matches(['1', '2']);
    let ends = |end: &str| name.ends_with(end);
    if ends("Channel") {
        Some(Kind::Channel)
    } else if ends("Context") {
        Some(Kind::Context)
    } else if ends("Exten") || ends("Extension") {
        Some(Kind::Exten)
    } else if ends("Application") {
        Some(Kind::Application)
    } else if name == "Variable" {
        Some(Kind::Variable)
    } else {
        None
    }
}
