//! Rules of the wire that clients rely on: ami-server.md 1, and segments.

use crate::client::{ACCOUNTS, Client, after, crlf, node, peer, rendered, user_event};
use manager::{Close, Connection, Effect, Input};
use model::Transport;

const PONG: &str = "Response: Success\nActionID: 7\nPing: Pong\nTimestamp: 1767225602.000000\n\n";

fn error(id: &str, text: &str) -> String {
    crlf(&format!(
        "Response: Error\nActionID: {id}\nMessage: {text}\n\n"
    ))
}

#[test]
fn the_banner_is_one_line_and_the_answer_to_login_a_segment_of_its_own() {
    let mut connection = Connection::new(
        after(2.0),
        peer("127.0.0.1:1", Transport::Tcp),
        node(ACCOUNTS, "", "").into(),
    );
    assert_eq!(connection.unsent(), b"Asterisk Call Manager/11.0.0\r\n");
    // A client that does not wait for it gets it alone all the same.
    connection.received(after(2.0), b"Action: Challenge\r\nAuthType: MD5\r\n\r\n");
    assert_eq!(connection.unsent(), b"Asterisk Call Manager/11.0.0\r\n");
    connection.sent(after(2.0), 30);
    let challenge = connection.unsent().len();
    connection.sent(after(2.0), challenge);
    connection.received(
        after(2.0),
        b"Action: Login\r\nUsername: admin\r\nSecret: admin-secret\r\n\r\n",
    );
    let asked = std::iter::from_fn(|| connection.poll()).last();
    assert!(matches!(asked, Some(Effect::Ask(_))), "{asked:?}");
    let answer = manager::Answer::Admitted {
        granted: true,
        booted: true,
    };
    connection.handle(
        after(2.0),
        Input::Answer {
            at: model::Seq(0),
            answer,
        },
    );
    let accepted = b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n";
    assert_eq!(connection.unsent(), accepted);
    connection.sent(after(2.0), accepted.len());
    assert!(connection.unsent().starts_with(b"Event: FullyBooted\r\n"));
}

#[test]
fn names_are_read_in_any_case_and_order_and_ids_told_again_as_they_are() {
    let mut client = Client::of("admin");
    assert_eq!(
        client.send("actionid: 7\nX-Unknown: 1\nACTION: ping\n\n"),
        crlf(PONG)
    );
    assert_eq!(client.raw(b"Action:Ping\nActionID:7\n\n"), crlf(PONG));
    assert_eq!(
        client.send("Action: Ping\nAction: CoreStatus\nActionID: 7\n\n"),
        crlf(PONG)
    );
    for id in ["7 ", "<a&b>", "é", "a:b: c", &"x".repeat(1000)] {
        let answer = client.send(&format!("Action: Ping\nActionID: {id}\n\n"));
        assert!(
            answer.contains(&format!("\r\nActionID: {id}\r\nPing: Pong\r\n")),
            "{answer}"
        );
    }
    assert!(!client.send("Action: Ping\n\n").contains("ActionID"));
    assert!(
        !client
            .send("Action: Ping\nActionID:\nActionID: late\n\n")
            .contains("ActionID")
    );
}

/// Nobody says in which character set a client writes.
#[test]
fn bytes_that_are_no_text_are_told_again_as_they_are() {
    let has = |written: &[u8], line: &[u8]| written.windows(line.len()).any(|part| part == line);
    let mut client = Client::of("admin");
    let mut ask = |bytes: &[u8]| {
        client.connection.received(client.now, bytes);
        client.pump_bytes()
    };
    let pong = ask(b"Action: Ping\nActionID: M\xfcller \xff\n\n");
    assert!(has(
        &pong,
        b"\r\nActionID: M\xfcller \xff\r\nPing: Pong\r\n"
    ));
    // What stands for them inside is no way to send others.
    let sent = "Action: Ping\nActionID: \u{10FF8D}\u{10FF8A}\n\n";
    let pong = ask(sent.as_bytes());
    assert!(has(&pong, "ActionID: \u{10FF8D}\u{10FF8A}\r\n".as_bytes()));

    let mut client = Client::of("admin");
    client
        .connection
        .received(client.now, b"Action: CoreShowChannels\nActionID: \xe9\n\n");
    assert_eq!(client.pump_bytes(), b"");
    let channels = [crate::actions::channel("Local/x")].into_iter().collect();
    let answer = manager::Answer::Switch(model::Reply::Channels(channels));
    let at = model::Seq(0);
    client
        .connection
        .handle(client.now, manager::Input::Answer { at, answer });
    let told = client.pump_bytes();
    let ids = told
        .windows(13)
        .filter(|part| part == b"ActionID: \xe9\r\n");
    assert_eq!(ids.count(), 3);
}

