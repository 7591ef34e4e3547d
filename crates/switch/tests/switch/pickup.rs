//! Taking a call that rings elsewhere: by group, by mark, by the beginning of a name.

use crate::world;
use crate::world::{Phone, World};
use model::{Cause, ChannelId, Groups, Instruction};
use std::sync::Arc;
use switch::Input;

const DIALPLAN: &str = "
[phones]
exten => ring,1,Set(__PICKUPMARK=desk)
 same => n,Dial(PJSIP/bob,9)
exten => group,1,Pickup()
 same => n,UserEvent(Not,Is: ${PICKUPRESULT} ${CHANNEL(pickupgroup)} ${CHANNEL(namedpickupgroup)})
exten => mark,1,Pickup(other@PICKUPMARK&desk@PICKUPMARK)
exten => unmarked,1,Pickup(other@PICKUPMARK)
 same => n,UserEvent(Not,Is: ${PICKUPRESULT})
exten => part,1,PickupChan(PJSIP/b,p)
exten => whole,1,PickupChan(PJSIP/b)
 same => n,UserEvent(Not,Is: ${PICKUPRESULT})
exten => set,1,Set(CHANNEL(pickupgroup)=1-3)
 same => n,Set(CHANNEL(namedpickupgroup)=a,b)
 same => n,Goto(group,1)
";

/// Alice calls bob, who rings in the groups 2 and `sales`; carol may take the calls of these groups,
/// and dials an extension.
fn taking(exten: &str, numbers: &str, names: &str) -> (World, ChannelId) {
    let mut world = World::new(1, DIALPLAN);
    let mut config = world::config(DIALPLAN);
    let mut change = |name: &str, change: &dyn Fn(&mut model::Endpoint)| {
        change(config.endpoints.get_mut(name).unwrap());
    };
    let groups = |numbers, names| Groups {
        numbers: Groups::numbers(numbers),
        names: Groups::names(names),
    };
    change("bob", &|bob| bob.call_groups = groups("2", "sales"));
    change("carol", &|carol| {
        carol.pickup_groups = groups(numbers, names)
    });
    world.give(Input::Configure(Arc::new(config)));
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Rings);
    world.phone("carol", Phone::Rings);
    let alice = world.dial("alice", "ring").unwrap();
    world.run_ms(500);
    world.dial("carol", exten).unwrap();
    world.run_ms(500);
    (world, alice)
}

fn takes(exten: &str, numbers: &str, names: &str) -> bool {
    let (mut world, alice) = taking(exten, numbers, names);
    let taken = world.story(&["BridgeEnter"]).len() == 2;
    assert_eq!(world.story(&["Pickup"]).len(), usize::from(taken));
    world.hang_up(alice);
    world.finish();
    taken
}

#[test]
fn a_call_is_taken_by_its_group() {
    for exten in ["group", "*8"] {
        assert!(takes(exten, "1-2", ""));
        assert!(takes(exten, "", "support,sales"));
        assert!(!takes(exten, "1,3", "support"));
        assert!(!takes(exten, "", ""));
    }
    assert!(takes("set", "", ""));
}

#[test]
fn who_dials_the_code_in_vain_is_refused() {
    let (mut world, alice) = taking("*8", "3", "");
    let refused = world.instructions.iter().any(|told| {
        let cause = Some(Cause::CALL_REJECTED);
        matches!(told, Instruction::HangUp { cause: told, .. } if *told == cause)
    });
    assert!(refused, "{:?}", world.instructions);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn the_dialplan_goes_on_where_nothing_is_taken() {
    let (mut world, alice) = taking("group", "3", "support");
    assert_eq!(world.told(), ["Not FAILURE 3 support"]);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_call_is_taken_by_its_mark_or_its_name() {
    assert!(takes("mark", "", ""));
    assert!(!takes("unmarked", "", ""));
    assert!(takes("part", "", ""));
    assert!(!takes("whole", "", ""));
}

#[test]
fn a_channel_begins_with_what_its_endpoint_says() {
    const TOLD: &str = "
[phones]
exten => told,1,UserEvent(Is,A: ${CALLERID(pres)} ${CALLERID(tag)} ${CHANNEL(tonezone)} ${CHANNEL(callgroup)})
";
    let told = |change: &dyn Fn(&mut model::Endpoint), withheld| {
        let mut world = World::new(1, TOLD);
        let mut config = world::config(TOLD);
        change(config.endpoints.get_mut("alice").unwrap());
        world.give(Input::Configure(Arc::new(config)));
        let caller = model::Party::parse("<555>");
        world.dial_as("alice", "told", caller, withheld).unwrap();
        world.finish();
        world.told().pop().unwrap()
    };
    let plain = |_: &mut model::Endpoint| {};
    assert_eq!(told(&plain, false), "Is allowed_not_screened  us");
    // What the endpoint is configured to be does not withhold anything.
    assert_eq!(told(&plain, true), "Is allowed_not_screened  us");
    let claims = |alice: &mut model::Endpoint| alice.caller = None;
    assert_eq!(told(&claims, true), "Is prohib_not_screened  us");
    let rich = |alice: &mut model::Endpoint| {
        alice.presentation = Some("prohib".into());
        alice.tag = Some("vip".into());
        alice.tone_zone = Some("de".into());
        alice.call_groups.numbers = Groups::numbers("4");
    };
    assert_eq!(told(&rich, false), "Is prohib vip de 4");
}
