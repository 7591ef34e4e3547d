//! Actions about states, mailboxes and SIP objects.

use crate::actions::action;
use crate::client::{ACCOUNTS, Client, crlf, node};
use manager::{Answer, Request};
use model::{
    Cause, Command, DeviceState, ExtensionState, HangupTarget, HintReport, MailboxQuery,
    MailboxReply, MailboxUser, MessageCounts, Presence, PresenceKind, Reply, SipEndpoint,
    SipObject, SipQuery, SipReply, SipSubscription, SipTarget, StateReply, Watched, WatchedState,
};

fn states(name: &str, headers: &str, reply: StateReply) -> String {
    Client::of("admin").ask_switch(&action(name, headers), Reply::States(reply))
}

fn away() -> Presence {
    Presence {
        kind: PresenceKind::Away,
        subtype: "lunch".into(),
        message: "back \"soon\"".into(),
    }
}

fn error(text: &str) -> String {
    crlf(&format!(
        "Response: Error\nActionID: 1\nMessage: {text}\n\n"
    ))
}

fn list(message: &str, items: &str, complete: &str, count: usize) -> String {
    crlf(&format!(
        "Response: Success\nActionID: 1\nEventList: start\nMessage: {message}\n\n{items}\
         Event: {complete}\nActionID: 1\nEventList: Complete\nListItems: {count}\n\n"
    ))
}

#[test]
fn states_are_listed() {
    let devices = vec![("Custom:lamp".into(), DeviceState::InUse)];
    let item = "Event: DeviceStateChange\nActionID: 1\nDevice: Custom:lamp\nState: INUSE\n\n";
    assert_eq!(
        states("DeviceStateList", "", StateReply::Devices(devices)),
        list(
            "Device State Changes will follow",
            item,
            "DeviceStateListComplete",
            1
        )
    );
    let hint = HintReport {
        exten: "150".into(),
        context: "lab".into(),
        hint: "Custom:lamp".into(),
        state: ExtensionState::InUse,
        presence: None,
        watchers: 0,
    };
    let item = "Event: ExtensionStatus\nActionID: 1\nExten: 150\nContext: lab\nHint: Custom:lamp\nStatus: 1\n\
        StatusText: InUse\n\n";
    assert_eq!(
        states("ExtensionStateList", "", StateReply::Extensions(vec![hint])),
        list(
            "Extension Statuses will follow",
            item,
            "ExtensionStateListComplete",
            1
        )
    );
    assert!(
        states("ExtensionStateList", "", StateReply::Extensions(Vec::new()))
            .starts_with("Response: Error")
    );
    let item = "Event: PresenceStateChange\nActionID: 1\nPresentity: CustomPresence:a\nStatus: away\n\
        Subtype: lunch\nMessage: back \\\"soon\\\"\n\n";
    assert_eq!(
        states(
            "PresenceStateList",
            "",
            StateReply::Presences(vec![("CustomPresence:a".into(), away())])
        ),
        list(
            "Presence State Changes will follow",
            item,
            "PresenceStateListComplete",
            1
        )
    );
}

#[test]
fn a_presence_is_told_with_its_message() {
    let told = states(
        "PresenceState",
        "Provider: CustomPresence:a\n",
        StateReply::Presence(Some(away())),
    );
    let expected = "Response: Success\nActionID: 1\nMessage: Presence State\nState: away\nSubtype: lunch\n\
        Message: back \"soon\"\nPresenceMessage: back \"soon\"\n\n";
    assert_eq!(told, crlf(expected));
    let told = states("PresenceState", "Provider: x\n", StateReply::Presence(None));
    assert_eq!(
        told,
        error("Invalid provider x or provider in invalid state")
    );
    assert_eq!(
        Client::of("admin").send(&action("PresenceState", "")),
        error("No provider specified")
    );
}

fn mailboxes(name: &str, headers: &str, reply: MailboxReply) -> (String, MailboxQuery) {
    let mut client = Client::of("admin");
    let told = client.ask(&action(name, headers), Answer::Mailboxes(reply));
    let Request::Mailboxes(query) = client.requests.remove(0) else {
        panic!()
    };
    (told, query)
}

