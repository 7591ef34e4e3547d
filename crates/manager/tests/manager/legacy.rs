//! What clients made for release 1.8 are told: ami-server.md 14, and the transcripts of the chapter
//! on the manager interface in its edition for that release.

use crate::actions::{action, channel};
use crate::client::{Client, after, crlf, node};
use manager::{Answer, ConsoleReport, Memory, Rendered, Style};
use model::{
    BridgeId, BridgeSnapshot, Cause, ChannelId, ChannelSnapshot, ChannelState, ContactFact,
    ContactState, DialStatus, Event, Party, Record, Reply, Seq, Statuses,
};
use std::sync::Arc;
use std::time::Duration;

const ACCOUNTS: &str =
    "[general]\ndialect = 1.8\n[hello]\nsecret = world\nread = all\nwrite = all\n";

/// A client as in the chapter's quick start.
fn hello() -> Client {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    client.send("Action: Login\nUsername: hello\nSecret: world\nEvents: off\n\n");
    client.send("Action: Events\nEventMask: on\n\n");
    client
}

/// What such a client is told of these events.
fn told(events: Vec<Event>) -> String {
    let mut client = hello();
    let node = node(ACCOUNTS, "", "");
    let mut memory = Memory::default();
    let mut seq = 0;
    let rendered: Vec<_> = events
        .into_iter()
        .map(|event| {
            seq += 1;
            let recalled = memory.note(&event);
            let record = Record {
                seq: Seq(seq),
                at: after(1.0).utc,
                event,
            };
            Rendered::new(&record, &recalled, &Style::of(&node))
        })
        .collect();
    client.hear(&rendered)
}

pub(crate) fn numbered(number: u64, name: &str, caller: &str) -> Arc<ChannelSnapshot> {
    Arc::new(ChannelSnapshot {
        id: ChannelId(number),
        uniqueid: format!("1.{number}").into(),
        caller: Party::parse(caller),
        ..ChannelSnapshot::clone(&channel(name))
    })
}

fn bridge(channels: usize) -> Arc<BridgeSnapshot> {
    Arc::new(BridgeSnapshot {
        id: BridgeId(1),
        uniqueid: "b".into(),
        kind: "basic".into(),
        technology: "simple_bridge".into(),
        creator: None,
        name: None,
        created: jiff::Timestamp::UNIX_EPOCH,
        channels,
    })
}

#[test]
fn the_quick_start_of_the_chapter_comes_out_to_the_letter() {
    let mut client = Client::connect(node(
        "[general]\ndialect = 1.8\n[hello]\nsecret=world\n",
        "",
        "",
    ));
    assert_eq!(
        client.send("Action: Login\nUsername: hello\nSecret: world\n\n"),
        crlf("Response: Success\nMessage: Authentication accepted\n\n")
    );
    assert_eq!(
        client.send("Action: Ping\n\n"),
        crlf("Response: Success\nPing: Pong\nTimestamp: 1767225602.000000\n\n")
    );
    assert_eq!(
        client.send("Action: Logoff\n\n"),
        crlf("Response: Goodbye\nMessage: Thanks for all the fish.\n\n")
    );
}

#[test]
fn the_banner_and_the_boot_are_told_as_then() {
    let connection = manager::Connection::new(
        after(2.0),
        crate::client::peer("127.0.0.1:1", model::Transport::Tcp),
        node(ACCOUNTS, "", "").into(),
    );
    assert_eq!(connection.unsent(), b"Asterisk Call Manager/1.1\r\n");
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    let answer = client.send("Action: Login\nUsername: hello\nSecret: world\n\n");
    let booted = "Event: FullyBooted\nPrivilege: system,all\nStatus: Fully Booted\n\n";
    assert!(answer.ends_with(&crlf(booted)), "{answer}");
}

