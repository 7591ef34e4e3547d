//! Calls between a scripted phone and the switch, played by the test.

use crate::lab::{Lab, Message, PHONES, Phone};
use model::{Cause, ChannelId, Instruction, NewCall, Party, Signal};
use std::time::Duration;

pub(crate) const CHANNEL: ChannelId = ChannelId(7);

fn sdp(port: u16, direction: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
    )
}

const SDP: &str = "Content-Type: application/sdp\r\n";
const DAVE: &str = "X-Lab-Phone: dave\r\nContent-Type: application/sdp\r\n";

/// Dave's INVITE, as the switch learns of it.
async fn ring_in(lab: &mut Lab, phone: &mut Phone, exten: &str) -> NewCall {
    let uri = format!("sip:{exten}@127.0.0.1");
    phone
        .send(&phone.request("INVITE", &uri, 1, DAVE, &sdp(6000, "sendrecv")))
        .await;
    loop {
        if let Signal::NewCall(call) = lab.signal().await {
            return call;
        }
    }
}

/// A request of the phone inside the dialog of an answer.
pub(crate) fn inside(
    phone: &Phone,
    answer: &Message,
    method: &str,
    sequence: u32,
    more: &str,
    body: &str,
) -> String {
    let target = answer
        .header("Contact")
        .unwrap()
        .trim_matches(['<', '>'])
        .to_owned();
    phone
        .request(method, &target, sequence, more, body)
        .replacen(
            &format!("To: <{target}>"),
            &format!("To: {}", answer.header("To").unwrap()),
            1,
        )
}

/// Dave calls and is answered.
pub(crate) async fn answered(lab: &mut Lab, phone: &mut Phone) -> Message {
    let call = ring_in(lab, phone, "echo").await;
    lab.instruct(Instruction::Accept {
        token: call.token,
        channel: CHANNEL,
    });
    lab.instruct(Instruction::Answer(CHANNEL));
    let answer = phone.status(200).await;
    assert!(matches!(
        lab.signal().await,
        Signal::Media {
            channel: CHANNEL,
            ..
        }
    ));
    phone.send(&inside(phone, &answer, "ACK", 1, "", "")).await;
    answer
}

#[tokio::test]
async fn a_call_comes_in_rings_is_answered_and_hung_up_by_the_phone() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "echo").await;
    assert_eq!(
        (&*call.endpoint, &*call.exten, &*call.call_id),
        ("dave", "echo", dave.call_id.as_str())
    );
    assert_eq!(
        call.caller,
        Party {
            number: Some("dave".into()),
            name: Some("dave".into())
        }
    );
    assert_eq!(call.variables, [("SIPDOMAIN".into(), "127.0.0.1".into())]);
    dave.status(100).await;
    lab.instruct(Instruction::Accept {
        token: call.token,
        channel: CHANNEL,
    });
    lab.instruct(Instruction::Ring(CHANNEL));
    dave.status(180).await;
    lab.instruct(Instruction::Progress(CHANNEL));
    let early = dave.status(183).await;
    assert!(early.body().contains("m=audio "), "{}", early.text);
    let Signal::Media { format, .. } = lab.signal().await else {
        panic!()
    };
    assert_eq!(&*format, "ulaw");
    lab.instruct(Instruction::Answer(CHANNEL));
    let answer = dave.status(200).await;
    assert_eq!(answer.header("To"), early.header("To"));
    dave.send(&inside(&dave, &answer, "ACK", 1, "", "")).await;
    dave.send(&inside(&dave, &answer, "BYE", 2, "", "")).await;
    dave.status(200).await;
    let Signal::HungUp {
        channel,
        cause,
        tech_cause,
        quality,
    } = lab.signal().await
    else {
        panic!()
    };
    assert_eq!((channel, cause, tech_cause), (CHANNEL, None, None));
    assert!(quality.is_some());
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
    assert_eq!(
        lab.signal().await,
        Signal::Released {
            channel: CHANNEL,
            tech_cause: None,
            quality: None
        }
    );
    assert_eq!(lab.sip.calls(), 0);
}

