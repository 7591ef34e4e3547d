//! `type = resource_list`: several things a phone subscribes to at once (RFC 4662).

use super::kind::tell_unused;
use crate::package::Package;
use conf::{Diagnostic, Entry, List, Section, Settings as _};
use std::sync::Arc;
use std::time::Duration;

/// Resources of a list at most: their states go into one NOTIFY.
const MOST: usize = 200;

/// Several things a phone subscribes to at once.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// What is told of each: `presence`, `dialog` or `message-summary`.
    event: String,
    /// The resources, as they would be subscribed to one by one.
    list_item: Vec<List<String>>,
    /// Whether all are told each time; otherwise those that have changed.
    full_state: bool,
    /// Milliseconds in which changes are gathered before they are told.
    #[setting(default = "0", max = 60000)]
    notification_batch_interval: u64,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// Several things a phone subscribes to at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceList {
    pub(crate) name: Arc<str>,
    pub(crate) package: Package,
    pub(crate) items: Vec<Arc<str>>,
    pub(crate) full_state: bool,
    pub(crate) batch: Duration,
}

impl ResourceList {
    /// `None` if what it lists cannot be known.
    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, &["resource_display_name"], diagnostics);
        let mut refuse = |message: String, remedy: &str| {
            diagnostics.push(Diagnostic::error(&section.at, message, remedy));
        };
        let name = &section.name;
        let Some(package) = Package::parse(&written.event) else {
            refuse(
                format!("[{name}] lists no event we have: `{}`", written.event),
                "write `event = presence`, `dialog` or `message-summary`",
            );
            return None;
        };
        let items = written.list_item.into_iter().flat_map(|list| list.0);
        let items: Vec<Arc<str>> = items
            .filter(|item| !item.is_empty())
            .map(Arc::from)
            .collect();
        if items.is_empty() || items.len() > MOST {
            refuse(
                format!("[{name}] lists {} resources and is ignored", items.len()),
                "give it 1 to 200 with `list_item`",
            );
            return None;
        }
        Some(Self {
            name: name.as_str().into(),
            package,
            items,
            full_state: written.full_state,
            batch: Duration::from_millis(written.notification_batch_interval),
        })
    }
}
