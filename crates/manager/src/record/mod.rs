//! What managers are told of an event: made once for all of them.

mod bridge;
mod call;
mod channel;
mod dial;
mod kept;
mod legacy;
mod memory;
mod pjsip;
mod security;
mod spy;
mod system;

pub(crate) use bridge::bridge_block;
pub(crate) use channel::{block, or_unknown, written};
pub use kept::Kept;
pub use memory::{Memory, Recalled};

use crate::Node;
use ami::event::legacy::FullyBooted;
use ami::event::system::BootedBefore;
use ami::event::{Declaration, Event as _};
use ami::{Classes, Dialect, Message, raw};
use jiff::{Timestamp, tz::TimeZone};
use model::{Event, Mark, Record, Run, Seq};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// How events are told; the same for all accounts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Style {
    /// The node's run.
    pub run: Run,
    /// The node's name; empty if it has none.
    pub system_name: String,
    /// Whether to tell when (`timestampevents`).
    pub timestamps: bool,
    /// Whether to tell the number of each event (`debug`).
    pub numbers: bool,
    /// Events that are told to nobody (`disabledevents`), by their names on the wire.
    pub disabled: Vec<String>,
    /// For times told in words.
    #[serde(with = "jiff::fmt::serde::tz::required")]
    pub zone: TimeZone,
    /// Whether somebody is spoken to as release 1.8 spoke.
    pub legacy: bool,
}

/// An event as managers are told it.
#[derive(Debug)]
pub struct Rendered {
    mark: Mark,
    told: Option<Arc<Told>>,
    legacy: Option<Arc<Told>>,
}

/// An event in words, shared by all who are told it.
#[derive(Debug)]
pub struct Told {
    /// Its place. It is numbered 0 if it is outside of the order, as one that tells a state.
    pub mark: Mark,
    /// Its name on the wire.
    pub name: &'static str,
    /// Told to who may hear all of these.
    pub classes: Classes,
    /// Its headers.
    pub message: Message,
    /// So many of them stand before `Sequence`, for who is told that.
    pub(crate) head: u8,
    /// Whether it is told to all at the same time, so that what is found out of it may be remembered;
    /// not if it tells the state, or is told again from what was kept.
    pub(crate) fresh: bool,
    /// Whether bytes that are no text may stand in it.
    pub(crate) stray: bool,
    /// The same as JSON, once somebody has asked for it.
    pub(crate) json: OnceLock<Box<str>>,
}

/// The header that tells a place in the order of events.
pub(crate) const SEQUENCE: &str = "Sequence";

impl Told {
    /// The event as JSON; made by the first who asks.
    pub fn json(&self) -> &str {
        self.json.get_or_init(|| {
            let mut text = String::with_capacity(2 * self.message.text().len());
            ami::json::encode(&self.message, &mut text);
            text.into_boxed_str()
        })
    }

    /// The event with its place told.
    pub(crate) fn numbered(&self) -> Message {
        let mut message = self.message.clone();
        message.insert(self.head.into(), SEQUENCE, self.mark);
        message
    }

    /// Writes it; with its place for who is told that. The text is the same for all others.
    pub(crate) fn write(&self, numbered: bool, bytes: &mut Vec<u8>) {
        let from = bytes.len();
        if numbered {
            raw::encode_with(&self.message, self.head.into(), SEQUENCE, self.mark, bytes);
        } else {
            bytes.extend_from_slice(self.message.wire().as_bytes());
        }
        if self.stray {
            stray::restore(bytes, from);
        }
    }
}

impl Rendered {
    /// Puts an event in words; with what was remembered for it, if somebody is spoken to as release
    /// 1.8 spoke.
    pub fn new(record: &Record, recalled: &Recalled, style: &Style) -> Self {
        let to = Teller {
            record,
            style,
            system_name: &style.system_name,
        };
        let legacy = style
            .legacy
            .then(|| legacy::tell(&to.unnamed(), recalled, &record.event));
        Self {
            mark: style.run.at(record.seq),
            told: tell(&to, &record.event).map(Arc::new),
            legacy: legacy.flatten().map(Arc::new),
        }
    }

    /// One that nobody is told.
    pub fn untold(mark: Mark) -> Self {
        let (told, legacy) = (None, None);
        Self { mark, told, legacy }
    }

    /// Its place.
    pub fn mark(&self) -> Mark {
        self.mark
    }

    /// The event in words, for who is spoken to so; `None` if it is not told.
    pub fn told(&self, dialect: Dialect) -> Option<&Arc<Told>> {
        match dialect {
            Dialect::V1_8 => self.legacy.as_ref(),
            Dialect::V22 => self.told.as_ref(),
        }
    }
}

