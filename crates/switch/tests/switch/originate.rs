//! Calls that are ordered, by clients and by the dialplan: what runs before them, and what comes of them.

use crate::world::{Phone, World, extension, originate};
use model::{
    Cause, Command, Destination, Extension, HangupTarget, OriginateReason, Refusal, Reply,
};
use std::time::Duration;

const DIALPLAN: &str = "
[phones]
exten => wait,1,Answer()
 same => n,Wait(1)
exten => busy,1,Busy(1)
exten => congested,1,Congestion(1)
exten => ring,1,Ringing()
 same => n,Wait(20)
exten => refused,1,Hangup(21)
exten => there,1,UserEvent(There,A: ${A})
 same => n,Wait(1)
exten => app,1,Originate(Local/wait@phones,app,Wait,1)
 same => n,UserEvent(Came,Status: ${ORIGINATE_STATUS})
exten => exten,1,Originate(PJSIP/bob,exten,phones,there,1,5,b(sub^s^1(b))B(sub^s^1(B))c(77)n(Front desk)v(A=1^B=2))
 same => n,UserEvent(Came,Status: ${ORIGINATE_STATUS})
exten => busied,1,Originate(Local/busy@phones,app,Wait,1)
 same => n,UserEvent(Came,Status: ${ORIGINATE_STATUS})
exten => missed,1,Originate(Local/ring@phones,exten,phones,there,1,1)
 same => n,UserEvent(Came,Status: ${ORIGINATE_STATUS})
exten => quick,1,Originate(Local/ring@phones,exten,phones,there,1,1,a)
 same => n,UserEvent(Came,Status: ${ORIGINATE_STATUS})
exten => wrong,1,Originate(Local/ring@phones,other,x)
 same => n,UserEvent(Came,Status: ${ORIGINATE_STATUS})
[sub]
exten => s,1,UserEvent(Before,On: ${ARG1} ${CHANNEL(name):0:9})
 same => n,Return()
exten => end,1,Hangup()
exten => long,1,Wait(20)
";

/// What the dialplan tells that calls an extension of its.
fn dialplan(exten: &str) -> Vec<String> {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(Duration::from_millis(100)));
    world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(10));
    world.finish();
    world.told()
}

#[test]
fn the_dialplan_orders_calls() {
    assert_eq!(dialplan("app"), ["Came SUCCESS"]);
    assert_eq!(
        dialplan("exten"),
        [
            "Before B PJSIP/ali",
            "Before b PJSIP/bob",
            "There 1",
            "Came SUCCESS"
        ]
    );
    assert_eq!(dialplan("busied"), ["Came BUSY"]);
    assert_eq!(dialplan("missed"), ["Came RINGING"]);
    assert_eq!(dialplan("quick"), ["Came SUCCESS"]);
    assert_eq!(dialplan("wrong"), ["Came FAILED"]);
}

/// What comes of an order, after something has been done to the call.
fn outcome(
    channel: &str,
    change: impl Fn(&mut model::Originate),
    then: impl Fn(&mut World),
) -> OriginateReason {
    let mut world = World::new(1, DIALPLAN);
    world.phone("bob", Phone::Rings);
    world.phone("carol", Phone::Refuses(Cause::CALL_REJECTED, "603"));
    let mut order = originate(channel, "Wait", "1");
    order.timeout = Duration::from_secs(5);
    change(&mut order);
    let token = world.command(Command::Originate(order));
    world.run(Duration::from_millis(500));
    then(&mut world);
    world.run(Duration::from_secs(10));
    world.finish();
    match &world.replies[&token].1 {
        Reply::Originated(reason) => *reason,
        other => panic!("{other:?}"),
    }
}

fn hang_up(world: &mut World) {
    let target = HangupTarget::Matching("bob".into());
    world.ask(Command::Hangup {
        target,
        cause: Some(Cause::NORMAL_CLEARING),
    });
}

#[test]
fn each_end_has_its_reason() {
    let plain = |channel| outcome(channel, |_| {}, |_| {});
    assert_eq!(plain("Local/wait@phones"), OriginateReason::Answered);
    assert_eq!(plain("Local/busy@phones"), OriginateReason::Busy);
    assert_eq!(plain("Local/congested@phones"), OriginateReason::Congestion);
    assert_eq!(plain("Local/refused@phones"), OriginateReason::Failure);
    assert_eq!(plain("Local/nowhere@phones"), OriginateReason::Failure);
    assert_eq!(plain("PJSIP/carol"), OriginateReason::Congestion);
    assert_eq!(plain("PJSIP/nobody"), OriginateReason::Failure);
    assert_eq!(plain("Carrier/pigeon"), OriginateReason::Failure);
    assert_eq!(plain("PJSIP/bob"), OriginateReason::NoAnswer);
    let hung_up = outcome("PJSIP/bob", |_| {}, hang_up);
    assert_eq!(hung_up, OriginateReason::Hangup);
}

#[test]
fn a_subroutine_runs_before_the_channel_is_dialled() {
    let before = |place: &'static str, then: fn(&mut World)| {
        let change = move |order: &mut model::Originate| {
            order.before_dialling = Some(place.into());
        };
        outcome("PJSIP/bob", change, then)
    };
    let dialled = |world: &mut World| assert_eq!(world.story(&["DialBegin"]).len(), 1);
    let waits = |world: &mut World| assert!(world.story(&["DialBegin"]).is_empty());
    assert_eq!(before("sub,s,1(x)", dialled), OriginateReason::NoAnswer);
    assert_eq!(before("sub,nowhere,1", dialled), OriginateReason::NoAnswer);
    assert_eq!(before("sub,end,1", waits), OriginateReason::Failure);
    assert_eq!(before("sub,long,1", waits), OriginateReason::Hangup);
    assert_eq!(before("sub,long,1", hang_up), OriginateReason::Failure);
}

#[test]
fn an_extension_that_is_expected_must_be_there() {
    let expected = |exten: &str, priority: &str| {
        let mut world = World::new(1, DIALPLAN);
        let mut order = originate("Local/wait@phones", "Wait", "1");
        let extension = Extension {
            priority: priority.into(),
            ..extension(exten)
        };
        order.expected = Some(Box::new(extension.clone()));
        let token = world.command(Command::Originate(order));
        let looked = world.command(Command::FindExtension(extension));
        world.run(Duration::from_secs(5));
        world.finish();
        (
            world.replies[&token].1.clone(),
            world.replies[&looked].1.clone(),
        )
    };
    let refused = |refusal: Refusal| (Reply::Refused(refusal.clone()), Reply::Refused(refusal));
    let answered = Reply::Originated(OriginateReason::Answered);
    assert_eq!(expected("there", "1"), (answered, Reply::Done));
    assert_eq!(expected("there", "3"), refused(Refusal::NoSuchExtension));
    assert_eq!(expected("nobody", "1"), refused(Refusal::NoSuchExtension));
    assert_eq!(expected("there", "away"), refused(Refusal::InvalidPriority));
}

#[test]
fn a_call_without_a_priority_ends_once_it_is_answered() {
    let mut world = World::new(1, DIALPLAN);
    let mut order = originate("Local/wait@phones", "", "");
    order.destination = Destination::Extension(Extension {
        priority: "0".into(),
        ..extension("there")
    });
    let token = world.command(Command::Originate(order));
    world.run(Duration::from_millis(100));
    world.finish();
    assert_eq!(
        world.replies[&token].1,
        Reply::Originated(OriginateReason::Answered)
    );
    assert_eq!(world.told(), [] as [&str; 0]);
}
