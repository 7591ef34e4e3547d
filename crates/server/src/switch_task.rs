//! The thread that owns the switch: it reads the clock, hands inputs over, and takes the effects
//! where they belong. It waits for inputs only; every outlet takes what it is given at once.

use crate::clock::Clock;
use crate::hub::Hub;
use model::{
    CallRecord, Command, DatabaseChange, Instruction, MediaInstruction, Reply, Seq, Token,
};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use switch::{Input, Output, Switch};
use tokio::runtime::Handle as Runtime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout_at;

/// Inputs that may wait for the switch. Who has more to say waits for room.
const INPUTS: usize = 1024;
/// Inputs taken in one turn: what happened in them is told as one batch.
const INPUTS_A_TURN: usize = 64;

/// What effects are handed to. None of these may wait.
pub(crate) struct Outlets {
    pub(crate) hub: Arc<Hub>,
    pub(crate) instruct: Box<dyn FnMut(Instruction) + Send>,
    pub(crate) media: Box<dyn FnMut(MediaInstruction) + Send>,
    pub(crate) spool: Box<dyn FnMut(Arc<CallRecord>) + Send>,
    pub(crate) keep: Box<dyn FnMut(Kept) + Send>,
}

/// Changes of the database to keep on disk, and the answer that waits for it.
pub(crate) struct Kept {
    pub(crate) changes: Vec<DatabaseChange>,
    pub(crate) answer: Option<(oneshot::Sender<Answered>, Answered)>,
}

/// How others reach the switch.
#[derive(Clone)]
pub(crate) struct SwitchHandle {
    questions: mpsc::Sender<Question>,
    calls: watch::Receiver<usize>,
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

/// The switch has ended.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the switch has ended")]
pub(crate) struct Ended;

impl SwitchHandle {
    /// Tells the switch something; waits for room.
    pub(crate) async fn tell(&self, input: Input) -> Result<(), Ended> {
        self.questions
            .send(Question::Input(input))
            .await
            .map_err(|_| Ended)
    }

    /// Asks the switch for something and waits for the answer.
    pub(crate) async fn ask(&self, command: Command) -> Result<Answered, Ended> {
        let (sender, answer) = oneshot::channel();
        self.questions
            .send(Question::Command(command, sender))
            .await
            .map_err(|_| Ended)?;
        answer.await.map_err(|_| Ended)
    }

    /// Waits until there are no channels.
    pub(crate) async fn no_calls(&self) {
        // An error says that the switch has ended, and its channels with it.
        let _ = self.calls.clone().wait_for(|calls| *calls == 0).await;
    }

    /// Inputs that wait for the switch.
    pub(crate) fn waiting(&self) -> usize {
        INPUTS - self.questions.capacity()
    }
}

/// Starts the thread. It ends when all handles are gone.
pub(crate) fn start(
    seed: u64,
    clock: Clock,
    outlets: Outlets,
) -> std::io::Result<(SwitchHandle, JoinHandle<()>)> {
    let (questions, inbox) = mpsc::channel(INPUTS);
    let (telling, calls) = watch::channel(0);
    let task = SwitchTask {
        switch: Switch::new(seed, clock.now()),
        clock,
        outlets,
        inbox,
        calls: telling,
        asked: HashMap::new(),
        next_token: 0,
    };
    let runtime = Runtime::current();
    let thread = std::thread::Builder::new()
        .name("switch".to_owned())
        .spawn(move || task.run(&runtime))?;
    Ok((SwitchHandle { questions, calls }, thread))
}

struct SwitchTask {
    switch: Switch,
    clock: Clock,
    outlets: Outlets,
    inbox: mpsc::Receiver<Question>,
    calls: watch::Sender<usize>,
    asked: HashMap<Token, oneshot::Sender<Answered>>,
    next_token: u64,
}

impl SwitchTask {
    fn run(mut self, runtime: &Runtime) {
        let mut questions = Vec::with_capacity(INPUTS_A_TURN);
        while self.wait(runtime, &mut questions) {
            if questions.is_empty() {
                self.turn(Input::Tick);
            }
            for question in questions.drain(..) {
                let input = self.input(question);
                self.turn(input);
            }
            self.hand_out();
        }
    }

    /// Waits for inputs or the switch's deadline. `false` when nobody is left to give inputs.
    fn wait(&mut self, runtime: &Runtime, questions: &mut Vec<Question>) -> bool {
        let deadline = self.switch.deadline().map(|due| self.clock.at(due));
        runtime.block_on(async {
            let inputs = self.inbox.recv_many(questions, INPUTS_A_TURN);
            match deadline {
                Some(deadline) => timeout_at(deadline, inputs)
                    .await
                    .map_or(true, |count| count > 0),
                None => inputs.await > 0,
            }
        })
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
    fn turn(&mut self, input: Input) {
        let kind = kind(&input);
        let now = self.clock.now();
        let handled = catch_unwind(AssertUnwindSafe(|| self.switch.handle(now, input)));
        if handled.is_err() {
            tracing::error!(input = kind, "the switch panicked; the input is given up");
        }
    }

    fn hand_out(&mut self) {
        let mut replies = Vec::new();
        let mut records = Vec::new();
        let mut kept = Vec::new();
        while let Some(output) = self.switch.poll() {
            match output {
                Output::Events(batch) => records.extend(batch),
                Output::Reply { token, at, reply } => replies.push((token, Answered { at, reply })),
                Output::Instruct(instruction) => (self.outlets.instruct)(instruction),
                Output::Media(instruction) => (self.outlets.media)(instruction),
                Output::Spool(record) => (self.outlets.spool)(record),
                Output::Keep { changes, reply } => kept.push((changes, reply)),
            }
        }
        let calls = self.switch.calls();
        self.calls
            .send_if_modified(|told| std::mem::replace(told, calls) != calls);
        // Events first: who gets a reply finds all that came before it.
        self.outlets.hub.publish(records);
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
        Input::Notice(_) => "notice",
        Input::Restore(_) => "database",
        Input::Configure(_) => "configuration",
        Input::Retire { .. } => "retirement",
        Input::Tick => "time",
    }
}
