//! extensions.conf: patterns, expressions, variables, functions.
//!
//! [`Dialplan`] answers what a call does next; [`expand`] puts the values into its arguments,
//! from a [`Scope`] that the switch supplies. Nothing here knows a channel or a clock.

mod arguments;
mod dialplan;
mod edit;
mod expand;
pub mod expression;
mod extension;
pub mod functions;
mod line;
mod pattern;
mod print;
mod read;
mod regexp;
mod timing;

pub use arguments::{PriorityRef, Target, arguments, arguments_up_to, branches, called, options};
pub use dialplan::{Caller, Context, Dialplan, Extension, General, Hint, Include, Priority};
pub use edit::{Fault, NewStep};
pub use expand::{FunctionError, Problem, Scope, called_functions, expand};
pub use pattern::{Answer, Pattern, Question};
pub use read::Known;
pub use regexp::compile as regular_expression;
pub use timing::Timing;
