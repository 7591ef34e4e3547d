//! Transfers by one of three or more: all others go together.
//!
//! What is told of them is by the documentation.

use crate::world::Phone;
use crate::world::three::{Three, seconds, told_since};
use model::{Command, Event, Refusal, Reply};

fn blind_transfer(call: &Three, exten: &str) -> Command {
    Command::BlindTransfer {
        channel: call.name("PJSIP/alice"),
        context: None,
        exten: exten.into(),
    }
}

#[test]
fn two_who_are_sent_elsewhere_by_a_third_go_on_together() {
    let mut call = Three::asked("*3");
    let before = call.world.events.len();
    let command = blind_transfer(&call, "88");
    assert_eq!(call.world.ask(command), Reply::Done);
    let expected = [
        "new Local/88@phones;1",
        "new Local/88@phones;2",
        "by Local/88@phones;2: PJSIP/alice",
        "pair 88",
        "by PJSIP/bob: PJSIP/alice",
        "by Local/85@phones;1: PJSIP/alice",
        "by PJSIP/alice: PJSIP/bob,Local/85@phones;1",
        "blind 3 false true",
        "leave 2 PJSIP/alice",
        "enter 3 Local/88@phones;1 swap",
    ];
    assert_eq!(told_since(&call.world, before), expected);
    assert_eq!(call.world.told().len(), 1, "alice goes on after Dial");
    // What is at the destination has answered, and is a third in the conversation until it ends.
    assert_eq!(call.world.with(call.bob), "Local/85@phones Local/88@phones");
    assert_eq!(call.world.heard_by(call.bob), [call.carol]);
    call.world.run(seconds(61));
    assert_eq!(call.world.with(call.bob), "Local/85@phones");
    call.world.hang_up(call.carol);
    call.world.finish();
}

#[test]
fn whoever_is_called_by_a_transfer_of_two_talks_with_both() {
    // By keys, and by the phone itself.
    for by_keys in [true, false] {
        let mut call = Three::asked("*3");
        call.world.phone("alice", Phone::Answers(seconds(2)));
        let before = call.world.events.len();
        if by_keys {
            call.world.press(call.alice, "#186");
        } else {
            call.world.signal(model::Signal::Transfer {
                channel: call.alice,
                exten: "86".into(),
                replaces: None,
                referral: model::Referral::default(),
            });
        }
        let blind = format!("blind 3 false {}", !by_keys);
        assert!(told_since(&call.world, before).contains(&blind));
        assert_eq!(call.world.heard_by(call.bob), [call.carol], "they talk on");
        call.world.run(seconds(5));
        // The pair has stepped aside for the one who answered.
        let alice = call.world.line("alice");
        assert!(alice != call.alice);
        assert_eq!(call.world.heard_by(call.bob), [call.carol, alice]);
        assert_eq!(call.world.heard_by(alice), [call.bob, call.carol]);
        assert_eq!(call.bridge().2, 3);
        for phone in [call.bob, call.carol, alice] {
            call.world.hang_up(phone);
        }
        call.world.finish();
        let sent = call
            .world
            .told()
            .iter()
            .filter(|told| *told == "Sent yes")
            .count();
        assert_eq!(sent, usize::from(!by_keys), "SIPTRANSFER");
    }
}

#[test]
fn nobody_is_sent_where_nobody_answers_or_nothing_is() {
    let mut call = Three::asked("*3");
    let command = blind_transfer(&call, "nothing");
    assert_eq!(call.world.ask(command), Reply::Refused(Refusal::Failed));
    assert_eq!(call.bridge().2, 3);
    // Alice's phone only rings when it is called.
    call.world.phone("alice", Phone::Rings);
    let command = blind_transfer(&call, "86");
    assert_eq!(call.world.ask(command), Reply::Done);
    call.world.run(seconds(10));
    assert_eq!(call.world.with(call.bob), "Local/85@phones");
    // One of two transfers the other alone, as ever.
    let before = call.world.events.len();
    let command = Command::BlindTransfer {
        channel: call.name("PJSIP/bob"),
        context: Some("phones".into()),
        exten: "88".into(),
    };
    assert_eq!(call.world.ask(command), Reply::Done);
    assert!(told_since(&call.world, before).contains(&"blind 2 true true".to_owned()));
    call.world.finish();
}