#[tokio::test]
async fn an_answered_call_is_hung_up_by_the_switch() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    answered(&mut lab, &mut dave).await;
    // Only now does the switch know that the ACK is here.
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: Some(Cause::NORMAL_CLEARING),
    });
    let Signal::Released {
        channel: CHANNEL,
        tech_cause: None,
        ..
    } = lab.signal().await
    else {
        panic!()
    };
    let bye = dave.asked("BYE").await;
    assert_eq!(bye.header("Reason"), Some("Q.850;cause=16"));
    assert_eq!(
        bye.start(),
        format!("BYE sip:dave@127.0.0.1:{} SIP/2.0", dave.port())
    );
    dave.send(&bye.answer("200 OK", "x", "", "")).await;
}

#[tokio::test]
async fn an_answer_is_repeated_until_it_is_confirmed() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "echo").await;
    lab.instruct(Instruction::Accept {
        token: call.token,
        channel: CHANNEL,
    });
    lab.instruct(Instruction::Answer(CHANNEL));
    let first = dave.status(200).await;
    let again = dave.status(200).await;
    assert_eq!(first.text, again.text);
    dave.send(&inside(&dave, &again, "ACK", 1, "", "")).await;
    dave.send(&inside(&dave, &again, "BYE", 2, "", "")).await;
    dave.expect(|message| message.header("CSeq") == Some("2 BYE"))
        .await;
}

#[tokio::test]
async fn a_call_is_refused_with_the_status_of_its_cause() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "unknown").await;
    lab.instruct(Instruction::Refuse {
        token: call.token,
        cause: Cause::UNALLOCATED,
    });
    let answer = dave.status(404).await;
    dave.send(&inside_refused(&dave, &answer)).await;
}

/// The ACK of a refusal goes with the INVITE's own branch.
fn inside_refused(phone: &Phone, answer: &Message) -> String {
    let uri = "sip:x@127.0.0.1";
    phone
        .request("ACK", uri, 1, "", "")
        .replacen("-1-ACK", "-1-INVITE", 1)
        .replacen(
            &format!("To: <{uri}>"),
            &format!("To: {}", answer.header("To").unwrap()),
            1,
        )
}

#[tokio::test]
async fn a_call_is_rejected_or_hung_up_before_it_is_answered() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "busy").await;
    lab.instruct(Instruction::Accept {
        token: call.token,
        channel: CHANNEL,
    });
    lab.instruct(Instruction::Reject {
        channel: CHANNEL,
        cause: Cause::USER_BUSY,
    });
    let busy = dave.status(486).await;
    dave.send(&inside_refused(&dave, &busy)).await;
    let hung_up = lab.signal().await;
    assert_eq!(
        hung_up,
        Signal::HungUp {
            channel: CHANNEL,
            cause: Some(Cause::USER_BUSY),
            tech_cause: Some("486".into()),
            quality: None
        }
    );
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
    assert!(matches!(lab.signal().await, Signal::Released { .. }));

    let mut other = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut other, "nobody").await;
    lab.instruct(Instruction::Accept {
        token: call.token,
        channel: ChannelId(8),
    });
    lab.instruct(Instruction::HangUp {
        channel: ChannelId(8),
        cause: Some(Cause::NO_ROUTE_DESTINATION),
    });
    let refused = other.status(404).await;
    other.send(&inside_refused(&other, &refused)).await;
    assert_eq!(
        lab.signal().await,
        Signal::Released {
            channel: ChannelId(8),
            tech_cause: Some("404".into()),
            quality: None
        }
    );
}

