//! Which sections are meant: the filter language of `ami-server.md` section 10.27.

use regex::Regex;

use crate::Section;

/// Conditions on a section's entries and on whether it is a template; all must hold.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Patterns of a key and of its value, matched anywhere.
    entries: Vec<(Regex, Regex)>,
    templates: Templates,
}

#[derive(Clone, Copy, Debug)]
enum Templates {
    Hidden,
    Shown,
    Only,
}

impl Filter {
    /// Reads `key=value` conditions. Headings separate them by `&`, the manager by a comma.
    /// `TEMPLATES=include` lets templates match too, `TEMPLATES=restrict` nothing else.
    pub fn parse(text: &str, separator: char) -> Result<Self, regex::Error> {
        let mut filter = Self {
            entries: Vec::new(),
            templates: Templates::Hidden,
        };
        for condition in text
            .split(separator)
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let mut parts = condition.split('=').map(str::trim);
            let key = parts.next().unwrap_or_default();
            let value = parts.next().unwrap_or_default();
            match (key, value.to_ascii_lowercase().as_str()) {
                ("TEMPLATES", "include") => filter.templates = Templates::Shown,
                ("TEMPLATES", "restrict") => filter.templates = Templates::Only,
                _ => filter.entries.push((Regex::new(key)?, Regex::new(value)?)),
            }
        }
        Ok(filter)
    }

    /// Whether the section is meant.
    pub fn matches(&self, section: &Section) -> bool {
        let kind = match self.templates {
            Templates::Hidden => !section.template,
            Templates::Shown => true,
            Templates::Only => section.template,
        };
        kind && self.entries.iter().all(|(key, value)| {
            let mut entries = section.entries.iter();
            entries.any(|entry| key.is_match(&entry.key) && value.is_match(&entry.value))
        })
    }
}
