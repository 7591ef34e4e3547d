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
        words: "cdr set debug",
        synopsis: "Enable debugging in the CDR engine",
        usage: "Usage: cdr set debug [on|off]\n       Has every call record logged as it is complete, until cdr.conf is read again.\n",
        run: |node, arguments| Box::pin(async { debug(node, arguments) }),
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

/// A column of the tables of records under way.
struct Column {
    title: &'static str,
    /// In characters; what is longer is cut.
    width: usize,
    cell: fn(&CallRecord, &TimeZone) -> String,
}

const fn column(
    title: &'static str,
    width: usize,
    cell: fn(&CallRecord, &TimeZone) -> String,
) -> Column {
    Column { title, width, cell }
}

const CHANNEL: Column = column("Channel", 25, |record, _| record.channel.to_string());
const ACCOUNT: Column = column("AccountCode", 20, |record, _| record.account.to_string());
const CALLER: Column = column("CallerID", 25, |record, _| record.caller_id.to_string());
const OTHER: Column = column("Dst. Channel", 25, |record, _| {
    record.destination_channel.to_string()
});
const APPLICATION: Column = column("LastApp", 15, |record, _| record.application.to_string());
const DATA: Column = column("Data", 15, |record, _| record.data.to_string());
/// Those at the end of both tables.
const TIMES: [Column; 5] = [
    column("Start", 8, |record, zone| clock(Some(record.start), zone)),
    column("Answer", 8, |record, zone| clock(record.answer, zone)),
    column("End", 8, |_, _| String::new()),
    column("Billsec", 8, |record, _| record.billable.to_string()),
    column("Duration", 8, |record, _| record.duration().to_string()),
];

fn brief(records: &[CallRecord], zone: &TimeZone) -> String {
    let title = "Channels with Call Detail Record (CDR) Information";
    table(title, [CHANNEL, OTHER, APPLICATION], records, zone)
}

fn whole(channel: &str, records: &[CallRecord], zone: &TimeZone) -> String {
    let title = format!("Call Detail Record (CDR) Information for {channel}");
    let columns = [ACCOUNT, CALLER, OTHER, APPLICATION, DATA];
    table(&title, columns, records, zone)
}

fn table<const N: usize>(
    title: &str,
    columns: [Column; N],
    records: &[CallRecord],
    zone: &TimeZone,
) -> String {
    let columns: Vec<_> = columns.into_iter().chain(TIMES).collect();
    let line = |cell: &dyn Fn(&Column) -> String| {
        let cells = columns.iter().map(|column| {
            let width = column.width;
            format!("{:<width$.width$}", cell(column))
        });
        let cells: Vec<_> = cells.collect();
        cells.join(" ").trim_end().to_owned() + "\n"
    };
    let mut text = format!("\n{title}\n{}\n", "-".repeat(50));
    text += &line(&|column| column.title.to_owned());
    for record in records {
        text += &line(&|column| (column.cell)(record, zone));
    }
    text
}

/// The time of day, if there is one.
fn clock(time: Option<Timestamp>, zone: &TimeZone) -> String {
    let time = time.map(|time| time.to_zoned(zone.clone()));
    time.map(|time| time.strftime("%H:%M:%S").to_string())
        .unwrap_or_default()
}

fn debug(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let on = match arguments {
        [word] if word.eq_ignore_ascii_case("on") => true,
        [word] if word.eq_ignore_ascii_case("off") => false,
        _ => return Outcome::Usage,
    };
    node.records.debug(on);
    let word = if on { "enabled" } else { "disabled" };
    Outcome::Output(format!("CDR debugging {word}\n"))
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
