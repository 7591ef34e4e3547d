//! What each option of Dial does, one after the other.

use crate::world;
use crate::world::{Phone, World};
use model::{Cause, Event, Instruction, MediaInstruction, Signal};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => plain,1,Dial(PJSIP/bob,5)
exten => m,1,Dial(PJSIP/bob,5,m)
exten => a,1,Dial(PJSIP/bob,5,aA(hello))
exten => A,1,Dial(PJSIP/bob,5,A(hello:please-hold)U(sub))
exten => Ag,1,Dial(PJSIP/bob,5,A(hello)g)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => c,1,Dial(PJSIP/bob,1,c)
exten => d,1,Dial(PJSIP/bob,5,d)
exten => 7,1,UserEvent(Exit,Status: ${DIALSTATUS})
exten => H,1,Dial(PJSIP/bob,5,H)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => patient,1,Dial(PJSIP/bob,5^1)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => early,1,Dial(Local/sound@phones/n,3^1)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => silent,1,Dial(Local/wait@silence/n,3^1)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => sound,1,Progress()
 same => n,Wait(9)
exten => group,1,Set(OUTBOUND_GROUP=sales)
 same => n,Set(OUTBOUND_GROUP_ONCE=one@day)
 same => n,Dial(PJSIP/bob,1,b(groups^s^1))
 same => n,UserEvent(Once,Is: ${OUTBOUND_GROUP_ONCE})
