//! The files being edited: lines that keep their identity while others come and go around them.

use std::collections::HashSet;

use super::Refused;
use crate::lexer::Comments;
use crate::{Document, Item, Line, Place};

/// A line, for as long as the edit lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct LineId(u32);

/// A file and all it includes.
pub(super) struct Files {
    files: Vec<File>,
    next: u32,
}

struct File {
    name: String,
    lines: Vec<Kept>,
    /// Whether a block comment is open where the file ends.
    open: bool,
    /// Whether new lines end as those of Windows do.
    crlf: bool,
    changed: bool,
    /// Whether it is included twice, so that a change would be made in two places.
    shared: bool,
}

struct Kept {
    id: LineId,
    line: Line,
    /// Whether a block comment is open where the line begins. No edit changes that.
    open: bool,
}

impl Files {
    /// The files of these names with their bytes, the one asked for first.
    pub(super) fn new(named: Vec<(String, Vec<u8>)>) -> Self {
        let mut files = Self {
            files: Vec::new(),
            next: 0,
        };
        for (name, bytes) in named {
            let file = files.parse(name, &bytes);
            files.files.push(file);
        }
        files
    }

    fn parse(&mut self, name: String, bytes: &[u8]) -> File {
        let mut comments = Comments::default();
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(Document::parse(bytes).lines) {
            let open = comments.open().is_some();
            Line::parse(line.raw(), number, &mut comments);
            let id = self.id();
            lines.push(Kept { id, line, open });
        }
        let first = lines.first().map(|kept| kept.line.raw());
        File {
            name,
            crlf: first.is_some_and(|raw| raw.ends_with(b"\r\n")),
            lines,
            open: comments.open().is_some(),
            changed: false,
            shared: false,
        }
    }

    fn id(&mut self) -> LineId {
        self.next += 1;
        LineId(self.next)
    }

    /// The line at a place. A line claimed twice is in a file that is included twice.
    pub(super) fn claim(&mut self, at: &Place, claimed: &mut HashSet<LineId>) -> Option<LineId> {
        let file = self.files.iter_mut().find(|file| *file.name == *at.file)?;
        let index = usize::try_from(at.line).ok()?.checked_sub(1)?;
        let id = file.lines.get(index)?.id;
        if !claimed.insert(id) {
            file.shared = true;
        }
        Some(id)
    }

    /// What a line says.
    pub(super) fn item(&self, id: LineId) -> Option<&Item> {
        let (file, index) = self.find(id)?;
        Some(self.files[file].lines[index].line.item())
    }

    /// Whether two lines are in the same file.
    pub(super) fn together(&self, one: LineId, other: LineId) -> bool {
        let file = |id| self.find(id).map(|(file, _)| file);
        file(one) == file(other)
    }

    /// Writes something else in the place of a line.
    pub(super) fn replace(&mut self, id: LineId, item: Item) -> Result<(), Refused> {
        let (file, index) = self.owned(id)?;
        let file = &mut self.files[file];
        file.changed = true;
        file.lines[index]
            .line
            .replace(item)
            .map_err(|_| Refused::Problem)
    }

    /// Takes a line out, with the comment beside it. A block comment that begins or ends on it
    /// stays.
    pub(super) fn remove(&mut self, id: LineId) -> Result<(), Refused> {
        let (file, index) = self.owned(id)?;
        let file = &mut self.files[file];
        file.changed = true;
        if file.open_before(index) || file.open_before(index + 1) {
            file.lines[index].line.erase();
        } else {
            file.lines.remove(index);
        }
        Ok(())
    }

    /// Puts a line before another and the comment above that one.
    pub(super) fn before(&mut self, id: LineId, item: Item) -> Result<LineId, Refused> {
        let (file, index) = self.owned(id)?;
        let place = self.files[file].above_comments(index);
        self.insert(file, place, item)
    }

    /// Puts a section's heading before another and the comment above that one.
    pub(super) fn section_before(&mut self, id: LineId, item: Item) -> Result<LineId, Refused> {
        let heading = self.before(id, item)?;
        self.blank_after(heading)?;
        Ok(heading)
    }

