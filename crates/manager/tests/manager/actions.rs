//! Actions and what they answer: ami-server.md 10.

use crate::client::{Client, STARTED, crlf};
use jiff::Timestamp;
use manager::{Answer, Request};
use model::{
    ChannelSnapshot, ChannelState, Command, Contact, ContactState, ExtensionReport, ExtensionState,
    HangupTarget, Party, PlayControl, Refusal, Reply, Statuses, VariableRequest,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn error(text: &str) -> String {
    crlf(&format!(
        "Response: Error\nActionID: 1\nMessage: {text}\n\n"
    ))
}

pub(crate) fn done(text: &str) -> String {
    crlf(&format!(
        "Response: Success\nActionID: 1\nMessage: {text}\n\n"
    ))
}

pub(crate) fn action(name: &str, headers: &str) -> String {
    format!("Action: {name}\nActionID: 1\n{headers}\n")
}

/// What is asked of the switch.
pub(crate) fn command(client: &Client) -> &Command {
    let Request::Switch(command) = &client.requests[0] else {
        panic!()
    };
    command
}

pub(crate) fn channel(name: &str) -> Arc<ChannelSnapshot> {
    Arc::new(ChannelSnapshot {
        id: model::ChannelId(1),
        name: name.into(),
        uniqueid: "1.0".into(),
        linkedid: "1.0".into(),
        trace: Arc::new(model::Trace {
            id: model::TraceId::new(1),
            call_id: None,
        }),
        state: ChannelState::Up,
        caller: Party::parse("\"O'Brien\" <101>"),
        connected: Party::default(),
        language: "en".into(),
        account: "".into(),
        context: "lab".into(),
        exten: "wait".into(),
        priority: 2,
        application: "Wait".into(),
        data: "20".into(),
        dnid: "".into(),
        created: Timestamp::from_second(STARTED - 3723).unwrap(),
        ends: Some(Duration::from_secs(71)),
        bridge: None,
        cause: None,
        tech_cause: None,
        call_groups: model::Groups::numbers("1,3"),
        pickup_groups: model::Groups::numbers("0"),
        format: "slin".into(),
        variables: [].into(),
        words: model::Words::default(),
        line_words: <[model::Words; 2]>::default(),
    })
}

const BLOCK: &str = "Channel: Local/wait@lab-00000000;1\nChannelState: 6\nChannelStateDesc: Up\n\
    CallerIDNum: 101\nCallerIDName: O\\'Brien\nConnectedLineNum: <unknown>\n\
    ConnectedLineName: <unknown>\nLanguage: en\nAccountCode: \nContext: lab\nExten: wait\n\
    Priority: 2\nUniqueid: 1.0\nLinkedid: 1.0\n";

#[test]
fn channels_are_listed() {
    let list = [channel("Local/wait@lab-00000000;1")];
    let list = Reply::Channels(list.into_iter().collect());
    assert_eq!(
        Client::of("admin").ask_switch(&action("CoreShowChannels", ""), list),
        crlf(&format!(
            "Response: Success\nActionID: 1\nEventList: start\nMessage: Channels will follow\n\n\
             Event: CoreShowChannel\nActionID: 1\n{BLOCK}Application: Wait\nApplicationData: 20\n\
             Duration: 01:02:05\nBridgeId: \n\n\
             Event: CoreShowChannelsComplete\nActionID: 1\nEventList: Complete\nListItems: 1\n\n"
        ))
    );
}

#[test]
fn status_tells_channels_and_the_variables_asked_for() {
    let mut client = Client::of("admin");
    let variables = vec![
        ("A".into(), "1".into()),
        ("CUT(A,,1)".into(), "".into()),
        ("ALL".into(), "2".into()),
    ];
    let channel = channel("Local/wait@lab-00000000;1");
    let statuses = Statuses {
        at: model::Now {
            since_start: Duration::from_secs(9),
            utc: channel.created + Duration::from_secs(5),
        },
        variables: BTreeMap::from([(channel.id, variables)]),
        channels: [channel].into_iter().collect(),
    };
    let headers = "Variables: A,FILE(/x,1),CUT(A,,1)\nAllVariables: true\n";
    assert_eq!(
        client.ask_switch(&action("Status", headers), Reply::Status(statuses)),
        crlf(&format!(
            "Response: Success\nActionID: 1\nEventList: start\nMessage: Channel status will follow\n\n\
             Event: Status\nPrivilege: Call\n{BLOCK}Type: Local\nDNID: \n\
             EffectiveConnectedLineNum: <unknown>\nEffectiveConnectedLineName: <unknown>\n\
             TimeToHangup: 62\nBridgeID: \nApplication: Wait\nData: 20\nNativeformats: (slin)\n\
             Readformat: slin\nReadtrans: \nWriteformat: slin\nWritetrans: \nCallgroup: 10\n\
             Pickupgroup: 1\nSeconds: 5\nVariable: A=1\nVariable: FILE(/x,1)=\nVariable: CUT(A,,1)=\n\
             Variable: ALL=2\nActionID: 1\n\n\
             Event: StatusComplete\nActionID: 1\nEventList: Complete\nListItems: 1\nItems: 1\n\n"
        ))
    );
    let Command::Status { variables, .. } = command(&client) else {
        panic!()
    };
    assert_eq!(
        variables.iter().map(|name| &**name).collect::<Vec<_>>(),
        ["A", "CUT(A,,1)"]
    );
    let refused = Reply::Refused(Refusal::NoSuchChannel);
    let told = Client::of("admin").ask_switch(&action("Status", "Channel: none\n"), refused);
    assert_eq!(told, error("No such channel"));
    let told = Client::of("calls").send(&action("Status", "Variables: A,SHELL(id)\n"));
    assert_eq!(told, error("Status Access Forbidden: Variables"));
}

#[test]
fn variables_are_read_and_set() {
    let get = action("Getvar", "Variable: X\nChannel: c\n");
    let mut client = Client::of("admin");
    let told = client.ask_switch(&get, Reply::Value("a\r\nEvent: b".into()));
    assert_eq!(
        told,
        crlf("Response: Success\nActionID: 1\nVariable: X\nValue: aEvent: b\n\n")
    );
    let request = VariableRequest {
        channel: Some("c".into()),
        name: "X".into(),
    };
    assert_eq!(command(&client), &Command::Getvar(request));
    let told = Client::of("admin").ask_switch(&get, Reply::Refused(Refusal::NoSuchChannel));
    assert_eq!(told, error("No such channel"));
    let told = Client::of("admin").send(&action("Getvar", "Variable: DB(family/key)\n"));
    assert_eq!(
        told,
        crlf("Response: Success\nActionID: 1\nVariable: DB(family/key)\nValue: \n\n")
    );
    let told = Client::of("calls").send(&action("Getvar", "Variable: SHELL(id)\n"));
    assert_eq!(told, error("GetVar Access Forbidden: Variable"));
    assert_eq!(
        Client::of("admin").send(&action("Getvar", "")),
        error("No variable specified")
    );

    let set = action("Setvar", "Variable: X\nValue: 1\n");
    assert_eq!(
        Client::of("admin").ask_switch(&set, Reply::Done),
        done("Variable Set")
    );
    let told = Client::of("admin").ask_switch(&set, Reply::Refused(Refusal::NotSet));
    assert_eq!(told, error("Variable not set"));
    let told = Client::of("admin").send(&action("Setvar", "Variable: DB(family/key)\nValue: 1\n"));
    assert_eq!(told, error("Variable not set"));
}

#[test]
fn calls_are_hung_up_one_or_all_that_match() {
    let mut client = Client::of("admin");
    let one = action("Hangup", "Channel: Local/a\nCause: 17\n");
    assert_eq!(
        client.ask_switch(&one, Reply::HungUp(vec!["Local/a".into()])),
        done("Channel Hungup")
    );
    let target = HangupTarget::Channel("Local/a".into());
    assert_eq!(
        command(&client),
        &Command::Hangup {
            target,
            cause: model::Cause::new(17)
        }
    );
    assert_eq!(
        client.logged(),
        ["Manager 'admin' from 127.0.0.1, hanging up channel: Local/a"]
    );

    let mut client = Client::of("admin");
    let all = action("Hangup", "Channel: /Local/\n");
    assert_eq!(
        client.ask_switch(
            &all,
            Reply::HungUp(vec!["Local/a".into(), "Local/b".into()])
        ),
        crlf(
            "Response: Success\nActionID: 1\nEventList: start\nMessage: Channels hung up will follow\n\n\
             Event: ChannelHungup\nChannel: Local/a\nActionID: 1\n\n\
             Event: ChannelHungup\nChannel: Local/b\nActionID: 1\n\n\
             Event: ChannelsHungupListComplete\nActionID: 1\nEventList: Complete\nListItems: 2\n\n"
        )
    );
    for (headers, text) in [
        ("", "No channel specified"),
        (
            "Channel: /Local\n",
            "Regex format invalid, Channel param should be /regex/",
        ),
        ("Channel: /[/\n", "Regex compile failed on: ["),
    ] {
        assert_eq!(
            Client::of("admin").send(&action("Hangup", headers)),
            error(text)
        );
    }
    let none = Reply::Refused(Refusal::NoSuchChannel);
    assert_eq!(
        Client::of("admin").ask_switch(&one, none),
        error("No such channel")
    );
}

#[test]
fn extensions_are_told_with_their_state() {
    let mut client = Client::of("admin");
    let report = ExtensionReport {
        hint: "PJSIP/bob".into(),
        state: ExtensionState::Unavailable,
    };
    assert_eq!(
        client.ask_switch(
            &action("ExtensionState", "Exten: 102\n"),
            Reply::Extension(report)
        ),
        crlf(
            "Response: Success\nActionID: 1\nMessage: Extension Status\nExten: 102\nContext: default\n\
             Hint: PJSIP/bob\nStatus: 4\nStatusText: Unavailable\n\n"
        )
    );
    let told = client.send(&action("ExtensionState", "Context: lab\n"));
    assert_eq!(told, error("Extension not specified"));
}

#[test]
fn contacts_are_listed_in_both_forms() {
    let contact = Contact {
        id: "alice;@1".into(),
        aor: "alice".into(),
        endpoint: "alice".into(),
        uri: "sip:alice@127.0.0.1:5070".into(),
        user_agent: "phone".into(),
        call_id: "c".into(),
        via_host: "127.0.0.1".into(),
        via_port: 5070,
        path: "".into(),
        prune_on_boot: false,
        expires: Timestamp::from_second(1_795_383_998).unwrap(),
        qualify_frequency: Duration::ZERO,
        qualify_timeout: Duration::from_secs(3),
        state: ContactState::NonQualified,
        round_trip: None,
    };
    let told = Client::of("admin").ask(
        &action("PJSIPShowContacts", ""),
        Answer::Contacts(vec![contact.clone()]),
    );
    assert_eq!(
        told,
        crlf(
            "Response: Success\nActionID: 1\nEventList: start\n\
             Message: A listing of Contacts follows, presented as ContactList events\n\n\
             Event: ContactList\nActionID: 1\nObjectType: contact\nObjectName: alice;@1\n\
             ViaAddr: 127.0.0.1\nQualifyTimeout: 3.000000\nQualify2xxOnly: false\nCallId: c\n\
             RegServer: \nPruneOnBoot: no\nPath: \nEndpoint: alice\nViaPort: 5070\n\
             AuthenticateQualify: no\nUri: sip:alice@127.0.0.1:5070\nQualifyFrequency: 0\n\
             UserAgent: phone\nExpirationTime: 1795383998\nOutboundProxy: \nStatus: NonQualified\n\
             RoundtripUsec: N/A\n\n\
             Event: ContactListComplete\nActionID: 1\nEventList: Complete\nListItems: 1\n\n"
        )
    );
    let ask = action("PJSIPShowRegistrationInboundContactStatuses", "");
    let told = Client::of("admin").ask(&ask, Answer::Contacts(vec![contact]));
    assert_eq!(
        told,
        crlf(
            "Response: Success\nActionID: 1\nEventList: start\n\
             Message: Following are ContactStatusEvents for each Inbound registration\n\n\
             Event: ContactStatusDetail\nActionID: 1\nAOR: alice\nURI: sip:alice@127.0.0.1:5070\n\
             UserAgent: phone\nRegExpire: 1795383998\nViaAddress: 127.0.0.1:5070\nCallID: c\n\
             Status: NonQualified\nRoundtripUsec: N/A\nEndpointName: alice\nID: alice;@1\n\
             AuthenticateQualify: 0\nOutboundProxy: \nPath: \nQualifyFrequency: 0\n\
             QualifyTimeout: 3.000\nQualify2xxOnly: 0\n\n\
             Event: ContactStatusDetailComplete\nActionID: 1\nEventList: Complete\nListItems: 1\n\n"
        )
    );
}

#[test]
fn the_hook_is_pressed_for_a_moment() {
    let mut client = Client::of("admin");
    let flash = action("SendFlash", "Channel: c\nReceive: yes\n");
    let told = client.ask_switch(&flash, Reply::Done);
    let done = "Response: Success\nActionID: 1\nMessage: Flash successfully queued\n\n";
    assert_eq!(told, crlf(done));
    let press = Command::PlayDigit {
        channel: "c".into(),
        digit: model::FLASH,
        milliseconds: 0,
        receive: true,
    };
    assert_eq!(command(&client), &press);
    let refused = Reply::Refused(Refusal::NoSuchChannel);
    let told = Client::of("admin").ask_switch(&flash, refused);
    assert_eq!(told, error("Channel not found"));
}

#[test]
fn what_is_played_is_controlled() {
    let control = |word: &str| {
        let headers = format!("Channel: PJSIP/a-1\nControl: {word}\n");
        action("ControlPlayback", &headers)
    };
    for (word, control_is) in [
        ("stop", PlayControl::Stop),
        ("Forward", PlayControl::Forward),
        ("reverse", PlayControl::Reverse),
        ("pause", PlayControl::Pause),
        ("restart", PlayControl::Restart),
    ] {
        let mut client = Client::of("calls");
        let told = client.ask_switch(&control(word), Reply::Done);
        assert_eq!(told, crlf("Response: Success\nActionID: 1\n\n"));
        let channel = "PJSIP/a-1".into();
        let control = control_is;
        let wanted = Command::ControlPlayback { channel, control };
        assert_eq!(command(&client), &wanted);
    }
    let mut client = Client::of("calls");
    assert_eq!(client.send(&control("fly")), error("Unknown control type"));
    let order = action("ControlPlayback", "");
    assert_eq!(client.send(&order), error("Channel not specified"));
    let refused = Reply::Refused(Refusal::NoSuchChannel);
    let told = client.ask_switch(&control("stop"), refused);
    assert_eq!(told, error("No such channel"));
}

#[test]
fn a_digit_of_trunks_sounds_as_long_as_is_said() {
    for (duration, milliseconds) in [("", None), ("250", Some(250)), ("-1", None)] {
        let mut client = Client::of("calls");
        let headers = format!("Channel: PJSIP/a-1\nDigit: c\nDuration: {duration}\n");
        client.ask_switch(&action("PlayMF", &headers), Reply::Done);
        let sent = Command::PlayMf {
            channel: "PJSIP/a-1".into(),
            digit: 'C',
            milliseconds,
        };
        assert_eq!(command(&client), &sent, "{duration}");
    }
    let mut client = Client::of("calls");
    let order = action("PlayMF", "Channel: PJSIP/a-1\nDigit: D\n");
    assert_eq!(client.send(&order), error("No digit specified"));
    assert_eq!(
        client.send(&action("PlayMF", "")),
        error("Channel not found")
    );
}

#[test]
fn a_key_is_pressed_for_a_number_of_milliseconds() {
    for (duration, milliseconds) in [("", 0), ("250", 250), ("-1", 0), ("99999999", 60_000)] {
        let mut client = Client::of("calls");
        let headers = format!("Channel: PJSIP/a-1\nDigit: 5\nDuration: {duration}\n");
        client.ask_switch(&action("PlayDTMF", &headers), Reply::Done);
        let pressed = Command::PlayDigit {
            channel: "PJSIP/a-1".into(),
            digit: '5',
            milliseconds,
            receive: false,
        };
        assert_eq!(command(&client), &pressed, "{duration}");
    }
    let mut client = Client::of("calls");
    let order = action("PlayDTMF", "Channel: PJSIP/a-1\nDigit: 5\nDuration: long\n");
    let told = "Could not convert Duration parameter";
    assert_eq!(client.send(&order), error(told));
}
