//! The rules of accounts: what may be used on what, how often, what is heard, and why.

use crate::client::{Client, crlf, node, rendered_on, user_event};
use conf::Memory;
use manager::{Files, Node, Settings};
use model::{Event, Reply, SecurityKind};

/// A node with one account `a` that may use everything but for these rules.
fn ruled(rules: &str) -> Node {
    node(
        &format!("[a]\nsecret = a-secret\nread = all\nwrite = all\n{rules}"),
        "",
        "",
    )
}

fn logged_in(rules: &str) -> Client {
    let mut client = Client::connect(ruled(rules));
    assert!(client.login("a").contains("accepted"));
    client.notices.clear();
    client
}

/// What becomes of an action: `refused` for want of permission, or else.
fn permitted(client: &mut Client, action: &str) -> bool {
    client.requests.clear();
    let lines = action.replace(" | ", "\n");
    let answer = client.send(&format!("Action: {lines}\nActionID: 7\n\n"));
    let refused = crlf("Response: Error\nActionID: 7\nMessage: Permission denied\n\n");
    if !client.requests.is_empty() {
        let (at, answer) = (model::Seq(0), manager::Answer::Switch(Reply::Done));
        client.handle(manager::Input::Answer { at, answer });
    }
    answer != refused
}

#[test]
fn rules_narrow_what_actions_are_used_on() {
    let out = "Originate | Channel: PJSIP/1 | Context: out | Exten: 9 | Priority: 1";
    for (rules, action, may) in [
        // An allow speaks for all uses of its action, and of no other.
        ("allow = Originate context=out channel=PJSIP/*", out, true),
        ("allow = Originate context=in", out, false),
        ("allow = Originate channel=SIP/*", out, false),
        ("allow = Originate context=in", "Ping", true),
        (
            "allow = Hangup channel=PJSIP/2*",
            "Hangup | Channel: PJSIP/2-1",
            true,
        ),
        (
            "allow = Hangup channel=PJSIP/2*",
            "Hangup | Channel: pjsip/2-1",
            true,
        ),
        (
            "allow = Hangup channel=PJSIP/2*",
            "Hangup | Channel: PJSIP/3-1",
            false,
        ),
        // The last that fits decides.
        (
            "allow = Originate context=out\ndeny = Originate exten=_9.",
            out,
            true,
        ),
        (
            "allow = Originate context=out\ndeny = Originate exten=_9!",
            out,
            false,
        ),
        ("deny = *\nallow = Originate context=out", out, true),
        ("deny = *\nallow = Originate context=out", "Ping", false),
        ("deny = *", "Logoff", true),
        ("deny = DB*", "DBPut | Family: a | Key: b", false),
        // What leads elsewhere is looked at.
        (
            "allow = Originate context=out",
            &format!("{out} | Application: Goto | Data: in,1,1"),
            false,
        ),
        (
            "deny = Originate context=in",
            "Originate | Channel: PJSIP/1 | Application: Goto | Data: in,1,1",
            false,
        ),
        (
            "deny = Originate context=in",
            "Originate | Channel: Local/1@in/n | Context: out | Exten: 9 | Priority: 1",
            false,
        ),
        (
            "allow = Originate context=out",
            "Originate | Channel: Local/1@in | Context: out | Exten: 9 | Priority: 1",
            false,
        ),
        (
            "allow = Originate context=out",
            "Originate | Channel: local/1@out | Context: out | Exten: 9 | Priority: 1",
            true,
        ),
        (
            "deny = Originate exten=900",
            "Originate | Channel: PJSIP/1 | Context: out | Exten: 9-00 | Priority: 1",
            false,
        ),
        (
            "allow = Originate application=Playback",
            "Originate | Channel: PJSIP/1 | Application: playback | Data: x",
            true,
        ),
        ("allow = Originate application=Playback", out, false),
        // Both of two channels, both of two places.
        (
            "allow = Bridge channel=PJSIP/1*",
            "Bridge | Channel1: PJSIP/1-1 | Channel2: PJSIP/2-2",
            false,
        ),
        (
            "deny = Bridge channel=PJSIP/2*",
            "Bridge | Channel1: PJSIP/1-1 | Channel2: PJSIP/2-2",
            false,
        ),
        (
            "allow = Redirect context=out",
            "Redirect | Channel: PJSIP/1-1 | Context: out | Exten: 1 | Priority: 1",
            true,
        ),
        (
            "allow = Redirect context=out",
            "Redirect | Channel: PJSIP/1-1 | ExtraChannel: PJSIP/2-1 | Context: out | Exten: 1 | Priority: 1 | ExtraContext: in | ExtraExten: 1 | ExtraPriority: 1",
            false,
        ),
        // What cannot be judged is not allowed, and denied.
        (
            "allow = Hangup channel=PJSIP/2*",
            "Hangup | Channel: /^PJSIP/2.*/",
            false,
        ),
        (
            "deny = Hangup channel=PJSIP/2*",
            "Hangup | Channel: /^PJSIP/2.*/",
            false,
        ),
        (
            "deny = Hangup channel=PJSIP/2*",
            "Hangup | Channel: 1767225600.12",
            false,
        ),
        (
            "allow = Hangup channel=*",
            "Hangup | Channel: 1767225600.12",
            true,
        ),
        ("deny = Status channel=PJSIP/2*", "Status", false),
        (
            "deny = BlindTransfer context=in",
            "BlindTransfer | Channel: PJSIP/1-1 | Exten: 9",
            false,
        ),
        (
            "allow = BlindTransfer context=out",
            "BlindTransfer | Channel: PJSIP/1-1 | Exten: 9 | Context: | Context: out",
            false,
        ),
        // Variables, however they are written.
        (
            "allow = Setvar variable=CRM_*",
            "Setvar | Variable: CRM_X | Value: 1",
            true,
        ),
        (
            "allow = Setvar variable=CRM_*",
            "Setvar | Variable: __CRM_X | Value: 1",
            true,
        ),
        (
            "allow = Setvar variable=CRM_*",
            "Setvar | Variable: crm_x | Value: 1",
            false,
        ),
        (
            "allow = Setvar channel=PJSIP/*",
            "Setvar | Variable: X | Value: 1",
            false,
        ),
        (
            "deny = Getvar variable=SECRET",
            "Getvar | Variable: LEN(${SECRET})",
            false,
        ),
        (
            "deny = Getvar variable=CALLERID(*)",
            "Getvar | Variable: callerid(num)",
            false,
        ),
        (
            "deny = Status variable=SECRET",
            "Status | Channel: PJSIP/1-1 | AllVariables: yes",
            false,
        ),
        (
            "deny = Status variable=SECRET",
            "Status | Channel: PJSIP/1-1 | Variables: A,SECRET",
            false,
        ),
        ("allow = Originate variable=CRM_*", out, true),
        (
            "allow = Originate variable=CRM_*",
            &format!("{out} | Variable: CRM_A=1,B=2"),
            false,
        ),
        (
            "deny = Originate variable=B",
            &format!("{out} | Variable: CRM_A=1 | Variable: _B=2"),
            false,
        ),
        (
            "allow = Command command=\"core show *\"",
            "Command | Command: core show uptime",
            true,
        ),
        (
            "allow = Command command=\"core show *\"",
            "Command | Command: core stop now",
            false,
        ),
    ] {
        let mut client = logged_in(rules);
        assert_eq!(permitted(&mut client, action), may, "{rules}: {action}");
    }
}

