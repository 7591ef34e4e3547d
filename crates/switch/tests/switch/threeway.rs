//! Conversations of three: how they begin, who hears whom, and how they end.
//!
//! What is told of them is by the documentation.

use crate::world;
use crate::world::three::{DIALPLAN, Three, seconds};
use crate::world::{Phone, World};
use model::{Command, Event, MediaId, MediaReport, Redirection, Reply};
use switch::Input;

#[test]
fn each_hears_both_others() {
    for keys in ["*3", "*4*3"] {
        let mut call = Three::asked(keys);
        let Three {
            alice, bob, carol, ..
        } = call;
        assert_eq!(
            call.world.with(alice),
            "PJSIP/bob Local/85@phones",
            "{keys}"
        );
        assert_eq!(call.bridge().1, "softmix");
        // The beep first.
        call.world.run(seconds(1));
        assert_eq!(call.world.heard_by(alice), [bob, carol]);
        assert_eq!(call.world.heard_by(bob), [alice, carol]);
        assert_eq!(call.world.heard_by(carol), [alice, bob]);
        assert_eq!(call.world.played().last().unwrap(), "beep");
        // A key of one goes to both, as media passes on none where it mixes.
        call.world.give(Input::Media(MediaReport::Digit {
            media: MediaId(bob.0),
            digit: '5',
            milliseconds: 100,
        }));
        let mut sent = call.world.digits_sent();
        sent.sort();
        assert_eq!(sent, [(alice, '5'), (carol, '5')], "{keys}");
        call.world.hang_up(alice);
        assert_eq!(call.world.with(bob), "Local/85@phones");
        assert_eq!(call.bridge().1, "simple_bridge");
        assert_eq!(call.world.heard_by(bob), [carol]);
        call.world.hang_up(carol);
        call.world.finish();
    }
}

#[test]
fn it_is_told_as_a_transfer_and_two_bridges_that_become_one() {
    let mut call = Three::asked("");
    let before = call.world.events.len();
    call.world.press(call.alice, "*3");
    let told: Vec<_> = call.world.events[before..]
        .iter()
        .filter_map(|record| match &record.event {
            Event::AttendedTransfer {
                bridges,
                transferee,
                target,
                stays,
                ..
            } => {
                let [home, away] = bridges.clone().map(|bridge| bridge.unwrap().channels);
                let names = [transferee, target].map(|who| who.as_ref().unwrap().name.to_string());
                Some(format!(
                    "transfer {home} {away} {} {stays}",
                    names.join(" ")
                ))
            }
            Event::BridgeMerge { to, from } => {
                Some(format!("merge {} {}", to.channels, from.channels))
            }
            Event::BridgeEnter {
                bridge, channel, ..
            } => Some(format!("enter {} {}", bridge.channels, channel.name)),
            Event::BridgeLeave { bridge, channel } => {
                Some(format!("leave {} {}", bridge.channels, channel.name))
            }
            Event::BridgeDestroy { .. } => Some("destroy".to_owned()),
            Event::MusicOnHoldStop { channel } => Some(format!("talks {}", channel.name)),
            Event::VarSet {
                variable, value, ..
            } if &**variable == "BRIDGEPEER" => Some(format!("peers {value}")),
            _ => None,
        })
        .collect();
    let [alice, bob, carol] = ["PJSIP/alice", "PJSIP/bob", "Local/85"].map(|name| call.name(name));
    let expected = [
        format!("transfer 1 2 {bob} {carol} true"),
        format!("talks {bob}"),
        "merge 1 2".to_owned(),
        format!("leave 1 {carol}"),
        format!("enter 2 {carol}"),
        format!("leave 0 {alice}"),
        format!("enter 3 {alice}"),
        "destroy".to_owned(),
        format!("peers {carol},{alice}"),
        format!("peers {bob},{alice}"),
        format!("peers {bob},{carol}"),
    ];
    assert_eq!(told, expected);
    call.world.hang_up(call.bob);
    call.world.hang_up(call.carol);
    call.world.finish();
    assert_eq!(call.world.told().len(), 1, "alice goes on after Dial");
}

