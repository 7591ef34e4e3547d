//! Actions about extensions.

use macros::Action;

/// Tells the state of an extension.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call, reporting), reads, synopsis = "Check Extension Status.")]
pub struct ExtensionState {
    /// The extension.
    #[action(missing = "Extension not specified", subject = Exten)]
    pub exten: String,
    /// Its context; `default` if not said.
    #[action(subject = Context, unsaid)]
    pub context: Option<String>,
}
