//! cdr-custom and cel-custom: files whose lines are written as they are configured.

use super::is_file_name;
use super::template::{self, Subject};
use conf::{Config, Diagnostic};
use model::Spool;

/// A line of cdr_custom.conf or cel_custom.conf, [mappings].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// The file's name in the folder of these files.
    pub(super) file: String,
    template: String,
}

impl Mapping {
    /// Those of a file.
    pub(crate) fn read(
        config: &Config,
        subject: Subject,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Self> {
        let entries = config
            .named("mappings")
            .flat_map(|section| &section.entries);
        let mut mappings = Vec::new();
        for entry in entries {
            let file = &entry.key;
            if !is_file_name(file) {
                let message = format!("`{file}` is no name of a file; nothing is written to it");
                let remedy = "write a name without a folder";
                diagnostics.push(Diagnostic::warning(&entry.at, message, remedy));
                continue;
            }
            template::check(&entry.value, subject, &entry.at, diagnostics);
            mappings.push(Self {
                file: file.clone(),
                template: entry.value.clone(),
            });
        }
        mappings
    }

    /// The line of a record, without its end.
    pub(super) fn line(&self, spooled: &Spool) -> String {
        template::expand(&self.template, spooled).replace(['\r', '\n'], " ")
    }
}
