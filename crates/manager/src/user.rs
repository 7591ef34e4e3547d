//! An account: a section of manager.conf, or of users.conf where it says so (ami-server.md 6.2).

use crate::general::Spoken;
use crate::rules::{self, Rules};
use crate::secret::Secret;
use crate::{Acl, BadFilter, Filter, Filters, General, OnLag};
use ami::{Classes, Dialect};
use conf::{Diagnostic, Entry, List, Millis, Place, Section, Settings as _};
use macros::Settings;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// An account as it counts. Replaced as a whole when it is configured anew.
#[derive(Debug)]
pub struct User {
    /// Its name, as written.
    pub name: String,
    /// Its secret; nobody logs in without one.
    pub secret: Option<Secret>,
    /// The certificates that let a client in without a secret.
    pub certificates: Vec<String>,
    /// The lists that must all allow an address, each with its name; the account's own has none.
    pub acls: Vec<(Option<String>, Acl)>,
    /// What it may hear.
    pub read: Classes,
    /// What it may do.
    pub write: Classes,
    /// Whether it may use actions that change calls and need no class.
    pub open_actions: bool,
    /// Whether its logins and logoffs are logged.
    pub display_connects: bool,
    /// Whether it may have several sessions at a time.
    pub allow_multiple_login: bool,
    /// How long it may take nothing of what is written to it.
    pub write_timeout: Duration,
    /// Set on the channels it originates, in the order written.
    pub variables: Vec<(Arc<str>, Arc<str>)>,
    /// What it wants to hear.
    pub filters: Filters,
    /// What it may do and hear beyond its classes.
    pub rules: Rules,
    /// How it is spoken to.
    pub dialect: Dialect,
    /// Whether it is told places in the order of events.
    pub sequence: bool,
    /// What becomes of its sessions that are too slow.
    pub on_lag: OnLag,
    /// The events that are not skipped then.
    pub keep: Classes,
    /// Where it says so.
    pub(crate) at: Places,
}

/// Where an account says what it may do; where it begins, if it does not.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) write: Place,
    pub(crate) open_actions: Place,
}

/// A manager account.
#[derive(Debug, Settings)]
pub struct Account {
    /// The password, as it is or as an argon2id hash made by `switchroom passwd`. Without one
    /// nobody logs in but with a certificate. With a hash, Challenge and HTTP digest cannot be used, and the account logs
    /// in over TLS or from this machine only.
    secret: Option<String>,
    /// A certificate that lets a client in over TLS without the secret, if `tlscafile` says who signs
    /// such: its common name or a DNS name in it, or `sha256:` and its fingerprint. Several are separated
    /// by commas. The client logs in with `AuthType: certificate`, or without a secret.
    certificate: List<String>,
    /// The addresses it may come from (`permit`), may not (`deny`), and named lists of acl.conf that
    /// must allow them too (`acl`). Of `permit` and `deny` the last that matches decides.
    #[setting(entries, name = "permit", alias = "deny", alias = "acl")]
    access: Vec<Entry>,
    /// What it may use actions on (`allow`) and may not (`deny`, which means addresses if its first word
    /// is one): `ACTION,… channel=… context=… exten=… application=… variable=… command=… rate=5/s`.
    /// Each may be given several times, with patterns such as `PJSIP/*`; the last that fits decides. If
    /// none does, an action that some `allow` names is refused, and others are left to the classes.
    #[setting(entries, name = "allow")]
    _allow: Vec<Entry>,
    /// What it may hear of (`allowevent`) and may not (`denyevent`): `EVENT,… channel=… context=…
    /// exten=… application=… variable=…`, by the same rules.
    #[setting(entries, name = "allowevent", alias = "denyevent")]
    _events: Vec<Entry>,
    /// The classes of events it may hear, separated by commas.
    read: List<String>,
    /// The classes of actions it may use, separated by commas.
    write: List<String>,
    /// Whether it may use actions that change bridges and need no class (BridgeDestroy and the like)
    /// without `call`, `agent` or `system`; as in `[general]` if not said.
    #[setting(name = "openactions")]
    open_actions: Option<bool>,
    /// Whether its logins and logoffs are logged; as in `[general]` if not said.
    #[setting(name = "displayconnects")]
    display_connects: Option<bool>,
    /// Whether it may have several sessions at a time; as in `[general]` if not said.
    #[setting(name = "allowmultiplelogin")]
    allow_multiple_login: Option<bool>,
    /// How long it may take nothing of what is written to it, in milliseconds, before it is
    /// disconnected; 100 if not said, or a minute where `onlag` is not `close`.
    #[setting(name = "writetimeout")]
    write_timeout: Option<Millis>,
    /// What becomes of a session that is so slow that it would lose events: it is closed (`close`), or
    /// events are skipped and told as EventsMissed (`skip`), or first those that tell how something is
    /// which is otherwise by then (`coalesce`).
    #[setting(name = "onlag", default = "close")]
    on_lag: OnLag,
    /// The classes of events that are not skipped; if they are too many to be kept, the session is
    /// closed.
    #[setting(name = "keepclasses")]
    keep: List<String>,
    /// `NAME=value`: a variable for the channels it originates; may be given several times.
    #[setting(name = "setvar")]
    variables: Vec<String>,
    /// The events it wants to hear: a regular expression, or with `eventfilter(…)` a header and how
    /// to compare it; may be given several times.
    #[setting(entries, name = "eventfilter*")]
    filters: Vec<Entry>,
    /// How it is spoken to: `22` or `1.8`; as in `[general]` if not said.
    dialect: Option<Spoken>,
    /// Whether events, responses and ends of lists tell their place in the order of events
    /// (`Sequence: RUN/NUMBER`), from which a client resumes. The header `Sequence` of Login goes before.
    sequence: bool,
}

