//! Programs of the system that the dialplan has run: each by a task of its own, never by the switch.

use crate::switch_task::SwitchHandle;
use model::{Line, Outcome, Program, Ran};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use switch::Input;
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

/// As many may run at a time; more are not run.
const PROGRAMS: usize = 64;
/// As many may wait to be looked at; more are dropped, and their calls go on without them in time.
const WAITING: usize = 1024;
/// How long a program may run.
const TIME: Duration = Duration::from_secs(60);

/// Where the switch leaves programs to run, and where they are taken from.
pub(crate) fn queue() -> (
    impl FnMut(Program) + Send + 'static,
    mpsc::Receiver<Program>,
) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let leave = move |program| {
        if sender.try_send(program).is_err() {
            tracing::error!("A program is not run: too many wait to be");
        }
    };
    (leave, receiver)
}

/// Runs what is left there until the switch has ended.
pub(crate) async fn serve(mut programs: mpsc::Receiver<Program>, switch: SwitchHandle) {
    let room = Arc::new(Semaphore::new(PROGRAMS));
    while let Some(program) = programs.recv().await {
        let place = Arc::clone(&room).try_acquire_owned();
        let switch = switch.clone();
        tokio::spawn(async move {
            let outcome = match place {
                Ok(_place) => run(&program.line, TIME).await,
                Err(_) => {
                    tracing::error!("A program is not run: {PROGRAMS} run already");
                    Outcome::NotRun
                }
            };
            let ran = Ran {
                id: program.id,
                channel: program.channel,
                outcome,
            };
            // An error says that the switch has ended: nobody waits.
            let _ = switch.tell(Input::Ran(ran)).await;
        });
    }
}

async fn run(line: &Line, time: Duration) -> Outcome {
    let mut child = match start(line) {
        Ok(child) => child,
        Err(error) => {
            tracing::warn!(?line, %error, "A program cannot be run");
            return Outcome::NotRun;
        }
    };
    let group = child.id();
    match timeout(time, child.wait()).await {
        Ok(Ok(status)) if status.success() => Outcome::Succeeded,
        // A shell says so that there is no such program.
        Ok(Ok(status)) if status.code() == Some(127) => Outcome::NotRun,
        Ok(Ok(_)) => Outcome::Failed,
        Ok(Err(error)) => {
            tracing::warn!(?line, %error, "A program's end is not known");
            Outcome::Failed
        }
        Err(_) => {
            tracing::warn!(?line, "A program is ended: it took more than {time:?}");
            end(group);
            Outcome::Failed
        }
    }
}

/// Starts it with nothing to read and nobody to write to, in a group of its own.
fn start(line: &Line) -> io::Result<Child> {
    let mut command = match line {
        Line::Shell(text) => {
            let mut shell = Command::new("/bin/sh");
            shell.arg("-c").arg(&**text);
            shell
        }
        Line::Words(words) => {
            let mut words = words.iter().map(|word| &**word);
            let mut program = Command::new(words.next().unwrap_or_default());
            program.args(words);
            program
        }
    };
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// Ends a program and all that it has started.
fn end(group: Option<u32>) {
    let group = group.and_then(|group| i32::try_from(group).ok());
    if let Some(group) = group {
        // An error says that they have just ended.
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn came_to(line: Line, milliseconds: u64) -> Outcome {
        run(&line, Duration::from_millis(milliseconds)).await
    }

    fn shell(text: &str) -> Line {
        Line::Shell(text.into())
    }

    fn words(words: &[&str]) -> Line {
        Line::Words(words.iter().map(|word| Arc::from(*word)).collect())
    }

    #[tokio::test]
    async fn a_program_ends_well_or_not() {
        assert_eq!(came_to(shell("exit 0"), 5_000).await, Outcome::Succeeded);
        assert_eq!(came_to(shell("exit 3"), 5_000).await, Outcome::Failed);
        assert_eq!(came_to(shell("/no/such"), 5_000).await, Outcome::NotRun);
        assert_eq!(came_to(words(&["/no/such"]), 5_000).await, Outcome::NotRun);
        let test = words(&["/usr/bin/test", "a b", "=", "a b"]);
        assert_eq!(came_to(test, 5_000).await, Outcome::Succeeded);
        // No shell looks at its words.
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let sly = format!("x; touch {}", mark.display());
        let test = words(&["/usr/bin/test", &sly]);
        assert_eq!(came_to(test, 5_000).await, Outcome::Succeeded);
        assert!(!mark.exists());
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_ended() {
        assert_eq!(came_to(shell("sleep 60 & wait"), 50).await, Outcome::Failed);
    }
}
