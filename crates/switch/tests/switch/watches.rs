//! What phones watch is told when it changes, to nobody else and never twice.
use model::{
    Cause, ContactFact, ContactState, Event, ExtensionState, Instruction, MessageCounts, Now,
    Signal, Token, Watched, WatchedState,
};
use std::sync::Arc;
use std::time::Duration;
use switch::{Config, Input, Output, Switch};

const PLAN: &str =
    "[lab]\nexten => 101,hint,PJSIP/alice\nexten => 101,1,NoOp()\n[phones]\ninclude => lab\n";

fn now() -> Now {
    Now {
        since_start: Duration::from_secs(1),
        utc: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn configuration(plan: &str) -> Config {
    let file = conf::load(
        &conf::Memory::default().with("extensions.conf", plan),
        "extensions.conf",
    )
    .unwrap();
    let endpoint = model::Endpoint {
        name: "alice".into(),
        ..model::Endpoint::default()
    };
    Config {
        dialplan: Arc::new(dialplan::Dialplan::read(&file, &switch::app::Vocabulary).0),
        endpoints: [("alice".into(), endpoint)].into(),
        ..Config::default()
    }
}

/// What the technology is told in a turn.
fn told(switch: &mut Switch, input: Input) -> Vec<Instruction> {
    switch.handle(now(), input);
    let outputs = std::iter::from_fn(|| switch.poll());
    let instructions = outputs.filter_map(|output| match output {
        Output::Instruct(instruction) => Some(instruction),
        _ => None,
    });
    instructions.collect()
}

fn extension(context: &str) -> Watched {
    Watched::Extension {
        context: context.into(),
        exten: "101".into(),
    }
}

fn contact(usable: usize) -> Input {
    Input::Signal(Signal::Contact(ContactFact {
        endpoint: "alice".into(),
        aor: "alice".into(),
        uri: "sip:alice".into(),
        state: ContactState::NonQualified,
        round_trip: None,
        usable,
    }))
}

fn watch(switch: &mut Switch, token: u64, what: Watched) -> Vec<Instruction> {
    told(
        switch,
        Input::Signal(Signal::Watch {
            token: Token(token),
            what,
        }),
    )
}

#[test]
fn a_hint_is_told_as_it_is_and_as_it_changes_through_includes_too() {
    let mut switch = Switch::new(1, now());
    told(&mut switch, Input::Configure(Arc::new(configuration(PLAN))));
    let state = WatchedState::Extension(ExtensionState::Unavailable);
    assert_eq!(
        watch(&mut switch, 1, extension("phones")),
        [Instruction::Watching {
            token: Token(1),
            state
        }]
    );
    assert_eq!(
        watch(&mut switch, 2, extension("phones")),
        [Instruction::Watching {
            token: Token(2),
            state
        }]
    );
    let state = WatchedState::Extension(ExtensionState::Idle);
    let changed = Instruction::Changed {
        what: extension("phones"),
        state,
    };
    assert_eq!(
        told(&mut switch, contact(1)),
        std::slice::from_ref(&changed)
    );
    assert_eq!(told(&mut switch, contact(2)), []);
    let refused = Instruction::Refuse {
        token: Token(3),
        cause: Cause::UNALLOCATED,
    };
    assert_eq!(
        watch(
            &mut switch,
            3,
            Watched::Extension {
                context: "phones".into(),
                exten: "9".into()
            }
        ),
        [refused]
    );
}

#[test]
fn nothing_is_told_when_the_last_one_has_gone() {
    let mut switch = Switch::new(1, now());
    told(&mut switch, Input::Configure(Arc::new(configuration(PLAN))));
    watch(&mut switch, 1, extension("lab"));
    watch(&mut switch, 2, extension("lab"));
    assert_eq!(
        told(
            &mut switch,
            Input::Signal(Signal::Unwatch(extension("lab")))
        ),
        []
    );
    assert_eq!(told(&mut switch, contact(1)).len(), 1);
    told(
        &mut switch,
        Input::Signal(Signal::Unwatch(extension("lab"))),
    );
    assert_eq!(told(&mut switch, contact(0)), []);
    assert_eq!(
        told(
            &mut switch,
            Input::Signal(Signal::Unwatch(extension("lab")))
        ),
        []
    );
}

#[test]
fn a_hint_may_go_and_come_back() {
    let mut switch = Switch::new(1, now());
    told(&mut switch, Input::Configure(Arc::new(configuration(PLAN))));
    watch(&mut switch, 1, extension("lab"));
    let gone = WatchedState::Extension(ExtensionState::Removed);
    let without = configuration("[lab]\nexten => 101,1,NoOp()\n");
    assert_eq!(
        told(&mut switch, Input::Configure(Arc::new(without))),
        [Instruction::Changed {
            what: extension("lab"),
            state: gone
        }]
    );
    let back = WatchedState::Extension(ExtensionState::Unavailable);
    assert_eq!(
        told(&mut switch, Input::Configure(Arc::new(configuration(PLAN)))),
        [Instruction::Changed {
            what: extension("lab"),
            state: back
        }]
    );
}

#[test]
fn messages_in_a_mailbox_are_counted_exactly() {
    let mut switch = Switch::new(1, now());
    let mailbox = Watched::Mailbox("100@default".into());
    let counts = |new| MessageCounts {
        new,
        ..MessageCounts::default()
    };
    let state = WatchedState::Mailbox(counts(0));
    assert_eq!(
        watch(&mut switch, 1, mailbox.clone()),
        [Instruction::Watching {
            token: Token(1),
            state
        }]
    );
    for new in [1, 2] {
        let event = Event::MessageWaiting {
            mailbox: "100@default".into(),
            counts: counts(new),
        };
        let state = WatchedState::Mailbox(counts(new));
        let changed = Instruction::Changed {
            what: mailbox.clone(),
            state,
        };
        assert_eq!(told(&mut switch, Input::Notice(event.clone())), [changed]);
        assert_eq!(told(&mut switch, Input::Notice(event)), []);
    }
}
