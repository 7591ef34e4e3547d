//! Events about dialling (ami-server.md, appendix A).

use super::channel::Channel;
use macros::Event;

/// Somebody is dialled.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DialBegin<'a> {
    #[event(block)]
    pub caller: Option<Channel<'a>>,
    #[event(block = "Dest")]
    pub dest: Channel<'a>,
    pub dial_string: &'a str,
}

/// The dial goes on.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DialState<'a> {
    #[event(block)]
    pub caller: Option<Channel<'a>>,
    #[event(block = "Dest")]
    pub dest: Channel<'a>,
    pub dial_status: &'a str,
}

/// The dial is over.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DialEnd<'a> {
    #[event(block)]
    pub caller: Option<Channel<'a>>,
    #[event(block = "Dest")]
    pub dest: Channel<'a>,
    /// Whom to call instead, as who was called has said.
    pub forward: Option<&'a str>,
    pub dial_status: &'a str,
}
