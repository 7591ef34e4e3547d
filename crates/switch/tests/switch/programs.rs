//! Programs of the system that the dialplan has run: which may be, and what comes of them.

use crate::world::{Phone, World, config};
use model::Line;
use std::sync::Arc;
use std::time::Duration;
use switch::{Config, Input};

const DIALPLAN: &str = "
[phones]
exten => bell,1,System(/bin/bell 'a b' ${CALLERID(num)})
 same => n,UserEvent(After,Status: ${SYSTEMSTATUS})
exten => fails,1,System(fails)
 same => n,UserEvent(After,Status: ${SYSTEMSTATUS})
exten => missing,1,System(missing)
 same => n,UserEvent(After,Status: ${SYSTEMSTATUS})
exten => try,1,TrySystem(missing)
 same => n,UserEvent(After,Status: ${SYSTEMSTATUS})
exten => h,1,UserEvent(End,Status: ${SYSTEMSTATUS})
";

/// What a call to an extension tells, and the programs it has run.
fn call(exten: &str, change: impl Fn(&mut Config)) -> (Vec<String>, Vec<Line>) {
    let mut world = World::new(1, DIALPLAN);
    let mut config = config(DIALPLAN);
    change(&mut config);
    world.give(Input::Configure(Arc::new(config)));
    world.phone("alice", Phone::Rings);
    world.dial("alice", exten).unwrap();
    world.run(Duration::from_secs(1));
    world.finish();
    let run = world.programs.iter().map(|program| program.line.clone());
    (world.told(), run.collect())
}

#[test]
fn nothing_runs_that_is_not_allowed() {
    let list_another = |config: &mut Config| config.system_programs = vec!["/bin/bel".into()];
    for exten in ["bell", "fails"] {
        let told = (vec!["End FAILURE".to_owned()], vec![]);
        assert_eq!(call(exten, |_| {}), told);
        assert_eq!(call(exten, list_another), told);
    }
    let told = ["After FAILURE", "End FAILURE"].map(str::to_owned).to_vec();
    assert_eq!(call("try", |_| {}), (told, vec![]));
}

#[test]
fn a_program_that_is_listed_gets_its_words_as_they_are() {
    let list = |config: &mut Config| config.system_programs = vec!["/bin/bell".into()];
    let words = ["/bin/bell", "a b", "101"].map(Arc::from).to_vec();
    let told = ["After SUCCESS", "End SUCCESS"].map(str::to_owned).to_vec();
    assert_eq!(call("bell", list), (told, vec![Line::Words(words)]));
}

#[test]
fn living_dangerously_any_command_goes_to_a_shell() {
    let dare = |config: &mut Config| config.live_dangerously = true;
    let shell = |text: &str| vec![Line::Shell(text.into())];
    let told = |told: &[&str]| -> Vec<String> { told.iter().map(ToString::to_string).collect() };
    let failed = told(&["After APPERROR", "End APPERROR"]);
    assert_eq!(call("fails", dare), (failed, shell("fails")));
    let ended = told(&["End FAILURE"]);
    assert_eq!(call("missing", dare), (ended, shell("missing")));
    let tried = told(&["After FAILURE", "End FAILURE"]);
    assert_eq!(call("try", dare), (tried, shell("missing")));
}
