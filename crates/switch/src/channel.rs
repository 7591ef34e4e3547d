//! What a channel is, and how its changes are told.
//!
//! A channel is changed field by field and then published: [`Switch::publish`] compares it with
//! what was told last and tells the difference, always in the same order (ami-server.md,
//! appendix A).

use crate::Switch;
use crate::app::Waiting;
use crate::cdr::OpenRecord;
use crate::digits::Presses;
use crate::feature::Mute;
use crate::feature::consultation::Consultation;
use crate::feature::handover::Handover;
use crate::feature::keys::Keys;
use crate::feature::mapped::Interlude;
use crate::happening::Happening;
use crate::listen::MediaLeg;
use crate::memory::Remembered;
use crate::music::Music;
use crate::place::Place;
use crate::shown::Shown;
use crate::timers::TimerId;
use crate::tones::Sounding;
use crate::variables::Variables;
use model::{
    BridgeId, Cause, ChannelId, ChannelSnapshot, ChannelState, Dialog, Event, Party, PlayId, Trace,
    TraceId,
};
use std::sync::Arc;
use std::time::Duration;

/// A channel: what it executes (`run`) and where it sits (`seat`) are independent facts.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) name: Arc<str>,
    pub(crate) uniqueid: Arc<str>,
    pub(crate) linkedid: Arc<str>,
    pub(crate) trace: Arc<Trace>,
    pub(crate) state: ChannelState,
    pub(crate) caller: Party,
    pub(crate) connected: Party,
    pub(crate) language: Arc<str>,
    pub(crate) account: Arc<str>,
    pub(crate) context: Arc<str>,
    pub(crate) exten: Arc<str>,
    pub(crate) priority: u32,
    pub(crate) application: Arc<str>,
    pub(crate) data: Arc<str>,
    pub(crate) dnid: Arc<str>,
    pub(crate) created: jiff::Timestamp,
    pub(crate) cause: Option<Cause>,
    pub(crate) tech_cause: Option<Arc<str>>,
    pub(crate) variables: Variables,
    pub(crate) shown: Shown,
    pub(crate) technology: Technology,
    /// What it executes, innermost last; empty for one that was dialled and only sits.
    pub(crate) run: Vec<Frame>,
    /// The application that made it to be called, if it was; it goes back to it at its end.
    pub(crate) outgoing: Option<&'static str>,
    /// Where it goes on once what it executes has been ended.
    pub(crate) moving: Option<Place>,
    /// It was hung up or sent elsewhere while it began what it executes, which has not heard of it.
    pub(crate) unheard: bool,
    /// Where it goes on when it leaves its bridge.
    pub(crate) after_bridge: Option<Place>,
    /// Where it was before, by context and by extension.
    pub(crate) before: [Option<Arc<str>>; 2],
    /// How often the call may be dialled or forwarded on.
    pub(crate) forwards: u8,
    /// Who ended it, if that is known.
    pub(crate) hangup_source: Arc<str>,
    /// The music its far end hears.
    pub(crate) music: Option<Music>,
    /// The tones its far end hears.
    pub(crate) tones: Option<Sounding>,
    /// Whoever it talks with has put it on hold.
    pub(crate) held: bool,
    /// Its far end has put whoever it talks with on hold.
    pub(crate) holds: bool,
    /// In which directions it is mute.
    pub(crate) mute: Mute,
    /// Keys being pressed for its far end.
    pub(crate) presses: Presses,
    /// The files its far end hears.
    pub(crate) playing: Option<PlayId>,
    /// Whom it asks before it transfers a call.
    pub(crate) consultation: Option<Box<Consultation>>,
    /// Who asks it whether it takes a call.
    pub(crate) consulted_by: Option<ChannelId>,
    /// Whom it waits for since who transfers it has hung up.
    pub(crate) handover: Option<Box<Handover>>,
    /// The codes it may press while it talks, and what it has pressed.
    pub(crate) keys: Keys,
    /// The bridge it sits in.
    pub(crate) seat: Option<BridgeId>,
    /// Who waits for its answer.
    pub(crate) dialer: Option<Dialer>,
    pub(crate) end: End,
    /// When it shall be hung up whatever it does, since the start.
    pub(crate) absolute: Option<(Duration, TimerId)>,
    pub(crate) record: Option<OpenRecord>,
    /// What the dialplan keeps about it besides its variables.
    pub(crate) memory: Remembered,
    pub(crate) told: LastTold,
    /// Whether it is in the list of all as it is.
    pub(crate) listed: bool,
}

