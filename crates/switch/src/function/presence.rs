//! What people say of themselves: PRESENCE_STATE.

use super::{Function, error};
use crate::presence::{PROVIDER, read_presence};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use dialplan::functions::Declaration;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "PRESENCE_STATE",
        synopsis: "Get or Set a presence state.",
        syntax: "PRESENCE_STATE(provider,field[,options])",
        description: "Reads the field `value`, `subtype` or `message` of a presence. Written as \
                      `PRESENCE_STATE(CustomPresence:name)=kind[,subtype[,message[,options]]]`, where the kind \
                      is unavailable, available, away, xa, chat or dnd. With the option `e` subtype and \
                      message are base64.",
    },
    open: true,
    read: Some(|scope, arguments| {
        let mut arguments = arguments.split(',').map(str::trim);
        let name = arguments.next().unwrap_or_default();
        let field = arguments.next().unwrap_or_default().to_ascii_lowercase();
        let encode = arguments
            .next()
            .is_some_and(|options| options.contains('e'));
        let Some(presence) = scope.switch.presence(name) else {
            return error(format!("'{name}' is nobody's presence"));
        };
        let told = |text: &str| {
            if encode {
                STANDARD.encode(text)
            } else {
                text.to_owned()
            }
        };
        match field.as_str() {
            "value" => Ok(presence.kind.text().to_owned()),
            "subtype" => Ok(told(&presence.subtype)),
            "message" => Ok(told(&presence.message)),
            _ => error(format!("'{field}' is no field of a presence")),
        }
    }),
    write: Some(|scope, name, value| {
        let name = name.trim();
        if name.strip_prefix(PROVIDER).is_none_or(str::is_empty) {
            return error("only presences called CustomPresence: can be set");
        }
        let Some(presence) = read_presence(value) else {
            return error(format!("'{value}' is no presence"));
        };
        scope.switch.set_presence(name, presence, value);
        Ok(())
    }),
}];
