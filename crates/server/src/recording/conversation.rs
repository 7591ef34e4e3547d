//! The replay of a recording of sessions: what they said, to be read.

use super::line::Line;
use jiff::Timestamp;
use std::io::{self, Write};

/// Prints what was said at a time, under who said it when.
pub(super) fn print(out: &mut impl Write, line: &Line) -> io::Result<()> {
    match line {
        Line::Heard { at, session, text } => said(out, *at, session, '>', text),
        Line::Said { at, session, text } => said(out, *at, session, '<', text),
        Line::By(_)
        | Line::Switch { .. }
        | Line::Style(_)
        | Line::Input { .. }
        | Line::Event { .. }
        | Line::Sessions(_)
        | Line::End { .. } => Ok(()),
    }
}

/// `>` is what a client said, `<` what it was told.
fn said(
    out: &mut impl Write,
    at: Timestamp,
    session: &str,
    way: char,
    text: &str,
) -> io::Result<()> {
    writeln!(out, "--- {at:.6} {session} {way}")?;
    for line in text.trim_end().lines() {
        writeln!(out, "{way} {line}")?;
    }
    writeln!(out)
}