/// The lists of acl.conf, by name in lower case.
pub(crate) type NamedAcls = BTreeMap<String, Acl>;

impl User {
    /// Reads an account. `None` if what it says cannot be kept: it is better not to have an account
    /// than one that may be used from where it must not, or that hears what it must not.
    pub(crate) fn read(
        section: &Section,
        general: &General,
        acls: &NamedAcls,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let account = Account::read(section, diagnostics);
        let access = access(section, &account.access, acls, diagnostics);
        let filters = filters(&account.filters, diagnostics);
        let secret = secret(section, account.secret.as_deref(), diagnostics);
        let rules = rules::read(section, diagnostics);
        let given = account.write_timeout;
        let write_timeout = write_timeout(section, given, account.on_lag, diagnostics);
        Some(Self {
            name: section.name.clone(),
            read: classes(section, "read", &account.read, diagnostics),
            write: classes(section, "write", &account.write, diagnostics),
            open_actions: account.open_actions.unwrap_or(general.open_actions),
            display_connects: account.display_connects.unwrap_or(general.display_connects),
            allow_multiple_login: account
                .allow_multiple_login
                .unwrap_or(general.allow_multiple_login),
            write_timeout,
            variables: variables(section, diagnostics),
            dialect: account.dialect.unwrap_or(general.dialect).0,
            at: Places {
                write: place(section, "write").clone(),
                open_actions: place(section, "openactions").clone(),
            },
            sequence: account.sequence,
            on_lag: account.on_lag,
            keep: classes(section, "keepclasses", &account.keep, diagnostics),
            certificates: account.certificate.0,
            acls: access?,
            filters: filters?,
            rules: rules?,
            secret: secret?,
        })
    }

    /// The name of the first list that does not allow an address, `(BASELINE)` for the account's
    /// own; `None` if all allow it.
    pub fn refusing_acl(&self, address: IpAddr) -> Option<&str> {
        let refusing = self.acls.iter().find(|(_, acl)| !acl.allows(address));
        refusing.map(|(name, _)| name.as_deref().unwrap_or("(BASELINE)"))
    }

    /// The secret, if it is kept as written: what Challenge and HTTP digest are computed from.
    pub fn plain_secret(&self) -> Option<&str> {
        match &self.secret {
            Some(Secret::Plain(secret)) => Some(secret),
            Some(Secret::Hashed(_)) | None => None,
        }
    }
}

type Acls = Vec<(Option<String>, Acl)>;

