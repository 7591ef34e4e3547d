//! Places in the order of events, for clients that ask for them; no byte more for those that do not.

use crate::client::{
    ACCOUNTS, Client, RUN, after, crlf, missed, node, peer, rendered, rendered_on, user_event,
};
use ami::{Frame, Message};
use manager::{Answer, Carrier, Input, Missed, Output, Request, Resumed, Session, Why};
use model::{DeviceState, Event, Mark, Reply, Seq, Token, Transport};
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
    let answer = Answer::Switch(Reply::Channels(model::ChannelList::default()));
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

/// What the node says of where the client goes on.
fn resumed(place: u64, missed: Option<Missed>) -> Answer {
    let place = RUN.at(Seq(place));
    Answer::Resumed(Resumed { place, missed })
}

const AT: Seq = Seq(0);

#[test]
fn a_login_goes_on_from_where_another_session_ended() {
    let (mut client, answer) = logged_in("admin", "Resume: 7/4\n", ACCOUNTS);
    assert_eq!(answer, "");
    let [Request::Resume(after)] = client.requests[..] else {
        panic!("{:?}", client.requests)
    };
    assert_eq!(after, RUN.at(Seq(4)));
    // Nothing comes before the answer.
    assert!(!client.connection.listens());
    let answer = resumed(4, None);
    assert_eq!(
        client.handle(Input::Answer { at: AT, answer }),
        crlf("Response: Success\nSequence: 7/4\nMessage: Authentication accepted\n\n")
    );
    assert!(client.connection.listens());
    let heard = client.hear(&[rendered(5, user_event("a"))]);
    assert!(heard.contains("Sequence: 7/5"));
}

#[test]
fn what_is_gone_is_told_first_and_whatever_the_client_hears() {
    let accounts =
        format!("{ACCOUNTS}[mute]\nsecret = mute-secret\nread = call\neventfilter = x\n");
    let (mut client, _) = logged_in("mute", "Events: off\nResume: 7/4\n", &accounts);
    let missed = Missed {
        why: Why::Expired,
        ..missed(5, 8)
    };
    let answer = resumed(8, Some(missed));
    assert_eq!(
        client.handle(Input::Answer { at: AT, answer }),
        crlf(
            "Response: Success\nSequence: 7/8\nMessage: Authentication accepted\n\n\
             Event: EventsMissed\nSequence: 7/8\nFrom: 7/5\nTo: 7/8\nReason: expired\n\n"
        )
    );
}

#[test]
fn a_session_goes_back_by_an_action() {
    let mut client = Client::of("admin");
    client.hear(&[rendered(1, user_event("a")), rendered(2, user_event("b"))]);
    let asked = "Action: Resume\nSequence: 7/0\nActionID: r\n\n";
    assert_eq!(
        client.ask(asked, resumed(0, None)),
        crlf("Response: Success\nActionID: r\nMessage: Events will follow\n\n")
    );
    // An answer that holds for a later event waits for it again.
    client.send("Action: CoreShowChannels\n\n");
    let answer = Answer::Switch(Reply::Channels(model::ChannelList::default()));
    let at = Seq(2);
    assert_eq!(client.handle(Input::Answer { at, answer }), "");
    let first = client.hear(&[rendered(1, user_event("a"))]);
    assert!(first.contains("UserEvent: a") && !first.contains("Response"));
    let second = client.hear(&[rendered(2, user_event("b"))]);
    assert!(second.find("UserEvent: b") < second.find("Response"));
}

#[test]
fn what_is_no_place_is_refused_by_the_action_and_unknown_to_the_login() {
    let mut client = Client::of("admin");
    for (sequence, text) in [("x", "Invalid sequence"), ("", "No sequence specified")] {
        let answer = client.send(&format!("Action: Resume\nSequence: {sequence}\n\n"));
        assert_eq!(
            answer,
            crlf(&format!("Response: Error\nMessage: {text}\n\n"))
        );
    }
    let (client, _) = logged_in("admin", "Resume: x\n", ACCOUNTS);
    let [Request::Resume(after)] = client.requests[..] else {
        panic!("{:?}", client.requests)
    };
    assert_eq!(after, Mark::default());
}

