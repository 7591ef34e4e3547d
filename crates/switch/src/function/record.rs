//! CDR, CDR_PROP: the call record of the channel.

use super::{Function, channel_mut, channel_of, error};
use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use model::{AmaFlags, CallRecord, Disposition};

pub(super) const FUNCTIONS: &[Function] = &[CDR, CDR_PROP];

const CDR: Function = Function {
    declaration: Declaration {
        name: "CDR",
        synopsis: "Gets or sets a CDR variable.",
        syntax: "CDR(name[,options])",
        description: "Names: clid, src, dst, dcontext, channel, dstchannel, lastapp, lastdata, start, \
                      answer, end, duration, billsec, disposition, amaflags, accountcode, \
                      peeraccount, uniqueid, linkedid, userfield, sequence, or one of your own. Options: f (durations with a fraction), u \
                      (times as seconds since 1970, the disposition as a number: 0 NO ANSWER, 2 FAILED, 4 BUSY, 8 ANSWERED, \
                      16 CONGESTION). amaflags is a number: 1 OMIT, 2 BILLING, 3 DOCUMENTATION. amaflags, accountcode, userfield and your \
                      own can be set.",
    },
    open: true,
    read: Some(read),
    write: Some(write),
};

const CDR_PROP: Function = Function {
    declaration: Declaration {
        name: "CDR_PROP",
        synopsis: "Set a property on a channel's CDR.",
        syntax: "CDR_PROP(name)",
        description: "Names: disable (whether no records are made of the channel from now on), party_a (whether \
                      records of pairs in a conversation of more than two are rather of this channel). It can \
                      only be written.",
    },
    open: true,
    read: None,
    write: Some(write_property),
};

fn write_property(scope: &mut ChannelScope<'_>, name: &str, value: &str) -> Outcome<()> {
    let id = channel_of(scope)?.id;
    match name.trim().to_ascii_lowercase().as_str() {
        "disable" => {
            scope.switch.want_record(id, !conf::is_yes(value.trim()));
        }
        "party_a" => channel_mut(scope)?.memory.is_party_a = conf::is_yes(value.trim()),
        name => return error(format!("there is no property '{name}'")),
    }
    Ok(())
}

fn read(scope: &mut ChannelScope<'_>, args: &str) -> Outcome {
    let (name, options) = args.split_once(',').unwrap_or((args, ""));
    let name = name.trim().to_ascii_lowercase();
    let channel = channel_of(scope)?;
    let Some(record) = scope.switch.current_record(channel.id) else {
        return error("there is no call record");
    };
    if name == "end" {
        return Ok(String::new()); // it is under way
    }
    if name == "amaflags" {
        return Ok((record.ama_flags as u8).to_string()); // on a channel always a number
    }
    let zone = scope.switch.local_time().time_zone().clone();
    Ok(record_field(&record, &name, options, &zone).unwrap_or_default())
}

/// What `CDR(name,options)` says of a record, with times told in a zone; nothing where it has no
/// such field.
pub fn record_field(
    record: &CallRecord,
    name: &str,
    options: &str,
    zone: &TimeZone,
) -> Option<String> {
    let raw = options.contains('u');
    let time = |time: Option<Timestamp>| match time {
        None => String::new(),
        Some(time) if raw => format!("{}.{:06}", time.as_second(), time.subsec_microsecond()),
        Some(time) => record_time(time, zone),
    };
    let span = |whole: i64, from: Option<Timestamp>| {
        if options.contains('f') {
            let span = from.map(|from| record.end.duration_since(from));
            format!(
                "{:.6}",
                span.map_or(0.0, |span| span.as_secs_f64().max(0.0))
            )
        } else {
            whole.to_string()
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
        "peeraccount" => &record.peer_account,
        "uniqueid" => &record.uniqueid,
        "linkedid" => &record.linkedid,
        "userfield" => &record.user_field,
        "sequence" => return Some(record.sequence.to_string()),
        "start" => return Some(time(Some(record.start))),
        "answer" => return Some(time(record.answer)),
        "end" => return Some(time(Some(record.end))),
        "duration" => return Some(span(record.duration(), Some(record.start))),
        "billsec" => return Some(span(record.billable, record.answer)),
        "disposition" if raw => return Some(number(record.disposition).to_string()),
        "disposition" => return Some(record.disposition.text().to_owned()),
        "amaflags" if raw => return Some((record.ama_flags as u8).to_string()),
        "amaflags" => return Some(record.ama_flags.text().to_owned()),
        name => {
            let mut values = record.values.iter();
            &values.find(|(known, _)| **known == *name)?.1
        }
    };
    Some(text.to_string())
}

/// A time as call records tell it.
pub fn record_time(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string()
}

fn number(disposition: Disposition) -> u8 {
    match disposition {
        Disposition::NoAnswer => 0,
        Disposition::Failed => 2,
        Disposition::Busy => 4,
        Disposition::Answered => 8,
        Disposition::Congestion => 16,
        Disposition::Cancel => 32,
    }
}

fn write(scope: &mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()> {
    const FIXED: [&str; 18] = [
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
        "peeraccount",
        "sequence",
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
        "amaflags" => match AmaFlags::named(value.trim()) {
            Some(flags) => channel.memory.ama_flags = flags,
            None => return error(format!("'{value}' are no AMA flags")),
        },
        "userfield" => scope
            .switch
            .note(id, |notes| notes.user_field = value.into()),
        "" => return error("needs a name"),
        name if FIXED.contains(&name) => return error(format!("'{name}' cannot be set")),
        name => scope.switch.note(id, |notes| notes.values.set(name, value)),
    }
    scope.switch.publish(id);
    Ok(())
}
