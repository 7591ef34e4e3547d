//! Who hears what is played to another channel, or from a Local channel's half.

use crate::world::{Phone, World};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => keys,1,Dial(PJSIP/bob,20,Tg)
exten => music,1,Answer()
 same => n,MusicOnHold()
exten => tones,1,Answer()
 same => n,PlayTones(dial)
 same => n,Wait(60)
exten => file,1,Answer()
 same => n,Playback(hymn)
 same => n,Wait(60)
exten => 86,1,Goto(music,1)
exten => 87,1,Goto(tones,1)
exten => spy,1,ChanSpy(PJSIP/alice,q)
exten => local,1,Dial(Local/file@phones/n)
";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn all_in_a_conversation_hear_what_a_local_channel_plays() {
    for (digits, heard) in [("86", "moh/one"), ("87", "tones")] {
        let (mut world, alice) = World::calling(DIALPLAN, "keys", Phone::Answers(seconds(1)));
        world.run(seconds(2));
        world.press(alice, &format!("*2{digits}"));
        world.run(seconds(2));
        assert_eq!(world.overheard_by(alice), [heard]);
        world.press(alice, "*3");
        world.run(seconds(2));
        let bob = world.line("bob");
        for (one, other) in [(alice, bob), (bob, alice)] {
            assert_eq!(world.overheard_by(one), [heard]);
            assert_eq!(world.heard_by(one), [other]);
        }
        world.hang_up(alice);
        assert_eq!(world.overheard_by(bob), [heard]);
        world.hang_up(bob);
        world.finish();
    }
}

#[test]
fn a_file_from_a_local_channel_is_heard_until_it_ends() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    let alice = world.dial("alice", "local").unwrap();
    world.run_ms(900);
    assert_eq!(world.overheard_by(alice), ["hymn"]);
    world.run_ms(1_000);
    assert_eq!(world.overheard_by(alice), <[&str; 0]>::default());
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_spy_hears_what_is_played_to_whom_it_spies_on() {
    for (exten, heard) in [
        ("music", "moh/one"),
        ("tones", "tones"),
        ("file", "hymn"),
        ("local", "hymn"),
    ] {
        let mut world = World::new(1, DIALPLAN);
        for name in ["alice", "carol"] {
            world.phone(name, Phone::Rings);
        }
        let carol = world.dial("carol", "spy").unwrap();
        let alice = world.dial("alice", exten).unwrap();
        world.run_ms(1_100);
        assert_eq!(world.overheard_by(carol), [heard], "{exten}");
        assert_eq!(world.heard_by(carol), [alice], "{exten}");
        world.hang_up(carol);
        world.hang_up(alice);
        world.finish();
    }
}
