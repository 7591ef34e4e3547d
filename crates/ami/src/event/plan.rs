//! Items of lists about the dialplan (ami-server.md 10.34).

use macros::Event;

/// A line of the dialplan: a priority, a hint, an include or a pattern of ignored digits.
#[derive(Event, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ListDialplan<'a> {
    pub action_id: Option<&'a str>,
    pub context: &'a str,
    pub extension: Option<&'a str>,
    pub extension_label: Option<&'a str>,
    pub priority: Option<&'a str>,
    pub application: Option<&'a str>,
    pub app_data: Option<&'a str>,
    pub include_context: Option<&'a str>,
    pub ignore_pattern: Option<&'a str>,
    pub registrar: &'a str,
}
