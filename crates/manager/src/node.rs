//! What sessions know of the node they belong to.

use crate::{Budget, Retries, Settings, Tally, Throttle};
use jiff::{Timestamp, tz::TimeZone};
use model::Run;
use std::sync::Arc;

/// Facts about the node; replaced as a whole when it is configured anew.
#[derive(Debug)]
pub struct Node {
    /// manager.conf.
    pub settings: Arc<Settings>,
    /// The release, told as `AsteriskVersion`.
    pub version: String,
    /// The node's name, told in every event; empty if it has none.
    pub system_name: String,
    /// Most calls at a time; 0 is no limit.
    pub max_calls: u32,
    /// Most load at which calls are taken; 0 is no limit.
    pub max_load: f64,
    /// Whom it runs as, if told to.
    pub run_user: String,
    /// The group it runs as, if told to.
    pub run_group: String,
    /// Most open files; 0 is the system's limit.
    pub max_files: u32,
    /// Whether configuration comes from a database.
    pub realtime: bool,
    /// Whether call records are made.
    pub cdr: bool,
    /// Whether the manager answers HTTP.
    pub http: bool,
    /// Whether sounds are looked for in the custom folder too.
    pub custom_sounds: bool,
    /// Whether clients may use dialplan functions that reach beyond calls.
    pub live_dangerously: bool,
    /// Whether somebody traces calls.
    pub traces: bool,
    /// The memory for what clients have yet to take; the same for as long as the node runs.
    pub budget: Arc<Budget>,
    /// Its run, by which places in its order of events are named.
    pub run: Run,
    /// When it began.
    pub started: Timestamp,
    /// When it was last configured.
    pub reloaded: Timestamp,
    /// For times told in words.
    pub zone: TimeZone,
    /// What came of actions that may be sent again; the same as long as the process runs.
    pub retries: Arc<Retries>,
    /// Who failed to log in; the same as long as the process runs.
    pub throttle: Arc<Throttle>,
    /// What all actions have come to; the same as long as the process runs.
    pub tally: Arc<Tally>,
}
