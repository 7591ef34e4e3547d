//! The switch itself: takes inputs, keeps the turn, hands out effects. It routes and nothing else;
//! what a thing does stands in the file named after it.

use crate::Config;
use crate::bridge::Bridge;
use crate::cel::EventLog;
use crate::channels::Channels;
use crate::database::Database;
use crate::device::Devices;
use crate::directory::Directory;
use crate::happening::Happening;
use crate::listen::Heard;
use crate::names::Counters;
use crate::originate::Origination;
use crate::play::Playing;
use crate::presence::Presences;
use crate::promise::Promises;
use crate::sources::Sources;
use crate::spy::Spies;
use crate::technology::Suspended;
use crate::timers::{Timer, Timers};
use crate::variables::Variables;
use crate::watch::Watches;
use dialplan::Dialplan;
use fastrand::Rng;
use model::{
    BridgeId, ChannelId, Command, DatabaseChange, Event, Instruction, MediaId, MediaInstruction,
    MediaReport, Now, PlayId, Program, Ran, Record, Reply, Seq, Signal, Spool, Token,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Steps of dialplan and happenings in one turn. A dialplan that loops without waiting gives way
/// to everybody else after that many and goes on in the next turn.
const STEPS_A_TURN: usize = 512;

/// What goes into the switch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Input {
    /// Somebody asks for something; answered with [`Output::Reply`] and the same token.
    Command(Token, Command),
    /// A technology tells something.
    Signal(Signal),
    /// Media tells something.
    Media(MediaReport),
    /// A program has ended that the dialplan had run.
    Ran(Ran),
    /// Somebody else has an event to tell: it gets its number here, so there is one order.
    Notice(Event),
    /// What the database kept on disk.
    Restore(Vec<(Arc<str>, Arc<str>)>),
    /// What others have for the database to keep.
    Keep(Vec<DatabaseChange>),
    /// A new configuration.
    Configure(Arc<Config>),
    /// Take no more calls; `hang_up` also ends those there are.
    Retire {
        /// End the calls there are.
        hang_up: bool,
    },
    /// Only the time has come.
    Tick,
}

/// What comes out of the switch.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// What happened in this turn, in order.
    Events(Vec<Record>),
    /// The answer to a command.
    Reply {
        /// As in [`Input::Command`].
        token: Token,
        /// The last event before the command's own effects.
        at: Seq,
        /// The answer.
        reply: Reply,
    },
    /// For the technology of external channels.
    Instruct(Instruction),
    /// For media.
    Media(MediaInstruction),
    /// A program to run; answered with [`Input::Ran`].
    Run(Program),
    /// For the store of the database: changes to keep on disk, and the answer that waits for it,
    /// as in [`Output::Reply`].
    Keep {
        /// In order; of one path the last counts.
        changes: Vec<DatabaseChange>,
        /// To be given once they are on disk.
        reply: Option<(Token, Seq, Reply)>,
    },
    /// An outcome that a client is promised, under its path, or one that was told (nothing). It is kept
    /// before any reply of the same turn is given; what was told is taken back after its event.
    Promise(Arc<str>, Option<Arc<str>>),
    /// For the writer of call records and the channel event log.
    Spool(Spool),
}

/// All call state of a node.
#[derive(Debug)]
pub struct Switch {
    pub(crate) now: Now,
    pub(crate) config: Arc<Config>,
    /// The dialplan as it was read last; clients may have changed the one in use since.
    pub(crate) dialplan_read: Arc<Dialplan>,
    pub(crate) channels: Channels,
    /// The same channels by name and uniqueid.
    pub(crate) directory: Directory,
    pub(crate) bridges: BTreeMap<BridgeId, Bridge>,
    pub(crate) suspended: Suspended,
    pub(crate) originations: BTreeMap<ChannelId, Origination>,
    pub(crate) promises: Promises,
    pub(crate) devices: Devices,
    pub(crate) spies: Spies,
    pub(crate) watches: Watches,
    pub(crate) database: Database,
    pub(crate) presences: Presences,
    pub(crate) globals: Variables,
    pub(crate) timers: Timers,
    pub(crate) counters: Counters,
    pub(crate) random: Rng,
    pub(crate) retired: bool,
    pub(crate) event_log: EventLog,
    /// What has happened to channels and has not been delivered yet.
    pub(crate) happenings: VecDeque<(ChannelId, Happening)>,
    /// Channels that want to execute on.
    pub(crate) ready: VecDeque<ChannelId>,
    /// What is being played.
    pub(crate) plays: BTreeMap<PlayId, Playing>,
    /// Who hears whom, as media was last told: listener to source.
    pub(crate) hearing: BTreeMap<MediaId, Sources>,
    /// The channels about which that may have changed in this turn.
    pub(crate) touched: BTreeSet<ChannelId>,
    /// The legs there are, each of a channel's.
    pub(crate) legs: BTreeMap<MediaId, Heard>,
    /// Legs that are gone.
    pub(crate) silenced: Vec<MediaId>,
    seq: Seq,
    told: Vec<Record>,
    outputs: VecDeque<Output>,
}

