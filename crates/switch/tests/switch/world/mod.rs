//! A world for the switch: scripted phones, virtual time, a seed. Every input and output is kept,
//! and the rules that must hold in every world are checked as it goes.

pub(crate) mod caller;
mod calls;
pub(crate) mod lines;
pub(crate) mod mirror;
mod rules;
mod seen;
pub(crate) mod three;

use model::{
    ChannelId, Command, ContactFact, ContactState, Endpoint, Instruction, Line, MediaId,
    MediaInstruction, MediaReport, Now, Originate, Outcome, Party, Program, Ran, Record, Reply,
    Seq, Signal, Token,
};
use rules::Rules;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use switch::{CdrSettings, Config, Input, Output, Switch};

/// As fast as phones and networks are here.
const SOON: Duration = Duration::from_millis(1);

/// What a phone does when it is called.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Phone {
    /// Rings and answers after a while.
    Answers(Duration),
    /// Rings until the caller gives up.
    Rings,
    /// Refuses with this status: its cause and the words of its technology.
    Refuses(model::Cause, &'static str),
}

pub(crate) struct World {
    pub(crate) switch: Switch,
    pub(crate) now: Duration,
    /// What the switch was given.
    pub(crate) inputs: Vec<(Now, Input)>,
    pub(crate) events: Vec<Record>,
    pub(crate) replies: BTreeMap<Token, (Seq, Reply)>,
    pub(crate) phones: BTreeMap<&'static str, Phone>,
    pub(crate) media: Vec<MediaInstruction>,
    /// What has been recorded.
    pub(crate) sounds: BTreeSet<String>,
    pub(crate) instructions: Vec<Instruction>,
    pub(crate) programs: Vec<Program>,
    /// The channels of phones, and of whom they are.
    pub(crate) lines: BTreeMap<ChannelId, String>,
    /// By how much the date was set since the start.
    pub(crate) set_by: jiff::SignedDuration,
    rules: Rules,
    waiting: BTreeMap<(Duration, u64), Input>,
    scheduled: u64,
    tokens: u64,
    asked: BTreeSet<Token>,
    calls: BTreeMap<Token, String>,
    taken: BTreeMap<Token, ChannelId>,
}

impl World {
    /// A world with this dialplan and the phones `alice` (101), `bob` (102) and `carol` (103).
    pub(crate) fn new(seed: u64, extensions: &str) -> Self {
        let mut world = Self {
            switch: Switch::new(seed, at(Duration::ZERO)),
            now: Duration::ZERO,
            inputs: Vec::new(),
            events: Vec::new(),
            replies: BTreeMap::new(),
            phones: BTreeMap::new(),
            media: Vec::new(),
            sounds: BTreeSet::new(),
            instructions: Vec::new(),
            programs: Vec::new(),
            lines: BTreeMap::new(),
            set_by: jiff::SignedDuration::ZERO,
            rules: Rules::default(),
            waiting: BTreeMap::new(),
            scheduled: 0,
            tokens: 0,
            asked: BTreeSet::new(),
            calls: BTreeMap::new(),
            taken: BTreeMap::new(),
        };
        world.give(Input::Configure(Arc::new(config(extensions))));
        world
    }

    /// A phone becomes known, and does this when it is called.
    pub(crate) fn phone(&mut self, name: &'static str, does: Phone) {
        self.phones.insert(name, does);
        self.give(Input::Signal(Signal::Contact(ContactFact {
            endpoint: name.into(),
            aor: name.into(),
            uri: format!("sip:{name}@192.0.2.1").into(),
            state: ContactState::NonQualified,
            round_trip: None,
            usable: 1,
        })));
    }

    /// The far end of a phone's channel hangs up.
    pub(crate) fn hang_up(&mut self, channel: ChannelId) {
        self.lines.remove(&channel);
        let cause = Some(model::Cause::NORMAL_CLEARING);
        self.signal(Signal::HungUp {
            channel,
            cause,
            tech_cause: None,
            quality: None,
        });
    }

    pub(crate) fn signal(&mut self, signal: Signal) {
        self.give(Input::Signal(signal));
    }

    /// Asks for something; the answer is among `replies` at once or later.
    pub(crate) fn command(&mut self, command: Command) -> Token {
        self.tokens += 1;
        let token = Token(self.tokens);
        self.asked.insert(token);
        self.give(Input::Command(token, command));
        token
    }

