//! Whether variables are there, and variables that shall be no more: VARIABLE_EXISTS, DELETE and their
//! kin for global variables; EXPORT, which sets those of other channels.

use super::variable::of_channel;
use super::{Function, channel_of, error, no_channel};
use dialplan::functions::Declaration;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "VARIABLE_EXISTS",
            synopsis: "Check if a dialplan variable exists or not.",
            syntax: "VARIABLE_EXISTS(varname)",
            description: "`1` if the channel has it, be it empty, else `0`.",
        },
        open: true,
        read: Some(|scope, name| {
            let found = channel_of(scope)?.variables.value(name.trim());
            Ok(u8::from(found.is_some()).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "GLOBAL_EXISTS",
            synopsis: "Check if a global variable exists or not.",
            syntax: "GLOBAL_EXISTS(varname)",
            description: "`1` if there is one, be it empty, else `0`.",
        },
        open: true,
        read: Some(|scope, name| {
            let found = scope.switch.globals.value(name.trim());
            Ok(u8::from(found.is_some()).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "DELETE",
            synopsis: "Deletes a specified channel variable.",
            syntax: "DELETE(varname)",
            description: "Set(DELETE(name)=) forgets it, whatever is written; one that a subroutine hid comes back.",
        },
        open: true,
        read: None,
        write: Some(|scope, name, _| {
            let id = scope.channel.ok_or_else(no_channel)?;
            scope.switch.forget_variable(id, name.trim());
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "GLOBAL_DELETE",
            synopsis: "Deletes a specified global variable.",
            syntax: "GLOBAL_DELETE(varname)",
            description: "Set(GLOBAL_DELETE(name)=) forgets it, whatever is written.",
        },
        open: true,
        read: None,
        write: Some(|scope, name, _| {
            scope.switch.set_global(name.trim(), "");
            scope.switch.globals.remove(name.trim());
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "EXPORT",
            synopsis: "Set variables or dialplan functions on any arbitrary channel that exists.",
            syntax: "EXPORT(channel,var)",
            description: "The channel is a name or uniqueid; the variable may be a function.",
        },
        // Accounts may have rules about which channels they set variables of.
        open: false,
        read: None,
        write: Some(|scope, args, value| {
            let Some((channel, name)) = args.split_once(',') else {
                return error("needs a channel and a variable");
            };
            match scope.switch.find_channel(channel.trim()) {
                Some(id) => of_channel(scope, id, |scope| scope.assign(name.trim(), value)),
                None => error(format!("there is no channel {}", channel.trim())),
            }
        }),
    },
];
