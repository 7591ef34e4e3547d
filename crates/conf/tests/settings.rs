//! Settings declared by structs, read from sections.
#![allow(clippy::unwrap_used)]

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use conf::{Config, Declaration, Diagnostic, Entry, List, Memory, Millis, Settings, load};

/// The manager's own settings.
#[derive(Debug, PartialEq, Settings)]
struct General {
    /// Whether it listens.
    enabled: bool,
    /// Whether an account may be used twice.
    #[setting(name = "allowmultiplelogin", default = "yes")]
    allow_multiple_login: bool,
    /// The TCP port.
    #[setting(alias = "bindport", default = "5038", min = 1024, max = 65535)]
    port: u16,
    /// Where it listens.
    #[setting(name = "bindaddr", default = "127.0.0.1")]
    address: IpAddr,
    /// Seconds to log in.
    #[setting(name = "authtimeout", default = "30", min = 1)]
    login_timeout: u32,
    /// Channel variables to show.
    #[setting(name = "channelvars")]
    variables: List<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Role {
    #[default]
    Reader,
    Writer,
}

impl std::str::FromStr for Role {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "reader" => Ok(Self::Reader),
            "writer" => Ok(Self::Writer),
            _ => Err(()),
        }
    }
}

conf::value_from_str!(Role => "reader or writer");

/// An account.
#[derive(Debug, PartialEq, Settings)]
struct Account {
    /// The password.
    secret: Option<String>,
    /// What it is for.
    role: Role,
    /// How long a write may take.
    #[setting(name = "writetimeout", default = "100")]
    write_timeout: Millis,
    /// Variables for its calls.
    #[setting(name = "setvar")]
    variables: Vec<String>,
    /// Its limits.
    #[setting(part)]
    limits: Limits,
    /// Where it may come from.
    #[setting(entries, name = "permit", alias = "deny")]
    rules: Vec<Entry>,
    /// What it hears.
    #[setting(entries, name = "eventfilter*")]
    filters: Vec<Entry>,
}

/// How much an account may do.
#[derive(Clone, Debug, PartialEq, Settings)]
struct Limits {
    /// Sessions at a time.
    #[setting(default = "3", max = 9)]
    sessions: u8,
    /// Whether it may wait.
    waits: bool,
}

/// Only the rest.
#[derive(Debug, PartialEq, Settings)]
struct Rest {
    /// A known one.
    known: bool,
    /// All others.
    #[setting(entries, name = "*")]
    others: Vec<Entry>,
}

fn config(text: &str) -> Config {
    load(&Memory::default().with("a.conf", text), "a.conf").unwrap()
}

/// The settings of section `[a]` and what is complained of.
fn read<T: Settings>(text: &str) -> (T, Vec<String>) {
    let config = config(&format!("[a]\n{text}"));
    let mut diagnostics = Vec::new();
    let settings = T::read(config.section("a").unwrap(), &mut diagnostics);
    (
        settings,
        diagnostics.iter().map(Diagnostic::to_string).collect(),
    )
}

#[test]
fn an_empty_section_means_the_defaults() {
    let (general, complaints) = read::<General>("");
    assert_eq!(general, General::default());
    assert_eq!(complaints, [""; 0]);
    assert!(!general.enabled && general.allow_multiple_login);
    assert_eq!((general.port, general.login_timeout), (5038, 30));
    assert_eq!(general.address, Ipv4Addr::LOCALHOST);
    assert_eq!(general.variables, List(Vec::new()));
}

#[test]
fn names_aliases_and_the_last_value_count() {
    let (general, complaints) = read::<General>(
        "Enabled = yes\nport = 2000\nBINDPORT = 3000\nallowmultiplelogin = no\n\
         bindaddr = ::1\nchannelvars = A, CHANNEL(b)\n",
    );
    assert_eq!(complaints, [""; 0]);
    assert!(general.enabled && !general.allow_multiple_login);
    assert_eq!(general.port, 3000);
    assert!(general.address.is_ipv6());
    assert_eq!(general.variables.0, ["A", "CHANNEL(b)"]);
}

