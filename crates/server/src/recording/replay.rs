//! `switchroom replay`: a fresh switch is given what was recorded, and tells the same.

use super::conversation;
use super::line::Line;
use super::reader::Lines;
use ami::Dialect;
use manager::{Mask, Recalled, Rendered, Style};
use model::{Now, Record, Seq};
use serde_json::Value;
use std::collections::VecDeque;
use std::io::{self, BufRead, BufWriter, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use switch::{Output, Switch};

/// Replays a recording on standard output.
///
/// # Errors
/// Where it is damaged, or the switch tells something else than was recorded.
pub(crate) fn run(path: &Path) -> Result<(), String> {
    let name = path.display();
    let mut out = BufWriter::new(io::stdout().lock());
    let done = Lines::open(path).and_then(|lines| replay(lines, &mut out));
    // What was told before a difference is of use.
    let flushed = out.flush().map_err(|error| error.to_string());
    let told = done
        .map_err(|reason| format!("{name}: {reason}"))
        .and_then(|told| flushed.map(|()| told))?;
    let _ = writeln!(io::stderr(), "{name}: {told}");
    Ok(())
}

/// Replays a recording; what it came to.
pub(super) fn replay<R: BufRead>(
    mut lines: Lines<R>,
    out: &mut impl Write,
) -> Result<String, String> {
    let mut again = Again::default();
    let mut end = None;
    while let Some(line) = lines.next()? {
        let at = |reason: String| format!("line {}: {reason}", lines.number);
        if end.is_some() {
            return Err(at("something follows the end".to_owned()));
        }
        match line {
            Line::By(program) => again.by = program,
            Line::Switch { seed, now } => again.switch = Some(Switch::new(seed, now)),
            Line::Style(style) => again.style = Some(style),
            Line::Input { now, input } => again.give(now, input).map_err(at)?,
            Line::Event { seq, text } => {
                let told = again.next(seq, text).map_err(at)?;
                out.write_all(told.as_bytes())
                    .map_err(|error| error.to_string())?;
            }
            Line::Sessions(_) => {}
            line @ (Line::Heard { .. } | Line::Said { .. }) => {
                conversation::print(out, &line).map_err(|error| error.to_string())?;
            }
            Line::End { reason, whole } => end = Some((reason, whole)),
        }
    }
    again.end(end)
}

/// The switch that is given what another was given.
#[derive(Default)]
struct Again {
    by: String,
    switch: Option<Switch>,
    style: Option<Style>,
    /// What it told and has not been compared.
    told: VecDeque<Record>,
    /// How many events were as recorded.
    same: u64,
}

impl Again {
    fn give(&mut self, now: Now, input: Value) -> Result<(), String> {
        let input = serde_json::from_value(input).map_err(|error| {
            format!(
                "this version understands no such input: {error} ({})",
                self.difference()
            )
        })?;
        let Some(switch) = &mut self.switch else {
            return Err("an input stands before its switch".to_owned());
        };
        // As it did when it was recorded, it gives this input up and goes on.
        if catch_unwind(AssertUnwindSafe(|| switch.handle(now, input))).is_err() {
            let _ = writeln!(
                io::stderr(),
                "the switch panics after event {}",
                switch.seq()
            );
        }
        while let Some(output) = switch.poll() {
            if let Output::Events(records) = output {
                self.told.extend(records);
            }
        }
        Ok(())
    }

    /// The text of the next event, which is to be that recorded.
    fn next(&mut self, seq: Seq, recorded: Option<String>) -> Result<String, String> {
        let Some(record) = self.told.pop_front() else {
            let recorded = recorded.unwrap_or_default();
            return Err(format!(
                "event {seq} is not told ({})\nrecorded:\n{recorded}",
                self.difference()
            ));
        };
        let told = self.text(&record)?;
        if (record.seq, &told) != (seq, &recorded) {
            let [recorded, told] = [recorded, told].map(Option::unwrap_or_default);
            return Err(format!(
                "event {seq} is another ({})\nrecorded:\n{recorded}replayed, as event {}:\n{told}",
                self.difference(),
                record.seq
            ));
        }
        self.same += 1;
        Ok(told.unwrap_or_default())
    }

    fn text(&self, record: &Record) -> Result<Option<String>, String> {
        let style = self
            .style
            .as_ref()
            .ok_or("nothing says how events are told")?;
        let rendered = Rendered::new(record, &Recalled::default(), style);
        let told = rendered.told(Dialect::V22);
        Ok(told.map(|told| Mask::default().event(told.message.wire())))
    }

    /// What the whole replay came to.
    fn end(&self, end: Option<(String, bool)>) -> Result<String, String> {
        let reason = match end {
            Some((reason, true)) => {
                if let Some(record) = self.told.front() {
                    let told = self.text(record)?.unwrap_or_default();
                    return Err(format!(
                        "after what was recorded, more is told ({})\nreplayed, as event {}:\n{told}",
                        self.difference(),
                        record.seq
                    ));
                }
                reason
            }
            Some((reason, false)) => reason,
            None => "it breaks off there, as the server was killed".to_owned(),
        };
        Ok(match self.switch {
            Some(_) => format!("{} events, as recorded; {reason}", self.same),
            None => reason,
        })
    }

    /// Between the versions, if there is one.
    fn difference(&self) -> String {
        let ours = crate::version::long();
        if self.by == ours {
            format!("by {ours}, as recorded")
        } else {
            format!("recorded by {}, replayed by {ours}", self.by)
        }
    }
}
