//! Who hears which events, and in what order with answers: ami-server.md 4.

use crate::client::{ACCOUNTS, Client, RUN, crlf, node, rendered, rendered_on, user_event};
use manager::{Answer, Effect, Input, Request};
use model::{DeviceState, Event, Reply, Seq};

fn user(name: &str) -> String {
    crlf(&format!(
        "Event: UserEvent\nPrivilege: user,all\nUserEvent: {name}\n\n"
    ))
}

fn device() -> Event {
    Event::DeviceStateChange {
        device: "PJSIP/alice".into(),
        state: DeviceState::InUse,
    }
}

#[test]
fn an_event_is_told_to_who_may_and_wants_to_hear_it() {
    let events = [rendered(1, user_event("one")), rendered(2, device())];
    let call =
        "Event: DeviceStateChange\nPrivilege: call,all\nDevice: PJSIP/alice\nState: INUSE\n\n";
    assert_eq!(Client::of("admin").hear(&events), user("one") + &crlf(call));
    assert_eq!(Client::of("calls").hear(&events), crlf(call));
    assert_eq!(Client::of("quiet").hear(&events), "");
    let mut client = Client::of("calls");
    client.send("Action: Events\nEventMask: user,call\n\n");
    assert_eq!(client.hear(&events), crlf(call));
    client.send("Action: Events\nEventMask: off\n\n");
    assert_eq!(client.hear(&events), "");
}

#[test]
fn masks_are_answered_by_what_they_ask_for() {
    let mut client = Client::of("quiet");
    for (mask, answer) in [
        ("on", "Response: Success\nEvents: On\n\n"),
        ("call", "Response: Success\nEvents: On\n\n"),
        ("1", "Response: Success\nEvents: On\n\n"),
        ("off", "Response: Success\nEvents: Off\n\n"),
        ("0", "Response: Success\nEvents: Off\n\n"),
        ("-1", "Response: Success\nEvents: Off\n\n"),
        ("", "Response: Error\nMessage: Invalid event mask\n\n"),
    ] {
        let action = format!("Action: Events\nEventMask: {mask}\n\n");
        assert_eq!(client.send(&action), crlf(answer), "{mask}");
    }
}

#[test]
fn brokeneventsaction_is_silent_where_it_was() {
    let accounts = format!("[general]\nbrokeneventsaction = yes\n{ACCOUNTS}");
    let mut client = Client::connect(node(
        &accounts.replace("[general]\nenabled = yes\n", ""),
        "",
        "",
    ));
    client.login("admin");
    assert_eq!(client.send("Action: Events\nEventMask: on\n\n"), "");
    assert_eq!(client.send("Action: Events\n\n"), "");
    assert!(
        client
            .send("Action: Events\nEventMask: call\n\n")
            .contains("Events: On")
    );
    assert!(
        client
            .send("Action: Events\nEventMask: off\n\n")
            .contains("Events: Off")
    );
    assert!(client.send("Action: Ping\n\n").contains("Pong"));
}

#[test]
fn filters_of_the_account_and_of_the_session_keep_events_away() {
    let accounts = "[admin]\nsecret = admin-secret\nread = all\nwrite = all\neventfilter = !UserEvent: Secret\n";
    let mut client = Client::connect(node(accounts, "", ""));
    client.login("admin");
    let events: Vec<_> = ["Secret", "Open", "Own"]
        .iter()
        .enumerate()
        .map(|(number, name)| rendered(number as u64 + 1, user_event(name)))
        .collect();
    assert_eq!(client.hear(&events), user("Open") + &user("Own"));
    let mut add = |filter: &str| client.send(&format!("Action: Filter\nActionID: f\n{filter}\n\n"));
    let wrong = |text: &str| {
        crlf(&format!(
            "Response: Error\nActionID: f\nMessage: {text}\n\n"
        ))
    };
    assert_eq!(
        add("Operation: Remove\nFilter: x"),
        wrong("Unknown operation")
    );
    let format = "Filter was formatted incorrectly.  Check the syntax of the filter given.";
    assert_eq!(add("Operation: Add"), wrong(format));
    assert_eq!(
        add("Operation: Add\nMatchCriteria: name\nFilter: x"),
        wrong(format)
    );
    let compile = "Filter did not compile.  Check the syntax of the filter given.";
    assert_eq!(add("Operation: Add\nFilter: ["), wrong(compile));
    let added = crlf("Response: Success\nActionID: f\nMessage: Success\n\n");
    assert_eq!(add("Operation: add\nFilter: !Own"), added);
    assert_eq!(
        add("Operation: Add\nMatchCriteria: name(UserEvent))"),
        added
    );
    assert_eq!(client.hear(&events), user("Open"));
}

#[test]
fn an_answer_stands_where_its_number_puts_it() {
    let mut client = Client::of("admin");
    assert_eq!(client.send("Action: Getvar\nVariable: X\n\n"), "");
    assert!(
        !client.connection.listens(),
        "events wait while others are asked"
    );
    let answer = Answer::Switch(Reply::Value("1".into()));
    assert_eq!(client.handle(Input::Answer { at: Seq(2), answer }), "");
    assert!(client.connection.listens());
    let events: Vec<_> = (1..=3)
        .map(|number| rendered(number, user_event(&number.to_string())))
        .collect();
    let mut written = String::new();
    for event in &events {
        written += &client.handle(Input::Event(event));
    }
    let value = crlf("Response: Success\nVariable: X\nValue: 1\n\n");
    assert_eq!(written, user("1") + &user("2") + &value + &user("3"));
}

