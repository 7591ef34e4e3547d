//! What managers may reach through variables, functions and applications (ami-server.md 3.3, 10.15).
//!
//! A dialplan function can do more than tell about a call: read files, run programs, write the
//! database. Such functions are shut for managers unless `live_dangerously` opens them, whatever
//! classes an account has; applications that lead out of the call need the class `system`.

use crate::session::Session;
use ami::Classes;

/// What an account may reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    write: Classes,
    live_dangerously: bool,
}

/// Functions whose reading does more than read, or reads what is no manager's business.
const SHUT_FOR_READING: &[&str] = &[
    "SHELL",
    "EVAL_EXTEN",
    "FILE",
    "FILE_COUNT_LINE",
    "FILE_FORMAT",
    "STAT",
    "CURL",
    "DB",
    "DB_DELETE",
    "DB_KEYS",
    "REALTIME",
    "REALTIME_DESTROY",
    "LOCK",
    "TRYLOCK",
    "UNLOCK",
    "PERIODIC_HOOK",
    "ENV",
];

/// Functions whose writing does more than set a value of a call.
const SHUT_FOR_WRITING: &[&str] = &[
    "FILE",
    "DB",
    "CURL",
    "CURLOPT",
    "CONFBRIDGE",
    "PERIODIC_HOOK",
    "REALTIME",
    "SHELL",
    "ENV",
];

/// Parts of names of applications that lead out of the call, in lower case.
const SYSTEM_APPLICATIONS: &[&str] = &[
    "agi",
    "dbdeltree",
    "exec",
    "externalivr",
    "mixmonitor",
    "originate",
    "reload",
    "system",
];

/// Words in arguments that name functions that do.
const SYSTEM_WORDS: &[&str] = &["CURL", "DB", "EVAL", "FILE", "ODBC", "REALTIME", "SHELL"];

impl Gate {
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            write: session.account().map_or(Classes::NONE, |user| user.write),
            live_dangerously: session.node.live_dangerously,
        }
    }

    /// Whether a variable may be named at all to be read.
    pub(crate) fn may_name(self, name: &str) -> bool {
        let leads_out = ["SHELL", "EVAL"].iter().any(|word| name.contains(word));
        !leads_out || self.write.intersects(Classes::SYSTEM)
    }

    /// Whether a variable or function may be read; one that may not reads as empty.
    pub(crate) fn may_read(self, name: &str) -> bool {
        self.live_dangerously || !is_function(name, SHUT_FOR_READING)
    }

    /// Whether a variable or function may be set.
    pub(crate) fn may_write(self, name: &str) -> bool {
        self.live_dangerously || !is_function(name, SHUT_FOR_WRITING)
    }

    /// Whether a call may be made to run an application. The first rule that fits decides.
    pub(crate) fn may_run(self, application: &str, data: &str) -> bool {
        let name = application.to_ascii_lowercase();
        let fits = |words: &[&str], text: &str| words.iter().any(|word| text.contains(word));
        if fits(SYSTEM_APPLICATIONS, &name) {
            return self.write.intersects(Classes::SYSTEM);
        }
        let script = data
            .split(',')
            .nth(5)
            .is_some_and(|script| !script.is_empty());
        if name.contains("queue") && script {
            return self.write.intersects(Classes::SYSTEM | Classes::AGI);
        }
        !fits(SYSTEM_WORDS, data) || self.write.intersects(Classes::SYSTEM)
    }
}

/// Whether a name is one of these functions, or has one inside its arguments.
fn is_function(name: &str, functions: &[&str]) -> bool {
    let mut texts = name.split('(');
    // What comes after the last parenthesis calls nothing.
    let _ = texts.next_back();
    let called = |text: &str| {
        let word = text
            .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next();
        word.is_some_and(|word| {
            functions
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known))
        })
    };
    texts.any(called)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALLS: Gate = Gate {
        write: Classes::CALL,
        live_dangerously: false,
    };
    const SYSTEM: Gate = Gate {
        write: Classes::SYSTEM,
        live_dangerously: false,
    };
    const DANGEROUS: Gate = Gate {
        write: Classes::CALL,
        live_dangerously: true,
    };

    #[test]
    fn functions_that_reach_further_are_shut_for_all() {
        for gate in [CALLS, SYSTEM] {
            for name in [
                "DB(a/b)",
                "db(a/b)",
                "FILE(/etc/passwd)",
                "LEN(${FILE(/x)})",
                "STAT(e,x)",
            ] {
                assert!(!gate.may_read(name), "{name}");
                assert!(DANGEROUS.may_read(name), "{name}");
            }
            for name in [
                "DB(a/b)",
                "FILE(x)",
                "CURL(x)",
                "PERIODIC_HOOK(a)",
                "HASH(${DB(a/b)})",
            ] {
                assert!(!gate.may_write(name), "{name}");
                assert!(DANGEROUS.may_write(name), "{name}");
            }
            for name in [
                "DB",
                "CALLERID(name)",
                "CHANNEL(FILE)",
                "GLOBAL(DB)",
                "MD5(FILE)",
            ] {
                assert!(gate.may_read(name) && gate.may_write(name), "{name}");
            }
        }
    }

    #[test]
    fn names_that_run_programs_need_the_class_system() {
        assert!(!CALLS.may_name("SHELL(id)") && !CALLS.may_name("EVAL(x)"));
        assert!(SYSTEM.may_name("SHELL(id)") && CALLS.may_name("shell"));
    }

    #[test]
    fn applications_that_lead_out_of_the_call_need_the_class_system() {
        for (application, data) in [
            ("System", "true"),
            ("TryExec", "x"),
            ("FastAGI", "x"),
            ("MixMonitor", "x.wav"),
            ("Originate", "x"),
            ("Set", "X=${SHELL(id)}"),
            ("Set", "DB(a/b)=1"),
            ("Queue", "q,,,,,script"),
        ] {
            assert!(!CALLS.may_run(application, data), "{application} {data}");
            assert!(SYSTEM.may_run(application, data), "{application} {data}");
        }
        assert!(CALLS.may_run("Wait", "10") && CALLS.may_run("Queue", "q,,,,60,"));
        let agi = Gate {
            write: Classes::AGI,
            ..CALLS
        };
        assert!(agi.may_run("Queue", "q,,,,,script") && !agi.may_run("AGI", "x"));
    }
}
