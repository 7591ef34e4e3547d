//! Dial's `p` and `P`: callers say who they are, and the called party chooses whether to talk.

use crate::world::{Phone, World};
use model::{Command, DatabaseCommand, DatabaseReply, MediaInstruction, Reply};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => p,1,Dial(PJSIP/bob,9,pg)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => P,1,Dial(PJSIP/bob,9,Pg)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => named,1,Dial(PJSIP/bob,9,P(home/bob))
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => N,1,Dial(PJSIP/bob,9,PNg)
exten => n,1,Dial(PJSIP/bob,9,pn)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
exten => n1,1,Dial(PJSIP/bob,9,pn(1))
exten => nobody,1,Set(CALLERID(num)=)
 same => n,Dial(PJSIP/bob,9,PN)
 same => n,UserEvent(After,Status: ${DIALSTATUS})
";

const INTRODUCTION: &str = "priv-callerintros/101";

/// Alice calls an extension and has said who she is; bob answers a second later.
fn call(exten: &str) -> (World, model::ChannelId) {
    let answers = Phone::Answers(Duration::from_secs(1));
    let (mut world, alice) = World::calling(DIALPLAN, exten, answers);
    world.run_ms(4_500);
    (world, alice)
}

/// What comes of a call to an extension if bob presses a key, and what is kept of it.
fn chosen(exten: &str, key: &str) -> (Vec<String>, usize, Vec<String>) {
    let (mut world, _) = call(exten);
    let bob = world.line("bob");
    world.press(bob, key);
    world.run_ms(100);
    let talking = world.story(&["BridgeEnter"]).len();
    if talking > 0 {
        world.hang_up(bob);
    }
    world.finish();
    (world.told(), talking, kept(&mut world))
}

fn kept(world: &mut World) -> Vec<String> {
    let command = Command::Database(DatabaseCommand::List("/privacy".into()));
    match world.ask(command) {
        Reply::Database(DatabaseReply::List(values)) => {
            let values = values.iter().map(|(path, value)| format!("{path} {value}"));
            values.collect()
        }
        other => panic!("{other:?}"),
    }
}

fn after(status: &str) -> Vec<String> {
    vec![format!("After {status}")]
}

#[test]
fn callers_say_who_they_are_before_anybody_is_called() {
    let answers = Phone::Answers(Duration::from_secs(1));
    let (mut world, alice) = World::calling(DIALPLAN, "p", answers);
    world.run_ms(2_500);
    assert_eq!(world.played(), ["priv-recordintro&beep", "vm-dialout"]);
    let recorded = world.media.iter().find_map(|told| match told {
        MediaInstruction::Record { media, file, .. } => Some((*media, file.to_string())),
        _ => None,
    });
    let (media, file) = recorded.unwrap();
    assert_eq!((media.unwrap().0, file.as_str()), (alice.0, INTRODUCTION));
    assert!(world.story(&["DialBegin"]).is_empty());
    world.run_ms(2_000);
    let heard = format!("priv-callpending&{INTRODUCTION}&screen-callee-options");
    assert_eq!(world.played().last(), Some(&heard));
    assert!(world.story(&["BridgeEnter"]).is_empty());
    world.hang_up(alice);
    world.finish();
    // Once is enough.
    let alice = world.dial("alice", "p").unwrap();
    world.run_ms(1_500);
    assert_eq!(world.played().len(), 4);
    assert_eq!(world.played().last(), Some(&heard));
    world.hang_up(alice);
    world.finish();
}

#[test]
fn the_called_party_chooses() {
    assert_eq!(chosen("p", "1"), (after("ANSWER"), 2, vec![]));
    assert_eq!(chosen("p", "2"), (after("NOANSWER"), 0, vec![]));
    assert_eq!(chosen("p", "3"), (after("TORTURE"), 0, vec![]));
    assert_eq!(chosen("p", "4"), (after("DONTCALL"), 0, vec![]));
    // That is no choice where none is kept, and who does not choose is not there.
    assert_eq!(chosen("p", "5"), (after("NOANSWER"), 0, vec![]));
    assert_eq!(chosen("p", ""), (after("NOANSWER"), 0, vec![]));
}

