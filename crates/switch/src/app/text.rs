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

fn start(switch: &mut Switch, id: ChannelId, _: &Call) -> Step {
    let status = if switch.takes_text(id) {
        "SUCCESS"
    } else {
        "UNSUPPORTED"
    };
    switch.set_variable(id, "SENDTEXTSTATUS", status);
    Step::Done
}
