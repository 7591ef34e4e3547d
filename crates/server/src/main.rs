//! The program: the command line, then the server or a talk with a running one.

mod answers;
mod astdb;
mod asterisk_conf;
mod audit;
mod background;
mod bell;
mod cdr_conf;
mod cel_conf;
mod check;
mod checked;
mod cli;
mod clock;
mod configuration;
mod console;
mod control;
mod counters;
#[cfg(test)]
mod docs;
mod entity_id;
mod exchange;
mod faults;
mod features_conf;
mod feed;
mod figures;
mod host_names;
mod hub;
mod indications_conf;
mod journal;
mod listener;
mod log_conf;
mod logger;
mod mailbox;
mod metrics;
mod modules_conf;
mod music_conf;
mod node;
mod parts;
mod passwd;
mod programs;
mod promises;
mod recording;
mod records;
mod remote;
mod replay;
mod run_directory;
mod secrets;
mod security_log;
mod server;
mod session_task;
mod sessions;
mod stop;
mod store;
mod stream;
mod switch_task;
mod talk;
mod token;
mod traces;
mod user;
mod users_conf;
mod version;
mod welcome;

use cli::{Arguments, AuditTask, Task};
use run_directory::control_socket;
use server::Afterwards;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

/// Calls and events are many small pieces of memory, made on one thread and let go on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Memory is had in pieces of the usual size: huge ones are cleared whole, most of it for nothing.
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_thp_disable(true);
    match run(&Arguments::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let _ = writeln!(std::io::stderr(), "switchroom: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    if arguments.version {
        return writeln!(std::io::stdout(), "{}", version::short())
            .map_err(|error| error.to_string());
    }
    match &arguments.task {
        Some(Task::Passwd) => return passwd::run(),
        Some(Task::Audit(AuditTask::Verify { file })) => {
            let told = audit::verify(file)?;
            return write!(std::io::stdout(), "{told}").map_err(|error| error.to_string());
        }
        Some(Task::Token {
            account,
            name,
            expires,
        }) => return token::run(account, name, *expires),
        Some(Task::Replay { file }) => return recording::replay(file),
        Some(Task::Record(_)) | None => {}
    }
    let mut diagnostics = Vec::new();
    let asterisk = asterisk_conf::AsteriskConf::load(arguments.config.as_deref(), &mut diagnostics)
        .map_err(|error| error.to_string())?;
    if let Some(Task::Record(order)) = &arguments.task {
        let told = order.run(&control_socket(&asterisk.directories.run))?;
        return writeln!(std::io::stdout(), "{told}").map_err(|error| error.to_string());
    }
    if arguments.is_remote() {
        return remote::run(&asterisk.directories.run, arguments.execute.as_deref());
    }
    if arguments.check {
        let report = check::Report::of(&Arc::new(asterisk), diagnostics);
        write!(std::io::stdout(), "{}", report.text()).map_err(|error| error.to_string())?;
        return if report.is_sound() {
            Ok(())
        } else {
            Err("the configuration has errors".to_owned())
        };
    }
    match server::run(arguments, asterisk, diagnostics)? {
        Afterwards::End => Ok(()),
        Afterwards::Restart => Err(again().to_string()),
    }
}

/// Begins anew in the same process, with the same arguments; comes back only if that fails.
fn again() -> std::io::Error {
    use std::os::unix::process::CommandExt as _;
    match std::env::current_exe() {
        Ok(program) => std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .exec(),
        Err(error) => error,
    }
}
