//! The language of the dialplan at work: jumps, subroutines, loops, conditions, special extensions.

use crate::world::{Phone, World, originate};
use model::{Command, Event, Signal};
use std::time::Duration;

/// What the user events of a call said, `Name: value`, and how long the call took.
fn said(dialplan: &str, exten: &str) -> Vec<String> {
    let mut world = World::new(1, dialplan);
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Refuses(model::Cause::USER_BUSY, "486"));
    world.dial("alice", exten).unwrap();
    world.finish();
    world.told()
}

/// The variables set on channels: `NAME=value`.
fn set(world: &World) -> Vec<String> {
    let events = world.events.iter();
    let set = events.filter_map(|record| match &record.event {
        Event::VarSet {
            variable,
            value,
            channel: Some(_),
        } if &**variable != "SIPDOMAIN" => Some(format!("{variable}={value}")),
        _ => None,
    });
    set.collect()
}

fn sets(dialplan: &str, exten: &str) -> Vec<String> {
    let mut world = World::new(1, dialplan);
    world.phone("alice", Phone::Rings);
    world.dial("alice", exten).unwrap();
    world.finish();
    set(&world)
}

const SUBROUTINES: &str = "
[phones]
exten => sub,1,Gosub(sub,s,1(first,\"sec,ond\"))
 same => n,UserEvent(Back,V: ${GOSUB_RETVAL},A: <${ARG1}>)
exten => nested,1,Set(X=outside)
 same => n,Gosub(sub,outer,1(1,2,3))
 same => n,UserEvent(Back,X: ${X})
exten => if,1,GosubIf($[1 = 2]?sub,s,1(yes,1):sub,s,1(no,2))
 same => n,GosubIf(0?sub,s,1)
 same => n,UserEvent(Back)
exten => pop,1,Gosub(sub,pop,1)
 same => n,UserEvent(Never)
exten => gone,1,Gosub(nowhere,s,1)
 same => n,UserEvent(Never)
exten => stray,1,Return()
 same => n,UserEvent(Never)
exten => forever,1,Gosub(forever,1)
[sub]
exten => s,1,UserEvent(Sub,A: ${ARG1},B: ${ARG2},N: ${ARGC})
 same => n,Return(done)
exten => outer,1,Set(LOCAL(X)=outer)
 same => n,Gosub(inner,1(one))
 same => n,UserEvent(Outer,X: ${X},A: ${ARG3})
 same => n,Return()
exten => inner,1,Set(LOCAL(X)=inner)
 same => n,UserEvent(Inner,X: ${X},P: ${LOCAL_PEEK(1,X)},Q: ${LOCAL_PEEK(2,X)},A: <${ARG3}>,S: \"${STACK_PEEK(1,l)}\")
 same => n,Return()
exten => pop,1,StackPop()
 same => n,UserEvent(Popped,N: <${ARGC}>)
 same => n,Return()
";

#[test]
fn subroutines() {
    assert_eq!(
        said(SUBROUTINES, "sub"),
        ["Sub first sec 2", "Back done <>"]
    );
    assert_eq!(
        said(SUBROUTINES, "nested"),
        [
            "Inner inner outer outside <> sub,outer,2",
            "Outer outer 3",
            "Back outside"
        ]
    );
    assert_eq!(said(SUBROUTINES, "if"), ["Sub no 2 2", "Back"]);
    assert_eq!(said(SUBROUTINES, "pop"), ["Popped <>"]);
    assert_eq!(said(SUBROUTINES, "gone"), [""; 0]);
    assert_eq!(said(SUBROUTINES, "stray"), [""; 0]);
    assert_eq!(said(SUBROUTINES, "forever"), [""; 0]);
    assert_eq!(
        sets(SUBROUTINES, "sub"),
        [
            "LOCAL(ARG1)=first",
            "LOCAL(ARG2)=sec,ond",
            "LOCAL(ARGC)=2",
            "ARGC=",
            "ARG2=",
            "ARG1=",
            "GOSUB_RETVAL=done"
        ]
    );
}

const LOOPS: &str = "
[phones]
exten => loop,1,Set(I=0)
 same => n,While($[${I} < 2])
 same => n,Set(I=$[${I} + 1])
 same => n,EndWhile()
 same => n,UserEvent(End,I: ${I})
exten => never,1,While(0)
 same => n,While(1)
 same => n,UserEvent(Never)
 same => n,EndWhile()
 same => n,EndWhile()
 same => n,UserEvent(End)
exten => nested,1,Set(I=0)
 same => n,While($[${INC(I)} < 3])
 same => n,Set(J=0)
 same => n,While($[${INC(J)} < 3])
 same => n,UserEvent(In,I: ${I},J: ${J})
 same => n,EndWhile()
 same => n,EndWhile()
 same => n,UserEvent(End)
exten => exit,1,Set(I=0)
 same => n,While(1)
 same => n,ExecIf($[${INC(I)} = 3]?ExitWhile())
 same => n,ExecIf($[${I} = 1]?ContinueWhile())
 same => n,UserEvent(In,I: ${I})
 same => n,EndWhile()
 same => n,UserEvent(End)
exten => stray,1,EndWhile()
 same => n,UserEvent(End)
";

#[test]
fn loops() {
    assert_eq!(said(LOOPS, "loop"), ["End 2"]);
    assert_eq!(said(LOOPS, "never"), ["End"]);
    assert_eq!(
        said(LOOPS, "nested"),
        ["In 1 1", "In 1 2", "In 2 1", "In 2 2", "End"]
    );
    assert_eq!(said(LOOPS, "exit"), ["In 2", "End"]);
    assert_eq!(said(LOOPS, "stray"), ["End"]);
    assert_eq!(
        sets(LOOPS, "loop"),
        [
            "I=0",
            "phones_loop_2=0",
            "WHILE_0=phones,loop,2",
            "I=1",
            "END_WHILE_0=phones,loop,5",
            "I=2",
            "WHILE_0=",
            "phones_loop_2=",
            "END_WHILE_0="
        ]
    );
}

const CONDITIONS: &str = "
; may warn
[phones]
exten => if,1,GotoIf($[1 > 2]?never:end)
 same => n(never),UserEvent(Never)
 same => n(end),GotoIf(0?never)
 same => n,GotoIfTime(*,sun,22,nov?on)
 same => n,UserEvent(Never)
 same => n(on),GotoIfTime(*,mon,*,*?never)
 same => n,ExecIfTime(21:00-22:00,*,*,*?UserEvent(Evening))
 same => n,UserEvent(End)
exten => exec,1,Exec(UserEvent(One,A: 1,B: 2))
 same => n,ExecIf($[1 = 1]?UserEvent(Two,T: a:b):UserEvent(Never))
 same => n,ExecIf(0?UserEvent(Never))
 same => n,TryExec(NoSuchThing(x))
 same => n,UserEvent(Tried,S: ${TRYSTATUS})
 same => n,TryExec(Wait(1))
 same => n,UserEvent(Tried,S: ${TRYSTATUS})
 same => n,TryExec(Hangup())
 same => n,UserEvent(Tried,S: ${TRYSTATUS})
 same => n,Exec(NoSuchThing(x))
 same => n,UserEvent(Never)
exten => many,1,MSet(A=1,B=\"x,y\",__C=3)
 same => n,UserEvent(Many,A: ${A},B: ${REPLACE(B,\\,,+)},C: ${C})
exten => chance,1,Random(100:always)
 same => n,UserEvent(Never)
 same => n(always),Random(0:chance,2)
 same => n,UserEvent(End)
";

#[test]
fn conditions() {
    assert_eq!(said(CONDITIONS, "if"), ["Evening", "End"]);
    assert_eq!(
        said(CONDITIONS, "exec"),
        [
            "One 1 2",
            "Two a:b",
            "Tried NOAPP",
            "Tried SUCCESS",
            "Tried FAILED"
        ]
    );
    assert_eq!(said(CONDITIONS, "many"), ["Many 1 x+y 3"]);
    assert_eq!(said(CONDITIONS, "chance"), ["End"]);
}

const SPECIAL: &str = "
[phones]
exten => go,1,Goto(menu,s,1)
exten => quiet,1,Goto(quiet,s,1)
exten => long,1,Set(TIMEOUT(absolute)=3)
 same => n,Goto(menu,long,1)
exten => raise,1,Goto(menu,raise,1)
exten => busy,1,Dial(PJSIP/bob,5)
[menu]
exten => s,1,Set(TIMEOUT(digit)=2)
 same => n,WaitExten(5)
exten => long,1,Wait(100)
exten => raise,1,RaiseException(WHIM)
exten => 12,1,UserEvent(Twelve)
exten => 123,1,UserEvent(More)
exten => _9!,1,UserEvent(Nine)
exten => i,1,UserEvent(Invalid,E: ${INVALID_EXTEN})
exten => t,1,UserEvent(Timeout)
exten => T,1,UserEvent(Long)
exten => e,1,UserEvent(Exception,R: ${EXCEPTION(reason)},W: ${EXCEPTION(exten)})
[quiet]
exten => s,1,WaitExten(5)
exten => e,1,UserEvent(Exception,R: ${EXCEPTION(reason)})
";

fn pressing(exten: &str, keys: &str) -> Vec<String> {
    let mut world = World::new(1, SPECIAL);
    world.phone("alice", Phone::Rings);
    let channel = world.dial("alice", exten).unwrap();
    for digit in keys.chars() {
        world.run(Duration::from_secs(1));
        world.signal(Signal::Digit {
            channel,
            digit,
            milliseconds: 100,
        });
    }
    world.finish();
    world.told()
}

#[test]
fn special_extensions() {
    assert_eq!(pressing("go", "12"), ["Twelve"]);
    assert_eq!(pressing("go", "123"), ["More"]);
    assert_eq!(pressing("go", "9"), ["Nine"]);
    assert_eq!(pressing("go", "5"), ["Invalid 5"]);
    assert_eq!(pressing("go", "1"), ["Invalid 1"]);
    assert_eq!(pressing("go", ""), ["Timeout"]);
    assert_eq!(pressing("quiet", ""), ["Exception RESPONSETIMEOUT"]);
    assert_eq!(pressing("quiet", "7"), ["Exception INVALID"]);
    assert_eq!(pressing("long", ""), ["Long"]);
    assert_eq!(pressing("raise", ""), ["Exception WHIM raise"]);
}

#[test]
fn a_call_that_falls_through_hears_what_became_of_the_last() {
    let mut world = World::new(1, SPECIAL);
    world.phone("alice", Phone::Rings);
    world.phone("bob", Phone::Refuses(model::Cause::USER_BUSY, "486"));
    let caller = world.dial("alice", "busy").unwrap();
    world.run(Duration::from_secs(1));
    let ended = world.story(&["Hangup"]);
    assert!(
        ended.iter().any(|title| title.contains("PJSIP/alice")),
        "{ended:?}"
    );
    assert!(!world.lines.contains_key(&caller));
    world.finish();
}

#[test]
fn without_autofallthrough_a_call_waits_to_be_dialled_on() {
    let dialplan = "
[general]
autofallthrough = no
[phones]
exten => s,1,NoOp()
exten => 5,1,UserEvent(Five)
";
    let mut world = World::new(1, dialplan);
    world.phone("alice", Phone::Rings);
    let channel = world.dial("alice", "s").unwrap();
    world.run(Duration::from_secs(9));
    world.signal(Signal::Digit {
        channel,
        digit: '5',
        milliseconds: 100,
    });
    world.run(Duration::from_secs(3));
    assert_eq!(world.told(), ["Five"]);
    world.finish();
}

const INHERITANCE: &str = "
[phones]
exten => inherit,1,Set(PLAIN=1)
 same => n,Set(_ONCE=2)
 same => n,Set(__EVER=3)
 same => n,Dial(Local/heir@phones,5)
exten => heir,1,UserEvent(Heir,P: <${PLAIN}>,O: ${ONCE},E: ${EVER})
 same => n,Dial(Local/grandheir@phones,5)
exten => grandheir,1,UserEvent(Grandheir,O: <${ONCE}>,E: ${EVER})
";

#[test]
fn variables_are_inherited_as_marked() {
    assert_eq!(
        said(INHERITANCE, "inherit"),
        ["Heir <> 2 3", "Grandheir <> 3"]
    );
    let mut world = World::new(1, INHERITANCE);
    world.command(Command::Originate(originate(
        "Local/inherit@phones",
        "Wait",
        "1",
    )));
    world.finish();
    assert_eq!(world.told(), ["Heir <> 2 3", "Grandheir <> 3"]);
}

const HANDLERS: &str = "
; may warn
[phones]
exten => go,1,Set(CHANNEL(hangup_handler_push)=done,s,1(first))
 same => n,Set(CHANNEL(hangup_handler_push)=done,s,1(second))
 same => n,Set(CHANNEL(hangup_handler_push)=done,s,1(third))
 same => n,Set(CHANNEL(hangup_handler_pop)=)
 same => n,Set(CHANNEL(hangup_handler_push)=nowhere,s,1)
 same => n,Hangup()
exten => wipe,1,Set(CHANNEL(hangup_handler_push)=done,s,1(first))
 same => n,Set(CHANNEL(hangup_handler_wipe)=done,s,1(other))
 same => n,Wait(100)
exten => h,1,UserEvent(H)
[done]
exten => s,1,UserEvent(Handler,A: ${ARG1},C: ${HANGUPCAUSE})
 same => n,Return()
";

#[test]
fn hangup_handlers_run_when_the_call_has_ended() {
    assert_eq!(
        said(HANDLERS, "go"),
        ["H", "Handler second 16", "Handler first 16"]
    );
    let mut world = World::new(1, HANDLERS);
    world.phone("alice", Phone::Rings);
    let channel = world.dial("alice", "wipe").unwrap();
    world.hang_up(channel);
    world.finish();
    assert_eq!(world.told(), ["H", "Handler other 16"]);
    let handlers = world
        .events
        .iter()
        .filter_map(|record| match &record.event {
            Event::HangupHandler {
                handler, change, ..
            } => Some(format!("{change:?} {handler}")),
            _ => None,
        });
    assert_eq!(
        handlers.collect::<Vec<_>>(),
        [
            "Push done,s,1(first)",
            "Pop done,s,1(first)",
            "Push done,s,1(other)",
            "Run done,s,1(other)"
        ]
    );
}