#[test]
fn an_answer_does_not_wait_for_events_that_do_not_come() {
    let mut client = Client::of("admin");
    client.send("Action: Getvar\nVariable: X\n\n");
    let answer = Answer::Switch(Reply::Value("1".into()));
    assert_eq!(client.handle(Input::Answer { at: Seq(2), answer }), "");
    assert_eq!(client.handle(Input::Heard(RUN.at(Seq(1)))), "");
    assert_ne!(client.handle(Input::Heard(RUN.at(Seq(2)))), "");
}

#[test]
fn wait_event_ends_with_an_event_with_time_or_with_anything_sent() {
    let start = |id: &str| {
        crlf(&format!(
            "Response: Success\nActionID: {id}\nMessage: Waiting for Event completed.\n\n"
        ))
    };
    let end = |id: &str| crlf(&format!("Event: WaitEventComplete\nActionID: {id}\n\n"));
    let mut client = Client::of("admin");
    assert_eq!(
        client.send("Action: WaitEvent\nTimeout: 5\nActionID: w\n\n"),
        ""
    );
    assert_eq!(
        client.hear(&[rendered(1, user_event("one"))]),
        start("w") + &user("one") + &end("w")
    );
    assert_eq!(client.hear(&[rendered(2, user_event("two"))]), user("two"));

    assert_eq!(
        client.send("Action: WaitEvent\nTimeout: 5\nActionID: w\n\n"),
        ""
    );
    assert_eq!(client.wait(4.9), "");
    assert_eq!(client.wait(0.1), start("w") + &end("w"));

    assert_eq!(
        client.send("Action: WaitEvent\nTimeout: -1\nActionID: w\n\n"),
        ""
    );
    let written = client.send("Action: Ping\n\n");
    assert!(
        written.starts_with(&(start("w") + &end("w"))) && written.contains("Pong"),
        "{written}"
    );

    let written = client.send("Action: WaitEvent\nActionID: w\n\nAction: Ping\n\n");
    assert!(
        written.starts_with(&(start("w") + &end("w"))) && written.contains("Pong"),
        "{written}"
    );
    assert_eq!(
        client.send("Action: WaitEvent\nTimeout: 0\nActionID: w\n\n"),
        ""
    );
    assert_eq!(
        client.handle(Input::Heard(RUN.at(Seq(2)))),
        start("w") + &end("w")
    );
}

#[test]
fn a_user_event_is_told_to_all_with_its_headers_in_order() {
    let mut client = Client::of("admin");
    let answer = client.send(
        "Header3: three\nAction: UserEvent\nHeader1: one\nActionID: u\nUserEvent: Odd order\n\
         Header2: two\nHeader2: twice\nEmpty:\nColon: a:b: c\nEvent: Forged\n\n",
    );
    assert_eq!(
        answer,
        crlf("Response: Success\nActionID: u\nMessage: Event Sent\n\n")
    );
    let event = client.notices.pop().unwrap();
    assert_eq!(
        client.hear(&[rendered(1, event)]),
        crlf(
            "Event: UserEvent\nPrivilege: user,all\nUserEvent: Odd order\nHeader3: three\nHeader1: one\n\
             ActionID: u\nHeader2: two\nHeader2: twice\nEmpty: \nColon: a:b: c\n\n"
        )
    );
    let answer = Client::of("calls").send("Action: UserEvent\nActionID: u\n\n");
    assert_eq!(
        answer,
        crlf("Response: Error\nActionID: u\nMessage: Permission denied\n\n")
    );
}

#[test]
fn events_of_a_client_come_before_the_answer_to_what_it_asks_next() {
    let mut client = Client::of("admin");
    let mut connection = client.connection;
    let event = "Action: UserEvent\nUserEvent: x\n\n";
    let actions = format!("{event}{event}Action: Ping\n\n");
    connection.received(client.now, crlf(&actions).as_bytes());
    let sent = String::from_utf8(connection.unsent().to_vec()).unwrap();
    assert_eq!(sent.matches("Event Sent").count(), 2);
    assert!(!sent.contains("Pong"));
    let effects: Vec<_> = std::iter::from_fn(|| connection.poll()).collect();
    let [
        Effect::Notice(one),
        Effect::Notice(two),
        Effect::Ask(Request::Settle),
    ] = &effects[..]
    else {
        panic!("{effects:?}")
    };
    let answer = Answer::Settled;
    connection.handle(client.now, Input::Answer { at: Seq(2), answer });
    assert!(connection.listens());
    for (seq, event) in [(1, one), (2, two)] {
        connection.handle(client.now, Input::Event(&rendered(seq, event.clone())));
    }
    connection.handle(client.now, Input::Heard(RUN.at(Seq(2))));
    client.connection = connection;
    let written = client.pump();
    assert!(
        written.rfind("Event: UserEvent") < written.find("Pong"),
        "{written}"
    );
    assert!(written.contains("Pong"));
    // Who does not hear them need not wait for them.
    let mut client = Client::of("quiet");
    assert!(client.send(&actions).contains("Pong"));
    assert!(client.requests.is_empty());
}

#[test]
fn the_node_decides_what_every_event_tells() {
    let mut node = node(
        "[general]\ntimestampevents = yes\ndebug = yes\ndisabledevents = DeviceStateChange\n",
        "",
        "",
    );
    node.system_name = "lab".into();
    let told = rendered_on(9, user_event("x"), &node);
    assert_eq!(
        told.told(ami::Dialect::V22).unwrap().message.wire(),
        crlf(
            "Event: UserEvent\nPrivilege: user,all\nTimestamp: 1767225601.500000\nSequenceNumber: 9\n\
             SystemName: lab\nUserEvent: x\n\n"
        )
    );
    assert!(
        rendered_on(9, device(), &node)
            .told(ami::Dialect::V22)
            .is_none()
    );
}
