//! Call records: which are made, and what they tell.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests may"
)]

mod world;

use model::{CallRecord, Cause, Disposition, Event};
use std::sync::Arc;
use std::time::Duration;
use switch::{CdrSettings, Input};
use world::{Phone, World};

const DIALPLAN: &str = "
[phones]
exten => bob,1,Dial(PJSIP/bob,20)
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
exten => h,1,NoOp(over)
";

/// What became of a call to this extension: alice calls, and bob does so.
fn call(exten: &str, bob: Phone, settings: CdrSettings) -> Vec<Arc<CallRecord>> {
    let mut world = World::new(1, DIALPLAN);
    let config = switch::Config {
        cdr: CdrSettings {
            manager: true,
            ..settings
        },
        ..world::config(DIALPLAN)
    };
    world.give(Input::Configure(Arc::new(config)));
    world.phone("bob", bob);
    let alice = world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(3));
    world.hang_up(alice);
    world.finish();
    let told = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::Cdr(record) => Some(Arc::clone(record)),
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
    let records = call("bob", congested(), settings);
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
    let settings = CdrSettings {
        end_before_hangup_extension: false,
        ..CdrSettings::default()
    };
    let records = call("half", Phone::Rings, settings);
    assert_eq!(
        (&*records[0].application, &*records[0].destination),
        ("NoOp", "h")
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
