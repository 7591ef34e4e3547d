//! Call records: which are made, and what they tell.

use crate::world;
use crate::world::{Phone, World};
use model::{AmaFlags, CallRecord, Cause, Disposition, Event};
use std::sync::Arc;
use std::time::Duration;
use switch::{CdrSettings, Input};

const DIALPLAN: &str = "
[phones]
exten => bob,1,Dial(PJSIP/bob,20)
exten => congested,1,Congestion(1)
exten => half,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
exten => after,1,Dial(PJSIP/bob,20,g)
 same => n,Wait(1)
exten => silent,1,Set(CDR_PROP(disable)=yes)
 same => n,Dial(PJSIP/bob,20)
exten => loud,1,Set(CDR_PROP(disable)=no)
 same => n,Set(CDR(mine)=own)
 same => n,Dial(PJSIP/bob,20)
exten => fork,1,Dial(PJSIP/bob&PJSIP/carol,2)
exten => answered,1,Answer()
 same => n,Dial(PJSIP/bob,1)
 same => n,Hangup()
exten => billed,1,Answer()
 same => n,Set(CHANNEL(amaflags)=billing)
 same => n,Set(CDR(amaflags)=nonsense)
 same => n,UserEvent(Flags,Is: ${CHANNEL(amaflags)} ${CDR(amaflags)} ${CDR(disposition,u)})
exten => unbilled,1,UserEvent(So far,Is: ${CDR(disposition)} ${CDR(disposition,u)})
exten => notes,1,Answer()
 same => n,Set(CDR(mine)=own)
 same => n,Set(CDR(userfield)=first)
 same => n,ForkCDR()
 same => n,ForkCDR(v)
 same => n,Set(CDR(yours)=too)
 same => n,Hangup()
exten => forked,1,Answer()
 same => n,Set(CDR(mine)=own)
 same => n,ForkCDR()
 same => n,ForkCDR(er)
 same => n,ResetCDR()
 same => n,Wait(1)
 same => n,Hangup()
exten => many,1,Dial(PJSIP/bob,1)
 same => n,Goto(many,1)
exten => take,1,Pickup(bob@phones)
exten => h,1,Set(CDR(late)=note)
 same => n,Set(CDR(userfield)=late)
 same => n,NoOp(over)
";

/// What became of a call to this extension: alice calls, and bob does so.
fn call(exten: &str, bob: Phone, settings: CdrSettings) -> Vec<Arc<CallRecord>> {
    let mut world = world(settings);
    world.phone("bob", bob);
    let alice = world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(3));
    world.hang_up(alice);
    world.finish();
    records(&world)
}

fn world(settings: CdrSettings) -> World {
    let mut world = World::new(1, DIALPLAN);
    let config = switch::Config {
        cdr: CdrSettings {
            manager: true,
            ..settings
        },
        ..world::config(DIALPLAN)
    };
    world.give(Input::Configure(Arc::new(config)));
    world
}

fn records(world: &World) -> Vec<Arc<CallRecord>> {
    let told = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::Cdr { record, .. } => Some(Arc::clone(record)),
            _ => None,
        });
    told.collect()
}

fn congested() -> Phone {
    Phone::Refuses(Cause::SWITCH_CONGESTION, "SIP 503")
}

#[test]
fn congestion_is_a_failure_unless_it_is_told_from_others() {
    let records = call("bob", congested(), CdrSettings::default());
    assert_eq!(records[0].disposition, Disposition::Failed);
    let settings = CdrSettings {
        congestion: true,
        ..CdrSettings::default()
    };
    let records = call("bob", congested(), settings.clone());
    assert_eq!(records[0].disposition, Disposition::Congestion);
    let settings = CdrSettings {
        unanswered: true,
        ..settings
    };
    let records = call("congested", Phone::Rings, settings);
    assert_eq!(records[0].disposition, Disposition::Congestion);
}

#[test]
fn a_second_that_has_begun_is_billed_if_so_configured() {
    let records = call("half", Phone::Rings, CdrSettings::default());
    assert_eq!((records[0].duration(), records[0].billable), (1, 1));
    let settings = CdrSettings {
        bill_begun_seconds: true,
        ..CdrSettings::default()
    };
    let records = call("half", Phone::Rings, settings);
    assert_eq!((records[0].duration(), records[0].billable), (1, 2));
}

#[test]
fn what_the_h_extension_does_is_told_if_so_configured() {
    let records = call("half", Phone::Rings, CdrSettings::default());
    assert_eq!(&*records[0].application, "Hangup");
    assert_eq!((&*records[0].user_field, records[0].values.len()), ("", 0));
    let settings = CdrSettings {
        end_before_hangup_extension: false,
        ..CdrSettings::default()
    };
    let records = call("half", Phone::Rings, settings);
    assert_eq!(
        (&*records[0].application, &*records[0].destination),
        ("NoOp", "h")
    );
    assert_eq!(
        (&*records[0].user_field, records[0].values.len()),
        ("late", 1)
    );
}

