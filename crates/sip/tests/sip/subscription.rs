//! Phones subscribe to extensions and mailboxes.

use crate::call::inside;
use crate::lab::{Lab, Message, PHONES, Phone};
use model::{
    Cause, ExtensionState, Instruction, MessageCounts, Signal, SipQuery, SipReply, SipSubscription,
    Token, Watched, WatchedState,
};

const DIALOG: &str = "X-Lab-Phone: dave\r\nEvent: dialog\r\nExpires: 600\r\n";

fn extension() -> Watched {
    Watched::Extension {
        context: "phones".into(),
        exten: "101".into(),
    }
}

fn state(state: ExtensionState) -> WatchedState {
    WatchedState::Extension(state)
}

async fn watched(lab: &mut Lab) -> (Token, Watched) {
    match lab.signal().await {
        Signal::Watch { token, what } => (token, what),
        other => panic!("{other:?}"),
    }
}

/// The next NOTIFY, answered.
async fn notified(phone: &mut Phone) -> Message {
    let notify = phone.asked("NOTIFY").await;
    phone.send(&notify.answer("200 OK", "", "", "")).await;
    notify
}

#[tokio::test]
async fn an_extension_is_told_as_it_is_and_as_it_changes() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    dave.send(&dave.request("SUBSCRIBE", "sip:101@127.0.0.1", 1, DIALOG, ""))
        .await;
    let (token, what) = watched(&mut lab).await;
    assert_eq!(what, extension());
    lab.instruct(Instruction::Watching {
        token,
        state: state(ExtensionState::Idle),
    });
    let accepted = dave.status(200).await;
    assert_eq!(accepted.header("Expires"), Some("600"));
    let first = notified(&mut dave).await;
    assert_eq!(
        (first.header("Event"), first.header("Content-Type")),
        (Some("dialog"), Some("application/dialog-info+xml"))
    );
    assert!(
        first
            .header("Subscription-State")
            .unwrap()
            .starts_with("active;expires=")
    );
    assert!(
        first.body().contains("version=\"0\"") && first.body().contains("terminated"),
        "{}",
        first.text
    );
    let SipReply::Subscriptions(listed) = lab.sip.ask(SipQuery::Subscriptions) else {
        panic!()
    };
    assert_eq!(
        listed,
        [SipSubscription {
            endpoint: "dave".into(),
            call_id: dave.call_id.as_str().into(),
            caller: "\"dave\" <sip:dave@127.0.0.1>".into(),
            watched: vec![(extension(), Some(state(ExtensionState::Idle)))],
        }]
    );
    lab.instruct(Instruction::Changed {
        what: extension(),
        state: state(ExtensionState::Ringing),
    });
    let second = notified(&mut dave).await;
    assert!(second.body().contains("version=\"1\"") && second.body().contains("early"));

    dave.send(&inside(
        &dave,
        &accepted,
        "SUBSCRIBE",
        2,
        "Event: dialog\r\nExpires: 0\r\n",
        "",
    ))
    .await;
    let last = notified(&mut dave).await;
    assert_eq!(
        last.header("Subscription-State"),
        Some("terminated;reason=timeout")
    );
    assert_eq!(lab.signal().await, Signal::Unwatch(extension()));
    lab.instruct(Instruction::Changed {
        what: extension(),
        state: state(ExtensionState::Idle),
    });
    dave.send(&inside(
        &dave,
        &accepted,
        "SUBSCRIBE",
        3,
        "Event: dialog\r\n",
        "",
    ))
    .await;
    dave.expect(|message| {
        message.header("CSeq") == Some("3 SUBSCRIBE") && message.status() == Some(481)
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    let uri = "sip:9@127.0.0.1";
    dave.send(&dave.request("SUBSCRIBE", uri, 1, DIALOG, ""))
        .await;
    let (token, _) = watched(&mut lab).await;
    lab.instruct(Instruction::Refuse {
        token,
        cause: Cause::UNALLOCATED,
    });
    dave.status(404).await;
    dave.send(&dave.request(
        "SUBSCRIBE",
        uri,
        2,
        "X-Lab-Phone: dave\r\nEvent: weather\r\n",
        "",
    ))
    .await;
    assert!(
        dave.status(489)
            .await
            .header("Allow-Events")
            .unwrap()
            .contains("dialog")
    );
    dave.send(&dave.request(
        "SUBSCRIBE",
        uri,
        3,
        "X-Lab-Phone: dave\r\nEvent: message-summary\r\n",
        "",
    ))
    .await;
    dave.status(404).await;
}

#[tokio::test]
async fn messages_that_wait_are_summed_up() {
    let text = PHONES.replace(
        "[dave](aor)\n",
        "[dave](aor)\nmailboxes=100@default,101@default\n",
    );
    let mut lab = Lab::with(&text).await;
    let mut dave = Phone::new("dave", &lab).await;
    let more = "X-Lab-Phone: dave\r\nEvent: message-summary\r\n";
    dave.send(&dave.request("SUBSCRIBE", "sip:dave@127.0.0.1", 1, more, ""))
        .await;
    for _ in 0..2 {
        let (token, _) = watched(&mut lab).await;
        let counts = MessageCounts {
            new: 1,
            ..MessageCounts::default()
        };
        lab.instruct(Instruction::Watching {
            token,
            state: WatchedState::Mailbox(counts),
        });
    }
    assert!(
        notified(&mut dave)
            .await
            .body()
            .contains("Voice-Message: 2/0 (0/0)")
    );
    let counts = MessageCounts {
        new: 3,
        ..MessageCounts::default()
    };
    let what = Watched::Mailbox("101@default".into());
    lab.instruct(Instruction::Changed {
        what,
        state: WatchedState::Mailbox(counts),
    });
    assert!(
        notified(&mut dave)
            .await
            .body()
            .contains("Messages-Waiting: yes\r\n")
    );
}

#[tokio::test]
async fn a_phone_that_is_gone_is_not_told_any_more() {
    let mut lab = Lab::start().await;
    let mut dave = Phone::new("dave", &lab).await;
    dave.send(&dave.request("SUBSCRIBE", "sip:101@127.0.0.1", 1, DIALOG, ""))
        .await;
    let (token, _) = watched(&mut lab).await;
    lab.instruct(Instruction::Watching {
        token,
        state: state(ExtensionState::Idle),
    });
    let notify = dave.asked("NOTIFY").await;
    dave.send(&notify.answer("481 Subscription Does Not Exist", "", "", ""))
        .await;
    assert_eq!(lab.signal().await, Signal::Unwatch(extension()));
}

#[tokio::test]
async fn messages_are_told_to_phones_that_did_not_ask() {
    let text = PHONES.replace(
        "[alice](phone)\n",
        "[alice](phone)\nmailboxes=100@default\n",
    );
    let mut lab = Lab::with(&text).await;
    let (token, what) = watched(&mut lab).await;
    assert_eq!(what, Watched::Mailbox("100@default".into()));
    let counts = |new| {
        WatchedState::Mailbox(MessageCounts {
            new,
            ..MessageCounts::default()
        })
    };
    lab.instruct(Instruction::Watching {
        token,
        state: counts(1),
    });
    let mut alice = Phone::new("alice", &lab).await;
    assert_eq!(
        alice.register("alice-secret", 1, 300).await.status(),
        Some(200)
    );
    let first = notified(&mut alice).await;
    assert_eq!(first.header("Event"), Some("message-summary"));
    assert_eq!(
        first.header("Content-Type"),
        Some("application/simple-message-summary")
    );
    assert!(
        first.body().ends_with("Voice-Message: 1/0 (0/0)\r\n"),
        "{}",
        first.text
    );
    lab.instruct(Instruction::Changed {
        what,
        state: counts(2),
    });
    assert!(
        notified(&mut alice)
            .await
            .body()
            .contains("Voice-Message: 2/0")
    );
    lab.sip.configure(crate::lab::settings(PHONES));
    while lab.signal().await != Signal::Unwatch(Watched::Mailbox("100@default".into())) {}
}
