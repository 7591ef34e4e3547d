//! Presence and the lists of states: what is told, what is kept, what comes back after a restart.
use model::{
    Command, DeviceState, Event, ExtensionState, MessageCounts, Now, PresenceKind, Refusal, Reply,
    Signal, StateQuery, StateReply, Token, VariableRequest, Watched,
};
use std::sync::Arc;
use std::time::Duration;
use switch::{Config, Input, Output, Switch};

const PLAN: &str = "[lab]\nexten => 150,hint,Custom:lamp\nexten => 151,hint,Custom:desk&Custom:chair,CustomPresence:desk\n\
    exten => _9XX,hint,PJSIP/${EXTEN}\n";

/// A switch, and what has come out of it.
struct World {
    switch: Switch,
    events: Vec<Event>,
    replies: Vec<Reply>,
    kept: Vec<(Arc<str>, Arc<str>)>,
}

impl World {
    fn new() -> Self {
        let now = Now {
            since_start: Duration::from_secs(1),
            utc: jiff::Timestamp::UNIX_EPOCH,
        };
        let mut world = Self {
            switch: Switch::new(1, now),
            events: Vec::new(),
            replies: Vec::new(),
            kept: Vec::new(),
        };
        let file = conf::load(&conf::Memory::default().with("f", PLAN), "f").unwrap();
        let config = Config {
            dialplan: Arc::new(dialplan::Dialplan::read(&file, &switch::app::Vocabulary).0),
            ..Config::default()
        };
        world.give(Input::Configure(Arc::new(config)));
        world
    }

    fn give(&mut self, input: Input) {
        let now = Now {
            since_start: Duration::from_secs(2),
            utc: jiff::Timestamp::UNIX_EPOCH,
        };
        self.switch.handle(now, input);
        while let Some(output) = self.switch.poll() {
            match output {
                Output::Events(records) => {
                    self.events
                        .extend(records.iter().map(|record| record.event.clone()));
                }
                Output::Reply { reply, .. } => self.replies.push(reply),
                Output::Keep { changes, .. } => {
                    let values = changes
                        .into_iter()
                        .filter_map(|(path, value)| Some((path, value?)));
                    self.kept.extend(values);
                }
                _ => {}
            }
        }
    }

    fn ask(&mut self, command: Command) -> Reply {
        self.give(Input::Command(Token(1), command));
        self.replies.pop().unwrap()
    }

    fn set(&mut self, name: &str, value: &str) -> Reply {
        let variable = VariableRequest {
            channel: None,
            name: name.into(),
        };
        self.ask(Command::Setvar {
            variable,
            value: value.into(),
        })
    }

    fn get(&mut self, name: &str) -> String {
        match self.ask(Command::Getvar(VariableRequest {
            channel: None,
            name: name.into(),
        })) {
            Reply::Value(value) => value.to_string(),
            other => format!("{other:?}"),
        }
    }

    fn states(&mut self, query: StateQuery) -> StateReply {
        let Reply::States(reply) = self.ask(Command::States(query)) else {
            panic!()
        };
        reply
    }
}

