//! The channel event log. It is made of the events the switch tells anyway, so it cannot tell
//! another story than they do.
//!
//! What is kept here is only for what no single event says: which watched application a channel is
//! in, and whether others have its linkedid.

mod more;

use crate::bridge::Bridge;
use crate::channel::place;
use crate::{Output, Switch};
use dialplan::functions::format_time;
use model::{
    BridgeSnapshot, ChannelEvent, ChannelEventKind as Kind, ChannelId, ChannelSnapshot,
    ChannelState, Event, Spool, TransferResult,
};
use more::{More, id, json, name, uniqueid};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is kept between events.
#[derive(Debug, Default)]
pub(crate) struct EventLog {
    /// Channels in a watched application, as they were when it began.
    running: BTreeMap<ChannelId, Arc<ChannelSnapshot>>,
    /// What channels hear.
    streams: BTreeMap<ChannelId, Arc<str>>,
    /// How many channels there are of each linkedid.
    linked: BTreeMap<Arc<str>, usize>,
}

impl Switch {
    /// The log begins, or ends, with a configuration.
    pub(crate) fn renew_event_log(&mut self) {
        self.event_log = EventLog::default();
        if self.config.cel.enabled {
            for channel in self.channels.values() {
                let linkedid = Arc::clone(&channel.linkedid);
                *self.event_log.linked.entry(linkedid).or_default() += 1;
            }
        }
    }

