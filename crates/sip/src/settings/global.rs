//! `type = global`: what goes for all endpoints.

use super::kind::tell_unused;
use conf::{Diagnostic, Entry, List, Section, Settings as _};

/// What is known and not built.
const NOT_BUILT: &[&str] = &[
    "all_codecs_on_empty_reinvite",
    "contact_expiration_check_interval",
    "default_outbound_endpoint",
    "default_voicemail_extension",
    "disable_multi_domain",
    "disable_tcp_switch",
    "ignore_uri_user_options",
    "keep_alive_interval",
    "max_initial_qualify_time",
    "mwi_disable_initial_unsolicited",
    "mwi_tps_queue_high",
    "mwi_tps_queue_low",
    "norefersub",
    "regcontext",
    "send_contact_status_on_update_registration",
    "taskprocessor_overload_trigger",
    "unidentified_request_count",
    "unidentified_request_period",
    "unidentified_request_prune_interval",
    "use_callerid_contact",
    "allow_sending_180_after_183",
    "debug",
];

/// The settings of all endpoints.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// What we call ourselves in `User-Agent` and `Server`.
    #[setting(default = "Switchroom")]
    user_agent: String,
    /// Hops a request of ours may take.
    #[setting(default = "70", min = 1, max = 255)]
    max_forwards: u8,
    /// The realm of challenges where the account has none of its own.
    #[setting(default = "asterisk")]
    default_realm: String,
    /// The user part of our address where nobody's number is known.
    #[setting(default = "asterisk")]
    default_from_user: String,
    /// In what order requests are matched to endpoints: `ip`, `username`, `anonymous`, `header`.
    #[setting(default = "ip,username,anonymous,header")]
    endpoint_identifier_order: List<String>,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// What goes for all endpoints.
#[derive(Clone, Debug)]
pub(crate) struct Global {
    pub(crate) user_agent: String,
    pub(crate) max_forwards: u8,
    pub(crate) default_realm: String,
    pub(crate) default_from_user: String,
    pub(crate) identifier_order: Vec<String>,
}

impl Global {
    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, NOT_BUILT, diagnostics);
        Self::from(written)
    }
}

impl Default for Global {
    fn default() -> Self {
        Self::from(Written::default())
    }
}

impl From<Written> for Global {
    fn from(written: Written) -> Self {
        Self {
            user_agent: written.user_agent,
            max_forwards: written.max_forwards,
            default_realm: written.default_realm,
            default_from_user: written.default_from_user,
            identifier_order: written.endpoint_identifier_order.0,
        }
    }
}