#[test]
fn messages_that_wait_are_counted() {
    let counts = MessageCounts {
        urgent: 1,
        new: 2,
        old: 3,
    };
    let (told, query) = mailboxes(
        "MailboxCount",
        "Mailbox: 100\n",
        MailboxReply::Counts(counts),
    );
    assert_eq!(query, MailboxQuery::Counts("100".into()));
    let expected = "Response: Success\nActionID: 1\nMessage: Mailbox Message Count\nMailbox: 100\nUrgMessages: 1\n\
        NewMessages: 2\nOldMessages: 3\n\n";
    assert_eq!(told, crlf(expected));
    let (told, _) = mailboxes(
        "MailboxStatus",
        "Mailbox: 100\n",
        MailboxReply::Counts(counts),
    );
    assert!(
        told.ends_with("Message: Mailbox Status\r\nMailbox: 100\r\nWaiting: 1\r\n\r\n"),
        "{told}"
    );
    for name in ["MailboxStatus", "MailboxCount"] {
        assert_eq!(
            Client::of("admin").send(&action(name, "")),
            error("Mailbox not specified")
        );
    }
}

#[test]
fn who_has_a_mailbox_is_told() {
    let user = MailboxUser {
        context: "default".into(),
        mailbox: "100".into(),
        ..MailboxUser::default()
    };
    let (told, _) = mailboxes(
        "VoicemailUsersList",
        "",
        MailboxReply::Users(vec![user.clone()]),
    );
    assert!(
        told.contains("Event: VoicemailUserEntry\r\nActionID: 1\r\nVMContext: default\r\n"),
        "{told}"
    );
    assert!(
        told.contains("Email: (null)\r\n") && told.contains("VolumeGain: 0.00\r\n"),
        "{told}"
    );
    let place = "Context: default\nMailbox: 100\n";
    let (told, _) = mailboxes(
        "VoicemailUserStatus",
        place,
        MailboxReply::Users(vec![user]),
    );
    assert!(
        told.contains("Event: VoicemailUserDetail\r\n") && told.contains("ListItems: 1\r\n"),
        "{told}"
    );
    let (told, _) = mailboxes(
        "VoicemailUserStatus",
        place,
        MailboxReply::Users(Vec::new()),
    );
    assert!(
        told.ends_with("Message: There is no voicemail user of the given info.\r\n\r\n"),
        "{told}"
    );
    let told = Client::of("admin").send(&action("VoicemailUserStatus", "Context: default\n"));
    assert_eq!(told, error("Need 'Context' and 'Mailbox' parameters."));
    let (told, query) = mailboxes("VoicemailRefresh", "Context: default\n", MailboxReply::Done);
    assert!(told.ends_with("Message: Refresh sent\r\n\r\n"));
    assert_eq!(
        query,
        MailboxQuery::Refresh {
            context: Some("default".into()),
            mailbox: None
        }
    );
}

#[test]
fn another_system_says_what_waits() {
    let headers = "Mailbox: 200\nOldMessages: 1\nNewMessages: 3\n";
    let (told, query) = mailboxes("MWIUpdate", headers, MailboxReply::Done);
    assert_eq!(told, crlf("Response: Success\nActionID: 1\n\n"));
    let counts = MessageCounts {
        urgent: 0,
        new: 3,
        old: 1,
    };
    assert_eq!(
        query,
        MailboxQuery::SetExternal {
            mailbox: "200".into(),
            counts
        }
    );
    let told = Client::of("admin").send(&action("MWIUpdate", "Mailbox: 200\nNewMessages: -1\n"));
    assert_eq!(told, error("Invalid message count"));
    let known = MailboxReply::External(vec![("200@default".into(), counts)]);
    let (told, _) = mailboxes("MWIGet", "Mailbox: /2/\n", known);
    let item =
        "Event: MWIGet\nMailbox: 200@default\nOldMessages: 1\nNewMessages: 3\nActionID: 1\n\n";
    assert_eq!(
        told,
        list("Mailboxes will follow", item, "MWIGetComplete", 1)
    );
}

pub(crate) fn object(kind: &'static str, name: &str, fields: &[(&str, &str)]) -> SipObject {
    let fields = fields
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()));
    SipObject {
        kind,
        name: name.into(),
        fields: fields.collect(),
    }
}

