//! Calls of the switch, played by the test, to a scripted phone.

use crate::call::{CHANNEL, SDP, answered, sdp};
use crate::lab::{Lab, Message, PHONES, Phone, hung_up, released};
use model::{Cause, Instruction, Party, Referral, Signal};
use std::time::Duration;

/// The switch calls alice, who has registered.
async fn ring_out(lab: &mut Lab, alice: &mut Phone) -> Message {
    assert_eq!(
        alice.register("alice-secret", 1, 300).await.status(),
        Some(200)
    );
    assert!(matches!(lab.signal().await, Signal::Contact(_)));
    lab.instruct(Instruction::Dial {
        channel: CHANNEL,
        resource: "alice".into(),
        caller: Party::parse("\"Bob \\\"x\\\"\" <102>"),
        withheld: false,
        call_id: "to-alice".into(),
        formats: Vec::new(),
        referral: Referral::default(),
    });
    alice.asked("INVITE").await
}

#[tokio::test]
async fn a_call_goes_out_is_answered_and_hung_up() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    assert_eq!(
        invite.start(),
        format!("INVITE sip:alice@127.0.0.1:{} SIP/2.0", alice.port())
    );
    assert_eq!(invite.header("Call-ID"), Some("to-alice"));
    assert!(
        invite
            .header("From")
            .unwrap()
            .contains("<sip:102@127.0.0.1>;tag="),
        "{}",
        invite.text
    );
    assert!(invite.body().contains("RTP/AVP 0 8 101"), "{}", invite.text);
    alice.send(&invite.answer("180 Ringing", "t", "", "")).await;
    assert_eq!(lab.signal().await, Signal::Ringing(CHANNEL));
    let contact = format!("Contact: {}\r\n{SDP}", alice.contact());
    let ok = invite.answer("200 OK", "t", &contact, &sdp(6002, "sendrecv"));
    alice.send(&ok).await;
    let ack = alice.asked("ACK").await;
    assert_eq!(ack.header("CSeq"), Some("1 ACK"));
    assert!(ack.header("To").unwrap().ends_with(";tag=t"));
    let Signal::Media {
        format,
        addresses,
        dialog,
        ..
    } = lab.signal().await
    else {
        panic!()
    };
    assert_eq!(&*format, "ulaw");
    assert_eq!(addresses.remote.to_string(), "127.0.0.1:6002");
    let from = invite.header("From").unwrap();
    assert!(from.ends_with(&*dialog.local_tag) && !dialog.local_tag.is_empty());
    assert!(from.contains(&*dialog.local_uri), "{from}");
    assert_eq!(
        (
            &*dialog.remote_tag,
            &*dialog.aor,
            dialog.remote_address.port()
        ),
        ("t", "alice", alice.port())
    );
    assert_eq!(
        *dialog.target_uri,
        *alice.contact().trim_matches(['<', '>'])
    );
    assert!(dialog.contact.starts_with("alice;@"), "{dialog:?}");
    assert_eq!(lab.signal().await, Signal::Answered(CHANNEL));
    // The ACK was lost: the answer comes again, and so does the ACK.
    alice.send(&ok).await;
    assert_eq!(alice.asked("ACK").await.text, ack.text);
    // Somebody else answers too, and is turned away.
    alice.send(&ok.replace(";tag=t", ";tag=other")).await;
    assert!(
        alice
            .asked("ACK")
            .await
            .header("To")
            .unwrap()
            .ends_with(";tag=other")
    );
    let away = alice.asked("BYE").await;
    assert!(away.header("To").unwrap().ends_with(";tag=other"));
    alice.send(&away.answer("200 OK", "", "", "")).await;
    lab.hang_up(CHANNEL, None);
    assert!(matches!(
        lab.signal().await,
        Signal::Released {
            tech_cause: None,
            quality: Some(_),
            ..
        }
    ));
    let bye = alice
        .expect(|message| {
            message.start().starts_with("BYE ") && message.header("To").unwrap().ends_with(";tag=t")
        })
        .await;
    alice.send(&bye.answer("200 OK", "", "", "")).await;
}