/// Which kind of line a channel has.
#[derive(Debug)]
pub(crate) enum Technology {
    /// One half of a pair inside the switch.
    Local {
        /// The other half.
        other: ChannelId,
        /// Whether this is the half that is dialled (`;1`).
        one: bool,
        /// Whether the pair steps aside when both halves are bridged.
        optimize: bool,
    },
    /// No line at all: it executes the dialplan for a message.
    Internal,
    /// A line outside, told what to do by instructions.
    External {
        /// Its name, e.g. `PJSIP`.
        name: Arc<str>,
        /// Its id of the call.
        call_id: Arc<str>,
        /// What else it knows of the call by now.
        dialog: Option<Arc<Dialog>>,
        /// Its sound.
        leg: Option<MediaLeg>,
    },
}

impl Technology {
    /// What it knows of the call by now.
    pub(crate) fn dialog(&self) -> Option<&Dialog> {
        match self {
            Self::External { dialog, .. } => dialog.as_deref(),
            Self::Local { .. } | Self::Internal => None,
        }
    }

    /// Its id of the call.
    pub(crate) fn call_id(&self) -> Option<&Arc<str>> {
        match self {
            Self::External { call_id, .. } => Some(call_id),
            Self::Local { .. } | Self::Internal => None,
        }
    }
}

/// Something a channel executes.
#[derive(Debug)]
pub(crate) enum Frame {
    /// The dialplan from the channel's context, extension and priority on.
    Dialplan,
    /// Its `h` extension, once it is hung up.
    HangupExtension,
    /// A subroutine that another application asked for.
    Subroutine {
        /// Who is told when it is over.
        reports_to: ChannelId,
        /// Where the channel was before.
        back: Place,
    },
    /// An application that waits.
    Application(Box<dyn Waiting>),
    /// What follows is run by a code in the middle of a conversation.
    Interlude(Box<Interlude>),
}

/// What was told of a channel last.
#[derive(Debug, Default)]
pub(crate) struct LastTold {
    pub(crate) snapshot: Option<Arc<ChannelSnapshot>>,
    /// Whether the channel may be other by now.
    pub(crate) touched: bool,
}

/// Who waits for a dialled channel's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialer {
    /// The application another channel executes.
    Channel(ChannelId),
    /// An Originate, named after this very channel.
    Originate,
    /// Another channel that asks a third party.
    Consultation(ChannelId),
    /// Another channel that waits to be taken over.
    Handover(ChannelId),
    /// All those it sits with already, who talk on meanwhile.
    Conversation,
}

/// How far the end of a channel has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Not in sight.
    None,
    /// It shall end: what it executes is being ended.
    Requested,
    /// Its technology is closing the leg.
    Releasing,
}

impl Channel {
    /// The device it is a call of: its name without the number at the end.
    pub(crate) fn device(&self) -> &str {
        self.name
            .rsplit_once('-')
            .map_or(&self.name, |(device, _)| device)
    }

    pub(crate) fn technology(&self) -> &str {
        match &self.technology {
            Technology::Local { .. } => "Local",
            Technology::Internal => "Message",
            Technology::External { name, .. } => name,
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.state == ChannelState::Up
    }

    /// Whether it is the half of a Local channel that begins once the other is dialled.
    pub(crate) fn is_yet_to_begin(&self) -> bool {
        let is_two = matches!(self.technology, Technology::Local { one: false, .. });
        is_two && self.run.is_empty() && self.seat.is_none()
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.end != End::None
    }
}

impl Switch {
    /// Makes a channel and tells it.
    pub(crate) fn make_channel(&mut self, new: NewChannel) -> ChannelId {
        self.counters.channels += 1;
        let id = ChannelId(self.counters.channels);
        let uniqueid = new.uniqueid.unwrap_or_else(|| self.new_uniqueid());
        let Descent {
            linkedid,
            trace,
            forwards,
        } = new.descent;
        let channel = Channel {
            id,
            name: new.name,
            linkedid: linkedid.unwrap_or_else(|| Arc::clone(&uniqueid)),
            trace: Arc::new(Trace {
                id: trace.unwrap_or_else(|| self.new_trace()),
                call_id: new.technology.call_id().cloned(),
            }),
            uniqueid,
            state: new.state,
            caller: new.caller,
            connected: Party::default(),
            language: new.language,
            account: new.account,
            context: new.context,
            exten: new.exten,
            priority: 1,
            application: Arc::default(),
            data: Arc::default(),
            dnid: Arc::default(),
            created: self.now.utc,
            cause: None,
            tech_cause: None,
            variables: Variables::default(),
            shown: Shown::default(),
            technology: new.technology,
            run: Vec::new(),
            outgoing: None,
            moving: None,
            unheard: false,
            after_bridge: None,
            before: [None, None],
            forwards: forwards.unwrap_or(Descent::FORWARDS),
            hangup_source: Arc::default(),
            music: None,
            tones: None,
            held: false,
            holds: false,
            presses: Presses::default(),
            playing: None,
            consultation: None,
            consulted_by: None,
            handover: None,
            keys: Keys::default(),
            mute: Mute::default(),
            seat: None,
            dialer: None,
            end: End::None,
            absolute: None,
            record: None,
            memory: Remembered::default(),
            told: LastTold::default(),
            listed: false,
        };
        self.directory.add(id, &channel.name, &channel.uniqueid);
        self.channels.insert(id, channel);
        self.publish(id);
        id
    }

