//! Whether a place of the dialplan exists: DIALPLAN_EXISTS, VALID_EXTEN; and what went wrong in one.

use super::{Function, channel_of, error};
use crate::scope::ChannelScope;
use dialplan::functions::Declaration;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "DIALPLAN_EXISTS",
            synopsis: "Checks the existence of a dialplan target.",
            syntax: "DIALPLAN_EXISTS(context[,extension[,priority]])",
            description: "`1` or `0`. The priority is a number or a label, 1 if not said.",
        },
        open: true,
        read: Some(|scope, args| {
            let args = dialplan::arguments(args);
            let arg = |index: usize| {
                args.get(index)
                    .map(|arg| arg.trim())
                    .filter(|arg| !arg.is_empty())
            };
            let Some(context) = arg(0) else {
                return error("needs a context");
            };
            let exists = match arg(1) {
                None => scope.switch.config.dialplan.context(context).is_some(),
                Some(exten) => exists(scope, context, exten, arg(2).unwrap_or("1")),
            };
            Ok(u8::from(exists).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "VALID_EXTEN",
            synopsis: "Determine whether an extension exists or not.",
            syntax: "VALID_EXTEN([context,]extension[,priority])",
            description: "`1` or `0`. The context is the channel's own and the priority 1 if not said.",
        },
        open: true,
        read: Some(|scope, args| {
            let args = dialplan::arguments(args);
            let own = channel_of(scope)
                .map(|channel| channel.context.to_string())
                .unwrap_or_default();
            let exists = match args.as_slice() {
                [exten] => exists(scope, &own, exten.trim(), "1"),
                [context, exten] => exists(scope, named(context, &own), exten.trim(), "1"),
                [context, exten, priority] => {
                    exists(scope, named(context, &own), exten.trim(), priority.trim())
                }
                _ => return error("needs an extension"),
            };
            Ok(u8::from(exists).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "EXCEPTION",
            synopsis: "Retrieve the details of the current dialplan exception.",
            syntax: "EXCEPTION(field)",
            description: "Fields: reason (INVALID, ERROR, RESPONSETIMEOUT, ABSOLUTETIMEOUT or one that \
                          RaiseException gave), context, exten, priority. For use in the `e` extension.",
        },
        open: true,
        read: Some(|scope, field| {
            let Some(exception) = &channel_of(scope)?.memory.exception else {
                return error("nothing went wrong");
            };
            match field.trim().to_ascii_lowercase().as_str() {
                "reason" => Ok(exception.reason.to_string()),
                "context" => Ok(exception.place.context.to_string()),
                "exten" => Ok(exception.place.exten.to_string()),
                "priority" => Ok(exception.place.priority.to_string()),
                field => error(format!("there is no field '{field}'")),
            }
        }),
        write: None,
    },
];

fn named<'a>(context: &'a str, own: &'a str) -> &'a str {
    Some(context.trim())
        .filter(|context| !context.is_empty())
        .unwrap_or(own)
}

fn exists(scope: &ChannelScope<'_>, context: &str, exten: &str, priority: &str) -> bool {
    let now = scope.switch.local_time();
    let dialplan = &scope.switch.config.dialplan;
    let caller = channel_of(scope)
        .ok()
        .and_then(|channel| channel.caller.number.clone())
        .unwrap_or_default();
    match priority.parse::<u32>() {
        Ok(number) => dialplan.exists(context, exten, number, &caller, &now),
        Err(_) => dialplan
            .label(context, exten, priority, &caller, &now)
            .is_some(),
    }
}
