//! extensions.conf, from its text to what a call finds there.

#![allow(clippy::unwrap_used, reason = "tests may")]

use dialplan::{Dialplan, Known};
use jiff::Zoned;

/// A switch that has a few applications and functions.
struct Few;

impl Known for Few {
    fn application(&self, name: &str) -> bool {
        ["NoOp", "Set", "Dial", "Hangup"].contains(&name)
    }

    fn function(&self, name: &str) -> bool {
        name == "CHANNEL"
    }
}

/// The dialplan and what is said about it.
fn read(text: &str) -> (Dialplan, Vec<String>) {
    let source = conf::Memory::default().with("extensions.conf", text);
    let config = conf::load(&source, "extensions.conf").unwrap();
    let (plan, diagnostics) = Dialplan::read(&config, &Few);
    (plan, diagnostics.iter().map(ToString::to_string).collect())
}

/// A Tuesday.
fn now() -> Zoned {
    "2026-11-24T12:30:15+00:00[UTC]".parse().unwrap()
}

/// What a call executes there.
fn at(plan: &Dialplan, context: &str, exten: &str, priority: u32, caller: &str) -> String {
    let found = plan.find(context, exten, priority, caller, &now());
    found.map_or_else(
        || "-".to_owned(),
        |step| format!("{}({})", step.app, step.args),
    )
}

/// A label stands for its priority, as in the failure branches of old (`dial+101`), and the offset may
/// follow the label.
#[test]
fn a_label_is_a_priority_to_count_from() {
    let (plan, said) = read(
        "[a]\n\
         exten => 100,1,NoOp(1)\n\
         same => n(dial)+2,NoOp(4)\n\
         same => dial+101,NoOp(105)\n\
         same => n,NoOp(106)\n\
         same => none+1,NoOp\n\
         exten => 200,dial,NoOp\n\
         exten => 300,4294967295,NoOp\n\
         same => n,NoOp\n",
    );
    let steps: Vec<_> = [1, 4, 105, 106, 107]
        .map(|priority| at(&plan, "a", "100", priority, ""))
        .into();
    assert_eq!(steps, ["NoOp(1)", "NoOp(4)", "NoOp(105)", "NoOp(106)", "-"]);
    let extension = &plan.contexts()[0].extensions[0];
    assert_eq!(extension.labelled("dial"), Some(4));
    assert!(
        said[0].contains("'none' is no priority or label"),
        "{said:?}"
    );
    assert!(
        said[1].contains("'dial' is no priority or label"),
        "{said:?}"
    );
    assert!(
        said[2].contains("out of range") || said[2].contains("go on from"),
        "{said:?}"
    );
    assert_eq!(said.len(), 3);
}

#[test]
fn priorities_are_numbered_labelled_and_continued() {
    let (plan, said) = read(
        "[a]\n\
         exten => 100,1,NoOp(1)\n\
         same => n,NoOp(2)\n\
         same => n(here),NoOp(3)\n\
         exten => 100,n+2(far),NoOp(6)\n\
         exten = 200,1,Set,X=1\n\
         same = n,Hangup\n\
         exten => 300,hint,PJSIP/x&Custom:y,Presence:z\n",
    );
    assert_eq!(said, [""; 0]);
    let steps: Vec<_> = (1..8)
        .map(|priority| at(&plan, "a", "100", priority, ""))
        .collect();
    assert_eq!(
        steps,
        ["NoOp(1)", "NoOp(2)", "NoOp(3)", "-", "-", "NoOp(6)", "-"]
    );
    assert_eq!(plan.label("a", "100", "here", "", &now()), Some(3));
    assert_eq!(plan.label("a", "100", "far", "", &now()), Some(6));
    assert_eq!(at(&plan, "a", "200", 1, ""), "Set(X=1)");
    assert_eq!(at(&plan, "a", "200", 2, ""), "Hangup()");
    let hint = plan.hint("a", "300", &now()).unwrap();
    assert_eq!(hint.devices().collect::<Vec<_>>(), ["PJSIP/x", "Custom:y"]);
    assert_eq!(hint.presence(), Some("Presence:z"));
    assert_eq!(hint.at.to_string(), "extensions.conf:8");
}

