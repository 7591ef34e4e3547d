//! Call records of those who came together otherwise than by a dial: each pair of several, and transfers.
//!
//! As the CDR specification of the public documentation has them.

use crate::world;
use crate::world::three::{DIALPLAN, seconds};
use crate::world::{Phone, World};
use model::{ChannelId, Command, Event, Reply};
use switch::Input;

/// The records of a world that ends now, as text and sorted: whose it is, with whom, from when to when it was and how
/// long is billed, in seconds since the start.
fn ended(mut world: World) -> Vec<String> {
    world.finish();
    let short = |name: &str| {
        name.rsplit_once('-')
            .map_or("", |(short, _)| short)
            .to_owned()
    };
    let start = world.inputs[0].0.utc;
    let seconds = |time: jiff::Timestamp| time.duration_since(start).as_secs();
    let told = world.events.iter().filter_map(|told| match &told.event {
        Event::Cdr { record, .. } => Some(format!(
            "{} {} {}-{} {}",
            short(&record.channel),
            short(&record.destination_channel),
            seconds(record.start),
            seconds(record.end),
            record.billable,
        )),
        _ => None,
    });
    let mut told: Vec<_> = told.collect();
    told.sort();
    told
}

/// Records are told of those who answer.
fn recorded_world() -> World {
    let mut world = World::new(1, DIALPLAN);
    let config = switch::Config {
        cdr: switch::CdrSettings {
            manager: true,
            ..switch::CdrSettings::default()
        },
        ..world::config(DIALPLAN)
    };
    world.give(Input::Configure(config.into()));
    world.phone("alice", Phone::Rings);
    for name in ["bob", "carol"] {
        world.phone(name, Phone::Answers(seconds(1)));
    }
    world
}

/// Alice has called bob and asks carol: in the fifth second.
fn recorded_consultation() -> (World, ChannelId) {
    let mut world = recorded_world();
    let alice = world.dial("alice", "keys").unwrap();
    world.run(seconds(2));
    world.press(alice, "*285");
    world.run(seconds(3));
    (world, alice)
}

/// And all three talk from then on.
fn recorded_three() -> (World, ChannelId) {
    let (mut world, alice) = recorded_consultation();
    world.press(alice, "*3");
    (world, alice)
}

/// As the documentation has it of a call of three: a record for each pair, another of the time when the third was
/// asked, and the one of the dial goes on.
#[test]
fn each_pair_of_three_has_a_record() {
    let (mut world, alice) = recorded_three();
    world.run(seconds(10));
    let bob = world.line("bob");
    world.hang_up(bob);
    world.run(seconds(20));
    world.hang_up(alice);
    let told = ended(world);
    let expected = [
        "Local/85@phones PJSIP/carol 2-35 31",
        "PJSIP/alice Local/85@phones 2-5 3",
        "PJSIP/alice Local/85@phones 5-35 30",
        "PJSIP/alice PJSIP/bob 0-15 13",
        "PJSIP/bob Local/85@phones 5-15 10",
    ];
    assert_eq!(told, expected);
}

#[test]
fn who_has_no_records_has_none_of_pairs() {
    let (mut world, alice) = recorded_three();
    let variable = |name: &str| model::VariableRequest {
        channel: Some("PJSIP/alice-00000000".into()),
        name: name.into(),
    };
    let disable = Command::Setvar {
        variable: variable("CDR_PROP(disable)"),
        value: "yes".into(),
    };
    assert_eq!(world.ask(disable), Reply::Done);
    world.run(seconds(10));
    world.hang_up(alice);
    world.run(seconds(1));
    let bob = world.line("bob");
    world.hang_up(bob);
    let told = ended(world);
    let expected = [
        "Local/85@phones PJSIP/carol 2-16 12",
        "PJSIP/bob Local/85@phones 5-16 11",
    ];
    assert_eq!(told, expected);
}

