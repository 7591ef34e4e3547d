//! Tones: where they sound, and what ends them.

use crate::world::{Phone, World};
use model::{Command, MediaInstruction, Reply, Tones};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => list,1,PlayTones(!400/100,!0/100)
 same => n,Wait(1)
 same => n,StopPlayTones()
 same => n,Wait(1)
exten => file,1,PlayTones(dial)
 same => n,Wait(1)
 same => n,Playback(beep,noanswer)
exten => bad,1,PlayTones(nonsense)
 same => n,Wait(1)
exten => busy,1,Answer()
 same => n,Busy(2)
exten => ring,1,Answer()
 same => n,Dial(PJSIP/bob,2)
 same => n,Congestion(1)
exten => test,1,Milliwatt(m)
exten => mf,1,SendMF(*1#,10,20,30,40)
 same => n,PlayTones(dial)
 same => n,Wait(1)
exten => far,1,Dial(Local/dialtone@phones/n,20)
exten => dialtone,1,Answer()
 same => n,PlayTones(dial)
 same => n,Wait(2)
";

/// The tones that a call to an extension hears, `-` where they are ended.
fn heard(exten: &str, bob: Phone) -> Vec<String> {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.phone("bob", bob);
    let alice = world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(6));
    if world.lines.contains_key(&alice) {
        world.hang_up(alice);
    }
    world.finish();
    let mut sounding = None;
    let told = world.media.iter().filter_map(|told| match told {
        MediaInstruction::Tones { tones, play, .. } => {
            sounding = Some(*play);
            Some(name(tones))
        }
        MediaInstruction::StopPlay(play) => {
            let ended = sounding.take_if(|sounding| *sounding == *play);
            ended.map(|_| "-".to_owned())
        }
        _ => None,
    });
    told.collect()
}

fn name(tones: &Tones) -> String {
    let indications = switch::Indications::default();
    let mut zone = indications.zones["us"].iter();
    let known = zone.find(|(_, known)| *known == tones);
    known.map_or_else(
        || format!("{} parts", tones.parts.len()),
        |(name, _)| name.to_string(),
    )
}

#[test]
fn tones_sound_while_the_dialplan_goes_on() {
    assert_eq!(heard("list", Phone::Rings), ["2 parts", "-"]);
    assert_eq!(heard("file", Phone::Rings), ["dial", "-"]);
    assert_eq!(heard("bad", Phone::Rings), [""; 0]);
    assert_eq!(heard("test", Phone::Rings), ["2 parts", "-"]);
}

#[test]
fn digits_of_trunks_sound_one_after_the_other() {
    assert_eq!(heard("mf", Phone::Rings), ["6 parts", "-", "dial", "-"]);
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    let alice = world.dial("alice", "mf").unwrap();
    let sounding = |world: &World| {
        let mut told = world.media.iter().rev();
        let tones = told.find_map(|told| match told {
            MediaInstruction::Tones { tones, .. } => Some(tones.parts[0].milliseconds),
            _ => None,
        });
        tones.unwrap()
    };
    world.run_ms(100);
    assert_eq!(sounding(&world), 30);
    let play = Command::PlayMf {
        channel: "PJSIP/alice-00000000".into(),
        digit: '7',
        milliseconds: Some(500),
    };
    assert_eq!(world.ask(play), Reply::Done);
    assert_eq!(sounding(&world), 500);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_call_that_was_answered_is_told_by_tones_how_it_goes() {
    assert_eq!(heard("busy", Phone::Rings), ["busy", "-"]);
    let missed = ["ring", "-", "congestion", "-"];
    assert_eq!(heard("ring", Phone::Rings), missed);
    let answers = Phone::Answers(Duration::from_secs(1));
    assert_eq!(heard("ring", answers), ["ring", "-"]);
}

#[test]
fn tones_reach_through_local_channels_and_end_with_them() {
    assert_eq!(heard("far", Phone::Rings), ["dial", "-"]);
}
