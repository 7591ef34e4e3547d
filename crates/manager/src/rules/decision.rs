//! Whether an account may use an action, and why: the one place where that is decided.

use super::Rule;
use super::rate::Rate;
use super::subject::Subjects;
use crate::User;
use ami::Message;
use ami::action::Declaration;
use model::Now;

/// What is decided about an action, and by what.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Decision<'a> {
    /// There is no such action. Who has logged in is told so.
    Unknown,
    /// The account has none of the classes it needs.
    NoClass,
    /// It needs no class, but where `openactions = no`; the account has none of those.
    Closed,
    /// The classes permit it, and no rule speaks of it.
    ByClass,
    /// This rule allows it.
    Allowed(&'a Rule),
    /// This rule denies it.
    Denied(&'a Rule),
    /// Rules allow some uses of it, this one last, and this is none of them.
    NotAllowed(&'a Rule),
}

/// Decides. `declaration` is that of the action, if there is one.
pub(crate) fn decide<'a>(
    user: &'a User,
    declaration: Option<&Declaration>,
    message: &Message,
) -> Decision<'a> {
    let Some(declaration) = declaration else {
        return Decision::Unknown;
    };
    if !declaration.is_permitted(user.write, true) {
        return Decision::NoClass;
    }
    if !declaration.is_permitted(user.write, user.open_actions) {
        return Decision::Closed;
    }
    let rules = &user.rules.actions;
    if rules.is_empty() || is_of_session(declaration) {
        return Decision::ByClass;
    }
    let subjects = Subjects::of(declaration, message);
    let mut unallowed = None;
    for rule in rules
        .iter()
        .rev()
        .filter(|rule| rule.names(declaration.name))
    {
        if rule.allows && rule.scope.holds_all(&subjects) {
            return Decision::Allowed(rule);
        }
        if !rule.allows && rule.scope.holds_any(&subjects) {
            return Decision::Denied(rule);
        }
        if rule.allows {
            unallowed.get_or_insert(rule);
        }
    }
    unallowed.map_or(Decision::ByClass, Decision::NotAllowed)
}

/// Coming and going is nobody's to deny.
pub(crate) fn is_of_session(declaration: &Declaration) -> bool {
    ["Login", "Logoff", "Challenge"].contains(&declaration.name)
}

impl Decision<'_> {
    /// Whether it may be used, but for how often.
    pub(crate) fn permits(self) -> bool {
        match self {
            Self::Unknown | Self::ByClass | Self::Allowed(_) => true,
            Self::NoClass | Self::Closed | Self::Denied(_) | Self::NotAllowed(_) => false,
        }
    }

    /// Takes one from the rate of the rule, if it has one; `false` if nothing is left of it.
    pub(crate) fn spend(self, now: Now) -> bool {
        match self.rate() {
            Some(rate) => rate.take(now),
            None => true,
        }
    }

    /// How often it may be used, if the rule that allows it says so.
    pub(super) fn rate(&self) -> Option<&Rate> {
        match self {
            Self::Allowed(rule) => rule.rate.as_ref(),
            Self::Unknown
            | Self::NoClass
            | Self::Closed
            | Self::ByClass
            | Self::Denied(_)
            | Self::NotAllowed(_) => None,
        }
    }
}
