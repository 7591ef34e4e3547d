//! Actions about the node.

use macros::Action;

/// Runs a command of the console.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(command), synopsis = "Execute Asterisk CLI Command.")]
pub struct Command {
    /// The command line.
    #[action(missing = "No command provided", subject = Command)]
    pub command: String,
}

/// Tells how the node is doing.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, reporting),
    reads,
    synopsis = "Show PBX core status variables."
)]
pub struct CoreStatus {}

/// Tells how the node is set up.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, reporting),
    reads,
    synopsis = "Show PBX core settings (version etc)."
)]
pub struct CoreSettings {}

/// Reads the configuration anew, of the whole node or of one of its parts.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system, config), synopsis = "Send a reload event.")]
pub struct Reload {
    /// The part, by the name of its module; all if not said.
    pub module: Option<String>,
}

/// Closes the log's files, puts them aside and begins new ones.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, reporting),
    synopsis = "Reload and rotate the Asterisk logger."
)]
pub struct LoggerRotate {}

/// Tells whether the node has what a module brings.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system), reads, synopsis = "Check if module is loaded.")]
pub struct ModuleCheck {
    /// Its name, with or without `.so`.
    pub module: Option<String>,
}

/// Reloads a module. What modules bring is built in: none can be loaded or unloaded.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system), synopsis = "Module management.")]
pub struct ModuleLoad {
    /// Its name, with or without `.so`; for `reload` all if not said.
    pub module: Option<String>,
    /// `load`, `unload`, `refresh` or `reload`.
    pub load_type: Option<String>,
    /// Whether to do so to those that depend on it too; without meaning here.
    pub recursive: bool,
}