    /// Asks, and takes the answer, which comes at once.
    pub(crate) fn ask(&mut self, command: Command) -> Reply {
        let token = self.command(command);
        self.replies[&token].1.clone()
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let timer = self.switch.deadline();
            let input = self.waiting.keys().next().map(|(at, _)| *at);
            let Some(next) = timer
                .into_iter()
                .chain(input)
                .min()
                .filter(|next| *next <= until)
            else {
                break;
            };
            self.now = self.now.max(next);
            match input
                .filter(|at| *at <= self.now)
                .and_then(|_| self.waiting.pop_first())
            {
                Some((_, input)) => self.give(input),
                None => self.give(Input::Tick),
            }
        }
        self.now = until;
    }

    /// Lets a minute pass and checks that nothing is left.
    pub(crate) fn finish(&mut self) {
        self.run(Duration::from_secs(120));
        assert_eq!(self.switch.calls(), 0, "channels are left");
        let open: Vec<_> = self
            .asked
            .iter()
            .filter(|token| !self.replies.contains_key(token))
            .collect();
        assert_eq!(open, Vec::<&Token>::new(), "commands without a reply");
        self.rules.finish();
    }

    /// The events so far as `Name channel`, for those that are about one channel.
    pub(crate) fn story(&self, names: &[&str]) -> Vec<String> {
        let told = self.events.iter().map(|record| rules::title(&record.event));
        told.filter(|title| {
            names
                .iter()
                .any(|name| title.split(' ').next() == Some(name))
        })
        .collect()
    }

    pub(crate) fn give(&mut self, input: Input) {
        let mut now = at(self.now);
        now.utc += self.set_by;
        self.inputs.push((now, input.clone()));
        self.switch.handle(now, input);
        while let Some(output) = self.switch.poll() {
            match output {
                Output::Events(records) => {
                    for record in &records {
                        self.rules.check(&record.event);
                    }
                    self.events.extend(records);
                }
                Output::Reply { token, at, reply } => {
                    assert!(self.asked.contains(&token), "a reply nobody asked for");
                    let before = self.replies.insert(token, (at, reply));
                    assert_eq!(before, None, "two replies to one command");
                }
                Output::Instruct(instruction) => self.on_instruction(instruction),
                Output::Media(instruction) => self.on_media(instruction),
                Output::Run(program) => self.on_program(program),
                Output::Spool(_) | Output::Promise(..) | Output::Keep { reply: None, .. } => {}
                Output::Keep {
                    reply: Some((token, at, reply)),
                    ..
                } => {
                    assert!(self.asked.contains(&token), "a reply nobody asked for");
                    self.replies.insert(token, (at, reply));
                }
            }
        }
    }

    /// A call comes to nothing in a moment; `words` are the status that says so.
    fn refuse(&mut self, channel: ChannelId, cause: model::Cause, words: &str) {
        let signal = Signal::HungUp {
            channel,
            cause: Some(cause),
            tech_cause: Some(words.into()),
            quality: None,
        };
        self.later(SOON, Input::Signal(signal));
    }

    fn later(&mut self, time: Duration, input: Input) {
        self.scheduled += 1;
        self.waiting
            .insert((self.now + time, self.scheduled), input);
    }

    fn on_instruction(&mut self, instruction: Instruction) {
        self.instructions.push(instruction.clone());
        match instruction {
            Instruction::Accept { token, channel } => {
                let name = self.calls.remove(&token).expect("a call that was offered");
                self.lines.insert(channel, name);
                self.taken.insert(token, channel);
                self.sound(channel, SOON);
            }
            Instruction::Refuse { token, .. } => {
                self.calls.remove(&token);
            }
            Instruction::Dial {
                channel, resource, ..
            } => {
                self.lines.insert(channel, resource.to_string());
                match self.phones.get(&*resource).copied() {
                    Some(Phone::Answers(time)) => {
                        self.later(SOON, Input::Signal(Signal::Ringing(channel)));
                        self.sound(channel, SOON + time);
                        self.later(SOON + time, Input::Signal(Signal::Answered(channel)));
                    }
                    Some(Phone::Rings) => self.later(SOON, Input::Signal(Signal::Ringing(channel))),
                    Some(Phone::Refuses(cause, words)) => self.refuse(channel, cause, words),
                    None => panic!("{resource} is no phone of this world"),
                }
            }
            Instruction::HangUp { channel, .. } => {
                self.lines.remove(&channel);
                let signal = Signal::Released {
                    channel,
                    tech_cause: None,
                    quality: None,
                };
                self.later(Duration::ZERO, Input::Signal(signal));
            }
            Instruction::Reject { channel, cause } => {
                let words = if cause == model::Cause::USER_BUSY {
                    "486"
                } else {
                    "503"
                };
                self.refuse(channel, cause, words);
            }
            Instruction::SendAway { channel, to } => {
                let failed = (&*to == "busy").then_some(486);
                self.later(SOON, Input::Signal(Signal::SentAway { channel, failed }));
            }
            Instruction::Ring(_)
            | Instruction::Progress(_)
            | Instruction::Answer(_)
            | Instruction::SendDigit { .. }
            | Instruction::TakeMessage(_)
            | Instruction::Watching { .. }
            | Instruction::Changed { .. }
            | Instruction::Transferred { .. }
            | Instruction::SendText { .. } => {}
        }
    }

    fn sound(&mut self, channel: ChannelId, time: Duration) {
        let media = MediaId(channel.0);
        self.later(
            time,
            Input::Signal(Signal::Media {
                channel,
                media,
                format: "ulaw".into(),
                addresses: lines::addresses(),
                dialog: lines::dialog("far"),
            }),
        );
    }

    /// A program that is called by what it comes to takes half a second.
    fn on_program(&mut self, program: Program) {
        let outcome = match &program.line {
            Line::Shell(text) if text.contains("fails") => Outcome::Failed,
            Line::Shell(text) if text.contains("missing") => Outcome::NotRun,
            Line::Shell(_) | Line::Words(_) => Outcome::Succeeded,
        };
        let ran = Ran {
            id: program.id,
            channel: program.channel,
            outcome,
        };
        self.later(Duration::from_millis(500), Input::Ran(ran));
        self.programs.push(program);
    }

    fn on_media(&mut self, instruction: MediaInstruction) {
        let second = Duration::from_secs(1);
        let ends = match &instruction {
            MediaInstruction::Play {
                play,
                forever: false,
                offset,
                ..
            } => Some((*play, second.saturating_sub(*offset), Vec::new())),
            MediaInstruction::Record { play, file, .. } => {
                self.sounds.insert(file.to_string());
                Some((*play, second, Vec::new()))
            }
            MediaInstruction::Find { play, file } => {
                let found = self.sounds.contains(&**file);
                let failed = (!found).then(|| (Arc::clone(file), "no such file".into()));
                Some((*play, Duration::ZERO, failed.into_iter().collect()))
            }
            MediaInstruction::StopPlay(ended) => {
                self.waiting.retain(|_, input| {
                    !matches!(input, Input::Media(MediaReport::Finished { play, .. }) if play == ended)
                });
                None
            }
            MediaInstruction::Remove(file) => {
                self.sounds.remove(&**file);
                None
            }
            _ => None,
        };
        if let Some((play, time, failed)) = ends {
            let report = MediaReport::Finished { play, failed };
            self.later(time, Input::Media(report));
        }
        self.media.push(instruction);
    }
}

