//! Functions about what is elsewhere: other channels, the dialplan, states, the database.

use crate::world;
use crate::world::caller::{Caller, DIALPLAN};
use crate::world::{Phone, World};
use model::{
    Command, DatabaseCommand, DatabaseReply, DeviceState, Event, GroupSeat, Refusal, Reply,
    VariableRequest,
};
use std::sync::Arc;
use std::time::Duration;

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
    assert_eq!(
        caller.set("GROUP(west)", "two words@trunk lines"),
        Reply::Done
    );
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
        ("GROUP_LIST()", "a@trunk b two words@trunk lines"),
        (&"MASTER_CHANNEL(".repeat(5000), ""),
    ]);
    let in_group = |group: &str, category: &str| GroupSeat {
        channel: own.as_str().into(),
        group: group.into(),
        category: category.into(),
    };
    assert_eq!(
        caller.world.ask(Command::Groups),
        Reply::Groups(vec![
            in_group("a", "trunk"),
            in_group("b", ""),
            in_group("two words", "trunk lines"),
        ])
    );
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
fn variables_come_to_be_and_go() {
    let mut caller = Caller::dial("exists");
    caller.check(&[
        ("BEFORE", "1011"),
        ("AFTER", "0000"),
        ("X", ""),
        ("G", ""),
        ("EXPORTED", "by myself"),
    ]);
    assert_eq!(
        caller.set(&format!("EXPORT({},Y)", caller.name), "1"),
        Reply::Refused(Refusal::NotSet)
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
        ("HINT(lamp,n)", ""),
        ("HINT(desk)", "Custom:desk&Custom:chair"),
        ("HINT(desk,n)", "The desk"),
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
fn the_folders_are_variables_that_nobody_can_set() {
    let mut caller = Caller::dial("wait");
    let mut config = world::config(DIALPLAN);
    config.folders = [("ASTSPOOLDIR".to_owned(), "/spool".into())].into();
    caller
        .world
        .give(switch::Input::Configure(Arc::new(config)));
    caller.set("ASTSPOOLDIR", "/elsewhere");
    caller.check(&[("ASTSPOOLDIR", "/spool"), ("ASTNODIR", "")]);
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
    for nameless in ["//", "/fruit/", "//apple", "fruit/apple"] {
        assert_eq!(ask(put(nameless, "x")), DatabaseReply::Failed);
    }
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
fn variables_and_functions_are_shown_of_every_channel() {
    let dialplan = "[phones]\nexten => up,1,Answer()\n same => n,Wait(100)\n";
    let mut world = World::new(1, dialplan);
    let mut config = world::config(dialplan);
    let shown = ["X", "CHANNEL(state)", "NONE(such)"];
    config.channel_variables = shown.map(Into::into).into();
    world.give(switch::Input::Configure(Arc::new(config)));
    world.dial("alice", "up").unwrap();
    let text = |(name, value): &(Arc<str>, Arc<str>)| format!("{name}={value}");
    let told = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::Newchannel { channel } | Event::Newstate { channel } => {
                let texts: Vec<_> = channel.variables.iter().map(text).collect();
                Some(texts.join(" "))
            }
            _ => None,
        });
    let told: Vec<_> = told.collect();
    let ring = "X= CHANNEL(state)=Ring NONE(such)=";
    assert_eq!(told, [ring, "X= CHANNEL(state)=Up NONE(such)="]);
}

#[test]
fn what_others_have_kept_is_found_and_forgotten() {
    let mut world = World::new(1, DIALPLAN);
    let path: Arc<str> = "/registrar/contact/a".into();
    let mut keep = |value: Option<&str>| {
        let change = (path.clone(), value.map(Into::into));
        world.give(switch::Input::Keep(vec![change]));
        world.ask(Command::Database(DatabaseCommand::Value(path.clone())))
    };
    let found = |value: Option<&str>| Reply::Database(DatabaseReply::Value(value.map(Into::into)));
    assert_eq!(keep(Some("{}")), found(Some("{}")));
    assert_eq!(keep(None), found(None));
}

#[test]
fn whatever_clients_ask_of_functions_nothing_breaks() {
    let mut world = World::new(1, DIALPLAN);
    let mut config = world::config(DIALPLAN);
    config.live_dangerously = true;
    world.give(switch::Input::Configure(Arc::new(config)));
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
