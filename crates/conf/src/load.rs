//! From files to their meaning: includes pulled in, templates expanded.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use crate::{
    Assignment, Config, Diagnostic, Directive, Document, Entry, Error, Fault, Filter, Heading,
    Item, LINE_LIMIT, Modifier, Operator, Place, Section, Source,
};

/// How deep files may include each other.
const DEPTH_LIMIT: usize = 10;
/// How many files one file may pull in.
const FILE_LIMIT: usize = 4_096;
/// How many entries a configuration may have once its templates are expanded.
const ENTRY_LIMIT: usize = 1_000_000;

/// Reads a file and all it includes. A file that is missing where it is not asked for by
/// `#tryinclude`, a section that is inherited or reopened but does not exist, and a heading cut
/// short make the whole invalid; lesser faults are in [`Config::diagnostics`].
pub fn load(source: &dyn Source, name: &str) -> Result<Config, Error> {
    let mut loader = Loader {
        source,
        config: Config::default(),
        names: HashMap::new(),
        open: Vec::new(),
        reads: 0,
        entries: 0,
    };
    let bytes = match source.read(name) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::Missing(name.to_owned()));
        }
        Err(error) => {
            let at = Place {
                file: name.into(),
                line: 0,
            };
            return Err(unreadable(&at, name, &error));
        }
    };
    loader.file(name, &bytes, None)?;
    Ok(loader.config)
}

struct Loader<'a> {
    source: &'a dyn Source,
    config: Config,
    /// The sections by name in lower case: with ten thousand of them a search would be slow.
    names: HashMap<String, Vec<usize>>,
    /// The files being read, outermost first.
    open: Vec<String>,
    reads: usize,
    entries: usize,
}

