//! What an action is about, as far as an account's rules speak of it.

/// What a header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A channel there is: its name, its uniqueid, or a regular expression between slashes.
    Channel,
    /// A channel to be made: `technology/resource`. One of `Local/exten@context` leads to a context
    /// and an extension too.
    Dialled,
    /// A context of the dialplan.
    Context,
    /// An extension.
    Exten,
    /// An application that is written down.
    Application,
    /// An application that is run, in the place of any context and extension the action names.
    Run,
    /// A variable, or a function with its arguments.
    Variable,
    /// Several of them with commas between them, each with `=` and a value or without.
    Variables,
    /// All variables of a channel, if it says yes.
    AllVariables,
    /// A command line of the console.
    Command,
}