/// A moment so long after the start.
fn at(since_start: Duration) -> Now {
    let epoch = 1_795_383_644 + i64::try_from(since_start.as_secs()).unwrap();
    let utc =
        jiff::Timestamp::new(epoch, i32::try_from(since_start.subsec_nanos()).unwrap()).unwrap();
    Now { since_start, utc }
}

/// The first priority of an extension of the phones.
pub(crate) fn extension(exten: &str) -> model::Extension {
    model::Extension {
        context: "phones".into(),
        exten: exten.into(),
        priority: "1".into(),
    }
}

/// An order to call `channel` and let it execute an application.
pub(crate) fn originate(channel: &str, application: &str, data: &str) -> Originate {
    let (technology, resource) = channel.split_once('/').unwrap();
    let destination = model::Destination::Application {
        application: application.into(),
        data: data.into(),
    };
    Originate::new(technology, resource, destination)
}

/// The configuration: a dialplan, and three phones whose calls enter it in `phones`.
pub(crate) fn config(extensions: &str) -> Config {
    let source = conf::Memory::default().with("extensions.conf", extensions);
    let read = conf::load(&source, "extensions.conf").unwrap();
    let (dialplan, diagnostics) = dialplan::Dialplan::read(&read, &switch::app::Vocabulary);
    assert!(
        diagnostics.is_empty() || extensions.contains("; may warn"),
        "{diagnostics:?}"
    );
    let endpoint = |name: &str, number: &str| {
        let shown = name[..1].to_uppercase() + &name[1..];
        let endpoint = Endpoint {
            name: name.into(),
            context: "phones".into(),
            caller: Some(Party {
                number: Some(number.into()),
                name: Some(shown.into()),
            }),
            language: "en".into(),
            ..Endpoint::default()
        };
        (Arc::from(name), endpoint)
    };
    Config {
        dialplan: Arc::new(dialplan),
        endpoints: [("alice", "101"), ("bob", "102"), ("carol", "103")]
            .map(|(name, number)| endpoint(name, number))
            .into(),
        features: switch::FeatureSettings {
            blind_transfer: "#1".into(),
            attended_transfer: "*2".into(),
            disconnect: "*0".into(),
            ..switch::FeatureSettings::default()
        },
        music: [("default".into(), vec!["moh/one".into()])].into(),
        cdr: CdrSettings {
            unanswered: true,
            manager: true,
            ..CdrSettings::default()
        },
        ..Config::default()
    }
}