#[tokio::test]
async fn who_is_called_may_ask_that_another_be_called() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    let contact = "Contact: \"Desk\" <sip:1%30%33;x=y@192.0.2.7>;q=1, <sip:9@192.0.2.8>\r\n";
    alice
        .send(&invite.answer("302 Moved Temporarily", "t", contact, ""))
        .await;
    let Signal::Forwarded { exten, .. } = lab.signal().await else {
        panic!("not forwarded");
    };
    assert_eq!(&*exten, "103");
    let Signal::HungUp { tech_cause, .. } = lab.signal().await else {
        panic!("goes on");
    };
    assert_eq!(tech_cause.as_deref(), Some("302"));
}

#[tokio::test]
async fn who_is_busy_says_so() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    alice
        .send(&invite.answer("486 Busy Here", "t", "", ""))
        .await;
    let ack = alice.asked("ACK").await;
    assert_eq!(ack.header("Via"), invite.header("Via"));
    assert_eq!(
        lab.signal().await,
        hung_up(CHANNEL, Cause::USER_BUSY, Some("486"))
    );
    lab.hang_up(CHANNEL, None);
    assert!(matches!(lab.signal().await, Signal::Released { .. }));
}

#[tokio::test]
async fn a_call_given_up_is_cancelled_and_its_late_answer_hung_up() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    // A CANCEL waits for the first word.
    lab.hang_up(CHANNEL, Some(Cause::INTERWORKING));
    assert_eq!(lab.signal().await, released(CHANNEL, Some("500")));
    alice.send(&invite.answer("180 Ringing", "t", "", "")).await;
    let cancel = alice.asked("CANCEL").await;
    assert_eq!(cancel.header("Via"), invite.header("Via"));
    alice.send(&cancel.answer("200 OK", "t", "", "")).await;
    let contact = format!("Contact: {}\r\n{SDP}", alice.contact());
    alice
        .send(&invite.answer("200 OK", "t", &contact, &sdp(6002, "sendrecv")))
        .await;
    alice.asked("ACK").await;
    let bye = alice.asked("BYE").await;
    alice.send(&bye.answer("200 OK", "", "", "")).await;
}

#[tokio::test]
async fn early_sound_is_told() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    alice
        .send(&invite.answer("183 Session Progress", "t", SDP, &sdp(6002, "sendrecv")))
        .await;
    assert!(matches!(lab.signal().await, Signal::Media { .. }));
    assert_eq!(lab.signal().await, Signal::Progress(CHANNEL));
}

#[tokio::test]
async fn nobody_there_is_no_route() {
    let mut lab = Lab::start().await;
    lab.instruct(Instruction::Dial {
        channel: CHANNEL,
        resource: "alice".into(),
        caller: Party::default(),
        withheld: false,
        call_id: "c".into(),
        formats: Vec::new(),
        referral: Referral::default(),
    });
    let hung_up = hung_up(CHANNEL, Cause::NO_ROUTE_DESTINATION, None);
    assert_eq!(lab.signal().await, hung_up);
    lab.hang_up(CHANNEL, None);
    assert!(matches!(lab.signal().await, Signal::Released { .. }));
    // Even twice: the switch never waits for what is gone.
    lab.hang_up(CHANNEL, None);
    assert!(matches!(lab.signal().await, Signal::Released { .. }));
}

#[tokio::test]
async fn an_unanswered_invite_is_repeated() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    assert_eq!(alice.asked("INVITE").await.text, invite.text);
}

#[tokio::test]
async fn calls_end_with_everything() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    answered(&mut lab, &mut dave).await;
    let sip = lab.sip.clone();
    let stopping = tokio::spawn(async move { sip.stop().await });
    let bye = dave.asked("BYE").await;
    dave.send(&bye.answer("200 OK", "", "", "")).await;
    tokio::time::timeout(Duration::from_secs(5), stopping)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(lab.sip.calls(), 0);
}

