//! Talking to a running server: `-x` runs one command, `-r` those typed or read from standard input.

use crate::control;
use crate::run_directory::control_socket;
use crate::talk;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use tokio::runtime::Runtime;

/// A server that runs.
pub(crate) struct Remote {
    socket: PathBuf,
    runtime: Runtime,
}

/// Runs the command, or what standard input says line by line until its end or `exit`.
///
/// # Errors
/// When no server answers; the text says where it was looked for.
pub(crate) fn run(directory: &Path, command: Option<&str>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let remote = Remote {
        socket: control_socket(directory),
        runtime,
    };
    match command {
        Some(command) => remote.print(command),
        None if io::stdin().is_terminal() => talk::run(&remote),
        None => remote.print_lines(),
    }
}

impl Remote {
    /// Has one command run and prints what it says.
    pub(crate) fn print(&self, command: &str) -> Result<(), String> {
        let output = self.ask(command)?;
        io::stdout()
            .write_all(&output)
            .map_err(|error| error.to_string())
    }

    /// Has one command run and gives what it says.
    pub(crate) fn ask(&self, command: &str) -> Result<Vec<u8>, String> {
        self.runtime
            .block_on(control::ask(&self.socket, command))
            .map_err(|error| {
                let socket = self.socket.display();
                format!(
                    "no server answers on {socket}: {error} (does it run, and may you talk to it?)"
                )
            })
    }

    fn print_lines(&self) -> Result<(), String> {
        for line in io::stdin().lock().lines() {
            match line.map_err(|error| error.to_string())?.trim() {
                "exit" | "quit" => break,
                "" => {}
                command => self.print(command)?,
            }
        }
        Ok(())
    }
}
