//! `type = aor`: an address of record, where contacts are found.

use super::kind::tell_unused;
use conf::{Diagnostic, Entry, List, Seconds, Section, Settings as _};
use std::sync::Arc;
use std::time::Duration;

/// What is known and not built.
const NOT_BUILT: &[&str] = &[
    "authenticate_qualify",
    "outbound_proxy",
    "support_path",
    "voicemail_extension",
];

/// An address of record.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// Contacts that are always there, beside those that register.
    contact: Vec<List<String>>,
    /// How many contacts may register; 0 is none.
    #[setting(default = "0", max = 1000)]
    max_contacts: usize,
    /// Whether a contact too many replaces the oldest.
    remove_existing: bool,
    /// Whether a contact too many replaces those that cannot be reached.
    remove_unavailable: bool,
    /// Seconds a registration lasts at least.
    #[setting(default = "60")]
    minimum_expiration: u32,
    /// Seconds a registration lasts at most.
    #[setting(default = "7200")]
    maximum_expiration: u32,
    /// Seconds a registration lasts that does not say.
    #[setting(default = "3600")]
    default_expiration: u32,
    /// Seconds between questions whether a contact answers; 0 is never.
    #[setting(default = "0", max = 86400)]
    qualify_frequency: u32,
    /// Seconds a contact has to answer.
    #[setting(default = "3.0")]
    qualify_timeout: Seconds,
    /// Whether only a 2xx counts as an answer.
    qualify_2xx_only: bool,
    /// Mailboxes whose messages are told to contacts.
    mailboxes: String,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// An address of record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Aor {
    pub(crate) name: Arc<str>,
    pub(crate) contacts: Vec<Arc<str>>,
    pub(crate) max_contacts: usize,
    pub(crate) remove_existing: bool,
    pub(crate) remove_unavailable: bool,
    pub(crate) minimum_expiration: u32,
    pub(crate) maximum_expiration: u32,
    pub(crate) default_expiration: u32,
    pub(crate) qualify_frequency: Duration,
    pub(crate) qualify_timeout: Duration,
    pub(crate) qualify_2xx_only: bool,
    pub(crate) mailboxes: Arc<str>,
}

impl Aor {
    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, NOT_BUILT, diagnostics);
        let contacts = written.contact.into_iter().flat_map(|list| list.0);
        Self {
            name: section.name.as_str().into(),
            contacts: contacts
                .map(|uri| uri.trim_matches(['<', '>']).into())
                .collect(),
            max_contacts: written.max_contacts,
            remove_existing: written.remove_existing,
            remove_unavailable: written.remove_unavailable,
            minimum_expiration: written.minimum_expiration,
            maximum_expiration: written.maximum_expiration.max(1),
            default_expiration: written.default_expiration,
            qualify_frequency: Duration::from_secs(written.qualify_frequency.into()),
            qualify_timeout: written.qualify_timeout.0,
            qualify_2xx_only: written.qualify_2xx_only,
            mailboxes: written.mailboxes.into(),
        }
    }
}