fn access(
    section: &Section,
    entries: &[Entry],
    named: &NamedAcls,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Acls> {
    let mut own = Acl::default();
    let mut acls = Acls::new();
    let mut sound = true;
    let mut ruled = false;
    for entry in entries.iter().filter(|entry| !rules::is_rule(entry)) {
        let read = if entry.is("acl") {
            named_acls(entry, named, &mut acls, diagnostics)
        } else {
            ruled = true;
            own.add(entry.is("permit"), &entry.value).is_ok()
        };
        if !read {
            sound = false;
            let (value, user) = (&entry.value, &section.name);
            let message = format!("Invalid ACL '{value}' for manager user '{user}'");
            diagnostics.push(Diagnostic::error(
                &entry.at,
                message,
                "the account is not there until it is corrected",
            ));
        }
    }
    if ruled {
        acls.insert(0, (None, own));
    }
    sound.then_some(acls)
}

/// Adds lists by name. One that is not there denies, and that is told; one that is named twice is
/// an error.
fn named_acls(
    entry: &Entry,
    named: &NamedAcls,
    acls: &mut Acls,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    for name in entry.value.split(',').map(str::trim) {
        let again = acls.iter().any(|(known, _)| known.as_deref() == Some(name));
        if again || name.is_empty() {
            return false;
        }
        let acl = named.get(&name.to_lowercase()).cloned().unwrap_or_else(|| {
            let message = format!("Invalid ACL '{name}': there is no such list in acl.conf");
            diagnostics.push(Diagnostic::error(
                &entry.at,
                message,
                "it denies everybody until it is there",
            ));
            let mut nobody = Acl::default();
            nobody.deny_all();
            nobody
        });
        acls.push((Some(name.to_owned()), acl));
    }
    true
}

fn filters(entries: &[Entry], diagnostics: &mut Vec<Diagnostic>) -> Option<Filters> {
    let mut filters = Filters::default();
    let mut sound = true;
    for entry in entries {
        let criteria = entry.key.split_once('(').map(|(_, criteria)| criteria);
        let known = criteria.is_some() || entry.is("eventfilter");
        match Filter::parse(criteria, &entry.value) {
            Ok(filter) if known => filters.add(filter),
            Ok(_) | Err(BadFilter::Format | BadFilter::Pattern) => {
                sound = false;
                let message = format!("`{} = {}` is not a filter", entry.key, entry.value);
                diagnostics.push(Diagnostic::error(
                    &entry.at,
                    message,
                    "the account is not there until it is corrected",
                ));
            }
        }
    }
    sound.then_some(filters)
}

fn secret(
    section: &Section,
    text: Option<&str>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Option<Secret>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Some(None);
    };
    if let Ok(secret) = Secret::parse(text) {
        return Some(Some(secret));
    }
    let at = place(section, "secret");
    let message = format!(
        "the secret of '{}' begins like a hash and is not an argon2id one",
        section.name
    );
    diagnostics.push(Diagnostic::error(
        at,
        message,
        "make one with `switchroom passwd`",
    ));
    None
}

fn classes(
    section: &Section,
    option: &str,
    list: &List<String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Classes {
    let (classes, unknown) = Classes::parse(&list.0.join(","));
    let at = place(section, option);
    for word in unknown {
        let message = format!("`{}` in `{option}` is not a class", word.0);
        diagnostics.push(Diagnostic::warning(at, message, "it grants nothing"));
    }
    classes
}

/// Where an option is given, or the section begins.
fn place<'a>(section: &'a Section, option: &str) -> &'a Place {
    let last = section.all(option).next_back();
    last.map_or(&section.at, |entry| &entry.at)
}

/// The reference server takes 100 for less, and so do we.
fn write_timeout(
    section: &Section,
    given: Option<Millis>,
    on_lag: OnLag,
    diagnostics: &mut Vec<Diagnostic>,
) -> Duration {
    const LEAST: Duration = Duration::from_millis(100);
    const PATIENT: Duration = Duration::from_secs(60);
    let Some(given) = given else {
        return if on_lag == OnLag::Close {
            LEAST
        } else {
            PATIENT
        };
    };
    if given.0 >= LEAST {
        return given.0;
    }
    if let Some(entry) = section.all("writetimeout").next_back() {
        let message = format!("Invalid writetimeout value '{}'", entry.value);
        diagnostics.push(Diagnostic::warning(&entry.at, message, "write 100 or more"));
    }
    LEAST
}

fn variables(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Vec<(Arc<str>, Arc<str>)> {
    let mut variables = Vec::new();
    for entry in section.all("setvar") {
        match entry.value.split_once('=') {
            Some((name, value)) if !name.is_empty() => variables.push((name.into(), value.into())),
            Some(_) | None => {
                let message = format!("`setvar = {}` names no variable and value", entry.value);
                diagnostics.push(Diagnostic::warning(&entry.at, message, "write NAME=value"));
            }
        }
    }
    variables
}
