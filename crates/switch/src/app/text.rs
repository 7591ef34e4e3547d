//! SendText: a text for the caller.

use super::{Application, Call, Step};
use crate::Switch;
use model::ChannelId;

pub(super) const SEND_TEXT: Application = Application {
    name: "SendText",
    synopsis: "Sends a text to the caller.",
    arguments: "[text]",
    options: &[],
    start,
};

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let status = if switch.text_to(id, call.data.as_str().into()) {
        "SUCCESS"
    } else {
        "UNSUPPORTED"
    };
    switch.set_variable(id, "SENDTEXTSTATUS", status);
    Step::Done
}