/// An event outside of the order, which tells the state, in words; `None` if it is not told.
pub(crate) fn state_told(
    event: Event,
    at: Timestamp,
    style: &Style,
    dialect: Dialect,
) -> Option<Told> {
    let seq = Seq(0);
    let record = Record { seq, at, event };
    let to = Teller {
        record: &record,
        style,
        system_name: &style.system_name,
    };
    match dialect {
        Dialect::V22 => tell(&to, &record.event),
        Dialect::V1_8 => legacy::tell(&to.unnamed(), &Recalled::default(), &record.event),
    }
}

impl Style {
    /// How the events of a node are told.
    pub fn of(node: &Node) -> Self {
        let general = &node.settings.general;
        Self {
            run: node.run,
            system_name: node.system_name.clone(),
            timestamps: general.timestamp_events,
            numbers: general.debug,
            disabled: general.disabled_events.0.clone(),
            zone: node.zone.clone(),
            legacy: node.settings.speaks(Dialect::V1_8),
        }
    }
}

/// Puts the events of one record in words.
struct Teller<'a> {
    record: &'a Record,
    style: &'a Style,
    /// The node's name, if it is told.
    system_name: &'a str,
}

impl Teller<'_> {
    /// The same without the node's name, which release 1.8 did not tell.
    fn unnamed(&self) -> Self {
        Self {
            system_name: "",
            ..*self
        }
    }

    /// Puts an event in words, with the headers that every event has.
    fn say<E: ami::event::Event>(&self, event: &E) -> Option<Told> {
        let Declaration { name, classes, .. } = E::DECLARATION;
        if self.style.disabled.iter().any(|disabled| disabled == name) {
            return None;
        }
        let stamps = u8::from(self.style.timestamps);
        let mut message = event.stamped(|message| {
            if self.style.timestamps {
                message.header("Timestamp", seconds(self.record.at));
            }
            if self.style.numbers {
                message.header("SequenceNumber", self.record.seq);
            }
            if !self.system_name.is_empty() {
                message.header("SystemName", self.system_name);
            }
        });
        message.fit();
        Some(Told {
            mark: self.style.run.at(self.record.seq),
            head: 1 + u8::from(!classes.is_empty()) + stamps,
            fresh: self.record.seq != Seq(0),
            name,
            classes,
            stray: stray::is_in(message.wire()),
            message,
            json: OnceLock::new(),
        })
    }
}

