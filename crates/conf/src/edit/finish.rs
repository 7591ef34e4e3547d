//! The end of an edit: what heirs keep, and whether the file reads back as it is meant.

use std::io;

use super::{Edit, Meant, Refused};
use crate::{Config, Entry, Section, Source, load};

impl Edit<'_> {
    /// The files to be written, with their bytes; the file asked for is always the first, the
    /// files it includes are told if they changed.
    ///
    /// If templates changed, the sections that inherit from them keep what they had
    /// (`preserve`), or take what the templates say now.
    pub fn finish(mut self, preserve: bool) -> Result<Vec<(String, Vec<u8>)>, Refused> {
        let mut files = self.files.print();
        let mut config = self.read_back(&files)?;
        while preserve && self.keep_inherited(&config)? {
            files = self.files.print();
            config = self.read_back(&files)?;
        }
        let differing = self.differing(&config, preserve)?;
        if differing.is_empty() {
            return Ok(files);
        }
        // Where a template's value was lengthened, the value is written out.
        for (index, entry) in differing {
            self.write_whole(index, entry)?;
        }
        let files = self.files.print();
        let config = self.read_back(&files)?;
        match self.differing(&config, preserve)?[..] {
            [] => Ok(files),
            [_, ..] => Err(Refused::NotSaved),
        }
    }

    /// Writes out what sections inherited and no longer do; false if nothing is left to do. An heir
    /// of an heir has to wait: it may inherit again what is written out.
    fn keep_inherited(&mut self, config: &Config) -> Result<bool, Refused> {
        if config.sections.len() != self.sections.len() {
            return Err(Refused::NotSaved);
        }
        let mut waiting: Vec<u32> = Vec::new();
        for (index, read) in config.sections.iter().enumerate() {
            let meant = &self.sections[index];
            let (id, lost) = (meant.id, lost(&meant.section, read));
            if lost.is_empty() {
                continue;
            }
            let waits = meant.bases.iter().any(|base| waiting.contains(base));
            waiting.push(id);
            if waits {
                continue;
            }
            for number in lost.into_iter().rev() {
                let entry = self.sections[index].section.entries[number].clone();
                self.sections[index].forget(number);
                let Entry {
                    key, value, object, ..
                } = &entry;
                self.add_entry(index, number, (key, value, *object))?;
            }
        }
        Ok(!waiting.is_empty())
    }

    fn read_back(&self, files: &[(String, Vec<u8>)]) -> Result<Config, Refused> {
        let written = Written {
            source: self.source,
            files,
        };
        load(&written, &self.name).map_err(|_| Refused::NotSaved)
    }

    /// The entries that read back otherwise than they are meant and can be written so that they do
    /// not; an error if that is not all that differs.
    fn differing(&self, config: &Config, preserve: bool) -> Result<Vec<(usize, usize)>, Refused> {
        if config.sections.len() != self.sections.len() {
            return Err(Refused::NotSaved);
        }
        let mut differing = Vec::new();
        for (index, (meant, read)) in self.sections.iter().zip(&config.sections).enumerate() {
            if !is_same_section(meant, read) {
                return Err(Refused::NotSaved);
            }
            let own: Vec<usize> = meant.own().collect();
            let read: Vec<_> = read
                .entries
                .iter()
                .filter(|entry| !entry.inherited)
                .collect();
            if own.len() != read.len() {
                return Err(Refused::NotSaved);
            }
            for (number, read) in own.into_iter().zip(read) {
                let entry = &meant.section.entries[number];
                if !entry.is(&read.key) || entry.object != read.object {
                    return Err(Refused::NotSaved);
                }
                if entry.value == read.value {
                    continue;
                }
                match self.lengthens(meant.lines[number][0]) {
                    true if preserve => differing.push((index, number)),
                    true => {}
                    false => return Err(Refused::NotSaved),
                }
            }
        }
        Ok(differing)
    }
}

/// The entries that a section inherits as it is meant but not as it is read.
fn lost(meant: &Section, read: &Section) -> Vec<usize> {
    let mut given: Vec<&Entry> = read
        .entries
        .iter()
        .filter(|entry| entry.inherited)
        .collect();
    let inherited = meant
        .entries
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.inherited);
    let lost = inherited.filter(|(_, entry)| {
        let same = |other: &&Entry| other.is(&entry.key) && other.value == entry.value;
        match given.iter().position(same) {
            Some(found) => {
                given.remove(found);
                false
            }
            None => true,
        }
    });
    lost.map(|(number, _)| number).collect()
}

fn is_same_section(meant: &Meant, read: &Section) -> bool {
    let Section {
        name,
        template,
        inherits,
        ..
    } = &meant.section;
    *name == read.name && *template == read.template && *inherits == read.inherits
}

/// The files as they are to be, and the others as they are.
struct Written<'a> {
    source: &'a dyn Source,
    files: &'a [(String, Vec<u8>)],
}

impl Source for Written<'_> {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        match self.files.iter().find(|(file, _)| file == name) {
            Some((_, bytes)) => Ok(bytes.clone()),
            None => self.source.read(name),
        }
    }

    fn glob(&self, pattern: &str) -> io::Result<Vec<String>> {
        self.source.glob(pattern)
    }
}
