//! What the switch is configured with: one immutable value, replaced whole by a reload.

use crate::FeatureSettings;
use dialplan::Dialplan;
use model::{ChannelEventKind, Endpoint};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The configuration. Calls in progress go on with the extension they are in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Config {
    /// extensions.conf.
    pub dialplan: Arc<Dialplan>,
    /// The endpoints of pjsip.conf, by name.
    pub endpoints: BTreeMap<Arc<str>, Endpoint>,
    /// cdr.conf.
    pub cdr: CdrSettings,
    /// cel.conf.
    pub cel: CelSettings,
    /// features.conf.
    pub features: FeatureSettings,
    /// musiconhold.conf: the files of each class, in the order they are played.
    pub music: BTreeMap<Arc<str>, Vec<Arc<str>>>,
    /// indications.conf.
    pub indications: crate::Indications,
    /// manager.conf `channelvars`: variables told with every channel.
    pub channel_variables: Vec<Arc<str>>,
    /// asterisk.conf, [directories]: the folders, by the variables that tell them, such as ASTSPOOLDIR.
    #[serde(default)]
    pub folders: BTreeMap<String, Arc<str>>,
    /// asterisk.conf `systemname`: begins every uniqueid.
    pub system_name: Option<Arc<str>>,
    /// asterisk.conf `entityid`: what tells this server from all others.
    #[serde(default)]
    pub entity_id: Option<Arc<str>>,
    /// asterisk.conf `maxcalls`: channels refused beyond; 0 is no limit.
    pub max_calls: usize,
    /// asterisk.conf `live_dangerously`: clients may use functions that reach beyond calls.
    pub live_dangerously: bool,
    /// asterisk.conf `systemprograms`: the programs that the dialplan may have run.
    pub system_programs: Vec<Arc<str>>,
    /// The environment that the dialplan may read.
    pub environment: BTreeMap<String, Arc<str>>,
    /// The time zone of dialplan times and dates.
    #[serde(with = "jiff::fmt::serde::tz::optional")]
    pub time_zone: Option<jiff::tz::TimeZone>,
}

/// cel.conf: what is logged of channels.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CelSettings {
    /// Log at all.
    pub enabled: bool,
    /// These.
    pub events: BTreeSet<ChannelEventKind>,
    /// The applications that are watched, in lower case; `all` stands for all.
    pub applications: BTreeSet<String>,
    /// How times are told, as STRFTIME has it; as seconds since 1970 if not said.
    pub date_format: Option<Arc<str>>,
    /// Tell managers.
    pub manager: bool,
    /// And tell them of entries of the dialplan's own that they are such.
    pub show_user_defined: bool,
}

impl CelSettings {
    pub(crate) fn watches(&self, application: &str) -> bool {
        let names = &self.applications;
        names.contains("all") || names.contains(&application.to_ascii_lowercase())
    }
}

/// cdr.conf and cdr_manager.conf.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CdrSettings {
    /// Make records at all.
    pub enabled: bool,
    /// Of every channel, unless the dialplan says otherwise.
    pub by_default: bool,
    /// Also of calls nobody was dialled in and nobody answered.
    pub unanswered: bool,
    /// Tell congestion from other failures.
    pub congestion: bool,
    /// Tell calls that were given up from those nobody answered.
    pub cancel: bool,
    /// Leave out what the `h` extension does.
    pub end_before_hangup_extension: bool,
    /// Bill a second that has begun as a whole one.
    pub bill_begun_seconds: bool,
    /// Make no other record when a conversation is over.
    pub ignore_conversations: bool,
    /// Leave out who was dialled and how that ended.
    pub ignore_dials: bool,
    /// Tell them as events.
    pub manager: bool,
    /// What these tell besides: fields as CDR names them, and the headers they become.
    pub headers: Vec<(Arc<str>, Arc<str>)>,
}

impl Default for CdrSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            by_default: true,
            unanswered: false,
            congestion: false,
            cancel: false,
            end_before_hangup_extension: true,
            bill_begun_seconds: false,
            ignore_conversations: false,
            ignore_dials: false,
            manager: false,
            headers: Vec::new(),
        }
    }
}
