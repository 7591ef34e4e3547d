//! What is wrong with a configuration: where, what, and what to do about it.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The file, as it was named to the [`Source`](crate::Source).
    pub file: Arc<str>,
    /// Its line, from 1; 0 is the file as a whole.
    pub line: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}", self.file),
            line => write!(out, "{}:{line}", self.file),
        }
    }
}

/// How much a diagnostic takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is doubtful or has no effect; the rest holds.
    Warning,
    /// Something the file asks for is not done.
    Error,
}

/// One complaint about one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it takes away.
    pub severity: Severity,
    /// The line it speaks of.
    pub at: Place,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Diagnostic {
    /// A complaint that takes nothing but its line away.
    pub fn warning(at: &Place, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            at: at.clone(),
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// A complaint about something that is not done.
    pub fn error(at: &Place, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            ..Self::warning(at, message, remedy)
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {} ({})", self.at, self.message, self.remedy)
    }
}

/// Why a file has no meaning at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The file asked for does not exist. A file it includes that is missing is `Invalid`.
    Missing(String),
    /// It cannot be read, or one of its lines makes the whole file invalid.
    Invalid(Diagnostic),
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(file) => write!(out, "{file}: no such file"),
            Self::Invalid(diagnostic) => diagnostic.fmt(out),
        }
    }
}

impl std::error::Error for Error {}
