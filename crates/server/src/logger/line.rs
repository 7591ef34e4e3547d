//! A line of the log.

use super::Level;
use std::fmt::{self, Write as _};
use tracing::field::{Field, Visit};

/// `[2026-11-24 18:13:45] NOTICE[4711] manager: text`: what tools that watch logs look for.
pub(super) fn line(level: Level, module: &str, text: &Text) -> String {
    let time = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
    let process = std::process::id();
    format!(
        "[{time}] {}[{process}] {module}: {}{}\n",
        level.name(),
        text.message,
        text.fields
    )
}

/// What one event says.
#[derive(Default)]
pub(super) struct Text {
    pub(super) message: String,
    pub(super) fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        // One event is one line, whatever came from outside.
        let safe = value.replace(|character: char| character.is_control(), "?");
        if field.name() == "message" {
            self.message = safe;
        } else {
            let _ = write!(self.fields, " {}={safe}", field.name());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_as_log_watchers_expect() {
        let text = Text {
            message: "127.0.0.1 failed".into(),
            fields: String::new(),
        };
        let line = line(Level::Notice, "manager", &text);
        let process = std::process::id();
        assert!(
            line.ends_with(&format!("] NOTICE[{process}] manager: 127.0.0.1 failed\n")),
            "{line}"
        );
        assert!(line.starts_with('['));
    }
}
