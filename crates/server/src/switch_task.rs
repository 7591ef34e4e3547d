//! The switch among tasks: whoever has an input for it takes a turn, unless somebody is at it
//! already, who then takes it on. So an action is carried out and its events are published before
//! its session's task goes on, and no thread has to be woken for it (ARCHITECTURE.md, "One switch,
//! and no thread for it").
//!
//! Nobody waits for the switch: inputs queue up, and every outlet takes what it is given at once.

use crate::clock::Clock;
use crate::figures::Figures;
use crate::hub::Hub;
use crate::promises::Promises;
use crate::recording::{Item, Recorder};
use model::{
    Command, DatabaseChange, Instruction, MediaInstruction, Program, Reply, Seq, Spool, Token,
};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;
use switch::{Input, Output, Switch};
use tokio::runtime::Handle as Runtime;
use tokio::sync::{Notify, Semaphore, oneshot, watch};
use tokio::time::sleep_until;

/// Inputs that may wait for the switch. Who has more to say waits for room.
const INPUTS: usize = 1024;
/// Inputs taken in one turn: what happened in them is told as one batch.
const INPUTS_A_TURN: usize = 64;
/// Turns a task takes for others before it leaves them to another task.
const TURNS: usize = 8;

/// What effects are handed to. None of these may wait.
pub(crate) struct Outlets {
    pub(crate) hub: Arc<Hub>,
    pub(crate) instruct: Box<dyn FnMut(Instruction) + Send>,
    pub(crate) media: Box<dyn FnMut(MediaInstruction) + Send>,
    pub(crate) run: Box<dyn FnMut(Program) + Send>,
    pub(crate) spool: Box<dyn FnMut(Spool) + Send>,
    pub(crate) keep: Box<dyn FnMut(Kept) + Send>,
    pub(crate) promises: Promises,
}

/// Changes of the database to keep on disk, and the answer that waits for it.
pub(crate) struct Kept {
    pub(crate) changes: Vec<DatabaseChange>,
    pub(crate) answer: Option<(oneshot::Sender<Answered>, Answered)>,
}

/// How others reach the switch.
#[derive(Clone)]
pub(crate) struct SwitchHandle(Arc<Shared>);

struct Shared {
    /// Room for inputs.
    room: Semaphore,
    inbox: Mutex<VecDeque<Question>>,
    desk: Mutex<Desk>,
    calls: watch::Sender<usize>,
    alarm: Alarm,
    runtime: Runtime,
}

/// When the switch wants to be told the time.
#[derive(Default)]
struct Alarm {
    times: Mutex<Times>,
    earlier: Notify,
}

/// Times since the process began.
#[derive(Clone, Copy, Default)]
struct Times {
    /// When it wants to be told.
    due: Option<Duration>,
    /// When who tells it wakes up by itself.
    wakes: Option<Duration>,
}

/// An answer and its place among the events.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    /// The last event before the command's own effects.
    pub(crate) at: Seq,
    pub(crate) reply: Reply,
}

enum Question {
    Input(Input),
    Command(Command, oneshot::Sender<Answered>),
}

/// The switch has given an input up, or has ended.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the switch has ended")]
pub(crate) struct Ended;

impl SwitchHandle {
    /// Tells the switch something; waits for room.
    pub(crate) async fn tell(&self, input: Input) -> Result<(), Ended> {
        self.0.give(Question::Input(input)).await
    }

    /// Asks the switch for something and waits for the answer.
    pub(crate) async fn ask(&self, command: Command) -> Result<Answered, Ended> {
        let (sender, answer) = oneshot::channel();
        self.0.give(Question::Command(command, sender)).await?;
        answer.await.map_err(|_| Ended)
    }

    /// Waits until there are no channels.
    pub(crate) async fn no_calls(&self) {
        // An error says that the switch has ended, and its channels with it.
        let _ = self.0.calls.subscribe().wait_for(|calls| *calls == 0).await;
    }

    /// Inputs that wait for the switch.
    pub(crate) fn waiting(&self) -> usize {
        INPUTS - self.0.room.available_permits()
    }
}

