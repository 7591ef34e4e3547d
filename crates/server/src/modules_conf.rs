//! modules.conf: what there is of the parts that can be left out, under the names of the modules that
//! bring them in the reference server.

use crate::parts::{self, Found};
use conf::{Config, Diagnostic};

/// What can be said in the file.
#[cfg(test)]
pub(crate) const HELP: &[conf::Help] = &[conf::Help::of::<Settings>("modules.conf", "[modules]")];

/// The parts that can be left out: where call records and channel events go. All others are always there.
const OPTIONAL: &[&str] = &[
    "cdr_csv",
    "cdr_custom",
    "cdr_manager",
    "cdr_sqlite3_custom",
    "cel_custom",
    "cel_manager",
    "cel_sqlite3_custom",
];

/// modules.conf, [modules]. Read at the start only; without the file all there is is there.
#[derive(Clone, Debug, conf::Settings)]
struct Settings {
    /// Whether all is there but for what `noload` names; otherwise, of what can be left out, only what
    /// `load` names.
    autoload: bool,
    /// A module that is there. May be repeated, as may all that follow.
    #[setting(entries, name = "load")]
    load: Vec<conf::Entry>,
    /// As `load`.
    #[setting(entries, name = "require")]
    require: Vec<conf::Entry>,
    /// As `load`.
    #[setting(entries, name = "preload")]
    preload: Vec<conf::Entry>,
    /// As `load`.
    #[setting(entries, name = "preload-require")]
    preload_require: Vec<conf::Entry>,
    /// A module that is left out.
    #[setting(entries, name = "noload")]
    noload: Vec<conf::Entry>,
}

/// What is left out.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    left_out: Vec<&'static str>,
}

impl Modules {
    pub(crate) fn read(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let Some(section) = config.section("modules") else {
            return Self::default();
        };
        let settings = <Settings as conf::Settings>::read(section, diagnostics);
        let names = |entries: &[conf::Entry], name: &str| {
            entries.iter().any(|entry| plain(&entry.value) == name)
        };
        let loaded = [
            &settings.load,
            &settings.require,
            &settings.preload,
            &settings.preload_require,
        ];
        let is_left_out = |name: &&str| {
            let wanted = settings.autoload || loaded.iter().any(|entries| names(entries, name));
            !wanted || names(&settings.noload, name)
        };
        for entry in &settings.noload {
            let name = plain(&entry.value);
            if parts::find(name).is_some() && !OPTIONAL.contains(&name) {
                let message =
                    format!("`{name}` is a part that is always there; this has no effect");
                let told = Diagnostic::warning(&entry.at, message, "take the line out");
                diagnostics.push(told);
            }
        }
        let left_out = OPTIONAL.iter().copied().filter(is_left_out).collect();
        Self { left_out }
    }

    /// Whether there is a part of this name, if it is one that can be left out.
    pub(crate) fn has(&self, name: &str) -> bool {
        let name = plain(name);
        !self
            .left_out
            .iter()
            .any(|out| out.eq_ignore_ascii_case(name))
    }

    /// What there is under the name of a module.
    pub(crate) fn find(&self, name: &str) -> Option<Found> {
        parts::find(name).filter(|_| self.has(name))
    }

    /// The modules there are, by name.
    pub(crate) fn all(&self) -> Vec<&'static str> {
        let mut all = parts::modules();
        all.retain(|name| self.has(name));
        all
    }
}

/// The name of a module without the end of its file's.
fn plain(name: &str) -> &str {
    name.strip_suffix(".so").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Modules, Vec<String>) {
        let files = conf::Memory::default().with("modules.conf", text);
        let config = conf::load(&files, "modules.conf").unwrap();
        let mut told = Vec::new();
        let modules = Modules::read(&config, &mut told);
        (modules, told.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn what_is_not_wanted_is_not_there() {
        let (modules, told) =
            read("[modules]\nautoload = yes\nnoload = cdr_csv.so\nnoload = chan_iax2.so\n");
        assert!(modules.find("cdr_csv").is_none() && modules.find("CDR_CSV.so").is_none());
        assert!(modules.find("cdr_custom.so").is_some() && modules.find("chan_pjsip.so").is_some());
        assert!(!modules.all().contains(&"cdr_csv") && modules.all().contains(&"cdr_custom"));
        assert_eq!(told, Vec::<String>::new());
    }

    #[test]
    fn without_autoload_there_is_what_is_loaded() {
        let (modules, _) = read("[modules]\nautoload = no\nload = cdr_csv.so\n");
        assert!(modules.has("cdr_csv") && !modules.has("cdr_custom") && modules.has("chan_pjsip"));
    }

    #[test]
    fn what_cannot_be_left_out_is_told() {
        let (modules, told) = read("[modules]\nautoload = yes\nnoload => chan_pjsip.so\n");
        assert!(modules.has("chan_pjsip.so"));
        assert!(
            told[0].starts_with("modules.conf:3: `chan_pjsip` is a part that is always there"),
            "{told:?}"
        );
    }
}
