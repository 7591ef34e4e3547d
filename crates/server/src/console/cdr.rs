//! `cdr …`: call records.

use super::{Command, Outcome};
use crate::node::Node;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{CallRecord, Command as Order, Reply};
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "cdr show active",
        synopsis: "Display active CDRs",
        usage: "Usage: cdr show active [channel]\n       Tells the call records under way, or those of one channel with all there is in them.\n",
        run: |node, arguments| Box::pin(active(node, arguments)),
    },
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

async fn active(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let channel = match arguments {
        [] => None,
        [channel] => Some(Arc::from(channel.as_str())),
        _ => return Outcome::Usage,
    };
    let command = Order::CallRecords {
        channel: channel.clone(),
    };
    let Reply::CallRecords(records) = node.ask(command).await else {
        return Outcome::Failed(String::new());
    };
    let configured = node.configured();
    let zone = configured.configuration.switch.time_zone.clone();
    let zone = zone.unwrap_or(TimeZone::UTC);
    match channel {
        None => Outcome::Output(brief(&records, &zone)),
        Some(channel) if records.is_empty() => {
            Outcome::Failed(format!("Unknown channel: {channel}\n"))
        }
        Some(channel) => Outcome::Output(whole(&channel, &records, &zone)),
    }
}

fn brief(records: &[CallRecord], zone: &TimeZone) -> String {
    let row = |cells: [&str; 8]| {
        let [
            channel,
            other,
            application,
            start,
            answer,
            end,
            billed,
            lasts,
        ] = cells;
        let line = format!(
            "{channel:<25.25} {other:<25.25} {application:<15.15} {start:<8.8} {answer:<8.8} {end:<8.8} {billed:<8.8} {lasts:<8.8}"
        );
        line.trim_end().to_owned() + "\n"
    };
    let mut text = heading("Channels with Call Detail Record (CDR) Information");
    text += &row([
        "Channel",
        "Dst. Channel",
        "LastApp",
        "Start",
        "Answer",
        "End",
        "Billsec",
        "Duration",
    ]);
    for record in records {
        let [start, answer] = [Some(record.start), record.answer].map(|time| clock(time, zone));
        text += &row([
            &record.channel,
            &record.destination_channel,
            &record.application,
            &start,
            &answer,
            "",
            &record.billable.to_string(),
            &record.duration().to_string(),
        ]);
    }
    text
}

fn whole(channel: &str, records: &[CallRecord], zone: &TimeZone) -> String {
    let row = |cells: [&str; 10]| {
        let [
            account,
            caller,
            other,
            application,
            data,
            start,
            answer,
            end,
            billed,
            lasts,
        ] = cells;
        let line = format!(
            "{account:<20.20} {caller:<25.25} {other:<25.25} {application:<15.15} {data:<15.15} {start:<8.8} {answer:<8.8} {end:<8.8} {billed:<8.8} {lasts:<8.8}"
        );
        line.trim_end().to_owned() + "\n"
    };
    let mut text = heading(&format!(
        "Call Detail Record (CDR) Information for {channel}"
    ));
    text += &row([
        "AccountCode",
        "CallerID",
        "Dst. Channel",
        "LastApp",
        "Data",
        "Start",
        "Answer",
        "End",
        "Billsec",
        "Duration",
    ]);
    for record in records {
        let [start, answer] = [Some(record.start), record.answer].map(|time| clock(time, zone));
        text += &row([
            &record.account,
            &record.caller_id,
            &record.destination_channel,
            &record.application,
            &record.data,
            &start,
            &answer,
            "",
            &record.billable.to_string(),
            &record.duration().to_string(),
        ]);
    }
    text
}

fn heading(title: &str) -> String {
    format!("\n{title}\n{}\n", "-".repeat(50))
}

/// The time of day, if there is one.
fn clock(time: Option<Timestamp>, zone: &TimeZone) -> String {
    let time = time.map(|time| time.to_zoned(zone.clone()));
    time.map(|time| time.strftime("%H:%M:%S").to_string())
        .unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AmaFlags, Disposition};

    #[test]
    fn records_under_way_are_rows() {
        let start: Timestamp = "2026-11-28T08:00:00Z".parse().unwrap();
        let record = CallRecord {
            channel: "PJSIP/alice-00000001".into(),
            caller_id: "\"Alice\" <101>".into(),
            application: "Dial".into(),
            data: "PJSIP/bob,20".into(),
            start,
            answer: None,
            end: start,
            account: Arc::default(),
            source: "101".into(),
            destination: "600".into(),
            context: "phones".into(),
            destination_channel: Arc::default(),
            disposition: Disposition::NoAnswer,
            ama_flags: AmaFlags::default(),
            uniqueid: "1.1".into(),
            linkedid: "1.1".into(),
            user_field: Arc::default(),
            peer_account: Arc::default(),
            sequence: 1,
            billable: 0,
            values: Vec::new(),
        };
        let shown = brief(std::slice::from_ref(&record), &TimeZone::UTC);
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(
            lines[1],
            "Channels with Call Detail Record (CDR) Information"
        );
        let row = "PJSIP/alice-00000001                                Dial            08:00:00                   0        0";
        assert_eq!(lines[4], row);
        let shown = whole("PJSIP/alice-00000001", &[record], &TimeZone::UTC);
        assert!(shown.contains("Information for PJSIP/alice-00000001\n"));
        assert!(shown.ends_with(" 0        0\n") && shown.contains("PJSIP/bob,20"));
    }
}
