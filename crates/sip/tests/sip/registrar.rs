//! Registrations of ours at somebody else's, and requests of ours outside of calls.

use crate::lab::{Lab, Message, PHONES, Phone};
use model::{Event, RegistryStatus, SipMethod, SipQuery, SipReply, SipRequest, SipTarget};
use sip::Told;

/// A lab that registers at a provider, played by the phone.
async fn provided() -> (Lab, Phone) {
    let spare = Lab::start().await;
    let provider = Phone::new("provider", &spare).await;
    let text = format!(
        "{PHONES}[trunk]\ntype=registration\nserver_uri=sip:127.0.0.1:{}\nclient_uri=sip:me@provider\ncontact_user=line\n\
         outbound_auth=trunk-auth\nretry_interval=1\n[trunk-auth]\ntype=auth\nusername=me\npassword=secret\n",
        provider.port()
    );
    (Lab::with(&text).await, provider)
}

async fn answer(provider: &Phone, lab: &Lab, request: &Message, status: &str, more: &str) {
    let text = request.answer(status, "t", more, "");
    provider
        .socket
        .send_to(text.as_bytes(), lab.address)
        .await
        .unwrap();
}

async fn registry(lab: &mut Lab) -> RegistryStatus {
    loop {
        if let Told::Notice(Event::Registry {
            status, username, ..
        }) = lab.told().await
        {
            assert_eq!(&*username, "sip:me@provider");
            return status;
        }
    }
}

#[tokio::test]
async fn a_registration_of_ours_is_made_with_its_password_and_taken_back() {
    let (mut lab, mut provider) = provided().await;
    let first = provider.asked("REGISTER").await;
    assert_eq!(
        first.start(),
        format!("REGISTER sip:127.0.0.1:{} SIP/2.0", provider.port())
    );
    assert_eq!(
        first.header("Contact"),
        Some(format!("<sip:line@{}>", lab.address).as_str())
    );
    answer(
        &provider,
        &lab,
        &first,
        "401 Unauthorized",
        "WWW-Authenticate: Digest realm=\"p\",nonce=\"n\",qop=\"auth\"\r\n",
    )
    .await;
    let second = provider
        .expect(|message| message.header("Authorization").is_some())
        .await;
    assert_eq!(
        (second.header("CSeq"), second.header("Call-ID")),
        (Some("2 REGISTER"), first.header("Call-ID"))
    );
    assert!(
        second
            .header("Authorization")
            .unwrap()
            .contains("username=\"me\"")
    );
    answer(&provider, &lab, &second, "200 OK", "Expires: 60\r\n").await;
    assert_eq!(registry(&mut lab).await, RegistryStatus::Registered);
    let SipReply::Objects(objects) = lab.sip.ask(SipQuery::Registrations) else {
        panic!()
    };
    assert_eq!(
        (objects[0].field("Status"), objects[0].field("ClientUri")),
        ("Registered", "sip:me@provider")
    );

    assert_eq!(
        lab.sip.ask(SipQuery::Unregister("trunk".into())),
        SipReply::Done
    );
    let last = provider
        .expect(|message| message.header("Expires") == Some("0"))
        .await;
    answer(&provider, &lab, &last, "200 OK", "").await;
    assert_eq!(registry(&mut lab).await, RegistryStatus::Unregistered);
    assert_eq!(
        lab.sip.ask(SipQuery::Register("nothing".into())),
        SipReply::NotFound
    );
}

#[tokio::test]
async fn a_password_refused_is_the_end_and_a_pause_is_not() {
    let (mut lab, mut provider) = provided().await;
    let first = provider.asked("REGISTER").await;
    answer(
        &provider,
        &lab,
        &first,
        "503 Service Unavailable",
        "Retry-After: 0\r\n",
    )
    .await;
    assert_eq!(registry(&mut lab).await, RegistryStatus::Unregistered);
    for _ in 0..2 {
        let request = provider
            .expect(|message| message.header("CSeq") != Some("1 REGISTER"))
            .await;
        answer(
            &provider,
            &lab,
            &request,
            "401 Unauthorized",
            "WWW-Authenticate: Digest realm=\"p\",nonce=\"n\"\r\n",
        )
        .await;
    }
    assert_eq!(registry(&mut lab).await, RegistryStatus::Rejected);
}

