//! Originate: what is checked, ordered and answered (ami-server.md 10.15).

use crate::actions::{action, command, done, error};
use crate::client::Client;
use model::{Command, Destination, OriginateReason, Party, Refusal, Reply};
use std::sync::Arc;
use std::time::Duration;

#[test]
fn an_originate_is_checked_before_it_is_ordered() {
    let long = "x".repeat(150);
    for (account, headers, text) in [
        (
            "admin",
            format!("Channel: Local/a\nChannelId: {long}\n"),
            "Uniqueid length exceeds maximum of 149",
        ),
        (
            "admin",
            "Application: Wait\n".into(),
            "Channel not specified",
        ),
        (
            "admin",
            "Channel: Local/a\nApplication: Wait\nTimeout: soon\n".into(),
            "Invalid timeout",
        ),
        (
            "admin",
            "Channel: nonsense\nApplication: Wait\n".into(),
            "Invalid channel",
        ),
        (
            "admin",
            "Channel: Local/a\n".into(),
            "Originate with 'Exten' requires 'Context' and 'Priority'",
        ),
        (
            "admin",
            "Channel: Local/a\nPriority: 1\n".into(),
            "Extension does not exist.",
        ),
        (
            "calls",
            "Channel: Local/a\nApplication: System\nData: true\n".into(),
            "Originate Access Forbidden: app or data blacklisted",
        ),
        (
            "admin",
            "Channel: Local/a\nApplication: Wait\nVariable: A=1,DB(a/b)=1\n".into(),
            "Originate Access Forbidden: app or data blacklisted",
        ),
    ] {
        assert_eq!(
            Client::of(account).send(&action("Originate", &headers)),
            error(text),
            "{headers}"
        );
    }
}

#[test]
fn an_originate_is_ordered_with_all_it_says() {
    let mut client = Client::of("calls");
    let told = client.ask_switch(
        &action(
            "Originate",
            "Channel: Local/a@lab/n\nContext: lab\nExten: b\nPriority: 1\nTimeout: 2500ms\n\
             CallerID: \"Alice\" <101>\nVariable: A=1,B=2\nvariable: C=\"x,y\"\nAccount: acc\n\
             EarlyMedia: yes\nAsync: true\nChannelId: one\nOtherChannelId: two\nCodecs: alaw, ulaw\n\
             PreDialGoSub: sub,s,1(x)\n",
        ),
        Reply::Done,
    );
    assert_eq!(told, done("Originate successfully queued"));
    let Command::Originate(order) = command(&client) else {
        panic!()
    };
    let pair = |name: &str, value: &str| (Arc::from(name), Arc::from(value));
    assert_eq!(
        order,
        &model::Originate {
            technology: "Local".into(),
            resource: "a@lab/n".into(),
            destination: Destination::Extension {
                context: "lab".into(),
                exten: "b".into(),
                priority: "1".into()
            },
            timeout: Duration::from_millis(2500),
            caller: Some(Party::parse("\"Alice\" <101>")),
            account: Some("acc".into()),
            variables: vec![pair("C", "x,y"), pair("B", "2"), pair("A", "1")],
            formats: vec!["alaw".into(), "ulaw".into()],
            before_dialling: Some("sub,s,1(x)".into()),
            early_media: true,
            asynchronous: true,
            channel_id: Some("one".into()),
            other_channel_id: Some("two".into()),
            action_id: Some("1".into()),
            trace: None,
        }
    );
}

#[test]
fn an_originate_answers_what_came_of_it() {
    let order = action(
        "Originate",
        "Channel: Local/a\nApplication: Wait\nData: 1\n",
    );
    for (reply, told) in [
        (
            Reply::Originated(OriginateReason::Answered),
            done("Originate successfully queued"),
        ),
        (
            Reply::Originated(OriginateReason::Busy),
            error("Originate failed"),
        ),
        (
            Reply::Refused(Refusal::NoSuchExtension),
            error("Extension does not exist."),
        ),
        (
            Reply::Refused(Refusal::InvalidPriority),
            error("Invalid priority"),
        ),
        (
            Reply::Refused(Refusal::ShuttingDown),
            error("Asterisk is shutting down"),
        ),
    ] {
        assert_eq!(Client::of("calls").ask_switch(&order, reply), told);
    }
}