#[test]
fn a_refusal_is_told_to_who_watches_security_and_not_listed() {
    let mut client = logged_in("deny = Originate\nallow = Redirect context=out\n");
    assert!(!permitted(&mut client, "Originate | Channel: PJSIP/1"));
    let told = client.notices.iter().any(|event| {
        matches!(event, Event::Security(security)
            if matches!(&security.kind, SecurityKind::RequestNotAllowed { request } if &**request == "Action: Originate"))
    });
    assert!(told, "{:?}", client.notices);
    let listed = client.send("Action: ListCommands\n\n");
    assert!(!listed.contains("\r\nOriginate:") && listed.contains("\r\nRedirect:"));
}

#[test]
fn rules_do_not_widen_what_classes_permit() {
    let rules = "[a]\nsecret = a-secret\nwrite = call\nallow = Originate\n";
    let mut client = Client::connect(node(rules, "", ""));
    client.login("a");
    assert!(!permitted(&mut client, "Originate | Channel: PJSIP/1"));
}

#[test]
fn a_rate_is_kept_and_given_back_with_time() {
    let mut client = logged_in("allow = Ping rate=2/s\n");
    let two = [(); 3].map(|()| permitted(&mut client, "Ping"));
    assert_eq!(two, [true, true, false]);
    client.wait(0.5);
    assert!(permitted(&mut client, "Ping") && !permitted(&mut client, "Ping"));
}

