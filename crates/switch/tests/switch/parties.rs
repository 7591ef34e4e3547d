//! Functions about a call: who calls, what its channel is, how it ends.

use crate::world::caller::Caller;
use model::{Refusal, Reply};
use std::time::Duration;

#[test]
fn parties_are_read_and_set() {
    let mut caller = Caller::dial("wait");
    caller.check(&[
        ("CALLERID(all)", "\"Alice\" <101>"),
        ("CALLERID(num)", "101"),
        ("CALLERID(ani)", "101"),
        ("CALLERID(DNID)", "wait"),
        ("CALLERID(name,\"Eve\" <7>)", "Eve"),
        ("CONNECTEDLINE(num)", ""),
        ("REDIRECTING(reason)", "unknown"),
    ]);
    assert_eq!(caller.set("CALLERID(all)", "Eve <7>"), Reply::Done);
    assert_eq!(caller.set("CONNECTEDLINE(name,i)", "Bob"), Reply::Done);
    assert_eq!(caller.set("REDIRECTING(from-num)", "55"), Reply::Done);
    assert_eq!(caller.set("REDIRECTING(reason)", "cfb"), Reply::Done);
    assert_eq!(
        caller.set("REDIRECTING(reason)", "whim"),
        Reply::Refused(Refusal::NotSet)
    );
    assert_eq!(
        caller.set("CALLERID(shoe)", "43"),
        Reply::Refused(Refusal::NotSet)
    );
    caller.check(&[
        ("CALLERID(all)", "\"Eve\" <7>"),
        ("CONNECTEDLINE(all)", "\"Bob\" <>"),
        ("CALLERID(rdnis)", "55"),
        ("REDIRECTING(reason)", "cfb"),
    ]);
    let changes = caller.world.story(&["NewCallerid", "NewConnectedLine"]);
    assert_eq!(
        changes,
        [
            format!("NewCallerid {}", caller.name),
            format!("NewConnectedLine {}", caller.name)
        ]
    );
}

#[test]
fn particulars_of_parties_are_read_and_set() {
    let mut caller = Caller::dial("wait");
    caller.check(&[
        ("CALLERID(pres)", "allowed_not_screened"),
        ("CALLERID(num-valid)", "1"),
        ("CALLERID(name-charset)", "iso8859-1"),
        ("CALLERID(ton)", "0"),
        ("CALLERID(ANI-all)", "\"Alice\" <101>"),
        ("CONNECTEDLINE(pres)", "unavailable"),
        ("CONNECTEDLINE(num-valid)", "0"),
        ("REDIRECTING(orig-reason)", "unknown"),
    ]);
    for (name, value) in [
        ("CALLERID(pres)", "prohib"),
        ("CALLERID(name-pres)", "Allowed_Passed_Screen"),
        ("CALLERID(num-plan)", "33"),
        ("CALLERID(tag)", "vip"),
        ("CALLERID(subaddr)", "8"),
        ("CALLERID(ANI-num)", "500"),
        ("CALLERID(ani2)", "2"),
        ("CALLERID(dnid-num-plan)", "16"),
        ("CALLERID(name-charset)", "utf8"),
        ("CALLERID(dnid-subaddr)", "12"),
        ("CALLERID(dnid-subaddr-odd)", "1"),
        ("CALLERID(priv-all)", "Boss <1>"),
        ("CALLERID(priv-num-pres)", "prohib"),
        ("CONNECTEDLINE(priv-name)", "Desk"),
        ("REDIRECTING(priv-from-num)", "56"),
        ("REDIRECTING(priv-to-tag)", "x"),
        ("REDIRECTING(priv-orig-name)", "First"),
        ("CONNECTEDLINE(num)", "77"),
        ("CONNECTEDLINE(num-pres,i)", "prohib_not_screened"),
        ("REDIRECTING(from-pres)", "prohib"),
        ("REDIRECTING(from-num)", "55"),
        ("REDIRECTING(orig-reason)", "cfnr"),
    ] {
        assert_eq!(caller.set(name, value), Reply::Done, "{name}");
    }
    caller.check(&[
        ("CALLERID(pres)", "prohib"),
        ("CALLERID(num-pres)", "prohib"),
        ("CALLERID(name-pres)", "allowed_passed_screen"),
        ("CALLERID(ton)", "33"),
        ("CALLERID(tag)", "vip"),
        ("CALLERID(subaddr-valid)", "1"),
        ("CALLERID(ani)", "500"),
        ("CALLERID(num)", "101"),
        ("CALLERID(ANI2)", "2"),
        ("CALLERID(dnid-num-plan)", "16"),
        ("CALLERID(dnid-subaddr)", "12"),
        ("CALLERID(dnid-subaddr-valid)", "1"),
        ("CALLERID(dnid-subaddr-odd)", "1"),
        ("CALLERID(priv-all)", "\"Boss\" <1>"),
        ("CALLERID(priv-num-pres)", "prohib"),
        ("CONNECTEDLINE(priv-name)", "Desk"),
        ("REDIRECTING(priv-from-num)", "56"),
        ("REDIRECTING(priv-to-tag)", "x"),
        ("REDIRECTING(priv-orig-name)", "First"),
        ("REDIRECTING(from-num)", "55"),
        ("CALLINGPRES", "35"),
        ("CALLINGTON", "33"),
        ("CALLINGANI2", "2"),
        ("CALLINGTNS", "0"),
        ("CALLERID(name-charset)", "utf8"),
        ("CONNECTEDLINE(pres)", "prohib_not_screened"),
        ("REDIRECTING(from-pres)", "prohib"),
        ("REDIRECTING(orig-reason)", "cfnr"),
    ]);
    for (name, value) in [
        ("CALLERID(pres)", "perhaps"),
        ("CALLERID(ton)", "256"),
        ("CALLERID(name-charset)", "ebcdic"),
        ("REDIRECTING(orig-reason)", "whim"),
    ] {
        assert_eq!(caller.set(name, value), Reply::Refused(Refusal::NotSet));
    }
}

