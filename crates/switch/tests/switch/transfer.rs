//! Transfer: what becomes of asking a caller's line to call somebody else.

use crate::world::{Phone, World, originate};
use model::{Cause, ChannelId, Command, Instruction, MediaId, MediaInstruction, Referral, Signal};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => done,1,Transfer(PJSIP/bob)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
exten => busy,1,Answer()
 same => n,Transfer(busy)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
exten => local,1,Transfer(bob)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
exten => stays,1,Set(GOTO_ON_BLINDXFR=phones^stayed^1)
 same => n,Dial(PJSIP/bob)
exten => stayed,1,UserEvent(Stayed,By: ${CHANNEL(endpoint)})
exten => sent,1,UserEvent(Sent,Is: ${CHANNEL(endpoint)})
exten => bob,1,Dial(PJSIP/bob)
exten => carol,1,Dial(PJSIP/carol)
exten => external_replaces,1,UserEvent(Elsewhere,Is: ${SIPTRANSFER} ${SIPREFERRINGCONTEXT} ${SIPREFERTOHDR})
 same => n,Dial(PJSIP/carol)
exten => other,1,Transfer(IAX2/bob)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
";

fn call(exten: &str) -> (Vec<String>, Vec<String>) {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(1));
    world.finish();
    let asked = world.instructions.iter().filter_map(|told| match told {
        Instruction::SendAway { to, .. } => Some(to.to_string()),
        _ => None,
    });
    (world.told(), asked.collect())
}

#[test]
fn the_far_end_is_asked_to_call_somebody_else() {
    let one = |text: &str| vec![text.to_owned()];
    assert_eq!(call("done"), (one("After SUCCESS 0"), one("bob")));
    assert_eq!(call("busy"), (one("After FAILURE 486"), one("busy")));
    assert_eq!(call("other"), (one("After FAILURE 0"), vec![]));
}

#[test]
fn a_local_channel_has_no_far_end_to_ask() {
    let mut world = World::new(1, DIALPLAN);
    let order = originate("Local/local@phones", "Wait", "1");
    world.command(Command::Originate(order));
    world.finish();
    assert_eq!(world.told(), ["After UNSUPPORTED 0"]);
}

#[test]
fn who_waits_with_music_hears_who_they_are_transferred_to() {
    let mut world = World::new(1, DIALPLAN);
    for phone in ["bob", "carol"] {
        world.phone(phone, Phone::Answers(Duration::from_secs(1)));
    }
    let first = world.dial("alice", "bob").unwrap();
    world.run(Duration::from_secs(2));
    world.signal(Signal::Held(first));
    let second = world.dial("alice", "carol").unwrap();
    world.run(Duration::from_secs(2));
    let before = world.media.len();
    world.signal(Signal::Transfer {
        channel: first,
        exten: "carol".into(),
        replaces: Some(second),
        referral: Referral::default(),
    });
    assert_eq!(
        world.story(&["Hold", "Unhold", "MusicOnHoldStop", "AttendedTransfer"]),
        [
            "Hold PJSIP/alice-00000000",
            "Unhold PJSIP/alice-00000000",
            "MusicOnHoldStop PJSIP/bob-00000001",
            "Unhold PJSIP/alice-00000002",
            "AttendedTransfer",
        ]
    );
    let [bob, carol] = ["bob", "carol"].map(|name| world.line(name));
    let hears = MediaInstruction::Connect {
        from: MediaId(carol.0).into(),
        to: MediaId(bob.0),
        digits: true,
    };
    assert!(world.media[before..].contains(&hears));
    world.hang_up(bob);
    world.finish();
}

/// Alice, who talks with bob, has him take the place of a call elsewhere.
fn refer_elsewhere(world: &mut World) -> ChannelId {
    for phone in ["bob", "carol"] {
        world.phone(phone, Phone::Answers(Duration::from_secs(1)));
    }
    let alice = world.dial("alice", "bob").unwrap();
    world.run(Duration::from_secs(2));
    world.signal(Signal::Transfer {
        channel: alice,
        exten: "dave".into(),
        replaces: None,
        referral: Referral {
            to: "sip:dave@elsewhere".into(),
            by: "<sip:alice@here>".into(),
            replaces: "x;to-tag=a;from-tag=b".into(),
        },
    });
    world.run(Duration::from_secs(1));
    alice
}

#[test]
fn who_is_to_replace_a_call_elsewhere_goes_through_the_dialplan() {
    let mut world = World::new(1, DIALPLAN);
    let alice = refer_elsewhere(&mut world);
    assert!(world.was_told(&Instruction::Transferred {
        channel: alice,
        refused: None,
    }));
    assert_eq!(world.told(), ["Elsewhere yes phones sip:dave@elsewhere"]);
    let dialled = world.instructions.iter().find_map(|told| match told {
        Instruction::Dial {
            resource, referral, ..
        } if **resource == *"carol" => Some(referral.clone()),
        _ => None,
    });
    let referral = dialled.unwrap();
    assert_eq!(&*referral.by, "<sip:alice@here>");
    assert_eq!(&*referral.replaces, "x;to-tag=a;from-tag=b");
    let bob = world.line("bob");
    world.hang_up(bob);
    world.finish();
}

#[test]
fn nobody_replaces_a_call_elsewhere_that_the_dialplan_knows_no_way_to() {
    let mut world = World::new(1, &DIALPLAN.replace("external_replaces", "nowhere"));
    let alice = refer_elsewhere(&mut world);
    assert!(world.was_told(&Instruction::Transferred {
        channel: alice,
        refused: Some(Cause::UNALLOCATED),
    }));
    world.hang_up(alice);
    world.finish();
}

#[test]
fn who_has_transferred_a_call_may_go_on() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    world.dial("alice", "stays").unwrap();
    world.run(Duration::from_secs(2));
    world.command(Command::BlindTransfer {
        channel: "PJSIP/alice-00000000".into(),
        context: Some("phones".into()),
        exten: "sent".into(),
    });
    world.finish();
    let mut told = world.told();
    told.sort();
    assert_eq!(told, ["Sent bob", "Stayed alice"]);
}

#[test]
fn a_call_takes_the_place_of_another_in_its_conversation() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    let replaced = world.dial("alice", "stays").unwrap();
    assert_eq!(world.replace("carol", replaced), None, "it only rings yet");
    world.run(Duration::from_secs(2));
    world.signal(Signal::Held(replaced));
    let before = world.media.len();
    let new = world.replace("carol", replaced).unwrap();
    world.run(Duration::from_secs(1));
    assert_eq!(
        world.story(&[
            "Unhold",
            "MusicOnHoldStop",
            "BridgeLeave",
            "BridgeEnter",
            "Hangup"
        ]),
        [
            "BridgeEnter PJSIP/bob-00000001",
            "BridgeEnter PJSIP/alice-00000000",
            "Unhold PJSIP/alice-00000000",
            "MusicOnHoldStop PJSIP/bob-00000001",
            "BridgeLeave PJSIP/alice-00000000",
            "BridgeEnter PJSIP/carol-00000002",
            "Hangup PJSIP/alice-00000000",
        ]
    );
    let hears = MediaInstruction::Connect {
        from: MediaId(new.0).into(),
        to: MediaId(world.line("bob").0),
        digits: true,
    };
    assert!(world.media[before..].contains(&hears));
    // The dialplan of who was replaced is over, and the conversation ends as any.
    assert!(world.told().is_empty());
    world.hang_up(new);
    world.finish();
}