#[test]
fn bad_values_are_told_of_and_ignored() {
    let (general, complaints) = read::<General>(
        "port = 2000\nport = 99\nauthtimeout = 0\nbindaddr = here\nallowmultiplelogin = maybe\n",
    );
    let ignored = "(the line is ignored until it is corrected)";
    assert_eq!(
        complaints,
        [
            "a.conf:6: `allowmultiplelogin = maybe` is taken as no (write yes or no)".to_owned(),
            format!("a.conf:3: `port = 99` is not a number from 1024 to 65535 {ignored}"),
            format!("a.conf:5: `bindaddr = here` is not an IP address {ignored}"),
            format!("a.conf:4: `authtimeout = 0` is not a number from 1 on {ignored}"),
        ]
    );
    assert!(!general.allow_multiple_login);
    assert_eq!((general.port, general.login_timeout), (2000, 30));
}

#[test]
fn unknown_options_are_told_of() {
    let (_, complaints) = read::<General>("prot = 1\nzzz = 2\n");
    assert_eq!(
        complaints,
        [
            "a.conf:2: unknown option `prot` (did you mean `port`?)",
            "a.conf:3: unknown option `zzz` (it has no effect; remove it)",
        ]
    );
}

#[test]
fn an_inherited_mistake_is_told_of_once() {
    let config = config("[t](!)\nzzz = 1\nenabled = eh\nport = 1\n[a](t)\n[b](t)\n");
    let mut diagnostics = Vec::new();
    for section in config.concrete() {
        General::read(section, &mut diagnostics);
    }
    assert_eq!(diagnostics.len(), 3);
}

#[test]
fn repeated_options_and_entries() {
    let (account, complaints) = read::<Account>(
        "secret = s\nrole = writer\nwritetimeout = 250\nsetvar = A=1\nsetvar = B=2\n\
         deny = 0.0.0.0/0\npermit = 127.0.0.1\neventfilter = !Channel: Local/\n\
         eventfilter(name(UserEvent),method(exact)) = red\n",
    );
    assert_eq!(complaints, [""; 0]);
    assert_eq!(account.secret.as_deref(), Some("s"));
    assert_eq!(account.role, Role::Writer);
    assert_eq!(account.write_timeout, Millis(Duration::from_millis(250)));
    assert_eq!(account.variables, ["A=1", "B=2"]);
    let keys = |entries: &[Entry]| -> Vec<String> {
        entries.iter().map(|entry| entry.key.clone()).collect()
    };
    assert_eq!(keys(&account.rules), ["deny", "permit"]);
    assert_eq!(
        keys(&account.filters),
        ["eventfilter", "eventfilter(name(UserEvent),method(exact))"]
    );
    assert_eq!(account.filters[1].at.to_string(), "a.conf:10");
}

#[test]
fn a_part_stands_among_the_others() {
    let (account, complaints) = read::<Account>(
        "secret = s\nwaits = yes\nsessions = 12\nsesions = 1\npermit = 127.0.0.1\n",
    );
    assert_eq!(
        complaints,
        [
            "a.conf:5: unknown option `sesions` (did you mean `sessions`?)",
            "a.conf:4: `sessions = 12` is not a number up to 9 (the line is ignored until it is corrected)",
        ]
    );
    assert_eq!(
        account.limits,
        Limits {
            sessions: 3,
            waits: true
        }
    );
    assert_eq!((account.rules.len(), account.filters.len()), (1, 0));
    let names = Account::DECLARATIONS.iter().map(|option| option.name);
    assert_eq!(
        names.collect::<Vec<_>>()[4..7],
        ["sessions", "waits", "permit"]
    );
}

#[test]
fn a_star_takes_the_rest() {
    let (rest, complaints) = read::<Rest>("known = yes\nother = 1\n");
    assert_eq!(complaints, [""; 0]);
    assert!(rest.known);
    assert_eq!(rest.others.len(), 1);
}

#[test]
fn declarations_document_the_options() {
    assert_eq!(General::HELP, "The manager's own settings.");
    assert_eq!(
        General::DECLARATIONS[2],
        Declaration {
            name: "port",
            aliases: &["bindport"],
            default: Some("5038"),
            help: "The TCP port.",
        }
    );
    assert_eq!(General::DECLARATIONS[0].default, None);
}
