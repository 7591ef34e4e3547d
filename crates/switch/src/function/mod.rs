//! Functions about channels and the switch: `${CALLERID(num)}`, `Set(GLOBAL(NAME)=value)`.
//!
//! Each is declared once, in the file of its family. Those that need no switch are declared in
//! [`dialplan::functions`]; all are synchronous. None reaches the file system, a shell or the net.

mod caller;
mod channel;
mod database;
mod device;
mod environment;
mod existence;
pub(crate) mod feature;
pub(crate) mod group;
mod hangup;
mod line;
mod message;
mod party;
mod place;
mod presence;
mod record;
mod talk;
mod timeout;
mod variable;

pub use record::{record_field, record_time};

use crate::channel::Channel;
use crate::scope::ChannelScope;
use dialplan::FunctionError;
use dialplan::functions::{Declaration, Outcome};

/// A function: read, written, or both.
#[derive(Clone, Copy)]
pub(crate) struct Function {
    /// What is known of it.
    pub(crate) declaration: Declaration,
    /// Whether clients of the manager may use it without `live_dangerously`.
    pub(crate) open: bool,
    /// How it is read, if it can be.
    pub(crate) read: Option<Read>,
    /// How it is written, if it can be.
    pub(crate) write: Option<Write>,
}

/// Gives a function's value.
type Read = fn(&mut ChannelScope<'_>, args: &str) -> Outcome;
/// Takes a function's new value.
type Write = fn(&mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()>;

const FAMILIES: [&[Function]; 16] = [
    caller::FUNCTIONS,
    channel::FUNCTIONS,
    database::FUNCTIONS,
    device::FUNCTIONS,
    environment::FUNCTIONS,
    existence::FUNCTIONS,
    feature::FUNCTIONS,
    group::FUNCTIONS,
    hangup::FUNCTIONS,
    message::FUNCTIONS,
    place::FUNCTIONS,
    presence::FUNCTIONS,
    record::FUNCTIONS,
    talk::FUNCTIONS,
    timeout::FUNCTIONS,
    variable::FUNCTIONS,
];

/// A function as it is described to users.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// What is known of it.
    pub declaration: &'static Declaration,
    /// Whether it can be read, as `${NAME(args)}`.
    pub is_read: bool,
    /// Whether it can be written, as `Set(NAME(args)=value)`.
    pub is_written: bool,
    /// Whether clients of the manager may use it without `live_dangerously`.
    pub is_open: bool,
}

/// All functions there are, with those that need no switch, by name.
pub fn all() -> Vec<Description> {
    let own = own().map(|function| Description {
        declaration: &function.declaration,
        is_read: function.read.is_some(),
        is_written: function.write.is_some(),
        is_open: function.open,
    });
    let pure = dialplan::functions::all().map(|function| Description {
        declaration: &function.declaration,
        is_read: function.read.is_some(),
        is_written: function.write.is_some(),
        is_open: true,
    });
    let mut all: Vec<_> = own.chain(pure).collect();
    all.sort_by_key(|function| function.declaration.name);
    all
}

/// Whether there is a function of this name.
pub fn exists(name: &str) -> bool {
    find(name).is_some() || dialplan::functions::find(name).is_some()
}

pub(crate) fn find(name: &str) -> Option<&'static Function> {
    own().find(|function| function.declaration.name == name)
}

fn own() -> impl Iterator<Item = &'static Function> {
    FAMILIES.into_iter().flatten()
}

/// Says why a function has no value.
fn error<T>(message: impl Into<String>) -> Outcome<T> {
    Err(FunctionError(message.into()))
}

/// The channel a function is about.
fn channel_of<'a>(scope: &'a ChannelScope<'_>) -> Outcome<&'a Channel> {
    let channel = scope.channel.and_then(|id| scope.switch.channels.get(&id));
    channel.ok_or_else(no_channel)
}

fn channel_mut<'a>(scope: &'a mut ChannelScope<'_>) -> Outcome<&'a mut Channel> {
    let id = scope.channel.ok_or_else(no_channel)?;
    scope.switch.channels.get_mut(&id).ok_or_else(no_channel)
}

fn no_channel() -> FunctionError {
    FunctionError("there is no channel".to_owned())
}

/// The text, or an empty one.
fn or_empty(text: Option<&std::sync::Arc<str>>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// A text that is there only if it says something.
fn filled(text: &str) -> Option<std::sync::Arc<str>> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_is_declared_once_and_documented() {
        let mut names = BTreeSet::new();
        for Description { declaration, .. } in all() {
            assert!(names.insert(declaration.name), "{} twice", declaration.name);
            assert!(
                declaration
                    .syntax
                    .starts_with(&format!("{}(", declaration.name))
            );
            assert!(!declaration.synopsis.is_empty() && !declaration.description.is_empty());
        }
        assert!(own().all(|function| function.read.is_some() || function.write.is_some()));
    }

    #[test]
    fn nothing_that_reaches_beyond_the_switch_is_there() {
        for name in [
            "SHELL",
            "FILE",
            "FILE_COUNT_LINE",
            "STAT",
            "CURL",
            "ODBC",
            "REALTIME",
            "LOCK",
        ] {
            assert!(!exists(name), "{name}");
        }
    }
}
