//! The console: every command declared once, with its words, help and handler.
//!
//! The control socket (`-x`, `-r`) and the manager's Command action run the same table. Output is
//! worded and laid out as the reference server's, because scripts read it.

mod bridge;
mod cdr;
mod cel;
mod channels;
mod core;
mod database;
mod dialplan;
mod groups;
mod help;
mod http;
mod log;
mod manager;
mod module;
mod pjsip;
mod rtp;
mod states;
mod vocabulary;
mod words;

use crate::node::Node;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A command, declared.
pub(crate) struct Command {
    /// The words it begins with; what follows are its arguments.
    words: &'static str,
    /// What it does, in one line.
    synopsis: &'static str,
    /// How it is written, and the rest there is to say.
    usage: &'static str,
    run: for<'a> fn(&'a Arc<Node>, &'a [String]) -> Running<'a>,
}

impl Command {
    /// Whether its words are all there is to it, as its usage says: then further words are a mistake, and
    /// nothing is done.
    fn takes_nothing(&self) -> bool {
        let written = self.usage.strip_prefix("Usage: ");
        written.and_then(|text| text.lines().next()) == Some(self.words)
    }
}

type Running<'a> = Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

/// What became of a command.
enum Outcome {
    /// Done.
    Output(String),
    /// Not done, for this reason.
    Failed(String),
    /// Written wrongly: its usage is the answer.
    Usage,
}

/// What the asker is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Whether it was done.
    pub(crate) done: bool,
    /// Lines, each with its line feed.
    pub(crate) output: String,
}

const FAMILIES: &[&[Command]] = &[
    bridge::COMMANDS,
    cdr::COMMANDS,
    cel::COMMANDS,
    channels::COMMANDS,
    core::COMMANDS,
    database::COMMANDS,
    dialplan::COMMANDS,
    groups::COMMANDS,
    help::COMMANDS,
    http::COMMANDS,
    log::COMMANDS,
    manager::COMMANDS,
    module::COMMANDS,
    pjsip::COMMANDS,
    pjsip::SHOWS,
    rtp::COMMANDS,
    states::COMMANDS,
    vocabulary::COMMANDS,
];

/// Runs one line.
pub(crate) async fn run(node: &Arc<Node>, line: &str) -> Answer {
    let words = words::split(line);
    let Some((command, taken)) = find(&words) else {
        return Answer {
            done: false,
            output: unknown(line, &words),
        };
    };
    let arguments = &words[taken..];
    if command.takes_nothing() && !arguments.is_empty() {
        return Answer {
            done: false,
            output: command.usage.to_owned(),
        };
    }
    match (command.run)(node, arguments).await {
        Outcome::Output(output) => Answer { done: true, output },
        Outcome::Failed(output) => Answer {
            done: false,
            output: format!("{output}Command '{}' failed.\n", line.trim()),
        },
        Outcome::Usage => Answer {
            done: false,
            output: command.usage.to_owned(),
        },
    }
}

/// The words that may follow those before, and begin so.
pub(crate) fn completions(before: &str, word: &str) -> Vec<String> {
    let before = words::split(before);
    let commands = all().filter(|command| shared(command, &before) == before.len());
    let next = commands.filter_map(|command| command.words.split(' ').nth(before.len()));
    let found: BTreeSet<_> = next
        .filter(|next| next.starts_with(&word.to_ascii_lowercase()))
        .collect();
    found.into_iter().map(str::to_owned).collect()
}

/// Whether the next word is the name of a channel.
pub(crate) fn takes_channel(before: &str) -> bool {
    let before = words::split(before).join(" ");
    [
        "core show channel",
        "channel request hangup",
        "dialplan show chanvar",
        "dialplan set chanvar",
    ]
    .contains(&before.as_str())
}

fn all() -> impl Iterator<Item = &'static Command> {
    FAMILIES.iter().copied().flatten()
}

/// The command with the most words that the line begins with, and how many they are.
fn find(line: &[String]) -> Option<(&'static Command, usize)> {
    all()
        .filter(|command| shared(command, line) == command.length())
        .map(|command| (command, command.length()))
        .max_by_key(|(_, length)| *length)
}

/// How many words of the command the line begins with.
fn shared(command: &Command, line: &[String]) -> usize {
    let pairs = command.words.split(' ').zip(line);
    pairs
        .take_while(|(ours, theirs)| ours.eq_ignore_ascii_case(theirs))
        .count()
}

fn unknown(line: &str, words: &[String]) -> String {
    // The words that are known and up to two more tell where to look for help.
    let known = all()
        .map(|command| shared(command, words))
        .max()
        .unwrap_or(0);
    let hint = words[..words.len().min(known + 2)].join(" ");
    let line = line.trim();
    format!("No such command '{line}' (type 'core show help {hint}' for other possible commands)\n")
}

impl Command {
    fn length(&self) -> usize {
        self.words.split(' ').count()
    }
}

/// `1 call`, `2 calls`.
fn counted(number: impl TryInto<u64> + Copy, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(line: &str) -> String {
        unknown(line, &words::split(line))
    }

    #[test]
    fn the_longest_command_is_found() {
        let found = |line: &str| find(&words::split(line)).map(|(command, _)| command.words);
        assert_eq!(
            found("core show channels concise"),
            Some("core show channels")
        );
        assert_eq!(found("CORE Show Channel x"), Some("core show channel"));
        assert_eq!(found("core show"), None);
    }

    #[test]
    fn a_command_that_takes_nothing_says_so_in_its_usage() {
        let takes_nothing = |line: &str| {
            let (command, taken) = find(&words::split(line)).unwrap();
            (command.takes_nothing(), words::split(line).len() - taken)
        };
        assert_eq!(takes_nothing("core stop now please"), (true, 1));
        assert_eq!(takes_nothing("core restart gracefully"), (true, 0));
        assert_eq!(takes_nothing("core show channels concise"), (false, 1));
        assert_eq!(takes_nothing("manager show connected details"), (false, 1));
    }

    #[test]
    fn what_is_not_known_is_told_with_the_words_to_look_for() {
        assert_eq!(
            hint("no such command"),
            "No such command 'no such command' (type 'core show help no such' for other possible commands)\n"
        );
        assert_eq!(
            hint("core"),
            "No such command 'core' (type 'core show help core' for other possible commands)\n"
        );
    }

    #[test]
    fn words_are_completed() {
        assert_eq!(completions("core stop ", ""), ["gracefully", "now", "when"]);
        assert_eq!(completions("core show ", "cha"), ["channel", "channels"]);
        assert_eq!(completions("", "data"), ["database"]);
        assert!(completions("nonsense ", "").is_empty());
        assert!(takes_channel("core  show channel "));
    }

    #[test]
    fn every_command_tells_how_it_is_written() {
        let mut seen = BTreeSet::new();
        for command in all() {
            assert!(seen.insert(command.words), "{} twice", command.words);
            assert!(
                command
                    .usage
                    .starts_with(&format!("Usage: {}", command.words)),
                "{}",
                command.words
            );
            assert!(command.usage.ends_with('\n'), "{}", command.words);
            assert!(!command.synopsis.is_empty(), "{}", command.words);
        }
    }
}
