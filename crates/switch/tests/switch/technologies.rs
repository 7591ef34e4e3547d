//! How bridges pass sound: what they take, and what they take while that is suspended.

use crate::world::{Phone, World, originate};
use model::{Command, Event, Refusal, Reply};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => plain,1,Dial(PJSIP/bob,20)
exten => keys,1,Dial(PJSIP/bob,20,tT)
exten => local,1,Dial(Local/wait@phones/n,20)
exten => wait,1,Answer()
 same => n,Wait(20)
exten => held,1,BridgeWait(lounge)
";

fn suspend(world: &mut World, name: &str, suspend: bool) -> Reply {
    let name = name.into();
    world.ask(Command::SuspendTechnology { name, suspend })
}

/// What the bridge of a call to an extension was at its end, if there was one.
fn taken(world: &mut World, exten: &str) -> Option<String> {
    let before = world.events.len();
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    let alice = world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(2));
    if world.lines.contains_key(&alice) {
        world.hang_up(alice);
    }
    world.finish();
    let told = world.events[before..].iter();
    let mut technologies = told.filter_map(|record| match &record.event {
        Event::BridgeDestroy { bridge } => Some(bridge.technology.to_string()),
        _ => None,
    });
    technologies.next()
}

fn is(technology: &str) -> Option<String> {
    Some(technology.to_owned())
}

#[test]
fn packets_are_relayed_between_alike_lines_whose_keys_nobody_awaits() {
    let mut world = World::new(1, DIALPLAN);
    assert_eq!(taken(&mut world, "plain"), is("native_rtp"));
    assert_eq!(taken(&mut world, "keys"), is("simple_bridge"));
    assert_eq!(taken(&mut world, "local"), is("simple_bridge"));
    assert_eq!(taken(&mut world, "held"), is("holding_bridge"));
}

#[test]
fn what_is_suspended_is_not_taken() {
    let mut world = World::new(1, DIALPLAN);
    assert_eq!(suspend(&mut world, "Native_RTP", true), Reply::Done);
    assert_eq!(taken(&mut world, "plain"), is("simple_bridge"));
    assert_eq!(suspend(&mut world, "holding_bridge", true), Reply::Done);
    assert_eq!(taken(&mut world, "held"), None);
    let Reply::BridgeTechnologies(all) = world.ask(Command::BridgeTechnologies) else {
        panic!("technologies");
    };
    let suspended: Vec<_> = all.iter().map(|technology| technology.suspended).collect();
    assert_eq!(suspended, [true, true, false, false]);
    assert_eq!(suspend(&mut world, "native_rtp", false), Reply::Done);
    assert_eq!(taken(&mut world, "plain"), is("native_rtp"));
    let unknown = Reply::Refused(Refusal::NoSuchTechnology);
    assert_eq!(suspend(&mut world, "carrierpigeon", true), unknown);
}

#[test]
fn calls_end_that_no_bridge_can_be_made_for() {
    let mut world = World::new(1, DIALPLAN);
    for name in ["native_rtp", "simple_bridge", "softmix"] {
        suspend(&mut world, name, true);
    }
    assert_eq!(taken(&mut world, "plain"), None);
    for _ in 0..2 {
        world.ask(Command::Originate(originate(
            "Local/wait@phones/n",
            "Wait",
            "20",
        )));
    }
    let names: Vec<_> = world.story(&["Newchannel"]);
    let name = |at: usize| names[at].split_once(' ').unwrap().1.into();
    let (first, second) = (name(names.len() - 4), name(names.len() - 2));
    let reply = world.ask(Command::Bridge {
        first,
        second,
        tones: [false; 2],
    });
    assert_eq!(reply, Reply::Refused(Refusal::NoTechnology));
    world.finish();
}
