//! Actions about the node.

use macros::Action;

/// Runs a command of the console.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(command), synopsis = "Execute Asterisk CLI Command.")]
pub struct Command {
    /// The command line.
    #[action(missing = "No command provided")]
    pub command: String,
}

/// Tells how the node is doing.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, reporting),
    synopsis = "Show PBX core status variables."
)]
pub struct CoreStatus {}

/// Tells how the node is set up.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, reporting),
    synopsis = "Show PBX core settings (version etc)."
)]
pub struct CoreSettings {}
