//! logger.conf: which file gets which levels.

use crate::logger::{Levels, parse_levels};
use conf::{Config, Diagnostic};

/// A line of [logfiles].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogFile {
    /// Relative to astlogdir, or absolute.
    pub(crate) name: String,
    pub(crate) levels: Levels,
}

/// Reads the file. What goes to the terminal is said with -v and -d.
pub(crate) fn read(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<LogFile> {
    let mut files = Vec::new();
    for entry in config
        .named("logfiles")
        .flat_map(|section| &section.entries)
    {
        let (levels, unknown) = parse_levels(&entry.value);
        for word in unknown {
            let message = format!("`{word}` is no level of the log");
            let remedy =
                "write some of notice, warning, error, verbose, debug, security, trace, or *";
            diagnostics.push(Diagnostic::warning(&entry.at, message, remedy));
        }
        let name = &entry.key;
        if name.eq_ignore_ascii_case("console") || name.to_ascii_lowercase().starts_with("syslog.")
        {
            let message = format!("`{name}` has no effect");
            let remedy = "the log also goes to standard error, which the service manager keeps";
            diagnostics.push(Diagnostic::warning(&entry.at, message, remedy));
        } else {
            files.push(LogFile {
                name: name.clone(),
                levels,
            });
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logger::Level;

    #[test]
    fn files_and_their_levels_are_read() {
        let text =
            "[general]\ndateformat=%F\n[logfiles]\nmessages.log => notice,loud\nconsole => error\n";
        let source = conf::Memory::default().with("logger.conf", text);
        let config = conf::load(&source, "logger.conf").unwrap();
        let mut diagnostics = Vec::new();
        let files = read(&config, &mut diagnostics);
        let levels = [Level::Notice].into();
        assert_eq!(
            files,
            [LogFile {
                name: "messages.log".into(),
                levels
            }]
        );
        let told: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
        assert!(
            told[0].starts_with("logger.conf:4: `loud` is no level"),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("logger.conf:5: `console` has no effect"),
            "{told:?}"
        );
    }
}
