//! ControlPlayback by keys and by command. A file lasts a second here.

use crate::world::{Phone, World};
use model::{ChannelId, Command, MediaInstruction, PlayControl, Refusal, Reply};

const DIALPLAN: &str = "
[phones]
exten => keys,1,ControlPlayback(hymn,300,6,4,05,8,9)
 same => n,UserEvent(Was,Is: ${CPLAYBACKSTATUS} ${CPLAYBACKOFFSET}${CPLAYBACKSTOPKEY})
exten => usual,1,ControlPlayback(hymn,,,,,,,o(400))
 same => n,UserEvent(Was,Is: ${CPLAYBACKSTATUS} ${CPLAYBACKOFFSET})
exten => none,1,ControlPlayback()
 same => n,UserEvent(Was,Is: ${CPLAYBACKSTATUS})
exten => plain,1,Playback(hymn)
 same => n,UserEvent(Was,Is: ${PLAYBACKSTATUS})
exten => music,1,MusicOnHold()
";

fn call(exten: &str) -> (World, ChannelId) {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    let alice = world.dial("alice", exten).unwrap();
    world.run_ms(100);
    (world, alice)
}

/// Where playbacks began, in milliseconds, and `-` where they were stopped; without what was begun
/// before there was a leg.
fn places(world: &World) -> Vec<String> {
    let told = world.media.iter().filter_map(|told| match told {
        MediaInstruction::Play { media: None, .. } => None,
        MediaInstruction::Play { offset, .. } => Some(offset.as_millis().to_string()),
        MediaInstruction::StopPlay(_) => Some("-".to_owned()),
        _ => None,
    });
    told.skip_while(|told| told == "-").collect()
}

fn control(world: &mut World, control: PlayControl) -> Reply {
    let channel = "PJSIP/alice-00000000".into();
    world.ask(Command::ControlPlayback { channel, control })
}

fn end(mut world: World, alice: ChannelId) {
    if world.lines.contains_key(&alice) {
        world.hang_up(alice);
    }
    world.finish();
}

#[test]
fn keys_go_forth_and_back() {
    let (mut world, alice) = call("keys");
    world.press(alice, "6");
    world.run_ms(100);
    world.press(alice, "4");
    world.run_ms(50);
    world.press(alice, "4");
    world.run_ms(50);
    let [first, forth, back, beginning]: [Vec<u64>; 4] = [0, 1, 2, 3].map(|index| {
        let places = places(&world);
        let numbers = places.iter().filter_map(|place| place.parse().ok());
        numbers.skip(index).take(1).collect()
    });
    assert_eq!(first, [0]);
    assert!((300..=400).contains(&forth[0]), "{forth:?}");
    assert_eq!(back[0], forth[0] + 100 - 300);
    assert_eq!(beginning, [0]);
    // It ends where it would have.
    world.run_ms(900);
    assert_eq!(world.told(), <[&str; 0]>::default());
    world.run_ms(100);
    assert_eq!(world.told(), ["Was SUCCESS -1"]);
    end(world, alice);
}

#[test]
fn it_pauses_and_is_stopped_by_a_key() {
    let (mut world, alice) = call("keys");
    world.press(alice, "9");
    world.run_ms(250);
    world.press(alice, "8");
    world.run_ms(5_000);
    // What it skips meanwhile counts when it goes on.
    world.press(alice, "6");
    world.run_ms(200);
    world.press(alice, "8");
    world.run_ms(10);
    assert_eq!(places(&world)[1..], ["-", "0", "-", "550"]);
    world.press(alice, "5");
    world.run_ms(10);
    assert_eq!(world.told(), ["Was USERSTOPPED 5605"]);
    end(world, alice);
}

#[test]
fn a_command_does_what_keys_do() {
    let (mut world, alice) = call("usual");
    assert_eq!(control(&mut world, PlayControl::Restart), Reply::Done);
    world.run_ms(500);
    assert_eq!(control(&mut world, PlayControl::Stop), Reply::Done);
    world.run_ms(1);
    assert_eq!(world.told(), ["Was REMOTESTOPPED 500"]);
    end(world, alice);
    // Over the end, with the usual key and step.
    let (mut world, alice) = call("usual");
    assert!(
        places(&world).contains(&"400".to_owned()),
        "{:?}",
        places(&world)
    );
    world.press(alice, "#");
    world.run_ms(1);
    assert_eq!(world.told(), ["Was SUCCESS -1"]);
    end(world, alice);
    let (world, alice) = call("none");
    assert_eq!(world.told(), ["Was ERROR"]);
    end(world, alice);
}

#[test]
fn what_others_play_moves_and_ends_by_command_but_for_music() {
    for (exten, order, told) in [
        ("plain", PlayControl::Stop, vec!["Was SUCCESS"]),
        ("plain", PlayControl::Pause, vec!["Was SUCCESS"]),
        ("plain", PlayControl::Forward, vec!["Was SUCCESS"]),
        ("plain", PlayControl::Reverse, vec![]),
        ("music", PlayControl::Stop, vec![]),
    ] {
        let (mut world, alice) = call(exten);
        let before = world.media.len();
        assert_eq!(control(&mut world, order), Reply::Done);
        world.run_ms(100);
        assert_eq!(world.told(), told, "{exten} {order:?}");
        assert_eq!(world.media.len() > before, exten == "plain");
        end(world, alice);
    }
    let mut world = World::new(1, DIALPLAN);
    let refused = Reply::Refused(Refusal::NoSuchChannel);
    assert_eq!(control(&mut world, PlayControl::Stop), refused);
}
