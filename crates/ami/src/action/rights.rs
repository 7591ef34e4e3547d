//! Actions about what accounts may do.

use super::Others;
use macros::Action;

/// Tells whether an account may use an action as it is sent here, which rule or setting decides, and
/// why. Nothing is done, and nothing of a rule's rate is used up. The headers are those of the action
/// to be explained.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "Explain whether and why an action is permitted.")]
pub struct Explain {
    /// The action to be explained.
    #[action(missing = "No action to explain")]
    pub explain: String,
    /// The account; one's own if not said. Of others it is told to those with `system` or `config`.
    pub explain_user: Option<String>,
    /// The headers of the action.
    pub headers: Others,
}
