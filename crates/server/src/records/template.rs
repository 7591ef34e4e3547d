//! Texts with `${CDR(name)}` or `${eventtype}` in them, as custom files and tables are configured.

use conf::{Diagnostic, Place};
use dialplan::functions::{self, Outcome, World};
use dialplan::{FunctionError, Scope};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use model::{ChannelEvent, ChannelEventKind, Spool};
use switch::function::record_field;

/// How deep values within values may be.
const DEPTH: u8 = 8;

/// What a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Call records.
    Calls,
    /// The channel event log.
    Events,
}

impl Subject {
    /// The functions that tell of it.
    fn functions(self) -> &'static [&'static str] {
        match self {
            Self::Calls => &["CDR"],
            Self::Events => &["CALLERID", "CHANNEL"],
        }
    }

    /// The name of a table of it.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Calls => "cdr",
            Self::Events => "cel",
        }
    }
}

/// Expands a text about a record.
pub(super) fn expand(text: &str, spooled: &Spool) -> String {
    let mut scope = RecordScope { spooled, depth: 0 };
    dialplan::expand(text, &mut scope)
}

/// Warns of functions a text calls that are not known here.
pub(super) fn check(text: &str, subject: Subject, at: &Place, diagnostics: &mut Vec<Diagnostic>) {
    let own = subject.functions();
    let called = dialplan::called_functions(text);
    for name in called.filter(|name| !own.contains(name) && functions::find(name).is_none()) {
        let message = format!("there is no function {name} here; nothing stands for it");
        let own = own.join("(…), ");
        let remedy = format!("write {own}(…), or a function that needs no channel");
        diagnostics.push(Diagnostic::warning(at, message, remedy));
    }
}

struct RecordScope<'a> {
    spooled: &'a Spool,
    depth: u8,
}

impl Scope for RecordScope<'_> {
    fn variable(&mut self, name: &str) -> Option<String> {
        match self.spooled {
            _ if name == "EPOCH" => Some(Timestamp::now().as_second().to_string()),
            Spool::Call(_) => None,
            Spool::Event(event) => event_field(event, name).map(ToOwned::to_owned),
        }
    }

    fn function(&mut self, name: &str, args: &str) -> Option<Result<String, FunctionError>> {
        let (field, options) = args.split_once(',').unwrap_or((args, ""));
        let field = field.trim().to_ascii_lowercase();
        let own = match (self.spooled, name) {
            (Spool::Call(record), "CDR") => {
                Some(record_field(record, &field, options, &TimeZone::system()))
            }
            (Spool::Event(event), "CALLERID") => {
                Some(caller_field(event, &field).map(ToOwned::to_owned))
            }
            (Spool::Event(event), "CHANNEL") => {
                Some(channel_field(event, &field).map(ToOwned::to_owned))
            }
            _ => None,
        };
        if let Some(value) = own {
            return Some(Ok(value.unwrap_or_default()));
        }
        let read = functions::find(name)?.read?;
        Some(read(self, args))
    }
}

fn event_field<'a>(event: &'a ChannelEvent, name: &str) -> Option<&'a str> {
    let own = event.kind == ChannelEventKind::UserDefined;
    Some(match name {
        "eventtype" if own => &event.user_defined,
        "eventtype" | "eventenum" => event.kind.text(),
        "eventtime" => &event.time,
        "userdeftype" => &event.user_defined,
        "eventextra" => &event.extra,
        "BRIDGEPEER" => &event.peer,
        _ => return None,
    })
}

fn caller_field<'a>(event: &'a ChannelEvent, name: &str) -> Option<&'a str> {
    let channel = &event.channel;
    Some(match name {
        "num" | "number" => channel.caller.number.as_deref()?,
        "name" => channel.caller.name.as_deref()?,
        "ani" => &event.ani,
        "rdnis" => &event.rdnis,
        "dnid" => &channel.dnid,
        _ => return None,
    })
}

fn channel_field<'a>(event: &'a ChannelEvent, name: &str) -> Option<&'a str> {
    let channel = &event.channel;
    Some(match name {
        "exten" => &channel.exten,
        "context" => &channel.context,
        "channame" | "name" => &channel.name,
        "appname" => &channel.application,
        "appdata" => &channel.data,
        "amaflags" => event.ama_flags.text(),
        "accountcode" => &channel.account,
        "uniqueid" => &channel.uniqueid,
        "linkedid" => &channel.linkedid,
        "userfield" => &event.user_field,
        "peer" => &event.peer,
        "peeraccount" => &event.peer_account,
        _ => return None,
    })
}

impl World for RecordScope<'_> {
    /// A record is told, not changed.
    fn set(&mut self, _: &str, _: &str) {}

    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn now(&self) -> Zoned {
        Zoned::now()
    }

    fn random(&mut self, bound: u64) -> u64 {
        getrandom::u64().map_or(0, |number| number % bound.max(1))
    }

    fn evaluate(&mut self, text: &str) -> Outcome {
        if self.depth == DEPTH {
            return Err(FunctionError(format!(
                "values within values, more than {DEPTH} deep"
            )));
        }
        self.depth += 1;
        let value = dialplan::expand(text, self);
        self.depth -= 1;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::csv::tests::record;

    #[test]
    fn fields_and_functions_are_put_in() {
        let mut record = record();
        record.values = vec![("mine".into(), "own".into())];
        let record = Spool::Call(record.into());
        let told = |text: &str| expand(text, &record);
        assert_eq!(told("${CDR(src)}-${CDR(dst)}"), "101-102");
        assert_eq!(told("${CDR(mine)}${CDR(nosuch)}"), "own");
        assert_eq!(
            told("${CDR(disposition)},${CDR(start,u)}"),
            "NO ANSWER,1.000000"
        );
        assert_eq!(
            told("${CSV_QUOTE(${CDR(data)}${CDR(clid)})}"),
            r#""""Alice """"A"""""" <101>""#
        );
        assert_eq!(told("${CDR(dst):1} $[1 + 2]"), "02 3");
    }

    #[test]
    fn functions_of_channels_are_not_known() {
        let at = Place {
            file: "cdr_custom.conf".into(),
            line: 2,
        };
        let mut told = Vec::new();
        check(
            "${CDR(src)}${CALLERID(num)}${CSV_QUOTE(x)}${EPOCH}",
            Subject::Calls,
            &at,
            &mut told,
        );
        assert_eq!(told.len(), 1);
        assert!(told[0].to_string().contains("no function CALLERID"));
    }
}
