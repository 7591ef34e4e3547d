//! `logger …`, `core set verbose|debug`: who gets what of the log.

use super::{Command, Outcome};
use crate::logger::{Detail, Levels};
use crate::node::Node;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "logger show channels",
        synopsis: "List configured log channels",
        usage: "Usage: logger show channels\n       Lists the files of the log and the terminal, each with the levels it gets.\n",
        run: |node, _| Box::pin(async { show(node) }),
    },
    Command {
        words: "logger rotate",
        synopsis: "Rotates and reopens the log files",
        usage: "Usage: logger rotate\n       Puts the log's files aside and begins new ones.\n",
        run: |node, _| Box::pin(rotate(node)),
    },
    Command {
        words: "logger reload",
        synopsis: "Reopens the log files",
        usage: "Usage: logger reload\n       Reads logger.conf again and opens the log's files anew.\n",
        run: |node, _| Box::pin(reload(node)),
    },
    Command {
        words: "core set verbose",
        synopsis: "Set level of verbosity",
        usage: "Usage: core set verbose {<level>|off}\n       How much is told on the server's terminal; 0 or off is what -v does not ask for.\n",
        run: |node, arguments| Box::pin(async { set(node, arguments, &VERBOSE) }),
    },
    Command {
        words: "core set debug",
        synopsis: "Set level of debug chattiness",
        usage: "Usage: core set debug {<level>|off}\n       How much of use to developers only is told on the server's terminal.\n",
        run: |node, arguments| Box::pin(async { set(node, arguments, &DEBUG) }),
    },
];

/// One of the two depths of the terminal.
struct Depth {
    name: &'static str,
    of: fn(&mut Detail) -> &mut u8,
}

const VERBOSE: Depth = Depth {
    name: "Console verbose",
    of: |detail| &mut detail.verbose,
};
const DEBUG: Depth = Depth {
    name: "Core debug",
    of: |detail| &mut detail.debug,
};

fn set(node: &Arc<Node>, arguments: &[String], depth: &Depth) -> Outcome {
    let [level] = arguments else {
        return Outcome::Usage;
    };
    let new = match level.as_str() {
        "off" => 0,
        number => match number.parse::<u8>() {
            Ok(number) => number,
            Err(_) => return Outcome::Usage,
        },
    };
    let word = |level: u8| {
        if level == 0 {
            "OFF".to_owned()
        } else {
            level.to_string()
        }
    };
    let old = node.change_detail(|detail| std::mem::replace((depth.of)(detail), new));
    Outcome::Output(if old == new {
        format!("{} is still {}.\n", depth.name, word(new))
    } else {
        format!(
            "{} was {} and is now {}.\n",
            depth.name,
            word(old),
            word(new)
        )
    })
}

fn show(node: &Arc<Node>) -> Outcome {
    let outlets = node.log_outlets();
    let mut text = format!(
        "{:<35} {:<8} {:<10} {:<8} {}\n{:<35} {:<8} {:<10} {:<8} {}\n",
        "Channel",
        "Type",
        "Formatter",
        "Status",
        "Configuration",
        "-------",
        "----",
        "---------",
        "------",
        "-------------",
    );
    let mut line = |name: &str, kind: &str, levels: &Levels| {
        let names: Vec<_> = levels.iter().map(|level| level.name()).collect();
        let _ = writeln!(
            text,
            "{name:<35} {kind:<8} {:<10} {:<8}  - {} ",
            "default",
            "Enabled",
            names.join(" ")
        );
    };
    for (path, levels) in &outlets.files {
        line(&path.display().to_string(), "File", levels);
    }
    line("", "Console", &outlets.terminal);
    Outcome::Output(text)
}

async fn rotate(node: &Arc<Node>) -> Outcome {
    if node.rotate_log().await {
        Outcome::Output(String::new())
    } else {
        Outcome::Failed("Not all files of the log could be put aside.\n".to_owned())
    }
}

async fn reload(node: &Arc<Node>) -> Outcome {
    match node.reload(Some("logger")).await {
        Ok(()) => Outcome::Output(String::new()),
        Err(reason) => Outcome::Failed(format!("{reason}\n")),
    }
}
