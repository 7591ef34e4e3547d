//! SendText: a text for the caller.

use super::{Application, Call, Step};
use crate::Switch;
use crate::scope::ChannelScope;
use dialplan::Scope as _;
use model::ChannelId;

pub(super) const SEND_TEXT: Application = Application {
    name: "SendText",
    synopsis: "Sends a text to the caller.",
    arguments: "[text]",
    options: &[],
    start,
};

/// The text is what SENDTEXT_BODY says, if that is set. It goes as plain text: nothing goes where
/// SENDTEXT_CONTENT_TYPE asks for another type.
fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut scope = ChannelScope::new(switch, id);
    let mut variable = |name| scope.variable(name).filter(|value| !value.is_empty());
    let body = variable("SENDTEXT_BODY").unwrap_or_else(|| call.data.clone());
    let kind = variable("SENDTEXT_CONTENT_TYPE");
    let is_plain = kind.is_none_or(|kind| kind.eq_ignore_ascii_case("text/plain"));
    let (kind, status) = if is_plain && switch.text_to(id, body.into()) {
        ("BASIC", "SUCCESS")
    } else {
        ("NONE", "UNSUPPORTED")
    };
    switch.set_variable(id, "SENDTEXTTYPE", kind);
    switch.set_variable(id, "SENDTEXTSTATUS", status);
    Step::Done
}
