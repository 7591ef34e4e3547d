//! Dial's options, and what those who talk may press.

use crate::world;
use crate::world::{Phone, World, originate};
use model::{Command, Event, Signal};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => limited,1,Dial(PJSIP/bob,20,L(1500))
exten => greeted,1,Dial(PJSIP/bob,20,U(greet^hello)b(prepare^s^1(x))B(prepare^s^1(y))g)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => aborted,1,Dial(PJSIP/bob,20,U(abort)g)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => onward,1,Dial(PJSIP/bob,20,F(phones^onward2^1))
exten => onward2,1,UserEvent(Onward,Channel: ${CHANNEL(name):0:9})
 same => n,Wait(1)
exten => split,1,Dial(PJSIP/bob,20,G(phones^both^1))
exten => both,1,Goto(caller,1)
 same => n,UserEvent(Called,Channel: ${CHANNEL(name):0:9})
 same => n,Wait(1)
exten => caller,1,UserEvent(Caller,Channel: ${CHANNEL(name):0:11})
 same => n,Wait(1)
exten => music,1,Dial(PJSIP/bob,20,m)
exten => keys,1,Dial(PJSIP/bob,20,TtHh)
exten => 77,1,UserEvent(Transferred,Channel: ${CHANNEL(name):0:9})
 same => n,Wait(1)
exten => take,1,Pickup(rings@phones&elsewhere)
 same => n,UserEvent(NotTaken,Result: ${PICKUPRESULT})
exten => rings,1,Dial(PJSIP/bob,20)
exten => 88,1,Answer()
 same => n,Wait(20)
exten => 89,1,Answer()
 same => n,Wait(1)
exten => 90,1,Ringing()
 same => n,Wait(20)
exten => h,1,NoOp()
[greet]
exten => s,1,UserEvent(Greet,Text: ${ARG1})
 same => n,Wait(1)
 same => n,Return()
[prepare]
exten => s,1,UserEvent(Prepare,For: ${ARG1})
 same => n,Return()
[abort]
exten => s,1,Set(GOSUB_RESULT=CONTINUE)
 same => n,Return()
";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Alice calls an extension; bob answers after a second.
fn call(exten: &str) -> (World, model::ChannelId) {
    World::calling(DIALPLAN, exten, Phone::Answers(seconds(1)))
}

#[test]
fn a_limit_ends_the_conversation() {
    let (mut world, _) = call("limited");
    world.run(Duration::from_millis(2400));
    assert_eq!(world.switch.calls(), 2);
    world.run(Duration::from_millis(200));
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}

#[test]
fn subroutines_run_before_the_dial_and_after_the_answer() {
    let (mut world, alice) = call("greeted");
    world.run(Duration::from_millis(1500));
    assert_eq!(world.told(), ["Prepare y", "Prepare x", "Greet hello"]);
    assert!(world.story(&["BridgeEnter"]).is_empty());
    world.run(seconds(1));
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_subroutine_may_refuse_the_call() {
    let (mut world, _) = call("aborted");
    world.run(seconds(2));
    assert_eq!(world.told(), ["After ANSWER"]);
    world.finish();
}

#[test]
fn a_screened_caller_may_hang_up() {
    let (mut world, alice) = call("greeted");
    world.run(Duration::from_millis(1500));
    world.hang_up(alice);
    world.finish();
}

#[test]
fn the_called_party_goes_on_when_the_caller_leaves() {
    let (mut world, alice) = call("onward");
    world.run(seconds(2));
    world.hang_up(alice);
    world.run(Duration::from_millis(100));
    assert_eq!(world.told(), ["Onward PJSIP/bob"]);
    world.finish();
}

#[test]
fn both_go_on_at_the_answer() {
    let (mut world, _) = call("split");
    world.run(seconds(2));
    let mut told = world.told();
    told.sort();
    assert_eq!(told, ["Called PJSIP/bob", "Caller PJSIP/alice"]);
    world.finish();
}

#[test]
fn the_caller_hears_music_until_the_answer() {
    let (mut world, alice) = call("music");
    world.run(Duration::from_millis(500));
    assert_eq!(
        world.story(&["MusicOnHoldStart", "MusicOnHoldStop"]).len(),
        1
    );
    world.run(seconds(1));
    assert_eq!(
        world.story(&["MusicOnHoldStart", "MusicOnHoldStop"]).len(),
        2
    );
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_code_sends_the_other_one_to_an_extension() {
    let (mut world, alice) = call("keys");
    world.run(seconds(2));
    world.press(alice, "#177");
    world.run(seconds(4));
    assert_eq!(world.told(), ["Transferred PJSIP/bob"]);
    world.finish();
}

#[test]
fn a_code_ends_the_conversation() {
    let (mut world, alice) = call("keys");
    world.run(seconds(2));
    world.press(alice, "*0");
    world.run(seconds(1));
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}

/// The names of those who sit in the bridge that is entered last.
fn last_bridge(world: &World) -> Vec<String> {
    let entered = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::BridgeEnter {
                bridge, channel, ..
            } => Some((bridge.id, channel.name.to_string())),
            _ => None,
        });
    let entered: Vec<_> = entered.collect();
    let last = entered.last().map(|(bridge, _)| *bridge);
    let mut names: Vec<_> = entered
        .into_iter()
        .filter(|(bridge, _)| Some(*bridge) == last)
        .map(|(_, name)| name)
        .collect();
    names.sort();
    names
}

