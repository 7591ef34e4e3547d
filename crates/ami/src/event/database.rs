//! Items of lists about AstDB (ami-server.md 10.34).

use macros::Event;

/// The value that DBGet asked for.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "DBGetResponse")]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DbGetResponse<'a> {
    pub family: &'a str,
    pub key: &'a str,
    pub val: &'a str,
    pub action_id: Option<&'a str>,
}

/// A value that DBGetTree lists, with its whole path.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "DBGetTreeResponse")]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DbGetTreeResponse<'a> {
    pub key: &'a str,
    pub val: &'a str,
    pub action_id: Option<&'a str>,
}
