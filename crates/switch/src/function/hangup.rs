//! How the calls a channel made ended: HANGUPCAUSE, HANGUPCAUSE_KEYS.

use super::{Function, channel_of, error};
use crate::memory::Ended;
use dialplan::functions::Declaration;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "HANGUPCAUSE",
            synopsis: "Gets per-channel hangupcause information from the channel.",
            syntax: "HANGUPCAUSE(channel,type)",
            description: "Types: tech (the technology's own code, `SIP 486`) and ast (the cause in words) of \
                          a channel this one dialled; ast if not said.",
        },
        open: true,
        read: Some(|scope, args| {
            let (name, kind) = args.split_once(',').unwrap_or((args, "ast"));
            let ended = &channel_of(scope)?.memory.ended;
            let Some(found) = ended.iter().find(|ended| &*ended.channel == name.trim()) else {
                return error(format!("no channel {name} was dialled"));
            };
            match kind.trim() {
                "tech" => Ok(technical(found)),
                "ast" => Ok(found.cause.map_or("Unknown", model::Cause::text).to_owned()),
                kind => error(format!("there is no type '{kind}'")),
            }
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "HANGUPCAUSE_KEYS",
            synopsis: "Gets the list of channels for which hangup causes are available.",
            syntax: "HANGUPCAUSE_KEYS()",
            description: "Names separated by commas.",
        },
        open: true,
        read: Some(|scope, _| {
            let names: Vec<_> = channel_of(scope)?
                .memory
                .ended
                .iter()
                .map(|ended| &*ended.channel)
                .collect();
            Ok(names.join(","))
        }),
        write: None,
    },
];

fn technical(ended: &Ended) -> String {
    match (&*ended.technology, &ended.tech_cause) {
        (_, None) => String::new(),
        ("PJSIP", Some(code)) => format!("SIP {code}"),
        (technology, Some(code)) => format!("{technology} {code}"),
    }
}
