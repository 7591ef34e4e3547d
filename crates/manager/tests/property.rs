//! What holds for whatever is written in a configuration and whatever clients send.
#![allow(clippy::unwrap_used, missing_docs)]

use ipnet::IpNet;
use manager::{
    Acl, Carrier, Connection, Effect, Files, Filter, Input, Node, Peer, Session, Settings,
};
use model::{Address, Now, Token, Transport};
use proptest::prelude::*;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

const ACCOUNTS: &str = "[a]\nsecret = a\nread = all\nwrite = all\n";

fn node(manager: &str) -> Arc<Node> {
    let started = jiff::Timestamp::UNIX_EPOCH;
    let source = conf::Memory::default().with("manager.conf", manager);
    let config = conf::load(&source, "manager.conf").ok();
    let files = Files {
        manager: config.as_ref(),
        ..Files::default()
    };
    Arc::new(Node {
        settings: Settings::read(files, &mut Vec::new()).into(),
        version: "22.8.0".into(),
        system_name: String::new(),
        max_calls: 0,
        max_load: 0.0,
        run_user: String::new(),
        run_group: String::new(),
        max_files: 0,
        realtime: false,
        cdr: false,
        http: false,
        custom_sounds: false,
        live_dangerously: false,
        traces: false,
        budget: Arc::default(),
        run: model::Run(1),
        started,
        reloaded: started,
        zone: jiff::tz::TimeZone::UTC,
        retries: std::sync::Arc::default(),
        throttle: std::sync::Arc::default(),
        tally: std::sync::Arc::default(),
    })
}

