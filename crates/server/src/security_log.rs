//! Security events as lines of the log, in the form that intrusion watchers read
//! (ami-server.md 12.2): `SecurityEvent="InvalidPassword",EventTV="…",…`.

use ami::Dialect;
use manager::{Recalled, Rendered, Style};
use model::{Event, Record, Run, Seq};
use std::fmt::Write as _;

/// Writes one: what managers are told, in the log's form.
pub(crate) fn write(event: &Event, at: jiff::Timestamp) {
    if !tracing::enabled!(target: "security", tracing::Level::INFO) {
        return;
    }
    let record = Record {
        seq: Seq(0),
        at,
        event: event.clone(),
    };
    let style = Style {
        run: Run::default(),
        system_name: String::new(),
        timestamps: false,
        numbers: false,
        disabled: Vec::new(),
        zone: jiff::tz::TimeZone::system(),
        legacy: false,
    };
    if let Some(told) = Rendered::new(&record, &Recalled::default(), &style).told(Dialect::V22) {
        tracing::info!(target: "security", "{}", line(told.message.iter()));
    }
}

/// `Name="value"` of each header. Values come from outside: what could end one is escaped.
fn line<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut line = String::new();
    for (name, value) in headers.filter(|(name, _)| *name != "Privilege") {
        let name = if name == "Event" {
            "SecurityEvent"
        } else {
            name
        };
        let comma = if line.is_empty() { "" } else { "," };
        let _ = write!(line, "{comma}{name}=\"");
        for character in value.chars() {
            match character {
                '"' | '\\' => line.extend(['\\', character]),
                control if control.is_control() => line.extend(control.escape_default()),
                other => line.push(other),
            }
        }
        line.push('"');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_early() {
        let headers = [
            ("Event", "InvalidPassword"),
            ("Privilege", "security,all"),
            ("AccountID", "a\",X=\"b"),
        ];
        assert_eq!(
            line(headers.into_iter()),
            r#"SecurityEvent="InvalidPassword",AccountID="a\",X=\"b""#
        );
    }
}