    /// Tells what has changed about a channel since it was told last.
    pub(crate) fn publish(&mut self, id: ChannelId) {
        self.look_up_shown(id);
        let Some(new) = self.snapshot(id) else { return };
        let old = self.channels.tell(id, Arc::clone(&new));
        for event in changes(old.as_deref(), &new) {
            self.tell(event);
        }
        self.log_application(old.as_deref(), &new);
        if old.is_none_or(|old| old.state != new.state) {
            self.touch_channel_device(id);
        }
    }

    /// Sets a channel variable and tells it.
    pub(crate) fn set_variable(&mut self, id: ChannelId, name: &str, value: &str) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.variables.set(name, value);
        self.tell_variable(id, name, value);
    }

    /// Gives a channel a variable of another and tells it.
    pub(crate) fn give_variable(&mut self, id: ChannelId, name: &str, value: &str) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.variables.append(name, value);
        self.tell_variable(id, name, value);
    }

    /// Sets a global variable and tells it.
    pub(crate) fn set_global(&mut self, name: &str, value: &str) {
        self.globals.set(name, value);
        self.tell(Event::VarSet {
            channel: None,
            variable: name.into(),
            value: value.into(),
        });
    }

    /// Finds a channel by its name, in any case, or its uniqueid.
    pub(crate) fn find_channel(&self, text: &str) -> Option<ChannelId> {
        self.directory.find(text)
    }

    pub(crate) fn happen(&mut self, channel: ChannelId, happening: Happening) {
        self.happenings.push_back((channel, happening));
    }
}

/// What a new channel begins with.
pub(crate) struct NewChannel {
    pub(crate) name: Arc<str>,
    pub(crate) technology: Technology,
    pub(crate) state: ChannelState,
    pub(crate) uniqueid: Option<Arc<str>>,
    pub(crate) descent: Descent,
    pub(crate) caller: Party,
    pub(crate) language: Arc<str>,
    pub(crate) account: Arc<str>,
    pub(crate) context: Arc<str>,
    pub(crate) exten: Arc<str>,
}

/// What a new channel comes of; of nothing, if nothing is said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Descent {
    pub(crate) linkedid: Option<Arc<str>>,
    pub(crate) trace: Option<TraceId>,
    pub(crate) forwards: Option<u8>,
}

impl Descent {
    /// How often a call that comes of nothing may be dialled or forwarded on.
    const FORWARDS: u8 = 20;

    /// Made for a channel that is there.
    pub(crate) fn of(channel: &Channel) -> Self {
        Self {
            linkedid: Some(Arc::clone(&channel.linkedid)),
            trace: Some(channel.trace.id),
            forwards: Some(channel.forwards.saturating_sub(1)),
        }
    }
}

/// The events that tell the difference between two moments of a channel, in their order.
fn changes(old: Option<&ChannelSnapshot>, new: &Arc<ChannelSnapshot>) -> Vec<Event> {
    let Some(old) = old else {
        return vec![Event::Newchannel {
            channel: Arc::clone(new),
        }];
    };
    let mut events = Vec::new();
    let channel = || Arc::clone(new);
    if old.state != new.state {
        events.push(Event::Newstate { channel: channel() });
    }
    // Beginning another application at the same place is not told.
    let begins = old.application.is_empty() || place(old) != place(new);
    if !new.application.is_empty() && begins {
        events.push(Event::Newexten { channel: channel() });
    }
    if old.caller != new.caller {
        events.push(Event::NewCallerid { channel: channel() });
    }
    if old.account != new.account {
        events.push(Event::NewAccountCode {
            channel: channel(),
            old: Arc::clone(&old.account),
        });
    }
    if old.connected != new.connected {
        events.push(Event::NewConnectedLine { channel: channel() });
    }
    events
}

pub(crate) fn place(of: &ChannelSnapshot) -> (&str, &str, u32) {
    (&of.context, &of.exten, of.priority)
}