#[test]
fn dialects_are_chosen_by_account_and_banners_by_listener() {
    let mixed = "[general]\ntlsdialect = 1.8\n[new]\nsecret = new-secret\n[old]\nsecret = old-secret\ndialect = 1.8\n";
    let banner = |transport| {
        let peer = crate::client::peer("127.0.0.1:1", transport);
        let connection = manager::Connection::new(after(2.0), peer, node(mixed, "", "").into());
        String::from_utf8(connection.unsent().to_vec()).unwrap()
    };
    assert_eq!(
        banner(model::Transport::Tcp),
        "Asterisk Call Manager/11.0.0\r\n"
    );
    assert_eq!(
        banner(model::Transport::Tls),
        "Asterisk Call Manager/1.1\r\n"
    );
    for (account, dialect) in [("new", ami::Dialect::V22), ("old", ami::Dialect::V1_8)] {
        let mut client = Client::connect(node(mixed, "", ""));
        client.login(account);
        assert_eq!(client.connection.session().dialect(), dialect);
    }
}

#[test]
fn the_hangup_of_the_chapter_comes_out_to_the_letter() {
    let mut channel = ChannelSnapshot::clone(&numbered(
        0,
        "SIP/0004F2060EB4-00000000",
        "Russell Bryant <2565551212>",
    ));
    channel.uniqueid = "1283174108.0".into();
    channel.cause = Some(Cause::NORMAL_CLEARING);
    assert_eq!(
        told(vec![Event::Hangup {
            channel: channel.into()
        }]),
        crlf(
            "Event: Hangup\nPrivilege: call,all\nChannel: SIP/0004F2060EB4-00000000\nUniqueid: 1283174108.0\n\
             CallerIDNum: 2565551212\nCallerIDName: Russell Bryant\nCause: 16\nCause-txt: Normal Clearing\n\n"
        )
    );
}

#[test]
fn the_registration_of_the_chapter_comes_out_but_for_the_technology() {
    let fact = |state| {
        Event::ContactStatus(ContactFact {
            endpoint: "0000FFFF0004".into(),
            aor: "0000FFFF0004".into(),
            uri: "sip:0000FFFF0004@172.16.0.160:5060;line=1".into(),
            state,
            round_trip: None,
            usable: 1,
        })
    };
    let reachable = Event::PeerStatus {
        peer: "PJSIP/0000FFFF0004".into(),
        reachable: true,
    };
    assert_eq!(
        told(vec![
            fact(ContactState::NonQualified),
            reachable,
            fact(ContactState::Removed)
        ]),
        crlf(
            "Event: PeerStatus\nPrivilege: system,all\nChannelType: PJSIP\nPeer: PJSIP/0000FFFF0004\n\
             PeerStatus: Registered\nAddress: 172.16.0.160:5060\n\n\
             Event: PeerStatus\nPrivilege: system,all\nChannelType: PJSIP\nPeer: PJSIP/0000FFFF0004\n\
             PeerStatus: Unregistered\n\n"
        )
    );
}

#[test]
fn commands_are_answered_with_their_output_as_it_is() {
    let report = |output: &str| {
        Answer::Console(ConsoleReport {
            success: true,
            output: output.into(),
        })
    };
    assert_eq!(
        hello().ask(
            &action("Command", "Command: core show x\n"),
            report("one: 1\n\ntwo\n")
        ),
        "Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\none: 1\n\ntwo\n--END COMMAND--\r\n\r\n"
    );
    assert_eq!(
        hello().ask(
            &action("Command", "Command: core show version\n"),
            report("Asterisk 22.8.0 on a machine\n")
        ),
        "Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\nAsterisk 1.8.32 on a machine\n--END COMMAND--\r\n\r\n"
    );
}

