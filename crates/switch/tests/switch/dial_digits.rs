//! Digits that Dial sends: its option D.

use crate::world;
use crate::world::{Phone, World};
use model::{FLASH, MediaInstruction, MediaReport, Signal};
use std::time::Duration;
use switch::Input;

const DIALPLAN: &str = "
[phones]
exten => wait,1,Answer()
 same => n,Wait(20)
exten => D,1,Dial(PJSIP/bob,5,D(1w2:3))
exten => Dp,1,Dial(PJSIP/bob,5,D(::99))
exten => Dmf,1,Dial(PJSIP/bob,5,D(:::*1#))
exten => DmfE,1,Dial(PJSIP/bob,5,ED(:::*1#))
exten => Df,1,Dial(PJSIP/bob,5,D(f))
exten => codes,1,Dial(PJSIP/bob,5,H)
exten => through,1,Dial(Local/codes@phones/n,5)
";

/// Alice calls an extension; bob only rings, or does this.
fn call_to(exten: &str, bob: Phone) -> (World, model::ChannelId) {
    World::calling(DIALPLAN, exten, bob)
}

/// The same; bob answers after a second.
fn call(exten: &str) -> (World, model::ChannelId) {
    call_to(exten, Phone::Answers(Duration::from_secs(1)))
}

#[test]
fn digits_are_sent_one_by_one_before_they_talk() {
    let (mut world, alice) = call("D");
    world.run_ms(1_100);
    let bob = world.line("bob");
    assert_eq!(world.digits_sent(), [(bob, '1')]);
    assert!(world.story(&["BridgeEnter"]).is_empty());
    world.run_ms(2_000);
    assert_eq!(world.digits_sent(), [(bob, '1'), (bob, '2'), (alice, '3')]);
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2);
    world.hang_up(alice);
    world.finish();
    // Either may leave meanwhile.
    for leaves in ["alice", "bob"] {
        let (mut world, _) = call("D");
        world.run_ms(1_100);
        let channel = match leaves {
            "alice" => alice,
            name => world.line(name),
        };
        world.hang_up(channel);
        world.finish();
        assert!(world.story(&["BridgeEnter"]).is_empty(), "{leaves}");
    }
}

#[test]
fn digits_that_may_be_codes_are_heard_once_they_are_none() {
    for exten in ["codes", "through"] {
        let (mut world, alice) = call(exten);
        world.run_ms(1_500);
        let bob = world.line("bob");
        let [speaks, hears] = [alice, bob].map(|line| model::MediaId(line.0));
        let connected = world.media.iter().filter_map(|told| match told {
            MediaInstruction::Connect { from, to, digits } => Some((*from, *to, *digits)),
            _ => None,
        });
        let connected: Vec<_> = connected.collect();
        assert!(connected.contains(&(hears.into(), speaks, true)), "{exten}");
        assert!(
            connected.contains(&(speaks.into(), hears, false)),
            "{exten}"
        );
        // Media tells of each of them, as it does not pass them on.
        world.give(Input::Media(MediaReport::Digit {
            media: speaks,
            digit: '5',
            milliseconds: 100,
        }));
        assert_eq!(world.digits_sent(), [(bob, '5')], "{exten}");
        world.hang_up(alice);
        world.finish();
    }
}

#[test]
fn the_hook_pressed_for_a_moment_is_no_digit_and_goes_to_who_talks() {
    let (mut world, alice) = call("Df");
    world.run_ms(2_000);
    let bob = world.line("bob");
    assert_eq!(world.digits_sent(), [(bob, FLASH)]);
    world.press(alice, "!");
    assert_eq!(world.digits_sent()[1..], [(bob, FLASH)]);
    let story = world.story(&["Flash", "DtmfBegin", "DtmfEnd"]);
    assert_eq!(story, ["Flash PJSIP/alice-00000000"]);
    world.hang_up(alice);
    world.finish();
    // Nor is it one that an application reads.
    let (mut world, alice) = call("wait");
    world.press(alice, "!");
    assert_eq!(world.story(&["Flash"]).len(), 1);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn trunks_hear_their_digits_once_there_is_sound_before_the_answer() {
    for (exten, hears) in [("Dmf", false), ("DmfE", true)] {
        let (mut world, alice) = call_to(exten, Phone::Rings);
        world.run(Duration::from_millis(10));
        let bob = world.line("bob");
        let media = model::MediaId(bob.0);
        let format = "ulaw".into();
        world.signal(Signal::Media {
            channel: bob,
            media,
            format,
            addresses: world::lines::addresses(),
            dialog: world::lines::dialog("bob"),
        });
        world.signal(Signal::Progress(bob));
        let sounds = |of: model::ChannelId| {
            let mut told = world.media.iter();
            told.find_map(|told| match told {
                MediaInstruction::Tones {
                    media: Some(media),
                    tones,
                    ..
                } if *media == model::MediaId(of.0) => Some(tones.parts.len()),
                _ => None,
            })
        };
        assert_eq!(sounds(bob), Some(6));
        assert_eq!(sounds(alice), hears.then_some(6), "{exten}");
    }
}

#[test]
fn digits_are_sent_once_there_is_sound_before_the_answer() {
    let (mut world, alice) = call_to("Dp", Phone::Rings);
    world.run_ms(100);
    let bob = world.line("bob");
    assert_eq!(world.digits_sent(), []);
    world.signal(Signal::Progress(bob));
    world.run_ms(1_000);
    assert_eq!(world.digits_sent(), [(bob, '9'), (bob, '9')]);
    world.hang_up(alice);
    world.finish();
}
