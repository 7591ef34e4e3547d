//! What the node is configured with, and what of that sessions know.

use crate::clock::Clock;
use crate::configuration::Configuration;
use crate::version;
use jiff::tz::TimeZone;
use model::Run;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The configuration and what of it sessions know.
pub(crate) struct Configured {
    pub(crate) configuration: Configuration,
    pub(crate) manager: Arc<manager::Node>,
    /// When it was applied, since the start.
    pub(super) at: Duration,
}

impl Configured {
    /// Where who did what is written down.
    pub(crate) fn audit_log(&self) -> Option<PathBuf> {
        let file = self.manager.settings.general.audit_log.as_ref()?;
        Some(self.configuration.asterisk.directories.log.join(file))
    }

    /// A configuration of the node; what lasts for all its run is taken over from the one before.
    pub(crate) fn new(
        configuration: Configuration,
        clock: &Clock,
        run: Run,
        before: Option<&manager::Node>,
    ) -> Self {
        let now = clock.now();
        let options = &configuration.asterisk.options;
        let started = now.utc - now.since_start;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let manager = manager::Node {
            retries: before.map_or_else(Arc::default, |node| Arc::clone(&node.retries)),
            tally: before.map_or_else(Arc::default, |node| Arc::clone(&node.tally)),
            budget: before.map_or_else(Arc::default, |node| Arc::clone(&node.budget)),
            throttle: before.map_or_else(Arc::default, |node| Arc::clone(&node.throttle)),
            settings: Arc::clone(&configuration.manager),
            version: version::COMPATIBLE.to_owned(),
            system_name: text(&options.system_name),
            max_calls: options.max_calls,
            max_load: 0.0,
            run_user: text(&options.user),
            run_group: text(&options.group),
            max_files: 0,
            realtime: false,
            cdr: configuration.switch.cdr.enabled,
            http: configuration.manager.general.web_enabled && configuration.web.general.enabled,
            custom_sounds: false,
            live_dangerously: options.live_dangerously,
            traces: configuration.traces().any(),
            run,
            started,
            reloaded: now.utc,
            zone: TimeZone::system(),
        };
        Self {
            configuration,
            manager: Arc::new(manager),
            at: now.since_start,
        }
    }
}
