//! The levels of the log, and lists of them as logger.conf writes them.

use std::collections::BTreeSet;
use tracing::Metadata;

/// The levels of logger.conf. In our code they are `error!`, `warn!`, `info!` and `debug!`, and
/// `info!` with the target `verbose`, `security` or `trace`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warning,
    Notice,
    Verbose,
    Debug,
    Security,
    /// What actions and calls come to, each line with its trace. Ours.
    Trace,
}

const LEVELS: [(Level, &str); 7] = [
    (Level::Error, "ERROR"),
    (Level::Warning, "WARNING"),
    (Level::Notice, "NOTICE"),
    (Level::Verbose, "VERBOSE"),
    (Level::Debug, "DEBUG"),
    (Level::Security, "SECURITY"),
    (Level::Trace, "TRACE"),
];

impl Level {
    /// The level of what is traced.
    pub(super) fn of(metadata: &Metadata<'_>) -> Self {
        match (metadata.target(), *metadata.level()) {
            ("security", _) => Self::Security,
            ("trace", _) => Self::Trace,
            ("verbose", _) => Self::Verbose,
            (_, tracing::Level::ERROR) => Self::Error,
            (_, tracing::Level::WARN) => Self::Warning,
            (_, tracing::Level::INFO) => Self::Notice,
            (_, _) => Self::Debug,
        }
    }

    /// The level as logs name it.
    pub(crate) fn name(self) -> &'static str {
        LEVELS
            .iter()
            .find(|(level, _)| *level == self)
            .map_or("", |(_, name)| name)
    }
}

/// What a file or the terminal gets.
pub(crate) type Levels = BTreeSet<Level>;

/// Reads `notice,warning,error`; `*` is all but `trace`, which costs and is to be asked for. What is no level is given back.
pub(crate) fn parse_levels(text: &str) -> (Levels, Vec<String>) {
    let mut levels = Levels::new();
    let mut unknown = Vec::new();
    for word in text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        // verbose(3) is verbose: there is one depth of it.
        let name = word.split('(').next().unwrap_or_default();
        match LEVELS
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
        {
            Some((level, _)) => drop(levels.insert(*level)),
            None if name == "*" => {
                let all = LEVELS.map(|(level, _)| level);
                levels.extend(all.into_iter().filter(|level| *level != Level::Trace));
            }
            None => unknown.push(word.to_owned()),
        }
    }
    (levels, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_from_a_list() {
        let (levels, unknown) = parse_levels("notice, WARNING,verbose(3),shout");
        assert_eq!(
            levels,
            [Level::Warning, Level::Notice, Level::Verbose].into()
        );
        assert_eq!(unknown, ["shout"]);
        assert_eq!(parse_levels("*").0.len(), LEVELS.len() - 1);
        assert_eq!(parse_levels("*,trace").0.len(), LEVELS.len());
    }
}
