//! ENV: the environment the switch was started in, as its configuration tells it.

use super::Function;
use dialplan::functions::Declaration;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "ENV",
        synopsis: "Gets or sets the environment variable specified.",
        syntax: "ENV(varname)",
        description: "It can only be read, and by clients of the manager not at all unless \
                      `live_dangerously` is set. EPOCH, SYSTEMNAME, ENTITYID and the folders of asterisk.conf \
                      (ASTETCDIR, ASTSPOOLDIR and so on) are variables that nobody can set.",
    },
    open: false,
    read: Some(|scope, name| Ok(super::or_empty(scope.switch.config.environment.get(name)))),
    write: None,
}];
