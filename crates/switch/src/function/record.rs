//! CDR: the call record of the channel.

use super::{Function, channel_mut, channel_of, error};
use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome};
use jiff::Timestamp;
use model::{CallRecord, Disposition};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "CDR",
        synopsis: "Gets or sets a CDR variable.",
        syntax: "CDR(name[,options])",
        description: "Names: clid, src, dst, dcontext, channel, dstchannel, lastapp, lastdata, start, \
                      answer, end, duration, billsec, disposition, amaflags, accountcode, uniqueid, \
                      linkedid, userfield, or one of your own. Options: f (durations with a fraction), u \
                      (times as seconds since 1970, others as numbers). accountcode, userfield and your \
                      own can be set.",
    },
    open: true,
    read: Some(read),
    write: Some(write),
}];

fn read(scope: &mut ChannelScope<'_>, args: &str) -> Outcome {
    let (name, options) = args.split_once(',').unwrap_or((args, ""));
    let name = name.trim().to_ascii_lowercase();
    let channel = channel_of(scope)?;
    let Some(record) = scope.switch.current_record(channel.id) else {
        return error("there is no call record");
    };
    if let Some(value) = field(scope, &record, &name, options) {
        return Ok(value);
    }
    Ok(super::or_empty(channel.memory.record_values.value(&name)))
}

fn field(
    scope: &ChannelScope<'_>,
    record: &CallRecord,
    name: &str,
    options: &str,
) -> Option<String> {
    let raw = options.contains('u');
    let time = |time: Option<Timestamp>| match time {
        None => String::new(),
        Some(time) if raw => format!("{}.{:06}", time.as_second(), time.subsec_microsecond()),
        Some(time) => told(scope, time),
    };
    let span = |from: Option<Timestamp>| {
        let seconds = from.map_or(0.0, |from| {
            record.end.duration_since(from).as_secs_f64().max(0.0)
        });
        if options.contains('f') {
            format!("{seconds:.6}")
        } else {
            format!("{}", seconds.floor())
        }
    };
    let text = match name {
        "clid" => &record.caller_id,
        "src" => &record.source,
        "dst" => &record.destination,
        "dcontext" => &record.context,
        "channel" => &record.channel,
        "dstchannel" => &record.destination_channel,
        "lastapp" => &record.application,
        "lastdata" => &record.data,
        "accountcode" => &record.account,
        "uniqueid" => &record.uniqueid,
        "linkedid" => &record.linkedid,
        "userfield" => &record.user_field,
        "start" => return Some(time(Some(record.start))),
        "answer" => return Some(time(record.answer)),
        "end" => return Some(String::new()),
        "duration" => return Some(span(Some(record.start))),
        "billsec" => return Some(span(record.answer)),
        "disposition" if raw => return Some(number(record.disposition).to_string()),
        "disposition" => return Some(record.disposition.text().to_owned()),
        "amaflags" if raw => return Some("3".to_owned()),
        "amaflags" => return Some("DOCUMENTATION".to_owned()),
        _ => return None,
    };
    Some(text.to_string())
}

fn told(scope: &ChannelScope<'_>, time: Timestamp) -> String {
    let zone = scope.switch.local_time().time_zone().clone();
    time.to_zoned(zone)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

fn number(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::NoAnswer => 1,
        Disposition::Failed => 2,
        Disposition::Busy => 4,
        Disposition::Answered => 8,
        Disposition::Congestion => 16,
    }
}

fn write(scope: &mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()> {
    const FIXED: [&str; 16] = [
        "clid",
        "src",
        "dst",
        "dcontext",
        "channel",
        "dstchannel",
        "lastapp",
        "lastdata",
        "start",
        "answer",
        "end",
        "duration",
        "billsec",
        "disposition",
        "uniqueid",
        "linkedid",
    ];
    let name = args
        .split(',')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let channel = channel_mut(scope)?;
    let id = channel.id;
    match name.as_str() {
        "accountcode" => channel.account = value.trim().into(),
        "userfield" => match &mut channel.record {
            Some(record) => record.user_field = value.into(),
            None => return error("there is no call record"),
        },
        "" => return error("needs a name"),
        name if FIXED.contains(&name) => return error(format!("'{name}' cannot be set")),
        name => channel.memory.record_values.set(name, value),
    }
    scope.switch.publish(id);
    Ok(())
}
