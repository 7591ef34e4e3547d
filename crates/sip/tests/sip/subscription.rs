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

#[tokio::test]
async fn a_list_is_told_whole_and_then_what_has_changed_of_it() {
    let list = "[team]\ntype=resource_list\nevent=dialog\nlist_item=101,102\nlist_item=9\n";
    let mut lab = Lab::with(&format!("{PHONES}{list}")).await;
    let mut dave = Phone::new("dave", &lab).await;
    let uri = "sip:team@127.0.0.1";
    dave.send(&dave.request("SUBSCRIBE", uri, 1, DIALOG, ""))
        .await;
    let refused = dave.status(421).await;
    assert_eq!(refused.header("Require"), Some("eventlist"));

    let more = format!("{DIALOG}Supported: replaces, eventlist\r\n");
    dave.send(&dave.request("SUBSCRIBE", uri, 2, &more, ""))
        .await;
    for _ in 0..2 {
        let (token, _) = watched(&mut lab).await;
        let state = state(ExtensionState::Idle);
        lab.instruct(Instruction::Watching { token, state });
    }
    let (token, _) = watched(&mut lab).await;
    let cause = Cause::UNALLOCATED;
    lab.instruct(Instruction::Refuse { token, cause });

    assert_eq!(dave.status(200).await.header("Require"), Some("eventlist"));
    let first = notified(&mut dave).await;
    let kind = first.header("Content-Type").unwrap();
    assert!(kind.starts_with("multipart/related;type=\"application/rlmi+xml\";start="));
    let boundary = kind.rsplit("boundary=").next().unwrap().trim_matches('"');
    let parts: Vec<_> = first.body().split(&format!("--{boundary}")).collect();
    let [before, root, one, two, end] = parts[..] else {
        panic!("{}", first.text)
    };
    assert_eq!((before, end), ("", "--\r\n"));
    assert!(root.contains("uri=\"sip:team@127.0.0.1\" version=\"0\" fullState=\"true\""));
    assert!(root.contains(
        "<resource uri=\"sip:101@127.0.0.1\"><name>101</name><instance id=\"0\" state=\"active\""
    ));
    assert!(
        root.contains(
            "<name>9</name><instance id=\"2\" state=\"terminated\" reason=\"noresource\"/>"
        )
    );
    assert!(one.contains("<dialog id=\"101\"><state>terminated</state>"));
    assert!(two.contains("<dialog id=\"102\">"));
    let cid = root
        .split("cid=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(one.contains(&format!("Content-ID: <{cid}>")));

    let ringing = state(ExtensionState::Ringing);
    let what = extension();
    lab.instruct(Instruction::Changed {
        what,
        state: ringing,
    });
    let second = notified(&mut dave).await;
    assert!(second.body().contains("version=\"1\" fullState=\"false\""));
    assert!(second.body().contains("<name>101</name>") && second.body().contains("early"));
    assert!(
        !second.body().contains("<name>102</name>"),
        "{}",
        second.text
    );
}

#[tokio::test]
async fn lists_are_listed_with_what_they_say() {
    let list = "[team]\ntype=resource_list\nevent=presence\nlist_item=101\nlist_item=102\nfull_state=yes\n";
    let lab = Lab::with(&format!("{PHONES}{list}")).await;
    let SipReply::Objects(lists) = lab.sip.ask(SipQuery::ResourceLists) else {
        panic!()
    };
    let [team] = &lists[..] else {
        panic!("{lists:?}")
    };
    assert_eq!((team.kind, &*team.name), ("resource_list", "team"));
    assert_eq!(team.field("Event"), "presence");
    assert_eq!(team.field("ListItem"), "101,102");
    assert_eq!(team.field("FullState"), "yes");
}
