//! What happens in random worlds: any of it, at any time.

use crate::world;
use crate::world::{Phone, World, originate};
use fastrand::Rng;
use model::{Cause, ChannelId, Command, HangupTarget, Signal, VariableRequest};
use std::time::Duration;

pub(super) const DIALPLAN: &str = "
[phones]
exten => wait,1,Answer()
 same => n,Wait(5)
 same => n,Hangup()
exten => echo,1,Answer()
 same => n,Echo()
exten => busy,1,Busy(2)
exten => ring,1,Ringing()
 same => n,Wait(3)
exten => play,1,Playback(beep&boop)
exten => chain,1,Dial(Local/fork@phones,10,g)
 same => n,Set(__DEPTH=${DEPTH}x)
 same => n,GotoIf($[${LEN(${DEPTH})} < 3]?chain,1)
exten => fork,1,Dial(PJSIP/bob&PJSIP/carol&Local/ring@phones,4)
exten => optimised,1,Dial(Local/wait@phones,10)
exten => one,1,Dial(PJSIP/alice,3,TtHhg)
exten => limit,1,Dial(PJSIP/bob&Local/echo@phones,3,L(700)F(phones^wait^1))
exten => screened,1,Dial(Local/wait@phones&PJSIP/carol,3,U(sub)b(sub^s^1)B(sub^s^1))
exten => tones,1,PlayTones(dial)
 same => n,Dial(Local/ring@phones,1,r)
 same => n,Milliwatt(m)
exten => spy,1,Set(TIMEOUT(absolute)=6)
 same => n,ChanSpy(,qd)
exten => barges,1,Set(TIMEOUT(absolute)=6)
 same => n,Dial(Local/spy@phones&Local/overheard@phones,4)
 same => n,ChanSpy(PJSIP/b,BE)
 same => n,ExtenSpy(wait,W)
exten => overheard,1,Answer()
 same => n,ChanSpy(Local/,qwS)
exten => away,1,Transfer(${RAND(1,2)})
 same => n,Answer()
 same => n,Transfer(busy)
exten => told,1,Dial(PJSIP/bob,3,A(beep:beep)er(dial)d)
exten => order,1,Originate(Local/chain@phones,exten,phones,menu,1,2,b(sub^s^1(x)))
 same => n,Originate(PJSIP/carol,app,Echo,,,1,aB(sub^s^1(y)))
exten => held,1,BridgeWait(lounge)
exten => speaks,1,BridgeWait(lounge,announcer,S(3))
exten => music,1,MusicOnHold(default,2)
exten => digits,1,Read(PIN,beep,3,,2,1)
exten => menu,1,BackGround(beep)
 same => n,WaitExten(1)
exten => 1,1,Goto(wait,1)
exten => both,1,Dial(PJSIP/bob,3,G(phones^wait^1)m)
exten => program,1,Set(I=0)
 same => n,Set(CHANNEL(hangup_handler_push)=sub,s,1(ended))
 same => n,Set(TIMEOUT(absolute)=2)
 same => n,While($[${INC(I)} < 3])
 same => n,Gosub(sub,s,1(${I},${DB(random/last)}))
 same => n,ExecIf($[${I} = 2]?TryExec(Wait(0.5)))
 same => n,Set(DB(random/last)=${UNIQUEID})
 same => n,EndWhile()
 same => n,WaitExten(1)
exten => T,1,Set(TIMEOUT(absolute)=0)
 same => n,Wait(0.3)
exten => gone,1,Goto(nowhere,s,1)
exten => i,1,Wait(0.1)
exten => h,1,Set(GLOBAL(LAST)=${UNIQUEID})
[sub]
exten => s,1,Wait(0.2)
 same => n,Return(${ARG1})
";

const EXTENSIONS: [&str; 27] = [
    "spy",
    "barges",
    "overheard",
    "wait",
    "echo",
    "busy",
    "ring",
    "play",
    "chain",
    "fork",
    "optimised",
    "one",
    "gone",
    "limit",
    "screened",
    "held",
    "speaks",
    "order",
    "told",
    "away",
    "tones",
    "music",
    "digits",
    "menu",
    "both",
    "1",
    "program",
];
pub(super) const PHONES: [&str; 3] = ["alice", "bob", "carol"];

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Transition {
    Dial,
    Originate,
    HangUpPhone,
    HangUpAction,
    Press,
    Signal,
    ChangePhone,
    Variable,
    Ask,
    Wait,
    Redirect,
    Bridge,
    Kick,
    Transfer,
    Digit,
    Control,
    Refer,
    Replace,
    Consult,
    Join,
    Gather,
}

