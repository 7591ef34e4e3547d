//! Variables elsewhere: GLOBAL, SHARED, LOCAL, those of other channels.

use super::{Function, channel_mut, channel_of, error};
use crate::scope::ChannelScope;
use dialplan::Scope as _;
use dialplan::functions::{Declaration, Outcome};
use model::ChannelId;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "GLOBAL",
            synopsis: "Gets or sets the global variable specified",
            syntax: "GLOBAL(varname)",
            description: "Global variables belong to no channel: all calls see the same value.",
        },
        open: true,
        read: Some(|scope, name| Ok(super::or_empty(scope.switch.globals.value(name)))),
        write: Some(|scope, name, value| {
            scope.switch.set_global(name, value);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "SHARED",
            synopsis: "Gets or sets the shared variable specified.",
            syntax: "SHARED(varname[,channel])",
            description: "Kept beside the channel's own variables, for use by other channels: `channel` is \
                          a name or uniqueid.",
        },
        open: true,
        read: Some(|scope, args| {
            let (name, id) = shared(scope, args)?;
            let channel = scope.switch.channels.get(&id);
            Ok(super::or_empty(
                channel.and_then(|channel| channel.memory.shared.value(&name)),
            ))
        }),
        write: Some(|scope, args, value| {
            let (name, id) = shared(scope, args)?;
            if let Some(channel) = scope.switch.channels.get_mut(&id) {
                channel.memory.shared.set(&name, value);
            }
            scope
                .switch
                .tell_variable(id, &format!("SHARED({name})"), value);
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "LOCAL",
            synopsis: "Manage variables local to the gosub stack frame.",
            syntax: "LOCAL(varname)",
            description: "Such a variable is forgotten when the subroutine returns, and what it hid comes \
                          back.",
        },
        open: true,
        read: Some(
            |scope, name| match channel_of(scope)?.memory.subroutines.is_empty() {
                true => error("no subroutine is under way"),
                false => Ok(scope.variable(name).unwrap_or_default()),
            },
        ),
        write: Some(|scope, name, value| {
            let id = scope.channel.ok_or_else(super::no_channel)?;
            match channel_mut(scope)?.memory.subroutines.is_empty() {
                true => error("no subroutine is under way"),
                false => {
                    scope.switch.set_local(id, name, value);
                    Ok(())
                }
            }
        }),
    },
    Function {
        declaration: Declaration {
            name: "LOCAL_PEEK",
            synopsis: "Retrieve variables hidden by the local gosub stack frame.",
            syntax: "LOCAL_PEEK(n,varname)",
            description: "The value that `n` subroutines further out see.",
        },
        open: true,
        read: Some(|scope, args| {
            let Some((depth, name)) = args.split_once(',') else {
                return error("needs a number and a variable");
            };
            let Ok(depth) = depth.trim().parse::<usize>() else {
                return error(format!("'{depth}' is no number"));
            };
            let channel = channel_of(scope)?;
            let frames = channel.memory.subroutines.iter().rev().take(depth);
            let hiding = frames
                .filter(|frame| frame.locals.iter().any(|local| &**local == name))
                .count();
            Ok(super::or_empty(channel.variables.hidden(name, hiding)))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "STACK_PEEK",
            synopsis: "View info about the location which called Gosub",
            syntax: "STACK_PEEK(n,which[,suppress])",
            description: "`which` is c, e, p or l: context, extension, priority, or all with commas.",
        },
        open: true,
        read: Some(|scope, args| {
            let args = dialplan::arguments(args);
            let which = args.get(1).map_or("", String::as_str).trim();
            let depth = args
                .first()
                .and_then(|depth| depth.trim().parse::<usize>().ok());
            let frames = &channel_of(scope)?.memory.subroutines;
            let frame = depth
                .filter(|n| *n > 0)
                .and_then(|n| frames.iter().rev().nth(n - 1));
            let Some(place) = frame.map(|frame| &frame.return_to) else {
                return if args.len() > 2 {
                    Ok(String::new())
                } else {
                    error("there are not so many subroutines")
                };
            };
            match which.chars().next() {
                Some('c' | 'C') => Ok(place.context.to_string()),
                Some('e' | 'E') => Ok(place.exten.to_string()),
                Some('p' | 'P') => Ok((place.priority - 1).to_string()),
                Some('l' | 'L') => Ok(format!(
                    "{},{},{}",
                    place.context,
                    place.exten,
                    place.priority - 1
                )),
                Some(_) | None => error("needs c, e, p or l"),
            }
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "IMPORT",
            synopsis: "Retrieve the value of a variable from another channel.",
            syntax: "IMPORT(channel,variable)",
            description: "The channel is a name or uniqueid; the variable may be a function.",
        },
        open: true,
        read: Some(|scope, args| {
            let Some((channel, name)) = args.split_once(',') else {
                return error("needs a channel and a variable");
            };
            match scope.switch.find_channel(channel.trim()) {
                Some(id) => of_channel(scope, id, |scope| scope.value(name.trim())),
                None => Ok(String::new()),
            }
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "MASTER_CHANNEL",
            synopsis: "Gets or sets variables on the master channel",
            syntax: "MASTER_CHANNEL(varname)",
            description: "The channel whose uniqueid is this one's linkedid; this one if that is gone.",
        },
        open: true,
        read: Some(|scope, name| {
            let id = master(scope)?;
            of_channel(scope, id, |scope| scope.value(name))
        }),
        write: Some(|scope, name, value| {
            let id = master(scope)?;
            of_channel(scope, id, |scope| scope.assign(name, value))
        }),
    },
];

/// The name of a shared variable and the channel that has it.
fn shared(scope: &ChannelScope<'_>, args: &str) -> Outcome<(String, ChannelId)> {
    let args = dialplan::arguments(args);
    let name = args.first().map(|name| name.trim()).unwrap_or_default();
    if name.is_empty() {
        return error("needs a variable");
    }
    let channel = args
        .get(1)
        .map(|channel| channel.trim())
        .filter(|channel| !channel.is_empty());
    let id = match channel {
        None => scope.channel.ok_or_else(super::no_channel)?,
        Some(channel) => match scope.switch.find_channel(channel) {
            Some(id) => id,
            None => return error(format!("there is no channel {channel}")),
        },
    };
    Ok((name.to_owned(), id))
}

fn master(scope: &ChannelScope<'_>) -> Outcome<ChannelId> {
    let own = channel_of(scope)?;
    let found = scope.switch.directory.with_uniqueid(&own.linkedid);
    Ok(found.unwrap_or(own.id))
}

/// Does something as if it were about another channel.
pub(super) fn of_channel<T>(
    scope: &mut ChannelScope<'_>,
    id: ChannelId,
    work: impl FnOnce(&mut ChannelScope<'_>) -> Outcome<T>,
) -> Outcome<T> {
    let own = scope.channel.replace(id);
    let done = scope.nested(work);
    scope.channel = own;
    done
}
