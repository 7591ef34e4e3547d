//! Actions about configuration files (ami-server.md 10.27 to 10.32).

use super::Others;
use macros::Action;

/// Tells what a configuration file says: its sections, each with its entries, includes read and
/// templates expanded. Secrets are shown to accounts that may write `config`.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system, config), reads, synopsis = "Retrieve configuration.")]
pub struct GetConfig {
    /// The file, in the configuration folder.
    #[action(missing = "Filename not specified")]
    pub filename: String,
    /// Only the sections of this name, in any case.
    pub category: Option<String>,
    /// Only sections that pass: `name=value` patterns separated by commas, `TEMPLATES=include` or
    /// `TEMPLATES=restrict`.
    pub filter: Option<String>,
}

/// Tells what a configuration file says, as JSON in one header.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "GetConfigJSON",
    classes(system, config),
    reads,
    synopsis = "Retrieve configuration (JSON format)."
)]
pub struct GetConfigJson {
    /// The file, in the configuration folder.
    #[action(missing = "Filename not specified")]
    pub filename: String,
    /// Only the sections of this name, in any case.
    pub category: Option<String>,
    /// Only sections that pass, as in GetConfig.
    pub filter: Option<String>,
}

/// Names the sections of a configuration file.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(config),
    reads,
    synopsis = "List categories in configuration file."
)]
pub struct ListCategories {
    /// The file, in the configuration folder.
    #[action(missing = "Filename not specified")]
    pub filename: String,
    /// Only sections that pass, as `Filter` in GetConfig.
    #[action(name = "Match")]
    pub matching: Option<String>,
}

/// Makes an empty configuration file.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(config),
    synopsis = "Creates an empty file in the configuration directory."
)]
pub struct CreateConfig {
    /// The file, in the configuration folder.
    #[action(missing = "Filename not specified")]
    pub filename: String,
}

/// Changes a configuration file, all of what is asked for or nothing. Comments and the lines that
/// are not spoken of stay as they are.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(config), synopsis = "Update basic configuration.")]
pub struct UpdateConfig {
    /// The file read, in the configuration folder.
    #[action(missing = "Filename not specified")]
    pub src_filename: String,
    /// The file written; it must exist.
    #[action(missing = "Filename not specified")]
    pub dst_filename: String,
    /// Whether to reload afterwards: `yes` for everything, or the name of a module.
    pub reload: Option<String>,
    /// Whether sections keep what a changed template no longer gives them; `yes` if not said.
    pub preserve_effective_context: Option<String>,
    /// The operations, numbered from 000000 without gaps: `Action-000000` is `NewCat`,
    /// `RenameCat`, `DelCat`, `EmptyCat`, `Update`, `Delete`, `Append` or `Insert`; `Cat-`, `Var-`,
    /// `Value-`, `Match-`, `Line-` and `Options-` with the same number say of what.
    pub operations: Others,
}
