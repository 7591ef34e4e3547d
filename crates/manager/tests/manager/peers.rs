//! The actions about SIP phones that only release 1.8 had: legacy-actions.tsv, and transcripts of
//! it that its clients' documentation shows.

use crate::actions::action;
use crate::client::{Client, crlf, node};
use crate::states::{object, sip};
use manager::Request;
use model::{
    Contact, ContactState, RegistryStatus, SipEndpoint, SipMethod, SipQuery, SipRegistration,
    SipReply, SipRequest, SipTarget,
};
use std::time::Duration;

const ACCOUNTS: &str = "[old]\nsecret = old-secret\nread = all\nwrite = all\ndialect = 1.8\n\
    [new]\nsecret = new-secret\nread = all\nwrite = all\n";

const NAMES: [&str; 5] = [
    "SIPnotify",
    "SIPpeers",
    "SIPqualifypeer",
    "SIPshowpeer",
    "SIPshowregistry",
];

fn client(account: &str) -> Client {
    let mut client = Client::connect(node(ACCOUNTS, "", ""));
    assert!(client.login(account).contains("accepted"));
    client.requests.clear();
    client
}

/// What such an account is told, and what SIP was asked for it.
fn told(name: &str, headers: &str, reply: SipReply) -> (String, SipQuery) {
    let mut client = client("old");
    let told = sip(&mut client, name, headers, reply);
    let Some(Request::Sip(query)) = client.requests.pop() else {
        panic!("SIP was not asked");
    };
    (told, query)
}

fn contact(uri: &str, state: ContactState) -> Contact {
    Contact {
        id: "".into(),
        aor: "100".into(),
        endpoint: "100".into(),
        uri: uri.into(),
        user_agent: "a phone".into(),
        call_id: "".into(),
        via_host: "".into(),
        via_port: 0,
        path: "".into(),
        prune_on_boot: false,
        // The node's time is 1767225602 here.
        expires: jiff::Timestamp::from_second(1_767_225_722).unwrap(),
        qualify_frequency: Duration::from_secs(60),
        qualify_timeout: Duration::from_secs(3),
        state,
        round_trip: (state == ContactState::Reachable).then(|| Duration::from_millis(19)),
    }
}

fn endpoint(name: &str, contacts: Vec<Contact>) -> SipEndpoint {
    SipEndpoint {
        endpoint: object(
            "endpoint",
            name,
            &[
                ("Context", "lab"),
                ("ForceRport", "true"),
                ("Allow", "(alaw|ulaw)"),
                ("CallGroup", "1,3-4"),
                ("AllowTransfer", "true"),
                ("DeviceStateBusyAt", "2"),
                ("Callerid", "\"Linksys #2\" <555>"),
                ("Mailboxes", "100@default"),
                ("MohSuggest", "default"),
                ("CalleridPrivacy", "prohib_passed_screen"),
                ("Language", "de"),
                ("DtmfMode", "rfc4733"),
                ("FromUser", "us"),
            ],
        ),
        auths: vec![object(
            "auth",
            name,
            &[("Username", "user-100"), ("Password", "top")],
        )],
        aors: vec![object(
            "aor",
            name,
            &[("MaxContacts", "1"), ("QualifyFrequency", "60")],
        )],
        contacts,
        ..SipEndpoint::default()
    }
}

#[test]
fn only_accounts_of_that_release_know_them() {
    for name in NAMES {
        let unknown = format!("Invalid/unknown command: {name}.");
        let headers = action(name, "Peer: 100\nChannel: 100\nVariable: Event=x\n");
        assert!(client("new").send(&headers).contains(&unknown), "{name}");
        let mut old = client("old");
        assert_eq!(old.send(&headers), "", "{name}");
        assert!(matches!(old.requests.as_slice(), [Request::Sip(_)]));
    }
    let listed = |account| {
        let told = client(account).send(&action("ListCommands", ""));
        NAMES.map(|name| told.contains(&format!("\n{name}: ")))
    };
    assert_eq!(listed("old"), [true; 5]);
    assert_eq!(listed("new"), [false; 5]);
}

#[test]
fn peers_are_listed() {
    let mut quiet = endpoint("102", Vec::new());
    quiet.aors = vec![object("aor", "102", &[("MaxContacts", "0")])];
    let contacts = vec![
        contact("sip:100@10.0.0.1:5062", ContactState::Unreachable),
        contact("sip:100@10.0.0.2;ob", ContactState::Reachable),
    ];
    let reply = SipReply::Endpoints(vec![
        endpoint("100", contacts),
        endpoint("101", Vec::new()),
        quiet,
    ]);
    let item = |name, address, port, dynamic, status| {
        format!(
            "Event: PeerEntry\nActionID: 1\nChanneltype: PJSIP\nObjectName: {name}\nChanObjectType: peer\n\
             IPaddress: {address}\nIPport: {port}\nDynamic: {dynamic}\nForcerport: yes\nVideoSupport: no\n\
             TextSupport: no\nACL: no\nStatus: {status}\nRealtimeDevice: no\n\n"
        )
    };
    let items = item("100", "10.0.0.2", 5060, "yes", "OK (19 ms)")
        + &item("101", "-none-", 0, "yes", "UNKNOWN")
        + &item("102", "-none-", 0, "no", "Unmonitored");
    assert_eq!(
        told("SIPpeers", "", reply).0,
        crlf(&format!(
            "Response: Success\nActionID: 1\nEventList: start\nMessage: Peer status list will follow\n\n{items}\
             Event: PeerlistComplete\nEventList: Complete\nListItems: 3\nActionID: 1\n\n"
        ))
    );
}