pub(crate) fn sip(client: &mut Client, name: &str, headers: &str, reply: SipReply) -> String {
    client.ask(&action(name, headers), Answer::Sip(reply))
}

#[test]
fn an_endpoint_is_told_with_what_belongs_to_it() {
    let endpoint = SipEndpoint {
        endpoint: object(
            "endpoint",
            "alice",
            &[("Context", "lab"), ("DeviceState", "Not in use")],
        ),
        auths: vec![object(
            "auth",
            "alice",
            &[("Username", "alice"), ("Password", "top")],
        )],
        aors: vec![object("aor", "alice", &[("MaxContacts", "1")])],
        ..SipEndpoint::default()
    };
    let items = |password: &str| {
        format!(
            "Event: EndpointDetail\nActionID: 1\nObjectType: endpoint\nObjectName: alice\nContext: lab\n\
             DeviceState: Not in use\n\nEvent: AuthDetail\nActionID: 1\nObjectType: auth\nObjectName: alice\n\
             Username: alice\nPassword: {password}\nEndpointName: alice\n\nEvent: AorDetail\nActionID: 1\n\
             ObjectType: aor\nObjectName: alice\nMaxContacts: 1\nEndpointName: alice\n\n"
        )
    };
    let text = "Following are Events for each object associated with the Endpoint";
    let reply = SipReply::Endpoint(Box::new(endpoint));
    let told = sip(
        &mut Client::of("admin"),
        "PJSIPShowEndpoint",
        "Endpoint: alice\n",
        reply.clone(),
    );
    assert_eq!(told, list(text, &items("top"), "EndpointDetailComplete", 3));
    // Who may not write `config` sees no secrets.
    let accounts = format!("{ACCOUNTS}\n[operator]\nsecret = operator-secret\nwrite = system\n");
    let mut operator = Client::connect(node(&accounts, "", ""));
    assert!(operator.login("operator").contains("accepted"));
    operator.requests.clear();
    let told = sip(
        &mut operator,
        "PJSIPShowEndpoint",
        "Endpoint: alice\n",
        reply,
    );
    assert_eq!(
        told,
        list(text, &items("********"), "EndpointDetailComplete", 3)
    );

    let told = sip(
        &mut Client::of("admin"),
        "PJSIPShowEndpoint",
        "Endpoint: x\n",
        SipReply::NotFound,
    );
    let feed = "Response: Error\r\nActionID: 1\r\nMessage: Unable to retrieve endpoint x\n\r\n\r\n";
    assert_eq!(told, feed);
}

#[test]
fn registrations_are_listed() {
    let aors = SipReply::Objects(vec![
        object(
            "aor",
            "alice",
            &[
                ("Contacts", "alice/sip:a@1.2.3.4"),
                ("RemoveExisting", "true"),
            ],
        ),
        object("aor", "bob", &[("Contacts", "")]),
    ]);
    let item = "Event: InboundRegistrationDetail\nActionID: 1\nObjectType: aor\nObjectName: alice\n\
        Contact: alice/sip:a@1.2.3.4\nRemoveExisting: true\nContacts: alice/sip:a@1.2.3.4\n\n";
    assert_eq!(
        sip(
            &mut Client::of("admin"),
            "PJSIPShowRegistrationsInbound",
            "",
            aors
        ),
        list(
            "Following are Events for each Inbound registration",
            item,
            "InboundRegistrationDetailComplete",
            1
        )
    );
    let ours = SipReply::Objects(vec![object(
        "registration",
        "acme",
        &[("Status", "Registered")],
    )]);
    let told = sip(
        &mut Client::of("admin"),
        "PJSIPShowRegistrationsOutbound",
        "",
        ours,
    );
    assert!(
        told.ends_with("ListItems: 1\r\nRegistered: 1\r\nNotRegistered: 0\r\n\r\n"),
        "{told}"
    );
    let told = sip(
        &mut Client::of("admin"),
        "PJSIPRegister",
        "Registration: x\n",
        SipReply::NotFound,
    );
    assert!(
        told.ends_with("Message: Unable to retrieve registration entry\n\r\n\r\n"),
        "{told}"
    );
}

