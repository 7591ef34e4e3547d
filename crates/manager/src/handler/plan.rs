//! Actions about the dialplan itself (ami-server.md 10.34 and appendix B).

use super::{Step, failed, given};
use crate::Request;
use ami::action::plan::{DialplanExtensionAdd, DialplanExtensionRemove, ShowDialPlan};
use ami::event::Event as _;
use ami::event::plan::ListDialplan;
use ami::{Message, response};
use model::{
    Command, DialplanChange, DialplanCommand, DialplanContext, DialplanReply, DialplanStep, Reply,
};

/// Whoever wrote it: all of it comes from extensions.conf or goes with it.
const REGISTRAR: &str = "pbx_config";
const INVALID_PRIORITY: &str = "The priority specified was invalid.";

fn ask(command: DialplanCommand) -> Step {
    Step::Ask(Request::Switch(Command::Dialplan(command)))
}

pub(super) fn show(show: &ShowDialPlan) -> Step {
    ask(DialplanCommand::Show {
        context: show.context.as_deref().map(Into::into),
        exten: show.extension.as_deref().map(Into::into),
    })
}

pub(super) fn shown(id: &str, show: &ShowDialPlan, reply: Reply) -> Option<Vec<Message>> {
    let Reply::Dialplan(reply) = reply else {
        return None;
    };
    let exten = show.extension.as_deref().unwrap_or_default();
    let error = |text: String| Some(vec![response::error(id, text)]);
    match (reply, show.context.as_deref()) {
        (DialplanReply::Contexts(contexts), _) => Some(listed(id, &contexts)),
        (DialplanReply::NoContext, context) => error(format!(
            "Did not find context {}",
            context.unwrap_or_default()
        )),
        (DialplanReply::NoExtension, Some(context)) => {
            error(format!("Did not find extension {exten}@{context}"))
        }
        (DialplanReply::NoExtension, None) => {
            error(format!("Did not find extension {exten} in any context"))
        }
        (_, _) => None,
    }
}

fn listed(id: &str, contexts: &[DialplanContext]) -> Vec<Message> {
    let mut messages = vec![response::list_start(id, "DialPlan list will follow")];
    for context in contexts {
        messages.extend(items(id, context));
    }
    let extensions = contexts.iter().flat_map(|context| &context.extensions);
    let priorities = extensions.clone().map(|extension| extension.steps.len());
    let end = response::list_complete("ShowDialPlanComplete", id, messages.len() - 1)
        .with("ListExtensions", extensions.count())
        .with("ListPriorities", priorities.sum::<usize>())
        .with("ListContexts", contexts.len());
    messages.push(end);
    messages
}

fn items(id: &str, context: &DialplanContext) -> Vec<Message> {
    let line = ListDialplan {
        action_id: given(id),
        context: &context.name,
        registrar: REGISTRAR,
        ..ListDialplan::default()
    };
    let mut messages = Vec::new();
    for extension in &context.extensions {
        for step in &extension.steps {
            messages.push(step_of(line, &extension.name, step));
        }
    }
    messages.extend(context.includes.iter().map(|include| {
        let include_context = Some(&**include);
        ListDialplan {
            include_context,
            ..line
        }
        .message()
    }));
    messages.extend(context.ignored.iter().map(|pattern| {
        let ignore_pattern = Some(&**pattern);
        ListDialplan {
            ignore_pattern,
            ..line
        }
        .message()
    }));
    messages
}

fn step_of(line: ListDialplan<'_>, extension: &str, step: &DialplanStep) -> Message {
    let number = step.number.map(|number| number.to_string());
    let event = ListDialplan {
        extension: Some(extension),
        extension_label: step.label.as_deref(),
        priority: Some(number.as_deref().unwrap_or("hint")),
        application: Some(&step.application),
        app_data: step.number.map(|_| &*step.data),
        ..line
    };
    event.message()
}