impl Loader<'_> {
    /// Reads one file. It begins in the section that includes it.
    fn file(&mut self, name: &str, bytes: &[u8], mut current: Option<usize>) -> Result<(), Error> {
        self.open.push(name.to_owned());
        if !self.config.files.iter().any(|file| file == name) {
            self.config.files.push(name.to_owned());
        }
        let file: Arc<str> = name.into();
        let document = Document::parse(bytes);
        for (number, line) in (1..).zip(&document.lines) {
            let at = Place {
                file: file.clone(),
                line: number,
            };
            if line.is_lossy() {
                self.warn(&at, "the line is not UTF-8", "save the file as UTF-8");
            }
            match line.item() {
                Item::Blank => {}
                Item::Heading(heading) => current = Some(self.heading(heading, &at)?),
                Item::Assignment(assignment) => self.assignment(assignment, current, &at)?,
                Item::Directive(directive) => self.directive(directive, current, &at)?,
                Item::Malformed(fault) => self.fault(fault, &at)?,
            }
        }
        if let Some(line) = document.unterminated {
            let at = Place { file, line };
            self.warn(&at, "a comment begins that never ends", "end it with `--;`");
        }
        self.open.pop();
        Ok(())
    }

    /// Begins or reopens a section, whose index is returned.
    fn heading(&mut self, heading: &Heading, at: &Place) -> Result<usize, Error> {
        let name = &heading.name;
        if !heading.rest.is_empty() {
            let message = format!("`{}` after [{name}] is ignored", heading.rest);
            self.warn(at, message, "write modifiers directly after the bracket");
        }
        let mut section = Section {
            name: name.clone(),
            template: false,
            inherits: Vec::new(),
            entries: Vec::new(),
            at: at.clone(),
            reopened: Vec::new(),
        };
        let mut reopened = None;
        for modifier in &heading.modifiers {
            if let Modifier::Reopen(filter) = modifier {
                let index = self.reopened(name, filter, at)?;
                section = self.config.sections[index].clone();
                section.reopened.push(at.clone());
                reopened = Some(index);
            }
        }
        for modifier in &heading.modifiers {
            match modifier {
                Modifier::Reopen(_) => {}
                Modifier::Template => section.template = true,
                Modifier::Inherit(base) => self.inherit(&mut section, base, at)?,
            }
        }
        Ok(match reopened {
            Some(index) => {
                self.config.sections[index] = section;
                index
            }
            None => self.begin(section),
        })
    }

    fn begin(&mut self, section: Section) -> usize {
        let index = self.config.sections.len();
        let name = section.name.to_ascii_lowercase();
        self.names.entry(name).or_default().push(index);
        self.config.sections.push(section);
        index
    }

    /// The first section of that name that passes the filter.
    fn reopened(&self, name: &str, filter: &str, at: &Place) -> Result<usize, Error> {
        let filter = Filter::parse(filter, '&').map_err(|error| {
            let message = format!("the filter of [{name}] does not compile: {error}");
            invalid(at, message, "write `(+key=value)` with regular expressions")
        })?;
        let sections = &self.config.sections;
        let mut indexes = self.indexes(name);
        indexes
            .find(|index| filter.matches(&sections[*index]))
            .ok_or_else(|| {
                let message = format!("there is no section [{name}] to add to");
                let remedy =
                    "write it above, without `(+)`; a template takes `(+TEMPLATES=include)`";
                invalid(at, message, remedy)
            })
    }

    fn inherit(&mut self, section: &mut Section, base: &str, at: &Place) -> Result<(), Error> {
        let Some(index) = self.indexes(base).next() else {
            let message = format!(
                "[{}] inherits from [{base}], which does not exist",
                section.name
            );
            return Err(invalid(at, message, "define it above"));
        };
        let entries = self.config.sections[index]
            .entries
            .iter()
            .map(|entry| Entry {
                inherited: true,
                ..entry.clone()
            });
        let before = section.entries.len();
        section.entries.extend(entries);
        section.inherits.push(base.to_owned());
        self.count(section.entries.len() - before, at)
    }

    fn indexes(&self, name: &str) -> impl Iterator<Item = usize> {
        let indexes = self.names.get(&name.to_ascii_lowercase());
        indexes.into_iter().flatten().copied()
    }

    fn assignment(
        &mut self,
        assignment: &Assignment,
        current: Option<usize>,
        at: &Place,
    ) -> Result<(), Error> {
        let Assignment {
            key,
            operator,
            value,
        } = assignment;
        let Some(section) = current.map(|index| &mut self.config.sections[index]) else {
            let message = format!("`{key}` stands before any section");
            return Err(invalid(
                at,
                message,
                "write a section such as [general] above it",
            ));
        };
        if *operator == Operator::Append {
            let entries = &mut section.entries;
            if let Some(entry) = entries.iter_mut().rev().find(|entry| entry.is(key)) {
                entry.value.push_str(value);
                let before = std::mem::replace(&mut entry.at, at.clone());
                if entry.inherited {
                    entry.parts.clear();
                } else {
                    entry.parts.push(before);
                }
                entry.inherited = false;
                return Ok(());
            }
        }
        section.entries.push(Entry {
            key: key.clone(),
            value: value.clone(),
            object: *operator == Operator::Object,
            inherited: false,
            at: at.clone(),
            parts: Vec::new(),
        });
        self.count(1, at)
    }

    fn count(&mut self, entries: usize, at: &Place) -> Result<(), Error> {
        self.entries += entries;
        if self.entries > ENTRY_LIMIT {
            let message = format!("there are more than {ENTRY_LIMIT} entries");
            return Err(invalid(at, message, "inherit less"));
        }
        Ok(())
    }

    fn directive(
        &mut self,
        directive: &Directive,
        current: Option<usize>,
        at: &Place,
    ) -> Result<(), Error> {
        match directive {
            Directive::Include(pattern) => self.include(pattern, true, current, at),
            Directive::TryInclude(pattern) => self.include(pattern, false, current, at),
            Directive::Exec(command) => {
                let message = format!("#exec is never run: {command}");
                let remedy = "write its output to a file and #include that";
                self.config
                    .diagnostics
                    .push(Diagnostic::error(at, message, remedy));
                Ok(())
            }
        }
    }

    fn include(
        &mut self,
        pattern: &str,
        required: bool,
        current: Option<usize>,
        at: &Place,
    ) -> Result<(), Error> {
        let names = if pattern.contains(['*', '?', '[']) {
            let found = self.source.glob(pattern);
            let names = found.map_err(|error| unreadable(at, pattern, &error))?;
            if names.is_empty() && required {
                let message = format!("no file matches {pattern}");
                self.warn(at, message, "write #tryinclude if that is meant");
            }
            names
        } else {
            vec![pattern.to_owned()]
        };
        for name in names {
            self.reads += 1;
            if self.open.contains(&name) {
                return Err(invalid(
                    at,
                    format!("{name} includes itself"),
                    "remove the #include",
                ));
            }
            if self.open.len() >= DEPTH_LIMIT || self.reads > FILE_LIMIT {
                let message = format!("{name} is one #include too many");
                let remedy = format!("stay within {DEPTH_LIMIT} levels and {FILE_LIMIT} files");
                return Err(invalid(at, message, remedy));
            }
            match self.source.read(&name) {
                Ok(bytes) => self.file(&name, &bytes, current)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound && !required => {}
                Err(error) => return Err(unreadable(at, &name, &error)),
            }
        }
        Ok(())
    }

    fn fault(&mut self, fault: &Fault, at: &Place) -> Result<(), Error> {
        match fault {
            Fault::OpenBracket => Err(invalid(at, "a section's name has no end", "add `]`")),
            Fault::OpenParenthesis => {
                Err(invalid(at, "a section's modifiers have no end", "add `)`"))
            }
            Fault::TooLong => {
                let message = format!("the line is longer than {LINE_LIMIT} bytes and is skipped");
                let diagnostic = Diagnostic::error(at, message, "shorten it");
                self.config.diagnostics.push(diagnostic);
                Ok(())
            }
            Fault::NoEquals => self.ignore(at, "there is no `=`", "write `name = value`"),
            Fault::NoKey => self.ignore(at, "there is no name before `=`", "write `name = value`"),
            Fault::NoArgument(word) => {
                let message = format!("#{word} does not say what");
                self.ignore(at, &message, "add the name of a file")
            }
            Fault::UnknownDirective(word) => {
                let message = format!("#{word} is not known");
                self.ignore(at, &message, "a comment begins with `;`")
            }
        }
    }

    fn ignore(&mut self, at: &Place, message: &str, remedy: &str) -> Result<(), Error> {
        self.warn(at, format!("{message}; the line is ignored"), remedy);
        Ok(())
    }

    fn warn(&mut self, at: &Place, message: impl Into<String>, remedy: &str) {
        let diagnostic = Diagnostic::warning(at, message, remedy);
        self.config.diagnostics.push(diagnostic);
    }
}

fn unreadable(at: &Place, name: &str, error: &io::Error) -> Error {
    let message = format!("{name} cannot be read: {error}");
    invalid(at, message, "check its name and permissions")
}

fn invalid(at: &Place, message: impl Into<String>, remedy: impl Into<String>) -> Error {
    Error::Invalid(Diagnostic::error(at, message, remedy))
}
