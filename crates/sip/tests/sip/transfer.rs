//! Transfers that phones ask for, and texts.

use crate::call::{CHANNEL, SDP, answered, inside, ring_in, sdp};
use crate::lab::{Lab, Phone};
use model::{Cause, Instruction, NewMessage, Referral, Signal};

const REFER: &str = "Refer-To: <sip:notify@127.0.0.1>\r\n";

#[tokio::test]
async fn a_transfer_is_told_and_ends_with_the_phone_hanging_up() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let answer = answered(&mut lab, &mut dave).await;
    dave.send(&inside(&dave, &answer, "REFER", 3, REFER, ""))
        .await;
    assert_eq!(
        lab.signal().await,
        Signal::Transfer {
            channel: CHANNEL,
            exten: "notify".into(),
            replaces: None,
            referral: Referral {
                to: "sip:notify@127.0.0.1".into(),
                ..Referral::default()
            },
        }
    );
    lab.instruct(Instruction::Transferred {
        channel: CHANNEL,
        refused: None,
    });
    lab.hang_up(CHANNEL, None);
    assert!(matches!(lab.signal().await, Signal::Released { .. }));
    dave.status(202).await;
    let begun = dave.asked("NOTIFY").await;
    assert_eq!(
        (begun.header("Event"), begun.body()),
        (Some("refer"), "SIP/2.0 100 Trying\r\n")
    );
    dave.send(&begun.answer("200 OK", "", "", "")).await;
    let done = dave
        .expect(|message| message.body() == "SIP/2.0 200 OK\r\n")
        .await;
    assert_eq!(
        done.header("Subscription-State"),
        Some("terminated;reason=noresource")
    );
    dave.send(&done.answer("200 OK", "", "", "")).await;
    dave.send(&inside(&dave, &answer, "BYE", 4, "", "")).await;
    dave.replied("4 BYE").await;
}

#[tokio::test]
async fn a_transfer_is_refused() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let answer = answered(&mut lab, &mut dave).await;
    dave.send(&inside(&dave, &answer, "REFER", 3, REFER, ""))
        .await;
    lab.signal().await;
    lab.instruct(Instruction::Transferred {
        channel: CHANNEL,
        refused: Some(Cause::UNALLOCATED),
    });
    dave.status(404).await;
    dave.send(&inside(&dave, &answer, "REFER", 4, "", "")).await;
    dave.expect(|message| {
        message.header("CSeq") == Some("4 REFER") && message.status() == Some(400)
    })
    .await;
    let unreadable = "Refer-To: <sip:notify@127.0.0.1?Replaces=x>\r\n";
    dave.send(&inside(&dave, &answer, "REFER", 5, unreadable, ""))
        .await;
    dave.expect(|message| {
        message.header("CSeq") == Some("5 REFER") && message.status() == Some(400)
    })
    .await;
}

#[tokio::test]
async fn a_call_elsewhere_is_told_to_be_replaced() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let answer = answered(&mut lab, &mut dave).await;
    let headers = "Refer-To: <sip:carol@b.invalid?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db&Require=replaces>\r\n\
                   Referred-By: <sip:dave@127.0.0.1>\r\n";
    dave.send(&inside(&dave, &answer, "REFER", 3, headers, ""))
        .await;
    let referral = Referral {
        // Without headers: what parts them would part forks where Dial is given this.
        to: "sip:carol@b.invalid".into(),
        by: "<sip:dave@127.0.0.1>".into(),
        replaces: "x;to-tag=a;from-tag=b".into(),
    };
    assert_eq!(
        lab.signal().await,
        Signal::Transfer {
            channel: CHANNEL,
            exten: "carol".into(),
            replaces: None,
            referral,
        }
    );
}

#[tokio::test]
async fn a_text_runs_the_dialplan_or_not() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let kind = "X-Lab-Phone: dave\r\nContent-Type: text/plain\r\n";
    dave.send(&dave.request(
        "MESSAGE",
        "sip:message@127.0.0.1",
        1,
        kind,
        "good morning\r\n",
    ))
    .await;
    let Signal::Message(message) = lab.signal().await else {
        panic!()
    };
    assert_eq!(
        message,
        NewMessage {
            token: message.token,
            endpoint: "dave".into(),
            context: "phones".into(),
            exten: "message".into(),
            from: "\"dave\" <sip:dave@127.0.0.1>".into(),
            to: "pjsip:message@127.0.0.1".into(),
            body: "good morning".into(),
            content_type: "text/plain".into(),
        }
    );
    lab.instruct(Instruction::TakeMessage(message.token));
    dave.status(202).await;
    dave.send(&dave.request("MESSAGE", "sip:nobody@127.0.0.1", 2, kind, "x"))
        .await;
    let Signal::Message(message) = lab.signal().await else {
        panic!()
    };
    lab.instruct(Instruction::Refuse {
        token: message.token,
        cause: Cause::UNALLOCATED,
    });
    dave.status(404).await;
    dave.send(&dave.request(
        "MESSAGE",
        "sip:message@127.0.0.1",
        3,
        "X-Lab-Phone: dave\r\nContent-Type: image/png\r\n",
        "x",
    ))
    .await;
    dave.status(415).await;
}