#[test]
fn subscriptions_of_phones_are_listed() {
    let subscription = |watched| SipSubscription {
        endpoint: "alice".into(),
        call_id: "c@1".into(),
        caller: "<sip:alice@lab>".into(),
        watched,
    };
    let lamp = Watched::Extension {
        context: "lab".into(),
        exten: "150".into(),
    };
    let busy = Some(WatchedState::Extension(ExtensionState::Busy));
    let boxes = ["100@default", "200@default"].map(|name| (Watched::Mailbox(name.into()), None));
    let all = vec![
        subscription(vec![(lamp, busy)]),
        subscription(boxes.to_vec()),
    ];
    let told = sip(
        &mut Client::of("admin"),
        "PJSIPShowSubscriptionsInbound",
        "",
        SipReply::Subscriptions(all),
    );
    let item = "Event: InboundSubscriptionDetail\nActionID: 1\nRole: Notifier\nEndpoint: alice\nCallid: c@1\n\
        State: ACTIVE\nCallerid: <sip:alice@lab>\n";
    let lamp = format!(
        "{item}SubscriptionType: extension_state\nExtension: 150\nExtensionStates: Busy\n\n"
    );
    let mail = format!("{item}SubscriptionType: mwi\nMailboxes: 100@default,200@default\n\n");
    assert_eq!(
        told,
        list(
            "Following are Events for each inbound Subscription",
            &(lamp + &mail),
            "InboundSubscriptionDetailComplete",
            2
        )
    );
}

#[test]
fn texts_are_sent_or_refused_in_words() {
    let told = |headers: &str, reply: SipReply| {
        sip(&mut Client::of("admin"), "MessageSend", headers, reply)
    };
    let error = |text: &str| {
        crlf(&format!(
            "Response: Error\nActionID: 1\nMessage: {text}\n\n"
        ))
    };
    let headers = "To: pjsip:carol\nBody: hello\n";
    assert_eq!(
        told(headers, SipReply::Done),
        crlf("Response: Success\nActionID: 1\nMessage: Message successfully sent\n\n")
    );
    assert_eq!(
        told(headers, SipReply::NotFound),
        error("Message failed to send.")
    );
    let refused = |headers: &str| Client::of("admin").send(&action("MessageSend", headers));
    assert_eq!(refused(""), error("No 'To' address specified."));
    assert_eq!(
        refused("To: pigeon:carol\nBody: hello\n"),
        error("Message technology not found.")
    );
}

#[test]
fn phones_are_notified_and_hung_up_on() {
    let mut client = Client::of("admin");
    let headers = "Endpoint: alice\nVariable: Event=check-sync\nVariable: Content=a=b\n";
    let told = sip(&mut client, "PJSIPNotify", headers, SipReply::Done);
    assert_eq!(
        told,
        crlf("Response: Success\nActionID: 1\nMessage: NOTIFY sent\n\n")
    );
    let Request::Sip(SipQuery::Send(notify)) = &client.requests[0] else {
        panic!()
    };
    assert_eq!(notify.to, SipTarget::Endpoint("alice".into()));
    assert_eq!(notify.headers[1], ("Content".into(), "a=b".into()));

    let hangup = |headers: &str| {
        let mut client = Client::of("admin");
        let told = client.send(&action("PJSIPHangup", headers));
        (told, client.requests.pop())
    };
    let (_, request) = hangup("Channel: PJSIP/alice-1\nCause: 486\n");
    let target = HangupTarget::Channel("PJSIP/alice-1".into());
    let expected = Command::Hangup {
        target,
        cause: Some(Cause::USER_BUSY),
    };
    assert!(matches!(request, Some(Request::Switch(command)) if command == expected));
    let (_, request) = hangup("Channel: /alice/\nCause: decline\n");
    let target = HangupTarget::Matching("^PJSIP/.*(?:alice)".into());
    let expected = Command::Hangup {
        target,
        cause: Some(Cause::CALL_REJECTED),
    };
    assert!(matches!(request, Some(Request::Switch(command)) if command == expected));
    assert_eq!(
        hangup("Channel: Local/x\nCause: 486\n").0,
        error("No such channel")
    );
    let (told, _) = hangup("Channel: PJSIP/x\nCause: 17\n");
    assert_eq!(
        told,
        error("Invalid 'Cause: 17' in manager action PJSIPHangup")
    );
}