#[tokio::test]
async fn a_phone_is_notified() {
    let lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    alice.register("alice-secret", 1, 300).await;
    let headers = [
        ("Event", "check-sync"),
        ("X-Evil", "a\r\nVia: b"),
        ("Via", "mine"),
        ("Content-type", "text/x"),
        ("Content", "one"),
        ("Content", "two"),
    ];
    let notify = SipRequest {
        method: SipMethod::Notify,
        from: None,
        to: SipTarget::Endpoint("alice".into()),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect(),
    };
    assert_eq!(lab.sip.ask(SipQuery::Send(notify)), SipReply::Done);
    let request = alice.asked("NOTIFY").await;
    assert_eq!(request.header("Event"), Some("check-sync"));
    assert_eq!(request.header("Content-Type"), Some("text/x"));
    assert_eq!(request.body(), "one\r\ntwo");
    assert!(!request.text.contains("Evil") && !request.text.contains("mine"));
    alice.send(&request.answer("200 OK", "t", "", "")).await;
}

#[tokio::test]
async fn a_text_is_brought_to_a_phone() {
    let lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    alice.register("alice-secret", 1, 300).await;
    let text = |to: &str| {
        let headers = [("Content", "see you\r\nat six"), ("X-Kind", "reminder")];
        SipQuery::Send(SipRequest {
            method: SipMethod::Message,
            from: Some("\"The desk\" <sip:desk@elsewhere>".into()),
            to: SipTarget::Endpoint(to.into()),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
        })
    };
    assert_eq!(lab.sip.ask(text("nobody")), SipReply::NotFound);
    assert_eq!(lab.sip.ask(text("alice")), SipReply::Done);
    let request = alice.asked("MESSAGE").await;
    assert_eq!(request.body(), "see you\r\nat six");
    assert_eq!(request.header("Content-Type"), Some("text/plain"));
    assert_eq!(request.header("X-Kind"), Some("reminder"));
    assert_eq!(request.header("Contact"), None);
    let from = request.header("From").unwrap();
    assert!(from.starts_with("\"The desk\" <sip:desk@"), "{from}");
    alice.send(&request.answer("200 OK", "t", "", "")).await;
}

#[tokio::test]
async fn objects_are_listed_with_what_the_file_says() {
    let lab = Lab::start().await;
    let SipReply::Endpoint(alice) = lab.sip.ask(SipQuery::Endpoint("alice".into())) else {
        panic!()
    };
    assert_eq!(
        (
            alice.endpoint.field("Context"),
            alice.endpoint.field("RtpSymmetric")
        ),
        ("phones", "true")
    );
    assert_eq!(
        (
            alice.endpoint.field("Allow"),
            alice.endpoint.field("100rel")
        ),
        ("(ulaw|alaw)", "yes")
    );
    assert_eq!(
        (
            alice.auths[0].field("Username"),
            alice.aors[0].field("MaxContacts")
        ),
        ("alice", "2")
    );
    assert_eq!(alice.aors[0].field("QualifyTimeout"), "3.000000");
    let SipReply::Endpoint(dave) = lab.sip.ask(SipQuery::Endpoint("dave".into())) else {
        panic!()
    };
    assert_eq!(dave.identifies[0].field("MatchHeader"), "X-Lab-Phone: dave");
    assert_eq!(
        lab.sip.ask(SipQuery::Endpoint("nobody".into())),
        SipReply::NotFound
    );
    let SipReply::Objects(endpoints) = lab.sip.ask(SipQuery::Endpoints) else {
        panic!()
    };
    assert_eq!((endpoints.len(), endpoints[0].field("Auths")), (2, "alice"));
}