#[test]
fn a_channel_has_no_record_where_the_dialplan_says_so() {
    let rings = Phone::Rings;
    assert_eq!(call("silent", rings, CdrSettings::default()).len(), 0);
    let settings = CdrSettings {
        by_default: false,
        ..CdrSettings::default()
    };
    assert_eq!(call("bob", rings, settings.clone()).len(), 0);
    let records = call("loud", rings, settings);
    assert_eq!(records.len(), 1);
    let value = (Arc::from("mine"), Arc::from("own"));
    assert_eq!(records[0].values, [value]);
}

#[test]
fn dials_are_left_out_if_so_configured() {
    let busy = Phone::Refuses(Cause::USER_BUSY, "SIP 486");
    let records = call("after", busy, CdrSettings::default());
    let told = |record: &CallRecord| record.destination_channel.to_string();
    assert_eq!(told(&records[0]), "PJSIP/bob-00000001");
    let settings = CdrSettings {
        ignore_dials: true,
        unanswered: true,
        ..CdrSettings::default()
    };
    let records = call("after", busy, settings);
    assert_eq!(records.len(), 1);
    assert_eq!(told(&records[0]), "");
}

/// Whom a record is about, how that ended, and for how many seconds.
fn told(record: &CallRecord) -> (String, Disposition, i64) {
    let dest = record.destination_channel.split('-').next().unwrap();
    (dest.to_owned(), record.disposition, record.duration())
}

#[test]
fn each_channel_that_is_dialled_makes_a_record() {
    let mut world = world(CdrSettings::default());
    world.phone("bob", Phone::Answers(Duration::from_secs(1)));
    world.phone("carol", Phone::Rings);
    let alice = world.dial("alice", "fork").unwrap();
    world.run(Duration::from_secs(4));
    world.hang_up(alice);
    world.finish();
    let records = records(&world);
    let all: Vec<_> = records.iter().map(|record| told(record)).collect();
    assert_eq!(
        all,
        [
            ("PJSIP/bob".into(), Disposition::Answered, 4),
            ("PJSIP/carol".into(), Disposition::NoAnswer, 1),
        ]
    );
    assert!(records.iter().all(|record| &*record.application == "Dial"));
    assert_eq!((records[0].billable, records[1].billable), (2, 0));
    assert!(records[0].sequence < records[1].sequence);
}

#[test]
fn one_that_refuses_is_told_with_its_own_time() {
    let mut world = world(CdrSettings::default());
    world.phone("bob", Phone::Refuses(Cause::USER_BUSY, "SIP 486"));
    world.phone("carol", Phone::Rings);
    world.dial("alice", "fork").unwrap();
    world.finish();
    let records = records(&world);
    let all: Vec<_> = records.iter().map(|record| told(record)).collect();
    assert_eq!(
        all,
        [
            ("PJSIP/bob".into(), Disposition::Busy, 0),
            ("PJSIP/carol".into(), Disposition::NoAnswer, 2),
        ]
    );
}

#[test]
fn an_answered_caller_may_call_in_vain() {
    let records = call("answered", Phone::Rings, CdrSettings::default());
    let all: Vec<_> = records.iter().map(|record| told(record)).collect();
    assert_eq!(
        all,
        [
            ("PJSIP/bob".into(), Disposition::NoAnswer, 1),
            (String::new(), Disposition::Answered, 0),
        ]
    );
    assert!(records[0].answer.is_some());
}

#[test]
fn who_takes_the_call_of_another_is_its_other_end() {
    let mut world = world(CdrSettings::default());
    world.phone("bob", Phone::Rings);
    let alice = world.dial("alice", "bob").unwrap();
    world.run(Duration::from_secs(1));
    world.dial("carol", "take").unwrap();
    world.run(Duration::from_secs(2));
    world.hang_up(alice);
    world.finish();
    let records = records(&world);
    let all: Vec<_> = records
        .iter()
        .filter(|record| record.channel.starts_with("PJSIP/alice"))
        .map(|record| told(record))
        .collect();
    assert_eq!(
        all,
        [
            ("PJSIP/bob".into(), Disposition::NoAnswer, 1),
            ("PJSIP/carol".into(), Disposition::Answered, 2),
        ]
    );
}

#[test]
fn a_call_given_up_is_told_from_others_if_so_configured() {
    let settings = CdrSettings {
        cancel: true,
        ..CdrSettings::default()
    };
    let records = call("bob", Phone::Rings, settings);
    assert_eq!(records[0].disposition, Disposition::Cancel);
}

