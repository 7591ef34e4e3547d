//! Functions about channels, as clients and the dialplan use them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests may"
)]

mod world;

use model::{
    ChannelId, Command, DatabaseCommand, DatabaseReply, DeviceState, Event, Refusal, Reply,
    VariableRequest,
};
use std::time::Duration;
use world::{Phone, World};

const DIALPLAN: &str = "
[globals]
GREETING = hello
[phones]
exten => wait,1,Wait(100)
exten => deep,1,Set(X=${EVAL(${TEXT})})
 same => n,Wait(100)
exten => environment,1,Set(HOME=${ENV(HOME)})
 same => n,Wait(100)
exten => database,1,Set(DB(fruit/apple)=green)
 same => n,Set(DB(fruit/pear/ripe)=yes)
 same => n,Set(DB(tool/saw)=1)
 same => n,Set(A=${DB(fruit/apple)}${DB(fruit/none)}${DB_RESULT})
 same => n,Set(B=${DB_EXISTS(tool/saw)}${DB_EXISTS(tool/axe)})
 same => n,Set(C=${DB_KEYS()}|${DB_KEYS(fruit)}|${DB_KEYCOUNT(fruit/pear)})
 same => n,Set(D=${DB_DELETE(tool/saw)}${DB_EXISTS(tool/saw)})
 same => n,DBdeltree(fruit/pear)
 same => n,Set(E=${DB_KEYS(fruit)})
 same => n,Wait(100)
exten => 102,1,Dial(PJSIP/bob,5)
 same => n,Wait(100)
exten => lamp,hint,Custom:lamp
exten => lamp,1(label),NoOp()
[other]
exten => s,1,NoOp()
";

struct Caller {
    world: World,
    channel: ChannelId,
    name: String,
}

impl Caller {
    fn dial(exten: &str) -> Self {
        let mut world = World::new(1, DIALPLAN);
        world.phone("alice", Phone::Rings);
        world.phone("bob", Phone::Refuses(model::Cause::USER_BUSY, "486"));
        let channel = world.dial("alice", exten).unwrap();
        let name = world.story(&["Newchannel"])[0]
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned();
        Self {
            world,
            channel,
            name,
        }
    }

    fn variable(&self, name: &str) -> VariableRequest {
        VariableRequest {
            channel: Some(self.name.as_str().into()),
            name: name.into(),
        }
    }

