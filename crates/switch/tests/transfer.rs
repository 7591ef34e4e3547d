//! Transfer: what becomes of asking a caller's line to call somebody else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests may"
)]

mod world;

use model::{Command, Instruction};
use std::time::Duration;
use world::{Phone, World, originate};

const DIALPLAN: &str = "
[phones]
exten => done,1,Transfer(PJSIP/bob)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
exten => busy,1,Answer()
 same => n,Transfer(busy)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
exten => local,1,Transfer(bob)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
exten => stays,1,Set(GOTO_ON_BLINDXFR=phones^stayed^1)
 same => n,Dial(PJSIP/bob)
exten => stayed,1,UserEvent(Stayed,By: ${CHANNEL(endpoint)})
exten => sent,1,UserEvent(Sent,Is: ${CHANNEL(endpoint)})
exten => other,1,Transfer(IAX2/bob)
 same => n,UserEvent(After,Status: ${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
";

fn call(exten: &str) -> (Vec<String>, Vec<String>) {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(1));
    world.finish();
    let asked = world.instructions.iter().filter_map(|told| match told {
        Instruction::SendAway { to, .. } => Some(to.to_string()),
        _ => None,
    });
    (world.told(), asked.collect())
}

#[test]
fn the_far_end_is_asked_to_call_somebody_else() {
    let one = |text: &str| vec![text.to_owned()];
    assert_eq!(call("done"), (one("After SUCCESS 0"), one("bob")));
    assert_eq!(call("busy"), (one("After FAILURE 486"), one("busy")));
    assert_eq!(call("other"), (one("After FAILURE 0"), vec![]));
}

#[test]
fn a_local_channel_has_no_far_end_to_ask() {
    let mut world = World::new(1, DIALPLAN);
    let order = originate("Local/local@phones", "Wait", "1");
    world.command(Command::Originate(order));
    world.finish();
    assert_eq!(world.told(), ["After UNSUPPORTED 0"]);
}

#[test]
fn who_has_transferred_a_call_may_go_on() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    world.dial("alice", "stays").unwrap();
    world.run(Duration::from_secs(2));
    world.command(Command::BlindTransfer {
        channel: "PJSIP/alice-00000000".into(),
        context: Some("phones".into()),
        exten: "sent".into(),
    });
    world.finish();
    let mut told = world.told();
    told.sort();
    assert_eq!(told, ["Sent bob", "Stayed alice"]);
}