#[tokio::test]
async fn a_call_is_made_again_with_the_password_asked_for() {
    let text = PHONES.replace(
        "[alice](phone)\nauth=alice\n",
        "[alice](phone)\nauth=alice\noutbound_auth=alice\n",
    );
    let mut lab = Lab::with(&text).await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    let challenge = "Proxy-Authenticate: Digest realm=\"r\",nonce=\"n\",qop=\"auth\"\r\n";
    alice
        .send(&invite.answer("407 Proxy Authentication Required", "t", challenge, ""))
        .await;
    alice.asked("ACK").await;
    let again = alice.replied("2 INVITE").await;
    assert!(
        again
            .header("Proxy-Authorization")
            .unwrap()
            .contains("username=\"alice\""),
        "{}",
        again.text
    );
    assert_eq!(again.body(), invite.body());
    let contact = format!("Contact: {}\r\n{SDP}", alice.contact());
    alice
        .send(&again.answer("200 OK", "t", &contact, &sdp(6002, "sendrecv")))
        .await;
    assert_eq!(
        alice.replied("2 ACK").await.start().split(' ').next(),
        Some("ACK")
    );
    assert!(matches!(lab.signal().await, Signal::Media { .. }));
    assert_eq!(lab.signal().await, Signal::Answered(CHANNEL));
}

#[tokio::test]
async fn a_resource_cannot_smuggle_headers() {
    let mut lab = Lab::start().await;
    let resource = "alice/sip:x@127.0.0.1:9>\r\nEvil: yes\r\nX: <".into();
    lab.instruct(Instruction::Dial {
        channel: CHANNEL,
        resource,
        caller: Party::default(),
        withheld: false,
        call_id: "c".into(),
        formats: Vec::new(),
        referral: Referral::default(),
    });
    assert!(matches!(
        lab.signal().await,
        Signal::HungUp {
            cause: Some(Cause::NO_ROUTE_DESTINATION),
            ..
        }
    ));
}

#[tokio::test]
async fn the_formats_asked_for_are_offered() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    assert_eq!(
        alice.register("alice-secret", 1, 300).await.status(),
        Some(200)
    );
    assert!(matches!(lab.signal().await, Signal::Contact(_)));
    lab.instruct(Instruction::Dial {
        channel: CHANNEL,
        resource: "alice".into(),
        caller: Party::default(),
        withheld: false,
        call_id: "to-alice".into(),
        formats: vec!["alaw".into(), "opus".into()],
        referral: Referral {
            to: "sip:x@b.invalid".into(),
            by: "<sip:dave@127.0.0.1>".into(),
            replaces: "x;to-tag=a;from-tag=b".into(),
        },
    });
    let invite = alice.asked("INVITE").await;
    assert!(invite.body().contains("RTP/AVP 8 101"), "{}", invite.text);
    assert_eq!(invite.header("Referred-By"), Some("<sip:dave@127.0.0.1>"));
    assert_eq!(invite.header("Replaces"), Some("x;to-tag=a;from-tag=b"));
    alice
        .send(&invite.answer("486 Busy Here", "t", "", ""))
        .await;
    alice.asked("ACK").await;
}

#[tokio::test]
async fn who_wants_not_to_be_shown_is_not() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    assert_eq!(
        alice.register("alice-secret", 1, 300).await.status(),
        Some(200)
    );
    assert!(matches!(lab.signal().await, Signal::Contact(_)));
    lab.instruct(Instruction::Dial {
        channel: CHANNEL,
        resource: "alice".into(),
        caller: Party::parse("\"Bob\" <102>"),
        withheld: true,
        call_id: "to-alice".into(),
        formats: Vec::new(),
        referral: Referral::default(),
    });
    let invite = alice.asked("INVITE").await;
    let from = invite.header("From").unwrap();
    assert!(
        from.starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="),
        "{from}"
    );
    assert_eq!(invite.header("Privacy"), Some("id"));
    assert!(!invite.text.contains("102@"), "{}", invite.text);
    alice
        .send(&invite.answer("486 Busy Here", "t", "", ""))
        .await;
    alice.asked("ACK").await;
}
