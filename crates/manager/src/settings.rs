//! manager.conf as a whole, with what acl.conf and users.conf add to it.

use crate::user::NamedAcls;
use crate::{Account, Acl, General, User};
use ami::Dialect;
use conf::{Config, Diagnostic, Entry, Section, Settings as _};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What can be said in manager.conf.
pub const HELP: &[conf::Help] = &[
    conf::Help::of::<General>("manager.conf", "[general]"),
    conf::Help::of::<Account>("manager.conf", "[account]"),
];

/// The manager's configuration.
#[derive(Debug, Default)]
pub struct Settings {
    /// The options of the whole.
    pub general: General,
    /// By name in lower case.
    users: BTreeMap<String, Arc<User>>,
}

/// The files it is read from; those that are not there say nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Files<'a> {
    /// manager.conf.
    pub manager: Option<&'a Config>,
    /// acl.conf: access lists by name.
    pub acl: Option<&'a Config>,
    /// users.conf: accounts of those that are phones and more.
    pub users: Option<&'a Config>,
}

impl Settings {
    /// Reads it. What is wrong is told, and does without the account or the line it is in.
    pub fn read(files: Files<'_>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let general = files
            .manager
            .and_then(|config| config.section("general"))
            .map(|section| General::read(section, diagnostics))
            .unwrap_or_default();
        let acls = named_acls(files.acl, diagnostics);
        let mut sections = files.users.map(user_sections).unwrap_or_default();
        let accounts = files.manager.map(Config::concrete).into_iter().flatten();
        for section in accounts.filter(|section| !section.name.eq_ignore_ascii_case("general")) {
            merge(&mut sections, section.clone());
        }
        let users = sections
            .into_iter()
            .filter_map(|(name, section)| {
                let user = User::read(&section, &general, &acls, diagnostics)?;
                Some((name, Arc::new(user)))
            })
            .collect();
        Self { general, users }
    }

    /// The account of this name, in any case.
    pub fn user(&self, name: &str) -> Option<&Arc<User>> {
        self.users.get(&name.to_lowercase())
    }

    /// Whether somebody is spoken to so.
    pub fn speaks(&self, dialect: Dialect) -> bool {
        self.users.values().any(|user| user.dialect == dialect)
    }

    /// All accounts, by name.
    pub fn users(&self) -> impl ExactSizeIterator<Item = &Arc<User>> {
        self.users.values()
    }
}

type Sections = BTreeMap<String, Section>;

/// Of sections with the same name the later adds to the earlier.
fn merge(sections: &mut Sections, section: Section) {
    let name = section.name.to_lowercase();
    match sections.get_mut(&name) {
        Some(earlier) => {
            earlier.name = section.name;
            earlier.entries.extend(section.entries);
        }
        None => {
            sections.insert(name, section);
        }
    }
}

/// The accounts of users.conf: of those who have `hasmanager`, with their own options, those of its
/// `[general]`, and all classes if neither names any.
fn user_sections(users: &Config) -> Sections {
    const OPTIONS: [&str; 6] = [
        "secret",
        "read",
        "write",
        "displayconnects",
        "allowmultiplelogin",
        "writetimeout",
    ];
    let general = users.section("general");
    let default = general
        .and_then(|general| general.flag("hasmanager"))
        .unwrap_or(false);
    let mut sections = Sections::new();
    for section in users
        .concrete()
        .filter(|section| !section.name.eq_ignore_ascii_case("general"))
    {
        if !section.flag("hasmanager").unwrap_or(default) {
            continue;
        }
        let all = ["read", "write"].map(|key| Entry {
            key: key.to_owned(),
            value: "all".to_owned(),
            object: false,
            inherited: true,
            at: section.at.clone(),
            parts: Vec::new(),
        });
        let said = general
            .into_iter()
            .chain([section])
            .flat_map(|section| &section.entries);
        let ours = said.filter(|entry| OPTIONS.iter().any(|option| entry.is(option)));
        let entries = all.into_iter().chain(ours.cloned()).collect();
        let section = Section {
            entries,
            ..section.clone()
        };
        merge(&mut sections, section);
    }
    sections
}

/// The lists of acl.conf. One with a rule that cannot be read denies everybody.
fn named_acls(config: Option<&Config>, diagnostics: &mut Vec<Diagnostic>) -> NamedAcls {
    let mut acls = NamedAcls::new();
    for section in config.map(Config::concrete).into_iter().flatten() {
        let mut acl = Acl::default();
        let mut sound = true;
        for entry in &section.entries {
            let rule = entry.is("permit") || entry.is("deny");
            if !rule {
                let message = format!("unknown option `{}`", entry.key);
                diagnostics.push(Diagnostic::warning(
                    &entry.at,
                    message,
                    "write permit or deny",
                ));
            } else if acl.add(entry.is("permit"), &entry.value).is_err() {
                sound = false;
                let message = format!(
                    "`{} = {}` is not a list of addresses",
                    entry.key, entry.value
                );
                diagnostics.push(Diagnostic::error(
                    &entry.at,
                    message,
                    "the list denies everybody until it is corrected",
                ));
            }
        }
        if !sound {
            acl.deny_all();
        }
        acls.insert(section.name.to_lowercase(), acl);
    }
    acls
}