#[tokio::test]
async fn texts_go_both_ways_in_a_call() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let answer = answered(&mut lab, &mut dave).await;
    dave.send(&inside(
        &dave,
        &answer,
        "MESSAGE",
        3,
        "Content-Type: text/plain\r\n",
        "hello",
    ))
    .await;
    dave.replied("3 MESSAGE").await;
    assert_eq!(
        lab.signal().await,
        Signal::Text {
            channel: CHANNEL,
            text: "hello".into()
        }
    );
    lab.instruct(Instruction::SendText {
        channel: CHANNEL,
        text: "and you".into(),
    });
    let text = dave.asked("MESSAGE").await;
    assert_eq!(
        (text.header("Content-Type"), text.body()),
        (Some("text/plain;charset=UTF-8"), "and you")
    );
    dave.send(&text.answer("200 OK", "", "", "")).await;
}

/// The far end of the call is asked to call somebody else; what the switch is told of it.
async fn send_away(lab: &Lab, to: &str) {
    lab.instruct(Instruction::SendAway {
        channel: CHANNEL,
        to: to.into(),
    });
}

fn sent_away(failed: Option<u16>) -> Signal {
    Signal::SentAway {
        channel: CHANNEL,
        failed,
    }
}

#[tokio::test]
async fn a_caller_is_sent_elsewhere_before_the_answer() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "echo").await;
    lab.accept(&call, CHANNEL);
    send_away(&lab, "sip:x> <y@192.0.2.7").await;
    assert_eq!(lab.signal().await, sent_away(Some(400)));
    send_away(&lab, "sip:bob@192.0.2.7").await;
    let moved = dave.status(302).await;
    assert_eq!(moved.header("Contact"), Some("<sip:bob@192.0.2.7>"));
    assert_eq!(lab.signal().await, sent_away(None));
    let Signal::HungUp { tech_cause, .. } = lab.signal().await else {
        panic!()
    };
    assert_eq!(tech_cause.as_deref(), Some("302"));
}

#[tokio::test]
async fn who_talks_with_us_is_asked_to_call_somebody_else() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let answer = answered(&mut lab, &mut dave).await;
    send_away(&lab, "102").await;
    let refer = dave.asked("REFER").await;
    let target = refer.header("Refer-To").unwrap();
    assert!(target.starts_with("<sip:102@127.0.0.1:"), "{target}");
    dave.send(&refer.answer("202 Accepted", "", "", "")).await;
    let event = "Event: refer\r\nContent-Type: message/sipfrag\r\n";
    for (sequence, fragment) in [(3, "SIP/2.0 180 Ringing\r\n"), (4, "SIP/2.0 486 Busy\r\n")] {
        dave.send(&inside(&dave, &answer, "NOTIFY", sequence, event, fragment))
            .await;
        let line = format!("{sequence} NOTIFY");
        let answered = dave
            .expect(|message| message.header("CSeq") == Some(&line))
            .await;
        assert_eq!(answered.status(), Some(200));
    }
    assert_eq!(lab.signal().await, sent_away(Some(486)));
    // It may be asked again, and may refuse to.
    send_away(&lab, "dave").await;
    let refer = dave
        .expect(|message| {
            message.start().starts_with("REFER") && !message.text.contains("sip:102@")
        })
        .await;
    dave.send(&refer.answer("603 Decline", "", "", "")).await;
    assert_eq!(lab.signal().await, sent_away(Some(603)));
    // Of nothing else we have asked to be told.
    dave.send(&inside(
        &dave,
        &answer,
        "NOTIFY",
        5,
        "Event: dialog\r\n",
        "",
    ))
    .await;
    dave.expect(|message| {
        message.header("CSeq") == Some("5 NOTIFY") && message.status() == Some(481)
    })
    .await;
    lab.hang_up(CHANNEL, None);
    let bye = dave.asked("BYE").await;
    dave.send(&bye.answer("200 OK", "", "", "")).await;
    while !matches!(lab.signal().await, Signal::Released { .. }) {}
    send_away(&lab, "102").await;
    assert_eq!(lab.signal().await, sent_away(Some(481)));
}

#[tokio::test]
async fn a_call_asks_for_the_place_of_another() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let answer = answered(&mut lab, &mut dave).await;
    let (_, tag) = answer.header("To").unwrap().split_once(";tag=").unwrap();
    let mut other = Phone::new("dave", &lab).await;
    let asks = |phone: &Phone, sequence, call_id: &str, more: &str| {
        let headers = format!(
            "X-Lab-Phone: dave\r\n{SDP}Require: replaces\r\n\
             Replaces: {call_id};to-tag={tag};from-tag=theirs{more}\r\n"
        );
        let uri = "sip:dave@127.0.0.1";
        phone.request("INVITE", uri, sequence, &headers, &sdp(6002, "sendrecv"))
    };
    other.send(&asks(&other, 1, "unknown", "")).await;
    other.status(481).await;
    other
        .send(&asks(&other, 2, &dave.call_id, ";early-only"))
        .await;
    other.status(486).await;
    other.send(&asks(&other, 3, &dave.call_id, "")).await;
    let Signal::NewCall(call) = lab.signal().await else {
        panic!()
    };
    assert_eq!(call.replaces, Some(CHANNEL));
}
