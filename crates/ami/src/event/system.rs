//! Events about the node (ami-server.md 2.4, 2.7, 10.22).

use macros::Event;

/// All parts are up.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(system))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct FullyBooted<'a> {
    pub status: &'a str,
    /// Whole seconds.
    pub uptime: u64,
    /// Whole seconds.
    pub last_reload: u64,
}

/// The same, told to who logs in later, its headers in another order.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "FullyBooted", classes(system))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct BootedBefore<'a> {
    /// Whole seconds.
    pub uptime: u64,
    /// Whole seconds.
    pub last_reload: u64,
    pub status: &'a str,
}

/// The node ends.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(system))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Shutdown<'a> {
    pub shutdown: &'a str,
    pub restart: bool,
}

/// A part was reloaded.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(system))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Reload<'a> {
    pub module: &'a str,
    pub status: u8,
}

/// The end of WaitEvent.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct WaitEventComplete<'a> {
    pub action_id: Option<&'a str>,
}

/// Events are gone that the session was still to be told, if it may hear them. It is told to every
/// session that they are gone for, whatever it hears otherwise.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct EventsMissed<'a> {
    /// The place of the first of them, `RUN/NUMBER`.
    pub from: &'a str,
    /// The place of the last of them.
    pub to: &'a str,
    /// Why: `expired`, they are no longer kept; `restarted`, the node has started anew and has not
    /// kept them; `lag`, the session was too slow; `damaged`, they
    /// could not be kept, or what was kept of them cannot be read; `unknown`, the place it came from is none of
    /// this node's.
    pub reason: &'a str,
}

/// Events are lost to a session over HTTP that did not ask for them in time.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct EventGap<'a> {
    pub action_id: Option<&'a str>,
    /// How many.
    pub missed: u64,
}
