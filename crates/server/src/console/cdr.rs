//! `cdr …`: call records.

use super::{Command, Outcome};
use crate::node::Node;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "cdr show status",
        synopsis: "Display the CDR status",
        usage: "Usage: cdr show status\n       Tells which call records are made and where they are written.\n",
        run: |node, _| Box::pin(async { Outcome::Output(status(node)) }),
    },
    Command {
        words: "cdr submit",
        synopsis: "Posts all pending batched CDR data",
        usage: "Usage: cdr submit\n       Has the call records that wait for their batch written now.\n",
        run: |node, _| Box::pin(async { submit(node) }),
    },
];

fn status(node: &Arc<Node>) -> String {
    let configured = node.configured();
    let cdr = &configured.configuration.switch.cdr;
    let written = &configured.configuration.records;
    let mut text =
        String::from("\nCall Detail Record (CDR) settings\n----------------------------------\n");
    if !cdr.enabled {
        return text + "  Logging:                    Disabled\n\n";
    }
    let mode = if written.batch.is_some() {
        "Batch"
    } else {
        "Simple"
    };
    let word = |on: bool| if on { "Yes" } else { "No" };
    let _ = write!(
        text,
        "  Logging:                    Enabled\n\
         \x20 Mode:                       {mode}\n\
         \x20 Log calls by default:       {}\n\
         \x20 Log unanswered calls:       {}\n\
         \x20 Log congestion:             {}\n\n\
         \x20 Ignore bridging changes:    {}\n\n\
         \x20 Ignore dial state changes:  {}\n\n",
        word(cdr.by_default),
        word(cdr.unanswered),
        word(cdr.congestion),
        word(cdr.ignore_conversations),
        word(cdr.ignore_dials),
    );
    if let Some(batch) = written.batch {
        let (waiting, left) = node.records.waiting();
        let _ = write!(
            text,
            "* Batch Mode Settings\n\
             \x20 -------------------\n\
             \x20 Safe shutdown:              Enabled\n\
             \x20 Threading model:            Scheduler plus separate threads\n\
             \x20 Current batch size:         {waiting} record{}\n\
             \x20 Maximum batch size:         {} record{}\n\
             \x20 Maximum batch time:         {} second{}\n",
            plural(waiting as u64),
            batch.size,
            plural(batch.size as u64),
            batch.time.as_secs(),
            plural(batch.time.as_secs()),
        );
        if let Some(left) = left {
            let left = left.as_secs();
            let _ = writeln!(
                text,
                "  Next batch processing time: {left} second{}",
                plural(left)
            );
        }
        text.push('\n');
    }
    text.push_str("* Registered Backends\n  -------------------\n");
    let mut outlets = written.names();
    if cdr.manager {
        outlets.push("cdr_manager");
    }
    if outlets.is_empty() {
        outlets.push("(none)");
    }
    for name in outlets {
        let _ = writeln!(text, "    {name}");
    }
    text.push('\n');
    text
}

fn submit(node: &Arc<Node>) -> Outcome {
    node.records.submit();
    Outcome::Output(
        "Submitted CDRs to backends for processing.  This may take a while.\n".to_owned(),
    )
}

fn plural(number: u64) -> &'static str {
    if number == 1 { "" } else { "s" }
}
