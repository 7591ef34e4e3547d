//! Who calls, who is called, who redirected: CALLERID, CONNECTEDLINE, REDIRECTING.

use super::party::{self, octet, unknown};
use super::{Function, channel_mut, channel_of, error, filled};
use crate::identity::{Identity, Particulars};
use crate::memory::Redirecting;
use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome};
use model::Party;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "CALLERID",
            synopsis: "Gets or sets Caller*ID data on the channel.",
            syntax: "CALLERID(datatype[,CID])",
            description: "Datatypes: all, name, name-valid, name-charset, name-pres, num, num-valid, num-plan \
                          (ton), num-pres, pres, subaddr, subaddr-valid, subaddr-type, subaddr-odd, tag, the \
                          same as ANI-…, ANI2, DNID, dnid-num-plan, RDNIS. With `CID`, `\"Name\" <number>`, it \
                          is read instead of the channel's own. A presentation is allowed_not_screened, \
                          allowed_passed_screen, allowed_failed_screen, allowed, the same as prohib…, or \
                          unavailable; who is called is not shown a caller whose presentation is prohibited.",
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
            description: "Datatypes: those of CALLERID up to tag.",
        },
        open: true,
        read: Some(|scope, args| {
            let channel = channel_of(scope)?;
            let kind = datatype(args);
            party::read(&channel.connected, &channel.memory.connected, &kind)
        }),
        write: Some(|scope, args, value| {
            let channel = channel_mut(scope)?;
            let (connected, particulars) = (&mut channel.connected, &mut channel.memory.connected);
            party::write(connected, particulars, &datatype(args), value)?;
            publish(scope);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "REDIRECTING",
            synopsis: "Gets or sets Redirecting data on the channel.",
            syntax: "REDIRECTING(datatype[,i])",
            description: "Datatypes: from-…, to-… and orig-… with those of CALLERID up to tag, reason, \
                          orig-reason, count.",
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
    let kind = datatype(args);
    let args = dialplan::arguments(args);
    if let Some(given) = args.get(1) {
        return party::read(&Party::parse(given), &Particulars::default(), &kind);
    }
    let channel = channel_of(scope)?;
    let memory = &channel.memory;
    let redirected_from = &memory.redirecting.from;
    match kind.as_str() {
        "ani2" => Ok(memory.ani2.to_string()),
        "dnid" | "dnid-num" => Ok(channel.dnid.to_string()),
        "dnid-num-plan" => Ok(memory.dnid_plan.to_string()),
        "rdnis" => party::read_identity(redirected_from, "num"),
        "ani" => read_ani(&channel.caller, memory.ani.as_ref(), "num"),
        kind => match kind.strip_prefix("ani-") {
            Some(kind) => read_ani(&channel.caller, memory.ani.as_ref(), kind),
            None => party::read(&channel.caller, &memory.caller, kind),
        },
    }
}

/// Who is charged: the caller, if nobody else was named.
fn read_ani(caller: &Party, ani: Option<&Identity>, kind: &str) -> Outcome {
    match ani {
        Some(ani) => party::read_identity(ani, kind),
        None => party::read(caller, &Particulars::default(), kind),
    }
}

fn write_caller(scope: &mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()> {
    let kind = datatype(args);
    let channel = channel_mut(scope)?;
    let memory = &mut channel.memory;
    match kind.as_str() {
        "ani2" => memory.ani2 = octet(value)?,
        "dnid" | "dnid-num" => channel.dnid = value.trim().into(),
        "dnid-num-plan" => memory.dnid_plan = octet(value)?,
        "rdnis" => memory.redirecting.from.party.number = filled(value),
        "ani" => party::write_identity(memory.ani.get_or_insert_default(), "num", value)?,
        kind => match kind.strip_prefix("ani-") {
            Some(kind) => {
                party::write_identity(memory.ani.get_or_insert_default(), kind, value)?;
            }
            None => party::write(&mut channel.caller, &mut memory.caller, kind, value)?,
        },
    }
    publish(scope);
    Ok(())
}

fn read_redirecting(scope: &mut ChannelScope<'_>, args: &str) -> Outcome {
    let redirecting = &channel_of(scope)?.memory.redirecting;
    let kind = datatype(args);
    let word = |reason: Option<&'static str>| Ok(reason.unwrap_or(REASONS[0]).to_owned());
    match kind.as_str() {
        "reason" => return word(redirecting.reason),
        "orig-reason" => return word(redirecting.original_reason),
        "count" => return Ok(redirecting.count.to_string()),
        _ => {}
    }
    let Redirecting {
        from, to, original, ..
    } = redirecting;
    match kind.split_once('-') {
        Some(("from", kind)) => party::read_identity(from, kind),
        Some(("to", kind)) => party::read_identity(to, kind),
        Some(("orig", kind)) => party::read_identity(original, kind),
        Some(_) | None => unknown(&kind),
    }
}

fn write_redirecting(scope: &mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()> {
    let redirecting = &mut channel_mut(scope)?.memory.redirecting;
    let kind = datatype(args);
    match kind.as_str() {
        "reason" => {
            redirecting.reason = Some(reason(value)?);
            return Ok(());
        }
        "orig-reason" => {
            redirecting.original_reason = Some(reason(value)?);
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
    let Redirecting {
        from, to, original, ..
    } = redirecting;
    match kind.split_once('-') {
        Some(("from", kind)) => party::write_identity(from, kind, value),
        Some(("to", kind)) => party::write_identity(to, kind, value),
        Some(("orig", kind)) => party::write_identity(original, kind, value),
        Some(_) | None => unknown(&kind),
    }
}

fn reason(value: &str) -> Outcome<&'static str> {
    let mut all = REASONS.into_iter();
    let known = all.find(|reason| reason.eq_ignore_ascii_case(value.trim()));
    known.map_or_else(|| error(format!("'{value}' is no reason")), Ok)
}

/// The first argument. The second tells whether the far end is told: it is by what follows.
fn datatype(args: &str) -> String {
    let kind = args.split(',').next().unwrap_or_default();
    kind.trim().to_ascii_lowercase()
}

fn publish(scope: &mut ChannelScope<'_>) {
    if let Some(id) = scope.channel {
        scope.switch.publish(id);
    }
}
