//! Places in the order of events, for clients that ask for them; no byte more for those that do not.

use crate::client::{ACCOUNTS, Client, RUN, crlf, node, rendered, rendered_on, user_event};
use manager::{Answer, Input};
use model::{Reply, Seq};
use std::sync::Arc;

/// A client of this account, whose login asks with these headers.
fn logged_in(account: &str, headers: &str, accounts: &str) -> (Client, String) {
    let mut client = Client::connect(node(accounts, "", ""));
    client.admits.1 = false;
    let answer = client.send(&format!(
        "Action: Login\nUsername: {account}\nSecret: {account}-secret\n{headers}\n"
    ));
    (client, answer)
}

const ACCEPTED: &str = "Response: Success\nMessage: Authentication accepted\n\n";

#[test]
fn who_asks_is_told_the_place_of_every_event_and_answer() {
    let (mut client, answer) = logged_in("admin", "ActionID: 1\nSequence: on\n", ACCOUNTS);
    assert_eq!(
        answer,
        crlf("Response: Success\nActionID: 1\nSequence: 7/0\nMessage: Authentication accepted\n\n")
    );
    assert_eq!(
        client.hear(&[rendered(4, user_event("a"))]),
        crlf("Event: UserEvent\nPrivilege: user,all\nSequence: 7/4\nUserEvent: a\n\n")
    );
    let ping = client.send("Action: Ping\n\n");
    assert!(ping.starts_with(&crlf("Response: Success\nSequence: 7/4\nPing: Pong\n")));
}

#[test]
fn the_account_says_so_too_and_the_login_goes_before() {
    let accounts = format!("{ACCOUNTS}[both]\nsecret = both-secret\nread = all\nsequence = yes\n");
    for (headers, told) in [("", true), ("Sequence: off\n", false)] {
        let (mut client, answer) = logged_in("both", headers, &accounts);
        assert_eq!(answer.contains("Sequence: 7/0"), told);
        let heard = client.hear(&[rendered(1, user_event("a"))]);
        assert_eq!(heard.contains("Sequence: 7/1"), told);
    }
    let (mut client, answer) = logged_in("admin", "", &accounts);
    assert_eq!(answer, crlf(ACCEPTED));
    assert!(
        !client
            .hear(&[rendered(1, user_event("a"))])
            .contains("Sequence")
    );
}

#[test]
fn the_place_stands_after_privilege_or_timestamp_where_there_is_one() {
    let mut stamped = node("[general]\ntimestampevents = yes\ndebug = yes\n", "", "");
    stamped.system_name = "lab".into();
    let (mut client, _) = logged_in("admin", "Sequence: on\n", ACCOUNTS);
    assert_eq!(
        client.hear(&[rendered_on(9, user_event("x"), &stamped)]),
        crlf(
            "Event: UserEvent\nPrivilege: user,all\nTimestamp: 1767225601.500000\nSequence: 7/9\n\
             SequenceNumber: 9\nSystemName: lab\nUserEvent: x\n\n"
        )
    );
}

#[test]
fn a_list_tells_the_place_it_holds_for_at_both_its_ends() {
    let (mut client, _) = logged_in("admin", "Sequence: on\n", ACCOUNTS);
    client.send("Action: CoreShowChannels\nActionID: l\n\n");
    let answer = Answer::Switch(Reply::Channels(vec![]));
    let at = Seq(2);
    assert_eq!(client.handle(Input::Answer { at, answer }), "");
    let mut written = String::new();
    for seq in 1..=3 {
        written += &client.handle(Input::Event(&rendered(seq, user_event("e"))));
    }
    let order: Vec<_> = written
        .split("\r\n")
        .filter(|line| line.starts_with("Sequence: ") || line.starts_with("EventList: "))
        .collect();
    assert_eq!(
        order,
        [
            "Sequence: 7/1",
            "Sequence: 7/2",
            "Sequence: 7/2",
            "EventList: start",
            "Sequence: 7/2",
            "EventList: Complete",
            "Sequence: 7/3",
        ]
    );
}

#[test]
fn events_that_were_waited_for_have_their_places() {
    let (mut client, _) = logged_in("admin", "Sequence: on\n", ACCOUNTS);
    assert_eq!(client.send("Action: WaitEvent\n\n"), "");
    let mut written = client.handle(Input::Event(&rendered(5, user_event("e"))));
    written += &client.handle(Input::Heard(RUN.at(Seq(6))));
    let places: Vec<_> = written
        .lines()
        .filter(|l| l.starts_with("Sequence"))
        .collect();
    assert_eq!(places, ["Sequence: 7/6", "Sequence: 7/5", "Sequence: 7/6"]);
}

#[test]
fn the_text_is_shared_by_all_whoever_is_told_places() {
    let event = rendered(3, user_event("a"));
    let told = Arc::clone(event.told(ami::Dialect::V22).unwrap());
    let before = told.message.wire().to_owned();
    let (mut numbered, _) = logged_in("admin", "Sequence: on\n", ACCOUNTS);
    let (mut plain, _) = logged_in("admin", "", ACCOUNTS);
    assert!(
        numbered
            .hear(std::slice::from_ref(&event))
            .contains("Sequence: 7/3")
    );
    assert_eq!(plain.hear(std::slice::from_ref(&event)), before);
    assert_eq!(told.message.wire(), before);
}
