//! What an account may do and hear beyond its classes: its `allow` and `deny` rules.
//!
//! Classes say which kinds of actions an account may use. Rules narrow that down to what it may use
//! them on: `allow = Originate context=outbound channel=PJSIP/* rate=5/s`. They are read in the order
//! they are written, and as with `permit` and `deny` the last that fits decides, so that an account
//! goes before the template it is made of. If none fits, an action that some `allow` names is refused,
//! and others are left to the classes.
//!
//! All transports come through [`decide`], and so does who asks for the reason (action Explain).
mod decision;
mod event;
mod explain;
mod pattern;
mod rate;
mod read;
mod scope;
mod subject;

pub(crate) use decision::{Decision, decide, is_of_session};
pub(crate) use event::EventRules;
pub use explain::{Explanation, explain};
pub(crate) use read::{is_rule, read};

use ami::action::Declaration;
use conf::Place;
use rate::Rate;
use scope::Scope;

/// The rules of an account.
#[derive(Debug, Default)]
pub struct Rules {
    /// Of what it may do.
    pub(crate) actions: Vec<Rule>,
    /// Of what it may hear.
    pub(crate) events: EventRules,
}

/// One rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) allows: bool,
    /// The actions or events it speaks of.
    names: Vec<pattern::Pattern>,
    scope: Scope,
    /// How often what it allows may be done.
    pub(crate) rate: Option<Rate>,
    /// Where it is written.
    pub(crate) at: Place,
    /// How it is written.
    pub(crate) text: String,
}

impl Rules {
    /// Whether an action is denied whatever it is used on.
    pub(crate) fn forbid(&self, declaration: &Declaration) -> bool {
        let mut named = self
            .actions
            .iter()
            .rev()
            .filter(|rule| rule.names(declaration.name));
        let last = named.next();
        last.is_some_and(|rule| !rule.allows && rule.scope.is_open())
            && !decision::is_of_session(declaration)
    }
}

impl Rule {
    /// Whether it speaks of an action or event of this name.
    fn names(&self, name: &str) -> bool {
        self.names
            .iter()
            .any(|pattern| pattern.matches(name, false))
    }
}
