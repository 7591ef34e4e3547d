//! The channel event log: what is entered, in which order, and what it tells.

use crate::world;
use crate::world::{Phone, World};
use model::{ChannelEvent, ChannelEventKind as Kind, Event};
use std::sync::Arc;
use std::time::Duration;
use switch::{CelSettings, Input};

const DIALPLAN: &str = "
[phones]
exten => bob,1,Dial(PJSIP/bob,20)
 same => n,Hangup()
exten => take,1,Pickup(bob@phones)
exten => mine,1,CELGenUserEvent(mine,a \"b\",c)
 same => n,CELGenUserEvent()
 same => n,Hangup()
exten => hello,1,Answer()
 same => n,Playback(hello)
 same => n,MusicOnHold(default,1)
 same => n,Hangup()
exten => around,1,Dial(Local/bob@phones,20)
exten => local,1,Answer()
 same => n,Wait(30)
";

/// A world in which everything is logged, and Dial and Playback are watched.
fn world(change: impl FnOnce(&mut CelSettings)) -> World {
    let mut world = World::new(1, DIALPLAN);
    let mut cel = CelSettings {
        enabled: true,
        events: Kind::ALL.iter().copied().collect(),
        applications: ["dial".to_owned(), "playback".to_owned()].into(),
        date_format: None,
        manager: true,
        show_user_defined: false,
    };
    change(&mut cel);
    let config = switch::Config {
        cel,
        ..world::config(DIALPLAN)
    };
    world.give(Input::Configure(Arc::new(config)));
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    world
}

fn entries(world: &World) -> Vec<Arc<ChannelEvent>> {
    let told = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::Cel { entry, .. } => Some(Arc::clone(entry)),
            _ => None,
        });
    told.collect()
}

/// What was entered, with the phone it is about.
fn story(world: &World) -> Vec<String> {
    let entries = entries(world);
    let lines = entries.iter().map(|entry| {
        let name = entry.channel.name.split('-').next().unwrap();
        format!(
            "{} {}",
            entry.kind.text(),
            name.trim_start_matches("PJSIP/")
        )
    });
    lines.collect()
}

#[test]
fn a_call_from_its_first_entry_to_its_last() {
    let mut world = world(|_| {});
    let alice = world.dial("alice", "bob").unwrap();
    world.run(Duration::from_secs(3));
    world.hang_up(alice);
    world.finish();
    assert_eq!(
        story(&world),
        [
            "CHAN_START alice",
            "APP_START alice",
            "CHAN_START bob",
            "ANSWER bob",
            "ANSWER alice",
            "BRIDGE_ENTER bob",
            "BRIDGE_ENTER alice",
            "BRIDGE_EXIT alice",
            "BRIDGE_EXIT bob",
            "APP_END alice",
            "HANGUP alice",
            "CHAN_END alice",
            "HANGUP bob",
            "CHAN_END bob",
            "LINKEDID_END bob",
        ]
    );
    let entries = entries(&world);
    let found = |kind: Kind| entries.iter().rfind(|entry| entry.kind == kind).unwrap();
    let entered = found(Kind::BridgeEnter);
    assert_eq!(&*entered.peer, "PJSIP/bob-00000001");
    assert!(entered.extra.starts_with("{\"bridge_id\":\""));
    assert!(
        entered
            .extra
            .ends_with("\",\"bridge_technology\":\"simple_bridge\"}")
    );
    let mut ended = entries.iter().filter(|entry| entry.kind == Kind::Hangup);
    assert_eq!(
        &*ended.next().unwrap().extra,
        "{\"hangupcause\":16,\"hangupsource\":\"PJSIP/alice-00000000\",\"dialstatus\":\"ANSWER\"}"
    );
    assert_eq!(&*entries[0].time, "1795383644.000000");
    assert_eq!(&*entries[0].ani, "101");
    assert_eq!(&*entries[0].extra, "");
}

#[test]
fn only_what_is_asked_for_is_entered() {
    let mut world = world(|cel| {
        cel.events = [Kind::Answer].into();
        cel.date_format = Some("%F %T.%3q".into());
    });
    world.dial("alice", "hello").unwrap();
    world.finish();
    assert_eq!(story(&world), ["ANSWER alice"]);
    assert_eq!(&*entries(&world)[0].time, "2026-11-22 21:40:44.000");
}

