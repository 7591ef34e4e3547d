//! Who calls, who is called, who redirected: CALLERID, CONNECTEDLINE, REDIRECTING.

use super::party::{self, octet, unknown};
use super::{Function, channel_mut, channel_of, error, filled};
use crate::channel::Channel;
use crate::identity::{Identity, Particulars};
use crate::memory::{Private, Redirecting};
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
                          same as priv-… (not shown to anybody) and ANI-…, ANI2, DNID, dnid-num-plan, \
                          dnid-subaddr, dnid-subaddr-valid, dnid-subaddr-type, dnid-subaddr-odd, RDNIS. With `CID`, `\"Name\" <number>`, it \
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
            description: "Datatypes: those of CALLERID up to tag, and the same as priv-….",
        },
        open: true,
        read: Some(|scope, args| {
            let channel = channel_of(scope)?;
            let kind = datatype(args);
            match kind.strip_prefix("priv-") {
                Some(kind) => read_private(channel, kind, |private| &private.connected),
                None => party::read(&channel.connected, &channel.memory.connected, &kind),
            }
        }),
        write: Some(|scope, args, value| {
            let channel = channel_mut(scope)?;
            let kind = datatype(args);
            if let Some(kind) = kind.strip_prefix("priv-") {
                let private = channel.memory.private.get_or_insert_default();
                return party::write_identity(&mut private.connected, kind, value);
            }
            let (connected, particulars) = (&mut channel.connected, &mut channel.memory.connected);
            party::write(connected, particulars, &kind, value)?;
            publish(scope);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "REDIRECTING",
            synopsis: "Gets or sets Redirecting data on the channel.",
            syntax: "REDIRECTING(datatype[,i])",
            description: "Datatypes: from-…, to-… and orig-… with those of CALLERID up to tag, the same as \
                          priv-…, reason, orig-reason, count.",
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
        "rdnis" => party::read_identity(redirected_from, "num"),
        "ani" => read_ani(&channel.caller, memory.ani.as_ref(), "num"),
        kind => match kind.split_once('-') {
            Some(("ani", kind)) => read_ani(&channel.caller, memory.ani.as_ref(), kind),
            Some(("priv", kind)) => read_private(channel, kind, |private| &private.caller),
            Some(("dnid", kind)) if is_of_dialled(kind) => {
                party::read(&Party::default(), &memory.dnid, kind)
            }
            Some(_) | None => party::read(&channel.caller, &memory.caller, kind),
        },
    }
}

/// What is known of a number that was dialled, besides the number.
fn is_of_dialled(kind: &str) -> bool {
    kind == "num-plan" || kind.starts_with("subaddr")
}

fn read_private(channel: &Channel, kind: &str, of: fn(&Private) -> &Identity) -> Outcome {
    match &channel.memory.private {
        Some(private) => party::read_identity(of(private), kind),
        None => party::read_identity(&Identity::default(), kind),
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
        "rdnis" => memory.redirecting.from.party.number = filled(value),
        "ani" => party::write_identity(memory.ani.get_or_insert_default(), "num", value)?,
        kind => match kind.split_once('-') {
            Some(("ani", kind)) => {
                party::write_identity(memory.ani.get_or_insert_default(), kind, value)?;
            }
            Some(("priv", kind)) => {
                let private = memory.private.get_or_insert_default();
                party::write_identity(&mut private.caller, kind, value)?;
            }
            Some(("dnid", kind)) if is_of_dialled(kind) => {
                party::write(&mut Party::default(), &mut memory.dnid, kind, value)?;
            }
            Some(_) | None => party::write(&mut channel.caller, &mut memory.caller, kind, value)?,
        },
    }
    publish(scope);
    Ok(())
}

fn read_redirecting(scope: &mut ChannelScope<'_>, args: &str) -> Outcome {
    let channel = channel_of(scope)?;
    let redirecting = &channel.memory.redirecting;
    let kind = datatype(args);
    if let Some((whose, kind)) = private_party(&kind) {
        return match whose {
            "from" => read_private(channel, kind, |private| &private.from),
            "to" => read_private(channel, kind, |private| &private.to),
            _ => read_private(channel, kind, |private| &private.original),
        };
    }
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
    let memory = &mut channel_mut(scope)?.memory;
    let kind = datatype(args);
    if let Some((whose, kind)) = private_party(&kind) {
        let private = memory.private.get_or_insert_default();
        let identity = match whose {
            "from" => &mut private.from,
            "to" => &mut private.to,
            _ => &mut private.original,
        };
        return party::write_identity(identity, kind, value);
    }
    let redirecting = &mut memory.redirecting;
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

/// The parts of `priv-from-num`: whose it is, and what.
fn private_party(kind: &str) -> Option<(&str, &str)> {
    let (whose, kind) = kind.strip_prefix("priv-")?.split_once('-')?;
    let is_known = ["from", "to", "orig"].contains(&whose);
    is_known.then_some((whose, kind))
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
