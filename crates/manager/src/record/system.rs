//! Events about the node, its devices and its extensions.

use super::{Teller, Told};
use ami::Escaped;
use ami::event::mailbox::MessageWaiting;
use ami::event::state::{DeviceStateChange, ExtensionStatus, PresenceStateChange, PresenceStatus};
use ami::event::system::{FullyBooted, Reload, Shutdown};
use model::{DeviceState, ExtensionState, MessageCounts, Presence};

pub(super) fn device(to: &Teller<'_>, device: &str, state: DeviceState) -> Option<Told> {
    to.say(&DeviceStateChange {
        device,
        state: state.text(),
    })
}

/// `place` is the extension and its context.
pub(super) fn extension(
    to: &Teller<'_>,
    place: (&str, &str),
    hint: &str,
    state: ExtensionState,
) -> Option<Told> {
    to.say(&ExtensionStatus {
        exten: place.0,
        context: place.1,
        hint,
        status: state.number(),
        status_text: state.text(),
    })
}

pub(super) fn presence(to: &Teller<'_>, presentity: &str, presence: &Presence) -> Option<Told> {
    to.say(&PresenceStateChange {
        presentity,
        status: presence.kind.text(),
        subtype: Escaped(&presence.subtype),
        message: Escaped(&presence.message),
    })
}

/// `place` is the extension and its context.
pub(super) fn presence_of(
    to: &Teller<'_>,
    place: (&str, &str),
    hint: &str,
    presence: &Presence,
) -> Option<Told> {
    to.say(&PresenceStatus {
        exten: place.0,
        context: place.1,
        hint,
        status: presence.kind.text(),
        subtype: &presence.subtype,
        message: &presence.message,
    })
}

pub(super) fn messages(to: &Teller<'_>, mailbox: &str, counts: MessageCounts) -> Option<Told> {
    let new = counts.new + counts.urgent;
    to.say(&MessageWaiting {
        mailbox,
        waiting: u8::from(new > 0),
        new,
        old: counts.old,
    })
}

pub(super) fn booted(to: &Teller<'_>, uptime: u64, last_reload: u64) -> Option<Told> {
    to.say(&FullyBooted {
        status: "Fully Booted",
        uptime,
        last_reload,
    })
}

pub(super) fn ends(to: &Teller<'_>, cleanly: bool, restart: bool) -> Option<Told> {
    to.say(&Shutdown {
        shutdown: if cleanly { "Cleanly" } else { "Uncleanly" },
        restart,
    })
}

pub(super) fn reloaded(to: &Teller<'_>, module: &str, status: u8) -> Option<Told> {
    to.say(&Reload { module, status })
}