/// The event's own words, by the file of its family.
#[rustfmt::skip] // A table: what happened, and who puts it in words.
fn tell(to: &Teller<'_>, event: &Event) -> Option<Told> {
    match event {
        Event::Newchannel { channel } => channel::made(to, channel),
        Event::Newstate { channel } => channel::changed_state(to, channel),
        Event::Newexten { channel } => channel::executes(to, channel),
        Event::VarSet { channel, variable, value } => channel::variable_set(to, channel.as_deref(), variable, value),
        Event::NewCallerid { channel } => channel::caller_changed(to, channel),
        Event::NewConnectedLine { channel } => channel::connected_line_changed(to, channel),
        Event::NewAccountCode { channel, old } => channel::account_changed(to, channel, old),
        Event::SoftHangupRequest { channel, cause } => channel::to_be_hung_up(to, channel, *cause),
        Event::HangupRequest { channel, cause } => channel::far_end_hangs_up(to, channel, *cause),
        Event::Hangup { channel } => channel::ended(to, channel),
        Event::HangupHandler { channel, handler, change } => channel::handler(to, channel, handler, *change),
        Event::DtmfBegin { channel, digit, received } => channel::digit_begins(to, channel, *digit, *received),
        Event::DtmfEnd { channel, digit, milliseconds, received } => channel::digit_ends(to, channel, *digit, *milliseconds, *received),
        Event::Flash { channel } => channel::flashed(to, channel),
        Event::TalkingStart { channel } => channel::talks(to, channel),
        Event::TalkingStop { channel, milliseconds } => channel::has_talked(to, channel, *milliseconds),
        Event::Hold { channel, music_class } => channel::held(to, channel, music_class.as_deref()),
        Event::Unhold { channel } => channel::taken_back(to, channel),
        Event::MusicOnHoldStart { channel, class } => channel::music_begins(to, channel, class),
        Event::MusicOnHoldStop { channel } => channel::music_ends(to, channel),
        Event::Advice { channel, advice } => call::advised(to, channel, advice),
        Event::DialBegin { caller, dest, dial_string } => dial::begins(to, caller.as_deref(), dest, dial_string),
        Event::DialState { caller, dest, status } => dial::goes_on(to, caller.as_deref(), dest, *status),
        Event::DialEnd { caller, dest, status, forward } => dial::ends(to, caller.as_deref(), dest, (*status, forward.as_deref())),
        Event::BridgeCreate { bridge } => bridge::made(to, bridge),
        Event::BridgeEnter { bridge, channel, swap } => bridge::entered(to, bridge, channel, swap.as_deref()),
        Event::BridgeLeave { bridge, channel } => bridge::left(to, bridge, channel),
        Event::BridgeDestroy { bridge } => bridge::gone(to, bridge),
        Event::BridgeMerge { to: dest, from } => bridge::merged(to, dest, from),
        Event::LocalBridge { one, two, context, exten, optimize } => bridge::local(to, one, two, (context, exten), *optimize),
        Event::LocalOptimizationBegin { one, two, source, dest, id } => bridge::optimization_begins(to, [one, two, source], dest, *id),
        Event::LocalOptimizationEnd { one, two, success, id } => bridge::optimization_ends(to, one, two, *success, *id),
        Event::Pickup { channel, target } => bridge::picked_up(to, channel, target),
        Event::ChanSpyStart { spyer, spyee } => spy::begins(to, spyer, spyee),
        Event::ChanSpyStop { spyer, spyee } => spy::ends(to, spyer, spyee),
        Event::AttendedTransfer {
            result, transferers, bridges, transferee, target, dest, stays, external,
        } => {
            let joined = [transferee.as_deref(), target.as_deref()];
            bridge::attended(to, (*result, *external), transferers, bridges, joined, (dest, *stays))
        }
        Event::BlindTransfer { result, transferer, transferee, bridge, context, exten, external } => {
            let channels = (transferer.as_ref(), transferee.as_deref());
            bridge::transferred(to, (*result, *external), channels, bridge.as_deref(), (context, exten))
        }
        Event::DeviceStateChange { device, state } => system::device(to, device, *state),
        Event::ExtensionStatus { exten, context, hint, state } => system::extension(to, (exten, context), hint, *state),
        Event::PresenceStateChange { presentity, presence } => system::presence(to, presentity, presence),
        Event::PresenceStatus { exten, context, hint, presence } => system::presence_of(to, (exten, context), hint, presence),
        Event::MessageWaiting { mailbox, counts } => system::messages(to, mailbox, *counts),
        Event::PeerStatus { peer, reachable } => pjsip::peer(to, peer, *reachable),
        Event::ContactStatus(fact) => pjsip::contact(to, fact),
        Event::Registry { channel_type, username, domain, status } => pjsip::registry(to, channel_type, (username, domain), *status),
        Event::UserEvent { channel, name, headers } => call::user_event(to, channel.as_deref(), name, headers),
        Event::OriginateResponse { action_id, reason, channel, destination, uniqueid, caller, .. } => {
            let call = call::Outcome { channel, uniqueid: uniqueid.as_deref(), caller };
            call::originated(to, action_id.as_deref(), *reason, destination, &call)
        }
        Event::Cdr { record, headers } => call::record(to, record, headers),
        Event::Cel { entry, shown } => call::logged(to, entry, *shown),
        Event::Security(security) => security::happened(to, security),
        Event::FullyBooted { uptime, last_reload } => system::booted(to, *uptime, *last_reload),
        Event::Shutdown { cleanly, restart } => system::ends(to, *cleanly, *restart),
        Event::Reload { module, status } => system::reloaded(to, module, *status),
    }
}

/// Seconds since 1970 with six decimals, as `Timestamp` tells them.
pub(crate) fn seconds(at: Timestamp) -> String {
    let microseconds = at.as_microsecond();
    let mut text = microseconds.div_euclid(1_000_000).to_string();
    text.push('.');
    // Answers to Ping are many, and formatting with a width costs more than this.
    let fraction = microseconds.rem_euclid(1_000_000);
    let digits = [100_000, 10_000, 1_000, 100, 10, 1].map(|place| fraction / place % 10);
    text.extend(digits.map(|digit| char::from(b'0' + u8::try_from(digit).unwrap_or_default())));
    text
}

/// FullyBooted as it is told to who logs in after it happened: without what other events have
/// (ami-server.md 2.4).
pub(crate) fn booted_before(node: &Node, dialect: Dialect, at: Timestamp) -> Message {
    if dialect == Dialect::V1_8 {
        return FullyBooted {
            status: "Fully Booted",
        }
        .message();
    }
    let since = |from: Timestamp| u64::try_from(at.duration_since(from).as_secs()).unwrap_or(0);
    let event = BootedBefore {
        uptime: since(node.started),
        last_reload: since(node.reloaded),
        status: "Fully Booted",
    };
    event.message()
}
