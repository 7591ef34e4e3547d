//! `type = registration`: where we register ourselves.

use super::kind::tell_unused;
use conf::{Diagnostic, Entry, List, Section, Settings as _};
use std::sync::Arc;
use std::time::Duration;

/// What is known and not built.
const NOT_BUILT: &[&str] = &[
    "contact_header_params",
    "line",
    "endpoint",
    "max_random_initial_delay",
    "outbound_proxy",
    "security_mechanisms",
    "security_negotiation",
    "support_outbound",
    "support_path",
    "user_agent",
];

/// Where we register.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// Whom we ask: `sip:provider.example`.
    server_uri: String,
    /// Who we are there: `sip:account@provider.example`.
    client_uri: String,
    /// The user part of the address where we want to be called.
    #[setting(default = "s")]
    contact_user: String,
    /// Seconds a registration shall last.
    #[setting(default = "3600", min = 1)]
    expiration: u32,
    /// The auth objects with whose passwords we answer.
    outbound_auth: List<String>,
    /// Seconds until we try again after a failure that may pass.
    #[setting(default = "60", min = 1)]
    retry_interval: u32,
    /// Seconds until we try again after 403; 0 is never.
    forbidden_retry_interval: u32,
    /// Seconds until we try again after a failure that will not pass; 0 is never.
    fatal_retry_interval: u32,
    /// How often we try again.
    #[setting(default = "10")]
    max_retries: u32,
    /// Whether a password refused is the end.
    #[setting(default = "yes")]
    auth_rejection_permanent: bool,
    /// The transport it goes by.
    transport: String,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// Where we register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Registration {
    pub(crate) name: Arc<str>,
    pub(crate) server_uri: String,
    pub(crate) client_uri: String,
    pub(crate) contact_user: String,
    pub(crate) expiration: u32,
    pub(crate) outbound_auths: Vec<Arc<str>>,
    pub(crate) retry: Duration,
    pub(crate) forbidden_retry: Option<Duration>,
    pub(crate) fatal_retry: Option<Duration>,
    pub(crate) max_retries: u32,
    pub(crate) auth_rejection_permanent: bool,
    pub(crate) transport: Option<Arc<str>>,
}

impl Registration {
    /// Reads a section; `None` if it does not say where, or who.
    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, NOT_BUILT, diagnostics);
        for (name, value) in [
            ("server_uri", &written.server_uri),
            ("client_uri", &written.client_uri),
        ] {
            if !value.starts_with("sip:") {
                let message = format!("[{}] has no `{name}` and registers nowhere", section.name);
                diagnostics.push(Diagnostic::error(
                    &section.at,
                    message,
                    format!("write `{name} = sip:…`"),
                ));
                return None;
            }
        }
        let seconds = |seconds: u32| (seconds > 0).then(|| Duration::from_secs(seconds.into()));
        Some(Self {
            name: section.name.as_str().into(),
            server_uri: written.server_uri,
            client_uri: written.client_uri,
            contact_user: written.contact_user,
            expiration: written.expiration,
            outbound_auths: written.outbound_auth.0.into_iter().map(Arc::from).collect(),
            retry: Duration::from_secs(written.retry_interval.into()),
            forbidden_retry: seconds(written.forbidden_retry_interval),
            fatal_retry: seconds(written.fatal_retry_interval),
            max_retries: written.max_retries,
            auth_rejection_permanent: written.auth_rejection_permanent,
            transport: Some(written.transport)
                .filter(|name| !name.is_empty())
                .map(Arc::from),
        })
    }
}