impl Switch {
    /// A switch without calls. The same seed, inputs and times give the same outputs.
    pub fn new(seed: u64, now: Now) -> Self {
        Self {
            now,
            config: Arc::default(),
            dialplan_read: Arc::default(),
            channels: Channels::default(),
            directory: Directory::default(),
            bridges: BTreeMap::new(),
            suspended: Suspended::default(),
            originations: BTreeMap::new(),
            promises: Promises::default(),
            devices: Devices::default(),
            spies: Spies::default(),
            watches: Watches::default(),
            database: Database::new(),
            presences: Presences::new(),
            globals: Variables::default(),
            timers: Timers::default(),
            counters: Counters::default(),
            random: Rng::with_seed(seed),
            retired: false,
            event_log: EventLog::default(),
            happenings: VecDeque::new(),
            ready: VecDeque::new(),
            plays: BTreeMap::new(),
            hearing: BTreeMap::new(),
            touched: BTreeSet::new(),
            legs: BTreeMap::new(),
            silenced: Vec::new(),
            seq: Seq(0),
            told: Vec::new(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input and does all that follows from it and from the time.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.now = now;
        self.expire();
        match input {
            Input::Command(token, command) => self.on_command(token, command),
            Input::Signal(signal) => self.on_signal(signal),
            Input::Media(report) => self.on_media(report),
            Input::Ran(ran) => self.happen(ran.channel, Happening::Ran(ran.id, ran.outcome)),
            Input::Notice(event) => self.on_notice(event),
            Input::Restore(values) => self.restore(values),
            Input::Keep(changes) => self.keep_for_others(changes),
            Input::Configure(config) => self.configure(config),
            Input::Retire { hang_up } => self.retire(hang_up),
            Input::Tick => {}
        }
        self.settle();
    }

    /// The next effect of the inputs so far. Events come as one batch, before everything else.
    pub fn poll(&mut self) -> Option<Output> {
        if !self.told.is_empty() {
            return Some(Output::Events(std::mem::take(&mut self.told)));
        }
        self.outputs.pop_front()
    }

    /// When to call again at the latest, since the start: with [`Input::Tick`] if with nothing else.
    pub fn deadline(&self) -> Option<Duration> {
        if self.is_settled() {
            let next = [self.timers.next(), self.promises.due()];
            next.into_iter().flatten().min()
        } else {
            Some(self.now.since_start)
        }
    }

    /// How many channels there are.
    pub fn calls(&self) -> usize {
        self.channels.len()
    }

    /// The number of the last event.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// Numbers an event and tells it.
    pub(crate) fn tell(&mut self, event: Event) {
        self.seq = self.seq.next();
        let logged = self.config.cel.enabled.then(|| event.clone());
        self.told.push(Record {
            seq: self.seq,
            at: self.now.utc,
            event,
        });
        if let Some(logged) = logged {
            self.log_event(&logged);
        }
    }

    pub(crate) fn put(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn reply(&mut self, token: Token, at: Seq, reply: Reply) {
        self.put(Output::Reply { token, at, reply });
    }

    fn configure(&mut self, config: Arc<Config>) {
        let was_logged = self.config.cel.enabled;
        self.config = self.take_dialplan(config);
        self.channels.touch_all();
        if self.config.cel.enabled != was_logged {
            self.renew_event_log();
        }
        self.renew_devices();
    }

    fn retire(&mut self, hang_up: bool) {
        self.retired = true;
        if hang_up {
            for channel in self.channels.keys().copied().collect::<Vec<_>>() {
                self.hang_up(channel, Some(model::Cause::NORMAL_CLEARING));
            }
        }
    }

    fn expire(&mut self) {
        self.tell_promises();
        while let Some((id, timer)) = self.timers.expire(self.now.since_start) {
            match timer {
                Timer::Application(channel) => self.happen(channel, Happening::Timer(id)),
                Timer::Originate(channel) => self.originate_timeout(channel),
                Timer::Release(channel) => self.release_timeout(channel),
                Timer::Press(channel) => self.press_next(channel),
                Timer::Keys(channel) => self.keys_timeout(channel, id),
                Timer::Absolute(channel) => self.absolute_timeout(channel),
                Timer::Consultation(channel) => self.consultation_timeout(channel, id),
                Timer::Handover(channel) => self.handover_timeout(channel, id),
            }
            self.settle();
        }
    }

    /// Delivers and executes until nobody has anything to do, or the turn is used up.
    fn settle(&mut self) {
        for _ in 0..STEPS_A_TURN {
            if let Some((channel, happening)) = self.happenings.pop_front() {
                self.deliver(channel, happening);
            } else if let Some(channel) = self.ready.pop_front() {
                self.execute(channel);
            } else {
                break;
            }
        }
        self.rewire();
    }

    fn is_settled(&self) -> bool {
        self.happenings.is_empty() && self.ready.is_empty()
    }
}