#[test]
fn a_third_party_is_asked_and_takes_the_call() {
    let (mut world, alice) = call("keys");
    world.run(seconds(2));
    world.press(alice, "*288");
    world.run(seconds(2));
    assert!(
        last_bridge(&world)
            .iter()
            .any(|name| name.contains("88@phones"))
    );
    assert!(!last_bridge(&world).iter().any(|name| name.contains("bob")));
    world.hang_up(alice);
    world.run(seconds(1));
    assert!(world.story(&["AttendedTransfer"]).len() == 1);
    assert_eq!(
        world.switch.calls(),
        3,
        "bob and both halves of the third party"
    );
    world.finish();
}

#[test]
fn a_third_party_that_leaves_gives_the_call_back() {
    let (mut world, alice) = call("keys");
    world.run(seconds(2));
    world.press(alice, "*289");
    world.run(seconds(3));
    let names = last_bridge(&world);
    assert!(
        names.iter().any(|name| name.contains("bob"))
            && names.iter().any(|name| name.contains("alice")),
        "{names:?}"
    );
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_consultation_can_be_cut_short_by_anybody() {
    for who in 0..3 {
        let (mut world, alice) = call("keys");
        world.run(seconds(2));
        world.press(alice, "*288");
        world.run(seconds(2));
        let bob = *world
            .lines
            .iter()
            .find(|(_, line)| *line == "bob")
            .expect("bob")
            .0;
        match who {
            0 => world.press(alice, "*0"),
            1 => world.hang_up(bob),
            _ => {
                world.press(alice, "*0");
                world.run(seconds(1));
                world.press(alice, "*290");
            }
        }
        world.run(seconds(1));
        world.hang_up(alice);
        world.finish();
    }
}

#[test]
fn a_call_that_rings_elsewhere_is_taken() {
    let (mut world, alice) = call("rings");
    world.phone("carol", Phone::Rings);
    world.run(Duration::from_millis(500));
    let carol = world.dial("carol", "take").expect("taken");
    world.run(Duration::from_millis(100));
    let names = last_bridge(&world);
    assert!(names.iter().any(|name| name.contains("carol")), "{names:?}");
    assert!(
        world
            .story(&["Hangup"])
            .iter()
            .any(|title| title.contains("bob"))
    );
    world.hang_up(alice);
    world.run(seconds(1));
    assert!(!world.lines.contains_key(&carol));
    world.finish();
}

#[test]
fn a_call_that_does_not_ring_is_not_taken() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("carol", Phone::Rings);
    world.dial("carol", "take").expect("taken");
    assert_eq!(world.told(), ["NotTaken FAILURE"]);
    world.finish();
}

#[test]
fn early_sound_begins_the_destination_of_an_originate() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("bob", Phone::Rings);
    let mut order = originate("PJSIP/bob", "Wait", "1");
    order.early_media = true;
    order.destination = model::Destination::Extension(world::extension("77"));
    world.command(Command::Originate(order));
    let bob = *world.lines.keys().next().expect("a line");
    world.signal(Signal::Progress(bob));
    assert_eq!(world.told(), ["Transferred PJSIP/bob"]);
    world.signal(Signal::Answered(bob));
    world.finish();
}
