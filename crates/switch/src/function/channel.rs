//! Facts of a channel, and which channels there are: CHANNEL, CHANNELS.

use super::line;
use super::{Function, channel_mut, channel_of, error, filled, or_empty};
use crate::app::goto;
use crate::feature::keys::Features;
use crate::listen::format_of;
use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome};
use model::{ChannelId, Groups};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "CHANNEL",
            synopsis: "Gets/sets various pieces of information about the channel.",
            syntax: "CHANNEL(item)",
            description: "Items that can be read: name, uniqueid, linkedid, state, channeltype, callid, trace, \
                          context, exten, priority, lastcontext, lastexten, appname, appdata, audionativeformat, \
                          audioreadformat, audiowriteformat, videonativeformat, creationtime, checkhangup, onhold, \
                          and of PJSIP endpoint, aor, contact, pjsip,ITEM (call-id, secure, target_uri, local_uri, \
                          remote_uri, request_uri, local_tag, remote_tag, t38state, local_addr, remote_addr), \
                          rtp,TYPE[,audio] (src, dest, direct, secure, hold) and rtcp,STATISTIC[,audio] as of the last RTCP \
                          report (all, all_jitter, all_loss, all_rtt, all_mes, txcount, rxcount, txjitter, rxjitter, \
                          txploss, rxploss, rtt, txmes, rxmes, local_ssrc, remote_ssrc, and min, max, normdev or \
                          stdev before rtt, and after local_ or remote_ before jitter, rxploss or mes: \
                          remote_maxjitter). Where nothing is known of a call's line they are empty. Read and set: language, accountcode, amaflags, \
                          peeraccount, musicclass, userfield, tonezone, hangupsource, callgroup, pickupgroup, \
                          namedcallgroup, namedpickupgroup, dtmf_features (`T`: it may transfer, `H`: it may hang \
                          up, by keys), max_forwards (how often the call may be dialled on), after_bridge_goto \
                          (where it goes on after the next bridge it is in, written as for Goto). Set: \
                          hangup_handler_push, hangup_handler_pop, hangup_handler_wipe.",
        },
        open: true,
        read: Some(read),
        write: Some(write),
    },
    Function {
        declaration: Declaration {
            name: "CHANNELS",
            synopsis: "Gets the list of channels, optionally filtering by a regular expression.",
            syntax: "CHANNELS([regular_expression])",
            description: "Names separated by blanks.",
        },
        open: true,
        read: Some(|scope, pattern| {
            let pattern = match pattern.trim() {
                "" => None,
                pattern => Some(dialplan::regular_expression(pattern).or_else(error)?),
            };
            let names = scope.switch.channels.values().map(|channel| &*channel.name);
            let matching: Vec<_> = names
                .filter(|name| pattern.as_ref().is_none_or(|p| p.is_match(name)))
                .collect();
            Ok(matching.join(" "))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "CHANNEL_EXISTS",
            synopsis: "Checks if the specified channel exists.",
            syntax: "CHANNEL_EXISTS(name_or_uid)",
            description: "`1` or `0`.",
        },
        open: true,
        read: Some(|scope, name| {
            Ok(u8::from(scope.switch.find_channel(name.trim()).is_some()).to_string())
        }),
        write: None,
    },
];

