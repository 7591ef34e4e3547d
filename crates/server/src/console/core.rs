//! `core …`: version, uptime, stopping and reloading.

use super::{Command, Outcome, counted};
use crate::node::{Node, Stop, When};
use crate::version;
use std::sync::Arc;
use std::time::Duration;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "core waitfullybooted",
        synopsis: "Wait for the server to be fully booted",
        usage: "Usage: core waitfullybooted\n       Answers as soon as the server is fully booted.\n",
        run: |node, _| Box::pin(async { wait_fully_booted(node).await }),
    },
    Command {
        words: "core show version",
        synopsis: "Display version info",
        usage: "Usage: core show version\n       Tells the version.\n",
        run: |_, _| Box::pin(async { Outcome::Output(version::long() + "\n") }),
    },
    Command {
        words: "core show uptime",
        synopsis: "Show uptime information",
        usage: "Usage: core show uptime [seconds]\n       Tells how long the server runs and when it was last reloaded,\n       with 'seconds' in whole seconds.\n",
        run: |node, arguments| Box::pin(async { uptime(node, arguments) }),
    },
    Command {
        words: "core reload",
        synopsis: "Global reload",
        usage: "Usage: core reload\n       Reads the whole configuration again. Calls in progress keep what they have.\n",
        run: |node, _| Box::pin(reload(node)),
    },
    Command {
        words: "core stop now",
        synopsis: "Shut down immediately",
        usage: "Usage: core stop now\n       Hangs up all calls and ends the server.\n",
        run: |node, _| Box::pin(async { stop(node, When::Now, false) }),
    },
    Command {
        words: "core stop gracefully",
        synopsis: "Gracefully shut down",
        usage: "Usage: core stop gracefully\n       Takes no new calls, and ends the server when the last has ended.\n",
        run: |node, _| Box::pin(async { stop(node, When::Gracefully, false) }),
    },
    Command {
        words: "core stop when convenient",
        synopsis: "Shut down at empty call volume",
        usage: "Usage: core stop when convenient\n       Ends the server as soon as there is no call, and takes new ones until then.\n",
        run: |node, _| Box::pin(async { stop(node, When::Convenient, false) }),
    },
    Command {
        words: "core restart now",
        synopsis: "Restart immediately",
        usage: "Usage: core restart now\n       Hangs up all calls, ends the server and starts it again.\n",
        run: |node, _| Box::pin(async { stop(node, When::Now, true) }),
    },
    Command {
        words: "core restart gracefully",
        synopsis: "Restart gracefully",
        usage: "Usage: core restart gracefully\n       Takes no new calls, and starts the server again when the last has ended.\n",
        run: |node, _| Box::pin(async { stop(node, When::Gracefully, true) }),
    },
    Command {
        words: "core restart when convenient",
        synopsis: "Restart at empty call volume",
        usage: "Usage: core restart when convenient\n       Starts the server again as soon as there is no call, and takes new ones until then.\n",
        run: |node, _| Box::pin(async { stop(node, When::Convenient, true) }),
    },
];

async fn wait_fully_booted(node: &Arc<Node>) -> Outcome {
    node.booted().await;
    Outcome::Output("Asterisk has fully booted.\n".to_owned())
}

fn uptime(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let words: fn(Duration) -> String = match arguments {
        [] => in_words,
        [only] if only == "seconds" => |time| time.as_secs().to_string(),
        _ => return Outcome::Usage,
    };
    let (up, since_reload) = node.uptime();
    Outcome::Output(format!(
        "System uptime: {}\nLast reload: {}\n",
        words(up),
        words(since_reload)
    ))
}

/// `1 day, 2 hours, 5 seconds`: units of which there are none are left out.
fn in_words(time: Duration) -> String {
    let mut left = time.as_secs();
    let units = [
        (604_800, "week"),
        (86_400, "day"),
        (3600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut parts = Vec::new();
    for (seconds, name) in units {
        let count = left / seconds;
        left %= seconds;
        if count > 0 {
            parts.push(counted(count, name));
        }
    }
    if parts.is_empty() {
        counted(0, "second")
    } else {
        parts.join(", ")
    }
}

async fn reload(node: &Arc<Node>) -> Outcome {
    match node.reload(None).await {
        Ok(()) => Outcome::Output(String::new()),
        Err(reason) => Outcome::Failed(format!("{reason}\n")),
    }
}

fn stop(node: &Arc<Node>, when: When, restart: bool) -> Outcome {
    node.stop(Some(Stop { when, restart }));
    let told = match (when, restart) {
        (When::Now, _) => "",
        (When::Gracefully | When::Convenient, false) => {
            "Waiting for inactivity to perform halt...\n"
        }
        (When::Gracefully | When::Convenient, true) => {
            "Waiting for inactivity to perform restart...\n"
        }
    };
    Outcome::Output(told.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptime_is_told_in_words() {
        let told = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!(told(0), "0 seconds");
        assert_eq!(told(61), "1 minute, 1 second");
        assert_eq!(told(604_800 + 2 * 86_400 + 7), "1 week, 2 days, 7 seconds");
    }
}