    /// Enters what an event means for channels.
    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "most events mean nothing here"
    )]
    pub(crate) fn log_event(&mut self, event: &Event) {
        match event {
            Event::Newchannel { channel } => {
                self.event_log.link(&channel.linkedid);
                self.log(Kind::ChanStart, channel, More::default());
            }
            Event::Newstate { channel } if channel.state == ChannelState::Up => {
                self.log(Kind::Answer, channel, More::default());
            }
            Event::DialEnd {
                caller: Some(caller),
                forward: Some(forward),
                ..
            } => self.log(Kind::Forward, caller, More::extra(&[("forward", forward)])),
            Event::Hangup { channel } => self.log_hangup(channel),
            Event::BridgeEnter {
                bridge, channel, ..
            } => self.log_bridge(Kind::BridgeEnter, bridge, channel),
            Event::BridgeLeave { bridge, channel } => {
                self.log_bridge(Kind::BridgeExit, bridge, channel);
            }
            Event::BlindTransfer {
                result: TransferResult::Success,
                transferer,
                transferee,
                bridge,
                context,
                exten,
                ..
            } => {
                let more = More::extra(&[
                    ("extension", exten),
                    ("context", context),
                    ("bridge_id", uniqueid(bridge.as_ref())),
                    ("transferee_channel_name", name(transferee.as_ref())),
                    ("transferee_channel_uniqueid", id(transferee.as_ref())),
                ]);
                self.log(Kind::BlindTransfer, transferer, more);
            }
            Event::AttendedTransfer {
                result: TransferResult::Success,
                transferers: [first, second],
                bridges: [one, two],
                transferee,
                target,
                ..
            } => {
                let more = More::extra(&[
                    ("bridge1_id", uniqueid(one.as_ref())),
                    ("channel2_name", &second.name),
                    ("channel2_uniqueid", &second.uniqueid),
                    match two {
                        Some(two) => ("bridge2_id", &two.uniqueid),
                        None => ("app", &second.application),
                    },
                    ("transferee_channel_name", name(transferee.as_ref())),
                    ("transferee_channel_uniqueid", id(transferee.as_ref())),
                    ("transfer_target_channel_name", name(target.as_ref())),
                    ("transfer_target_channel_uniqueid", id(target.as_ref())),
                ]);
                self.log(Kind::AttendedTransfer, first, more);
            }
            Event::Pickup { channel, target } => {
                let more = More::extra(&[
                    ("pickup_channel", &channel.name),
                    ("pickup_channel_uniqueid", &channel.uniqueid),
                ]);
                self.log(Kind::Pickup, target, more);
            }
            Event::LocalOptimizationBegin { one, two, .. } => {
                self.log(Kind::LocalOptimizeBegin, one, More::local_two(two));
            }
            // It is told only when it is done, whatever it says of its success.
            Event::LocalOptimizationEnd { one, two, .. } => {
                self.log(Kind::LocalOptimize, one, More::local_two(two));
            }
            Event::DtmfEnd {
                channel,
                digit,
                milliseconds,
                received: true,
            } => {
                let (digit, milliseconds) = (digit.to_string(), milliseconds.to_string());
                let more = More::extra(&[("digit", &digit), ("duration_ms", &milliseconds)]);
                self.log(Kind::Dtmf, channel, more);
            }
            Event::MusicOnHoldStart { channel, class } => {
                self.log_stream(channel, Some(("class", class)));
            }
            Event::MusicOnHoldStop { channel } => self.log_stream(channel, None),
            _ => {}
        }
    }

    /// Enters something of the dialplan's own.
    pub(crate) fn log_user_event(&mut self, id: ChannelId, name: &str, extra: &str) {
        if let Some(channel) = self.snapshot(id) {
            let mut more = More::extra(&[("extra", extra)]);
            more.user_defined = name.into();
            self.log(Kind::UserDefined, &channel, more);
        }
    }

    /// A channel begins to hear a file, or has ended to hear what it heard.
    pub(crate) fn log_sound(&mut self, id: ChannelId, file: Option<&str>) {
        if !self.config.cel.enabled {
            return;
        }
        if let Some(channel) = self.snapshot(id) {
            self.log_stream(&channel, file.map(|file| ("sound", file)));
        }
    }

    /// A channel has come to others: its old linkedid may have been its alone.
    pub(crate) fn log_linkedid(&mut self, id: ChannelId, old: &Arc<str>) {
        if !self.config.cel.enabled {
            return;
        }
        let Some(channel) = self.snapshot(id) else {
            return;
        };
        self.event_log.link(&channel.linkedid);
        let before = ChannelSnapshot {
            linkedid: Arc::clone(old),
            ..ChannelSnapshot::clone(&channel)
        };
        self.log_unlinked(&Arc::new(before));
    }

    fn log_stream(&mut self, channel: &Arc<ChannelSnapshot>, new: Option<(&str, &str)>) {
        if let Some(extra) = self.event_log.streams.remove(&channel.id) {
            let more = More {
                extra: extra.to_string(),
                ..More::default()
            };
            self.log(Kind::StreamEnd, channel, more);
        }
        if let Some(new) = new {
            let more = More::extra(&[new]);
            let extra = more.extra.as_str().into();
            self.event_log.streams.insert(channel.id, extra);
            self.log(Kind::StreamBegin, channel, more);
        }
    }

    /// A channel has changed: it may have begun another application, whether or not that is told.
    pub(crate) fn log_application(
        &mut self,
        old: Option<&ChannelSnapshot>,
        channel: &Arc<ChannelSnapshot>,
    ) {
        if !self.config.cel.enabled {
            return;
        }
        let found = self.channels.get(&channel.id);
        let executes = found.is_some_and(|channel| !channel.run.is_empty());
        let begins = old.is_none_or(|old| {
            (&old.application, &old.data) != (&channel.application, &channel.data)
                || executes && place(old) != place(channel)
        });
        if !begins {
            return;
        }
        self.log_application_end(channel.id);
        if !channel.application.is_empty() && self.config.cel.watches(&channel.application) {
            let begun = Arc::clone(channel);
            self.event_log.running.insert(channel.id, begun);
            self.log(Kind::AppStart, channel, More::default());
        }
    }

    fn log_application_end(&mut self, id: ChannelId) {
        if let Some(begun) = self.event_log.running.remove(&id) {
            self.log(Kind::AppEnd, &begun, More::default());
        }
    }

    fn log_hangup(&mut self, channel: &Arc<ChannelSnapshot>) {
        self.log_stream(channel, None);
        self.log_application_end(channel.id);
        let found = self.channels.get(&channel.id);
        let source = found.map(|found| Arc::clone(&found.hangup_source));
        let status = found.and_then(|found| found.variables.value("DIALSTATUS").cloned());
        let cause = channel.cause.map_or(0, model::Cause::number);
        let more = More {
            extra: format!(
                "{{\"hangupcause\":{cause},\"hangupsource\":{},\"dialstatus\":{}}}",
                json(&source.unwrap_or_default()),
                json(&status.unwrap_or_default())
            ),
            ..More::default()
        };
        self.log(Kind::Hangup, channel, more);
        self.log(Kind::ChanEnd, channel, More::default());
        self.log_unlinked(channel);
    }

    fn log_unlinked(&mut self, channel: &Arc<ChannelSnapshot>) {
        if self.event_log.unlink(&channel.linkedid) {
            self.log(Kind::LinkedidEnd, channel, More::default());
        }
    }

    fn log_bridge(&mut self, kind: Kind, bridge: &BridgeSnapshot, channel: &Arc<ChannelSnapshot>) {
        let mut more = More::extra(&[
            ("bridge_id", &bridge.uniqueid),
            ("bridge_technology", &bridge.technology),
        ]);
        let members = self.bridges.get(&bridge.id).map(Bridge::members);
        let others = members
            .into_iter()
            .flatten()
            .filter(|member| **member != channel.id);
        let names = others.filter_map(|member| self.channels.get(member));
        let names: Vec<_> = names.map(|channel| &*channel.name).collect();
        more.peer = names.join(",");
        self.log(kind, channel, more);
    }

    fn log(&mut self, kind: Kind, channel: &Arc<ChannelSnapshot>, more: More) {
        let settings = &self.config.cel;
        if !settings.enabled || !settings.events.contains(&kind) {
            return;
        }
        let (manager, shown) = (settings.manager, settings.show_user_defined);
        let found = self.channels.get(&channel.id);
        let memory = found.map(|channel| &channel.memory);
        let ani = memory.and_then(|memory| memory.ani.as_ref());
        let charged = ani.map_or(&channel.caller, |ani| &ani.party);
        let text = |text: Option<&Arc<str>>| text.cloned().unwrap_or_default();
        let entry = Arc::new(ChannelEvent {
            kind,
            user_defined: more.user_defined,
            channel: Arc::clone(channel),
            time: self.log_time(),
            ani: text(charged.number.as_ref()),
            rdnis: text(memory.and_then(|memory| memory.redirecting.from.party.number.as_ref())),
            ama_flags: memory.map(|memory| memory.ama_flags).unwrap_or_default(),
            peer_account: text(memory.and_then(|memory| memory.peer_account.as_ref())),
            user_field: self.user_field(channel.id),
            peer: more.peer.into(),
            extra: more.extra.into(),
        });
        self.put(Output::Spool(Spool::Event(Arc::clone(&entry))));
        if manager {
            self.tell(Event::Cel { entry, shown });
        }
    }

    /// The time of the turn, in the format of the configuration or as seconds since 1970.
    fn log_time(&self) -> Arc<str> {
        let now = self.now.utc;
        let format = self.config.cel.date_format.as_deref();
        let told = format.and_then(|format| format_time(&self.local_time(), format).ok());
        told.unwrap_or_else(|| format!("{}.{:06}", now.as_second(), now.subsec_microsecond()))
            .into()
    }
}

impl EventLog {
    fn link(&mut self, linkedid: &Arc<str>) {
        *self.linked.entry(Arc::clone(linkedid)).or_default() += 1;
    }

    /// One channel less has this linkedid: whether it was the last.
    fn unlink(&mut self, linkedid: &str) -> bool {
        let Some(channels) = self.linked.get_mut(linkedid) else {
            return false;
        };
        *channels -= 1;
        let last = *channels == 0;
        if last {
            self.linked.remove(linkedid);
        }
        last
    }
}