#[test]
fn a_third_party_is_asked_while_the_others_talk_on() {
    // Carol's line takes a second call, from alice, who then hangs up, stays, or comes back.
    for (keys, with_bob, transfer) in [
        (
            "",
            "Local/85@phones Local/87@phones",
            "attended [false, true] false",
        ),
        (
            "*3",
            "PJSIP/alice Local/85@phones Local/87@phones",
            "attended [false, true] false",
        ),
        ("*1", "PJSIP/alice Local/85@phones", ""),
        ("*4*1", "PJSIP/alice Local/85@phones", ""),
    ] {
        let mut call = Three::asked("*3");
        let before = call.world.events.len();
        call.world.press(call.alice, "*287");
        assert_eq!(call.world.with(call.bob), "Local/85@phones");
        assert_eq!(call.world.heard_by(call.bob), [call.carol]);
        call.world.run(seconds(2));
        assert_eq!(call.world.with(call.alice), "Local/87@phones", "{keys}");
        call.world.press(call.alice, keys);
        if keys.is_empty() {
            call.world.hang_up(call.alice);
        }
        call.world.run(seconds(1));
        assert_eq!(call.world.with(call.bob), with_bob, "{keys}");
        let told = told_since(&call.world, before);
        let transfers: Vec<_> = told
            .iter()
            .filter(|told| told.starts_with("attended"))
            .collect();
        assert_eq!(
            transfers,
            Vec::from_iter((!transfer.is_empty()).then_some(transfer))
        );
        let music = told
            .iter()
            .filter(|told| told.starts_with("waits PJSIP"))
            .count();
        assert_eq!(music, 0, "nobody waits: {told:?}");
        for id in [call.alice, call.bob, call.carol] {
            call.world.hang_up(id);
        }
        call.world.finish();
    }
}

#[test]
fn who_is_left_alone_waits_for_whoever_is_to_come() {
    // For alice, who asks a third party.
    let mut call = Three::asked("*3");
    call.world.press(call.alice, "*287");
    call.world.run(seconds(2));
    let before = call.world.events.len();
    call.world.hang_up(call.carol);
    assert!(told_since(&call.world, before).contains(&"waits PJSIP/bob".to_owned()));
    call.world.press(call.alice, "*1");
    assert_eq!(call.world.with(call.alice), "PJSIP/bob");
    assert!(told_since(&call.world, before).contains(&"talks PJSIP/bob".to_owned()));
    call.world.hang_up(call.alice);
    call.world.finish();

    // For the third party, that alice has left to both; whoever of them stays is told that it answers.
    for leaves in [true, false] {
        let mut call = Three::asked("*3");
        call.world.press(call.alice, "*289");
        call.world.hang_up(call.alice);
        assert_eq!(call.world.with(call.bob), "Local/85@phones");
        let (gone, stays) = if leaves {
            (call.bob, call.carol)
        } else {
            (call.carol, call.bob)
        };
        call.world.hang_up(gone);
        call.world.run(seconds(5));
        let seat = if leaves {
            "Local/85@phones"
        } else {
            "PJSIP/bob"
        };
        let stays_with = call
            .world
            .events
            .iter()
            .rev()
            .find_map(|record| match &record.event {
                Event::AttendedTransfer { transferee, .. } => transferee.clone(),
                _ => None,
            });
        assert!(stays_with.unwrap().name.starts_with(seat));
        call.world.hang_up(stays);
        call.world.finish();
    }
}

#[test]
fn several_who_wait_in_vain_talk_on() {
    let mut call = Three::asked("*3");
    call.world.phone("alice", Phone::Rings);
    call.world.press(call.alice, "*286");
    call.world.hang_up(call.alice);
    call.world.run(seconds(200));
    assert_eq!(call.world.with(call.bob), "Local/85@phones");
    call.world.hang_up(call.bob);
    call.world.finish();
}

#[test]
fn bridges_of_several_become_one_when_a_phone_connects_its_two_calls() {
    // Alice has a second call, with one or with two.
    for (several, swapped) in [
        ([true, false], false),
        ([false, true], true),
        ([true, true], false),
    ] {
        let mut call = Three::asked("*3");
        let second = call.world.dial("alice", "keys").unwrap();
        call.world.run(seconds(2));
        if several[1] {
            call.world.press(second, "*285");
            call.world.run(seconds(2));
            call.world.press(second, "*3");
        }
        let mut on_first = 2;
        if !several[0] {
            call.world.hang_up(call.bob);
            on_first = 1;
        }
        let before = call.world.events.len();
        call.world.signal(model::Signal::Transfer {
            channel: call.alice,
            exten: "".into(),
            replaces: Some(second),
            referral: model::Referral::default(),
        });
        let told = told_since(&call.world, before);
        let are = several.map(|several| !several);
        assert!(told.contains(&format!("attended {are:?} true")), "{told:?}");
        let merged = told.iter().any(|told| told.starts_with("merge"));
        assert_eq!(merged, several == [true, true]);
        let on_second = if several[1] { 2 } else { 1 };
        assert_eq!(call.bridge().2, on_first + on_second);
        let moved = told
            .iter()
            .any(|told| told == "enter 3 Local/85@phones;1 swap");
        assert_eq!(moved, swapped, "{told:?}");
        for line in call.world.lines.keys().copied().collect::<Vec<_>>() {
            call.world.hang_up(line);
        }
        call.world.finish();
    }
}