#[test]
fn choices_are_kept() {
    let kept = |choice: &str| vec![format!("/privacy/P/101 {choice}")];
    assert_eq!(chosen("P", "1"), (after("ANSWER"), 2, kept("allow")));
    assert_eq!(chosen("P", "2"), (after("NOANSWER"), 0, kept("deny")));
    assert_eq!(chosen("P", "3"), (after("TORTURE"), 0, kept("torture")));
    assert_eq!(chosen("P", "4"), (after("DONTCALL"), 0, kept("kill")));
    assert_eq!(chosen("P", "5"), (after("NOANSWER"), 0, kept("allow")));
    let (_, _, kept) = chosen("named", "4");
    assert_eq!(kept, ["/privacy/home/bob/101 kill"]);
}

#[test]
fn kept_choices_count_before_anybody_is_called() {
    for (choice, status) in [
        ("allow", "ANSWER"),
        ("deny", "NOANSWER"),
        ("Kill", "DONTCALL"),
        ("torture", "TORTURE"),
    ] {
        let mut world = World::new(1, DIALPLAN);
        world.phone("alice", Phone::Rings);
        world.phone("bob", Phone::Answers(Duration::from_secs(1)));
        world.ask(Command::Database(DatabaseCommand::Put {
            path: "/privacy/P/101".into(),
            value: choice.into(),
        }));
        world.dial("alice", "P").unwrap();
        world.run_ms(1_500);
        assert_eq!(world.played(), [""; 0]);
        if choice == "allow" {
            let bob = world.line("bob");
            world.hang_up(bob);
        }
        world.finish();
        assert_eq!(world.told(), after(status));
    }
}

#[test]
fn a_wrong_key_is_asked_about_again() {
    let (mut world, alice) = call("p");
    let bob = world.line("bob");
    world.press(bob, "9");
    let again = "vm-sorry&screen-callee-options";
    assert_eq!(world.played().last().map(String::as_str), Some(again));
    world.press(bob, "1");
    world.run_ms(100);
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn either_may_leave_meanwhile() {
    for milliseconds in [10, 500, 1_500, 2_500, 3_500, 4_500] {
        for leaves in ["alice", "bob"] {
            let answers = Phone::Answers(Duration::from_secs(1));
            let (mut world, _) = World::calling(DIALPLAN, "P", answers);
            world.run_ms(milliseconds);
            if let Some((line, _)) = world.lines.iter().find(|(_, name)| *name == leaves) {
                let line = *line;
                world.hang_up(line);
            }
            world.finish();
            assert_eq!(world.story(&["BridgeEnter"]).len(), 0);
        }
    }
}

#[test]
fn callers_who_show_their_number_may_pass() {
    let (mut world, alice) = call("N");
    assert_eq!(world.played(), [""; 0]);
    assert_eq!(world.story(&["BridgeEnter"]).len(), 2);
    world.hang_up(alice);
    world.finish();
    let (told, _, kept) = chosen("nobody", "4");
    assert_eq!((told, kept), (after("DONTCALL"), vec![]));
}

#[test]
fn introductions_are_not_kept_where_not_wanted() {
    let (mut world, _) = call("n");
    assert!(world.sounds.contains(INTRODUCTION));
    let bob = world.line("bob");
    world.press(bob, "2");
    world.finish();
    assert!(world.sounds.is_empty());
    // Nobody has chosen: it stays, or not even so.
    for (exten, stays) in [("n", 1), ("n1", 0)] {
        let (mut world, alice) = call(exten);
        world.hang_up(alice);
        world.finish();
        assert_eq!(world.sounds.len(), stays, "{exten}");
    }
}