fn now() -> Now {
    Now {
        since_start: Duration::from_secs(1),
        utc: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn peer() -> Peer {
    let socket = "127.0.0.1:5038".parse().unwrap();
    let address = Address {
        transport: Transport::Tcp,
        socket,
    };
    Peer {
        session: "s".into(),
        local: address,
        remote: address,
        entropy: 7,
        certificate: None,
    }
}

fn address() -> impl Strategy<Value = IpAddr> {
    // Few bits differ, so that rules and addresses meet.
    prop_oneof![
        (0u32..64).prop_map(|bits| Ipv4Addr::from_bits(0x0a00_0000 | bits).into()),
        (0u128..64).prop_map(|bits| Ipv6Addr::from_bits((0x2001_0db8 << 96) | bits).into()),
    ]
}

fn rule() -> impl Strategy<Value = (bool, IpNet)> {
    (any::<bool>(), address(), 0u8..=32).prop_map(|(allows, address, bits)| {
        let bits = if address.is_ipv6() { bits + 96 } else { bits };
        (allows, IpNet::new(address, bits).unwrap())
    })
}

fn header() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(ami::action::Action::DECLARATIONS.iter().map(|action| action.name).collect::<Vec<_>>())
            .prop_map(|name| format!("Action: {name}\r\n")),
        2 => prop::sample::select(ami::action::Action::DECLARATIONS.iter().flat_map(|action| action.parameters).map(|parameter| parameter.name).collect::<Vec<_>>())
            .prop_flat_map(|name| "[ -~]{0,12}".prop_map(move |value| format!("{name}: {value}\r\n"))),
        1 => Just("ActionID: 1\r\n".to_owned()),
        3 => Just("\r\n".to_owned()),
        1 => Just("Action: Login\r\nUsername: a\r\nSecret: a\r\n\r\n".to_owned()),
        1 => "\\PC{0,20}".prop_map(|line| line + "\n"),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The last rule that matches decides; if none does, the address is allowed.
    #[test]
    fn access_lists_decide_by_their_last_match(
        rules in prop::collection::vec(rule(), 0..8),
        address in address(),
    ) {
        let mut acl = Acl::default();
        for (allows, net) in &rules {
            acl.add(*allows, &net.to_string()).unwrap();
        }
        let last = rules.iter().rev().find(|(_, net)| net.contains(&address));
        prop_assert_eq!(acl.allows(address), last.is_none_or(|(allows, _)| *allows));
    }

    /// Whatever is written as a filter is read or refused, and what is read is read again.
    #[test]
    fn filters_are_read_or_refused(criteria in prop::option::of("(action|name|header|method)?[(),a-z_ ]{0,30}"), pattern in "\\PC{0,20}") {
        let first = Filter::parse(criteria.as_deref(), &pattern).is_ok();
        prop_assert_eq!(Filter::parse(criteria.as_deref(), &pattern).is_ok(), first);
    }

    /// Whatever stands in manager.conf, there is a configuration, and a port in range.
    #[test]
    fn any_configuration_is_read(lines in prop::collection::vec(
        prop_oneof![
            "\\[[a-z]{1,6}\\]",
            "(enabled|port|bindaddr|tlsbindaddr|secret|read|write|permit|deny|acl|setvar|eventfilter|writetimeout|dialect) ?= ?\\PC{0,16}",
            "\\PC{0,30}",
        ],
        0..20,
    )) {
        let node = node(&lines.join("\n"));
        prop_assert!(node.settings.general.port >= 1024);
        for user in node.settings.users() {
            prop_assert!(user.write_timeout >= Duration::from_millis(100));
        }
    }

    /// Whatever a client sends, it is answered action by action, nothing is kept beyond the bounds,
    /// and what is written can be read again.
    #[test]
    fn any_bytes_are_served(headers in prop::collection::vec(header(), 0..60), chunk in 1usize..400) {
        let mut connection = Connection::new(now(), peer(), node(ACCOUNTS));
        let sent = headers.concat();
        let mut written = Vec::new();
        for bytes in std::iter::once(&[][..]).chain(sent.as_bytes().chunks(chunk)) {
            connection.received(now(), bytes);
            loop {
                let unsent = connection.unsent().to_vec();
                written.extend_from_slice(&unsent);
                connection.sent(now(), unsent.len());
                match connection.poll() {
                    Some(Effect::Ask(request)) => {
                        let mut answer = manager::Answer::Unavailable;
                        if let manager::Request::Admit(_) = request {
                            answer = manager::Answer::Admitted { granted: true, booted: true };
                        }
                        connection.handle(now(), Input::Answer { at: model::Seq(0), answer });
                    }
                    Some(_) => {}
                    None if unsent.is_empty() => break,
                    None => {}
                }
            }
        }
        let text = String::from_utf8(written).unwrap();
        let (_, messages) = text.split_once("\r\n").unwrap();
        for message in messages.split_terminator("\r\n\r\n") {
            prop_assert!(message.starts_with("Response: ") || message.starts_with("Event: "), "{}", message);
        }
    }

    /// Over requests every action has one answer, at once or after a question.
    #[test]
    fn every_request_has_one_answer(names in prop::collection::vec(header(), 1..10)) {
        let mut session = Session::new(now(), Carrier::Requests, peer(), node(ACCOUNTS));
        session.handle(now(), Input::Proven { token: Token(0), account: "a" });
        let answer = manager::Answer::Admitted { granted: true, booted: true };
        session.handle(now(), Input::Answer { at: model::Seq(0), answer });
        while session.poll().is_some() {}
        for (number, line) in names.iter().enumerate() {
            let mut message = ami::Message::new();
            for line in line.split("\r\n") {
                message.push_line(line.as_bytes());
            }
            let token = Token(number as u64 + 1);
            let patience = Some(Duration::ZERO);
            session.handle(now(), Input::Frame { token, frame: ami::Frame::Message(message), patience });
            if session.is_busy() {
                let answer = manager::Answer::Unavailable;
                session.handle(now(), Input::Answer { at: model::Seq(0), answer });
            }
            if session.listens() {
                session.handle(now(), Input::Heard(model::Mark::default()));
            }
            let outputs: Vec<_> = std::iter::from_fn(|| session.poll()).collect();
            let answers = outputs.iter().filter(|output| matches!(output, manager::Output::Answer { .. }));
            prop_assert_eq!(answers.count(), 1, "{} {:?}", line, outputs);
            if outputs.iter().any(|output| matches!(output, manager::Output::Close(_))) {
                break;
            }
        }
    }
}
