//! Commands: each goes to the file that carries it out; those that only ask are answered here.

use crate::Switch;
use crate::scope::ChannelScope;
use model::{
    ChannelId, Command, ExtensionReport, ExtensionState, HangupTarget, Refusal, Reply, Statuses,
    Token, Variable, VariableRequest,
};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Switch {
    pub(crate) fn on_command(&mut self, token: Token, command: Command) {
        let at = self.seq();
        let reply = match command {
            Command::Originate(order) => return self.originate(token, at, order),
            Command::FindExtension(place) => match self.check_extension(&place) {
                Ok(()) => Reply::Done,
                Err(refusal) => Reply::Refused(refusal),
            },
            Command::Database(command) => return self.on_database(token, at, command),
            Command::Hangup { target, cause } => self.hang_up_target(&target, cause),
            Command::Channels => Reply::Channels(self.list_channels()),
            Command::Snapshot => Reply::Snapshot(self.state_as_events()),
            Command::Status {
                channel,
                variables,
                all_variables,
            } => self.status(channel.as_deref(), &variables, all_variables),
            Command::Getvar(request) => self.read_variable(&request),
            Command::Setvar { variable, value } => self.write_variable(&variable, &value),
            Command::ExtensionState { context, exten } => {
                Reply::Extension(self.extension_state(&context, &exten))
            }
            Command::States(query) => self.states(&query),
            Command::Redirect { first, second } => self.redirect(&first, second.as_ref()),
            Command::BlindTransfer {
                channel,
                context,
                exten,
            } => self.blind_transfer(&channel, context.as_deref(), &exten),
            Command::AttendedTransfer {
                channel,
                context,
                exten,
            } => self.press_attended_transfer(&channel, context.as_deref(), &exten),
            Command::CancelAttendedTransfer { channel } => self.press_disconnect(&channel),
            Command::AbsoluteTimeout { channel, time } => self.limit(&channel, time),
            Command::Bridge {
                first,
                second,
                tones,
            } => self.join(&first, &second, tones),
            Command::Bridges { kind } => self.list_bridges(kind.as_deref()),
            Command::BridgeInfo { bridge } => self.show_bridge(&bridge),
            Command::BridgeDestroy { bridge } => self.destroy_bridge(&bridge),
            Command::BridgeKick { bridge, channel } => self.kick(bridge.as_deref(), &channel),
            Command::BridgeTechnologies => self.bridge_technologies(),
            Command::SuspendTechnology { name, suspend } => self.suspend_technology(&name, suspend),
            Command::OptimizeAway { channel } => self.optimize_away(&channel),
            Command::SendText { channel, text } => self.send_text(&channel, text),
            Command::Advise {
                channel,
                prefix,
                advice,
            } => self.advise(channel.as_deref(), prefix.as_deref(), advice),
            Command::PlayDigit {
                channel,
                digit,
                milliseconds,
                receive,
            } => self.play_digit(&channel, digit, milliseconds, receive),
            Command::PlayMf {
                channel,
                digit,
                milliseconds,
            } => self.play_mf(&channel, digit, milliseconds),
            Command::ControlPlayback { channel, control } => {
                self.control_playback(&channel, control)
            }
            Command::MuteAudio {
                channel,
                direction,
                mute,
            } => self.mute_audio(&channel, direction, mute),
            Command::ChannelMap { channel } => self.channel_map(&channel),
            Command::Dialplan(command) => Reply::Dialplan(self.on_dialplan(&command)),
            Command::CallRecords { channel } => self.open_records(channel.as_deref()),
            Command::Groups => Reply::Groups(self.groups()),
            Command::Counts => Reply::Counts {
                channels: self.channels.len(),
                calls: self.counters.calls,
            },
        };
        self.reply(token, at, reply);
    }

    fn hang_up_target(&mut self, target: &HangupTarget, cause: Option<model::Cause>) -> Reply {
        let ids = match target {
            HangupTarget::Channel(name) => match self.find_channel(name) {
                Some(id) => vec![id],
                None => return Reply::Refused(Refusal::NoSuchChannel),
            },
            HangupTarget::Matching(pattern) => match regex::Regex::new(pattern) {
                Ok(pattern) => {
                    let matching = self
                        .channels
                        .values()
                        .filter(|channel| pattern.is_match(&channel.name));
                    matching.map(|channel| channel.id).collect()
                }
                Err(error) => {
                    return Reply::Refused(Refusal::BadPattern(error.to_string().into()));
                }
            },
        };
        let mut names = Vec::new();
        for id in ids {
            let Some(channel) = self.channels.get(&id) else {
                continue;
            };
            names.push(Arc::clone(&channel.name));
            self.hang_up(id, cause);
        }
        Reply::HungUp(names)
    }

    fn status(&mut self, channel: Option<&str>, names: &[Arc<str>], all: bool) -> Reply {
        let channels = match channel {
            None => self.list_channels(),
            Some(name) => match self.find_channel(name) {
                Some(id) => self.snapshot(id).into_iter().collect(),
                None => return Reply::Refused(Refusal::NoSuchChannel),
            },
        };
        let mut variables = BTreeMap::new();
        if all || !names.is_empty() {
            for channel in channels.iter() {
                variables.insert(channel.id, self.variables(channel.id, names, all));
            }
        }
        Reply::Status(Statuses {
            channels,
            at: self.now,
            variables,
        })
    }

    /// The values of these of a channel, then all its own variables if they are wanted.
    fn variables(&mut self, id: ChannelId, names: &[Arc<str>], all: bool) -> Vec<Variable> {
        let mut variables = Vec::with_capacity(names.len());
        for name in names {
            let value = ChannelScope::of_client(self, Some(id)).value(name);
            variables.push((Arc::clone(name), value.unwrap_or_default().into()));
        }
        let channel = self.channels.get(&id).filter(|_| all);
        let own = channel
            .into_iter()
            .flat_map(|channel| channel.variables.iter());
        variables.extend(own.map(|(name, value)| (name.into(), Arc::clone(value))));
        variables
    }

    fn read_variable(&mut self, request: &VariableRequest) -> Reply {
        let channel = match self.named_channel(request.channel.as_deref()) {
            Ok(channel) => channel,
            Err(refusal) => return Reply::Refused(refusal),
        };
        match ChannelScope::of_client(self, channel).value(&request.name) {
            Ok(value) => Reply::Value(value.into()),
            Err(error) => {
                tracing::info!(variable = %request.name, %error, "Getvar: no value");
                Reply::Value(Arc::default())
            }
        }
    }

    fn write_variable(&mut self, request: &VariableRequest, value: &str) -> Reply {
        let channel = match self.named_channel(request.channel.as_deref()) {
            Ok(channel) => channel,
            Err(refusal) => return Reply::Refused(refusal),
        };
        match ChannelScope::of_client(self, channel).assign(&request.name, value) {
            Ok(()) => Reply::Done,
            Err(error) => {
                tracing::info!(variable = %request.name, %error, "Setvar refused");
                Reply::Refused(Refusal::NotSet)
            }
        }
    }

    fn named_channel(&self, name: Option<&str>) -> Result<Option<ChannelId>, Refusal> {
        let Some(name) = name else { return Ok(None) };
        self.find_channel(name)
            .map(Some)
            .ok_or(Refusal::NoSuchChannel)
    }

    fn extension_state(&self, context: &str, exten: &str) -> ExtensionReport {
        match self.hint_state(context, exten) {
            Some((hint, state)) => ExtensionReport { hint, state },
            None => ExtensionReport {
                hint: Arc::default(),
                state: ExtensionState::Deactivated,
            },
        }
    }
}