#[test]
fn a_log_that_is_off_enters_nothing() {
    let mut world = world(|cel| cel.enabled = false);
    world.dial("alice", "mine").unwrap();
    world.finish();
    assert_eq!(story(&world), [""; 0]);
}

#[test]
fn a_log_that_begins_knows_the_calls_there_are() {
    let mut world = world(|cel| cel.enabled = false);
    let alice = world.dial("alice", "local").unwrap();
    let config = switch::Config {
        cel: CelSettings {
            enabled: true,
            events: [Kind::LinkedidEnd].into(),
            manager: true,
            ..CelSettings::default()
        },
        ..world::config(DIALPLAN)
    };
    world.give(Input::Configure(Arc::new(config)));
    world.hang_up(alice);
    world.finish();
    assert_eq!(story(&world), ["LINKEDID_END alice"]);
}

#[test]
fn the_dialplan_enters_its_own() {
    let mut world = world(|cel| cel.events = [Kind::UserDefined].into());
    world.dial("alice", "mine").unwrap();
    world.finish();
    let entries = entries(&world);
    assert_eq!(entries.len(), 1, "one without a name is none");
    assert_eq!(&*entries[0].user_defined, "mine");
    assert_eq!(&*entries[0].extra, "{\"extra\":\"a \\\"b\\\",c\"}");
}

#[test]
fn who_takes_a_call_is_entered_with_the_call() {
    let mut world = world(|cel| cel.events = [Kind::Pickup].into());
    world.phone("bob", Phone::Rings);
    world.dial("alice", "bob").unwrap();
    world.run(Duration::from_secs(1));
    let carol = world.dial("carol", "take").unwrap();
    world.run(Duration::from_secs(1));
    world.hang_up(carol);
    world.finish();
    assert_eq!(story(&world), ["PICKUP bob"]);
    let extra = &entries(&world)[0].extra;
    assert!(extra.starts_with("{\"pickup_channel\":\"PJSIP/carol-00000002\""));
}

#[test]
fn what_is_heard_and_pressed_is_entered() {
    let kinds = [Kind::StreamBegin, Kind::StreamEnd, Kind::Dtmf];
    let mut world = world(|cel| cel.events = kinds.into());
    let alice = world.dial("alice", "hello").unwrap();
    world.run(Duration::from_millis(600));
    world.signal(model::Signal::Digit {
        channel: alice,
        digit: '5',
        milliseconds: 90,
    });
    world.finish();
    let told: Vec<_> = entries(&world)
        .iter()
        .map(|entry| format!("{} {}", entry.kind.text(), entry.extra))
        .collect();
    assert_eq!(
        told,
        [
            "STREAM_BEGIN {\"sound\":\"hello\"}",
            "DTMF {\"digit\":\"5\",\"duration_ms\":\"90\"}",
            "STREAM_END {\"sound\":\"hello\"}",
            "STREAM_BEGIN {\"class\":\"default\"}",
            "STREAM_END {\"class\":\"default\"}",
        ]
    );
}

#[test]
fn local_channels_that_step_aside_are_entered() {
    let kinds = [Kind::LocalOptimizeBegin, Kind::LocalOptimize];
    let mut world = world(|cel| cel.events = kinds.into());
    let alice = world.dial("alice", "around").unwrap();
    world.run(Duration::from_secs(3));
    world.hang_up(alice);
    world.finish();
    let name = "Local/bob@phones";
    assert_eq!(
        story(&world),
        [
            format!("LOCAL_OPTIMIZE_BEGIN {name}"),
            format!("LOCAL_OPTIMIZE {name}")
        ]
    );
    let extra = &entries(&world)[0].extra;
    assert!(extra.starts_with("{\"local_two\":\"Local/bob@phones-00000000;2\""));
}

#[test]
fn applications_that_are_watched_are_entered_wherever_they_run() {
    let mut world = world(|cel| {
        cel.events = [Kind::AppStart, Kind::AppEnd].into();
        cel.applications = ["wait".to_owned()].into();
    });
    let order = world::originate("Local/local@phones", "Wait", "1");
    world.command(model::Command::Originate(order));
    world.finish();
    let data = entries(&world);
    let data = data.iter().map(|entry| &*entry.channel.data);
    assert_eq!(data.collect::<Vec<_>>(), ["1", "30", "1", "30"]);
}
