//! That nobody keeps the switch for itself.

use super::*;
use crate::figures::Figures;
use crate::hub::Bounds;
use manager::Style;
use model::{Destination, Originate, Run};

/// A switch without anything around it.
fn switch(folder: &std::path::Path) -> SwitchHandle {
    let style = Style {
        run: Run(1),
        system_name: String::new(),
        timestamps: false,
        numbers: false,
        disabled: Vec::new(),
        zone: jiff::tz::TimeZone::UTC,
        legacy: false,
    };
    let outlets = Outlets {
        hub: Hub::new(Bounds::default(), style),
        instruct: Box::new(|_| {}),
        media: Box::new(|_| {}),
        run: Box::new(|_| {}),
        spool: Box::new(|_| {}),
        keep: Box::new(|_| {}),
        promises: Promises::open(folder).unwrap().0,
    };
    start(1, Clock::start(), Figures::default(), outlets, None)
}

fn configuration(extensions: &str) -> Input {
    let source = conf::Memory::default().with("extensions.conf", extensions);
    let read = conf::load(&source, "extensions.conf").unwrap();
    let (dialplan, _) = dialplan::Dialplan::read(&read, &switch::app::Vocabulary);
    Input::Configure(Arc::new(switch::Config {
        dialplan: Arc::new(dialplan),
        ..switch::Config::default()
    }))
}

fn call(resource: &str) -> Originate {
    let wait = Destination::Application {
        application: "Wait".into(),
        data: "1".into(),
    };
    Originate {
        asynchronous: true,
        ..Originate::new("Local", resource, wait)
    }
}

#[tokio::test]
async fn a_dialplan_that_loops_lets_others_in_after_a_turn() {
    let folder = tempfile::tempdir().unwrap();
    let switch = switch(folder.path());
    let looping = configuration("[loops]\nexten => s,1,Set(X=1)\n same => n,Goto(1)\n");
    switch.tell(looping).await.unwrap();
    let call = call("s@loops");
    switch.ask(Command::Originate(call)).await.unwrap();
    let before = switch.ask(Command::Channels).await.unwrap().at;
    // Whoever tells the switch the time has its turn.
    tokio::task::yield_now().await;
    let after = switch.ask(Command::Channels).await.unwrap().at;
    let told = after.0 - before.0;
    assert!((1..20_000).contains(&told), "{told} events in between");
}

#[tokio::test]
async fn what_is_told_in_the_turn_it_is_promised_in_is_not_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let switch = switch(folder.path());
    let dialplan = "[lab]\nexten => busy,1,Busy(0)\nexten => rings,1,Wait(20)\n";
    switch.tell(configuration(dialplan)).await.unwrap();
    let written = || std::fs::read_to_string(folder.path().join("promises")).unwrap();
    let ordered = Command::Originate(call("nobody@lab"));
    switch.ask(ordered).await.unwrap();
    assert_eq!(written(), "");
    let ordered = Command::Originate(call("rings@lab"));
    switch.ask(ordered).await.unwrap();
    assert!(written().contains("Local/rings@lab"), "{}", written());
}