exten => e,1,Dial(PJSIP/bob,5,e)
exten => h,1,UserEvent(End,Of: ${CHANNEL(name):0:9})
exten => f,1,Dial(PJSIP/bob,5,f(\"Desk\" <500>))
exten => fu,1,Dial(PJSIP/bob,5,f(500)u(prohib)s(tagged))
exten => f0,1,Dial(PJSIP/bob,5,f)
exten => hidden,1,Set(CALLERID(pres)=prohib)
 same => n,Dial(Local/plain@phones,5)
exten => I,1,Dial(PJSIP/bob,5,I)
exten => i,1,UserEvent(Invalid,X: x)
exten => ignore,1,Dial(PJSIP/bob,5,inN)
exten => o,1,Dial(PJSIP/bob,5,o)
exten => ox,1,Dial(PJSIP/bob,5,o(<500>))
exten => r,1,Dial(PJSIP/bob,5,r)
exten => rt,1,Dial(PJSIP/bob,5,r(dial))
exten => R,1,Dial(PJSIP/bob,5,R)
exten => L,1,Dial(PJSIP/bob,5,L(4000:2500:2000))
exten => Lb,1,Set(LIMIT_WARNING_FILE=beep)
 same => n,Set(LIMIT_PLAYAUDIO_CALLEE=yes)
 same => n,Dial(PJSIP/bob,5,L(4000:2500))
exten => Lall,1,Set(LIMIT_CONNECT_FILE=begin)
 same => n,Set(LIMIT_WARNING_FILE=warn)
 same => n,Set(LIMIT_TIMEOUT_FILE=end)
 same => n,Set(LIMIT_PLAYAUDIO_CALLER=no)
 same => n,Set(LIMIT_PLAYAUDIO_CALLEE=yes)
 same => n,Dial(PJSIP/bob,5,L(4000:2500)g)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => S,1,Dial(PJSIP/bob,5,S(1))
exten => C,1,Dial(PJSIP/bob,5,C)
exten => Q,1,Dial(PJSIP/carol&PJSIP/bob,5,Q(USER_BUSY))
exten => Q0,1,Dial(PJSIP/carol&PJSIP/bob,5,Q(NONE))
exten => Q1,1,Dial(PJSIP/carol&PJSIP/bob,5)
exten => th,1,Dial(PJSIP/bob,5,th)
exten => 77,1,UserEvent(Transferred,Of: ${CHANNEL(name):0:9})
exten => park,1,Dial(PJSIP/bob,5,kKwWxX)
[silence]
exten => wait,1,Wait(9)
[groups]
exten => s,1,UserEvent(Groups,Are: ${GROUP_LIST()})
 same => n,Return()
[sub]
exten => s,1,UserEvent(Screened,X: x)
 same => n,Return()
";

const ALICE: &str = "PJSIP/alice-00000000";
const BOB: &str = "PJSIP/bob-00000001";

/// Alice calls an extension; bob only rings, or does this.
fn call_to(exten: &str, bob: Phone) -> (World, model::ChannelId) {
    World::calling(DIALPLAN, exten, bob)
}

/// The same; bob answers after a second.
fn call(exten: &str) -> (World, model::ChannelId) {
    call_to(exten, Phone::Answers(Duration::from_secs(1)))
}

/// Who is told to the phone that is called, and whether it may be shown.
fn shown(world: &World) -> (String, bool) {
    let mut told = world.instructions.iter();
    let dial = told.find_map(|told| match told {
        Instruction::Dial {
            caller, withheld, ..
        } => {
            let name = caller.name.as_deref().unwrap_or_default();
            let number = caller.number.as_deref().unwrap_or_default();
            Some((format!("{name} {number}"), *withheld))
        }
        _ => None,
    });
    dial.expect("dialled")
}

#[test]
fn the_caller_is_answered_before_files_are_played() {
    for (exten, at_once) in [("a", true), ("A", false)] {
        let (mut world, alice) = call(exten);
        let answered = |world: &World| world.was_told(&Instruction::Answer(alice));
        world.run_ms(900);
        assert!(!answered(&world));
        world.run_ms(600);
        assert_eq!(answered(&world), at_once, "{exten}");
        world.hang_up(alice);
        world.finish();
    }
}

#[test]
fn both_hear_a_file_before_they_talk() {
    let (mut world, alice) = call("A");
    world.run_ms(1_500);
    assert_eq!(world.played(), ["hello", "please-hold"]);
    assert!(world.story(&["BridgeEnter"]).is_empty() && world.told().is_empty());
    world.run_ms(1_000);
    assert_eq!(world.told(), ["Screened x"]);
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2);
    world.hang_up(alice);
    world.finish();
    // Whoever hears it may leave, the one as well as the other.
    let (mut world, alice) = call("A");
    world.run_ms(1_500);
    world.hang_up(alice);
    world.finish();
    let (mut world, _) = call("Ag");
    world.run_ms(1_500);
    let bob = world.line("bob");
    world.hang_up(bob);
    world.finish();
    assert_eq!(world.told(), ["After NOANSWER", "End PJSIP/ali"]);
}

#[test]
fn those_given_up_are_told_why() {
    let elsewhere = Some(Cause::ANSWERED_ELSEWHERE);
    let (mut world, _) = call_to("c", Phone::Rings);
    world.run_ms(200);
    let channel = world.line("bob");
    world.finish();
    assert_eq!(world.cause_told(channel), Some(elsewhere));
    // And those who lose to another one.
    for (exten, cause) in [
        ("Q", Some(Cause::USER_BUSY)),
        ("Q0", None),
        ("Q1", elsewhere),
    ] {
        let (mut world, alice) = call(exten);
        world.run_ms(200);
        let carol = world.line("carol");
        world.run_ms(1_500);
        assert_eq!(world.cause_told(carol), Some(cause), "{exten}");
        world.hang_up(alice);
        world.finish();
    }
}

#[test]
fn a_key_leads_elsewhere_while_it_rings() {
    let (mut world, alice) = call_to("d", Phone::Rings);
    world.run_ms(100);
    world.press(alice, "47");
    world.finish();
    assert_eq!(world.told()[0], "Exit CANCEL");
}

#[test]
fn the_caller_may_give_up_by_the_disconnect_code() {
    let (mut world, alice) = call_to("H", Phone::Rings);
    world.run_ms(100);
    world.press(alice, "0*");
    assert!(world.told().is_empty());
    world.press(alice, "*0");
    world.finish();
    assert_eq!(world.told()[0], "After CANCEL");
}

#[test]
fn who_neither_rings_nor_sounds_is_given_up_sooner() {
    for (exten, status) in [
        ("patient", "After NOANSWER"),
        ("early", "After NOANSWER"),
        ("silent", "After CHANUNAVAIL"),
    ] {
        let (mut world, _) = call_to(exten, Phone::Rings);
        world.finish();
        assert_eq!(world.told()[0], status, "{exten}");
    }
}

#[test]
fn called_channels_count_in_the_groups_named_for_them() {
    let (mut world, _) = call_to("group", Phone::Rings);
    world.finish();
    assert_eq!(world.told()[..2], ["Groups sales one@day", "Once"]);
}

#[test]
fn the_called_channel_runs_the_hangup_extension() {
    for leaves in [ALICE, BOB] {
        let (mut world, alice) = call("e");
        world.run_ms(2_000);
        let who = if leaves == ALICE {
            alice
        } else {
            world.line("bob")
        };
        world.hang_up(who);
        world.finish();
        let mut told = world.told();
        told.sort();
        assert_eq!(told, ["End PJSIP/ali", "End PJSIP/bob"], "{leaves}");
    }
}

#[test]
fn the_called_party_sees_who_calls() {
    for (exten, seen, withheld) in [
        ("plain", "Alice 101", false),
        ("f", "Desk 500", false),
        ("fu", " 500", true),
        ("f0", "Alice 101", false),
        ("hidden", "Alice 101", true),
    ] {
        let (mut world, _) = call_to(exten, Phone::Rings);
        world.run_ms(100);
        assert_eq!(shown(&world), (seen.to_owned(), withheld), "{exten}");
        world.finish();
    }
}

#[test]
fn the_caller_sees_who_is_called_unless_not_told() {
    for (exten, count) in [("plain", 1), ("I", 0)] {
        let (mut world, _) = call_to(exten, Phone::Rings);
        world.run_ms(100);
        let changes = world.story(&["NewConnectedLine"]);
        let to_alice = changes.iter().filter(|change| change.ends_with(ALICE));
        assert_eq!(to_alice.count(), count, "{exten}");
        world.finish();
    }
}

#[test]
fn the_called_channel_takes_the_callers_id() {
    for (exten, number) in [("plain", "102"), ("o", "101"), ("ox", "500")] {
        let (mut world, _) = call_to(exten, Phone::Rings);
        world.run_ms(100);
        let mut told = world.events.iter();
        let told = told.find_map(|record| match &record.event {
            Event::DialBegin { dest, .. } => dest.caller.number.clone(),
            _ => None,
        });
        assert_eq!(told.as_deref(), Some(number), "{exten}");
        world.finish();
    }
}

/// Whether the caller is told that it rings before it does, and of sound before the answer.
fn early(exten: &str) -> (bool, bool) {
    let (mut world, alice) = call_to(exten, Phone::Rings);
    let rings = world.was_told(&Instruction::Ring(alice));
    let bob = world.line("bob");
    world.signal(Signal::Progress(bob));
    let sound = world.was_told(&Instruction::Progress(alice));
    world.finish();
    (rings, sound)
}

#[test]
fn music_before_the_answer_is_heard_once_there_is_sound() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("bob", Phone::Rings);
    let alice = world.dial("alice", "m").unwrap(); // whose leg comes a moment later
    let played = |world: &World| {
        let told = world.media.iter().filter_map(|told| match told {
            MediaInstruction::Play { media, play, .. } => Some((*media, *play)),
            _ => None,
        });
        told.collect::<Vec<_>>()
    };
    let [(None, play)] = played(&world)[..] else {
        panic!("{:?}", world.media);
    };
    world.run_ms(500);
    let heard = (Some(model::MediaId(alice.0)), play);
    assert_eq!(played(&world), [(None, play), heard]);
    assert!(world.media.contains(&MediaInstruction::StopPlay(play)));
    world.finish();
}