    fn get(&mut self, name: &str) -> String {
        let request = self.variable(name);
        match self.world.ask(Command::Getvar(request)) {
            Reply::Value(value) => value.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Reply {
        let variable = self.variable(name);
        self.world.ask(Command::Setvar {
            variable,
            value: value.into(),
        })
    }

    fn check(&mut self, cases: &[(&str, &str)]) {
        for (name, expected) in cases {
            assert_eq!(self.get(name), *expected, "{name}");
        }
    }
}

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
fn variables_elsewhere() {
    let mut caller = Caller::dial("wait");
    let own = caller.name.clone();
    let other = caller.world.dial("bob", "wait").unwrap();
    let bob = caller.world.story(&["Newchannel"])[1]
        .split(' ')
        .nth(1)
        .unwrap()
        .to_owned();
    assert_ne!(other, caller.channel);
    assert_eq!(caller.set("GLOBAL(G)", "everywhere"), Reply::Done);
    assert_eq!(caller.set("SHARED(S)", "1"), Reply::Done);
    assert_eq!(caller.set(&format!("SHARED(S,{bob})"), "2"), Reply::Done);
    assert_eq!(caller.set("GROUP(trunk)", "a"), Reply::Done);
    assert_eq!(caller.set("GROUP()", "b"), Reply::Done);
    assert_eq!(caller.set("LOCAL(X)", "1"), Reply::Refused(Refusal::NotSet));
    caller.check(&[
        ("G", "everywhere"),
        ("GLOBAL(G)", "everywhere"),
        ("SHARED(S)", "1"),
        (&format!("SHARED(S,{bob})"), "2"),
        (&format!("IMPORT({bob},CALLERID(name))"), "Bob"),
        (&format!("IMPORT({bob},EXTEN)"), "wait"),
        ("IMPORT(PJSIP/nobody,EXTEN)", ""),
        ("MASTER_CHANNEL(CHANNEL(name))", &own),
        ("GROUP(trunk)", "a"),
        ("GROUP_COUNT(a@trunk)", "1"),
        ("GROUP_COUNT()", "1"),
        ("GROUP_COUNT(a)", "0"),
        ("GROUP_MATCH_COUNT(^[ab]$)", "1"),
        ("GROUP_LIST()", "a@trunk b"),
        (&"MASTER_CHANNEL(".repeat(5000), ""),
    ]);
    let told = caller.world.events.iter();
    let told = told.filter_map(|record| match &record.event {
        Event::VarSet { variable, .. } => Some(variable.to_string()),
        _ => None,
    });
    assert_eq!(
        told.skip(2).collect::<Vec<_>>(),
        ["G", "SHARED(S)", "SHARED(S)"]
    );
}

#[test]
fn places_and_states() {
    let mut caller = Caller::dial("wait");
    caller.check(&[
        ("DIALPLAN_EXISTS(other)", "1"),
        ("DIALPLAN_EXISTS(nowhere)", "0"),
        ("DIALPLAN_EXISTS(other,s,1)", "1"),
        ("DIALPLAN_EXISTS(other,s,2)", "0"),
        ("DIALPLAN_EXISTS(phones,lamp,label)", "1"),
        ("VALID_EXTEN(wait)", "1"),
        ("VALID_EXTEN(other,wait,1)", "0"),
        ("HINT(lamp)", "Custom:lamp"),
        ("HINT(lamp@other)", ""),
        ("DEVICE_STATE(Custom:lamp)", "UNKNOWN"),
        ("EXTENSION_STATE(lamp@phones)", "NOT_INUSE"),
        ("DEVICE_STATE(PJSIP/alice)", "INUSE"),
        ("DEVICE_STATE(PJSIP/nobody)", "INVALID"),
    ]);
    assert_eq!(
        caller.set("DEVICE_STATE(Custom:lamp)", "RINGING"),
        Reply::Done
    );
    assert_eq!(
        caller.set("DEVICE_STATE(PJSIP/bob)", "INUSE"),
        Reply::Refused(Refusal::NotSet)
    );
    assert_eq!(
        caller.set("DEVICE_STATE(Custom:lamp)", "GLOWING"),
        Reply::Refused(Refusal::NotSet)
    );
    caller.check(&[
        ("DEVICE_STATE(Custom:lamp)", "RINGING"),
        ("EXTENSION_STATE(lamp@phones)", "RINGING"),
    ]);
    let last = caller
        .world
        .events
        .iter()
        .rev()
        .find_map(|record| match &record.event {
            Event::DeviceStateChange { device, state } => Some((device.to_string(), *state)),
            _ => None,
        });
    assert_eq!(last, Some(("Custom:lamp".to_owned(), DeviceState::Ringing)));
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

#[test]
fn what_reaches_beyond_calls_is_not_open_to_clients() {
    let mut caller = Caller::dial("environment");
    caller.check(&[
        ("ENV(HOME)", ""),
        ("SHELL(id)", ""),
        ("EVAL(${ENV(HOME)})", ""),
    ]);
    assert_eq!(
        caller.set("SHELL(id)", "x"),
        Reply::Refused(Refusal::NotSet)
    );
}

#[test]
fn the_database_is_at_hand_in_the_dialplan() {
    let mut caller = Caller::dial("database");
    caller.check(&[
        ("A", "greengreen"),
        ("B", "10"),
        ("C", "fruit,tool|apple,pear|1"),
        ("D", "10"),
        ("E", "apple"),
        ("DB(fruit/apple)", ""),
        ("DB_KEYS(fruit)", "apple"),
    ]);
    assert_eq!(
        caller.set("DB(fruit/apple)", "red"),
        Reply::Refused(Refusal::NotSet)
    );
    let mut ask = |command| match caller.world.ask(Command::Database(command)) {
        Reply::Database(reply) => reply,
        other => panic!("{other:?}"),
    };
    let put = |path: &str, value: &str| DatabaseCommand::Put {
        path: path.into(),
        value: value.into(),
    };
    assert_eq!(ask(put("/fruit/plum", "blue")), DatabaseReply::Put);
    assert_eq!(ask(put("//", "x")), DatabaseReply::Failed);
    assert_eq!(
        ask(put(&format!("/f/{}", "x".repeat(300)), "x")),
        DatabaseReply::Failed
    );
    let apple = ("/fruit/apple".into(), "green".into());
    let plum = ("/fruit/plum".into(), "blue".into());
    assert_eq!(
        ask(DatabaseCommand::List("/fruit".into())),
        DatabaseReply::List(vec![apple, plum])
    );
    assert_eq!(
        ask(DatabaseCommand::List("/fru".into())),
        DatabaseReply::List(Vec::new())
    );
    assert_eq!(
        ask(DatabaseCommand::Remove("/fruit/apple".into())),
        DatabaseReply::Removed(1)
    );
    assert_eq!(
        ask(DatabaseCommand::Value("/fruit/apple".into())),
        DatabaseReply::Value(None)
    );
    assert_eq!(
        ask(DatabaseCommand::RemoveTree("/fruit".into())),
        DatabaseReply::Removed(1)
    );
    assert_eq!(
        ask(DatabaseCommand::RemoveTree("/fruit".into())),
        DatabaseReply::Removed(0)
    );
}

#[test]
fn what_was_kept_is_there_again() {
    let mut world = World::new(1, DIALPLAN);
    let kept = vec![
        ("/CustomDevstate/lamp".into(), "RINGING".into()),
        ("/fruit/apple".into(), "green".into()),
    ];
    world.give(switch::Input::Restore(kept));
    let value = world.ask(Command::Database(DatabaseCommand::Value(
        "/fruit/apple".into(),
    )));
    assert_eq!(
        value,
        Reply::Database(DatabaseReply::Value(Some("green".into())))
    );
    let name = "DEVICE_STATE(Custom:lamp)".into();
    let state = world.ask(Command::Getvar(VariableRequest {
        channel: None,
        name,
    }));
    assert_eq!(state, Reply::Value("RINGING".into()));
}

#[test]
fn whatever_clients_ask_of_functions_nothing_breaks() {
    let mut world = World::new(1, DIALPLAN);
    let mut config = world::config(DIALPLAN);
    config.live_dangerously = true;
    world.give(switch::Input::Configure(std::sync::Arc::new(config)));
    world.phone("alice", Phone::Rings);
    let pieces = [
        "name",
        "num",
        "all",
        "(",
        ")",
        ",",
        "/",
        "@",
        "${",
        "}",
        "$[",
        "]",
        "1",
        "-1",
        "99999999999",
        "é",
        "\"",
        "\\",
        "absolute",
        "fruit/apple",
        "hangup_handler_push",
        "hangup_handler_pop",
        "other,s,1(x)",
        "Custom:lamp",
        "userfield",
        "^[",
        "%c",
        "NAME",
        "phones",
        "lamp",
        ":",
        "?",
        "=",
    ];
    let functions = switch::function::all();
    let mut random = fastrand::Rng::with_seed(7);
    let mut channels: Vec<String> = Vec::new();
    for round in 0..20_000 {
        if round % 500 == 0 {
            world.run(Duration::from_secs(1));
            world.dial("alice", "wait");
            channels.extend(world.story(&["Newchannel"]));
        }
        world.events.clear();
        let function = functions[random.usize(..functions.len())].declaration.name;
        let count = random.usize(..5);
        let args: String = (0..count).map(|_| random.choice(pieces).unwrap()).collect();
        let name = channels[random.usize(..channels.len())]
            .split(' ')
            .nth(1)
            .unwrap()
            .to_owned();
        let channel = random.bool().then(|| name.as_str().into());
        let name = format!("{function}({args})").as_str().into();
        let variable = VariableRequest { channel, name };
        if random.bool() {
            world.ask(Command::Getvar(variable));
        } else {
            let value = random.choice(pieces).unwrap();
            world.ask(Command::Setvar {
                variable,
                value: value.into(),
            });
        }
    }
}
