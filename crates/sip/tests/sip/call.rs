//! Calls of a scripted phone to the switch, played by the test.

use crate::lab::{Lab, Message, PHONES, Phone, hung_up, released};
use model::{Cause, ChannelId, FLASH, Instruction, NewCall, Party, Signal};

pub(crate) const CHANNEL: ChannelId = ChannelId(7);

pub(crate) fn sdp(port: u16, direction: &str) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
    )
}

pub(crate) const SDP: &str = "Content-Type: application/sdp\r\n";
const DAVE: &str = "X-Lab-Phone: dave\r\nContent-Type: application/sdp\r\n";

/// Dave's INVITE, as the switch learns of it.
pub(crate) async fn ring_in(lab: &mut Lab, phone: &mut Phone, exten: &str) -> NewCall {
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
    lab.accept(&call, CHANNEL);
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
    let dialog = &call.dialog;
    assert_eq!(&*dialog.request_uri, "sip:echo@127.0.0.1");
    assert!(dialog.remote_uri.starts_with("sip:dave@"), "{dialog:?}");
    assert_eq!(dialog.remote_address.port(), dave.port());
    assert!(!dialog.local_tag.is_empty() && !dialog.remote_tag.is_empty());
    assert_eq!(call.variables, [("SIPDOMAIN".into(), "127.0.0.1".into())]);
    dave.status(100).await;
    lab.accept(&call, CHANNEL);
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
    lab.hang_up(CHANNEL, None);
    assert_eq!(lab.signal().await, released(CHANNEL, None));
    assert_eq!(lab.sip.calls(), 0);
}

#[tokio::test]
async fn an_answered_call_is_hung_up_by_the_switch() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    answered(&mut lab, &mut dave).await;
    // Only now does the switch know that the ACK is here.
    lab.hang_up(CHANNEL, Some(Cause::NORMAL_CLEARING));
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
    lab.accept(&call, CHANNEL);
    lab.instruct(Instruction::Answer(CHANNEL));
    let first = dave.status(200).await;
    let again = dave.status(200).await;
    assert_eq!(first.text, again.text);
    dave.send(&inside(&dave, &again, "ACK", 1, "", "")).await;
    dave.send(&inside(&dave, &again, "BYE", 2, "", "")).await;
    dave.replied("2 BYE").await;
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
    lab.accept(&call, CHANNEL);
    lab.instruct(Instruction::Reject {
        channel: CHANNEL,
        cause: Cause::USER_BUSY,
    });
    let busy = dave.status(486).await;
    dave.send(&inside_refused(&dave, &busy)).await;
    assert_eq!(
        lab.signal().await,
        hung_up(CHANNEL, Cause::USER_BUSY, Some("486"))
    );
    lab.hang_up(CHANNEL, None);
    assert!(matches!(lab.signal().await, Signal::Released { .. }));

    let mut other = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut other, "nobody").await;
    lab.accept(&call, ChannelId(8));
    lab.hang_up(ChannelId(8), Some(Cause::NO_ROUTE_DESTINATION));
    let refused = other.status(404).await;
    other.send(&inside_refused(&other, &refused)).await;
    assert_eq!(lab.signal().await, released(ChannelId(8), Some("404")));
}

#[tokio::test]
async fn keys_are_heard_before_the_answer() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "slow").await;
    lab.accept(&call, CHANNEL);
    lab.instruct(Instruction::Ring(CHANNEL));
    let ringing = dave.status(180).await;
    let kind = "Content-Type: application/dtmf-relay\r\n";
    let body = "Signal=5\r\nDuration=160\r\n";
    dave.send(&inside(&dave, &ringing, "INFO", 2, kind, body))
        .await;
    assert_eq!(
        lab.signal().await,
        Signal::Digit {
            channel: CHANNEL,
            digit: '5',
            milliseconds: 160
        }
    );
    assert_eq!(dave.replied("2 INFO").await.status(), Some(200));
}

#[tokio::test]
async fn a_caller_gives_up() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let call = ring_in(&mut lab, &mut dave, "x").await;
    lab.accept(&call, CHANNEL);
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
        hung_up(CHANNEL, Cause::INTERWORKING, Some("487"))
    );
    lab.hang_up(CHANNEL, None);
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
    lab.accept(&call, CHANNEL);
    assert!(matches!(
        lab.signal().await,
        Signal::HungUp {
            cause: Some(Cause::INTERWORKING),
            ..
        }
    ));
    lab.hang_up(CHANNEL, None);
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
    let held = dave.replied("3 INVITE").await;
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
    let unheld = dave.replied("4 INVITE").await;
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
    for (cseq, kind, body) in [
        (6, "hook-flash", "signal=hf\r\n"),
        (7, "dtmf-relay", "Signal=16\r\nDuration=160\r\n"),
        (8, "dtmf", "!"),
    ] {
        let kind = format!("Content-Type: application/{kind}\r\n");
        let info = inside(&dave, &answer, "INFO", cseq, &kind, body);
        dave.send(&info).await;
        assert_eq!(
            lab.signal().await,
            Signal::Digit {
                channel: CHANNEL,
                digit: FLASH,
                milliseconds: 0
            },
            "{kind}"
        );
    }
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