/// Starts a switch, on the runtime that this is called on.
pub(crate) fn start(
    seed: u64,
    clock: Clock,
    figures: Figures,
    outlets: Outlets,
    recorder: Option<Arc<Recorder>>,
) -> SwitchHandle {
    let now = clock.now();
    if let Some(recorder) = &recorder {
        recorder.put(Item::Switch(seed, now));
    }
    let shared = Arc::new(Shared {
        room: Semaphore::new(INPUTS),
        inbox: Mutex::default(),
        desk: Mutex::new(Desk {
            switch: Switch::new(seed, now),
            clock,
            figures,
            outlets,
            recorder,
            asked: HashMap::new(),
            next_token: 0,
        }),
        calls: watch::channel(0).0,
        alarm: Alarm::default(),
        runtime: Runtime::current(),
    });
    tokio::spawn(wake(Arc::clone(&shared), clock));
    SwitchHandle(shared)
}

/// Tells the switch the time when it wants to know.
async fn wake(shared: Arc<Shared>, clock: Clock) {
    /// A turn that another task takes has so long to set the next time.
    const PATIENCE: Duration = Duration::from_millis(1);
    let mut told = None;
    loop {
        let now = clock.now().since_start;
        let due = shared.alarm.times().due;
        if due.is_some_and(|due| due <= now) && due != told {
            if told.is_some() {
                // The switch has not come to an end, as in a dialplan that loops: others first.
                tokio::task::yield_now().await;
            }
            told = due;
            if shared.give(Question::Input(Input::Tick)).await.is_err() {
                return;
            }
            continue;
        }
        told = None;
        let wakes = due.map(|due| due.max(now + PATIENCE));
        if !shared.alarm.sleeps(due, wakes) {
            continue;
        }
        let earlier = shared.alarm.earlier.notified();
        match wakes {
            Some(wakes) => {
                tokio::select! {
                    () = sleep_until(clock.at(wakes)) => {}
                    () = earlier => {}
                }
            }
            None => earlier.await,
        }
    }
}

impl Alarm {
    fn times(&self) -> Times {
        *held(&self.times)
    }

    /// Who tells the time wakes up then; false if the time it is due is another by now.
    fn sleeps(&self, due: Option<Duration>, wakes: Option<Duration>) -> bool {
        let mut times = held(&self.times);
        times.wakes = wakes;
        times.due == due
    }

    /// The switch wants to be told the time then. Who is woken too early sleeps on: that is cheaper
    /// than to be woken each time.
    fn set(&self, due: Option<Duration>) {
        let mut times = held(&self.times);
        times.due = due;
        let late = due.is_some_and(|due| times.wakes.is_none_or(|wakes| due < wakes));
        if late {
            times.wakes = due;
            drop(times);
            self.earlier.notify_one();
        }
    }
}

impl Shared {
    async fn give(self: &Arc<Self>, question: Question) -> Result<(), Ended> {
        let room = self.room.acquire().await.map_err(|_| Ended)?;
        room.forget(); // until it is taken
        held(&self.inbox).push_back(question);
        self.work();
        Ok(())
    }

    /// Takes turns until no input waits, unless somebody else does. Who is at it looks at the inbox
    /// once more when it is done, so no input stays behind.
    fn work(self: &Arc<Self>) {
        for _ in 0..TURNS {
            let mut desk = match self.desk.try_lock() {
                Ok(desk) => desk,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return,
            };
            desk.turn(self.take());
            self.look_at(&desk.switch);
            drop(desk);
            if held(&self.inbox).is_empty() {
                return;
            }
        }
        let shared = Arc::clone(self);
        self.runtime.spawn(async move { shared.work() });
    }

    fn take(&self) -> Vec<Question> {
        let mut inbox = held(&self.inbox);
        let count = inbox.len().min(INPUTS_A_TURN);
        self.room.add_permits(count);
        inbox.drain(..count).collect()
    }

