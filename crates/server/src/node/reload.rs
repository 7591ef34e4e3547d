//! Reading the configuration anew, a part at a time or all of it, while the node runs.

use super::{Configured, Node};
use crate::configuration::{Configuration, Findings};
use crate::parts::{Found, Part};
use crate::switch_task::Ended;
use manager::{ReloadOutcome, Style};
use model::Event;
use std::sync::Arc;
use switch::Input;

/// Why a part was not read anew.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReloaded {
    #[error("there is no part of this name")]
    Unknown,
    #[error("it has no configuration of its own")]
    Fixed,
    #[error("{0}")]
    Invalid(conf::Error),
    #[error(transparent)]
    Ended(#[from] Ended),
}

impl Node {
    /// Reads the part of this name anew, or all there are.
    pub(crate) async fn reload(self: &Arc<Self>, name: Option<&str>) -> Result<(), NotReloaded> {
        let name = name.filter(|name| !name.is_empty());
        let done = self.reload_parts(name).await;
        let module = name.unwrap_or("All").into();
        let status = outcome(&done) as u8;
        self.notice(Event::Reload { module, status }).await?;
        done
    }

    async fn reload_parts(self: &Arc<Self>, name: Option<&str>) -> Result<(), NotReloaded> {
        let old = self.configured();
        let parts = match name.map(|name| old.configuration.modules.find(name)) {
            None => Part::ALL.to_vec(),
            Some(Some(Found::Part(part))) => vec![part],
            Some(Some(Found::Fixed)) => return Err(NotReloaded::Fixed),
            Some(None) => return Err(NotReloaded::Unknown),
        };
        let _one_at_a_time = self.reloading.lock().await;
        let old = self.configured();
        let read = tokio::task::spawn_blocking(move || {
            let mut findings = Findings::default();
            let new = old.configuration.renewed(&parts, &mut findings);
            (new, findings, parts)
        });
        let Ok((configuration, findings, parts)) = read.await else {
            return Err(NotReloaded::Ended(Ended)); // the runtime ends
        };
        for diagnostic in &findings.diagnostics {
            tracing::warn!("{diagnostic}");
        }
        for error in &findings.errors {
            tracing::error!("{error}: what it configures stays as it was");
        }
        self.apply(configuration, &parts).await?;
        findings
            .errors
            .into_iter()
            .next()
            .map_or(Ok(()), |error| Err(NotReloaded::Invalid(error)))
    }

    /// Gives everybody the new configuration.
    async fn apply(
        self: &Arc<Self>,
        configuration: Configuration,
        parts: &[Part],
    ) -> Result<(), Ended> {
        if parts.contains(&Part::Sip) {
            self.sip.configure(sip::Settings::clone(&configuration.sip));
        }
        if parts.contains(&Part::Log) {
            let folder = &configuration.asterisk.directories.log;
            self.logger.write_to(folder, &configuration.log_files);
        }
        if parts.contains(&Part::Cdr) || parts.contains(&Part::Cel) {
            self.records.configure(Arc::clone(&configuration.records));
        }
        self.switch
            .tell(Input::Configure(Arc::clone(&configuration.switch)))
            .await?;
        let before = self.configured();
        let before = Some(&*before.manager);
        let configured = Configured::new(configuration, &self.clock, self.run, before);
        self.hub.restyle(Style::of(&configured.manager));
        self.audit.configure(configured.audit_log());
        self.traces.configure(configured.configuration.traces());
        self.configured.send_replace(Arc::new(configured));
        let mut failures = Vec::new();
        if parts.contains(&Part::Manager) {
            failures.extend(self.listeners.renew(self));
        }
        if parts.contains(&Part::Web) {
            failures.extend(self.serve_web());
        } else if parts.contains(&Part::Manager) {
            self.tell_what_web_misses();
        }
        for failure in failures {
            tracing::error!("{failure}");
        }
        self.hub.ring_all();
        if parts.contains(&Part::Voicemail) {
            self.mailboxes
                .configure(Arc::clone(&self.configured().configuration.voicemail));
            self.look_into_mailboxes().await;
        }
        Ok(())
    }
}

/// A reload's outcome, by its number on the wire.
pub(super) fn outcome(done: &Result<(), NotReloaded>) -> ReloadOutcome {
    match done {
        Ok(()) => ReloadOutcome::Done,
        Err(NotReloaded::Unknown) => ReloadOutcome::NotFound,
        Err(NotReloaded::Fixed) => ReloadOutcome::Unsupported,
        Err(NotReloaded::Invalid(_) | NotReloaded::Ended(_)) => ReloadOutcome::Failed,
    }
}
