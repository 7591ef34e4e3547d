//! Contacts are asked whether they answer.

use crate::lab::{Lab, PHONES, Phone};
use model::{ContactState, Signal, SipQuery, SipReply};

#[tokio::test]
async fn a_contact_is_asked_and_its_silence_told() {
    let text = PHONES.replace(
        "remove_existing=yes\n",
        "remove_existing=yes\nqualify_frequency=1\nqualify_timeout=0.4\n",
    );
    let mut lab = Lab::with(&text).await;
    let mut alice = Phone::new("alice", &lab).await;
    alice.register("alice-secret", 1, 300).await;
    assert!(
        matches!(lab.signal().await, Signal::Contact(fact) if fact.state == ContactState::NonQualified)
    );
    let asked = alice.asked("OPTIONS").await;
    assert_eq!(
        asked.start(),
        format!("OPTIONS sip:alice@127.0.0.1:{} SIP/2.0", alice.port())
    );
    alice.send(&asked.answer("200 OK", "t", "", "")).await;
    let Signal::Contact(fact) = lab.signal().await else {
        panic!()
    };
    assert_eq!((fact.state, fact.usable), (ContactState::Reachable, 1));
    assert!(fact.round_trip.is_some());
    let Signal::Contact(fact) = lab.signal().await else {
        panic!()
    };
    assert_eq!((fact.state, fact.usable), (ContactState::Unreachable, 0));
}

#[tokio::test]
async fn an_endpoint_is_asked_by_hand() {
    let lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    alice.register("alice-secret", 1, 300).await;
    assert_eq!(
        lab.sip.ask(SipQuery::Qualify("alice".into())),
        SipReply::Done
    );
    assert_eq!(
        lab.sip.ask(SipQuery::Qualify("nobody".into())),
        SipReply::NotFound
    );
    let asked = alice.asked("OPTIONS").await;
    alice.send(&asked.answer("200 OK", "t", "", "")).await;
}