    /// What others want to know of the switch after a turn.
    fn look_at(&self, switch: &Switch) {
        let calls = switch.calls();
        self.calls
            .send_if_modified(|told| std::mem::replace(told, calls) != calls);
        self.alarm.set(switch.deadline());
    }
}

/// The switch, and what is needed to take a turn.
struct Desk {
    switch: Switch,
    clock: Clock,
    figures: Figures,
    outlets: Outlets,
    /// Who writes down what the switch hears and says, if somebody does.
    recorder: Option<Arc<Recorder>>,
    asked: HashMap<Token, oneshot::Sender<Answered>>,
    next_token: u64,
}

impl Desk {
    fn turn(&mut self, questions: Vec<Question>) {
        for report in self.figures.take() {
            self.handle(Input::Media(report));
        }
        for question in questions {
            let input = self.input(question);
            self.handle(input);
        }
        self.hand_out();
    }

    fn input(&mut self, question: Question) -> Input {
        match question {
            Question::Input(input) => input,
            Question::Command(command, answer) => {
                self.next_token += 1;
                let token = Token(self.next_token);
                self.asked.insert(token, answer);
                Input::Command(token, command)
            }
        }
    }

    /// One input. A panic costs that input only: it is our own bug, told with what led to it.
    fn handle(&mut self, input: Input) {
        let kind = kind(&input);
        let token = if let Input::Command(token, _) = &input {
            Some(*token)
        } else {
            None
        };
        let now = self.clock.now();
        if let Some(recorder) = &self.recorder {
            recorder.put(Item::Input(now, Box::new(input.clone())));
        }
        let handled = catch_unwind(AssertUnwindSafe(|| self.switch.handle(now, input)));
        if handled.is_err() {
            tracing::error!(input = kind, "the switch panicked; the input is given up");
            token.map(|token| self.asked.remove(&token));
        }
    }

    fn hand_out(&mut self) {
        let mut replies = Vec::new();
        let mut records = Vec::new();
        let mut kept = Vec::new();
        let mut promised = BTreeMap::new();
        let mut fulfilled = Vec::new();
        while let Some(output) = self.switch.poll() {
            match output {
                Output::Events(batch) => records.extend(batch),
                Output::Reply { token, at, reply } => replies.push((token, Answered { at, reply })),
                Output::Instruct(instruction) => (self.outlets.instruct)(instruction),
                Output::Media(instruction) => (self.outlets.media)(instruction),
                Output::Run(program) => (self.outlets.run)(program),
                Output::Spool(spooled) => (self.outlets.spool)(spooled),
                Output::Keep { changes, reply } => kept.push((changes, reply)),
                Output::Promise(path, Some(text)) => drop(promised.insert(path, Some(text))),
                // What is told in the turn it is promised in need not be written down.
                Output::Promise(path, None) if promised.remove(&path).is_some() => {}
                Output::Promise(path, None) => fulfilled.push((path, None)),
            }
        }
        self.outlets.promises.keep(promised);
        // Events first: who gets a reply finds all that came before it.
        let batch = self.outlets.hub.publish(records);
        if let (Some(recorder), Some(batch)) = (&self.recorder, batch) {
            recorder.put(Item::Events(batch));
        }
        self.outlets.promises.keep(fulfilled);
        for (token, answered) in replies {
            if let Some(asker) = self.asked.remove(&token) {
                let _ = asker.send(answered); // it may have left
            }
        }
        for (changes, reply) in kept {
            let answer = reply.and_then(|(token, at, reply)| {
                Some((self.asked.remove(&token)?, Answered { at, reply }))
            });
            (self.outlets.keep)(Kept { changes, answer });
        }
    }
}

/// What an input is called in the log.
fn kind(input: &Input) -> &'static str {
    match input {
        Input::Command(..) => "command",
        Input::Signal(_) => "signal",
        Input::Media(_) => "media report",
        Input::Ran(_) => "end of a program",
        Input::Notice(_) => "notice",
        Input::Restore(_) | Input::Keep(_) => "database",
        Input::Configure(_) => "configuration",
        Input::Retire { .. } => "retirement",
        Input::Tick => "time",
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it is held; were it so, what is there is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
