//! Spying on channels: whom, who hears whom, and what the keys do.

use crate::world;
use crate::world::{Phone, World, originate};
use model::{ChannelId, Event, MediaInstruction, Voice};
use std::collections::BTreeSet;
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => bob,1,Set(SPYGROUP=sales:support)
 same => n,Dial(PJSIP/bob,9)
exten => wait,1,Answer()
 same => n,Wait(100)
exten => any,1,ChanSpy(,q)
exten => named,1,ChanSpy(pjsip/BOB,q)
exten => incoming,1,ChanSpy(PJSIP/bob,qo)
exten => whisper,1,ChanSpy(PJSIP/bob,qw)
exten => private,1,ChanSpy(PJSIP/bob,qW)
exten => barge,1,ChanSpy(PJSIP/bob,qB)
exten => modes,1,ChanSpy(PJSIP/bob,qd)
exten => group,1,ChanSpy(,qg(it:support)S)
 same => n,UserEvent(Done)
exten => nogroup,1,ChanSpy(,qg(it)S)
 same => n,UserEvent(Done)
exten => device,1,ChanSpy(,qe(carol:PJSIP/bob)S)
exten => nodevice,1,ChanSpy(,qe(bo)S)
 same => n,UserEvent(Done)
exten => talking,1,ChanSpy(,qbS)
 same => n,UserEvent(Done)
exten => whole,1,ChanSpy(PJSIP/bob-00000001,qu)
exten => part,1,ChanSpy(PJSIP/bob,quS)
 same => n,UserEvent(Done)
exten => exten,1,ExtenSpy(bob,q)
exten => elsewhere,1,ExtenSpy(bob@elsewhere,qS)
 same => n,UserEvent(Done)
exten => aloud,1,ChanSpy(PJSIP/bob)
exten => short,1,ChanSpy(PJSIP/bob,s)
exten => ends,1,ChanSpy(PJSIP/bob,qE)
 same => n,UserEvent(Done)
exten => keys,1,ChanSpy(,qc(9)x(0))
 same => n,UserEvent(Done)
exten => typed,1,ChanSpy(PJSIP,q)
exten => early,1,ChanSpy(PJSIP/bob,qN)
exten => recorded,1,ChanSpy(PJSIP/bob,qr(sales))
exten => loud,1,ChanSpy(PJSIP/bob,qv(3))
exten => exits,1,Set(SPY_EXIT_CONTEXT=exits)
 same => n,ChanSpy(PJSIP/bob,qX)
exten => local,1,Dial(Local/barge@phones/n,9)
[exits]
exten => 7,1,UserEvent(Exit,Is: ${SPY_CHANNEL})
 same => n,Wait(100)
";

/// Alice talks to bob; carol dials an extension.
fn spying(exten: &str) -> World {
    let (mut world, _) = World::calling(DIALPLAN, "bob", Phone::Answers(Duration::ZERO));
    world.run_ms(500);
    world.dial("carol", exten).unwrap();
    world.run_ms(200);
    world
}

/// Who hears whom: `listener<speaker`, by the first letters of phones.
fn hearing(world: &World) -> Vec<String> {
    let mut pairs = BTreeSet::new();
    for told in &world.media {
        match told {
            MediaInstruction::Connect {
                from: Voice::Leg(from),
                to,
                ..
            } => pairs.insert((to.0, from.0)),
            MediaInstruction::Disconnect {
                from: Voice::Leg(from),
                to,
            } => pairs.remove(&(to.0, from.0)),
            _ => false,
        };
    }
    let phone = |id| world.lines.get(&ChannelId(id)).map(|name| &name[..1]);
    let shown = |(to, from)| Some(format!("{}<{}", phone(to)?, phone(from)?));
    let mut shown: Vec<_> = pairs.into_iter().filter_map(shown).collect();
    shown.sort();
    shown
}

/// Who began and ended to spy on whom.
fn spies(world: &World) -> Vec<String> {
    let device = |name: &str| name.rsplit_once('-').unwrap().0.replace("PJSIP/", "");
    let told = world.events.iter().filter_map(|record| {
        let (word, spyer, spyee) = match &record.event {
            Event::ChanSpyStart { spyer, spyee } => ("on", spyer, spyee),
            Event::ChanSpyStop { spyer, spyee } => ("off", spyer, spyee),
            _ => return None,
        };
        let (spyer, spyee) = (device(&spyer.name), device(&spyee.name));
        Some(format!("{word} {spyer} {spyee}"))
    });
    told.collect()
}

