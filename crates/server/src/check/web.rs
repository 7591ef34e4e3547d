//! What is to be said of http.conf: who can listen, and what is not there.

use super::{Report, Weight, addresses, place};
use conf::Config;
use web::Settings;

/// Judges it.
pub(super) struct Judge<'a> {
    pub(super) report: &'a mut Report,
    pub(super) config: &'a Config,
    pub(super) settings: &'a Settings,
    /// Whether manager.conf lets the manager be served.
    pub(super) manager: bool,
}

impl Judge<'_> {
    pub(super) fn judge(&mut self) {
        if let Some(missing) = web::missing(self.settings, self.manager) {
            self.report.add(Weight::Weakness, missing.to_owned());
        }
        self.judge_addresses();
        for mapping in &self.settings.mappings {
            if !mapping.folder.is_dir() {
                let message = format!(
                    "{} is no folder: no files are taken",
                    mapping.folder.display()
                );
                self.add(Weight::Error, "post_mappings", &message, "make it");
            }
        }
    }

    fn judge_addresses(&mut self) {
        let general = &self.settings.general;
        let (plain, secure) = (general.addresses(), general.tls_addresses());
        for (weight, message, remedy) in addresses::findings(&plain, &secure, "HTTPS") {
            self.add(weight, "general", &message, &remedy);
        }
    }

    fn add(&mut self, weight: Weight, section: &str, message: &str, remedy: &str) {
        let at = place(self.config, "http.conf", section);
        self.report
            .add(weight, format!("{at}: [{section}] {message} ({remedy})"));
    }
}
