//! What a file means: its sections with their entries.

use std::str::FromStr;

use crate::value::is_yes;
use crate::{Diagnostic, Place};

/// The resolved view of a file and all it includes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The sections in the order they begin; the same name may occur several times.
    pub sections: Vec<Section>,
    /// Every file read, by name, in the order of its first reading.
    pub files: Vec<String>,
    /// What the files say that is doubtful or not done.
    pub diagnostics: Vec<Diagnostic>,
}

impl Config {
    /// The sections that count: those that are no templates.
    pub fn concrete(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| !section.template)
    }

    /// The sections of a name (case does not matter) that are no templates.
    pub fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Section> {
        self.concrete()
            .filter(move |section| section.name.eq_ignore_ascii_case(name))
    }

    /// The first section of a name (case does not matter) that is no template.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.named(name).next()
    }
}

/// A section: what it inherits, then what it says itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name as written.
    pub name: String,
    /// Whether it only serves others to inherit from.
    pub template: bool,
    /// The sections it inherits from, by name.
    pub inherits: Vec<String>,
    /// Its entries in order, inherited ones first.
    pub entries: Vec<Entry>,
    /// Where it begins.
    pub at: Place,
    /// Where it is opened again, in order.
    pub reopened: Vec<Place>,
}

/// An option with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The option's name as written.
    pub key: String,
    /// Its value, without the blanks and comments around it.
    pub value: String,
    /// Whether it is written with `=>`.
    pub object: bool,
    /// Whether it comes from another section.
    pub inherited: bool,
    /// Where it is written.
    pub at: Place,
    /// The lines before that one that it is made of, if `+=` lengthens it.
    pub parts: Vec<Place>,
}

impl Section {
    /// The values of an option (case does not matter), in order.
    pub fn all<'a>(&'a self, key: &str) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.is(key))
    }

    /// The value that counts for an option that has one: the last.
    pub fn last(&self, key: &str) -> Option<&str> {
        self.all(key).next_back().map(|entry| entry.value.as_str())
    }

    /// The first value of an option.
    pub fn first(&self, key: &str) -> Option<&str> {
        self.all(key).next().map(|entry| entry.value.as_str())
    }

    /// Whether an option is on: `yes true y t 1 on` in any case are, anything else is not.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.last(key).map(is_yes)
    }

    /// An option that is a number, in the range of its type.
    pub fn number<N: FromStr>(&self, key: &str) -> Result<Option<N>, Diagnostic> {
        let Some(entry) = self.all(key).next_back() else {
            return Ok(None);
        };
        entry.value.parse().map(Some).map_err(|_| {
            let message = format!("`{key} = {}` is not a number in range", entry.value);
            Diagnostic::warning(&entry.at, message, "write a number")
        })
    }
}

impl Entry {
    /// Whether this is the option of that name; case does not matter.
    pub fn is(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}
