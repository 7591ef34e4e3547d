//! Clients that take events more slowly than they happen: closed, or told what is skipped.

use crate::client::{ACCOUNTS, Client, RUN, crlf, missed, node, rendered, user_event};
use manager::{Close, Input, Rendered};
use model::{DeviceState, Event, Seq};

const POLITE: &str = "
[skips]
secret = skips-secret
read = all
onlag = skip
keepclasses = call
[thins]
secret = thins-secret
read = all
onlag = coalesce
[drops]
secret = drops-secret
read = all
onlag = skip
";

/// A client that has stopped to take what is written, and how many events were written to it.
fn stopped(account: &str) -> (Client, u64) {
    let mut client = Client::connect(node(&format!("{ACCOUNTS}{POLITE}"), "", ""));
    let answer = client.login(account);
    assert!(answer.contains("accepted"), "{answer}");
    let mut seq = 0;
    while client.connection.listens() {
        seq += 1;
        let event = rendered(seq, user_event(&"x".repeat(1000)));
        client.connection.handle(client.now, Input::Event(&event));
    }
    (client, seq)
}

fn device(seq: u64, device: &str, state: DeviceState) -> Rendered {
    let device = device.into();
    rendered(seq, Event::DeviceStateChange { device, state })
}

#[test]
fn what_is_skipped_is_told_where_it_was_and_answers_keep_their_place() {
    let (mut client, seq) = stopped("skips");
    assert!(client.connection.skims());
    for event in [
        rendered(seq + 1, user_event("lost")),
        rendered(seq + 2, user_event("lost")),
        device(seq + 3, "PJSIP/kept", DeviceState::InUse),
        rendered(seq + 4, user_event("lost")),
    ] {
        client.connection.skim(client.now, &event);
    }
    assert_eq!(client.connection.take_skipped(), 3);
    let at = |seq: u64| RUN.at(Seq(seq));
    client
        .connection
        .handle(client.now, Input::Heard(at(seq + 4)));
    // It is patient with such a client.
    assert!(!client.connection.refused(client.now));
    let deadline = client.connection.deadline().unwrap();
    assert_eq!((deadline - client.now.since_start).as_secs(), 60);
    let written = client.pump();
    let gap = |from, to| {
        let (from, to) = (at(from), at(to));
        crlf(&format!(
            "Event: EventsMissed\nFrom: {from}\nTo: {to}\nReason: lag\n\n"
        ))
    };
    let end = [
        gap(seq + 1, seq + 2),
        crlf("Event: DeviceStateChange\nPrivilege: call,all\nDevice: PJSIP/kept\nState: INUSE\n\n"),
        gap(seq + 4, seq + 4),
    ];
    assert!(
        written.ends_with(&end.concat()),
        "{}",
        &written[written.len() - 600..]
    );
    assert!(client.connection.listens() && !client.connection.skims());
    assert!(
        client
            .hear(&[rendered(seq + 5, user_event("on"))])
            .contains("UserEvent: on")
    );
}

#[test]
fn of_the_states_of_a_thing_the_last_is_told() {
    let (mut client, seq) = stopped("thins");
    for (number, state) in [
        DeviceState::InUse,
        DeviceState::Ringing,
        DeviceState::NotInUse,
    ]
    .into_iter()
    .enumerate()
    {
        let event = device(seq + 1 + number as u64, "PJSIP/alice", state);
        client.connection.skim(client.now, &event);
    }
    client
        .connection
        .skim(client.now, &rendered(seq + 4, user_event("kept")));
    let written = client.pump();
    assert_eq!(written.matches("DeviceStateChange").count(), 1);
    let order = ["EventsMissed", "NOT_INUSE", "UserEvent: kept"].map(|text| written.find(text));
    assert!(order.is_sorted() && order[0].is_some(), "{order:?}");
}

#[test]
fn what_must_be_kept_and_cannot_ends_the_session() {
    let (mut client, seq) = stopped("skips");
    let mut number = seq;
    while client.connection.skims() {
        number += 1;
        assert!(number < seq + 5_000, "no bound");
        let event = device(number, "PJSIP/alice", DeviceState::InUse);
        client.connection.skim(client.now, &event);
    }
    client.pump();
    assert_eq!(client.closed, Some(Close::Lagged));
}

#[test]
fn who_lost_its_place_goes_on_only_if_it_may_lose_anything() {
    for (account, closed) in [("drops", None), ("skips", Some(Close::Lagged))] {
        let (mut client, _) = stopped(account);
        let written = client.handle(Input::Missed(missed(500, 600)));
        assert_eq!(client.closed, closed);
        assert_eq!(written.contains("From: 7/500"), closed.is_none());
    }
    // As ever, for who has not asked.
    let (client, _) = stopped("admin");
    assert!(!client.connection.skims());
}

#[test]
fn the_memory_for_all_bounds_each() {
    let node = std::sync::Arc::new(node(&format!("{ACCOUNTS}{POLITE}"), "", ""));
    let budget = std::sync::Arc::clone(&node.budget);
    let mut clients = Vec::new();
    for number in 0..400 {
        let mut client = Client::on(std::sync::Arc::clone(&node));
        client.login("admin");
        let event = rendered(1, user_event(&"x".repeat(8000)));
        while client.connection.listens() {
            client.connection.handle(client.now, Input::Event(&event));
        }
        clients.push(client);
        assert!(budget.taken() < (64 << 20) + 400 * 16_000, "{number}");
    }
    assert!(clients[0].connection.unsent().len() > 250_000);
    assert!(clients[399].connection.unsent().len() < 32_000);
    clients.clear();
    assert_eq!(budget.taken(), 0);
}
