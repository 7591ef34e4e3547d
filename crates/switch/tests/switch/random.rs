//! Random worlds: everything that can happen, in any order, and the rules hold; the same seed
//! tells the same story to the letter.

mod transition;

use crate::world::World;
use crate::world::mirror::Mirror;
use fastrand::Rng;
use model::{Command, Event, HangupTarget, TransferResult};
use switch::{Output, Switch};
use transition::{DIALPLAN, PHONES, behaviour, step};

fn live(seed: u64, steps: usize) -> World {
    let mut random = Rng::with_seed(seed);
    let mut world = World::new(seed, DIALPLAN);
    for phone in PHONES {
        world.phone(phone, behaviour(&mut random));
    }
    for _ in 0..steps {
        step(&mut world, &mut random);
    }
    for line in world.lines.keys().copied().collect::<Vec<_>>() {
        world.hang_up(line);
    }
    world.ask(Command::Hangup {
        target: HangupTarget::Matching(".".into()),
        cause: None,
    });
    world.finish();
    world
}

/// The seeds to try: so many, from the one that SEED names on.
fn seeds(many: u64) -> std::ops::Range<u64> {
    let first = std::env::var("SEED").map_or(0, |seed| seed.parse().unwrap());
    first..first + many
}

#[test]
fn the_rules_hold_in_random_worlds() {
    let (mut merges, mut of_all, mut attended) = (0, 0, 0);
    for seed in seeds(60) {
        let world = live(seed, 250);
        merges += world.story(&["BridgeMerge"]).len();
        for record in &world.events {
            match &record.event {
                Event::BlindTransfer {
                    transferee: None,
                    result: TransferResult::Success,
                    ..
                } => of_all += 1,
                Event::AttendedTransfer {
                    transferee: None, ..
                } => attended += 1,
                _ => {}
            }
        }
    }
    let counts = [merges, of_all, attended];
    assert!(
        counts.iter().all(|count| *count > 0),
        "there were conversations of three: {counts:?}"
    );
}

#[test]
fn the_same_seed_tells_the_same_story() {
    assert!(live(7, 400).events == live(7, 400).events);
}

/// What the switch was given is written down, read, and given to another.
#[test]
fn what_was_written_down_tells_the_same_story() {
    for seed in seeds(20) {
        let world = live(seed, 250);
        let (begun, _) = &world.inputs[0];
        let mut again = Switch::new(seed, *begun);
        let mut told = Vec::new();
        for input in &world.inputs {
            let line = serde_json::to_string(input).unwrap();
            let (now, input) = serde_json::from_str(&line).unwrap();
            again.handle(now, input);
            while let Some(output) = again.poll() {
                if let Output::Events(events) = output {
                    told.extend(events);
                }
            }
        }
        assert!(
            format!("{told:?}") == format!("{:?}", world.events),
            "seed {seed}"
        );
    }
}

#[test]
fn who_follows_from_a_snapshot_knows_what_the_switch_knows() {
    for seed in seeds(40) {
        let mut random = Rng::with_seed(seed);
        let mut world = World::new(seed, DIALPLAN);
        for phone in PHONES {
            world.phone(phone, behaviour(&mut random));
        }
        for _ in 0..4 {
            let (at, mut mirror) = Mirror::new(&mut world);
            for _ in 0..random.usize(1..60) {
                step(&mut world, &mut random);
            }
            mirror.follow(at, &world.events);
            assert_eq!(mirror, Mirror::new(&mut world).1, "seed {seed}");
        }
    }
}