const TRANSITIONS: [Transition; 22] = [
    Transition::Dial,
    Transition::Originate,
    Transition::HangUpPhone,
    Transition::HangUpAction,
    Transition::Press,
    Transition::Signal,
    Transition::ChangePhone,
    Transition::Variable,
    Transition::Ask,
    Transition::Wait,
    Transition::Wait,
    Transition::Redirect,
    Transition::Bridge,
    Transition::Kick,
    Transition::Transfer,
    Transition::Digit,
    Transition::Control,
    Transition::Refer,
    Transition::Replace,
    Transition::Consult,
    Transition::Join,
    Transition::Gather,
];

fn pick<T: Copy>(random: &mut Rng, from: &[T]) -> T {
    from[random.usize(0..from.len())]
}

pub(super) fn behaviour(random: &mut Rng) -> Phone {
    match random.u8(0..4) {
        0 => Phone::Rings,
        1 => Phone::Refuses(Cause::USER_BUSY, "486"),
        2 => Phone::Refuses(Cause::SWITCH_CONGESTION, "503"),
        _ => Phone::Answers(Duration::from_millis(random.u64(0..3000))),
    }
}

fn line(world: &World, random: &mut Rng) -> Option<ChannelId> {
    let lines: Vec<_> = world.lines.keys().copied().collect();
    if lines.is_empty() {
        None
    } else {
        Some(pick(random, &lines))
    }
}

fn a_channel(world: &mut World, random: &mut Rng) -> String {
    let model::Reply::Channels(channels) = world.ask(Command::Channels) else {
        panic!("no list")
    };
    if channels.is_empty() {
        "nobody".to_owned()
    } else {
        let one = random.usize(0..channels.len());
        channels.iter().nth(one).unwrap().name.to_string()
    }
}

fn redirection(world: &mut World, random: &mut Rng) -> model::Redirection {
    model::Redirection {
        channel: a_channel(world, random).into(),
        to: world::extension(pick(random, &EXTENSIONS)),
    }
}

