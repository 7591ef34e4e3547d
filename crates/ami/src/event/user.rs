//! Events that users make.

use super::Headers;
use super::channel::Channel;
use macros::Event;

/// A UserEvent: from the dialplan with its channel, from a manager without.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(user))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct UserEvent<'a> {
    #[event(block)]
    pub channel: Option<Channel<'a>>,
    pub user_event: &'a str,
    #[event(block)]
    pub headers: Headers<'a>,
}