fn end(mut world: World) {
    for name in ["carol", "alice"] {
        if world.lines.values().any(|known| known == name) {
            world.hang_up(world.line(name));
        }
    }
    world.finish();
}

#[test]
fn a_spy_hears_and_is_heard_as_its_options_say() {
    let heard = |exten| {
        let world = spying(exten);
        let heard = hearing(&world).join(" ");
        assert_eq!(spies(&world), ["on carol bob"], "{exten}");
        end(world);
        heard
    };
    assert_eq!(heard("named"), "a<b b<a c<a c<b");
    assert_eq!(heard("incoming"), "a<b b<a c<b");
    assert_eq!(heard("whisper"), "a<b b<a b<c c<a c<b");
    assert_eq!(heard("private"), "a<b b<a b<c");
    assert_eq!(heard("barge"), "a<b a<c b<a b<c c<a c<b");
    assert_eq!(heard("whole"), "a<b b<a c<a c<b");
}

#[test]
fn who_is_spied_on_is_chosen() {
    for (exten, whom) in [
        ("any", Some("alice")),
        ("group", Some("alice")),
        ("device", Some("bob")),
        ("talking", Some("alice")),
        ("exten", Some("alice")),
        ("nogroup", None),
        ("nodevice", None),
        ("part", None),
        ("elsewhere", None),
    ] {
        let world = spying(exten);
        let told: Vec<_> = whom.iter().map(|whom| format!("on carol {whom}")).collect();
        assert_eq!(spies(&world), told, "{exten}");
        assert_eq!(world.told().len(), usize::from(whom.is_none()), "{exten}");
        end(world);
    }
}

#[test]
fn channels_are_gone_through_and_waited_for() {
    let mut world = World::new(1, DIALPLAN);
    for name in ["alice", "bob", "carol"] {
        world.phone(name, Phone::Rings);
    }
    let carol = world.dial("carol", "any").unwrap();
    world.run_ms(1_500);
    assert!(
        world
            .story(&["Newstate"])
            .contains(&"Newstate PJSIP/carol-00000000".to_owned())
    );
    assert_eq!(spies(&world), <[&str; 0]>::default());
    world.dial("alice", "wait").unwrap();
    world.run_ms(1_000);
    world.dial("bob", "wait").unwrap();
    assert_eq!(spies(&world), ["on carol alice"]);
    world.press(carol, "***");
    world.run_ms(10);
    let turns = [
        "off carol alice",
        "on carol bob",
        "off carol bob",
        "on carol alice",
    ];
    assert_eq!(spies(&world)[1..5], turns);
    assert_eq!(hearing(&world), ["c<b"]);
    // The next one, as whom it spied on ends.
    world.hang_up(world.line("bob"));
    world.run_ms(10);
    assert_eq!(hearing(&world), ["c<a"]);
    let ended = spies(&world);
    assert_eq!(
        ended[ended.len() - 2..],
        ["off carol bob", "on carol alice"]
    );
    end(world);
}

#[test]
fn a_spy_stops_before_its_channel_has_ended() {
    let mut world = spying("ends");
    world.hang_up(world.line("bob"));
    world.run_ms(100);
    assert_eq!(spies(&world), ["on carol bob", "off carol bob"]);
    assert_eq!(world.told(), ["Done"]);
    end(world);
}

#[test]
fn keys_say_how_and_who() {
    let mut world = spying("modes");
    let carol = world.line("carol");
    for (key, heard) in [
        ("5", "a<b b<a b<c c<a c<b"),
        ("6", "a<b a<c b<a b<c c<a c<b"),
        ("4", "a<b b<a c<a c<b"),
    ] {
        world.press(carol, key);
        assert_eq!(hearing(&world).join(" "), heard, "{key}");
    }
    assert_eq!(spies(&world), ["on carol bob"]);
    end(world);

    let mut world = spying("keys");
    let carol = world.line("carol");
    world.press(carol, "*90");
    let told = [
        "on carol alice",
        "off carol alice",
        "on carol bob",
        "off carol bob",
    ];
    assert_eq!(spies(&world), told);
    assert_eq!(world.told(), ["Done"]);
    end(world);

    let mut world = spying("exits");
    let carol = world.line("carol");
    world.press(carol, "87");
    assert_eq!(world.told(), ["Exit PJSIP/bob-00000001"]);
    assert_eq!(hearing(&world), ["a<b", "b<a"]);
    end(world);
}

