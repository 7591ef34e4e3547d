//! Applications that those who talk run by a code.

use crate::world;
use crate::world::{Phone, World};
use model::{ChannelId, Command, Event, Redirection};
use std::sync::Arc;
use std::time::Duration;
use switch::{GroupMember, Input, MappedApplication};

const DIALPLAN: &str = "
[phones]
exten => 102,1,Set(__DYNAMIC_FEATURES=play#note#ask#far#stop)
 same => n,Dial(PJSIP/bob,20,gL(9000))
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => own,1,Set(DYNAMIC_FEATURES=desk)
 same => n,Dial(PJSIP/bob,20,g)
exten => plain,1,Dial(PJSIP/bob,20,g)
exten => away,1,UserEvent(Away,X: x)
 same => n,Wait(5)
[sub]
exten => s,1,UserEvent(Sub,Of: ${ARG1} ${DYNAMIC_FEATURENAME} ${DYNAMIC_WHO_ACTIVATED:0:9})
 same => n,Wait(3)
 same => n,UserEvent(Over,X: ${LOCAL(ARGC)})
 same => n,Return()
";

/// Alice has called an extension, and bob has answered.
fn talk(exten: &str) -> (World, ChannelId, ChannelId) {
    let mut world = World::new(1, DIALPLAN);
    let mut config = world::config(DIALPLAN);
    let mapped = |code: &str, on_peer, application: &str, arguments: &str| MappedApplication {
        code: code.into(),
        on_peer,
        application: application.into(),
        arguments: arguments.into(),
        music: (application == "Playback").then(|| "default".into()),
    };
    config.features.applications = [
        ("play".into(), mapped("#9", true, "Playback", "tt-monkeys")),
        (
            "note".into(),
            mapped("#8", false, "UserEvent", "Note,Of: ${CHANNEL(name):0:9}"),
        ),
        ("ask".into(), mapped("#7", false, "Gosub", "sub,s,1(one)")),
        ("far".into(), mapped("#6", true, "Goto", "away,1")),
        ("stop".into(), mapped("#5", true, "Hangup", "")),
    ]
    .into();
    config.features.groups = [(
        "desk".into(),
        vec![GroupMember {
            name: "note".into(),
            code: Some("**".into()),
        }],
    )]
    .into();
    world.give(Input::Configure(Arc::new(config)));
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    let alice = world.dial("alice", exten).unwrap();
    world.run_ms(1500);
    let bob = world.line("bob");
    (world, alice, bob)
}

fn bridging(world: &World) -> Vec<String> {
    let names = [
        "BridgeEnter",
        "BridgeLeave",
        "MusicOnHoldStart",
        "MusicOnHoldStop",
    ];
    let story = world.story(&names).into_iter();
    story
        .map(|title| title.replace("-00000000", "").replace("-00000001", ""))
        .collect()
}

#[test]
fn the_other_one_hears_a_file_and_stays_where_it_is() {
    let (mut world, alice, _) = talk("102");
    let before = bridging(&world).len();
    world.press(alice, "#9");
    assert_eq!(world.played(), ["moh/one", "tt-monkeys"]);
    world.run_ms(1200);
    let music = [
        "MusicOnHoldStart PJSIP/alice",
        "MusicOnHoldStop PJSIP/alice",
    ];
    assert_eq!(bridging(&world)[before..], music);
    assert_eq!(world.digits_sent(), []);
    world.hang_up(alice);
    world.run_ms(100);
    assert_eq!(world.told(), Vec::<String>::new());
    world.finish();
}

#[test]
fn who_has_the_name_in_its_variable_may_press_the_code() {
    let (mut world, alice, bob) = talk("102");
    world.press(bob, "#8");
    world.press(alice, "#8");
    assert_eq!(world.told(), ["Note PJSIP/bob", "Note PJSIP/ali"]);
    let (mut world, alice, bob) = talk("own");
    world.press(bob, "**");
    assert_eq!(world.told(), Vec::<String>::new());
    assert_eq!(world.digits_sent(), [(alice, '*'), (alice, '*')]);
    world.press(alice, "**");
    assert_eq!(world.told(), ["Note PJSIP/ali"]);
    let (mut world, alice, bob) = talk("plain");
    world.press(alice, "#8");
    assert_eq!(world.digits_sent(), [(bob, '#'), (bob, '8')]);
}

#[test]
fn a_subroutine_runs_and_what_happened_meanwhile_is_heard_afterwards() {
    let (mut world, alice, bob) = talk("102");
    world.press(alice, "#7");
    // It does not talk meanwhile.
    world.press(alice, "1");
    world.run_ms(1000);
    assert_eq!(world.told(), ["Sub one ask PJSIP/ali"]);
    assert_eq!(world.digits_sent(), []);
    world.hang_up(bob);
    world.run_ms(1000);
    assert_eq!(world.told().len(), 1);
    world.run_ms(2000);
    assert_eq!(world.told()[1..], ["Over 1", "After ANSWER"]);
    world.finish();
}

#[test]
fn the_time_of_the_conversation_goes_on() {
    let (mut world, alice, _) = talk("102");
    world.run_ms(7500);
    world.press(alice, "#7");
    world.run_ms(2900);
    assert_eq!(world.told().len(), 1);
    world.run_ms(300);
    assert_eq!(world.told()[1..], ["Over 1", "After ANSWER"]);
    world.finish();
}

#[test]
fn who_hangs_up_meanwhile_ends_it_all() {
    for who in ["alice", "bob"] {
        for code in ["#9", "#7"] {
            let (mut world, alice, _) = talk("102");
            world.press(alice, code);
            world.run_ms(500);
            let line = world.line(who);
            world.hang_up(line);
            world.finish();
        }
    }
}

#[test]
fn it_may_end_the_call_and_not_go_elsewhere() {
    let (mut world, alice, bob) = talk("102");
    world.press(alice, "#6");
    assert_eq!(world.told(), Vec::<String>::new());
    world.press(alice, "#5");
    world.run_ms(100);
    assert!(!world.lines.contains_key(&bob));
    assert_eq!(world.told(), ["After ANSWER"]);
    world.finish();
}

#[test]
fn who_runs_it_may_be_sent_elsewhere() {
    let (mut world, alice, bob) = talk("102");
    for (line, code) in [(bob, "#9"), (alice, "#7")] {
        world.press(alice, code);
        let newchannel = world.events.iter().find_map(|record| match &record.event {
            Event::Newchannel { channel } if channel.id == line => Some(channel.name.clone()),
            _ => None,
        });
        world.ask(Command::Redirect {
            first: Redirection {
                channel: newchannel.unwrap(),
                to: world::extension("away"),
            },
            second: None,
        });
        world.run_ms(100);
        if line == bob {
            assert_eq!(world.told(), ["Away x", "After ANSWER"]);
            world.finish();
            (world, _, _) = talk("102");
        }
    }
    assert_eq!(world.told()[1..], ["Away x"]);
    world.finish();
}
