//! Editing a file as UpdateConfig does, without disturbing what is not spoken of
//! (`ami-server.md` section 10.32).
//!
//! An [`Edit`] is two views of a file kept in step: the sections as they are meant, on which the
//! operations are understood, and the lines as they are written, on which they are carried out.
//! At the end both are compared: what is written reads back as it is meant, or nothing is written.
//!
//! Comment lines always stay. A line that goes takes the comment beside it along. Nothing is put
//! on top of the file to say who wrote it: a diff shows what was asked for and no more.

mod category;
mod entry;
mod finish;
mod operate;
mod step;
mod text;

use std::collections::HashSet;

use self::step::Options;
use self::text::{Files, LineId};
use crate::{Config, Error, Item, Modifier, Section, Source, load};

pub use self::step::{Refused, Step};

/// A file being edited, with all it includes.
pub struct Edit<'a> {
    source: &'a dyn Source,
    name: String,
    files: Files,
    sections: Vec<Meant>,
    next: u32,
}

/// A section as it is meant.
struct Meant {
    id: u32,
    /// Its entries with their lines alongside in `lines`; of inherited ones, as they were when the
    /// edit began.
    section: Section,
    /// The lines of each entry: the one that sets it, then those that lengthen it; none if it is
    /// inherited.
    lines: Vec<Vec<LineId>>,
    /// The heading that begins it, then those that reopen it.
    headings: Vec<LineId>,
    /// The sections it inherits from, in the order of `section.inherits`.
    bases: Vec<u32>,
}

impl<'a> Edit<'a> {
    /// Begins to edit a file.
    pub fn open(source: &'a dyn Source, name: &str) -> Result<Self, Error> {
        let config = load(source, name)?;
        let mut named = Vec::new();
        for file in &config.files {
            let bytes = source
                .read(file)
                .map_err(|_| Error::Missing(file.clone()))?;
            named.push((file.clone(), bytes));
        }
        let mut edit = Self {
            source,
            name: name.to_owned(),
            files: Files::new(named),
            sections: Vec::new(),
            next: 0,
        };
        edit.understand(&config)
            .ok_or_else(|| Error::Missing(name.to_owned()))?;
        Ok(edit)
    }

    /// Carries one operation out. After a refusal the edit is to be dropped.
    pub fn apply(&mut self, step: &Step) -> Result<(), Refused> {
        let (category, operation) = step.read()?;
        let options = Options::read(step.options.as_deref().unwrap_or_default());
        self.operate(&category, operation, &options)
    }

    /// Finds the lines of all sections and entries; `None` if the files changed meanwhile.
    fn understand(&mut self, config: &Config) -> Option<()> {
        let mut claimed = HashSet::new();
        for section in &config.sections {
            let mut headings = Vec::new();
            for at in std::iter::once(&section.at).chain(&section.reopened) {
                headings.push(self.files.claim(at, &mut claimed)?);
            }
            let mut lines = Vec::new();
            for entry in &section.entries {
                let mut of_entry = Vec::new();
                if !entry.inherited {
                    for at in entry.parts.iter().chain([&entry.at]) {
                        of_entry.push(self.files.claim(at, &mut claimed)?);
                    }
                }
                lines.push(of_entry);
            }
            let bases = section.inherits.iter().map(|name| self.first_named(name));
            let bases = bases.collect::<Option<Vec<_>>>()?;
            let id = self.id();
            self.sections.push(Meant {
                id,
                section: section.clone(),
                lines,
                headings,
                bases,
            });
        }
        Some(())
    }

    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    fn first_named(&self, name: &str) -> Option<u32> {
        let named = |meant: &&Meant| meant.section.name.eq_ignore_ascii_case(name);
        self.sections.iter().find(named).map(|meant| meant.id)
    }

    /// Rewrites the modifiers of every heading of a section.
    fn modify(&mut self, index: usize, modify: impl Fn(&mut Vec<Modifier>)) -> Result<(), Refused> {
        for heading in self.sections[index].headings.clone() {
            let Some(Item::Heading(found)) = self.files.item(heading) else {
                return Err(Refused::NotSaved);
            };
            let mut changed = found.clone();
            modify(&mut changed.modifiers);
            if changed != *found {
                self.files.replace(heading, Item::Heading(changed))?;
            }
        }
        Ok(())
    }
}

impl Meant {
    /// The places of its own entries, in order.
    fn own(&self) -> impl Iterator<Item = usize> {
        let inherited = |index: &usize| !self.section.entries[*index].inherited;
        (0..self.section.entries.len()).filter(inherited)
    }

    fn forget(&mut self, index: usize) {
        self.section.entries.remove(index);
        self.lines.remove(index);
    }
}
