//! Every action against every class: who may use what.

use crate::client::{Client, node};
use ami::action::Action;
use ami::{Classes, Frame, Message};
use manager::{Carrier, Input, Output};
use model::Token;

const CLASSES: [&str; 20] = [
    "system",
    "call",
    "log",
    "verbose",
    "command",
    "agent",
    "user",
    "config",
    "dtmf",
    "reporting",
    "cdr",
    "dialplan",
    "originate",
    "agi",
    "cc",
    "aoc",
    "test",
    "security",
    "message",
    "all",
];

/// Of the dialect that knows all actions.
fn accounts() -> String {
    let account = |name: &str, write: &str| {
        format!("[{name}]\nsecret = {name}-secret\ndialect = 1.8\nwrite = {write}\n")
    };
    let all = CLASSES.iter().map(|class| account(class, class));
    all.collect::<String>() + &account("none", "")
}

/// Whether the action is denied to the account, over a stream.
fn denied(account: &str, action: &str) -> bool {
    let mut client = Client::connect(node(&accounts(), "", ""));
    assert!(client.login(account).contains("accepted"), "{account}");
    let answer = client.send(&format!("Action: {action}\nActionID: 1\n\n"));
    answer.contains("Permission denied")
}

/// The same over requests.
fn denied_over_requests(account: &str, action: &str) -> bool {
    let now = crate::client::after(2.0);
    let peer = crate::client::peer("127.0.0.1:1", model::Transport::Tcp);
    let node = node(&accounts(), "", "").into();
    let mut session = manager::Session::new(now, Carrier::Requests, peer, node);
    session.handle(
        now,
        Input::Proven {
            token: Token(1),
            account,
        },
    );
    let answer = manager::Answer::Admitted {
        granted: true,
        booted: true,
    };
    session.handle(
        now,
        Input::Answer {
            at: model::Seq(0),
            answer,
        },
    );
    assert!(session.account().is_some(), "{account}");
    while session.poll().is_some() {}
    let frame = Frame::Message(Message::new().with("Action", action));
    session.handle(
        now,
        Input::Frame {
            token: Token(2),
            frame,
            patience: None,
        },
    );
    std::iter::from_fn(|| session.poll()).any(|output| {
        let Output::Answer { pieces, .. } = output else {
            return false;
        };
        let text = pieces.first().and_then(|message| message.first("Message"));
        text == Some("Permission denied")
    })
}

#[test]
fn an_account_may_do_what_one_of_its_classes_may() {
    for declaration in Action::DECLARATIONS {
        for class in CLASSES.iter().chain(&["none"]) {
            let (write, _) = Classes::parse(class);
            let permitted = declaration.classes.is_empty() || declaration.classes.intersects(write);
            assert_eq!(
                denied(class, declaration.name),
                !permitted,
                "{} {class}",
                declaration.name
            );
            let over_requests = denied_over_requests(class, declaration.name);
            assert_eq!(over_requests, !permitted, "{} {class}", declaration.name);
        }
    }
}

#[test]
fn open_actions_are_closed_to_those_without_a_class_for_calls() {
    let closed = [
        "BridgeDestroy",
        "BridgeKick",
        "BridgeTechnologySuspend",
        "BridgeTechnologyUnsuspend",
    ];
    let told = |account: &str, action: &str| {
        let accounts = "[general]\nopenactions = no\n".to_owned()
            + &accounts()
            + "[kept]\nsecret = kept-secret\nopenactions = yes\n";
        let mut client = Client::connect(node(&accounts, "", ""));
        assert!(client.login(account).contains("accepted"), "{account}");
        client.send(&format!("Action: {action}\nActionID: 1\n\n"))
    };
    for account in CLASSES.iter().chain(&["none", "kept"]) {
        let may = ["call", "agent", "system", "all", "kept"].contains(account);
        let listed = told(account, "ListCommands");
        for action in closed {
            let denied = told(account, action).contains("Permission denied");
            assert_eq!(denied, !may, "{account} {action}");
            assert_eq!(listed.contains(action), may, "{account} {action}");
        }
        assert!(!told(account, "BridgeList").contains("Permission denied"));
    }
    let declared = Action::DECLARATIONS
        .iter()
        .filter(|declaration| !declaration.closed.is_empty());
    let declared: Vec<_> = declared.map(|declaration| declaration.name).collect();
    assert_eq!(declared, closed);
}

#[test]
fn classes_are_listed_in_their_order_and_grant_themselves_alone() {
    let all = CLASSES.join(",");
    assert_eq!(Classes::parse(&all).0.granted(), all);
    for class in &CLASSES[..19] {
        let (classes, unknown) = Classes::parse(class);
        assert!(unknown.is_empty());
        assert_eq!(classes.granted(), *class);
        assert_eq!(classes.to_string(), format!("{class},all"));
        assert_eq!(ami::parse_event_mask(class), Some(classes));
    }
}
