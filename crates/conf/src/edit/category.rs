//! Sections that come, go and change their names.

use super::step::Options;
use super::{Edit, Meant, Refused};
use crate::{Entry, Heading, Item, Modifier, Place, Section};

impl Edit<'_> {
    pub(super) fn new_category(
        &mut self,
        name: &str,
        before: Option<&str>,
        options: &Options,
    ) -> Result<(), Refused> {
        if !is_writable(name) {
            return Err(Refused::NotCreated);
        }
        if self.first_named(name).is_some() && !options.allow_duplicates {
            let forgiven = options.ignore_error;
            return if forgiven {
                Ok(())
            } else {
                Err(Refused::NotCreated)
            };
        }
        let place = match before {
            None => self.sections.len(),
            Some(before) => {
                let id = self.first_named(before).ok_or(Refused::NotCreated)?;
                self.index(id)?
            }
        };
        let (bases, entries) = self.inheritance(&options.inherit, place)?;
        let section = Section {
            name: name.to_owned(),
            template: options.template,
            inherits: options.inherit.clone(),
            entries,
            at: self.nowhere(),
            reopened: Vec::new(),
        };
        let item = Item::Heading(heading(&section));
        let heading = match before {
            None => self.files.section_at_the_end(item),
            Some(_) => self
                .files
                .section_before(self.sections[place].headings[0], item),
        };
        let heading = heading.map_err(|_| Refused::NotCreated)?;
        let id = self.id();
        let meant = Meant {
            id,
            lines: vec![Vec::new(); section.entries.len()],
            section,
            headings: vec![heading],
            bases,
        };
        self.sections.insert(place, meant);
        Ok(())
    }

    /// The templates of these names above a place, and what they give.
    fn inheritance(
        &self,
        names: &[String],
        place: usize,
    ) -> Result<(Vec<u32>, Vec<Entry>), Refused> {
        let (mut bases, mut entries) = (Vec::new(), Vec::new());
        for name in names {
            let id = self.first_named(name).ok_or(Refused::NoTemplate)?;
            let index = self.index(id)?;
            let section = &self.sections[index].section;
            if !section.template || index >= place {
                return Err(Refused::NoTemplate);
            }
            bases.push(id);
            entries.extend(section.entries.iter().map(|entry| Entry {
                inherited: true,
                ..entry.clone()
            }));
        }
        Ok((bases, entries))
    }

    /// Renames a section in all its headings and in those that inherit from it.
    pub(super) fn rename(&mut self, id: u32, to: &str) -> Result<(), Refused> {
        if !is_writable(to) {
            return Err(Refused::Problem);
        }
        let index = self.index(id)?;
        let from = std::mem::replace(&mut self.sections[index].section.name, to.to_owned());
        for line in self.sections[index].headings.clone() {
            let Some(Item::Heading(found)) = self.files.item(line) else {
                return Err(Refused::NotSaved);
            };
            let renamed = Heading {
                name: to.to_owned(),
                ..found.clone()
            };
            self.files.replace(line, Item::Heading(renamed))?;
        }
        for heir in 0..self.sections.len() {
            let meant = &mut self.sections[heir];
            if !meant.bases.contains(&id) {
                continue;
            }
            for (base, name) in meant.bases.iter().zip(&mut meant.section.inherits) {
                if *base == id {
                    to.clone_into(name);
                }
            }
            self.modify(heir, |modifiers| {
                for modifier in modifiers {
                    if matches!(modifier, Modifier::Inherit(name) if name.eq_ignore_ascii_case(&from)) {
                        *modifier = Modifier::Inherit(to.to_owned());
                    }
                }
            })?;
        }
        Ok(())
    }

    /// Deletes a section; those that inherit from it do so no longer.
    pub(super) fn delete_category(&mut self, id: u32) -> Result<(), Refused> {
        self.empty(id)?;
        let index = self.index(id)?;
        let gone = self.sections.remove(index);
        for heading in gone.headings {
            self.files.remove(heading)?;
        }
        for heir in 0..self.sections.len() {
            let meant = &mut self.sections[heir];
            if !meant.bases.contains(&id) {
                continue;
            }
            let bases = std::mem::take(&mut meant.bases);
            let names = std::mem::take(&mut meant.section.inherits);
            for (base, name) in bases.into_iter().zip(names).filter(|(base, _)| *base != id) {
                meant.bases.push(base);
                meant.section.inherits.push(name);
            }
            let name = &gone.section.name;
            self.modify(heir, |modifiers| {
                modifiers.retain(|modifier| {
                    !matches!(modifier, Modifier::Inherit(base) if base.eq_ignore_ascii_case(name))
                });
            })?;
        }
        Ok(())
    }

    pub(super) fn empty(&mut self, id: u32) -> Result<(), Refused> {
        let index = self.index(id)?;
        let own: Vec<usize> = self.sections[index].own().collect();
        for entry in own.into_iter().rev() {
            self.remove(index, entry)?;
        }
        Ok(())
    }

    fn nowhere(&self) -> Place {
        Place {
            file: self.name.as_str().into(),
            line: 0,
        }
    }
}

fn heading(section: &Section) -> Heading {
    let template = section.template.then_some(Modifier::Template);
    let inherit = section.inherits.iter().cloned().map(Modifier::Inherit);
    Heading {
        name: section.name.clone(),
        modifiers: template.into_iter().chain(inherit).collect(),
        rest: String::new(),
    }
}

/// Whether a section's name has only one reading.
fn is_writable(name: &str) -> bool {
    !name.contains(['[', ']', '\r', '\n', '\0']) && !name.starts_with(['#', ';'])
}