#[test]
fn events_are_heard_within_the_rules() {
    let heard = |rules: &str, event: &Event| {
        let mut client = logged_in(rules);
        let event = rendered_on(1, event.clone(), &ruled(rules));
        !client.hear(&[event]).is_empty()
    };
    let about = |channel: &str| Event::UserEvent {
        channel: None,
        name: "x".into(),
        headers: vec![("Channel".into(), channel.into())],
    };
    let (one, two, none) = (about("PJSIP/1-1"), about("PJSIP/2-1"), user_event("x"));
    for (rules, hears) in [
        ("allowevent = * channel=PJSIP/1*", [true, false, false]),
        (
            "allowevent = UserEvent channel=PJSIP/1*\nallowevent = Hangup",
            [true, false, false],
        ),
        ("allowevent = Hangup channel=PJSIP/1*", [true, true, true]),
        (
            "denyevent = UserEvent channel=PJSIP/1*",
            [false, true, true],
        ),
        ("denyevent = *\nallowevent = UserEvent", [true, true, true]),
        ("denyevent = *", [false, false, false]),
    ] {
        assert_eq!(
            [&one, &two, &none].map(|event| heard(rules, event)),
            hears,
            "{rules}"
        );
    }
}

#[test]
fn what_decides_is_explained_with_its_place() {
    let mut client = logged_in(
        "allow = Originate context=out rate=1/h\ndeny = Hangup channel=PJSIP/2*\n\
         [b]\nsecret = b-secret\nwrite = call\n",
    );
    let mut explained = |lines: &str| {
        let answer = client.send(&format!("Action: Explain\nExplain: {lines}\n\n"));
        let value = |name: &str| {
            let line = answer.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim_start_matches(": ").to_owned())
                .unwrap_or_default()
        };
        format!("{} at {}", value("Decision"), value("DecidedAt"))
    };
    let out = "Originate\nContext: out\nExten: 1\nChannel: PJSIP/1\nPriority: 1";
    assert_eq!(explained(out), "permitted at manager.conf:5");
    assert_eq!(
        explained(out),
        "permitted at manager.conf:5",
        "explaining uses up nothing"
    );
    assert_eq!(
        explained("Originate\nContext: in"),
        "denied at manager.conf:5"
    );
    assert_eq!(
        explained("Hangup\nChannel: PJSIP/2-1"),
        "denied at manager.conf:6"
    );
    assert_eq!(
        explained("Hangup\nChannel: PJSIP/1-1"),
        "permitted at manager.conf:4"
    );
    assert_eq!(explained("Nonsense"), "denied at ");
    assert_eq!(
        explained("Originate\nExplainUser: b"),
        "denied at manager.conf:9"
    );
    let originate = "Originate | Channel: PJSIP/1 | Context: out | Exten: 1 | Priority: 1";
    assert!(permitted(&mut client, originate));
    let answer = client.send(&format!("Action: Explain\nExplain: {out}\n\n"));
    assert!(
        answer.contains("Decision: denied") && answer.contains("rate is used up"),
        "{answer}"
    );
}

#[test]
fn others_are_explained_to_those_who_may_know() {
    let mut client = Client::of("quiet");
    let explain = "Action: Explain\nExplain: Ping\nExplainUser: admin\n\n";
    assert!(client.send(explain).contains("permitted"));
    let mut client = Client::of("calls");
    assert!(client.send(explain).contains("Permission denied"));
    assert!(
        client
            .send("Action: Explain\nExplain: Originate\n\n")
            .contains("permitted")
    );
}

#[test]
fn rules_that_cannot_be_read_take_the_account_away_and_say_where() {
    for rule in [
        "allow = Orginate",
        "allow = Originate contex=out",
        "allow = Originate context",
        "allow = Originate context=",
        "allow = Originate rate=5",
        "allow = Originate \"context=out",
        "allow = Login",
        "deny = Originate rate=5/s",
        "deny = Orginate",
        "deny = localhost",
        "allowevent = Hangup rate=1/s",
        "denyevent = Hangup command=x",
    ] {
        let source = Memory::default().with("manager.conf", format!("[a]\nsecret = x\n{rule}\n"));
        let config = conf::load(&source, "manager.conf").unwrap();
        let mut diagnostics = Vec::new();
        let files = Files {
            manager: Some(&config),
            ..Files::default()
        };
        let settings = Settings::read(files, &mut diagnostics);
        assert!(settings.user("a").is_none(), "{rule}");
        assert!(
            diagnostics[0].to_string().starts_with("manager.conf:3: "),
            "{diagnostics:?}"
        );
    }
}

#[test]
fn addresses_are_still_denied() {
    let mut client = Client::connect(ruled("deny = 0.0.0.0/0\ndeny = fe80::/10\n"));
    client.login("a");
    assert!(client.wait(2.0).contains("Authentication failed"));
}
