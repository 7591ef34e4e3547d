//! What a text of the dialplan may name: a channel's variables, the global ones, those that are
//! built in, and functions.

use crate::Switch;
use crate::function;
use dialplan::functions::{self, Outcome, World};
use dialplan::{FunctionError, Problem, Scope};
use jiff::Zoned;
use model::ChannelId;
use std::fmt;

/// The switch as a text sees it that belongs to a channel, or to none.
pub(crate) struct ChannelScope<'a> {
    pub(crate) switch: &'a mut Switch,
    pub(crate) channel: Option<ChannelId>,
    asker: Asker,
    /// How deep texts that came out of others are being expanded.
    depth: u8,
}

/// How deep they may be.
const DEPTH: u8 = 8;

/// Who wants something of variables and functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asker {
    /// The dialplan: it may use all there are.
    Dialplan,
    /// A client of the manager: only functions that say they are open to it.
    Client,
}

impl<'a> ChannelScope<'a> {
    /// For the dialplan a channel executes.
    pub(crate) fn new(switch: &'a mut Switch, channel: ChannelId) -> Self {
        Self {
            switch,
            channel: Some(channel),
            asker: Asker::Dialplan,
            depth: 0,
        }
    }

    /// For a client of the manager, about a channel or none.
    pub(crate) fn of_client(switch: &'a mut Switch, channel: Option<ChannelId>) -> Self {
        Self {
            switch,
            channel,
            asker: Asker::Client,
            depth: 0,
        }
    }

    /// Expands a text.
    pub(crate) fn expand(&mut self, text: &str) -> String {
        if text.contains('$') {
            dialplan::expand(text, self)
        } else {
            text.to_owned()
        }
    }

    /// The value of `NAME` or `NAME(args)`; empty if it is not set.
    pub(crate) fn value(&mut self, name: &str) -> Outcome {
        let Some((function, args)) = call(name) else {
            return Ok(self.variable(name).unwrap_or_default());
        };
        self.function(function, args)
            .unwrap_or_else(|| Err(no_such(function)))
    }

    /// Sets `NAME` or `NAME(args)`. A variable is one of the channel, or global if there is none.
    pub(crate) fn assign(&mut self, name: &str, value: &str) -> Outcome<()> {
        let Some((function, args)) = call(name) else {
            if name.is_empty() {
                return Err(FunctionError("a variable without a name".to_owned()));
            }
            self.set(name, value);
            return Ok(());
        };
        if let Some(known) = functions::find(function) {
            let write = known.write.ok_or_else(|| read_only(function))?;
            return write(self, args, value);
        }
        let known = function::find(function).ok_or_else(|| no_such(function))?;
        let write = known.write.ok_or_else(|| read_only(function))?;
        self.check(known)?;
        write(self, args, value)
    }

    /// Does something that may come back here, to a bounded depth.
    pub(crate) fn nested<T>(&mut self, work: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth == DEPTH {
            return Err(FunctionError(format!(
                "values within values, more than {DEPTH} deep"
            )));
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        done
    }

    /// Whether who asks may use a function.
    fn check(&self, function: &function::Function) -> Outcome<()> {
        let open =
            function.open || self.asker == Asker::Dialplan || self.switch.config.live_dangerously;
        if open {
            Ok(())
        } else {
            Err(FunctionError("not open to clients".to_owned()))
        }
    }

    /// What the switch itself knows, whatever is set.
    fn built_in(&self, name: &str) -> Option<String> {
        if name == "EPOCH" {
            return Some(self.switch.now.utc.as_second().to_string());
        }
        let config = &self.switch.config;
        match name {
            "SYSTEMNAME" => return Some(text(config.system_name.as_deref())),
            "ENTITYID" => return Some(text(config.entity_id.as_deref())),
            _ => {}
        }
        if name.starts_with("AST")
            && let Some(folder) = self.switch.config.folders.get(name)
        {
            return Some(folder.to_string());
        }
        let channel = self.switch.channels.get(&self.channel?)?;
        let value = match name {
            "EXTEN" => &channel.exten,
            "CONTEXT" => &channel.context,
            "CHANNEL" => &channel.name,
            "UNIQUEID" => &channel.uniqueid,
            "PRIORITY" => return Some(channel.priority.to_string()),
            "HANGUPCAUSE" => {
                return Some(channel.cause.map_or(0, model::Cause::number).to_string());
            }
            "HINT" | "HINTNAME" => {
                let hint = self.switch.hint(&channel.context, &channel.exten)?;
                return match name {
                    "HINT" => Some(hint.watched().to_owned()),
                    _ => hint.name().map(str::to_owned),
                };
            }
            "CALLINGPRES" => {
                let caller = &channel.memory.caller;
                let presentation = caller.presentation(&channel.caller);
                return Some(presentation.number().to_string());
            }
            "CALLINGTON" => return Some(channel.memory.caller.plan.to_string()),
            "CALLINGANI2" => return Some(channel.memory.ani2.to_string()),
            // Nobody selects a transit network.
            "CALLINGTNS" => return Some("0".to_owned()),
            _ => return None,
        };
        Some(value.to_string())
    }
}

impl Scope for ChannelScope<'_> {
    fn variable(&mut self, name: &str) -> Option<String> {
        if let Some(value) = self.built_in(name) {
            return Some(value);
        }
        let channel = self.channel.and_then(|id| self.switch.channels.get(&id));
        let own = channel.and_then(|channel| channel.variables.value(name));
        own.or_else(|| self.switch.globals.value(name))
            .map(ToString::to_string)
    }

