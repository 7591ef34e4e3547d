//! Who calls, who is called, who redirected: CALLERID, CONNECTEDLINE, REDIRECTING.

use super::{Function, channel_mut, channel_of, error, filled, or_empty};
use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome};
use model::Party;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "CALLERID",
            synopsis: "Gets or sets Caller*ID data on the channel.",
            syntax: "CALLERID(datatype[,CID])",
            description: "Datatypes: all, name, num, ANI, DNID, RDNIS. With `CID`, `\"Name\" <number>`, it \
                          is read instead of the channel's own.",
        },
        open: true,
        read: Some(read_caller),
        write: Some(write_caller),
    },
    Function {
        declaration: Declaration {
            name: "CONNECTEDLINE",
            synopsis: "Gets or sets Connected Line data on the channel.",
            syntax: "CONNECTEDLINE(datatype[,i])",
            description: "Datatypes: all, name, num.",
        },
        open: true,
        read: Some(|scope, args| {
            let connected = &channel_of(scope)?.connected;
            read_party(connected, datatype(args))
        }),
        write: Some(|scope, args, value| {
            let connected = &mut channel_mut(scope)?.connected;
            write_party(connected, datatype(args), value)?;
            publish(scope);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "REDIRECTING",
            synopsis: "Gets or sets Redirecting data on the channel.",
            syntax: "REDIRECTING(datatype[,i])",
            description: "Datatypes: from-all, from-name, from-num, to-…, orig-…, reason, count.",
        },
        open: true,
        read: Some(read_redirecting),
        write: Some(write_redirecting),
    },
];

/// Why calls are redirected, in the words of RFC 5806 and those that are customary.
pub(crate) const REASONS: [&str; 20] = [
    "unknown",
    "cfb",
    "cfnr",
    "unavailable",
    "time_of_day",
    "dnd",
    "deflection",
    "follow_me",
    "out_of_order",
    "away",
    "cf_dte",
    "cfu",
    "sent_to_vm",
    "huntgroup",
    "callcenter",
    "busy",
    "no_answer",
    "unconditional",
    "temporarily_unavailable",
    "voicemail",
];

fn read_caller(scope: &mut ChannelScope<'_>, args: &str) -> Outcome {
    let args = dialplan::arguments(args);
    let kind = args
        .first()
        .map_or("", |kind| kind.trim())
        .to_ascii_lowercase();
    if let Some(given) = args.get(1) {
        return read_party(&Party::parse(given), &kind);
    }
    let channel = channel_of(scope)?;
    match kind.as_str() {
        "ani" | "ani-num" => Ok(or_empty(
            channel
                .memory
                .ani
                .as_ref()
                .or(channel.caller.number.as_ref()),
        )),
        "dnid" | "dnid-num" => Ok(channel.dnid.to_string()),
        "rdnis" => Ok(or_empty(channel.memory.redirecting.from.number.as_ref())),
        kind => read_party(&channel.caller, kind),
    }
}

fn write_caller(scope: &mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()> {
    let kind = datatype(args).to_ascii_lowercase();
    let channel = channel_mut(scope)?;
    match kind.as_str() {
        "ani" | "ani-num" => channel.memory.ani = filled(value),
        "dnid" | "dnid-num" => channel.dnid = value.trim().into(),
        "rdnis" => channel.memory.redirecting.from.number = filled(value),
        kind => write_party(&mut channel.caller, kind, value)?,
    }
    publish(scope);
    Ok(())
}

fn read_redirecting(scope: &mut ChannelScope<'_>, args: &str) -> Outcome {
    let redirecting = &channel_of(scope)?.memory.redirecting;
    let kind = datatype(args).to_ascii_lowercase();
    match kind.as_str() {
        "reason" => return Ok(redirecting.reason.unwrap_or(REASONS[0]).to_owned()),
        "count" => return Ok(redirecting.count.to_string()),
        _ => {}
    }
    match kind.split_once('-') {
        Some(("from", kind)) => read_party(&redirecting.from, kind),
        Some(("to", kind)) => read_party(&redirecting.to, kind),
        Some(("orig", kind)) => read_party(&redirecting.original, kind),
        Some(_) | None => unknown(&kind),
    }
}

fn write_redirecting(scope: &mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()> {
    let redirecting = &mut channel_mut(scope)?.memory.redirecting;
    let kind = datatype(args).to_ascii_lowercase();
    match kind.as_str() {
        "reason" => {
            let known = REASONS
                .into_iter()
                .find(|reason| reason.eq_ignore_ascii_case(value.trim()));
            redirecting.reason =
                Some(known.map_or_else(|| error(format!("'{value}' is no reason")), Ok)?);
            return Ok(());
        }
        "count" => {
            redirecting.count = value
                .trim()
                .parse()
                .or_else(|_| error(format!("'{value}' is no count")))?;
            return Ok(());
        }
        _ => {}
    }
    match kind.split_once('-') {
        Some(("from", kind)) => write_party(&mut redirecting.from, kind, value),
        Some(("to", kind)) => write_party(&mut redirecting.to, kind, value),
        Some(("orig", kind)) => write_party(&mut redirecting.original, kind, value),
        Some(_) | None => unknown(&kind),
    }
}

fn read_party(party: &Party, kind: &str) -> Outcome {
    let (name, number) = (
        or_empty(party.name.as_ref()),
        or_empty(party.number.as_ref()),
    );
    match kind.to_ascii_lowercase().as_str() {
        "all" => Ok(format!("\"{name}\" <{number}>")),
        "name" => Ok(name),
        "num" | "number" => Ok(number),
        kind => unknown(kind),
    }
}

fn write_party(party: &mut Party, kind: &str, value: &str) -> Outcome<()> {
    match kind.to_ascii_lowercase().as_str() {
        "all" => *party = Party::parse(value),
        "name" => party.name = filled(value),
        "num" | "number" => party.number = filled(value),
        kind => return unknown(kind),
    }
    Ok(())
}

fn unknown<T>(kind: &str) -> Outcome<T> {
    error(format!("there is no datatype '{kind}'"))
}

/// The first argument. The second tells whether the far end is told: it is by what follows.
fn datatype(args: &str) -> &str {
    args.split(',').next().unwrap_or_default().trim()
}

fn publish(scope: &mut ChannelScope<'_>) {
    if let Some(id) = scope.channel {
        scope.switch.publish(id);
    }
}