#[test]
fn facts_of_a_channel() {
    let mut caller = Caller::dial("wait");
    assert_eq!(caller.set("CHANNEL(language)", "fr"), Reply::Done);
    assert_eq!(caller.set("CHANNEL(accountcode)", "house"), Reply::Done);
    assert_eq!(
        caller.set("CHANNEL(name)", "x"),
        Reply::Refused(Refusal::NotSet)
    );
    assert_eq!(caller.set("CDR(userfield)", "field"), Reply::Done);
    assert_eq!(caller.set("CDR(mine)", "own"), Reply::Done);
    assert_eq!(caller.set("CDR(src)", "1"), Reply::Refused(Refusal::NotSet));
    let name = caller.name.clone();
    caller.world.run(Duration::from_secs(2));
    caller.check(&[
        ("CHANNEL(name)", &name),
        ("CHANNEL(state)", "Ring"),
        ("CHANNEL(channeltype)", "PJSIP"),
        ("CHANNEL(language)", "fr"),
        ("CHANNEL(accountcode)", "house"),
        ("CHANNELS()", &name),
        ("CHANNELS(^Local)", ""),
        ("CDR(src)", "101"),
        ("CDR(userfield)", "field"),
        ("CHANNEL(userfield)", "field"),
        ("CDR(mine)", "own"),
        ("CDR(duration)", "2"),
        ("CDR(duration,f)", "2.000000"),
        ("CDR(billsec)", "0"),
        ("CDR(start)", "2026-11-22 21:40:44"),
        ("CDR(answer)", ""),
    ]);
}

#[test]
fn a_call_lasts_no_longer_than_its_timeout() {
    let mut caller = Caller::dial("wait");
    assert_eq!(caller.set("TIMEOUT(absolute)", "90"), Reply::Done);
    assert_eq!(caller.set("TIMEOUT(absolute)", "10"), Reply::Done);
    assert_eq!(caller.set("TIMEOUT(digit)", "2.5"), Reply::Done);
    caller.world.run(Duration::from_secs(9));
    caller.check(&[
        ("TIMEOUT(absolute)", "1.000"),
        ("TIMEOUT(digit)", "2.500"),
        ("TIMEOUT(response)", "10.000"),
    ]);
    caller.world.run(Duration::from_secs(2));
    assert_eq!(caller.world.switch.calls(), 0);
}

#[test]
fn how_a_dialled_call_ended() {
    let mut caller = Caller::dial("102");
    caller.world.run(Duration::from_secs(1));
    let called = caller.get("HANGUPCAUSE_KEYS()");
    assert!(called.starts_with("PJSIP/bob-"), "{called}");
    caller.check(&[
        (&format!("HANGUPCAUSE({called},ast)"), "User busy"),
        (&format!("HANGUPCAUSE({called},tech)"), "SIP 486"),
    ]);
}
