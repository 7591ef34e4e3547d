//! Channels that spy on others, in words.

use super::{Teller, Told, block};
use ami::event::spy::{ChanSpyStart, ChanSpyStop};
use model::ChannelSnapshot;

pub(super) fn begins(
    to: &Teller<'_>,
    spyer: &ChannelSnapshot,
    spyee: &ChannelSnapshot,
) -> Option<Told> {
    to.say(&ChanSpyStart {
        spyer: block(spyer),
        spyee: block(spyee),
    })
}

pub(super) fn ends(
    to: &Teller<'_>,
    spyer: &ChannelSnapshot,
    spyee: &ChannelSnapshot,
) -> Option<Told> {
    to.say(&ChanSpyStop {
        spyer: block(spyer),
        spyee: Some(block(spyee)),
    })
}
