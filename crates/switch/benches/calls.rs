//! The switch alone, in virtual time: what a Local call costs, what a live channel holds, what a row
//! of a list costs. `cargo bench -p switch`.

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a bench may"
)]

use model::{Command, Destination, Now, Originate, Reply, Token};
use std::hint::black_box;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;
use switch::{Config, Input, Output, Switch};

const DIALPLAN: &str = "
[lab]
exten => short,1,Answer()
 same => n,Set(COUNT=$[${COUNT} + 1])
 same => n,Wait(0.3)
 same => n,Hangup()
exten => wait,1,Answer()
 same => n,Wait(3600)
exten => h,1,NoOp(hung up)
";

const CALLS: u32 = 20_000;
const UNDER_WAY: u32 = 8;
const LIVE: u32 = 5_000;
const LISTS: u32 = 100;

struct Bench {
    switch: Switch,
    now: Duration,
    tokens: u64,
    events: usize,
}

impl Bench {
    fn new() -> Self {
        let source = conf::Memory::default().with("extensions.conf", DIALPLAN);
        let read = conf::load(&source, "extensions.conf").unwrap();
        let (dialplan, _) = dialplan::Dialplan::read(&read, &switch::app::Vocabulary);
        let config = Config {
            dialplan: Arc::new(dialplan),
            ..Config::default()
        };
        let mut bench = Self {
            switch: Switch::new(1, at(Duration::ZERO)),
            now: Duration::ZERO,
            tokens: 0,
            events: 0,
        };
        bench.give(Input::Configure(Arc::new(config)));
        bench
    }

    /// Takes an input, and all that comes of it; gives the last reply.
    fn give(&mut self, input: Input) -> Option<Reply> {
        self.switch.handle(at(self.now), input);
        let mut last = None;
        while let Some(output) = self.switch.poll() {
            match output {
                Output::Events(records) => self.events += records.len(),
                Output::Reply { reply, .. } => last = Some(reply),
                other => drop(black_box(other)),
            }
        }
        last
    }

    fn ask(&mut self, command: Command) -> Option<Reply> {
        self.tokens += 1;
        self.give(Input::Command(Token(self.tokens), command))
    }

    fn call(&mut self, exten: &str) {
        let wait = Destination::Application {
            application: "Wait".into(),
            data: "3600".into(),
        };
        self.ask(Command::Originate(Originate {
            asynchronous: true,
            ..Originate::new("Local", &format!("{exten}@lab"), wait)
        }));
    }

    /// Lets time pass.
    fn run(&mut self, time: Duration) {
        let until = self.now + time;
        while let Some(next) = self.switch.deadline().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            self.give(Input::Tick);
        }
        self.now = until;
    }
}

fn at(since_start: Duration) -> Now {
    let second = 1_795_383_644 + i64::try_from(since_start.as_secs()).unwrap();
    let nanosecond = i32::try_from(since_start.subsec_nanos()).unwrap();
    let utc = jiff::Timestamp::new(second, nanosecond).unwrap();
    Now { since_start, utc }
}

/// CPU time of this process, whatever else the machine does. Linux counts it in ticks of 10 ms.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split(' ');
    let ticks = fields
        .skip(12)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Memory of this process that is resident, in bytes.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

/// CPU time since then, in microseconds for each of so many.
fn microseconds(since: Duration, of: u32) -> f64 {
    (cpu() - since).as_secs_f64() * 1e6 / f64::from(of)
}

fn main() {
    let mut out = std::io::stdout();
    let mut say = |line: String| writeln!(out, "{line}").unwrap();
    let mut bench = Bench::new();
    let began = cpu();
    for _ in 0..CALLS / UNDER_WAY {
        for _ in 0..UNDER_WAY {
            bench.call("short");
        }
        bench.run(Duration::from_secs(1));
    }
    let cost = microseconds(began, CALLS);
    assert_eq!(bench.switch.calls(), 0, "calls are left");
    let events = bench.events / usize::try_from(CALLS).unwrap();
    say(format!(
        "a Local call, {UNDER_WAY} under way: {cost:.1} µs, {events} events"
    ));

    let before = resident();
    for _ in 0..LIVE {
        bench.call("wait");
    }
    bench.run(Duration::from_secs(1));
    let channels = u32::try_from(bench.switch.calls()).unwrap();
    let held = resident().saturating_sub(before) / u64::from(channels);
    say(format!("a live channel, of {channels}: {held} bytes"));

    let began = cpu();
    for _ in 0..LISTS {
        assert!(matches!(
            bench.ask(Command::Channels),
            Some(Reply::Channels(_))
        ));
    }
    let cost = microseconds(began, channels * LISTS);
    say(format!("a row of a list of {channels}: {cost:.2} µs"));
}