#[tokio::test]
async fn a_caller_gives_up() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "x").await;
    lab.instruct(Instruction::Accept {
        token: call.token,
        channel: CHANNEL,
    });
    lab.instruct(Instruction::Ring(CHANNEL));
    dave.status(180).await;
    let cancel = dave
        .request("CANCEL", "sip:x@127.0.0.1", 1, "", "")
        .replacen("-1-CANCEL", "-1-INVITE", 1);
    dave.send(&cancel).await;
    dave.expect(|message| {
        message.status() == Some(200) && message.header("CSeq") == Some("1 CANCEL")
    })
    .await;
    let terminated = dave.status(487).await;
    dave.send(&inside_refused(&dave, &terminated)).await;
    assert_eq!(
        lab.signal().await,
        Signal::HungUp {
            channel: CHANNEL,
            cause: Some(Cause::INTERWORKING),
            tech_cause: Some("487".into()),
            quality: None
        }
    );
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
    assert!(matches!(
        lab.signal().await,
        Signal::Released {
            tech_cause: None,
            ..
        }
    ));
}

#[tokio::test]
async fn a_caller_gives_up_before_the_switch_has_decided() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "x").await;
    dave.status(100).await;
    dave.send(
        &dave
            .request("CANCEL", "sip:x@127.0.0.1", 1, "", "")
            .replacen("-1-CANCEL", "-1-INVITE", 1),
    )
    .await;
    dave.status(200).await;
    let terminated = dave.status(487).await;
    dave.send(&inside_refused(&dave, &terminated)).await;
    lab.instruct(Instruction::Accept {
        token: call.token,
        channel: CHANNEL,
    });
    assert!(matches!(
        lab.signal().await,
        Signal::HungUp {
            cause: Some(Cause::INTERWORKING),
            ..
        }
    ));
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
    assert!(matches!(lab.signal().await, Signal::Released { .. }));
}

#[tokio::test]
async fn hold_and_unhold_are_told() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let answer = answered(&mut lab, &mut dave).await;
    dave.send(&inside(
        &dave,
        &answer,
        "INVITE",
        3,
        SDP,
        &sdp(6000, "sendonly"),
    ))
    .await;
    let held = dave
        .expect(|message| message.header("CSeq") == Some("3 INVITE"))
        .await;
    assert!(held.body().contains("a=recvonly"), "{}", held.text);
    dave.send(&inside(&dave, &answer, "ACK", 3, "", "")).await;
    assert_eq!(lab.signal().await, Signal::Held(CHANNEL));
    dave.send(&inside(
        &dave,
        &answer,
        "INVITE",
        4,
        SDP,
        &sdp(6000, "sendrecv"),
    ))
    .await;
    let unheld = dave
        .expect(|message| message.header("CSeq") == Some("4 INVITE"))
        .await;
    assert!(unheld.body().contains("a=sendrecv"));
    dave.send(&inside(&dave, &answer, "ACK", 4, "", "")).await;
    assert_eq!(lab.signal().await, Signal::Unheld(CHANNEL));
    dave.send(&inside(
        &dave,
        &answer,
        "INVITE",
        2,
        SDP,
        &sdp(6000, "sendrecv"),
    ))
    .await;
    dave.expect(|message| {
        message.header("CSeq") == Some("2 INVITE") && message.status() == Some(500)
    })
    .await;
    dave.send(&inside(
        &dave,
        &answer,
        "INFO",
        5,
        "Content-Type: application/dtmf-relay\r\n",
        "Signal=5\r\nDuration=160\r\n",
    ))
    .await;
    assert_eq!(
        lab.signal().await,
        Signal::Digit {
            channel: CHANNEL,
            digit: '5',
            milliseconds: 160
        }
    );
}