#[test]
fn who_gives_up_hears_no_sound_from_before_the_answer() {
    let (mut world, alice) = call_to("plain", Phone::Rings);
    world.run_ms(100);
    let [from, to] = [world.line("bob"), alice].map(|line| model::MediaId(line.0));
    world.signal(Signal::Media {
        channel: world.line("bob"),
        media: from,
        format: "ulaw".into(),
        addresses: world::lines::addresses(),
        dialog: world::lines::dialog("bob"),
    });
    world.signal(Signal::Progress(world.line("bob")));
    world.hang_up(alice);
    world.finish();
    let from = from.into();
    let cut = MediaInstruction::Disconnect { from, to };
    assert!(world.media.contains(&cut), "{:?}", world.media);
}

#[test]
fn ringing_is_told_before_it_rings() {
    assert_eq!(early("plain"), (false, true));
    assert_eq!(early("r"), (true, false));
    assert_eq!(early("R"), (true, true));
}

#[test]
fn a_tone_sounds_instead_of_ringing() {
    let (mut world, alice) = call("rt");
    world.run_ms(500);
    let tones = |world: &World| {
        let told = world.media.iter().filter_map(|told| match told {
            MediaInstruction::Tones { .. } => Some(true),
            MediaInstruction::StopPlay(_) => Some(false),
            _ => None,
        });
        told.collect::<Vec<_>>()
    };
    assert_eq!(tones(&world), [true]);
    world.run_ms(1_000);
    assert_eq!(tones(&world), [true, false]);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_conversation_may_last_so_long() {
    let (mut world, _) = call("S");
    world.run_ms(1_900);
    assert_eq!(world.switch.calls(), 2);
    world.run_ms(300);
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}

#[test]
fn those_who_talk_hear_how_much_time_is_left() {
    let left = |digit: u8| format!("vm-youhave&digits/{digit}&queue-seconds");
    for (exten, expected) in [
        ("L", vec![left(3), left(1)]),
        ("Lb", vec!["beep".to_owned(), "beep".to_owned()]),
    ] {
        let (mut world, _) = call(exten);
        world.run_ms(2_400);
        assert_eq!(world.played(), [""; 0]);
        world.run_ms(3_000);
        assert_eq!(world.played(), expected, "{exten}");
        world.finish();
    }
}

#[test]
fn files_are_played_as_the_time_begins_and_ends() {
    let (mut world, alice) = call("Lall");
    world.run_ms(4_000);
    assert_eq!(world.played(), ["begin", "warn"]);
    let bob = world.line("bob");
    let heard = world.media.iter().filter_map(|told| match told {
        MediaInstruction::Play { media, .. } => *media,
        _ => None,
    });
    assert_eq!(heard.collect::<Vec<_>>(), [model::MediaId(bob.0); 2]);
    // They part when it has been heard.
    world.run_ms(1_500);
    assert_eq!(world.played(), ["begin", "warn", "end"]);
    assert_eq!(world.story(&["BridgeLeave"]).len(), 0);
    world.run_ms(1_000);
    assert_eq!(world.story(&["BridgeLeave"]).len(), 2);
    world.finish();
    assert_eq!(world.told()[0], "After ANSWER");
    // Whoever hangs up does not wait for it.
    for leaves in [alice, bob] {
        let (mut world, _) = call("Lall");
        world.run_ms(5_200);
        assert_eq!(world.played().len(), 3);
        world.hang_up(leaves);
        world.finish();
    }
}

#[test]
fn the_record_begins_anew_at_the_answer() {
    for (exten, seconds) in [("plain", 3), ("C", 2)] {
        let (mut world, alice) = call(exten);
        world.run_ms(3_500);
        world.hang_up(alice);
        world.finish();
        let mut records = world
            .events
            .iter()
            .filter_map(|record| match &record.event {
                Event::Cdr { record, .. } => {
                    Some(record.end.duration_since(record.start).as_secs())
                }
                _ => None,
            });
        assert_eq!(records.next_back(), Some(seconds), "{exten}");
    }
}

#[test]
fn the_called_party_may_press_codes() {
    for (keys, expected) in [("#177", "Transferred PJSIP/ali"), ("*0", "End PJSIP/ali")] {
        let (mut world, alice) = call("th");
        world.run_ms(2_000);
        let bob = world.line("bob");
        world.press(bob, keys);
        world.run_ms(4_000);
        if world.lines.contains_key(&alice) {
            world.hang_up(alice);
        }
        world.finish();
        assert_eq!(world.told()[0], expected, "{keys}");
    }
}

#[test]
fn what_is_not_there_is_not_done() {
    let (mut world, alice) = call("park");
    world.run_ms(2_000);
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2);
    world.hang_up(alice);
    world.finish();
    let (mut world, alice) = call("ignore");
    world.run_ms(2_000);
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2);
    world.hang_up(alice);
    world.finish();
}
