//! MESSAGE: the text that the dialplan is executed for.

use super::{Function, channel_of, error};
use dialplan::functions::Declaration;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "MESSAGE",
        synopsis: "Read fields from a message.",
        syntax: "MESSAGE(field)",
        description: "Fields: to, from, body, content_type of the message that came in.",
    },
    open: true,
    read: Some(|scope, field| {
        let Some(message) = &channel_of(scope)?.memory.message else {
            return error("there is no message");
        };
        let value = match field.trim().to_ascii_lowercase().as_str() {
            "to" => &message.to,
            "from" => &message.from,
            "body" => &message.body,
            "content_type" => &message.content_type,
            field => return error(format!("a message has no field '{field}'")),
        };
        Ok(value.to_string())
    }),
    write: None,
}];
