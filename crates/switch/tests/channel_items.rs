//! CHANNEL: what a channel says of itself, and what can be set of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests may"
)]

mod world;

use model::{Refusal, Reply};
use std::time::Duration;
use world::caller::Caller;
use world::{Phone, World};

#[test]
fn items_are_read_and_set() {
    let mut caller = Caller::dial("moved");
    caller.check(&[
        ("CHANNEL(lastcontext)", "phones"),
        ("CHANNEL(lastexten)", "moving"),
        ("CHANNEL(onhold)", "0"),
        ("CHANNEL(max_forwards)", "20"),
        ("CHANNEL(after_bridge_goto)", ""),
        ("CHANNEL(hangupsource)", ""),
        ("CHANNEL(videonativeformat)", "(nothing)"),
        ("CHANNEL(endpoint)", "alice"),
        ("CHANNEL(pjsip,call-id)", "call-1"),
    ]);
    for (item, value) in [
        ("CHANNEL(max_forwards)", "3"),
        ("CHANNEL(hangupsource)", "me"),
        ("CHANNEL(after_bridge_goto)", "s,1"),
    ] {
        assert_eq!(caller.set(item, value), Reply::Done, "{item}");
    }
    for (item, value) in [
        ("CHANNEL(max_forwards)", "many"),
        ("CHANNEL(after_bridge_goto)", "nowhere,s,label"),
        ("CHANNEL(lastexten)", "1"),
    ] {
        assert_eq!(
            caller.set(item, value),
            Reply::Refused(Refusal::NotSet),
            "{item}"
        );
    }
    caller.check(&[
        ("CHANNEL(max_forwards)", "3"),
        ("CHANNEL(hangupsource)", "me"),
        ("CHANNEL(after_bridge_goto)", "other,s,1"),
    ]);
    assert_eq!(caller.set("CHANNEL(after_bridge_goto)", ""), Reply::Done);
    caller.check(&[("CHANNEL(after_bridge_goto)", "")]);
}

/// What user events said, when alice has called this extension.
fn told(extensions: &str) -> Vec<String> {
    let mut world = World::new(1, &format!("[phones]\n{extensions}"));
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    world.dial("alice", "go").unwrap();
    world.finish();
    world.told()
}

#[test]
fn after_a_bridge_the_caller_goes_where_it_is_to() {
    let told = told(
        "exten => go,1,Set(CHANNEL(after_bridge_goto)=after,1)
 same => n,Dial(PJSIP/bob,,S(1))
 same => n,UserEvent(Never)
exten => after,1,UserEvent(After,Left: <${CHANNEL(after_bridge_goto)}>)
",
    );
    assert_eq!(told, ["After <>"]);
}

#[test]
fn a_call_that_calls_itself_ends() {
    let told = told(
        "exten => go,1,Dial(Local/go@phones)
 same => n,ExecIf($[${CHANNEL(max_forwards)} = 0]?UserEvent(End,Status: ${DIALSTATUS}))
",
    );
    assert_eq!(told, ["End BUSY"]);
}
