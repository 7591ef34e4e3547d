//! CELGenUserEvent: enters something of the dialplan's own into the channel event log.

use super::{Application, Step};

pub(super) const CEL_GEN_USER_EVENT: Application = Application {
    name: "CELGenUserEvent",
    synopsis: "Generates a CEL User Defined Event.",
    arguments: "event-name[,extra]",
    options: &[],
    start: |switch, id, call| {
        let (name, extra) = call.data.split_once(',').unwrap_or((&call.data, ""));
        if name.trim().is_empty() {
            tracing::warn!("CELGenUserEvent: no event named");
        } else {
            switch.log_user_event(id, name.trim(), extra);
        }
        Step::Done
    },
};