#[test]
fn a_presence_is_told_kept_and_restored() {
    let mut world = World::new();
    let name = "PRESENCE_STATE(CustomPresence:desk)";
    assert_eq!(
        world.get("PRESENCE_STATE(CustomPresence:desk,value)"),
        "not_set"
    );
    assert_eq!(world.set(name, "away,lunch,back soon"), Reply::Done);
    let told: Vec<String> = world
        .events
        .iter()
        .filter_map(|event| match event {
            Event::PresenceStateChange {
                presentity,
                presence,
            } => Some(format!("{presentity} {}", presence.kind.text())),
            Event::PresenceStatus {
                exten,
                context,
                presence,
                ..
            } => Some(format!(
                "{exten}@{context} {} {}",
                presence.subtype, presence.message
            )),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        ["CustomPresence:desk away", "151@lab lunch back soon"]
    );
    // Once more the same is no news.
    world.events.clear();
    assert_eq!(world.set(name, "away,lunch,back soon"), Reply::Done);
    assert!(
        !world
            .events
            .iter()
            .any(|event| matches!(event, Event::PresenceStateChange { .. }))
    );
    for (wrong, value) in [
        (name, "asleep"),
        ("PRESENCE_STATE(desk)", "away"),
        ("PRESENCE_STATE(CustomPresence:)", "away"),
    ] {
        assert_eq!(
            world.set(wrong, value),
            Reply::Refused(Refusal::NotSet),
            "{wrong} {value}"
        );
    }
    assert_eq!(
        world.get("PRESENCE_STATE(CustomPresence:desk,message,e)"),
        "YmFjayBzb29u"
    );

    let mut again = World::new();
    again.give(Input::Restore(world.kept));
    assert_eq!(
        again.get("PRESENCE_STATE(CustomPresence:desk,value)"),
        "away"
    );
    let StateReply::Presences(all) = again.states(StateQuery::Presences) else {
        panic!()
    };
    assert_eq!((all.len(), all[0].1.kind), (1, PresenceKind::Away));
    assert_eq!(
        again.states(StateQuery::Presence("nobody".into())),
        StateReply::Presence(None)
    );
}

#[test]
fn hints_and_devices_are_listed_as_they_are() {
    let mut world = World::new();
    world.set("DEVICE_STATE(Custom:lamp)", "INUSE");
    world.set("PRESENCE_STATE(CustomPresence:desk)", "dnd");
    let watched = Watched::Extension {
        context: "lab".into(),
        exten: "150".into(),
    };
    world.give(Input::Signal(Signal::Watch {
        token: Token(7),
        what: watched,
    }));
    let StateReply::Extensions(hints) = world.states(StateQuery::Extensions) else {
        panic!()
    };
    let told: Vec<_> = hints
        .iter()
        .map(|hint| {
            (
                &*hint.exten,
                hint.state,
                hint.presence.as_ref().map(|presence| presence.kind),
                hint.watchers,
            )
        })
        .collect();
    // A pattern is no extension, but holds for those it matches.
    let expected = [
        ("150", ExtensionState::InUse, None, 1),
        (
            "151",
            ExtensionState::Idle,
            Some(PresenceKind::DoNotDisturb),
            0,
        ),
    ];
    assert_eq!(told, expected);
    let asked = Command::ExtensionState {
        context: "lab".into(),
        exten: "912".into(),
    };
    let Reply::Extension(report) = world.ask(asked) else {
        panic!()
    };
    assert_eq!(
        (&*report.hint, report.state),
        ("PJSIP/912", ExtensionState::Unavailable)
    );
    let StateReply::Devices(devices) = world.states(StateQuery::Devices) else {
        panic!()
    };
    assert_eq!(devices, [("Custom:lamp".into(), DeviceState::InUse)]);
}

#[test]
fn a_mailbox_is_a_device_that_is_in_use_while_messages_wait() {
    let mut world = World::new();
    let counts = |new| MessageCounts {
        new,
        ..MessageCounts::default()
    };
    let notice = |counts| {
        Input::Notice(Event::MessageWaiting {
            mailbox: "100@default".into(),
            counts,
        })
    };
    world.give(notice(counts(0)));
    assert!(world.events.is_empty(), "{:?}", world.events);
    for new in [1, 1, 2, 0] {
        world.give(notice(counts(new)));
    }
    let told: Vec<String> = world
        .events
        .iter()
        .map(|event| match event {
            Event::MessageWaiting { counts, .. } => format!("{} new", counts.new),
            Event::DeviceStateChange { device, state } => format!("{device} {}", state.text()),
            other => format!("{other:?}"),
        })
        .collect();
    let device = "MWI:100@default";
    assert_eq!(
        told,
        [
            "1 new",
            &format!("{device} INUSE"),
            "2 new",
            "0 new",
            &format!("{device} NOT_INUSE")
        ]
    );
    assert_eq!(world.get("DEVICE_STATE(MWI:100@default)"), "NOT_INUSE");
}