#[test]
fn events_tell_such_bytes_too() {
    let mut author = Client::of("admin");
    let said = b"Action: UserEvent\nUserEvent: x\nName: M\xfcller\n\n";
    author.connection.received(author.now, said);
    author.pump_bytes();
    let event = author.notices.pop().unwrap();
    for login in ["", "Sequence: yes\n"] {
        let mut reader = Client::connect(crate::client::node(crate::client::ACCOUNTS, "", ""));
        reader.send(&format!(
            "Action: Login\nUsername: admin\nSecret: admin-secret\n{login}\n"
        ));
        let rendered = crate::client::rendered(1, event.clone());
        reader
            .connection
            .handle(reader.now, manager::Input::Event(&rendered));
        reader
            .connection
            .handle(reader.now, manager::Input::Heard(rendered.mark()));
        let told = reader.pump_bytes();
        let line = b"\r\nName: M\xfcller\r\n";
        assert!(told.windows(line.len()).any(|part| part == line), "{login}");
    }
}

#[test]
fn lists_have_their_frames_and_no_id_that_was_not_sent() {
    for id in ["", "ActionID: 7\n"] {
        let mut client = Client::of("admin");
        let list = [crate::actions::channel("Local/a-1;1")];
        let list = model::Reply::Channels(list.into_iter().collect());
        let told = client.ask_switch(&format!("Action: CoreShowChannels\n{id}\n"), list);
        let id = crlf(id);
        assert!(
            told.starts_with(&format!(
                "Response: Success\r\n{id}EventList: start\r\nMessage: "
            )),
            "{told}"
        );
        assert!(
            told.contains(&format!("\r\n\r\nEvent: CoreShowChannel\r\n{id}Channel: ")),
            "{told}"
        );
        let end = format!(
            "Event: CoreShowChannelsComplete\r\n{id}EventList: Complete\r\nListItems: 1\r\n\r\n"
        );
        assert!(told.ends_with(&end), "{told}");
        assert_eq!(told.contains("ActionID"), !id.is_empty());
    }
}

/// A client whose answer has 1,000 rows, of which the first have been put in words.
fn listing_a_thousand() -> Client {
    let mut client = Client::of("admin");
    client.send("Action: CoreShowChannels\n\n");
    let name = |number: u64| crate::legacy::numbered(number, "Local/a-1;1", "");
    let list: model::ChannelList = (1..=1000).map(name).collect();
    let answer = manager::Answer::Switch(model::Reply::Channels(list));
    let at = model::Seq(0);
    let told = Input::Answer { at, answer };
    client.connection.handle(client.now, told);
    client
}

#[test]
fn a_long_list_is_put_in_words_by_parts_and_written_in_large_pieces() {
    let mut client = listing_a_thousand();
    let connection = &mut client.connection;
    let (mut parts, mut pieces) = (0, Vec::new());
    loop {
        if let Some(mut listing) = connection.take_listing() {
            assert!(connection.take_listing().is_none(), "it is taken");
            listing.write_on();
            connection.give_listing(client.now, listing);
            parts += 1;
        }
        let unsent = connection.unsent();
        let unsent = unsent.get(..64 * 1024).unwrap_or(unsent).to_vec();
        if unsent.is_empty() {
            break;
        }
        connection.sent(client.now, unsent.len());
        pieces.push(unsent);
    }
    let size: usize = pieces.iter().map(Vec::len).sum();
    assert_eq!(parts, size.div_ceil(256 * 1024), "of {size} bytes");
    let last = pieces.pop().unwrap();
    assert!(pieces.iter().all(|piece| piece.len() == 64 * 1024));
    let told = String::from_utf8([pieces.concat(), last].concat()).unwrap();
    assert_eq!(told.matches("Event: CoreShowChannel\r\n").count(), 1000);
    assert!(told.ends_with("ListItems: 1000\r\n\r\n"));
}

#[test]
fn what_is_left_of_a_list_is_dropped_where_the_client_is_gone() {
    let mut client = listing_a_thousand();
    let connection = &mut client.connection;
    let mut listing = connection.take_listing().unwrap();
    connection.handle(client.now, Input::End(manager::Close::Disconnected));
    listing.write_on();
    connection.give_listing(client.now, listing);
    assert!(connection.unsent().is_empty() && connection.take_listing().is_none());
}

