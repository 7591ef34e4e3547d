//! Functions that need nothing but their arguments, variables, the time and chance: `${LEN(abc)}`.
//!
//! Each is declared once, in the file of its family. Functions about channels are the switch's own
//! and are declared there in the same way.

mod text;

use jiff::Zoned;

use crate::expand::{FunctionError, Scope};

/// What is known of a function without calling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name; case matters.
    pub name: &'static str,
    /// What it does, in one line.
    pub synopsis: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// The rest there is to say.
    pub description: &'static str,
}

/// A function: read as `${NAME(args)}`, written as `Set(NAME(args)=value)`, or both.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// What is known of it.
    pub declaration: Declaration,
    /// How it is read, if it can be.
    pub read: Option<Read>,
    /// How it is written, if it can be.
    pub write: Option<Write>,
}

/// Gives a function's value.
pub type Read = fn(&mut dyn World, args: &str) -> Outcome;
/// Takes a function's new value.
pub type Write = fn(&mut dyn World, args: &str, value: &str) -> Outcome<()>;
/// What a function came to.
pub type Outcome<T = String> = Result<T, FunctionError>;

/// What functions may look at and change.
pub trait World: Scope {
    /// Sets a variable, as `Set` does.
    fn set(&mut self, name: &str, value: &str);
    /// The names of the variables that are set, newest first.
    fn names(&self) -> Vec<String>;
    /// The time, where the switch is.
    fn now(&self) -> Zoned;
    /// A number below `bound`, which is not 0.
    fn random(&mut self, bound: u64) -> u64;
}

const FAMILIES: [&[Function]; 1] = [text::FUNCTIONS];

/// All functions, by family.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.into_iter().flatten()
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.declaration.name == name)
}

/// Says why a function has no value.
pub(crate) fn error<T>(message: impl Into<String>) -> Outcome<T> {
    Err(FunctionError(message.into()))
}
