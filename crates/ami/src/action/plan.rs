//! Actions about the dialplan itself.

use macros::Action;

/// Lists the dialplan.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(config, reporting),
    reads,
    synopsis = "Show dialplan contexts and extensions",
    complete = "ShowDialPlanComplete"
)]
pub struct ShowDialPlan {
    /// Only this context.
    #[action(subject = Context, unsaid)]
    pub context: Option<String>,
    /// Only what this extension matches.
    #[action(subject = Exten, unsaid)]
    pub extension: Option<String>,
}

/// Adds a priority to an extension, until extensions.conf is read again.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system), synopsis = "Add an extension to the dialplan")]
pub struct DialplanExtensionAdd {
    /// Its context, made if there is none.
    #[action(missing = "Context, Extension, Priority, and Application must be defined.", subject = Context)]
    pub context: String,
    /// Its name or pattern.
    #[action(missing = "Context, Extension, Priority, and Application must be defined.", subject = Exten)]
    pub extension: String,
    /// The priority: a number, or `hint`.
    #[action(missing = "Context, Extension, Priority, and Application must be defined.")]
    pub priority: String,
    /// The application; of a hint, what it watches.
    #[action(missing = "Context, Extension, Priority, and Application must be defined.", subject = Application)]
    pub application: String,
    /// The application's arguments.
    pub application_data: Option<String>,
    /// Whether it takes the place of one there may be.
    pub replace: bool,
}

/// Removes a priority of an extension, or all of it, until extensions.conf is read again.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system), synopsis = "Remove an extension from the dialplan")]
pub struct DialplanExtensionRemove {
    /// Its context.
    #[action(missing = "Context and Extension must be provided to remove an extension", subject = Context)]
    pub context: String,
    /// Its name or pattern as it is written.
    #[action(missing = "Context and Extension must be provided to remove an extension", subject = Exten)]
    pub extension: String,
    /// Only this priority.
    pub priority: Option<String>,
}
