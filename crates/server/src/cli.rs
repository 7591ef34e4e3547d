//! The command line of the reference server, so that scripts and service units keep working.

use crate::recording;
use clap::{ArgAction, Parser};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A telephone switch whose manager interface speaks AMI. It stays in the foreground; a service
/// manager is the one to put it in the background.
#[derive(Debug, Default, Parser)]
#[command(name = "switchroom", disable_version_flag = true)]
pub(crate) struct Arguments {
    /// Read this asterisk.conf; its [directories] say where everything else is.
    #[arg(short = 'C', value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Print the version and end.
    #[arg(short = 'V')]
    pub(crate) version: bool,
    /// Run one console command in the running server, print its output and end.
    #[arg(short = 'x', value_name = "COMMAND")]
    pub(crate) execute: Option<String>,
    /// Talk to the running server: with -x one command, else those read from standard input.
    #[arg(short = 'r')]
    pub(crate) remote: bool,
    /// The same; here, too, the talk ends when the server does.
    #[arg(short = 'R')]
    pub(crate) reconnect: bool,
    /// Tell more; may be repeated.
    #[arg(short = 'v', action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Tell what is of use to developers only; may be repeated.
    #[arg(short = 'd', action = ArgAction::Count)]
    pub(crate) debug: u8,
    /// Do not print where the server listens.
    #[arg(short = 'q')]
    pub(crate) quiet: bool,
    /// Print no log on the terminal.
    #[arg(short = 'm')]
    pub(crate) mute: bool,
    /// Run as this user.
    #[arg(short = 'U', value_name = "USER")]
    pub(crate) user: Option<String>,
    /// Run as this group.
    #[arg(short = 'G', value_name = "GROUP")]
    pub(crate) group: Option<String>,
    /// Read the whole configuration, tell what is wrong with it and how safe it is, and end.
    #[arg(long)]
    pub(crate) check: bool,
    /// Record all that the switch hears and says in this file, for `switchroom replay`.
    #[arg(long, value_name = "FILE")]
    pub(crate) record: Option<PathBuf>,
    /// That file has so many megabytes at most.
    #[arg(
        long,
        value_name = "MEGABYTES",
        default_value = "1024",
        requires = "record"
    )]
    pub(crate) record_size: u64,
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
    #[command(flatten)]
    accepted: Accepted,
}

/// What else the program does.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub(crate) enum Task {
    /// Make the hash of a manager's secret, to be written as `secret` in manager.conf. The secret is
    /// read from the terminal, or from standard input.
    Passwd,
    /// Look after the audit log.
    #[command(subcommand)]
    Audit(AuditTask),
    /// Make a token that a program may show on the JSON faces in place of an account's secret, and
    /// the section of http.conf that makes it good.
    Token {
        /// The account of manager.conf that it stands for.
        account: String,
        /// What the section is called.
        #[arg(long, default_value = "token")]
        name: String,
        /// The last day on which it is good, as YYYY-MM-DD; for ever if not said.
        #[arg(long)]
        expires: Option<jiff::civil::Date>,
    },
    /// Record what the sessions of the running server hear and say, their secrets masked.
    /// (What the switch itself hears and says can only be recorded from its start: `--record FILE`.)
    Record(Record),
    /// Replay a recording: of sessions, what they said; of the switch, its events, which a fresh switch
    /// must tell byte for byte. Otherwise the first difference is told, and it fails.
    Replay {
        /// The file.
        file: PathBuf,
    },
}

/// What is recorded of a running server.
#[derive(Clone, Debug, PartialEq, Eq, clap::Args)]
pub(crate) struct Record {
    /// Only this session, as `0x00000007`, or those of this account from its login on.
    #[arg(long, value_name = "ACCOUNT|SESSION")]
    session: Option<String>,
    /// For so long: `60s`, `5m`; until interrupted if not said.
    #[arg(long)]
    time: Option<jiff::SignedDuration>,
    /// At most so many megabytes.
    #[arg(long, value_name = "MEGABYTES", default_value = "1024")]
    size: u64,
    /// A new file, which is yours alone.
    file: PathBuf,
}

impl Record {
    /// Records what the server on this control socket has to tell; what came of it.
    pub(crate) fn run(&self, socket: &Path) -> Result<String, String> {
        let time = self.time.map(Duration::try_from).transpose();
        recording::record(&recording::Order {
            socket,
            whose: self.session.as_deref(),
            time: time.map_err(|_| "the time must not be negative".to_owned())?,
            size: self.size,
            file: &self.file,
        })
    }
}

/// What is done with the audit log.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub(crate) enum AuditTask {
    /// Find whether a file was edited or cut since it was written. Its seal must be beside it.
    Verify {
        /// The file.
        file: PathBuf,
    },
}

/// Options that change nothing here.
#[derive(Debug, Default, clap::Args)]
struct Accepted {
    /// Stay in the foreground: always so.
    #[arg(short = 'f')]
    _foreground: bool,
    /// Go to the background: left to the service manager.
    #[arg(short = 'F')]
    _background: bool,
    /// Print the log on the terminal: always so, unless -m.
    #[arg(short = 'c')]
    _console: bool,
    /// Use no colours: there are none.
    #[arg(short = 'n')]
    _no_colour: bool,
    /// Dump core when it ends badly: left to the service manager.
    #[arg(short = 'g')]
    _dump_core: bool,
    /// Run with real-time priority: left to the service manager.
    #[arg(short = 'p')]
    _priority: bool,
    /// Ask for encryption keys at the start: there are none to ask for.
    #[arg(short = 'i')]
    _keys: bool,
    /// Record files elsewhere first: they are written in place.
    #[arg(short = 't')]
    _record_elsewhere: bool,
    /// Print a time before each line: always so.
    #[arg(short = 'T')]
    _times: bool,
}

impl Arguments {
    /// Reads the arguments of the process; on a bad one, says so and ends the process.
    pub(crate) fn read() -> Self {
        Self::parse()
    }

    /// Whether a running server is meant, not one to be started.
    pub(crate) fn is_remote(&self) -> bool {
        self.remote || self.reconnect || self.execute.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Arguments {
        Arguments::try_parse_from(line.split(' ')).unwrap()
    }

    #[test]
    fn options_cluster_as_scripts_write_them() {
        let one = Arguments::try_parse_from(["asterisk", "-rx", "core show channels"]).unwrap();
        assert_eq!(one.execute.as_deref(), Some("core show channels"));
        assert!(one.remote);
        let two = Arguments::try_parse_from(["asterisk", "-rvvvx", "core stop now"]).unwrap();
        assert_eq!(
            (two.verbose, two.execute.as_deref()),
            (3, Some("core stop now"))
        );
        let three =
            read("asterisk -fgqmnc -vvvv -dd -U asterisk -G asterisk -C /etc/x/asterisk.conf");
        assert_eq!((three.verbose, three.debug), (4, 2));
        assert_eq!(three.config, Some("/etc/x/asterisk.conf".into()));
        assert!(!three.is_remote());
    }

    #[test]
    fn an_option_that_is_not_known_is_refused() {
        assert!(Arguments::try_parse_from(["asterisk", "--nonsense"]).is_err());
    }
}