#[test]
fn a_peer_is_told_in_one_answer() {
    let contacts = vec![contact("sip:100@10.0.0.2:5062", ContactState::Reachable)];
    let reply = SipReply::Endpoint(Box::new(endpoint("100", contacts)));
    assert_eq!(
        told("SIPshowpeer", "Peer: 100\n", reply).0,
        crlf(
            "Response: Success\nActionID: 1\nChanneltype: PJSIP\nObjectName: 100\nChanObjectType: peer\n\
             SecretExist: Y\nRemoteSecretExist: N\nMD5SecretExist: N\nContext: lab\nLanguage: de\n\
             AMAflags: Unknown\nCID-CallingPres: Presentation Prohibited, Passed Screen\nSIP-FromUser: us\n\
             Callgroup: 1, 3, 4\nPickupgroup: \nMOHSuggest: default\nVoiceMailbox: 100@default\n\
             TransferMode: open\nCall-limit: 0\nBusy-level: 2\nDynamic: Y\nCallerid: \"Linksys #2\" <555>\n\
             RegExpire: 120 seconds\nSIP-AuthInsecure: no\nSIP-Forcerport: Y\nACL: N\nSIP-CanReinvite: N\n\
             SIP-DirectMedia: N\nSIP-PromiscRedir: N\nSIP-UserPhone: N\nSIP-VideoSupport: N\n\
             SIP-TextSupport: N\nSIP-T.38Support: N\nSIP-Sess-Timers: Refuse\nSIP-Encryption: N\n\
             SIP-DTMFmode: rfc2833\nToHost: \nAddress-IP: 10.0.0.2\nAddress-Port: 5062\n\
             Default-addr-IP: (null)\nDefault-addr-port: 0\nDefault-Username: user-100\n\
             Codecs: 0xc (alaw|ulaw)\nCodecOrder: alaw,ulaw\nStatus: OK (19 ms)\nSIP-Useragent: a phone\n\
             Reg-Contact: sip:100@10.0.0.2:5062\nQualifyFreq: 60000 ms\nParkinglot: \n\n"
        )
    );
    let (answer, _) = told("SIPshowpeer", "Peer: nobody\n", SipReply::NotFound);
    assert!(answer.contains("Message: Peer nobody not found.\r\n"));
    let answer = client("old").send(&action("SIPshowpeer", ""));
    assert!(answer.contains("Message: Peer: <name> missing.\r\n"));
}

#[test]
fn registrations_of_ours_are_listed() {
    let registration = |status, registered: Option<i64>| SipRegistration {
        server_uri: "sip:provider.example".into(),
        client_uri: "sip:700600@sip.example:5070".into(),
        status,
        refresh: Duration::from_secs(105),
        registered: registered.map(|at| jiff::Timestamp::from_second(at).unwrap()),
    };
    let item = |state, time| {
        format!(
            "Event: RegistryEntry\nActionID: 1\nHost: provider.example\nPort: 5060\nUsername: 700600\n\
             Domain: sip.example\nDomainPort: 5070\nRefresh: 105\nState: {state}\nRegistrationTime: {time}\n\n"
        )
    };
    let items = item("Registered", 1_417_625_972) + &item("Rejected", 0);
    let reply = SipReply::Registry(vec![
        registration(RegistryStatus::Registered, Some(1_417_625_972)),
        registration(RegistryStatus::Rejected, None),
    ]);
    assert_eq!(
        told("SIPshowregistry", "", reply).0,
        crlf(&format!(
            "Response: Success\nActionID: 1\nEventList: start\nMessage: Registrations will follow\n\n{items}\
             Event: RegistrationsComplete\nEventList: Complete\nListItems: 2\nActionID: 1\n\n"
        ))
    );
}

#[test]
fn a_peer_is_asked_and_notified() {
    let (answer, query) = told("SIPqualifypeer", "Peer: 100\n", SipReply::Done);
    assert!(answer.contains("Message: SIP peer found - will qualify\r\n"));
    assert_eq!(query, SipQuery::Qualify("100".into()));
    let headers = "Channel: SIP/100\nVariable: Event=check-sync,Content=a\nVariable: Content=b\n";
    let (answer, query) = told("SIPnotify", headers, SipReply::Done);
    assert!(answer.contains("Message: Notify Sent\r\n"), "{answer}");
    let sent = [("Event", "check-sync"), ("Content", "a"), ("Content", "b")];
    let sent = SipRequest {
        method: SipMethod::Notify,
        to: SipTarget::Endpoint("100".into()),
        from: None,
        headers: sent.map(|(name, value)| (name.into(), value.into())).into(),
    };
    assert_eq!(query, SipQuery::Send(sent));
    let answer = client("old").send(&action("SIPnotify", "Channel: 100\n"));
    let error = "SIPNotify requires at least one variable pair";
    assert!(answer.contains(error), "{answer}");
}