#[test]
fn the_spy_is_answered_if_nothing_else_is_said() {
    let answers = |exten| {
        let world = spying(exten);
        assert_eq!(spies(&world), ["on carol bob"]);
        let answered = world
            .story(&["Newstate"])
            .contains(&"Newstate PJSIP/carol-00000002".into());
        end(world);
        answered
    };
    assert!(answers("named") && !answers("early"));
}

#[test]
fn what_is_heard_is_recorded() {
    let mut world = spying("recorded");
    let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| world.line(name));
    let begun = world.media.iter().find_map(|told| match told {
        MediaInstruction::Capture { to, file } => Some((*to, file.to_string())),
        _ => None,
    });
    let (recording, file) = begun.unwrap();
    assert!(file.starts_with("sales-") && file.len() > 8, "{file}");
    let heard = |world: &World| world.heard_by(ChannelId(recording.0));
    assert_eq!(heard(&world), [alice, bob]);
    let own = world.line("carol");
    assert_eq!(world.heard_by(own), [alice, bob]);
    world.hang_up(carol);
    let ended = MediaInstruction::EndCapture(recording);
    assert!(world.media.contains(&ended));
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_key_makes_it_louder() {
    let mut world = spying("loud");
    world.press(world.line("carol"), "###*");
    world.run_ms(10);
    let told = world.media.iter().filter_map(|told| match told {
        MediaInstruction::Volume { volume, .. } => Some(*volume),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), [3, 4, -4, -3, 0, -3]);
    end(world);
}

#[test]
fn a_name_is_typed() {
    let mut world = World::new(1, DIALPLAN);
    let mut config = world::config(DIALPLAN);
    let mut alice = config.endpoints.remove("alice").unwrap();
    alice.name = "12".into();
    config.endpoints.insert("12".into(), alice);
    world.give(switch::Input::Configure(std::sync::Arc::new(config)));
    for name in ["12", "bob", "carol"] {
        world.phone(name, Phone::Rings);
    }
    world.dial("bob", "wait").unwrap();
    world.dial("12", "wait").unwrap();
    let carol = world.dial("carol", "typed").unwrap();
    world.press(carol, "#99#12#");
    world.run_ms(10);
    let spies = spies(&world);
    assert_eq!(spies.len(), 3, "{spies:?}");
    assert!(spies[0].starts_with("on carol bob") && spies[1].starts_with("off carol bob"));
    assert_eq!(hearing(&world), ["c<1"]);
    for name in ["carol", "bob", "12"] {
        world.hang_up(world.line(name));
    }
    world.finish();
}

#[test]
fn what_is_about_to_be_heard_is_said() {
    for (exten, said) in [
        ("aloud", "beep&spy-sip&letters/b&letters/o&letters/b"),
        ("short", "beep&letters/b&letters/o&letters/b"),
    ] {
        let mut world = spying(exten);
        assert_eq!(world.played(), [said]);
        assert_eq!(spies(&world), <[&str; 0]>::default());
        world.run_ms(1_000);
        assert_eq!(spies(&world), ["on carol bob"]);
        end(world);
    }
}

#[test]
fn nobody_spies_on_a_spy_and_sound_goes_through_local_channels() {
    let (mut world, alice) = World::calling(DIALPLAN, "bob", Phone::Answers(Duration::ZERO));
    world.run_ms(500);
    let carol = world.dial("carol", "local").unwrap();
    world.run_ms(200);
    assert_eq!(hearing(&world).join(" "), "a<b a<c b<a b<c c<a c<b");
    // Another spy passes over the first, and hears it too.
    world.command(model::Command::Originate(originate(
        "PJSIP/bob",
        "ChanSpy",
        ",q",
    )));
    world.run_ms(500);
    assert_eq!(spies(&world).len(), 2);
    world.hang_up(carol);
    world.run_ms(100);
    assert_eq!(spies(&world).last().unwrap(), "off Local/barge@phones bob");
    world.hang_up(alice);
    let bob = world.line("bob");
    world.hang_up(bob);
    world.run_ms(10);
    if world.lines.values().any(|name| name == "bob") {
        world.hang_up(world.line("bob"));
    }
    world.finish();
}
