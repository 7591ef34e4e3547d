//! The dialplan as it is shown and changed from outside.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What can be asked of the dialplan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialplanCommand {
    /// What does it say?
    Show {
        /// In this context; in all if not said.
        context: Option<Arc<str>>,
        /// About what this extension matches, in included contexts too.
        exten: Option<Arc<str>>,
    },
    /// The global variables, in the order of their names.
    Globals,
    /// As the text of an extensions.conf, if it may be written back.
    Print,
    /// Change it, until extensions.conf is read again.
    Change(DialplanChange),
}

/// A change of the dialplan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DialplanChange {
    /// Add a priority or a hint; the context is made if there is none.
    AddExtension {
        /// Its context.
        context: Arc<str>,
        /// Its name or pattern, with the caller after a slash if it is for certain callers.
        exten: Arc<str>,
        /// Its priority.
        step: DialplanStep,
        /// Take the place of one there may be.
        replace: bool,
    },
    /// Remove a priority, or all of them.
    RemoveExtension {
        /// Its context.
        context: Arc<str>,
        /// Its name or pattern as it is written.
        exten: Arc<str>,
        /// Only this priority, or the hint where it has no number; all if not said.
        priority: Option<Option<u32>>,
    },
    /// Include a context in another, with times if there are any.
    AddInclude {
        /// The one that includes.
        context: Arc<str>,
        /// `context[,times]`.
        include: Arc<str>,
    },
    /// Include it no longer.
    RemoveInclude {
        /// The one that includes.
        context: Arc<str>,
        /// As it is written.
        include: Arc<str>,
    },
    /// Let the dial tone go on after these digits.
    AddIgnored {
        /// The context.
        context: Arc<str>,
        /// Digits or a pattern.
        pattern: Arc<str>,
    },
    /// Let it end as usual.
    RemoveIgnored {
        /// The context.
        context: Arc<str>,
        /// As it is written.
        pattern: Arc<str>,
    },
    /// Remove a context with all in it.
    RemoveContext(Arc<str>),
}

/// The answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DialplanReply {
    /// What it says.
    Contexts(Vec<DialplanContext>),
    /// Global variables.
    Globals(Vec<(Arc<str>, Arc<str>)>),
    /// A text.
    Text(Arc<str>),
    /// It may not be written back: it is not `static`, or it is write protected.
    Protected,
    /// Changed.
    Changed,
    /// There is no such context.
    NoContext,
    /// There is no such extension, priority, include or pattern.
    NoExtension,
    /// There is one already.
    Exists,
    /// It cannot be understood, for this reason.
    Invalid(Arc<str>),
}

/// A context as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialplanContext {
    /// Its name.
    pub name: Arc<str>,
    /// Its extensions, in the order in which they are searched.
    pub extensions: Vec<DialplanExtension>,
    /// What it includes, as it is written.
    pub includes: Vec<Arc<str>>,
    /// The patterns after which the dial tone goes on.
    pub ignored: Vec<Arc<str>>,
}

/// An extension as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialplanExtension {
    /// Its name or pattern.
    pub name: Arc<str>,
    /// The caller it is meant for, if not everybody; empty for callers without a number.
    pub caller: Option<Arc<str>>,
    /// Its hint and its priorities.
    pub steps: Vec<DialplanStep>,
}

/// A priority or a hint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialplanStep {
    /// The number of the priority; a hint has none.
    pub number: Option<u32>,
    /// Its label.
    pub label: Option<Arc<str>>,
    /// The application; of a hint, what it watches.
    pub application: Arc<str>,
    /// Its arguments.
    pub data: Arc<str>,
    /// Where it is written: a file and a line.
    pub at: Arc<str>,
}
