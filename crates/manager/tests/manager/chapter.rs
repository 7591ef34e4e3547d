//! The tables of the chapter on the manager interface, a row an option.

use crate::client::{Client, crlf, node, rendered, rendered_on, user_event};
use conf::Memory;
use manager::{Files, General, Settings};
use model::{DeviceState, Event};

/// `[general]` with this line.
fn general(line: &str) -> General {
    let source = Memory::default().with(
        "manager.conf",
        format!("[general]\nenabled = yes\n{line}\n"),
    );
    let config = conf::load(&source, "manager.conf").unwrap();
    let files = Files {
        manager: Some(&config),
        ..Files::default()
    };
    let mut diagnostics = Vec::new();
    let settings = Settings::read(files, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{line}: {diagnostics:?}");
    settings.general
}

/// An option, the value of the table, and what is seen of it without and with that value.
type Row = (
    &'static str,
    &'static str,
    fn(&General) -> String,
    &'static str,
    &'static str,
);

fn list(addresses: &[std::net::SocketAddr]) -> String {
    addresses
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(" ")
}

#[rustfmt::skip] // A table.
const GENERAL: &[Row] = &[
    ("webenabled", "yes", |general| general.web_enabled.to_string(), "false", "true"),
    ("port", "6038", |general| list(&general.addresses()), "127.0.0.1:5038", "127.0.0.1:6038"),
    ("bindaddr", "0.0.0.0", |general| list(&general.addresses()), "127.0.0.1:5038", "0.0.0.0:5038"),
    ("tlsenable", "yes", |general| list(&general.tls_addresses()), "", "127.0.0.1:5039"),
    ("tlsbindport", "6039\ntlsenable = yes", |general| list(&general.tls_addresses()), "", "127.0.0.1:6039"),
    ("tlsbindaddr", "0.0.0.0\ntlsenable = yes", |general| list(&general.tls_addresses()), "", "0.0.0.0:5039"),
    ("tlscertfile", "/var/lib/asterisk/keys/asterisk.pem", |general| general.tls.certificate.display().to_string(), "asterisk.pem", "/var/lib/asterisk/keys/asterisk.pem"),
    ("tlsprivatekey", "/var/lib/asterisk/keys/private.pem", |general| format!("{:?}", general.tls.private_key), "None", "Some(\"/var/lib/asterisk/keys/private.pem\")"),
    ("tlscipher", "AES256-SHA", |general| format!("{:?}", general.tls.ciphers), "None", "Some(\"AES256-SHA\")"),
    ("allowmultiplelogin", "no", |general| general.allow_multiple_login.to_string(), "true", "false"),
    ("displayconnects", "no", |general| general.display_connects.to_string(), "true", "false"),
    ("timestampevents", "yes", |general| general.timestamp_events.to_string(), "false", "true"),
    ("brokeneventsaction", "yes", |general| general.broken_events_action.to_string(), "false", "true"),
    ("channelvars", "VAR1,VAR2,VAR3", |general| general.channel_variables.0.join(" "), "", "VAR1 VAR2 VAR3"),
    ("debug", "yes", |general| general.debug.to_string(), "false", "true"),
    ("httptimeout", "30", |general| general.http_timeout.to_string(), "60", "30"),
];

#[test]
fn table_20_1_every_option_has_its_default_and_its_meaning() {
    assert!(
        General::default().addresses().is_empty(),
        "enabled defaults to no"
    );
    for (option, value, seen, default, given) in GENERAL {
        assert_eq!(seen(&general("")), *default, "{option}");
        assert_eq!(
            seen(&general(&format!("{option} = {value}"))),
            *given,
            "{option}"
        );
    }
}

#[test]
fn table_20_1_options_that_clients_and_logs_show() {
    let with = |line: &str| {
        let accounts =
            format!("[general]\n{line}\n[admin]\nsecret = admin-secret\nread = all\nwrite = all\n");
        let mut client = Client::connect(node(&accounts, "", ""));
        client.login("admin");
        client
    };
    assert_eq!(
        with("").logged(),
        ["Manager 'admin' logged on from 127.0.0.1"]
    );
    assert_eq!(with("displayconnects = no").logged(), [""; 0]);
    let stamped = node("[general]\ntimestampevents = yes\n", "", "");
    let told = rendered_on(1, user_event("x"), &stamped);
    let message = &told.told(ami::Dialect::V22).unwrap().message;
    assert_eq!(message.first("Timestamp"), Some("1767225601.500000"));
    let mut client = with("debug = yes");
    client.logs.clear();
    client.send("Action: Ping\nSecret: x\n\n");
    let logged = client.logged().join("\n");
    assert!(
        logged.contains("Ping") && !logged.contains("\"x\""),
        "{logged}"
    );
}

#[test]
fn table_20_1_what_is_out_of_range_or_unknown_is_told_with_its_place() {
    let read = |line: &str| {
        let source = Memory::default().with("manager.conf", format!("[general]\n{line}\n"));
        let config = conf::load(&source, "manager.conf").unwrap();
        let mut diagnostics = Vec::new();
        let files = Files {
            manager: Some(&config),
            ..Files::default()
        };
        let settings = Settings::read(files, &mut diagnostics);
        (
            settings.general.port,
            diagnostics
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
        )
    };
    for line in ["port = 80", "port = 70000", "port = many"] {
        let (port, told) = read(line);
        assert_eq!(port, 5038, "{line}");
        assert!(
            told.len() == 1 && told[0].starts_with("manager.conf:2: "),
            "{told:?}"
        );
    }
    let (_, told) = read("block-sockets = yes");
    assert!(
        told[0].starts_with("manager.conf:2: unknown option `block-sockets`"),
        "{told:?}"
    );
}

fn account(lines: &str) -> Client {
    let accounts = format!("[russell]\nsecret = russell-secret\n{lines}\n");
    Client::connect(node(&accounts, "", ""))
}

#[test]
fn table_20_2_every_option_of_an_account() {
    let accepted = |lines: &str| account(lines).login("russell").contains("accepted");
    // secret: must be set, and the last one counts.
    assert!(accepted("") && !accepted("secret = other"));
    // deny and permit: the last that matches decides.
    assert!(!accepted("deny = 0.0.0.0/0.0.0.0"));
    assert!(accepted(
        "deny = 0.0.0.0/0.0.0.0\npermit = 127.0.0.0/255.0.0.0"
    ));
    assert!(!accepted("permit = 127.0.0.0/8\ndeny = 0.0.0.0/0.0.0.0"));
    // writetimeout: 100 by default and at least.
    let patience = |lines: &str| {
        let mut client = account(lines);
        client.login("russell");
        client
            .connection
            .session()
            .account()
            .unwrap()
            .write_timeout
            .as_millis()
    };
    assert_eq!(patience(""), 100);
    assert_eq!(patience("writetimeout = 2500"), 2500);
    assert_eq!(patience("writetimeout = 10"), 100);
    // displayconnects.
    let mut client = account("displayconnects = no");
    client.login("russell");
    assert_eq!(client.logged(), [""; 0]);
    // read, write and eventfilter.
    let hears = |lines: &str| {
        let mut client = account(lines);
        client.login("russell");
        !client.hear(&[rendered(1, user_event("x"))]).is_empty()
    };
    assert!(
        !hears("") && hears("read = user") && !hears("read = call") && hears("read = call,user")
    );
    assert!(!hears("read = all\neventfilter = !UserEvent: x"));
    assert!(hears("read = all\neventfilter = UserEvent: x"));
    assert!(!hears("read = all\neventfilter = Channel: DAHDI*"));
    let may = |lines: &str| {
        let mut client = account(lines);
        client.login("russell");
        !client.send("Action: CoreSettings\n\n").contains("denied")
    };
    assert!(!may("") && may("write = system") && may("write = reporting") && !may("write = call"));
}

#[test]
fn accounts_with_a_mistake_in_what_guards_them_are_not_there() {
    for lines in [
        "permit = nonsense",
        "acl = twice\nacl = twice",
        "eventfilter = [",
        "eventfilter(x) = y",
        "secret = $argon2id$x",
    ] {
        assert!(
            !account(lines).login("russell").contains("accepted"),
            "{lines}"
        );
    }
    // Words that are no class grant nothing, whatever they look like.
    let mut client = account("write = al,c,,System");
    client.login("russell");
    assert!(
        client
            .send("Action: CoreSettings\n\n")
            .contains("Permission denied")
    );
}

#[test]
fn named_lists_allow_or_deny_and_unknown_ones_deny() {
    let lists = "[near]\npermit = 127.0.0.1\n[far]\ndeny = 0.0.0.0/0\npermit = 192.0.2.0/24\n[bad]\npermit = x\n";
    for (acl, lets_in) in [
        ("near", true),
        ("far", false),
        ("near,far", false),
        ("NEAR", true),
        ("none", false),
        ("bad", false),
    ] {
        let accounts = format!("[russell]\nsecret = russell-secret\nacl = {acl}\n");
        let mut client = Client::connect(node(&accounts, lists, ""));
        assert_eq!(
            client.login("russell").contains("accepted"),
            lets_in,
            "{acl}"
        );
    }
}

#[test]
fn users_conf_makes_accounts_where_it_says_so() {
    let users = "[general]\nhasmanager = no\nwritetimeout = 300\n[6000]\nhasmanager = yes\nsecret = 6000-secret\nhassip = yes\n\
        [6001]\nsecret = 6001-secret\n[6002]\nhasmanager = yes\nsecret = x\nread = call\nwrite = call\n";
    let manager = "[6002]\nsecret = 6002-secret\nwrite = system\n";
    let login = |name: &str| {
        let mut client = Client::connect(node(manager, "", users));
        let answer = client.login(name);
        let rights = client.connection.session().rights();
        (
            answer.contains("accepted"),
            rights.0.granted(),
            rights.1.granted(),
        )
    };
    let (accepted, read, write) = login("6000");
    assert!(accepted && read.ends_with("all") && write.ends_with("all"));
    assert!(!login("6001").0);
    assert_eq!(login("6002"), (true, "call".into(), "system".into()));
}

/// A class and an event of it.
type Heard = (&'static str, fn() -> Event);

#[test]
fn table_20_3_every_class_hears_what_it_names() {
    let device = || Event::DeviceStateChange {
        device: "x".into(),
        state: DeviceState::InUse,
    };
    let boot = || Event::FullyBooted {
        uptime: 1,
        last_reload: 1,
    };
    let variable = || Event::VarSet {
        channel: None,
        variable: "x".into(),
        value: "1".into(),
    };
    let events: [Heard; 4] = [
        ("call", device),
        ("system", boot),
        ("dialplan", variable),
        ("user", || user_event("x")),
    ];
    for (class, event) in events {
        for (read, heard) in [
            (class, true),
            ("all", true),
            ("log,verbose,cc,aoc,agi,cdr", false),
        ] {
            let mut client = account(&format!("read = {read}"));
            client.login("russell");
            let told = client.hear(&[rendered(1, event())]);
            assert_eq!(!told.is_empty(), heard, "{class} {read}");
        }
    }
    // Classes that only act hear nothing; classes that only hear may do nothing of their own.
    let mut client =
        account("read = config,command,originate\nwrite = log,verbose,dtmf,cdr,dialplan,cc");
    client.login("russell");
    assert_eq!(
        client.hear(&[rendered(1, device()), rendered(2, boot())]),
        ""
    );
    assert_eq!(
        client.send("Action: Originate\n\n"),
        crlf("Response: Error\nMessage: Permission denied\n\n")
    );
}