#[test]
fn a_call_is_told_in_the_words_of_then() {
    let (a, b) = (numbered(1, "SIP/a-1", "101"), numbered(2, "SIP/b-1", "102"));
    let dial = Event::DialBegin {
        caller: Some(a.clone()),
        dest: b.clone(),
        dial_string: "b".into(),
    };
    let end = Event::DialEnd {
        caller: Some(a.clone()),
        dest: b.clone(),
        status: DialStatus::Answer,
        forward: None,
    };
    let enter = |channels, channel: &Arc<ChannelSnapshot>| Event::BridgeEnter {
        bridge: bridge(channels),
        channel: channel.clone(),
        swap: None,
    };
    let leave = |channels, channel: &Arc<ChannelSnapshot>| Event::BridgeLeave {
        bridge: bridge(channels),
        channel: channel.clone(),
    };
    let ringing = Event::DialState {
        caller: Some(a.clone()),
        dest: b.clone(),
        status: DialStatus::Ringing,
    };
    assert_eq!(
        told(vec![
            dial,
            ringing,
            end,
            enter(1, &a),
            enter(2, &b),
            leave(1, &b),
            leave(0, &a)
        ]),
        crlf(
            "Event: Dial\nPrivilege: call,all\nSubEvent: Begin\nChannel: SIP/a-1\nDestination: SIP/b-1\n\
             CallerIDNum: 101\nCallerIDName: <unknown>\nConnectedLineNum: <unknown>\n\
             ConnectedLineName: <unknown>\nUniqueID: 1.1\nDestUniqueID: 1.2\nDialstring: b\n\n\
             Event: Dial\nPrivilege: call,all\nSubEvent: End\nChannel: SIP/a-1\nUniqueID: 1.1\nDialStatus: ANSWER\n\n\
             Event: Bridge\nPrivilege: call,all\nBridgestate: Link\nBridgetype: core\nChannel1: SIP/a-1\n\
             Channel2: SIP/b-1\nUniqueid1: 1.1\nUniqueid2: 1.2\nCallerID1: 101\nCallerID2: 102\n\n\
             Event: Unlink\nPrivilege: call,all\nChannel1: SIP/a-1\nChannel2: SIP/b-1\nUniqueid1: 1.1\n\
             Uniqueid2: 1.2\nCallerID1: 101\nCallerID2: 102\n\n"
        )
    );
}

#[test]
fn a_dial_to_several_ends_once() {
    let (a, b, c) = (
        numbered(1, "SIP/a", ""),
        numbered(2, "SIP/b", ""),
        numbered(3, "SIP/c", ""),
    );
    let begin = |dest: &Arc<ChannelSnapshot>| Event::DialBegin {
        caller: Some(a.clone()),
        dest: dest.clone(),
        dial_string: "".into(),
    };
    let end = |dest: &Arc<ChannelSnapshot>, status| Event::DialEnd {
        caller: Some(a.clone()),
        dest: dest.clone(),
        status,
        forward: None,
    };
    let events = vec![
        begin(&b),
        begin(&c),
        end(&b, DialStatus::Answer),
        end(&c, DialStatus::Cancel),
    ];
    let told = told(events);
    assert_eq!(told.matches("SubEvent: Begin").count(), 2);
    assert_eq!(told.matches("SubEvent: End").count(), 1);
    assert!(told.contains("DialStatus: ANSWER"), "{told}");
}

#[test]
fn channels_are_told_with_the_headers_of_then_and_values_as_they_are() {
    let mut channel = ChannelSnapshot::clone(&numbered(1, "SIP/a-1", "O'Brien <101>"));
    channel.state = ChannelState::Ring;
    channel.variables = [(Arc::from("COLOUR"), Arc::from("re'd"))].into();
    let channel = Arc::new(channel);
    assert_eq!(
        told(vec![
            Event::Newchannel {
                channel: channel.clone()
            },
            Event::Newexten {
                channel: channel.clone()
            },
            Event::VarSet {
                channel: Some(channel.clone()),
                variable: "X".into(),
                value: "a\"b".into()
            },
            Event::NewConnectedLine {
                channel: channel.clone()
            },
            Event::DtmfEnd {
                channel: channel.clone(),
                digit: '5',
                milliseconds: 100,
                received: true
            },
            Event::Unhold {
                channel: channel.clone()
            },
            Event::MusicOnHoldStart {
                channel,
                class: "default".into()
            },
        ]),
        crlf(
            "Event: Newchannel\nPrivilege: call,all\nChannel: SIP/a-1\nChannelState: 4\nChannelStateDesc: Ring\n\
             CallerIDNum: 101\nCallerIDName: O'Brien\nAccountCode: \nExten: wait\nContext: lab\nUniqueid: 1.1\n\
             ChanVariable(SIP/a-1): COLOUR=re'd\n\n\
             Event: Newexten\nPrivilege: dialplan,all\nChannel: SIP/a-1\nContext: lab\nExtension: wait\n\
             Priority: 2\nApplication: Wait\nAppData: 20\nUniqueid: 1.1\nChanVariable(SIP/a-1): COLOUR=re'd\n\n\
             Event: VarSet\nPrivilege: dialplan,all\nChannel: SIP/a-1\nVariable: X\nValue: a\"b\nUniqueid: 1.1\n\
             ChanVariable(SIP/a-1): COLOUR=re'd\n\n\
             Event: DTMF\nPrivilege: dtmf,all\nChannel: SIP/a-1\nUniqueid: 1.1\nDigit: 5\nDirection: Received\n\
             Begin: No\nEnd: Yes\nChanVariable(SIP/a-1): COLOUR=re'd\n\n\
             Event: Hold\nPrivilege: call,all\nStatus: Off\nChannel: SIP/a-1\nUniqueid: 1.1\n\
             ChanVariable(SIP/a-1): COLOUR=re'd\n\n\
             Event: MusicOnHold\nPrivilege: call,all\nState: Start\nChannel: SIP/a-1\nUniqueID: 1.1\n\
             Class: default\nChanVariable(SIP/a-1): COLOUR=re'd\n\n"
        )
    );
}