/// A number from 1, or none for a hint.
fn priority(text: &str) -> Option<Option<u32>> {
    if text.eq_ignore_ascii_case("hint") {
        return Some(None);
    }
    text.parse().ok().filter(|number| *number > 0).map(Some)
}

pub(super) fn add(id: &str, add: &DialplanExtensionAdd) -> Step {
    let Some(number) = priority(&add.priority) else {
        return failed(id, INVALID_PRIORITY);
    };
    ask(DialplanCommand::Change(DialplanChange::AddExtension {
        context: add.context.as_str().into(),
        exten: add.extension.as_str().into(),
        step: DialplanStep {
            number,
            label: None,
            application: add.application.as_str().into(),
            data: add.application_data.as_deref().unwrap_or_default().into(),
            at: REGISTRAR.into(),
        },
        replace: add.replace,
    }))
}

pub(super) fn added(id: &str, reply: &Reply) -> Vec<Message> {
    vec![if let Reply::Dialplan(DialplanReply::Changed) = reply {
        response::done(id, "Added requested extension")
    } else if let Reply::Dialplan(DialplanReply::Exists) = reply {
        let text = "That extension and priority already exist at that context";
        response::error(id, text)
    } else {
        response::error(id, "Failed to add requested extension")
    }]
}

pub(super) fn remove(id: &str, remove: &DialplanExtensionRemove) -> Step {
    let said = match remove.priority.as_deref().map(priority) {
        None => None,
        Some(Some(said)) => Some(said),
        Some(None) => return failed(id, INVALID_PRIORITY),
    };
    ask(DialplanCommand::Change(DialplanChange::RemoveExtension {
        context: remove.context.as_str().into(),
        exten: remove.extension.as_str().into(),
        priority: said,
    }))
}

pub(super) fn removed(id: &str, remove: &DialplanExtensionRemove, reply: &Reply) -> Vec<Message> {
    let Reply::Dialplan(DialplanReply::Changed) = reply else {
        return vec![response::error(id, "Failed to remove requested extension")];
    };
    vec![if remove.priority.is_some() {
        response::done(id, "Removed the requested priority from the extension")
    } else {
        response::done(id, "Removed the requested extension")
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_is_listed_line_by_line() {
        let step = |number, label: Option<&str>| DialplanStep {
            number,
            label: label.map(Into::into),
            application: "NoOp".into(),
            data: "x".into(),
            at: "extensions.conf:1".into(),
        };
        let context = DialplanContext {
            name: "lab".into(),
            extensions: vec![model::DialplanExtension {
                name: "s".into(),
                caller: None,
                steps: vec![step(None, None), step(Some(1), Some("begin"))],
            }],
            includes: vec!["other".into()],
            ignored: vec!["9".into()],
        };
        let messages = listed("7", &[context]);
        let texts: Vec<_> = messages.iter().map(Message::text).collect();
        assert_eq!(
            texts[1..],
            [
                "Event: ListDialplan\r\nActionID: 7\r\nContext: lab\r\nExtension: s\r\n\
                 Priority: hint\r\nApplication: NoOp\r\nRegistrar: pbx_config\r\n",
                "Event: ListDialplan\r\nActionID: 7\r\nContext: lab\r\nExtension: s\r\n\
                 ExtensionLabel: begin\r\nPriority: 1\r\nApplication: NoOp\r\nAppData: x\r\n\
                 Registrar: pbx_config\r\n",
                "Event: ListDialplan\r\nActionID: 7\r\nContext: lab\r\nIncludeContext: other\r\n\
                 Registrar: pbx_config\r\n",
                "Event: ListDialplan\r\nActionID: 7\r\nContext: lab\r\nIgnorePattern: 9\r\n\
                 Registrar: pbx_config\r\n",
                "Event: ShowDialPlanComplete\r\nActionID: 7\r\nEventList: Complete\r\n\
                 ListItems: 4\r\nListExtensions: 1\r\nListPriorities: 2\r\nListContexts: 1\r\n",
            ]
        );
    }
}
