//! Entries that come, go and change.

use super::operate::Wanted;
use super::step::Value;
use super::text::LineId;
use super::{Edit, Refused};
use crate::{Assignment, Entry, Item, Operator};

impl Edit<'_> {
    /// Removes an entry of its own from a section.
    pub(super) fn remove(&mut self, index: usize, entry: usize) -> Result<(), Refused> {
        for line in self.sections[index].lines[entry].clone() {
            self.files.remove(line)?;
        }
        self.sections[index].forget(entry);
        Ok(())
    }

    /// Changes the first entry of that name and value, or says otherwise than what is inherited.
    pub(super) fn update(
        &mut self,
        id: u32,
        wanted: &Wanted<'_>,
        matching: Option<&str>,
    ) -> Result<bool, Refused> {
        let index = self.index(id)?;
        let is_meant = |entry: &Entry| {
            entry.is(wanted.variable)
                && matching.is_none_or(|value| value.eq_ignore_ascii_case(&entry.value))
        };
        let meant = &self.sections[index];
        let own = meant
            .own()
            .find(|entry| is_meant(&meant.section.entries[*entry]));
        let Some(entry) = own else {
            let Some(inherited) = meant.section.entries.iter().position(is_meant) else {
                return Ok(false);
            };
            return self.add(id, inherited, wanted).map(|()| true);
        };
        let line = meant.lines[entry][0];
        let object = wanted.value.object || meant.section.entries[entry].object;
        let item = assignment(wanted.variable, &wanted.value.text, object);
        self.files.replace(line, item)?;
        for part in self.sections[index].lines[entry].split_off(1) {
            self.files.remove(part)?;
        }
        let changed = &mut self.sections[index].section.entries[entry];
        wanted.variable.clone_into(&mut changed.key);
        changed.value.clone_from(&wanted.value.text);
        changed.object = object;
        Ok(true)
    }

    /// Deletes the entries of that name and value, or the one of that number. What is inherited
    /// can only be deleted where it is written.
    pub(super) fn delete(
        &mut self,
        id: u32,
        variable: Option<&str>,
        matching: Option<&str>,
        line: Option<usize>,
    ) -> Result<bool, Refused> {
        let index = self.index(id)?;
        let meant = &self.sections[index];
        let doomed: Vec<usize> = meant
            .own()
            .filter(|number| {
                let entry = &meant.section.entries[*number];
                line.is_none_or(|line| line == *number)
                    && variable.is_none_or(|name| entry.is(name))
                    && matching.is_none_or(|value| value.eq_ignore_ascii_case(&entry.value))
            })
            .collect();
        for entry in doomed.iter().rev() {
            self.remove(index, *entry)?;
        }
        Ok(!doomed.is_empty())
    }

    /// Adds an entry before the one of that number, or at the end. Inherited ones come first
    /// whatever is asked for, as a file cannot say otherwise.
    pub(super) fn add_entry(
        &mut self,
        index: usize,
        number: usize,
        (variable, value, object): (&str, &str, bool),
    ) -> Result<(), Refused> {
        self.settle(index, variable)?;
        let item = assignment(variable, value, object);
        let meant = &self.sections[index];
        let next = meant.own().find(|entry| *entry >= number);
        let line = match next {
            Some(next) => self.files.before(meant.lines[next][0], item)?,
            None => self.last(index, item)?,
        };
        let meant = &mut self.sections[index];
        let place = next.unwrap_or(meant.section.entries.len());
        let at = meant.section.at.clone();
        let entry = Entry {
            key: variable.to_owned(),
            value: value.to_owned(),
            object,
            inherited: false,
            at,
            parts: Vec::new(),
        };
        meant.section.entries.insert(place, entry);
        meant.lines.insert(place, vec![line]);
        Ok(())
    }

    pub(super) fn add(
        &mut self,
        id: u32,
        number: usize,
        wanted: &Wanted<'_>,
    ) -> Result<(), Refused> {
        let index = self.index(id)?;
        let Value { text, object } = wanted.value;
        self.add_entry(index, number, (wanted.variable, text, *object))
    }

    /// Writes a line at the end of a section: after its last entry, or after the `#include` that
    /// the entry comes from.
    fn last(&mut self, index: usize, item: Item) -> Result<LineId, Refused> {
        let meant = &self.sections[index];
        let Some(&heading) = meant.headings.last() else {
            return Err(Refused::NotSaved);
        };
        let last = meant
            .own()
            .last()
            .and_then(|entry| meant.lines[entry].first());
        match last {
            Some(&line) if self.files.together(line, heading) => self.files.after(line, item),
            Some(_) => self.files.after_includes(heading, item),
            None => self.files.after(heading, item),
        }
    }

    /// Writes entries of a name that are made of several lines on one, so that none of them can
    /// lengthen another than before.
    pub(super) fn settle(&mut self, index: usize, variable: &str) -> Result<(), Refused> {
        let meant = &self.sections[index];
        let own = meant.own();
        let own = own.filter(|entry| meant.section.entries[*entry].is(variable));
        for entry in own.collect::<Vec<_>>() {
            self.write_whole(index, entry)?;
        }
        Ok(())
    }

    /// Writes the value an entry has on one line, without `+=`.
    pub(super) fn write_whole(&mut self, index: usize, entry: usize) -> Result<(), Refused> {
        let first = self.sections[index].lines[entry][0];
        let lengthens = self.lengthens(first);
        if !lengthens && self.sections[index].lines[entry].len() == 1 {
            return Ok(());
        }
        let Entry {
            key, value, object, ..
        } = &self.sections[index].section.entries[entry];
        let item = assignment(key, value, *object);
        self.files.replace(first, item)?;
        for part in self.sections[index].lines[entry].split_off(1) {
            self.files.remove(part)?;
        }
        Ok(())
    }

    /// Whether a line lengthens what another says.
    pub(super) fn lengthens(&self, line: LineId) -> bool {
        match self.files.item(line) {
            Some(Item::Assignment(assignment)) => assignment.operator == Operator::Append,
            Some(Item::Blank | Item::Heading(_) | Item::Directive(_) | Item::Malformed(_))
            | None => false,
        }
    }
}

fn assignment(key: &str, value: &str, object: bool) -> Item {
    Item::Assignment(Assignment {
        key: key.to_owned(),
        operator: if object {
            Operator::Object
        } else {
            Operator::Set
        },
        value: value.to_owned(),
    })
}