#[test]
fn what_cannot_be_read_is_an_error_and_the_connection_goes_on() {
    let mut client = Client::of("admin");
    assert_eq!(
        client.send("\n"),
        crlf("Response: Error\nMessage: Missing action in request\n\n")
    );
    assert_eq!(
        client.send("ActionID: 1\n\n"),
        error("1", "Missing action in request")
    );
    assert_eq!(
        client.send("Action : Ping\nActionID: 1\n\n"),
        error("1", "Missing action in request")
    );
    let long = format!("Action: Ping\nActionID: 1\nX: {}\n\n", "x".repeat(3000));
    assert_eq!(
        client.send(&long),
        error("1", "Failed to parse message: line too long")
    );
    let many = format!("Action: Ping\nActionID: 1\n{}\n", "A: b\n".repeat(127));
    let text = "Too many lines in message or allocation failure";
    assert_eq!(client.send(&many), error("1", text));
    let unknown =
        "Invalid/unknown command: Ping . Use Action: ListCommands to show available commands.";
    assert_eq!(
        client.send("Action: Ping \nActionID: 1\n\n"),
        error("1", unknown)
    );
    assert_eq!(
        client.security()[0],
        "RequestBadFormat { request: \"Action: NONE\" } admin"
    );
    assert_eq!(
        client.security()[3],
        "RequestBadFormat { request: \"Action: Ping \" } admin"
    );
    assert_eq!(client.send("Action: Ping\nActionID: 7\n\n"), crlf(PONG));
}

#[test]
fn no_value_can_begin_a_header() {
    let mut client = Client::of("admin");
    let answer = client.raw(b"Action: Ping\r\nActionID: a\rEvent: Forged\0\r\n\r\n");
    assert_eq!(
        answer,
        crlf(
            "Response: Success\nActionID: aEvent: Forged\nPing: Pong\nTimestamp: 1767225602.000000\n\n"
        )
    );
}

#[test]
fn actions_sent_before_login_is_answered_do_no_harm() {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    let answer = client.send(
        "Action: Login\nUsername: admin\nSecret: admin-secret\nActionID: 1\n\n\
         Action: Ping\nActionID: 7\n\nAction: Logoff\nActionID: 3\n\nAction: Ping\n\n",
    );
    let ids: Vec<_> = answer.matches("ActionID: ").collect();
    assert_eq!(ids.len(), 3, "{answer}");
    assert!(answer.ends_with(&crlf("ActionID: 3\nMessage: Thanks for all the fish.\n\n")));
    assert_eq!(client.closed, Some(Close::LoggedOff));
}

#[test]
fn one_action_is_served_at_a_time_and_input_is_bounded() {
    let mut client = Client::of("admin");
    assert_eq!(
        client.send("Action: Command\nCommand: core show uptime\n\n"),
        ""
    );
    assert_eq!(client.send("Action: Ping\nActionID: 7\n\n"), "");
    assert!(client.connection.wants_bytes());
    client.send(&"Action: Ping\n\n".repeat(1200));
    assert!(!client.connection.wants_bytes());
    let report = manager::ConsoleReport {
        success: true,
        output: "up\n".into(),
    };
    let answer = manager::Answer::Console(report);
    let written = client.handle(Input::Answer {
        at: model::Seq(0),
        answer,
    });
    assert!(
        written.starts_with(
            "Response: Success\r\nMessage: Command output follows\r\nOutput: up\r\n\r\n"
        )
    );
    assert_eq!(written.matches("Pong").count(), 1201);
    assert!(client.connection.wants_bytes());
}

#[test]
fn who_takes_nothing_is_disconnected_within_a_bound() {
    let mut client = Client::of("admin");
    let event = rendered(1, user_event(&"x".repeat(1000)));
    let mut given = 0;
    while client.connection.listens() {
        client.connection.handle(client.now, Input::Event(&event));
        given += 1;
        assert!(given < 1000, "no bound");
    }
    assert!(client.connection.unsent().len() < 300_000);
    // Only who is offered something can take nothing.
    assert_eq!(client.connection.deadline(), None);
    assert!(!client.connection.refused(client.now));
    let deadline = client.connection.deadline().unwrap();
    assert_eq!((deadline - client.now.since_start).as_millis(), 100);
    client.connection.sent(after(2.05), 10);
    assert!(!client.connection.refused(after(2.05)));
    client.connection.handle(after(2.14), Input::Time);
    assert!(!client.connection.refused(after(2.14)));
    assert!(client.connection.listens() || !client.connection.unsent().is_empty());
    assert!(client.connection.refused(after(2.15)));
    assert!(client.connection.unsent().is_empty());
    client.pump();
    assert_eq!(client.closed, Some(Close::WriteTimeout));
}

#[test]
fn who_loses_events_is_disconnected() {
    let mut client = Client::of("admin");
    client.handle(Input::Missed(crate::client::missed(1, 3)));
    assert_eq!(client.closed, Some(Close::Lagged));
    assert_eq!(
        client.logged(),
        ["Manager 'admin' logged off from 127.0.0.1"]
    );
}

#[test]
fn an_idle_connection_is_small() {
    let client = Client::of("admin");
    assert!(std::mem::size_of_val(&client.connection) < 1024);
}
