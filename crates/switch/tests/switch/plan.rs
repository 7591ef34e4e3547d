//! The dialplan as clients see and change it.

use crate::world;
use crate::world::World;
use model::{Command, DialplanChange, DialplanCommand, DialplanReply, DialplanStep, Event, Reply};
use std::sync::Arc;
use switch::Input;

const DIALPLAN: &str = "
[globals]
A = 1
[phones]
include => lab
exten => s,1(begin),NoOp(${EXTEN})
 same => n,Hangup()
exten => s,hint,Custom:lamp
[lab]
exten => _1X,1,UserEvent(Old)
ignorepat => 9
";

fn ask(world: &mut World, command: DialplanCommand) -> DialplanReply {
    match world.ask(Command::Dialplan(command)) {
        Reply::Dialplan(reply) => reply,
        other => panic!("{other:?}"),
    }
}

fn show(world: &mut World, context: Option<&str>, exten: Option<&str>) -> DialplanReply {
    let (context, exten) = (context.map(Into::into), exten.map(Into::into));
    ask(world, DialplanCommand::Show { context, exten })
}

/// `context: extension steps …` of what is shown.
fn shown(world: &mut World, context: Option<&str>, exten: Option<&str>) -> Vec<String> {
    let DialplanReply::Contexts(contexts) = show(world, context, exten) else {
        panic!("nothing is shown");
    };
    let line = |context: &model::DialplanContext| {
        let extensions = context.extensions.iter().map(|extension| {
            let steps: Vec<_> = extension
                .steps
                .iter()
                .map(|step| step.application.to_string())
                .collect();
            format!("{} {}", extension.name, steps.join(" "))
        });
        format!(
            "{}: {}",
            context.name,
            extensions.collect::<Vec<_>>().join(", ")
        )
    };
    contexts.iter().map(line).collect()
}

fn add(world: &mut World, exten: &str, application: &str, replace: bool) -> DialplanReply {
    let step = DialplanStep {
        number: Some(1),
        label: None,
        application: application.into(),
        data: "New".into(),
        at: "pbx_config".into(),
    };
    let (context, exten) = ("lab".into(), exten.into());
    let change = DialplanChange::AddExtension {
        context,
        exten,
        step,
        replace,
    };
    ask(world, DialplanCommand::Change(change))
}

#[test]
fn contexts_and_what_an_extension_matches_are_shown() {
    let mut world = World::new(1, DIALPLAN);
    let phones = "phones: s Custom:lamp NoOp Hangup";
    assert_eq!(
        shown(&mut world, None, None),
        [phones, "lab: _1X UserEvent"]
    );
    assert_eq!(shown(&mut world, Some("phones"), None), [phones]);
    assert_eq!(
        shown(&mut world, Some("phones"), Some("12")),
        ["lab: _1X UserEvent"]
    );
    assert_eq!(shown(&mut world, None, Some("12")), ["lab: _1X UserEvent"]);
    assert_eq!(
        show(&mut world, Some("nowhere"), None),
        DialplanReply::NoContext
    );
    assert_eq!(
        show(&mut world, Some("lab"), Some("x")),
        DialplanReply::NoExtension
    );
    let globals = ask(&mut world, DialplanCommand::Globals);
    assert_eq!(
        globals,
        DialplanReply::Globals(vec![("A".into(), "1".into())])
    );
}

#[test]
fn changes_hold_until_the_dialplan_is_read_again() {
    let mut world = World::new(1, DIALPLAN);
    let config = Arc::new(world::config(DIALPLAN));
    world.give(Input::Configure(Arc::clone(&config)));
    assert_eq!(
        add(&mut world, "_1X", "UserEvent", false),
        DialplanReply::Exists
    );
    assert_eq!(
        add(&mut world, "12", "UserEvent", false),
        DialplanReply::Changed
    );
    world.dial("alice", "12").unwrap();
    // Something else is configured anew.
    world.give(Input::Configure(Arc::clone(&config)));
    world.dial("alice", "12").unwrap();
    world.give(Input::Configure(Arc::new(world::config(DIALPLAN))));
    world.dial("alice", "12").unwrap();
    world.finish();
    let events = world.events.iter();
    let told = events.filter_map(|record| match &record.event {
        Event::UserEvent { name, .. } => Some(name.to_string()),
        _ => None,
    });
    assert_eq!(told.collect::<Vec<_>>(), ["New", "New", "Old"]);
}

#[test]
fn globals_are_set_again_only_when_the_dialplan_is_read() {
    let mut world = World::new(1, DIALPLAN);
    let config = Arc::new(world::config(DIALPLAN));
    world.give(Input::Configure(Arc::clone(&config)));
    let variable = || model::VariableRequest {
        channel: None,
        name: "A".into(),
    };
    let set = Command::Setvar {
        variable: variable(),
        value: "2".into(),
    };
    assert_eq!(world.ask(set), Reply::Done);
    world.give(Input::Configure(config));
    assert_eq!(
        world.ask(Command::Getvar(variable())),
        Reply::Value("2".into())
    );
    world.give(Input::Configure(Arc::new(world::config(DIALPLAN))));
    assert_eq!(
        world.ask(Command::Getvar(variable())),
        Reply::Value("1".into())
    );
}

#[test]
fn what_is_in_use_is_printed_where_that_is_allowed() {
    let mut world = World::new(1, DIALPLAN);
    let print = DialplanCommand::Print;
    assert_eq!(ask(&mut world, print.clone()), DialplanReply::Protected);
    let writable = format!("[general]\nstatic=yes\n{DIALPLAN}");
    let mut world = World::new(1, &writable);
    add(&mut world, "99", "UserEvent", false);
    let DialplanReply::Text(text) = ask(&mut world, print.clone()) else {
        panic!("no text");
    };
    assert!(text.contains("\nexten => 99,1,UserEvent(New)\n"), "{text}");
    let mut again = World::new(1, &text);
    let (before, after) = (shown(&mut world, None, None), shown(&mut again, None, None));
    assert_eq!(before, after);
    // What cannot be written as it is meant is not written at all.
    add(&mut world, "98", "UserEvent\nexten => 97,1,NoOp", false);
    assert!(matches!(ask(&mut world, print), DialplanReply::Invalid(_)));
}
