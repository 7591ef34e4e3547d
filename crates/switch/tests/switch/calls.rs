//! Calls in the simulated world, from their first event to their last.

use crate::world::{Phone, World, originate};
use model::{
    Advice, AdviceTime, Cause, ChannelList, Command, Event, HangupTarget, OriginateReason, Refusal,
    Reply, Seq, Signal,
};
use std::time::Duration;

const DIALPLAN: &str = "
[lab]
exten => wait,1,Answer()
 same => n,Wait(30)
exten => short,1,Answer()
 same => n,Wait(0.3)
 same => n,Hangup()
exten => busy,1,Busy(1)
exten => dialshort,1,Dial(Local/short@lab,10,g)
 same => n,UserEvent(Dialled,Status: ${DIALSTATUS})
 same => n,Hangup()
exten => dialbusy,1,Dial(Local/busy@lab,10)
 same => n,UserEvent(Dialled,Status: ${DIALSTATUS})
exten => spin,1,Goto(spin,1)
exten => h,1,NoOp(hung up)
[phones]
include => lab
exten => echo,1,Answer()
 same => n,Echo()
exten => hello,1,Playback(hello)
exten => _10X,1,Dial(PJSIP/${PHONE${EXTEN}},20)
 same => n,UserEvent(Dialled,Status: ${DIALSTATUS})
exten => both,1,Dial(PJSIP/bob&PJSIP/carol,20)
[globals]
PHONE101 = alice
PHONE102 = bob
PHONE103 = carol
";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn statuses(world: &World) -> Vec<String> {
    let told = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::UserEvent { headers, .. } => headers.first().map(|(_, value)| value.to_string()),
            _ => None,
        });
    told.collect()
}

#[test]
fn an_originated_local_call_is_told_in_order() {
    let mut world = World::new(1, DIALPLAN);
    let token = world.command(Command::Originate(originate("Local/short@lab", "Echo", "")));
    assert_eq!(
        world.replies[&token],
        (Seq(0), Reply::Originated(OriginateReason::Answered))
    );
    world.finish();
    let two: Vec<_> = world
        .story(&[
            "Newchannel",
            "Newexten",
            "Newstate",
            "SoftHangupRequest",
            "Hangup",
        ])
        .into_iter()
        .filter(|title| title.ends_with(";2"))
        .map(|title| title.split(' ').next().unwrap_or_default().to_owned())
        .collect();
    let wanted = "Newchannel Newexten Newstate Newexten Newexten SoftHangupRequest Newexten Hangup";
    assert_eq!(two.join(" "), wanted);
}

#[test]
fn an_id_in_use_is_given_to_no_second_channel() {
    let mut world = World::new(1, DIALPLAN);
    let order = |one: &str, two: &str| {
        Command::Originate(model::Originate {
            channel_id: Some(one.into()),
            other_channel_id: Some(two.into()),
            ..originate("Local/wait@lab", "Wait", "30")
        })
    };
    let answered = Reply::Originated(OriginateReason::Answered);
    let failed = Reply::Originated(OriginateReason::Failure);
    assert_eq!(world.ask(order("first", "second")), answered);
    assert_eq!(world.ask(order("third", "first")), failed);
    assert_eq!(world.ask(order("same", "same")), failed);
    assert_eq!(world.ask(order("third", "fourth")), answered);
    let Reply::Channels(channels) = world.ask(Command::Channels) else {
        panic!("no channels");
    };
    assert_eq!(channels.len(), 4);
    world.finish();
}

#[test]
fn an_id_that_a_client_has_given_is_not_made_again() {
    let mut world = World::new(1, DIALPLAN);
    let given = "1795383644.1";
    let order = |channel_id: Option<&str>| {
        Command::Originate(model::Originate {
            channel_id: channel_id.map(Into::into),
            ..originate("Local/wait@lab", "Wait", "30")
        })
    };
    world.ask(order(Some(given)));
    world.ask(order(None));
    let Reply::Channels(channels) = world.ask(Command::Channels) else {
        panic!("no channels");
    };
    let ids: std::collections::BTreeSet<_> =
        channels.iter().map(|channel| &channel.uniqueid).collect();
    assert!(channels.iter().any(|channel| &*channel.uniqueid == given));
    assert_eq!(ids.len(), 4, "{ids:?}");
    world.finish();
}

