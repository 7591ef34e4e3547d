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
    let place = extension("lab", "b", "1");
    assert_eq!(
        order,
        &model::Originate {
            technology: "Local".into(),
            resource: "a@lab/n".into(),
            destination: Destination::Extension(place.clone()),
            expected: Some(Box::new(place)),
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

fn extension(context: &str, exten: &str, priority: &str) -> model::Extension {
    model::Extension {
        context: context.into(),
        exten: exten.into(),
        priority: priority.into(),
    }
}

fn ordered(headers: &str) -> model::Originate {
    let mut client = Client::of("calls");
    let headers = format!("Channel: Local/a\n{headers}");
    client.ask_switch(&action("Originate", &headers), Reply::Done);
    let Command::Originate(order) = command(&client) else {
        panic!("{headers}: {:?}", command(&client))
    };
    order.clone()
}

#[test]
fn an_extension_with_a_priority_must_be_there_for_an_application_too() {
    let order = ordered("Application: Wait\nContext: lab\nExten: b\nPriority: 2x\n");
    assert_eq!(order.expected, Some(extension("lab", "b", "2").into()));
    let order = ordered("Application: Wait\nPriority: 1\n");
    assert_eq!(order.expected, Some(extension("", "", "1").into()));
    for none in ["", "Priority: 0\n", "Context: lab\nExten: b\n"] {
        let order = ordered(&format!("Application: Wait\n{none}"));
        assert_eq!(order.expected, None, "{none}");
    }
}

#[test]
fn without_a_priority_only_who_waits_is_refused() {
    let place = "Context: lab\nExten: b\n";
    let order = ordered(&format!("{place}Async: yes\n"));
    assert_eq!(order.expected, None);
    assert_eq!(
        order.destination,
        Destination::Extension(extension("lab", "b", "0"))
    );
    let mut client = Client::of("calls");
    let order = action("Originate", &format!("Channel: Local/a\n{place}"));
    let told = "Originate with 'Exten' requires 'Context' and 'Priority'";
    assert_eq!(client.send(&order), error(told));
}

#[test]
fn an_unknown_label_is_told_before_what_else_is_wrong() {
    let place = "Context: lab\nExten: b\nPriority: there";
    for (wrong, told) in [
        ("Channel: Local/a\nTimeout: soon", "Invalid timeout"),
        ("Channel: Local", "Invalid channel"),
    ] {
        let order = action("Originate", &format!("{wrong}\n{place}\n"));
        for (reply, told) in [
            (Reply::Done, told),
            (Reply::Refused(Refusal::InvalidPriority), "Invalid priority"),
        ] {
            let mut client = Client::of("calls");
            assert_eq!(client.ask_switch(&order, reply), error(told));
            let asked = Command::FindExtension(extension("lab", "b", "there"));
            assert_eq!(command(&client), &asked);
        }
    }
}

#[test]
fn a_number_below_zero_is_no_priority_and_no_limit() {
    let mut client = Client::of("calls");
    let order = "Channel: Local/a\nContext: lab\nExten: b\nPriority: -1\n";
    let told = client.send(&action("Originate", order));
    assert_eq!(told, error("Extension does not exist."));
    let order = ordered("Application: Wait\nTimeout: -1\n");
    assert_eq!(order.timeout, Duration::from_secs(24 * 60 * 60));
}