#[test]
fn whoever_leaves_two_others_talk_on() {
    for leaves in 0..3 {
        let mut call = Three::asked("*3");
        let all = [call.alice, call.bob, call.carol];
        call.world.hang_up(all[leaves]);
        call.world.run(seconds(1));
        assert_eq!(call.bridge().2, 2);
        let left: Vec<_> = all.iter().filter(|id| **id != all[leaves]).collect();
        assert_eq!(call.world.heard_by(*left[0]), [*left[1]]);
        assert_eq!(call.world.heard_by(*left[1]), [*left[0]]);
        call.world.hang_up(*left[0]);
        call.world.run(seconds(1));
        assert_eq!(call.world.switch.calls(), 0);
        call.world.finish();
    }
}

#[test]
fn nothing_happens_before_the_third_party_has_answered() {
    let (mut world, alice) = World::calling(DIALPLAN, "keys", Phone::Answers(seconds(1)));
    world.run(seconds(2));
    world.press(alice, "*285");
    world.run(seconds(2));
    world.press(alice, "*3");
    assert_eq!(world.with(alice), "nowhere");
    world.press(alice, "*1");
    assert_eq!(world.with(alice), "PJSIP/bob");
    world.hang_up(alice);
    world.finish();
}

#[test]
fn one_of_three_is_taken_out_or_sent_elsewhere() {
    let mut call = Three::asked("*3");
    let (bridge, _, _) = call.bridge();
    let Reply::Bridge { channels, .. } = call.world.ask(Command::BridgeInfo { bridge }) else {
        panic!("no bridge")
    };
    assert_eq!(channels.len(), 3);
    let kick = Command::BridgeKick {
        bridge: None,
        channel: call.name("PJSIP/bob"),
    };
    assert_eq!(call.world.ask(kick), Reply::Done);
    assert_eq!(call.world.with(call.alice), "Local/85@phones");
    call.world.hang_up(call.alice);
    call.world.finish();

    // Two at once, though the third has nobody left then.
    let mut call = Three::asked("*3");
    let to = |channel| Redirection {
        channel,
        to: world::extension("88"),
    };
    let redirect = Command::Redirect {
        first: to(call.name("PJSIP/alice")),
        second: Some(to(call.name("PJSIP/bob"))),
    };
    assert_eq!(call.world.ask(redirect), Reply::Done);
    call.world.run(seconds(1));
    for id in [call.alice, call.bob] {
        assert_eq!(call.world.with(id), "nowhere");
        assert!(call.world.lines.contains_key(&id));
    }
    assert!(!call.world.lines.contains_key(&call.carol));
    call.world.finish();

    let mut call = Three::asked("*3");
    let (bridge, _, _) = call.bridge();
    assert_eq!(
        call.world.ask(Command::BridgeDestroy { bridge }),
        Reply::Done
    );
    call.world.run(seconds(1));
    assert_eq!(call.world.switch.calls(), 0);
    call.world.finish();
}

#[test]
fn one_of_three_who_holds_or_is_muted_leaves_the_others_alone() {
    let mut call = Three::asked("*3");
    call.world.run(seconds(1));
    let music = call.world.story(&["MusicOnHoldStart"]).len();
    call.world.signal(model::Signal::Held(call.bob));
    assert_eq!(call.world.story(&["Hold"]).len(), 1);
    assert_eq!(call.world.story(&["MusicOnHoldStart"]).len(), music);
    let mute = Command::MuteAudio {
        channel: call.name("PJSIP/alice"),
        direction: model::Direction::In,
        mute: true,
    };
    assert_eq!(call.world.ask(mute), Reply::Done);
    assert_eq!(call.world.heard_by(call.bob), [call.carol]);
    assert_eq!(call.world.heard_by(call.carol), [call.bob]);
    assert_eq!(call.world.heard_by(call.alice), [call.bob, call.carol]);
    call.world.hang_up(call.alice);
    call.world.hang_up(call.bob);
    call.world.finish();
}