#[test]
fn a_dial_is_answered_and_its_bridge_told() {
    let mut world = World::new(1, DIALPLAN);
    world.command(Command::Originate(originate(
        "Local/dialshort@lab/n",
        "Wait",
        "20",
    )));
    world.finish();
    assert_eq!(statuses(&world), ["ANSWER"]);
    assert_eq!(
        world.story(&["BridgeEnter", "BridgeLeave"]),
        [
            "BridgeEnter Local/short@lab-00000001;1",
            "BridgeEnter Local/dialshort@lab-00000000;2",
            "BridgeLeave Local/short@lab-00000001;1",
            "BridgeLeave Local/dialshort@lab-00000000;2",
        ]
    );
}

#[test]
fn a_busy_extension_is_busy() {
    let mut world = World::new(1, DIALPLAN);
    world.command(Command::Originate(originate(
        "Local/dialbusy@lab",
        "Wait",
        "5",
    )));
    world.finish();
    assert_eq!(statuses(&world), ["BUSY"]);
}

#[test]
fn one_phone_calls_another_and_sound_flows() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Answers(seconds(2)));
    let alice = world.dial("alice", "102").expect("taken");
    world.run(seconds(3));
    let connected = world
        .media
        .iter()
        .filter(|told| matches!(told, model::MediaInstruction::Connect { .. }));
    assert_eq!(connected.count(), 2);
    world.hang_up(alice);
    world.finish();
    let cut = world
        .media
        .iter()
        .filter(|told| matches!(told, model::MediaInstruction::Disconnect { .. }));
    assert_eq!(cut.count(), 2);
}

#[test]
fn of_several_phones_the_first_to_answer_wins() {
    let mut world = World::new(1, DIALPLAN);
    for (name, time) in [("alice", 9), ("bob", 5), ("carol", 2)] {
        world.phone(name, Phone::Answers(seconds(time)));
    }
    let alice = world.dial("alice", "both").expect("taken");
    world.run(seconds(3));
    assert!(
        world
            .story(&["BridgeEnter"])
            .iter()
            .any(|title| title.contains("carol"))
    );
    assert!(
        world
            .story(&["Hangup"])
            .iter()
            .any(|title| title.contains("bob"))
    );
    world.hang_up(alice);
    world.finish();
}

#[test]
fn a_phone_that_refuses_or_is_unknown_ends_the_dial() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Refuses(Cause::USER_BUSY, "486"));
    world.dial("alice", "102").expect("taken");
    world.run(seconds(1));
    world.dial("alice", "103").expect("taken");
    world.finish();
    assert_eq!(statuses(&world), ["BUSY", "CHANUNAVAIL"]);
}

#[test]
fn a_call_to_nowhere_is_refused() {
    let mut world = World::new(1, DIALPLAN);
    assert_eq!(world.dial("alice", "unknown"), None);
    assert_eq!(world.events, []);
    world.finish();
}

#[test]
fn a_caller_who_gives_up_ends_the_ringing() {
    let mut world = World::new(1, DIALPLAN);
    world.phone("bob", Phone::Rings);
    let alice = world.dial("alice", "102").expect("taken");
    world.run(seconds(1));
    world.hang_up(alice);
    world.finish();
    let ends = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::DialEnd { status, .. } => Some(status.text()),
            _ => None,
        });
    assert_eq!(ends.collect::<Vec<_>>(), ["CANCEL"]);
}

#[test]
fn sounds_are_waited_for() {
    let mut world = World::new(1, DIALPLAN);
    world.dial("alice", "hello").expect("taken");
    world.run(Duration::from_millis(900));
    assert_eq!(world.switch.calls(), 1);
    world.run(Duration::from_millis(200));
    assert_eq!(world.switch.calls(), 0);
}

