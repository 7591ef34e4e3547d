//! Conversations of three: how they begin, who hears whom, and how they end.
//!
//! What is told of them is by the documentation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests may"
)]

mod world;

use model::{ChannelId, Command, Event, MediaId, MediaReport, Redirection, Refusal, Reply};
use std::time::Duration;
use switch::Input;
use world::{Phone, World};

const DIALPLAN: &str = "
[phones]
exten => keys,1,Dial(PJSIP/bob,20,Tg)
 same => n,UserEvent(After,Is: ${BRIDGEPEER})
exten => called,1,Dial(PJSIP/bob,20,t)
exten => 85,1,Dial(PJSIP/carol,60)
exten => 86,1,UserEvent(Sent,Is: ${SIPTRANSFER})
 same => n,Dial(PJSIP/alice,3)
exten => 87,1,Answer()
 same => n,Wait(60)
exten => 89,1,Wait(3)
 same => n,Answer()
 same => n,Wait(60)
exten => 88,1,Answer()
 same => n,Wait(60)
";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

struct Three {
    world: World,
    alice: ChannelId,
    bob: ChannelId,
    carol: ChannelId,
}

impl Three {
    /// Alice talks with bob and asks carol, who has answered; then alice presses keys.
    fn asked(keys: &str) -> Self {
        let (mut world, alice) = World::calling(DIALPLAN, "keys", Phone::Answers(seconds(1)));
        world.phone("carol", Phone::Answers(seconds(1)));
        world.run(seconds(2));
        world.press(alice, "*285");
        world.run(seconds(2));
        let (bob, carol) = (world.line("bob"), world.line("carol"));
        world.press(alice, keys);
        Self {
            world,
            alice,
            bob,
            carol,
        }
    }

    /// The name of a channel by how it begins.
    fn name(&self, begins: &str) -> std::sync::Arc<str> {
        let told = self.world.events.iter().rev();
        let mut names = told.filter_map(|record| match &record.event {
            Event::BridgeEnter { channel, .. } => Some(channel.name.clone()),
            _ => None,
        });
        names.find(|name| name.starts_with(begins)).unwrap()
    }

    /// The bridge where somebody sits, and how many do.
    fn bridge(&mut self) -> (std::sync::Arc<str>, String, usize) {
        let Reply::Bridges(bridges) = self.world.ask(Command::Bridges { kind: None }) else {
            panic!("bridges")
        };
        let most = bridges.iter().max_by_key(|bridge| bridge.channels).unwrap();
        let technology = most.technology.to_string();
        (most.uniqueid.clone(), technology, most.channels)
    }
}

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

/// What of these is told from a place on, with names as they begin.
fn told_since(world: &World, before: usize) -> Vec<String> {
    let short = |name: &str| {
        name.rsplit_once('-')
            .map_or("", |(short, _)| short)
            .to_owned()
    };
    let half = |name: &str| {
        format!(
            "{}{}",
            short(name),
            name.rsplit_once(';')
                .map_or("", |_| &name[name.len() - 2..])
        )
    };
    let told = world.events[before..].iter();
    let told = told.filter_map(|record| match &record.event {
        Event::Newchannel { channel } => Some(format!("new {}", half(&channel.name))),
        Event::LocalBridge { exten, .. } => Some(format!("pair {exten}")),
        Event::BlindTransfer {
            transferee,
            bridge,
            external,
            ..
        } => {
            let channels = bridge.as_ref().unwrap().channels;
            Some(format!(
                "blind {channels} {} {external}",
                transferee.is_some()
            ))
        }
        Event::AttendedTransfer {
            transferee,
            target,
            external,
            ..
        } => {
            let are = [transferee, target].map(Option::is_some);
            Some(format!("attended {are:?} {external}"))
        }
        Event::BridgeMerge { to, from } => Some(format!("merge {} {}", to.channels, from.channels)),
        Event::BridgeEnter {
            bridge,
            channel,
            swap,
        } => {
            let swap = if swap.is_some() { " swap" } else { "" };
            Some(format!(
                "enter {} {}{swap}",
                bridge.channels,
                half(&channel.name)
            ))
        }
        Event::BridgeLeave { bridge, channel } => {
            Some(format!("leave {} {}", bridge.channels, half(&channel.name)))
        }
        Event::BridgeDestroy { .. } => Some("destroy".to_owned()),
        Event::MusicOnHoldStart { channel, .. } => Some(format!("waits {}", half(&channel.name))),
        Event::MusicOnHoldStop { channel } => Some(format!("talks {}", half(&channel.name))),
        Event::VarSet {
            channel: Some(channel),
            variable,
            value,
        } if &**variable == "BLINDTRANSFER" => {
            let values: Vec<_> = value.split(',').map(half).collect();
            Some(format!("by {}: {}", half(&channel.name), values.join(",")))
        }
        Event::Hangup { channel } => Some(format!("over {}", half(&channel.name))),
        _ => None,
    });
    told.collect()
}

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

/// A record as text: whose it is, with whom, from when to when it was and how long is billed, in seconds since the
/// start.
fn records(world: &World) -> Vec<String> {
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
    told.collect()
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
    world.finish();
    let mut told = records(&world);
    told.sort();
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
    world.finish();
    let mut told = records(&world);
    told.sort();
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
    world.finish();
    let mut told = records(&world);
    told.retain(|told| !told.starts_with("Local/85@phones PJSIP") && !told.contains("  "));
    told.sort();
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
    world.finish();
    let mut told = records(&world);
    told.retain(|told| told.contains("Local/85") && told.contains(" 5-"));
    told.sort();
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
        world.finish();
        let mut told = records(&world);
        told.sort();
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
        world.finish();
        let told = records(&world);
        assert!(told.contains(&expected.to_owned()), "{told:?}");
        assert!(
            told.contains(&"PJSIP/alice PJSIP/bob 0-23 21".to_owned()),
            "{told:?}"
        );
    }
}
