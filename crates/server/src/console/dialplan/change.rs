//! `dialplan add …`, `dialplan remove …`: changes until extensions.conf is read again.

use super::{Outcome, ask, unavailable};
use crate::node::Node;
use model::{DialplanChange, DialplanCommand, DialplanReply, DialplanStep};
use std::sync::Arc;

pub(super) async fn add_extension(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let (text, context, replace) = match arguments {
        [text, into, context] if into == "into" => (text, context, false),
        [text, into, context, replace] if into == "into" && replace == "replace" => {
            (text, context, true)
        }
        _ => return Outcome::Usage,
    };
    let Some((exten, step)) = extension(text) else {
        return Outcome::Usage;
    };
    let change = DialplanChange::AddExtension {
        context: context.as_str().into(),
        exten: exten.into(),
        step,
        replace,
    };
    match carry_out(node, change).await {
        Some(DialplanReply::Changed) => Outcome::Output(format!(
            "Extension '{text}' added into '{context}' context\n"
        )),
        Some(DialplanReply::Exists) => Outcome::Failed(format!(
            "Extension {exten} of context {context} already has this priority\n"
        )),
        reply => failed(reply),
    }
}

/// Reads `exten,priority,app[,data]` or `exten,priority,app(data)`.
fn extension(text: &str) -> Option<(&str, DialplanStep)> {
    let (exten, rest) = text.split_once(',')?;
    let (priority, application) = rest.split_once(',')?;
    let number = match priority.trim() {
        hint if hint.eq_ignore_ascii_case("hint") => None,
        number => Some(number.parse().ok().filter(|number| *number > 0)?),
    };
    let (application, data) = match number {
        None => (application, ""),
        Some(_) => match application.find([',', '(']) {
            Some(at) if application[at..].starts_with('(') => dialplan::called(application),
            Some(at) => (&application[..at], &application[at + 1..]),
            None => (application, ""),
        },
    };
    let step = DialplanStep {
        number,
        label: None,
        application: application.trim().into(),
        data: data.into(),
        at: "pbx_config".into(),
    };
    (!step.application.is_empty()).then_some((exten, step))
}

pub(super) async fn remove_extension(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let (place, priority) = match arguments {
        [place] => (place, None),
        [place, hint] if hint.eq_ignore_ascii_case("hint") => (place, Some(None)),
        [place, priority] => match priority.parse().ok().filter(|number: &u32| *number > 0) {
            Some(number) => (place, Some(Some(number))),
            None => return Outcome::Usage,
        },
        _ => return Outcome::Usage,
    };
    let Some((exten, context)) = place.rsplit_once('@') else {
        return Outcome::Usage;
    };
    let change = DialplanChange::RemoveExtension {
        context: context.into(),
        exten: exten.into(),
        priority,
    };
    match (carry_out(node, change).await, priority) {
        (Some(DialplanReply::Changed), None) => {
            Outcome::Output(format!("Whole extension {place} removed\n"))
        }
        (Some(DialplanReply::Changed), Some(number)) => {
            let priority = number.map_or("hint".to_owned(), |number| number.to_string());
            Outcome::Output(format!(
                "Extension {place} with priority {priority} removed\n"
            ))
        }
        (Some(_), _) => Outcome::Failed(format!("Failed to remove extension {place}\n")),
        (None, _) => unavailable(),
    }
}

pub(super) async fn add_include(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let Some((include, context)) = parts(arguments, "into", "in") else {
        return Outcome::Usage;
    };
    let change = DialplanChange::AddInclude {
        context: context.into(),
        include: include.into(),
    };
    match carry_out(node, change).await {
        Some(DialplanReply::Changed) => Outcome::Output(format!(
            "Context '{include}' included in '{context}' context\n"
        )),
        Some(DialplanReply::Exists) => Outcome::Failed(format!(
            "Context '{include}' already included in '{context}' context\n"
        )),
        reply => failed(reply),
    }
}

