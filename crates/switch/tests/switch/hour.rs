//! An hour of calls, told twice to the letter: the same seed, inputs and times give the same events.
//!
//! `HOUR_CALLS=100000 cargo test --release -p switch --test switch hour -- --nocapture` tells how long it took.

use crate::world::{World, originate};
use fastrand::Rng;
use model::{Command, Record};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

const DIALPLAN: &str = "
[lab]
exten => short,1,Answer()
 same => n,Wait(2)
 same => n,Hangup()
exten => dial,1,Dial(Local/short@lab,10,g)
 same => n,Set(RESULT=${DIALSTATUS})
 same => n,Hangup()
exten => busy,1,Dial(Local/engaged@lab,10)
exten => engaged,1,Busy(1)
exten => loop,1,Set(I=0)
 same => n,While($[${I} < 3])
 same => n,Set(I=$[${I} + 1])
 same => n,EndWhile()
 same => n,Answer()
exten => h,1,NoOp(over)
";

const EXTENSIONS: [&str; 4] = ["short", "dial", "busy", "loop"];
const HOUR: Duration = Duration::from_secs(3600);

/// What was told, by number and digest, and how many calls there were.
fn an_hour(seed: u64, calls: u32) -> (u64, u64) {
    let mut random = Rng::with_seed(seed);
    let mut world = World::new(seed, DIALPLAN);
    let mut digest = DefaultHasher::new();
    let mut told = 0;
    for _ in 0..calls {
        let exten = EXTENSIONS[random.usize(0..EXTENSIONS.len())];
        let far_end = if random.bool() { "/n" } else { "" };
        let order = originate(&format!("Local/{exten}@lab{far_end}"), "Wait", "5");
        world.command(Command::Originate(order));
        world.run(HOUR / calls);
        told += digest_of(&mut world.events, &mut digest);
    }
    world.finish();
    told += digest_of(&mut world.events, &mut digest);
    (told, digest.finish())
}

fn digest_of(events: &mut Vec<Record>, digest: &mut DefaultHasher) -> u64 {
    let mut told = 0;
    for record in events.drain(..) {
        format!("{record:?}").hash(digest);
        told += 1;
    }
    told
}

#[test]
fn an_hour_of_calls_is_told_the_same_twice() {
    let calls = std::env::var("HOUR_CALLS")
        .ok()
        .and_then(|calls| calls.parse().ok())
        .unwrap_or(500);
    let began = Instant::now();
    let first = an_hour(1, calls);
    let took = began.elapsed();
    assert_eq!(first, an_hour(1, calls));
    assert_ne!(first.1, an_hour(2, calls).1);
    assert!(first.0 > u64::from(calls) * 10);
    let (events, each) = (first.0, took / calls);
    println!("{calls} calls, {events} events, {each:?} a call, telling included");
}
