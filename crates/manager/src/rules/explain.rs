//! A decision in words: what decides, where it is written, and why.

use super::{Decision, decide};
use crate::User;
use ami::action::Declaration;
use ami::{Message, action};
use model::Now;

/// Why an account may use an action, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether it may.
    pub permitted: bool,
    /// Why.
    pub reason: String,
    /// What decides, as it is written.
    pub by: String,
    /// Where that is written: file and line.
    pub at: String,
}

/// Explains an action; nothing of a rule's rate is used up.
pub fn explain(user: &User, message: &Message, now: Now) -> Explanation {
    let declaration = message
        .action()
        .and_then(|name| action::spoken(name, user.dialect));
    let decision = decide(user, declaration, message);
    let used_up = decision.rate().is_some_and(|rate| !rate.is_left(now));
    let reason = match decision {
        Decision::Unknown => "there is no such action".to_owned(),
        Decision::NoClass => format!("its classes are none of {}", needed(declaration)),
        Decision::Closed => format!(
            "open actions are closed, and its classes are none of {}",
            declaration.map_or(String::new(), |declaration| declaration.closed.to_string())
        ),
        Decision::ByClass => match needed(declaration) {
            none if none == "<none>" => "it needs no class, and no rule speaks of it".to_owned(),
            classes => format!("one of its classes is one of {classes}, and no rule speaks of it"),
        },
        Decision::Allowed(_) if used_up => "the rule allows it, and its rate is used up".to_owned(),
        Decision::Allowed(_) => "the rule allows it".to_owned(),
        Decision::Denied(_) => "the rule denies it".to_owned(),
        Decision::NotAllowed(_) => {
            "rules allow the action for some uses, this one last, and it is none of them".to_owned()
        }
    };
    let (by, at) = match decision {
        Decision::Unknown => (String::new(), String::new()),
        Decision::NoClass | Decision::ByClass => (
            format!("write = {}", user.write.granted()),
            user.at.write.to_string(),
        ),
        Decision::Closed => (
            "openactions = no".to_owned(),
            user.at.open_actions.to_string(),
        ),
        Decision::Allowed(rule) | Decision::Denied(rule) | Decision::NotAllowed(rule) => {
            (rule.text.clone(), rule.at.to_string())
        }
    };
    let known = declaration.is_some();
    let permitted = known && decision.permits() && !used_up;
    Explanation {
        permitted,
        reason,
        by,
        at,
    }
}

fn needed(declaration: Option<&Declaration>) -> String {
    declaration.map_or(String::new(), |declaration| declaration.classes.to_string())
}