#[test]
fn over_requests_what_is_gone_is_told_in_its_place() {
    for (headers, told) in [
        (
            "Sequence: on\n",
            "Event: EventsMissed\nSequence: 7/3\nFrom: 7/1\nTo: 7/3\nReason: lag\n\n",
        ),
        ("", "Event: EventGap\nActionID: w\nMissed: 3\n\n"),
    ] {
        let mut session = Requests::login(headers);
        session.act("Action: WaitEvent\nActionID: w\n\n");
        session.0.handle(after(3.0), Input::Missed(missed(1, 3)));
        session.0.handle(after(3.0), Input::Heard(RUN.at(Seq(3))));
        let answer = session.answers();
        assert!(answer.contains(&crlf(told)), "{answer}");
    }
}

#[test]
fn a_snapshot_names_its_place_and_tells_what_the_client_may_hear() {
    let events = vec![
        Event::DeviceStateChange {
            device: "PJSIP/alice".into(),
            state: DeviceState::InUse,
        },
        Event::PeerStatus {
            peer: "PJSIP/bob".into(),
            reachable: true,
        },
    ];
    let mut client = Client::of("admin");
    client.hear(&[rendered(1, user_event("a"))]);
    client.send("Action: Snapshot\nActionID: s\n\n");
    let answer = Answer::Switch(Reply::Snapshot(events.clone()));
    let at = Seq(2);
    assert_eq!(client.handle(Input::Answer { at, answer }), "");
    assert_eq!(
        client.hear(&[rendered(2, user_event("b")), rendered(3, user_event("c"))]),
        crlf(
            "Event: UserEvent\nPrivilege: user,all\nUserEvent: b\n\n\
             Response: Success\nActionID: s\nSequence: 7/2\nEventList: start\nMessage: State will follow\n\n\
             Event: DeviceStateChange\nActionID: s\nPrivilege: call,all\nDevice: PJSIP/alice\nState: INUSE\n\n\
             Event: PeerStatus\nActionID: s\nPrivilege: system,all\nChannelType: PJSIP\nPeer: PJSIP/bob\nPeerStatus: Reachable\n\n\
             Event: SnapshotComplete\nActionID: s\nSequence: 7/2\nEventList: Complete\nListItems: 2\n\n\
             Event: UserEvent\nPrivilege: user,all\nUserEvent: c\n\n"
        )
    );
    // Who may hear of calls alone.
    let mut client = Client::of("calls");
    let told = client.ask_switch("Action: Snapshot\n\n", Reply::Snapshot(events));
    assert!(
        told.contains("DeviceStateChange") && !told.contains("PeerStatus"),
        "{told}"
    );
}

/// A session over requests.
struct Requests(Session);

impl Requests {
    fn login(headers: &str) -> Self {
        let node = Arc::new(node(ACCOUNTS, "", ""));
        let peer = peer("127.0.0.1:40000", Transport::Tcp);
        let mut session = Self(Session::new(after(2.0), Carrier::Requests, peer, node));
        session.act(&format!(
            "Action: Login\nUsername: admin\nSecret: admin-secret\n{headers}\n"
        ));
        let (granted, booted) = (true, false);
        let answer = Answer::Admitted { granted, booted };
        session
            .0
            .handle(after(2.0), Input::Answer { at: AT, answer });
        session.answers();
        session
    }

    fn act(&mut self, lines: &str) {
        let mut message = Message::new();
        lines
            .lines()
            .for_each(|line| message.push_line(line.as_bytes()));
        let frame = Frame::Message(message);
        let (token, patience) = (Token(1), None);
        self.0.handle(
            after(2.0),
            Input::Frame {
                token,
                frame,
                patience,
            },
        );
    }

    fn answers(&mut self) -> String {
        let mut text = String::new();
        while let Some(output) = self.0.poll() {
            if let Output::Answer { pieces, .. } = output {
                pieces.for_each(|piece| text += piece.message().wire());
            }
        }
        text
    }
}