    /// Puts a line after another.
    pub(super) fn after(&mut self, id: LineId, item: Item) -> Result<LineId, Refused> {
        let (file, index) = self.owned(id)?;
        self.insert(file, index + 1, item)
    }

    /// Puts a line after the last `#include` of the section that this heading begins.
    pub(super) fn after_includes(
        &mut self,
        heading: LineId,
        item: Item,
    ) -> Result<LineId, Refused> {
        let (file, index) = self.owned(heading)?;
        let lines = self.files[file].lines[index + 1..]
            .iter()
            .map(|kept| kept.line.item());
        let own = lines.take_while(|item| !matches!(item, Item::Heading(_)));
        let last = (index + 1..)
            .zip(own)
            .filter(|(_, item)| matches!(item, Item::Directive(_) | Item::Assignment(_)))
            .last();
        self.insert(file, last.map_or(index, |(last, _)| last) + 1, item)
    }

    /// Adds a section's heading at the end, with a blank line above.
    pub(super) fn section_at_the_end(&mut self, item: Item) -> Result<LineId, Refused> {
        let Some(file) = self.files.first() else {
            return Err(Refused::NotSaved);
        };
        let end = file.lines.len();
        let heading = self.insert(0, end, item)?;
        let file = &self.files[0];
        if file.lines[..end]
            .last()
            .is_some_and(|kept| !kept.line.is_empty())
        {
            self.insert(0, end, Item::Blank)?;
        }
        Ok(heading)
    }

    /// The names and bytes of the files: the one asked for, and those of the others that changed.
    pub(super) fn print(&self) -> Vec<(String, Vec<u8>)> {
        let files = self.files.iter().enumerate();
        let told = files.filter(|(index, file)| *index == 0 || file.changed);
        told.map(|(_, file)| {
            let lines = file.lines.iter().map(|kept| kept.line.clone()).collect();
            let document = Document {
                lines,
                unterminated: None,
            };
            (file.name.clone(), document.print())
        })
        .collect()
    }

    fn find(&self, id: LineId) -> Option<(usize, usize)> {
        self.files.iter().enumerate().find_map(|(number, file)| {
            let index = file.lines.iter().position(|kept| kept.id == id)?;
            Some((number, index))
        })
    }

    /// Where a line is, if a change there has one meaning.
    fn owned(&self, id: LineId) -> Result<(usize, usize), Refused> {
        let (file, index) = self.find(id).ok_or(Refused::NotSaved)?;
        if self.files[file].shared {
            return Err(Refused::NotSaved);
        }
        Ok((file, index))
    }

    fn blank_after(&mut self, id: LineId) -> Result<(), Refused> {
        let (file, index) = self.owned(id)?;
        self.insert(file, index + 1, Item::Blank).map(|_| ())
    }

    /// Puts a line before the one at `index`, or further down where no comment is open.
    fn insert(&mut self, file: usize, index: usize, item: Item) -> Result<LineId, Refused> {
        let mut line = Line::new(item).map_err(|_| Refused::Problem)?;
        let id = self.id();
        let file = &mut self.files[file];
        let mut index = index;
        while file.open_before(index) {
            match file.lines.get(index).map(|kept| kept.line.item()) {
                Some(Item::Blank) => index += 1,
                Some(_) | None => return Err(Refused::NotSaved),
            }
        }
        if file.crlf {
            line.end_as_windows();
        }
        if index == 0
            && let Some(first) = file.lines.first_mut()
        {
            first.line.drop_mark();
        }
        file.changed = true;
        let kept = Kept {
            id,
            line,
            open: false,
        };
        file.lines.insert(index, kept);
        Ok(id)
    }
}

impl File {
    /// Whether a block comment is open where a line begins.
    fn open_before(&self, index: usize) -> bool {
        self.lines.get(index).map_or(self.open, |kept| kept.open)
    }

    /// The first of the comment lines that stand directly above a line. What heads the whole file
    /// is not above its first line.
    fn above_comments(&self, index: usize) -> usize {
        let above = self.lines[..index].iter().rev();
        let comments = above.take_while(|kept| kept.line.is_comment()).count();
        if comments == index {
            index
        } else {
            index - comments
        }
    }
}
