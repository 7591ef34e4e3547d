//! Texts with `${CDR(name)}` in them, as files of custom call records are configured.

use conf::{Diagnostic, Place};
use dialplan::functions::{self, Outcome, World};
use dialplan::{FunctionError, Scope};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use model::CallRecord;
use switch::function::record_field;

/// How deep values within values may be.
const DEPTH: u8 = 8;

/// Expands a text about a record. Of functions it knows CDR and those that need no channel.
pub(super) fn expand(text: &str, record: &CallRecord) -> String {
    let mut scope = RecordScope { record, depth: 0 };
    dialplan::expand(text, &mut scope)
}

/// Warns of functions a text calls that are not known here.
pub(super) fn check(text: &str, at: &Place, diagnostics: &mut Vec<Diagnostic>) {
    let called = dialplan::called_functions(text);
    for name in called.filter(|name| *name != "CDR" && functions::find(name).is_none()) {
        let message =
            format!("there is no function {name} for call records; nothing stands for it");
        let remedy = "write CDR(name), or a function that needs no channel";
        diagnostics.push(Diagnostic::warning(at, message, remedy));
    }
}

struct RecordScope<'a> {
    record: &'a CallRecord,
    depth: u8,
}

impl Scope for RecordScope<'_> {
    fn variable(&mut self, name: &str) -> Option<String> {
        (name == "EPOCH").then(|| Timestamp::now().as_second().to_string())
    }

    fn function(&mut self, name: &str, args: &str) -> Option<Result<String, FunctionError>> {
        if name == "CDR" {
            let (field, options) = args.split_once(',').unwrap_or((args, ""));
            let field = field.trim().to_ascii_lowercase();
            let value = record_field(self.record, &field, options, &TimeZone::system());
            return Some(Ok(value.unwrap_or_default()));
        }
        let read = functions::find(name)?.read?;
        Some(read(self, args))
    }
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
            &at,
            &mut told,
        );
        assert_eq!(told.len(), 1);
        assert!(told[0].to_string().contains("no function CALLERID"));
    }
}
