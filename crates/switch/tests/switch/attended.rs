//! Attended transfers by keys: what the transferer may do meanwhile, and what becomes of one who waits.

use crate::world::{Phone, World};
use model::ChannelId;
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => keys,1,Dial(PJSIP/bob,20,tTg)
exten => drop,1,Set(FEATURE(atxferdropcall)=yes)
 same => n,Set(FEATUREMAP(atxfer)=#3)
 same => n,Dial(PJSIP/bob,20,T)
exten => named,1,Set(TRANSFER_EXTEN=88)
 same => n,Dial(PJSIP/bob,20,T)
exten => own,1,Set(FEATURE(inherit)=${MODE})
 same => n,Set(FEATUREMAP(atxfer)=#3)
 same => n,Set(FEATURE(featuredigittimeout)=250)
 same => n,UserEvent(Own,Is: ${FEATUREMAP(atxfer)} ${FEATURE(featuredigittimeout)} ${FEATURE(xfersound)} ${FEATURE(inherit)})
 same => n,Dial(PJSIP/bob,20,tT)
exten => always,1,Set(CHANNEL(dtmf_features)=TH)
 same => n,UserEvent(Always,Is: ${CHANNEL(dtmf_features)})
 same => n,Dial(PJSIP/bob,20,g)
 same => n,UserEvent(After,Is: ${DIALSTATUS})
exten => 88,1,Answer()
 same => n,Wait(60)
exten => 89,1,Answer()
 same => n,Wait(2)
exten => 85,1,Dial(PJSIP/carol,60)
[globals]
MODE = yes
";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Alice has called bob by an extension, and presses keys; then three seconds pass.
fn press(exten: &str, carol: Phone, keys: &str) -> (World, ChannelId, ChannelId) {
    let bob = Phone::Answers(seconds(1));
    let (mut world, alice) = World::calling(DIALPLAN, exten, bob);
    world.phone("carol", carol);
    world.run(seconds(2));
    let bob = world.line("bob");
    world.press(alice, keys);
    world.run(seconds(3));
    (world, alice, bob)
}

const TARGET: &str = "Local/88@phones";

#[test]
fn a_code_leaves_the_call_to_the_two_others() {
    let (mut world, alice, bob) = press("keys", Phone::Rings, "*288");
    assert_eq!(world.with(alice), TARGET);
    world.press(alice, "*2");
    assert_eq!(world.with(bob), TARGET);
    assert_eq!(world.story(&["AttendedTransfer"]).len(), 1);
    assert_eq!(world.played().last().unwrap(), "beep");
    world.run(seconds(1));
    assert!(!world.lines.contains_key(&alice));
    world.hang_up(bob);
    world.finish();
}

#[test]
fn the_transferer_talks_with_one_or_the_other() {
    let (mut world, alice, bob) = press("keys", Phone::Rings, "*288");
    for _ in 0..2 {
        world.press(alice, "*4");
        assert_eq!(world.with(alice), "PJSIP/bob");
        world.press(alice, "*4");
        assert_eq!(world.with(alice), TARGET);
    }
    world.press(alice, "*4");
    world.hang_up(alice);
    assert_eq!(world.with(bob), TARGET);
    let music = world.story(&["MusicOnHoldStart", "MusicOnHoldStop"]);
    assert_eq!(music.len(), 12, "{music:?}");
    world.hang_up(bob);
    world.finish();
}

#[test]
fn who_leaves_while_others_are_talked_with_ends_its_part_only() {
    // The third party hangs up while the transferer talks with the other one.
    let (mut world, alice, bob) = press("keys", Phone::Rings, "*289");
    assert_eq!(world.with(alice), "PJSIP/bob");
    world.press(alice, "*289");
    world.press(alice, "*4");
    world.run(seconds(5));
    assert_eq!(world.with(alice), "PJSIP/bob");
    // And the other one while the third party waits.
    world.press(alice, "*288");
    world.press(alice, "*4");
    world.hang_up(bob);
    world.run(seconds(1));
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}

#[test]
fn a_third_party_that_rings_is_given_up() {
    let (mut world, alice, _) = press("keys", Phone::Rings, "*285");
    assert_eq!(world.with(alice), "nowhere");
    world.press(alice, "*1");
    assert_eq!(world.with(alice), "PJSIP/bob");
    world.press(alice, "*285");
    world.press(alice, "*4");
    assert_eq!(world.with(alice), "PJSIP/bob");
    world.press(alice, "*4");
    world.run(seconds(14));
    assert_eq!(world.with(alice), "nowhere");
    world.run(seconds(2));
    assert_eq!(world.with(alice), "PJSIP/bob");
    assert_eq!(world.played().last().unwrap(), "beeperr");
    world.hang_up(alice);
    world.finish();
}

#[test]
fn an_extension_may_be_dialled_three_times() {
    let (mut world, alice, bob) = press("keys", Phone::Rings, "*2");
    // Nothing is dialled in time, then what is not there.
    assert_eq!(world.played(), ["moh/one", "pbx-transfer", "pbx-invalid"]);
    world.press(alice, "7");
    assert_eq!(world.played()[3..], ["pbx-invalid"]);
    world.press(alice, "77");
    assert_eq!(world.played()[4..], ["privacy-incorrect"]);
    assert_eq!(world.digits_sent(), [(bob, '7')]);
    assert_eq!(world.with(alice), "PJSIP/bob");
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_variable_may_say_where_to() {
    let (mut world, alice, _) = press("named", Phone::Rings, "*2");
    assert_eq!(world.with(alice), TARGET);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn who_waits_is_taken_over_though_the_transferer_has_gone() {
    let (mut world, alice, bob) = press("keys", Phone::Answers(seconds(8)), "*285");
    world.hang_up(alice);
    world.run(seconds(1));
    assert_eq!(world.with(bob), "");
    assert_eq!(world.story(&["AttendedTransfer"]).len(), 0);
    world.run(seconds(6));
    assert_eq!(world.with(bob), "Local/85@phones");
    assert_eq!(world.story(&["AttendedTransfer"]).len(), 1);
    world.hang_up(bob);
    world.finish();
}

#[test]
fn a_transferer_is_called_back_if_nobody_answers() {
    let (mut world, alice, bob) = press("keys", Phone::Rings, "*285");
    world.phone("alice", Phone::Answers(seconds(1)));
    world.hang_up(alice);
    world.run(seconds(17));
    assert_eq!(world.with(bob), "PJSIP/alice");
    assert_eq!(world.story(&["AttendedTransfer"]).len(), 0);
    // It may try again.
    let alice = world.line("alice");
    world.press(alice, "*288");
    world.press(alice, "*2");
    assert_eq!(world.with(bob), TARGET);
    world.hang_up(bob);
    world.finish();
}

#[test]
fn nobody_is_called_for_ever() {
    let (mut world, alice, _) = press("keys", Phone::Rings, "*285");
    world.hang_up(alice);
    // It and the transferer each twice, and a while between.
    world.run(seconds(15 * 4 + 10 - 1));
    assert!(world.switch.calls() > 0);
    let dialled = world.story(&["DialBegin"]).len();
    assert_eq!(
        dialled,
        1 + 2 * 2 + 2,
        "bob, and twice the third party, carol there, and alice"
    );
    world.run(seconds(3));
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}

#[test]
fn one_who_waits_may_hang_up() {
    for wait in [1, 16, 32] {
        let (mut world, alice, bob) = press("keys", Phone::Rings, "*285");
        world.hang_up(alice);
        world.run(seconds(wait));
        world.hang_up(bob);
        world.run(seconds(1));
        assert_eq!(world.switch.calls(), 0, "after {wait} s");
        world.finish();
    }
}

#[test]
fn a_dropped_call_is_not_called_back() {
    let (mut world, alice, _) = press("drop", Phone::Rings, "#385");
    world.hang_up(alice);
    world.run(seconds(14));
    assert_eq!(world.switch.calls(), 4);
    world.run(seconds(2));
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}

#[test]
fn a_channel_has_codes_of_its_own_and_may_pass_them_on() {
    let (mut world, _, bob) = press("own", Phone::Rings, "");
    assert_eq!(world.told(), ["Own #3 250 beep 1"]);
    world.press(bob, "#388");
    world.run(seconds(1));
    assert_eq!(world.with(bob), TARGET);
    world.hang_up(bob);
    world.finish();
}

#[test]
fn a_channel_may_always_do_what_it_is_allowed_itself() {
    let (mut world, alice, _) = press("always", Phone::Rings, "*288");
    assert_eq!(world.with(alice), TARGET);
    world.press(alice, "*1");
    assert_eq!(world.with(alice), "PJSIP/bob");
    world.press(alice, "*0");
    world.run(seconds(1));
    assert_eq!(world.told(), ["Always TH", "After ANSWER"]);
    world.finish();
}