/// Whoever joins is recorded with all who are there; the records of the others go on. Who comes back has new ones.
#[test]
fn a_fourth_has_a_record_with_each() {
    let (mut world, alice) = recorded_three();
    world.press(alice, "*287");
    world.run(seconds(5));
    world.press(alice, "*3");
    world.run(seconds(5));
    world.hang_up(alice);
    let bob = world.line("bob");
    world.hang_up(bob);
    let mut told = ended(world);
    told.retain(|told| !told.starts_with("Local/85@phones PJSIP") && !told.contains("  "));
    let expected = [
        "Local/85@phones Local/87@phones 10-65 55",
        "PJSIP/alice Local/85@phones 10-15 5",
        "PJSIP/alice Local/85@phones 2-5 3",
        "PJSIP/alice Local/85@phones 5-5 0",
        "PJSIP/alice Local/87@phones 10-15 5",
        "PJSIP/alice Local/87@phones 5-10 5",
        "PJSIP/alice PJSIP/bob 0-5 3",
        "PJSIP/alice PJSIP/bob 10-15 5",
        "PJSIP/bob Local/85@phones 5-15 10",
        "PJSIP/bob Local/87@phones 10-15 5",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_channel_may_be_the_one_whose_records_they_are() {
    let (mut world, alice) = recorded_consultation();
    let entered = world.story(&["BridgeEnter"]);
    let mut names = entered
        .iter()
        .filter_map(|told| told.strip_prefix("BridgeEnter "));
    let carols = names.find(|name| name.starts_with("Local/85")).unwrap();
    let variable = model::VariableRequest {
        channel: Some(carols.into()),
        name: "CDR_PROP(party_a)".into(),
    };
    let prefer = Command::Setvar {
        variable,
        value: "yes".into(),
    };
    assert_eq!(world.ask(prefer), Reply::Done);
    world.press(alice, "*3");
    world.run(seconds(5));
    world.hang_up(alice);
    world.run(seconds(1));
    let bob = world.line("bob");
    world.hang_up(bob);
    let mut told = ended(world);
    told.retain(|told| told.contains("Local/85") && told.contains(" 5-"));
    // It is rather the other's than bob's; but who was dialled has none with who was not.
    let expected = [
        "Local/85@phones PJSIP/bob 5-11 6",
        "PJSIP/alice Local/85@phones 5-10 5",
    ];
    assert_eq!(told, expected);
}

/// As the documentation has it of an attended transfer, and of one that is left to who waits: bob, who was called,
/// asks carol whether she takes alice, and hangs up.
#[test]
fn whoever_is_asked_and_then_talks_has_a_record_of_each() {
    let cases = [
        (
            3,
            [
                "Local/85@phones PJSIP/carol 2-15 11",
                "PJSIP/alice Local/85@phones 5-15 10",
                "PJSIP/alice PJSIP/bob 0-5 3",
                "PJSIP/bob Local/85@phones 2-5 3",
            ],
        ),
        (
            0,
            [
                "Local/85@phones PJSIP/carol 2-12 8",
                "PJSIP/alice Local/85@phones 3-12 8",
                "PJSIP/alice PJSIP/bob 0-2 0",
                "PJSIP/bob Local/85@phones 2-2 0",
            ],
        ),
    ];
    for (asked_for, expected) in cases {
        let mut world = recorded_world();
        let alice = world.dial("alice", "called").unwrap();
        world.run(seconds(2));
        let bob = world.line("bob");
        world.press(bob, "*285");
        world.run(seconds(asked_for));
        world.hang_up(bob);
        world.run(seconds(10));
        world.hang_up(alice);
        let told = ended(world);
        assert_eq!(told, expected);
    }
}

#[test]
fn who_is_asked_in_vain_has_a_record_of_it() {
    for (keys, expected) in [
        ("*1", "PJSIP/bob Local/85@phones 2-3 1"),
        ("", "PJSIP/bob Local/85@phones 2-17 15"),
    ] {
        let mut world = recorded_world();
        world.phone("carol", Phone::Rings);
        let alice = world.dial("alice", "called").unwrap();
        world.run(seconds(2));
        let bob = world.line("bob");
        world.press(bob, "*285");
        world.run(seconds(1));
        world.press(bob, keys);
        world.run(seconds(20));
        assert_eq!(world.with(alice), "PJSIP/bob");
        world.hang_up(alice);
        let told = ended(world);
        assert!(told.contains(&expected.to_owned()), "{told:?}");
        assert!(
            told.contains(&"PJSIP/alice PJSIP/bob 0-23 21".to_owned()),
            "{told:?}"
        );
    }
}
