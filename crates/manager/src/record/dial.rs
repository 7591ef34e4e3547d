//! Events about dialling.

use super::{Teller, Told, block};
use ami::event::dial::{DialBegin, DialEnd, DialState};
use model::{ChannelSnapshot, DialStatus};

pub(super) fn begins(
    to: &Teller<'_>,
    caller: Option<&ChannelSnapshot>,
    dest: &ChannelSnapshot,
    dial_string: &str,
) -> Option<Told> {
    to.say(&DialBegin {
        caller: caller.map(block),
        dest: block(dest),
        dial_string,
    })
}

pub(super) fn goes_on(
    to: &Teller<'_>,
    caller: Option<&ChannelSnapshot>,
    dest: &ChannelSnapshot,
    status: DialStatus,
) -> Option<Told> {
    to.say(&DialState {
        caller: caller.map(block),
        dest: block(dest),
        dial_status: status.text(),
    })
}

pub(super) fn ends(
    to: &Teller<'_>,
    caller: Option<&ChannelSnapshot>,
    dest: &ChannelSnapshot,
    (status, forward): (DialStatus, Option<&str>),
) -> Option<Told> {
    to.say(&DialEnd {
        caller: caller.map(block),
        dest: block(dest),
        forward,
        dial_status: status.text(),
    })
}