#[test]
fn a_hangup_by_pattern_ends_all_that_match() {
    let mut world = World::new(1, DIALPLAN);
    for _ in 0..3 {
        world.command(Command::Originate(originate(
            "Local/wait@lab/n",
            "Wait",
            "60",
        )));
    }
    world.run(seconds(1));
    let target = HangupTarget::Matching(";2$".into());
    let Reply::HungUp(names) = world.ask(Command::Hangup {
        target,
        cause: None,
    }) else {
        panic!("no names")
    };
    assert_eq!(names.len(), 3);
    world.run(seconds(1));
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}

#[test]
fn a_list_stays_as_it_was_given() {
    let mut world = World::new(1, DIALPLAN);
    for _ in 0..50 {
        world.ask(Command::Originate(originate(
            "Local/wait@lab",
            "Wait",
            "30",
        )));
    }
    let list = |world: &mut World| {
        let Reply::Channels(channels) = world.ask(Command::Channels) else {
            panic!("no channels")
        };
        channels
    };
    let names = |list: &ChannelList| -> Vec<String> {
        list.iter()
            .map(|channel| channel.name.to_string())
            .collect()
    };
    let first = list(&mut world);
    let then = names(&first);
    assert_eq!(then.len(), 100);
    world.ask(Command::Hangup {
        target: HangupTarget::Matching(";2$".into()),
        cause: None,
    });
    world.ask(Command::Originate(originate(
        "Local/wait@lab",
        "Wait",
        "30",
    )));
    world.run(seconds(1));
    let second = list(&mut world);
    assert_eq!(names(&second).len(), 2);
    assert!(names(&second).iter().all(|name| !then.contains(name)));
    assert_eq!(names(&first), then);
    let owned = first.into_channels();
    assert!(owned.map(|channel| channel.name.to_string()).eq(then));
    world.finish();
}

#[test]
fn a_dialplan_that_loops_leaves_room_for_others() {
    let mut world = World::new(1, DIALPLAN);
    let alice = world.dial("alice", "spin").expect("taken");
    let Reply::Channels(channels) = world.ask(Command::Channels) else {
        panic!("no channels")
    };
    assert_eq!(channels.len(), 1);
    world.hang_up(alice);
    world.finish();
}

#[test]
fn late_signals_for_channels_that_are_gone_are_ignored() {
    let mut world = World::new(1, DIALPLAN);
    let alice = world.dial("alice", "echo").expect("taken");
    world.hang_up(alice);
    world.run(seconds(1));
    let before = world.events.len();
    world.signal(Signal::Ringing(alice));
    world.signal(Signal::Answered(alice));
    world.hang_up(alice);
    assert_eq!(world.events.len(), before);
    world.finish();
}

#[test]
fn a_channel_is_told_what_its_call_costs_and_only_one_that_is_there() {
    let advice = || Advice {
        time: AdviceTime::During,
        facts: [("Charge/Type".into(), "Free".into())].into(),
    };
    let advise = |channel: Option<&str>, prefix: Option<&str>| Command::Advise {
        channel: channel.map(Into::into),
        prefix: prefix.map(Into::into),
        advice: Some(advice()),
    };
    let mut world = World::new(1, DIALPLAN);
    let alice = world.dial("alice", "echo").expect("taken");
    assert_eq!(world.ask(advise(None, Some("pjsip/ALI"))), Reply::Done);
    let told = world.events.last().map(|record| record.event.clone());
    let Some(Event::Advice {
        channel,
        advice: told,
    }) = told
    else {
        panic!("{told:?}")
    };
    assert!(channel.name.starts_with("PJSIP/alice-"));
    assert_eq!(told, advice());
    let nobody = world.ask(advise(Some("PJSIP/none"), Some("PJSIP/alice")));
    assert_eq!(nobody, Reply::Refused(Refusal::NoSuchChannel));
    world.hang_up(alice);
    world.finish();
}

#[test]
fn who_is_hung_up_while_an_application_begins_does_not_wait_in_it() {
    let mut world = World::new(1, DIALPLAN);
    // The first half answers as the second does, and hangs up before that has begun to wait.
    world.command(Command::Originate(originate(
        "Local/wait@lab",
        "Hangup",
        "",
    )));
    world.run(Duration::ZERO);
    assert_eq!(world.switch.calls(), 0);
    world.finish();
}
