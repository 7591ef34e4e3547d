//! The interactive console of `-r`: lines with history, completed with the tabulator.

use crate::console;
use crate::remote::Remote;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::path::PathBuf;

/// Lines remembered.
const HISTORY: usize = 1000;

/// Talks until the end of input, `exit` or `quit`.
pub(crate) fn run(remote: &Remote) -> Result<(), String> {
    remote.print("core show version")?;
    let failed = |error: ReadlineError| format!("the terminal cannot be used: {error}");
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .max_history_size(HISTORY)
        .map_err(failed)?
        .build();
    let mut editor: Editor<Words<'_>, FileHistory> = Editor::with_config(config).map_err(failed)?;
    editor.set_helper(Some(Words(remote)));
    let history = history();
    if let Some(path) = &history {
        let _ = editor.load_history(path); // there is none at first
    }
    let prompt = format!("{}*CLI> ", host());
    let talked = loop {
        let line = match editor.readline(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => break Ok(()),
            Err(error) => break Err(failed(error)),
        };
        match line.trim() {
            "" => continue,
            "exit" | "quit" => break Ok(()),
            command => {
                let _ = editor.add_history_entry(command);
                if let Err(reason) = remote.print(command) {
                    break Err(reason);
                }
            }
        }
    };
    if let Some(path) = &history {
        let _ = editor.save_history(path); // a home that cannot be written to is no reason to complain
    }
    talked
}

fn history() -> Option<PathBuf> {
    std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".switchroom_history"))
}

fn host() -> String {
    let name = nix::unistd::gethostname().ok();
    name.and_then(|name| name.into_string().ok())
        .unwrap_or_default()
}

/// Completes the words of commands, and the names of channels where one is asked for.
struct Words<'a>(&'a Remote);

impl Completer for Words<'_> {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = &line[..at];
        let start = typed.rfind(' ').map_or(0, |blank| blank + 1);
        let (before, word) = typed.split_at(start);
        let mut found = console::completions(before, word);
        if console::takes_channel(before) {
            let channels = self.0.ask("core show channels concise").unwrap_or_default();
            let channels = String::from_utf8_lossy(&channels);
            let names = channels.lines().filter_map(|line| line.split('!').next());
            found.extend(
                names
                    .filter(|name| name.starts_with(word))
                    .map(str::to_owned),
            );
        }
        Ok((start, found))
    }
}

impl Hinter for Words<'_> {
    type Hint = String;
}
impl Highlighter for Words<'_> {}
impl Validator for Words<'_> {}
impl Helper for Words<'_> {}
