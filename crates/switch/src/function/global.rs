//! GLOBAL: global variables by name.

use super::Function;
use dialplan::functions::Declaration;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "GLOBAL",
        synopsis: "Gets or sets the global variable specified",
        syntax: "GLOBAL(varname)",
        description: "Global variables belong to no channel: all calls see the same value.",
    },
    open: true,
    read: Some(|scope, name| {
        Ok(scope
            .switch
            .globals
            .value(name)
            .map(ToString::to_string)
            .unwrap_or_default())
    }),
    write: Some(|scope, name, value| {
        scope.switch.set_global(name, value);
        Ok(())
    }),
}];
