//! The configuration file format of `ami-server.md` section 6: sections, templates, includes.
//!
//! Two views of the same text. A [`Document`] is one file as it is written, every byte kept, so
//! that it can be edited without disturbing its comments. A [`Config`] is what the file means:
//! includes pulled in, templates expanded, every entry knowing its file and line. A struct that
//! derives [`Settings`] declares the options of a section once and reads them from a [`Section`].

// The derive names this crate by its path from outside.
#[cfg(test)]
extern crate self as conf;

mod config;
mod diagnostic;
mod disk;
mod document;
mod edit;
mod filter;
pub mod fuzz;
mod item;
mod lexer;
mod load;
mod settings;
mod source;
mod value;

pub use config::{Config, Entry, Section};
pub use diagnostic::{Diagnostic, Error, Place, Severity};
pub use disk::Disk;
pub use document::{Document, Line, Unwritable};
pub use edit::{Edit, Refused, Step};
pub use filter::Filter;
pub use item::{Assignment, Directive, Fault, Heading, Item, Modifier, Operator};
pub use load::load;
pub use macros::Settings;
pub use settings::{Declaration, Help, Reader, Settings, default_value, joined};
pub use source::{Memory, Source};
pub use value::{Field, List, Millis, Seconds, Value, is_yes};

/// The longest line that is read, in bytes without its end; a longer one is skipped.
pub const LINE_LIMIT: usize = 8_190;