#[test]
fn the_dialplan_forks_and_resets_records() {
    // Without what was noted, if so wanted; what is noted then is in all of them.
    let records = call("notes", Phone::Rings, CdrSettings::default());
    let noted = records.iter().map(|record| {
        let names = record.values.iter().map(|(name, _)| name.to_string());
        let mut names: Vec<_> = names.collect();
        names.sort();
        format!("{} {}", names.join(" "), record.user_field)
    });
    let noted: Vec<_> = noted.collect();
    assert_eq!(noted, ["mine yours first", "mine yours first", "yours "]);
    let records = call("forked", Phone::Rings, CdrSettings::default());
    assert_eq!(records.len(), 3);
    let applications: Vec<_> = records.iter().map(|record| &*record.application).collect();
    assert_eq!(applications, ["ForkCDR", "ForkCDR", "Hangup"]);
    assert_eq!(records[0].values.len(), 1);
    assert_eq!(records[2].values.len(), 0, "reset");
    assert!(records[2].start > records[1].start);
}

#[test]
fn billing_is_told_what_to_do_with_a_record() {
    let mut world = world(CdrSettings::default());
    world.dial("alice", "billed").unwrap();
    world.finish();
    assert_eq!(records(&world)[0].ama_flags, AmaFlags::Billing);
    assert_eq!(world.told(), ["Flags 2 2 8"]);
}

#[test]
fn nobody_has_answered_before_anything_has_come_of_it() {
    let mut world = world(CdrSettings::default());
    world.dial("alice", "unbilled").unwrap();
    world.finish();
    assert_eq!(world.told(), ["So far NO ANSWER 0"]);
}

#[test]
fn events_tell_what_is_configured_besides() {
    let settings = CdrSettings {
        headers: vec![
            ("mine".into(), "Mine".into()),
            ("linkedid".into(), "Linked".into()),
        ],
        ..CdrSettings::default()
    };
    let mut world = world(settings);
    world.dial("alice", "forked").unwrap();
    world.finish();
    let told = world.events.iter().find_map(|record| match &record.event {
        Event::Cdr { headers, .. } => Some(headers.clone()),
        _ => None,
    });
    let uniqueid = records(&world)[0].uniqueid.clone();
    let wanted = [("Mine".into(), "own".into()), ("Linked".into(), uniqueid)];
    assert_eq!(told.unwrap(), wanted);
}

#[test]
fn records_of_a_channel_do_not_pile_up() {
    let mut world = world(CdrSettings::default());
    world.phone("bob", Phone::Rings);
    let alice = world.dial("alice", "many").unwrap();
    world.run(Duration::from_secs(150));
    let told = records(&world).len();
    assert!(told > 40, "{told} are told before the channel is gone");
    world.hang_up(alice);
    world.finish();
    let all = records(&world);
    assert!(all.len() >= 150);
    assert!(all.is_sorted_by_key(|record| record.sequence));
}

#[test]
fn a_clock_that_is_set_changes_no_bill() {
    for hours in [0, -5, 5] {
        let mut world = world(CdrSettings::default());
        world.phone("bob", Phone::Answers(Duration::from_secs(1)));
        let alice = world.dial("alice", "bob").unwrap();
        world.run(Duration::from_secs(2));
        world.set_by = jiff::SignedDuration::from_hours(hours);
        world.run(Duration::from_secs(2));
        world.hang_up(alice);
        world.finish();
        let records = records(&world);
        assert_eq!((records[0].duration(), records[0].billable), (4, 2));
        let ended = records[0].end.duration_since(records[0].start);
        assert_eq!(ended.as_secs(), 4, "the record is of one date");
    }
}

#[test]
fn records_under_way_can_be_asked_for() {
    let mut world = world(CdrSettings::default());
    world.phone("bob", Phone::Rings);
    let alice = world.dial("alice", "bob").unwrap();
    world.run(Duration::from_secs(2));
    let mut ask = |channel: Option<&str>| {
        let channel = channel.map(Arc::from);
        match world.ask(model::Command::CallRecords { channel }) {
            model::Reply::CallRecords(records) => records,
            other => panic!("{other:?}"),
        }
    };
    let records = ask(None);
    assert_eq!(records.len(), 1);
    assert_eq!(&*records[0].destination_channel, "PJSIP/bob-00000001");
    assert_eq!((records[0].duration(), records[0].billable), (2, 0));
    assert_eq!(ask(Some("PJSIP/alice-00000000")), records);
    assert_eq!(ask(Some("PJSIP/nobody")), []);
    world.hang_up(alice);
    world.finish();
}
