//! What belongs together is traced together.

use crate::world::{Phone, World, originate};
use model::{ChannelSnapshot, Command, Event, Originate, Record, TraceId};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const DIALPLAN: &str = "[lab]
exten => call,1,Dial(PJSIP/alice)
exten => order,1,Originate(Local/wait@lab,app,Wait,30)
exten => wait,1,Answer
 same => n,Wait(30)
[phones]
exten => 1,1,Dial(PJSIP/alice)
";

/// The channels that were made, by name.
fn made(events: &[Record]) -> BTreeMap<&str, &Arc<ChannelSnapshot>> {
    let channels = events.iter().filter_map(|record| match &record.event {
        Event::Newchannel { channel } => Some((&*channel.name, channel)),
        _ => None,
    });
    channels.collect()
}

#[test]
fn all_that_comes_of_an_order_has_its_trace() {
    for exten in ["call", "order"] {
        let mut world = World::new(1, DIALPLAN);
        world.phone("alice", Phone::Answers(Duration::ZERO));
        let trace = TraceId::new(7);
        world.command(Command::Originate(Originate {
            trace: Some(trace),
            ..originate(&format!("Local/{exten}@lab"), "Wait", "1")
        }));
        world.run(Duration::from_secs(2));
        let made = made(&world.events);
        assert!(made.len() > 2, "{exten}: {:?}", made.keys());
        assert!(
            made.values().all(|channel| channel.trace.id == trace),
            "{exten}"
        );
        let named = made
            .values()
            .filter(|channel| channel.trace.call_id.is_some());
        assert!(
            named
                .clone()
                .all(|channel| channel.name.starts_with("PJSIP/"))
        );
        assert_eq!(named.count(), usize::from(exten == "call"));
    }
}

#[test]
fn a_call_that_comes_in_has_a_trace_of_its_own() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Answers(Duration::ZERO));
    world.dial("bob", "1").unwrap();
    world.dial("carol", "1").unwrap();
    let made = made(&world.events);
    let trace = |name: &str| {
        let found = made.iter().find(|(known, _)| known.starts_with(name));
        found.unwrap().1.trace.clone()
    };
    assert_ne!(trace("PJSIP/bob").id, trace("PJSIP/carol").id);
    assert_eq!(trace("PJSIP/bob").call_id.as_deref(), Some("call-1"));
    let of_alice = made
        .iter()
        .filter(|(name, _)| name.starts_with("PJSIP/alice"));
    let of_alice: Vec<_> = of_alice.map(|(_, channel)| channel.trace.id).collect();
    assert_eq!(of_alice, [trace("PJSIP/bob").id, trace("PJSIP/carol").id]);
}
