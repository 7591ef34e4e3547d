//! UserEvent: tells managers something of the dialplan's own.

use super::{Application, Call, Step};
use crate::Switch;
use model::{ChannelId, Event};
use std::sync::Arc;

pub(super) const USER_EVENT: Application = Application {
    name: "UserEvent",
    synopsis: "Send an arbitrary user-defined event to parties interested in a channel (AMI users and relevant res_stasis applications).",
    arguments: "eventname[,header: value[,...]]",
    options: &[],
    start,
};

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let name = arguments.next().unwrap_or_default();
    if name.is_empty() {
        tracing::warn!("UserEvent: no event named");
        return Step::Done;
    }
    let header = |text: String| -> Option<(Arc<str>, Arc<str>)> {
        let (name, value) = text.split_once(':')?;
        Some((name.trim().into(), value.trim_start().into()))
    };
    let headers = arguments.filter_map(header).collect();
    let channel = switch.snapshot(id);
    switch.tell(Event::UserEvent {
        channel,
        name: name.into(),
        headers,
    });
    Step::Done
}