fn read(scope: &mut ChannelScope<'_>, item: &str) -> Outcome {
    let item = item.trim().to_ascii_lowercase();
    let channel = channel_of(scope)?;
    Ok(match item.as_str() {
        "name" => channel.name.to_string(),
        "uniqueid" => channel.uniqueid.to_string(),
        "linkedid" => channel.linkedid.to_string(),
        "state" => channel.state.text().to_owned(),
        "channeltype" => channel.technology().to_owned(),
        "trace" => channel.trace.id.to_string(),
        "callid" => channel
            .trace
            .call_id
            .as_deref()
            .unwrap_or_default()
            .to_owned(),
        "context" => channel.context.to_string(),
        "exten" => channel.exten.to_string(),
        "priority" => channel.priority.to_string(),
        "appname" => channel.application.to_string(),
        "appdata" => channel.data.to_string(),
        "language" => channel.language.to_string(),
        "accountcode" => channel.account.to_string(),
        "amaflags" => (channel.memory.ama_flags as u8).to_string(),
        "peeraccount" => or_empty(channel.memory.peer_account.as_ref()),
        "musicclass" => or_empty(channel.memory.music_class.as_ref()),
        "userfield" => scope.switch.user_field(channel.id).to_string(),
        "audionativeformat" => format!("({})", format_of(channel)),
        "audioreadformat" | "audiowriteformat" => format_of(channel).to_string(),
        "creationtime" => format!(
            "{}.{:06}",
            channel.created.as_second(),
            channel.created.subsec_microsecond()
        ),
        "dtmf_features" => channel.memory.key_features.letters(),
        "callgroup" => channel.memory.call_groups.numbers_text(),
        "pickupgroup" => channel.memory.pickup_groups.numbers_text(),
        "namedcallgroup" => channel.memory.call_groups.names.join(","),
        "namedpickupgroup" => channel.memory.pickup_groups.names.join(","),
        "tonezone" => {
            let own = channel.memory.tone_zone.as_ref();
            let country = own.unwrap_or(&scope.switch.config.indications.country);
            country.to_string()
        }
        "hangupsource" => channel.hangup_source.to_string(),
        "lastcontext" => or_empty(channel.before[0].as_ref()),
        "lastexten" => or_empty(channel.before[1].as_ref()),
        "videonativeformat" => "(nothing)".to_owned(),
        "onhold" => u8::from(channel.held).to_string(),
        "max_forwards" => channel.forwards.to_string(),
        "after_bridge_goto" => match &channel.after_bridge {
            Some(place) => format!("{},{},{}", place.context, place.exten, place.priority),
            None => String::new(),
        },
        "checkhangup" => u8::from(channel.is_ending()).to_string(),
        item => return line::read(scope.switch, channel, item),
    })
}

/// Adds a handler if one is given.
fn add_handler(scope: &mut ChannelScope<'_>, id: ChannelId, handler: &str) {
    if !handler.trim().is_empty() {
        scope.switch.push_handler(id, handler);
    }
}

fn write(scope: &mut ChannelScope<'_>, item: &str, value: &str) -> Outcome<()> {
    let item = item.trim().to_ascii_lowercase();
    let channel = channel_mut(scope)?;
    let id = channel.id;
    match item.as_str() {
        "language" => scope.switch.set_language(id, value.trim()),
        "accountcode" => channel.account = value.trim().into(),
        "amaflags" => match model::AmaFlags::named(value.trim()) {
            Some(flags) => channel.memory.ama_flags = flags,
            None => return error(format!("'{value}' are no AMA flags")),
        },
        "peeraccount" => channel.memory.peer_account = filled(value),
        "musicclass" => channel.memory.music_class = filled(value),
        "dtmf_features" => {
            channel.memory.key_features = Features::of_letters(value.trim()).or_else(error)?
        }
        "callgroup" => channel.memory.call_groups.numbers = Groups::numbers(value),
        "pickupgroup" => channel.memory.pickup_groups.numbers = Groups::numbers(value),
        "namedcallgroup" => channel.memory.call_groups.names = Groups::names(value),
        "namedpickupgroup" => channel.memory.pickup_groups.names = Groups::names(value),
        "tonezone" => {
            let (zone, known) = (value.trim(), &scope.switch.config.indications.zones);
            if !zone.is_empty() && !known.contains_key(zone) {
                return error(format!("there are no tones of '{zone}'"));
            }
            channel_mut(scope)?.memory.tone_zone = filled(zone);
        }
        "hangupsource" => channel.hangup_source = value.trim().into(),
        "max_forwards" => match value.trim().parse() {
            Ok(number) => channel.forwards = number,
            Err(_) => return error(format!("'{value}' is no number from 0 to 255")),
        },
        "after_bridge_goto" => {
            let place = goto::place(scope.switch, id, value);
            if place.is_none() && !value.trim().is_empty() {
                return error(format!("there is no place '{value}'"));
            }
            channel_mut(scope)?.after_bridge = place;
        }
        "userfield" => scope
            .switch
            .note(id, |notes| notes.user_field = value.into()),
        "hangup_handler_push" if !scope.switch.push_handler(id, value) => {
            return error("there are too many handlers");
        }
        "hangup_handler_push" => {}
        "hangup_handler_pop" => {
            scope.switch.pop_handler(id);
            add_handler(scope, id, value);
        }
        "hangup_handler_wipe" => {
            while scope.switch.pop_handler(id) {}
            add_handler(scope, id, value);
        }
        item => return error(format!("'{item}' cannot be set")),
    }
    scope.switch.publish(id);
    Ok(())
}