pub(super) async fn remove_include(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let Some((include, context)) = parts(arguments, "from", "in") else {
        return Outcome::Usage;
    };
    let change = DialplanChange::RemoveInclude {
        context: context.into(),
        include: include.into(),
    };
    match carry_out(node, change).await {
        Some(DialplanReply::Changed) => Outcome::Output(format!(
            "The dialplan no longer includes '{include}' into '{context}'\n"
        )),
        Some(_) => Outcome::Failed(format!(
            "Failed to remove '{include}' include from '{context}' context\n"
        )),
        None => unavailable(),
    }
}

pub(super) async fn add_ignored(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let Some((pattern, context)) = parts(arguments, "into", "in") else {
        return Outcome::Usage;
    };
    let change = DialplanChange::AddIgnored {
        context: context.into(),
        pattern: pattern.into(),
    };
    match carry_out(node, change).await {
        Some(DialplanReply::Changed) => Outcome::Output(format!(
            "Ignore pattern '{pattern}' added into '{context}' context\n"
        )),
        Some(DialplanReply::Exists) => Outcome::Failed(format!(
            "Ignore pattern '{pattern}' already included in '{context}' context\n"
        )),
        reply => failed(reply),
    }
}

pub(super) async fn remove_ignored(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let Some((pattern, context)) = parts(arguments, "from", "in") else {
        return Outcome::Usage;
    };
    let change = DialplanChange::RemoveIgnored {
        context: context.into(),
        pattern: pattern.into(),
    };
    match carry_out(node, change).await {
        Some(DialplanReply::Changed) => Outcome::Output(format!(
            "Ignore pattern '{pattern}' removed from '{context}' context\n"
        )),
        Some(_) => Outcome::Failed(format!(
            "There is no ignore pattern '{pattern}' in '{context}' context\n"
        )),
        None => unavailable(),
    }
}

pub(super) async fn remove_context(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [context] = arguments else {
        return Outcome::Usage;
    };
    let change = DialplanChange::RemoveContext(context.as_str().into());
    match carry_out(node, change).await {
        Some(DialplanReply::Changed) => Outcome::Output(format!("Removing context '{context}'\n")),
        reply => failed(reply),
    }
}

/// Reads `what into context`.
fn parts<'a>(arguments: &'a [String], word: &str, other: &str) -> Option<(&'a str, &'a str)> {
    let [what, between, context] = arguments else {
        return None;
    };
    (between == word || between == other).then_some((what, context))
}

async fn carry_out(node: &Arc<Node>, change: DialplanChange) -> Option<DialplanReply> {
    ask(node, DialplanCommand::Change(change)).await
}

fn failed(reply: Option<DialplanReply>) -> Outcome {
    match reply {
        Some(DialplanReply::NoContext) => Outcome::Failed("There is no such context\n".to_owned()),
        Some(DialplanReply::Invalid(why)) => Outcome::Failed(format!("It is {why}\n")),
        Some(_) => Outcome::Failed("The dialplan was not changed\n".to_owned()),
        None => unavailable(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_read_in_both_forms() {
        let read = |text| {
            let (exten, step) = extension(text)?;
            let (application, data) = (step.application.to_string(), step.data.to_string());
            Some((exten.to_owned(), step.number, application, data))
        };
        let wanted = |number, application: &str, data: &str| {
            Some((
                "6123".to_owned(),
                number,
                application.to_owned(),
                data.to_owned(),
            ))
        };
        assert_eq!(
            read("6123,1,Dial,PJSIP/x,20"),
            wanted(Some(1), "Dial", "PJSIP/x,20")
        );
        assert_eq!(
            read("6123,1,Dial(PJSIP/x,20)"),
            wanted(Some(1), "Dial", "PJSIP/x,20")
        );
        assert_eq!(read("6123,2,Answer"), wanted(Some(2), "Answer", ""));
        assert_eq!(
            read("6123,hint,PJSIP/x&Custom:y,p"),
            wanted(None, "PJSIP/x&Custom:y,p", "")
        );
        assert_eq!(read("6123,0,Answer"), None);
        assert_eq!(read("6123,1"), None);
        assert_eq!(read("6123,1,"), None);
    }
}