    fn function(&mut self, name: &str, args: &str) -> Option<Outcome> {
        if let Some(known) = functions::find(name) {
            let Some(read) = known.read else {
                return Some(Err(write_only(name)));
            };
            return Some(read(self, args));
        }
        let known = function::find(name)?;
        let Some(read) = known.read else {
            return Some(Err(write_only(name)));
        };
        Some(self.check(known).and_then(|()| read(self, args)))
    }

    fn problem(&mut self, problem: Problem) {
        self.warn(format_args!("{problem}"));
    }
}

impl ChannelScope<'_> {
    /// Logs what is wrong where the channel is in the dialplan.
    pub(crate) fn warn(&self, what: fmt::Arguments<'_>) {
        let channel = self.channel.and_then(|id| self.switch.channels.get(&id));
        match channel {
            Some(channel) => tracing::warn!(
                channel = %channel.name,
                "At {},{},{}: {what}",
                channel.context,
                channel.exten,
                channel.priority
            ),
            None => tracing::warn!("{what}"),
        }
    }
}

impl World for ChannelScope<'_> {
    fn set(&mut self, name: &str, value: &str) {
        match self.channel {
            Some(id) => self.switch.set_variable(id, name, value),
            None => self.switch.set_global(name, value),
        }
    }

    fn names(&self) -> Vec<String> {
        let channel = self.channel.and_then(|id| self.switch.channels.get(&id));
        channel
            .map(|channel| {
                channel
                    .variables
                    .iter()
                    .map(|(name, _)| name.to_owned())
                    .collect()
            })
            .unwrap_or_default()
    }

    fn now(&self) -> Zoned {
        self.switch.local_time()
    }

    fn random(&mut self, bound: u64) -> u64 {
        self.switch.random.u64(0..bound)
    }

    fn evaluate(&mut self, text: &str) -> Outcome {
        self.nested(|scope| Ok(scope.expand(text)))
    }
}

impl Switch {
    /// Sets `NAME` or `NAME(args)` of a channel for somebody outside; what cannot be set is logged.
    pub(crate) fn set_variable_or_function(&mut self, id: ChannelId, name: &str, value: &str) {
        if let Err(error) = ChannelScope::of_client(self, Some(id)).assign(name, value) {
            tracing::warn!(channel = %id, variable = name, %error, "A variable was not set");
        }
    }
}

fn text(known: Option<&str>) -> String {
    known.unwrap_or_default().to_owned()
}

/// The parts of `NAME(args)`.
fn call(text: &str) -> Option<(&str, &str)> {
    let (name, args) = text.split_once('(')?;
    Some((name, args.strip_suffix(')').unwrap_or(args)))
}

fn no_such(name: &str) -> FunctionError {
    FunctionError(format!("there is no function {name}"))
}

fn read_only(name: &str) -> FunctionError {
    FunctionError(format!("{name} cannot be set"))
}

fn write_only(name: &str) -> FunctionError {
    FunctionError(format!("{name} can only be set"))
}
