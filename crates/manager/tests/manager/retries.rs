//! `IdempotencyKey`: what is sent again is done once.

use crate::client::{ACCOUNTS, Client, crlf, node};
use conf::Memory;
use manager::{Answer, Close, Input, Node, Outcoming, Request, Retries, Settings};
use model::{Reply, Seq};
use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

const CALL: &str =
    "Action: Originate\nChannel: PJSIP/1\nContext: a\nExten: 1\nPriority: 1\nIdempotencyKey: k\n";

fn shared(retries: &Arc<Retries>) -> Node {
    Node {
        retries: Arc::clone(retries),
        ..node(ACCOUNTS, "", "")
    }
}

fn client(retries: &Arc<Retries>, account: &str) -> Client {
    let mut client = Client::connect(shared(retries));
    client.login(account);
    client
}

/// Answers the question whether the first has come to its end, if it has.
fn outcome(client: &mut Client) -> Option<String> {
    let Some(Request::Outcome(outcome)) = client.requests.pop() else {
        panic!("{:?}", client.requests);
    };
    let mut outcome: Outcoming = outcome;
    match Pin::new(&mut outcome).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(told) => {
            let (at, answer) = (Seq(0), Answer::Retold(told));
            Some(client.handle(Input::Answer { at, answer }))
        }
        Poll::Pending => {
            client.requests.push(Request::Outcome(outcome));
            None
        }
    }
}

#[test]
fn a_repeat_is_told_the_first_outcome_and_does_nothing() {
    let retries = Arc::default();
    let mut first = client(&retries, "admin");
    let told = first.ask_switch(&format!("{CALL}ActionID: 1\n\n"), Reply::Done);
    assert!(
        told.contains("ActionID: 1\r\nMessage: Originate successfully queued"),
        "{told}"
    );
    // Another connection of the same account, another ActionID.
    let mut second = client(&retries, "admin");
    assert_eq!(second.send(&format!("{CALL}ActionID: 2\n\n")), "");
    let told = outcome(&mut second).unwrap();
    let same = "Response: Success\nActionID: 2\nMessage: Originate successfully queued\n\n";
    assert_eq!(told, crlf(same));
    assert!(second.requests.is_empty(), "the switch is not asked");
    let other = second.send(&format!("{CALL}Variable: A=1\nActionID: 3\n\n"));
    assert!(
        other.contains("Error\r\nActionID: 3\r\nMessage: IdempotencyKey was used"),
        "{other}"
    );
}

#[test]
fn keys_of_others_and_of_what_changes_nothing_are_their_own() {
    let retries = Arc::default();
    let mut first = client(&retries, "admin");
    first.ask_switch(&format!("{CALL}\n"), Reply::Done);
    first.requests.clear();
    let mut other = client(&retries, "quiet");
    assert!(
        other
            .ask_switch(&format!("{CALL}\n"), Reply::Done)
            .contains("Success")
    );
    for _ in 0..2 {
        let answer = first.send("Action: Ping\nIdempotencyKey: k\n\n");
        assert!(answer.contains("Pong"), "{answer}");
    }
}

#[test]
fn a_repeat_waits_for_the_first_even_when_its_client_is_gone() {
    let retries = Arc::default();
    let mut first = client(&retries, "admin");
    first.send(&format!("{CALL}\n"));
    let mut second = client(&retries, "admin");
    second.send(&format!("{CALL}\n"));
    assert_eq!(outcome(&mut second), None);
    first.handle(Input::End(Close::Disconnected));
    assert!(first.connection.session().owes());
    assert_eq!(outcome(&mut second), None);
    let (at, answer) = (Seq(0), Answer::Switch(Reply::Done));
    first.handle(Input::Answer { at, answer });
    assert!(!first.connection.session().owes());
    assert!(
        outcome(&mut second)
            .unwrap()
            .contains("successfully queued")
    );
}

#[test]
fn what_nobody_can_know_is_said_and_not_done_again() {
    let retries = Arc::default();
    let mut first = client(&retries, "admin");
    first.send(&format!("{CALL}\n"));
    drop(first);
    let mut second = client(&retries, "admin");
    second.send(&format!("{CALL}\n"));
    assert!(
        outcome(&mut second)
            .unwrap()
            .contains("what came of it is not known")
    );
}

#[test]
fn what_was_refused_for_its_rate_can_be_sent_again() {
    let source = Memory::default().with(
        "manager.conf",
        "[a]\nsecret = a-secret\nread = user\nwrite = user\nallow = UserEvent rate=1/s\n",
    );
    let config = conf::load(&source, "manager.conf").unwrap();
    let files = manager::Files {
        manager: Some(&config),
        ..manager::Files::default()
    };
    let mut node = node(ACCOUNTS, "", "");
    node.settings = Settings::read(files, &mut Vec::new()).into();
    let mut client = Client::connect(node);
    client.login("a");
    let event = |key| format!("Action: UserEvent\nUserEvent: x\nIdempotencyKey: {key}\n\n");
    assert!(client.send(&event("1")).contains("Event Sent"));
    assert!(client.send(&event("2")).contains("Permission denied"));
    client.wait(1.0);
    assert!(client.send(&event("2")).contains("Event Sent"));
    assert_eq!(client.send(&event("1")), "");
    assert!(
        outcome(&mut client).unwrap().contains("Event Sent"),
        "a repeat costs nothing"
    );
    let long = "k".repeat(129);
    assert!(client.send(&event(&long)).contains("longer than 128 bytes"));
}
