//! What the switch is configured with: one immutable value, replaced whole by a reload.

use dialplan::Dialplan;
use model::Endpoint;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The configuration. Calls in progress go on with the extension they are in.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// extensions.conf.
    pub dialplan: Arc<Dialplan>,
    /// The endpoints of pjsip.conf, by name.
    pub endpoints: BTreeMap<Arc<str>, Endpoint>,
    /// cdr.conf.
    pub cdr: CdrSettings,
    /// musiconhold.conf: the files of each class, in the order they are played.
    pub music: BTreeMap<Arc<str>, Vec<Arc<str>>>,
    /// manager.conf `channelvars`: variables told with every channel.
    pub channel_variables: Vec<Arc<str>>,
    /// asterisk.conf `systemname`: begins every uniqueid.
    pub system_name: Option<Arc<str>>,
    /// asterisk.conf `maxcalls`: channels refused beyond; 0 is no limit.
    pub max_calls: usize,
    /// asterisk.conf `live_dangerously`: clients may use functions that reach beyond calls.
    pub live_dangerously: bool,
    /// The environment that the dialplan may read.
    pub environment: BTreeMap<String, Arc<str>>,
    /// The time zone of dialplan times and dates.
    pub time_zone: Option<jiff::tz::TimeZone>,
}

/// cdr.conf and cdr_manager.conf.
#[derive(Clone, Debug)]
pub struct CdrSettings {
    /// Make records at all.
    pub enabled: bool,
    /// Also of calls nobody was dialled in and nobody answered.
    pub unanswered: bool,
    /// Tell them as events.
    pub manager: bool,
}

impl Default for CdrSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            unanswered: false,
            manager: false,
        }
    }
}
