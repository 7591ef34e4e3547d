//! Every accepted asynchronous Originate has one outcome, whatever becomes of the node.
use model::{
    Address, Command, ContactFact, ContactState, Destination, Endpoint, Event, Now, Originate,
    OriginateReason, Party, Reply, Security, SecurityKind, Signal, Token, Transport,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use switch::{Config, Input, Output, Switch};

/// A switch and what its disk keeps.
struct Node {
    switch: Switch,
    disk: BTreeMap<Arc<str>, Arc<str>>,
    events: Vec<Event>,
    accepted: usize,
}

fn at(seconds: u64) -> Now {
    let since_start = Duration::from_secs(seconds);
    Now {
        since_start,
        utc: jiff::Timestamp::UNIX_EPOCH + since_start,
    }
}

impl Node {
    fn start(disk: BTreeMap<Arc<str>, Arc<str>>) -> Self {
        let mut node = Self {
            switch: Switch::new(1, at(0)),
            disk: disk.clone(),
            events: Vec::new(),
            accepted: 0,
        };
        node.give(0, Input::Restore(disk.into_iter().collect()));
        let endpoint = Endpoint {
            name: "bob".into(),
            ..Endpoint::default()
        };
        let config = Config {
            endpoints: [("bob".into(), endpoint)].into(),
            ..Config::default()
        };
        node.give(0, Input::Configure(Arc::new(config)));
        node.give(
            0,
            Input::Signal(Signal::Contact(ContactFact {
                endpoint: "bob".into(),
                aor: "bob".into(),
                uri: "sip:bob@192.0.2.1".into(),
                state: ContactState::NonQualified,
                round_trip: None,
                usable: 1,
            })),
        );
        node
    }

    fn give(&mut self, seconds: u64, input: Input) {
        self.switch.handle(at(seconds), input);
        while let Some(output) = self.switch.poll() {
            match output {
                Output::Events(records) => {
                    self.events
                        .extend(records.into_iter().map(|record| record.event));
                }
                Output::Promise(path, text) => {
                    match text {
                        Some(text) => self.disk.insert(path, text),
                        None => self.disk.remove(&path),
                    };
                }
                Output::Reply { reply, .. } => self.accepted += usize::from(reply == Reply::Done),
                Output::Keep { .. }
                | Output::Instruct(_)
                | Output::Media(_)
                | Output::Run(_)
                | Output::Spool(_) => {}
            }
        }
    }

    /// Killed, and started again on the same disk.
    fn killed(self) -> Self {
        Self::start(self.disk)
    }

    fn login(&mut self, seconds: u64) {
        let address = Address {
            transport: Transport::Tcp,
            socket: "127.0.0.1:1".parse().unwrap(),
        };
        let security = Security {
            kind: SecurityKind::SuccessfulAuth {
                using_password: false,
            },
            service: model::Service::Ami,
            account: "a".into(),
            session: "1".into(),
            local: address,
            remote: address,
            since: None,
        };
        self.give(seconds, Input::Notice(Event::Security(security.into())));
    }

    fn outcomes(&self) -> Vec<(Option<&str>, OriginateReason)> {
        let outcome = |event| {
            if let &Event::OriginateResponse {
                ref action_id,
                reason,
                ..
            } = event
            {
                return Some((action_id.as_deref(), reason));
            }
            None
        };
        self.events.iter().filter_map(outcome).collect()
    }
}

/// An order to call somebody in technology `technology`.
fn order(technology: &str, id: &str) -> Input {
    let wait = Destination::Application {
        application: "Wait".into(),
        data: "10".into(),
    };
    let order = Originate {
        caller: Some(Party::parse("\"Alice\" <100>")),
        asynchronous: true,
        channel_id: Some("own.1".into()),
        action_id: Some(id.into()),
        ..Originate::new(technology, "bob", wait)
    };
    Input::Command(Token(1), Command::Originate(order))
}

#[test]
fn what_was_accepted_and_cut_off_is_told_once_after_the_start() {
    let mut node = Node::start(BTreeMap::new());
    node.give(1, order("PJSIP", "first"));
    assert_eq!((node.accepted, node.outcomes().len()), (1, 0));
    let mut node = node.killed();
    node.give(3, Input::Tick);
    assert!(node.outcomes().is_empty(), "nobody is there to hear it");
    node.login(5);
    assert_eq!(node.switch.deadline(), Some(Duration::from_secs(15)));
    node.give(15, Input::Tick);
    assert_eq!(
        node.outcomes(),
        [(Some("first"), OriginateReason::Interrupted)]
    );
    let told = node.events.iter().any(|event| {
        matches!(event, Event::OriginateResponse { channel, uniqueid: Some(id), caller, .. }
            if &**channel == "PJSIP/bob" && &**id == "own.1" && *caller == Party::parse("\"Alice\" <100>"))
    });
    assert!(told, "{:?}", node.events);
    let mut node = node.killed();
    node.login(1);
    node.give(20, Input::Tick);
    assert!(node.outcomes().is_empty() && node.disk.is_empty());
}

#[test]
fn what_has_an_outcome_is_not_told_again() {
    let mut node = Node::start(BTreeMap::new());
    node.give(1, order("Nonsense", "first"));
    assert_eq!(node.outcomes(), [(Some("first"), OriginateReason::Failure)]);
    assert_eq!(node.accepted, 1);
    assert!(node.disk.is_empty());
}

#[test]
fn a_killed_node_before_anybody_came_still_knows() {
    let mut node = Node::start(BTreeMap::new());
    node.give(1, order("PJSIP", "first"));
    let mut node = node.killed().killed();
    node.login(1);
    node.give(11, Input::Tick);
    assert_eq!(node.outcomes().len(), 1);
}