#[test]
fn lists_have_the_form_of_then() {
    let mut one = ChannelSnapshot::clone(&numbered(1, "SIP/a-1", "101"));
    one.bridge = Some("b".into());
    let mut two = ChannelSnapshot::clone(&numbered(2, "SIP/b-1", "102"));
    two.bridge = Some("b".into());
    let list: model::ChannelList = [one, two].map(Arc::new).into_iter().collect();
    let told = hello().ask_switch(
        &action("CoreShowChannels", ""),
        Reply::Channels(list.clone()),
    );
    let item = "Event: CoreShowChannel\nActionID: 1\nChannel: SIP/a-1\nUniqueID: 1.1\nContext: lab\n\
        Extension: wait\nPriority: 2\nChannelState: 6\nChannelStateDesc: Up\nApplication: Wait\n\
        ApplicationData: 20\nCallerIDnum: 101\nCallerIDname: \nConnectedLineNum: \nConnectedLineName: \n\
        Duration: 01:02:05\nAccountCode: \nBridgedChannel: SIP/b-1\nBridgedUniqueID: 1.2\n\n";
    assert!(told.contains(&crlf(item)), "{told}");
    let end = "Event: CoreShowChannelsComplete\nEventList: Complete\nListItems: 2\nActionID: 1\n\n";
    assert!(told.ends_with(&crlf(end)), "{told}");

    let variables = |channel: &Arc<ChannelSnapshot>| (channel.id, vec![("A".into(), "1".into())]);
    let statuses = Statuses {
        at: model::Now {
            since_start: Duration::ZERO,
            utc: channel("SIP/a-1").created + Duration::from_secs(5),
        },
        variables: list.iter().map(variables).collect(),
        channels: list,
    };
    let told = hello().ask_switch(&action("Status", "Variables: A\n"), Reply::Status(statuses));
    let start = "Response: Success\nActionID: 1\nMessage: Channel status will follow\n\n\
        Event: Status\nPrivilege: Call\nChannel: SIP/a-1\nCallerIDNum: 101\nCallerIDName: <unknown>\n\
        ConnectedLineNum: <unknown>\nConnectedLineName: <unknown>\nAccountcode: \nChannelState: 6\n\
        ChannelStateDesc: Up\nContext: lab\nExtension: wait\nPriority: 2\nSeconds: 5\n\
        BridgedChannel: SIP/b-1\nBridgedUniqueid: 1.2\nUniqueid: 1.1\nVariable: A=1\nActionID: 1\n\n";
    assert!(told.starts_with(&crlf(start)), "{told}");
    assert!(
        told.ends_with(&crlf("Event: StatusComplete\nActionID: 1\nItems: 2\n\n")),
        "{told}"
    );
}

#[test]
fn the_release_is_the_one_spoken_of() {
    let told = hello().send(&action("CoreSettings", ""));
    assert!(
        told.contains(&crlf("AMIversion: 1.1\nAsteriskVersion: 1.8.32\n")),
        "{told}"
    );
    assert!(!told.contains("SoundsSearchCustomDir"));
}

#[test]
fn an_event_of_a_client_tells_its_action_too() {
    assert_eq!(
        told(vec![crate::client::user_event("x")]),
        crlf("Event: UserEvent\nPrivilege: user,all\nUserEvent: x\nAction: UserEvent\n\n")
    );
}
