//! Logging in: ami-server.md 2.

use crate::client::{ACCOUNTS, Client, after, crlf, node};
use manager::{Close, Input};
use md5::{Digest, Md5};
use model::Transport;

const FAILED: &str = "Response: Error\nActionID: in\nMessage: Authentication failed\n\n";

fn md5(text: &str) -> String {
    Md5::digest(text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn plain(user: &str, secret: &str) -> String {
    format!("Action: Login\nUsername: {user}\nSecret: {secret}\nActionID: in\n\n")
}

#[test]
fn a_good_login_is_answered_and_told() {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    assert_eq!(
        client.send(&plain("Admin", "admin-secret")),
        crlf(
            "Response: Success\nActionID: in\nMessage: Authentication accepted\n\n\
             Event: FullyBooted\nPrivilege: system,all\nUptime: 2\nLastReload: 2\nStatus: Fully Booted\n\n"
        )
    );
    assert_eq!(
        client.security(),
        ["SuccessfulAuth { using_password: false } Admin"]
    );
    assert_eq!(
        client.logged(),
        ["Manager 'Admin' logged on from 127.0.0.1"]
    );
    assert_eq!(
        client.send("Action: Login\nActionID: 2\n\n"),
        crlf("Response: Success\nActionID: 2\nMessage: Already authenticated\n\n")
    );
}

#[test]
fn fully_booted_is_told_to_who_wants_system_events_when_it_is() {
    for (events, booted, told) in [
        ("on", true, true),
        ("off", true, false),
        ("call", true, false),
        ("on", false, false),
    ] {
        let mut client = Client::connect(node(ACCOUNTS, "", ""));
        client.admits.1 = booted;
        let answer = client.send(&format!(
            "Action: Login\nUsername: admin\nSecret: admin-secret\nEvents: {events}\n\n"
        ));
        assert_eq!(answer.contains("FullyBooted"), told, "{events} {booted}");
    }
    assert!(
        !Client::connect(node(ACCOUNTS, "", ""))
            .login("quiet")
            .contains("FullyBooted")
    );
}

#[test]
fn every_refusal_has_one_answer_and_one_time() {
    for (user, secret, events) in [
        ("admin", "nonsense", &["InvalidPassword admin"][..]),
        ("admin", "", &["InvalidPassword admin"]),
        ("nobody", "nonsense", &["InvalidAccountId nobody"]),
        ("fenced", "fenced-secret", &["FailedAcl fenced"]),
        ("fenced", "nonsense", &["FailedAcl fenced"]),
        ("open", "", &["InvalidPassword open"]),
        ("open", "(null)", &["InvalidPassword open"]),
        ("", "admin-secret", &[]),
    ] {
        let mut client = Client::connect(node(ACCOUNTS, "", ""));
        assert_eq!(client.send(&plain(user, secret)), "", "{user} {secret}");
        assert_eq!(client.security(), events, "{user} {secret}");
        assert_eq!(
            client.send("Action: Logoff\n\n"),
            "",
            "served while it waits"
        );
        assert_eq!(client.wait(0.99), "");
        assert_eq!(client.closed, None);
        assert_eq!(client.wait(0.01), crlf(FAILED));
        assert_eq!(client.closed, Some(Close::Refused));
    }
}

#[test]
fn refusals_are_logged_as_log_watchers_expect() {
    let logged = |user: &str, secret: &str| {
        let mut client = Client::connect(node(ACCOUNTS, "", ""));
        client.send(&plain(user, secret));
        client
            .logged()
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    let unable = "Connect attempt from '127.0.0.1' unable to authenticate";
    assert_eq!(
        logged("no\x07body", "x"),
        [
            r"127.0.0.1 tried to authenticate with nonexistent user 'no\u{7}body'",
            r"127.0.0.1 failed to authenticate as 'no\u{7}body'",
            unable
        ]
    );
    assert_eq!(
        logged("fenced", "fenced-secret"),
        [
            "Manager User ACL: Rejecting '127.0.0.1' due to a failure to pass ACL '(BASELINE)'",
            "127.0.0.1 failed to pass IP ACL as 'fenced'",
            "127.0.0.1 failed to authenticate as 'fenced'",
            unable
        ]
    );
    assert_eq!(
        logged("admin", "x"),
        ["127.0.0.1 failed to authenticate as 'admin'", unable]
    );
    assert_eq!(logged("", "x"), [""; 0]);
}

#[test]
fn a_challenge_is_answered_with_a_key() {
    for (upper, wrong) in [(false, false), (true, false), (false, true)] {
        let mut client = Client::connect(node(ACCOUNTS, "", ""));
        let ask = "Action: Challenge\nAuthType: md5\nActionID: c\n\n";
        let answer = client.send(ask);
        assert_eq!(answer, client.send(ask), "the same while it is not used");
        let challenge = answer.split("Challenge: ").nth(1).unwrap().trim_end();
        assert_eq!(
            answer,
            crlf(&format!(
                "Response: Success\nActionID: c\nChallenge: {challenge}\n\n"
            ))
        );
        assert!(challenge.len() >= 36 && challenge.bytes().all(|byte| byte.is_ascii_digit()));
        let mut key = md5(&format!(
            "{challenge}{}",
            if wrong { "x" } else { "admin-secret" }
        ));
        if upper {
            key = key.to_uppercase();
        }
        let answer = client.send(&format!(
            "Action: Login\nAuthType: MD5\nUsername: admin\nKey: {key}\nActionID: in\n\n"
        ));
        if wrong {
            let kind = format!(
                "ChallengeResponseFailed {{ challenge: \"{challenge}\", response: \"{key}\" }} "
            );
            assert_eq!(client.security(), [kind]);
            assert_eq!(client.wait(1.0), crlf(FAILED));
        } else {
            assert!(answer.contains("Authentication accepted"), "{answer}");
        }
    }
}

#[test]
fn a_key_without_challenge_or_secret_is_refused() {
    for (user, challenge) in [("admin", false), ("open", true)] {
        let mut client = Client::connect(node(ACCOUNTS, "", ""));
        if challenge {
            client.send("Action: Challenge\nAuthType: MD5\n\n");
        }
        let key = md5("");
        client.send(&format!(
            "Action: Login\nAuthType: MD5\nUsername: {user}\nKey: {key}\nActionID: in\n\n"
        ));
        assert_eq!(client.security(), [""; 0]);
        assert_eq!(client.wait(1.0), crlf(FAILED));
    }
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    let error = "Response: Error\nMessage: Must specify AuthType\n\n";
    assert_eq!(client.send("Action: Challenge\n\n"), crlf(error));
}

#[test]
fn an_account_that_may_have_one_session_has_one() {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    client.admits.0 = false;
    assert_eq!(client.send(&plain("admin", "admin-secret")), "");
    assert_eq!(client.security(), ["SessionLimit "]);
    assert_eq!(
        client.wait(1.0),
        crlf("Response: Error\nActionID: in\nMessage: Login Already In Use\n\n")
    );
    assert_eq!(client.closed, Some(Close::Refused));
}

#[test]
fn a_hashed_secret_serves_where_nobody_listens_and_not_for_keys() {
    let hash = manager::hash("world", [3; 16]).unwrap();
    let accounts = format!("[admin]\nsecret = {hash}\nread = all\n");
    for (remote, transport, secret, lets_in) in [
        ("127.0.0.1:1", Transport::Tcp, "world", true),
        ("127.0.0.1:1", Transport::Tcp, "World", false),
        ("192.0.2.1:1", Transport::Tcp, "world", false),
        ("192.0.2.1:1", Transport::Tls, "world", true),
    ] {
        let mut client = Client::from(remote, transport, node(&accounts, "", ""));
        let answer = client.send(&plain("admin", secret));
        assert_eq!(
            answer.contains("accepted"),
            lets_in,
            "{remote} {transport:?} {secret}"
        );
        if !lets_in {
            assert_eq!(client.security(), ["InvalidPassword admin"]);
            assert_eq!(client.wait(1.0), crlf(FAILED));
        }
    }
    let mut client = Client::connect(node(&accounts, "", ""));
    client.send("Action: Challenge\nAuthType: MD5\n\n");
    client.send("Action: Login\nAuthType: MD5\nUsername: admin\nKey: 00\nActionID: in\n\n");
    assert_eq!(client.wait(1.0), crlf(FAILED));
}

#[test]
fn who_does_not_log_in_in_time_is_disconnected() {
    let mut client = Client::connect(node("[general]\nauthtimeout = 5\n", "", ""));
    assert_eq!(client.connection.deadline(), Some(after(7.0).since_start));
    client.send("Action: Ping\n\n");
    client.wait(4.9);
    assert_eq!(client.closed, None);
    assert_eq!(client.wait(0.1), "");
    assert_eq!(client.closed, Some(Close::LoginTimeout));
    assert_eq!(
        client.logged(),
        ["Client from 127.0.0.1, failed to authenticate in 5 seconds"]
    );
    assert_eq!(Client::of("admin").connection.deadline(), None);
}

#[test]
fn before_login_only_the_way_in_and_out_is_open() {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    let denied = "Response: Error\nActionID: p\nMessage: Permission denied\n\n";
    for action in ["Ping", "CoreStatus", "NoSuchThing", "WaitEvent"] {
        assert_eq!(
            client.send(&format!("Action: {action}\nActionID: p\n\n")),
            crlf(denied),
            "{action}"
        );
    }
    assert_eq!(
        client.security()[2],
        "RequestNotAllowed { request: \"Action: NoSuchThing\" } "
    );
    assert_eq!(
        client.send("Action: Logoff\nActionID: l\n\nAction: Ping\n\n"),
        crlf("Response: Goodbye\nActionID: l\nMessage: Thanks for all the fish.\n\n")
    );
    assert_eq!(client.closed, Some(Close::LoggedOff));
}

#[test]
fn rights_are_those_of_the_latest_configuration() {
    let mut client = Client::of("admin");
    let fewer = node("[admin]\nsecret = other\nwrite = call\n", "", "");
    client.handle(Input::Configured(fewer.into()));
    assert!(
        client
            .send("Action: CoreStatus\n\n")
            .contains("Permission denied")
    );
    let gone = node("[quiet]\n", "", "");
    client.handle(Input::Configured(gone.into()));
    assert_eq!(client.closed, Some(Close::AccountGone));
}

#[test]
fn an_account_is_closed_to_strangers_when_too_many_logins_fail() {
    let throttle = std::sync::Arc::<manager::Throttle>::default();
    let accounts = "[general]\nauthfailures = 2\n[a]\nsecret = a-secret\n";
    let login = |remote: &str, secret: &str| {
        let node = manager::Node {
            throttle: std::sync::Arc::clone(&throttle),
            ..node(accounts, "", "")
        };
        let mut client = Client::from(remote, Transport::Tcp, node);
        let lines = format!("Action: Login\nUsername: a\nSecret: {secret}\n\n");
        let answer = client.send(&lines) + &client.wait(1.5);
        answer.contains("accepted")
    };
    assert!(login("192.0.2.1:1", "a-secret"));
    assert!(!login("198.51.100.1:1", "wrong"));
    assert!(!login("198.51.100.2:1", "wrong"));
    assert!(
        !login("198.51.100.3:1", "a-secret"),
        "a stranger is not looked at"
    );
    assert!(login("192.0.2.1:2", "a-secret"), "its own client is");
    assert!(login("127.0.0.1:1", "a-secret"));
}

#[test]
fn a_certificate_lets_in_where_the_account_names_it() {
    let accounts = "[a]\nsecret = a-secret\ncertificate = dialer.example\n\
                    [b]\ncertificate = other.example, sha256:AB:CD\n[c]\nsecret = c-secret\n";
    let login = |lines: &str, shows: bool| {
        let mut peer = crate::client::peer("192.0.2.1:1", Transport::Tls);
        peer.certificate = shows.then(|| {
            let names = vec!["Dialer.example".to_owned()];
            let fingerprint = "abcd".to_owned();
            manager::Certificate { names, fingerprint }.into()
        });
        let mut client = Client::of_peer(peer, node(accounts, "", ""));
        let lines = format!("Action: Login\n{lines}\n\n");
        (client.send(&lines) + &client.wait(1.5)).contains("accepted")
    };
    assert!(login("Username: a\nAuthType: certificate", true));
    assert!(login("Username: a", true), "without a secret");
    assert!(
        login("Username: b\nAuthType: certificate", true),
        "by its fingerprint"
    );
    assert!(!login("Username: a\nAuthType: certificate", false));
    assert!(!login("Username: c\nAuthType: certificate", true));
    assert!(
        !login("Username: a\nSecret: wrong", true),
        "who says a secret says the right one"
    );
    assert!(login("Username: a\nSecret: a-secret", false));
}
