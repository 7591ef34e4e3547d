//! Who is called asks that somebody else be called instead.

use crate::world;
use crate::world::{Phone, World};
use model::{Cause, ChannelEventKind, Event, Signal};
use std::sync::Arc;
use std::time::Duration;
use switch::{CelSettings, Input};

const DIALPLAN: &str = "
[phones]
exten => 102,1,Dial(PJSIP/bob,2,g)
 same => n,UserEvent(After,Is: ${DIALSTATUS} ${HANGUPCAUSE})
exten => stays,1,Dial(PJSIP/bob,2,i)
 same => n,UserEvent(After,Is: ${DIALSTATUS} ${HANGUPCAUSE})
exten => waits,1,Dial(PJSIP/bob,2,z)
exten => named,1,Set(__FORWARD_CONTEXT=elsewhere)
 same => n,Dial(PJSIP/bob,2)
exten => 103,1,UserEvent(Forwarded,From: ${REDIRECTING(from-num)} ${REDIRECTING(count)})
 same => n,Dial(PJSIP/carol,9)
exten => loop,1,Dial(PJSIP/bob)
[elsewhere]
exten => 103,1,UserEvent(Elsewhere,X: x)
";

/// Alice has called an extension, and bob's phone asks that another be called.
fn forward(exten: &str, to: &str) -> World {
    let mut world = World::new(1, DIALPLAN);
    let mut config = world::config(DIALPLAN);
    config.cel = CelSettings {
        enabled: true,
        events: [ChannelEventKind::Forward].into(),
        manager: true,
        ..CelSettings::default()
    };
    world.give(Input::Configure(Arc::new(config)));
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Rings);
    world.phone("carol", Phone::Answers(Duration::from_secs(4)));
    world.dial("alice", exten).unwrap();
    world.run_ms(100);
    say(&mut world, to);
    world
}

fn say(world: &mut World, to: &str) {
    let channel = world.line("bob");
    let exten = to.into();
    world.signal(Signal::Forwarded { channel, exten });
    world.signal(Signal::HungUp {
        channel,
        cause: Some(Cause::NORMAL_CLEARING),
        tech_cause: Some("302".into()),
        quality: None,
    });
    world.run_ms(100);
}

/// How dials ended, and whom to call instead.
fn ends(world: &World) -> Vec<String> {
    let ends = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::DialEnd {
                status, forward, ..
            } => Some(format!(
                "{} {}",
                status.text(),
                forward.as_deref().unwrap_or("-")
            )),
            Event::Cel { entry, .. } => Some(format!("{} {}", entry.kind.text(), entry.extra)),
            _ => None,
        });
    ends.collect()
}

#[test]
fn the_call_goes_where_it_is_sent() {
    let mut world = forward("waits", "103");
    assert_eq!(world.told(), ["Forwarded waits 1"]);
    assert_eq!(
        ends(&world),
        ["CANCEL 103", "FORWARD {\"forward\":\"103\"}"]
    );
    world.run_ms(5000);
    assert_eq!(ends(&world)[2..], ["ANSWER -", "ANSWER -"]);
    let alice = world.line("alice");
    world.hang_up(alice);
    world.finish();
}

#[test]
fn its_time_goes_on_and_what_is_not_there_is_not_called() {
    let mut world = forward("102", "103");
    world.run_ms(2000);
    assert_eq!(world.told()[1..], ["After NOANSWER 0"]);
    world.finish();
    let mut world = forward("102", "nowhere");
    assert_eq!(world.told(), ["After CHANUNAVAIL 0"]);
    world.finish();
}

#[test]
fn it_may_be_told_not_to_follow_or_where_to() {
    let mut world = forward("stays", "103");
    assert_eq!(world.told(), ["After BUSY 17"]);
    assert_eq!(ends(&world), ["BUSY -"]);
    world.finish();
    let mut world = forward("named", "103");
    assert_eq!(world.told(), ["Elsewhere x"]);
    world.finish();
}

#[test]
fn it_is_not_sent_on_for_ever() {
    let mut world = forward("loop", "loop");
    for _ in 0..18 {
        say(&mut world, "loop");
    }
    assert!(world.switch.calls() > 0);
    say(&mut world, "loop");
    let sent_on = ends(&world);
    let sent_on = sent_on.iter().filter(|end| *end == "CANCEL loop").count();
    assert_eq!(sent_on, 20);
    world.finish();
}