pub(super) fn step(world: &mut World, random: &mut Rng) {
    match pick(random, &TRANSITIONS) {
        Transition::Dial => {
            let (phone, exten) = (pick(random, &PHONES), pick(random, &EXTENSIONS));
            world.dial(phone, exten);
        }
        Transition::Originate => {
            let channel = match random.u8(0..4) {
                0 => format!("PJSIP/{}", pick(random, &PHONES)),
                1 => format!("Local/{}@phones/n", pick(random, &EXTENSIONS)),
                _ => format!("Local/{}@phones", pick(random, &EXTENSIONS)),
            };
            let mut order = originate(&channel, pick(random, &["Wait", "Echo", "Playback"]), "2");
            if random.bool() {
                order.before_dialling = Some("sub,s,1(x)".into());
            }
            order.asynchronous = random.bool();
            order.early_media = random.bool();
            order.timeout = Duration::from_millis(random.u64(1..4000));
            if random.bool() {
                order.destination =
                    model::Destination::Extension(world::extension(pick(random, &EXTENSIONS)));
            }
            world.command(Command::Originate(order));
        }
        Transition::HangUpPhone => {
            if let Some(line) = line(world, random) {
                world.hang_up(line);
            }
        }
        Transition::HangUpAction => {
            let channel = a_channel(world, random);
            let target = HangupTarget::Channel(channel.into());
            world.command(Command::Hangup {
                target,
                cause: Cause::new(random.u8(0..128)),
            });
        }
        Transition::Press => {
            if let Some(channel) = line(world, random) {
                let digit = pick(random, &['1', '2', '0', '#', '*']);
                world.signal(Signal::Digit {
                    channel,
                    digit,
                    milliseconds: 80,
                });
            }
        }
        Transition::Signal => {
            if let Some(line) = line(world, random) {
                let signals = [
                    Signal::Ringing(line),
                    Signal::Progress(line),
                    Signal::Proceeding(line),
                    Signal::Answered(line),
                    Signal::Held(line),
                    Signal::Unheld(line),
                ];
                world.signal(signals[random.usize(0..signals.len())].clone());
            }
        }
        Transition::ChangePhone => {
            let does = behaviour(random);
            world.phones.insert(pick(random, &PHONES), does);
        }
        Transition::Variable => {
            let channel = a_channel(world, random);
            let name = pick(random, &["COLOUR", "__HEIR", "CALLERID(num)", "GLOBAL(X)"]);
            let variable = VariableRequest {
                channel: Some(channel.into()),
                name: name.into(),
            };
            world.ask(Command::Setvar {
                variable,
                value: "1".into(),
            });
        }
        Transition::Ask => {
            world.ask(Command::Status {
                channel: None,
                variables: vec!["EXTEN".into()],
                all_variables: true,
            });
            world.ask(Command::Counts);
        }
        Transition::Redirect => {
            let first = redirection(world, random);
            let second = random.bool().then(|| redirection(world, random));
            world.ask(Command::Redirect { first, second });
        }
        Transition::Bridge => {
            let (first, second) = (a_channel(world, random), a_channel(world, random));
            let (first, second) = (first.into(), second.into());
            world.ask(Command::Bridge {
                first,
                second,
                tones: [false; 2],
            });
        }
        Transition::Kick => {
            let channel = a_channel(world, random).into();
            world.ask(Command::BridgeKick {
                bridge: None,
                channel,
            });
            world.ask(Command::Bridges { kind: None });
            let name = pick(
                random,
                &["native_rtp", "holding_bridge", "simple_bridge", "softmix"],
            )
            .into();
            let suspend = random.u8(0..4) == 0;
            world.ask(Command::SuspendTechnology { name, suspend });
        }
        Transition::Transfer => {
            let (channel, exten) = (a_channel(world, random), pick(random, &EXTENSIONS));
            let (channel, exten) = (channel.into(), exten.into());
            world.ask(Command::BlindTransfer {
                channel,
                context: None,
                exten,
            });
        }
        Transition::Digit => {
            let channel = a_channel(world, random).into();
            let digit = pick(random, &['1', '2', '0', '#', '*', '5']);
            let (milliseconds, receive) = (80, random.bool());
            world.ask(Command::PlayDigit {
                channel,
                digit,
                milliseconds,
                receive,
            });
        }
        Transition::Control => {
            let channel: std::sync::Arc<str> = a_channel(world, random).into();
            world.ask(Command::ControlPlayback {
                channel: channel.clone(),
                control: model::PlayControl::Reverse,
            });
            let time = Duration::from_millis(random.u64(1..3000));
            world.ask(Command::AbsoluteTimeout {
                channel: channel.clone(),
                time,
            });
            let (direction, mute) = (model::Direction::All, random.bool());
            world.ask(Command::MuteAudio {
                channel: channel.clone(),
                direction,
                mute,
            });
            world.ask(Command::OptimizeAway {
                channel: channel.clone(),
            });
            world.ask(Command::ChannelMap { channel });
        }
        Transition::Refer => {
            if let Some(channel) = line(world, random) {
                let replaces = if random.bool() {
                    line(world, random)
                } else {
                    None
                };
                let exten = pick(random, &EXTENSIONS).into();
                world.signal(Signal::Transfer {
                    channel,
                    exten,
                    replaces,
                    referral: model::Referral::default(),
                });
            }
        }
        Transition::Replace => {
            if let Some(replaced) = line(world, random) {
                world.replace(pick(random, &PHONES), replaced);
            }
        }
        Transition::Consult => {
            world
                .phones
                .insert("alice", Phone::Answers(Duration::from_millis(100)));
            world.dial(pick(random, &PHONES), "one");
            world.run(Duration::from_millis(300));
            for line in world.lines.keys().copied().collect::<Vec<_>>() {
                world.press(line, pick(random, &["*21", "*2"]));
                if random.bool() {
                    world.run(Duration::from_millis(100));
                    world.press(line, "*3");
                }
            }
        }
        Transition::Join => {
            for line in world.lines.keys().copied().collect::<Vec<_>>() {
                world.press(line, pick(random, &["*3", "*3", "*4"]));
            }
        }
        Transition::Gather => gather(world, random),
        Transition::Wait => world.run(Duration::from_millis(random.u64(0..2000))),
    }
}

/// Three talk, and one of them transfers the others, asks somebody else first, or both.
fn gather(world: &mut World, random: &mut Rng) {
    for phone in PHONES {
        world
            .phones
            .insert(phone, Phone::Answers(Duration::from_millis(100)));
    }
    let Some(by) = world.dial(pick(random, &PHONES), "one") else {
        return;
    };
    world.run(Duration::from_millis(300));
    for _ in 0..random.u8(1..3) {
        world.press(by, "*21");
        world.run(Duration::from_millis(200));
        world.press(by, pick(random, &["*3", "*3", "*3", "*1", "*4", ""]));
    }
    match random.u8(0..5) {
        0 => world.press(by, pick(random, &["#11", "*21"])),
        1 => world.hang_up(by),
        2 => {
            let other = line(world, random).unwrap_or(by);
            world.press(other, pick(random, &["#11", "*21", "*3", "*2"]));
        }
        _ => {
            let replaces = if random.bool() {
                line(world, random)
            } else {
                None
            };
            world.signal(Signal::Transfer {
                channel: by,
                exten: pick(random, &EXTENSIONS).into(),
                replaces,
                referral: model::Referral::default(),
            });
        }
    }
}
