//! Actions about extensions (ami-server.md 10.16).

use super::Step;
use crate::Request;
use crate::session::Session;
use ami::action::dialplan::ExtensionState;
use ami::{Dialect, Message, response};
use model::{Command, Reply};

fn context(state: &ExtensionState) -> &str {
    state.context.as_deref().unwrap_or("default")
}

pub(super) fn extension_state(state: &ExtensionState) -> Step {
    Step::Ask(Request::Switch(Command::ExtensionState {
        context: context(state).into(),
        exten: state.exten.as_str().into(),
    }))
}

pub(super) fn extension(
    session: &Session,
    id: &str,
    state: &ExtensionState,
    reply: Reply,
) -> Option<Vec<Message>> {
    let Reply::Extension(report) = reply else {
        return None;
    };
    let mut message = response::done(id, "Extension Status")
        .with("Exten", &state.exten)
        .with("Context", context(state))
        .with("Hint", &report.hint)
        .with("Status", report.state.number());
    if session.dialect() == Dialect::V22 {
        message.header("StatusText", report.state.text());
    }
    Some(vec![message])
}