#[test]
fn patterns_win_by_how_narrow_they_are_wherever_they_stand() {
    let (plan, said) = read(
        "[a]\n\
         exten => _X.,1,NoOp(any)\n\
         exten => _2XXX,1,NoOp(two)\n\
         exten => _25XX,1,NoOp(twentyfive)\n\
         exten => 2501,1,NoOp(one)\n\
         exten => _!,1,NoOp(rest)\n\
         exten => 100/55,1,NoOp(from 55)\n\
         exten => 100/_6X,1,NoOp(from 6X)\n\
         exten => 100/,1,NoOp(from nobody)\n\
         exten => 100,1,NoOp(from anybody)\n\
         exten => _2XXX,2,NoOp(second)\n",
    );
    assert_eq!(said, [""; 0]);
    for (exten, caller, expected) in [
        ("2501", "", "one"),
        ("2502", "", "twentyfive"),
        ("2602", "", "two"),
        ("26023", "", "any"),
        ("a", "", "rest"),
        ("100", "55", "from 55"),
        ("100", "61", "from 6X"),
        ("100", "", "from nobody"),
        ("100", "9", "from anybody"),
    ] {
        assert_eq!(
            at(&plan, "a", exten, 1, caller),
            format!("NoOp({expected})"),
            "{exten}"
        );
    }
    // What matches but lacks the priority does not hide what has it.
    assert_eq!(at(&plan, "a", "2501", 2, ""), "NoOp(second)");
    assert!(plan.match_more("a", "25", "", &now()));
    assert!(plan.can_match("a", "2", "", &now()));
}

#[test]
fn includes_are_searched_in_order_and_in_their_time() {
    let (plan, said) = read(
        "[a]\n\
         include => day,9:00-17:00,mon-fri,*,*\n\
         include => night\n\
         include => a\n\
         ignorepat => 9\n\
         exten => own,1,NoOp(own)\n\
         [day]\n\
         exten => s,1,NoOp(day)\n\
         exten => own,1,NoOp(never)\n\
         [night]\n\
         include => deep\n\
         exten => s,1,NoOp(night)\n\
         [deep]\n\
         exten => t,1,NoOp(deep)\n",
    );
    assert_eq!(said, [""; 0]);
    assert_eq!(at(&plan, "a", "own", 1, ""), "NoOp(own)");
    assert_eq!(at(&plan, "a", "s", 1, ""), "NoOp(day)");
    assert_eq!(at(&plan, "a", "t", 1, ""), "NoOp(deep)");
    let evening: Zoned = "2026-11-24T20:00:00+00:00[UTC]".parse().unwrap();
    let found = plan.find("a", "s", 1, "", &evening).unwrap();
    assert_eq!(found.args, "night");
    assert_eq!(&*found.context, "night");
    assert!(plan.ignores("a", "9") && !plan.ignores("a", "8"));
}

#[test]
fn globals_stand_in_names_and_values() {
    let (plan, said) = read(
        "[general]\n\
         autofallthrough = no\n\
         clearglobalvars = yes\n\
         [globals]\n\
         PREFIX = 7\n\
         TRUNK = PJSIP/${PREFIX}x\n\
         [a]\n\
         exten => ${PREFIX}00,1,NoOp(${PREFIX})\n",
    );
    assert_eq!(said, [""; 0]);
    assert!(!plan.general.autofallthrough && plan.general.clear_global_vars);
    let globals: Vec<_> = plan
        .globals
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(globals, ["PREFIX=7", "TRUNK=PJSIP/7x"]);
    assert_eq!(at(&plan, "a", "700", 1, ""), "NoOp(${PREFIX})");
}

#[test]
fn what_cannot_be_used_is_left_out_and_said() {
    let (plan, said) = read(
        "[general]\n\
         colour = red\n\
         [a]\n\
         same => n,NoOp()\n\
         exten => 1\n\
         exten => 2,n,NoOp()\n\
         exten => _[,1,NoOp()\n\
         exten => 3,1,NoOp(\n\
         exten => 4,1,NoOp()\n\
         exten => 4,1,Hangup()\n\
         switch => Realtime/x@y\n\
         include => nowhere\n\
         include => a,99:00\n\
         exten => 5,1,Macro(x)\n\
         exten => 6,1,Set(X=${NOSUCH(1)}${LEN(x)}${CHANNEL(name)})\n\
         extend => 7,1,NoOp()\n\
         exten => 8,1,Set(GONE(x)=1)\n\
         same => n,Set(CHANNEL(x)=1)\n",
    );
    assert_eq!(at(&plan, "a", "4", 1, ""), "NoOp()");
    assert_eq!(at(&plan, "a", "5", 1, ""), "Macro(x)");
    let wanted = [
        (2, "unknown option `colour`"),
        (4, "`same` without an extension before it"),
        (5, "an extension needs a priority and an application"),
        (6, "there is no priority to go on from"),
        (7, "'_[' is a set without closing bracket"),
        (8, "lacks its closing parenthesis"),
        (10, "4 has a priority 1 already"),
        (11, "switch statements are not supported"),
        (12, "context a includes nowhere, which does not exist"),
        (13, "'99:00' is no range of time"),
        (14, "there is no application Macro"),
        (15, "there is no function NOSUCH"),
        (16, "unknown statement `extend` in context a"),
        (17, "there is no function GONE"),
    ];
    for (line, text) in wanted {
        let place = format!("extensions.conf:{line}:");
        let found = said
            .iter()
            .any(|said| said.starts_with(&place) && said.contains(text));
        assert!(found, "{line} {text} is not in {said:#?}");
    }
    assert_eq!(said.len(), wanted.len(), "{said:#?}");
    assert!(said.iter().any(|said| said.contains("use Gosub")));
}