#[tokio::test]
async fn what_we_do_not_do_is_refused() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let uri = "sip:x@127.0.0.1";
    dave.send(&dave.request(
        "INVITE",
        uri,
        1,
        &format!("Require: 100rel\r\n{DAVE}"),
        &sdp(6000, "sendrecv"),
    ))
    .await;
    assert_eq!(dave.status(420).await.header("Unsupported"), Some("100rel"));
    dave.send(&dave.request(
        "INVITE",
        uri,
        2,
        DAVE,
        &sdp(6000, "sendrecv").replace("RTP/AVP 0 101", "RTP/AVP 9"),
    ))
    .await;
    dave.status(488).await;
    dave.send(&dave.request(
        "INVITE",
        uri,
        3,
        "X-Lab-Phone: dave\r\nContent-Type: text/plain\r\n",
        "hello",
    ))
    .await;
    dave.status(415).await;
    let mut mallory = Phone::new("mallory", &lab).await;
    let invite = mallory.request("INVITE", uri, 1, SDP, &sdp(6000, "sendrecv"));
    mallory.send(&invite).await;
    mallory.status(401).await;
    assert_eq!(&*lab.security().await.account, "mallory");
}

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
        call_id: "to-alice".into(),
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
    let Signal::Media { format, .. } = lab.signal().await else {
        panic!()
    };
    assert_eq!(&*format, "ulaw");
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
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
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
        Signal::HungUp {
            channel: CHANNEL,
            cause: Some(Cause::USER_BUSY),
            tech_cause: Some("486".into()),
            quality: None
        }
    );
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
    assert!(matches!(lab.signal().await, Signal::Released { .. }));
}

#[tokio::test]
async fn a_call_given_up_is_cancelled_and_its_late_answer_hung_up() {
    let mut lab = Lab::start().await;
    let mut alice = Phone::new("alice", &lab).await;
    let invite = ring_out(&mut lab, &mut alice).await;
    // A CANCEL waits for the first word.
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: Some(Cause::INTERWORKING),
    });
    assert_eq!(
        lab.signal().await,
        Signal::Released {
            channel: CHANNEL,
            tech_cause: Some("500".into()),
            quality: None
        }
    );
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
        call_id: "c".into(),
    });
    let hung_up = Signal::HungUp {
        channel: CHANNEL,
        cause: Some(Cause::NO_ROUTE_DESTINATION),
        tech_cause: None,
        quality: None,
    };
    assert_eq!(lab.signal().await, hung_up);
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
    assert!(matches!(lab.signal().await, Signal::Released { .. }));
    // Even twice: the switch never waits for what is gone.
    lab.instruct(Instruction::HangUp {
        channel: CHANNEL,
        cause: None,
    });
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
    let again = alice
        .expect(|message| message.header("CSeq") == Some("2 INVITE"))
        .await;
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
        alice
            .expect(|message| message.header("CSeq") == Some("2 ACK"))
            .await
            .start()
            .split(' ')
            .next(),
        Some("ACK")
    );
    assert!(matches!(lab.signal().await, Signal::Media { .. }));
    assert_eq!(lab.signal().await, Signal::Answered(CHANNEL));
}

#[tokio::test]
async fn who_finds_no_room_is_told_when_to_try_again() {
    let mut lab = Lab::with_room(PHONES, 1).await;
    let mut dave = Phone::new("dave", &lab).await;
    let uri = "sip:x@127.0.0.1";
    dave.send(&dave.request("INVITE", uri, 1, DAVE, &sdp(6000, "sendrecv")))
        .await;
    dave.status(100).await;
    dave.send(&dave.request("INVITE", uri, 2, DAVE, &sdp(6000, "sendrecv")))
        .await;
    let busy = dave.status(503).await;
    assert_eq!(busy.header("Retry-After"), Some("5"));
    let mut alice = Phone::new("alice", &lab).await;
    alice
        .send(&alice.request("REGISTER", "sip:alice@127.0.0.1", 1, "", ""))
        .await;
    alice.status(503).await;
    assert!(matches!(lab.signal().await, Signal::NewCall(_)));
    alice
        .send(&alice.request("REGISTER", "sip:alice@127.0.0.1", 2, "", ""))
        .await;
    alice.status(401).await;
}

#[tokio::test]
async fn a_resource_cannot_smuggle_headers() {
    let mut lab = Lab::start().await;
    let resource = "alice/sip:x@127.0.0.1:9>\r\nEvil: yes\r\nX: <".into();
    lab.instruct(Instruction::Dial {
        channel: CHANNEL,
        resource,
        caller: Party::default(),
        call_id: "c".into(),
    });
    assert!(matches!(
        lab.signal().await,
        Signal::HungUp {
            cause: Some(Cause::NO_ROUTE_DESTINATION),
            ..
        }
    ));
}
