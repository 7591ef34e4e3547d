//! Functions about channels and the switch: `${CALLERID(num)}`, `Set(GLOBAL(NAME)=value)`.
//!
//! Each is declared once, in the file of its family. Those that need no switch are declared in
//! [`dialplan::functions`]; all are synchronous.

mod global;

use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome};

/// A function: read, written, or both.
#[derive(Clone, Copy)]
pub(crate) struct Function {
    /// What is known of it.
    pub(crate) declaration: Declaration,
    /// Whether clients of the manager may use it without `live_dangerously`.
    pub(crate) open: bool,
    /// How it is read, if it can be.
    pub(crate) read: Option<fn(&mut ChannelScope<'_>, args: &str) -> Outcome>,
    /// How it is written, if it can be.
    pub(crate) write: Option<fn(&mut ChannelScope<'_>, args: &str, value: &str) -> Outcome<()>>,
}

const FAMILIES: [&[Function]; 1] = [global::FUNCTIONS];

/// All functions there are, with those that need no switch, by name.
pub fn declarations() -> Vec<&'static Declaration> {
    let own = FAMILIES
        .into_iter()
        .flatten()
        .map(|function| &function.declaration);
    let pure = dialplan::functions::all().map(|function| &function.declaration);
    let mut all: Vec<_> = own.chain(pure).collect();
    all.sort_by_key(|declaration| declaration.name);
    all
}

/// Whether there is a function of this name.
pub fn exists(name: &str) -> bool {
    find(name).is_some() || dialplan::functions::find(name).is_some()
}

pub(crate) fn find(name: &str) -> Option<&'static Function> {
    FAMILIES
        .into_iter()
        .flatten()
        .find(|function| function.declaration.name == name)
}
