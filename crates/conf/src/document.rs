//! A file as it is written: every byte kept, every line understood.

use std::ops::Range;

use crate::lexer::{Comments, is_blank, lex};
use crate::{Item, LINE_LIMIT};

/// One file. Printing what was parsed gives the same bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Its lines in order; line 1 is the first.
    pub lines: Vec<Line>,
    /// The line where a block comment begins that never ends.
    pub unterminated: Option<u32>,
}

impl Document {
    /// Reads a file. Any bytes are a document; lines that mean nothing are [`Item::Malformed`].
    pub fn parse(bytes: &[u8]) -> Self {
        let mut comments = Comments::default();
        let mut lines = Vec::new();
        for (number, raw) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
            lines.push(Line::parse(raw, number, &mut comments));
        }
        Self {
            lines,
            unterminated: comments.open(),
        }
    }

    /// The file's bytes.
    pub fn print(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in &self.lines {
            // Only the last line of a file may lack its end; after an edit it may not be the last.
            if !bytes.is_empty() && !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            bytes.extend_from_slice(&line.raw);
        }
        bytes
    }
}

/// A line: its meaning, and its bytes with the comments and blanks around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    item: Item,
    raw: Vec<u8>,
    /// Where in `raw` the item stands.
    span: Range<usize>,
    lossy: bool,
}

impl Line {
    /// A line of its own for an item.
    pub fn new(item: Item) -> Result<Self, Unwritable> {
        let code = written(&item)?;
        Ok(Self {
            item,
            span: 0..code.len(),
            raw: (code + "\n").into_bytes(),
            lossy: false,
        })
    }

    /// Writes another item in the place of this one; the comment beside it stays. A blank line has
    /// no such place.
    pub fn replace(&mut self, item: Item) -> Result<(), Unwritable> {
        let code = written(&item)?;
        let mut raw = self.raw.clone();
        raw.splice(self.span.clone(), code.bytes());
        if self.item == Item::Blank || raw.len() > LINE_LIMIT {
            return Err(Unwritable);
        }
        let span = self.span.start..self.span.start + code.len();
        *self = Self {
            item,
            raw,
            span,
            lossy: false,
        };
        Ok(())
    }

    /// What the line means.
    pub fn item(&self) -> &Item {
        &self.item
    }

    /// Its bytes, the line end included.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// Whether its text was not UTF-8, so that characters in the item stand for bytes.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    /// Whether there is nothing on the line at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.raw.iter().all(|byte| is_blank(*byte))
    }

    /// Whether the line is a comment and nothing else.
    pub(crate) fn is_comment(&self) -> bool {
        let first = self.raw.iter().find(|byte| !is_blank(**byte));
        self.item == Item::Blank && first == Some(&b';')
    }

    /// Takes the item away; the comments around it stay.
    pub(crate) fn erase(&mut self) {
        self.raw.drain(self.span.clone());
        self.span = self.span.start..self.span.start;
        self.item = Item::Blank;
        self.lossy = false;
    }

    /// Ends the line as Windows does.
    pub(crate) fn end_as_windows(&mut self) {
        if self.raw.ends_with(b"\n") && !self.raw.ends_with(b"\r\n") {
            self.raw.insert(self.raw.len() - 1, b'\r');
        }
    }

    /// Drops the byte order mark, which has a meaning on the first line only.
    pub(crate) fn drop_mark(&mut self) {
        let mark = "\u{feff}".as_bytes();
        if self.raw.starts_with(mark) && self.span.start >= mark.len() {
            self.raw.drain(..mark.len());
            self.span = self.span.start - mark.len()..self.span.end - mark.len();
        }
    }

    /// Reads a line, carrying block comments over.
    pub(crate) fn parse(raw: &[u8], number: u32, comments: &mut Comments) -> Self {
        let length = raw.strip_suffix(b"\n").unwrap_or(raw).len();
        if length > LINE_LIMIT {
            return Self {
                item: Item::Malformed(crate::Fault::TooLong),
                raw: raw.to_vec(),
                span: 0..length,
                lossy: false,
            };
        }
        let mark = "\u{feff}".as_bytes();
        let from = if number == 1 && raw.starts_with(mark) {
            mark.len()
        } else {
            0
        };
        let lexed = lex(raw, from, number, comments);
        let text = stray::read(&lexed.text);
        Self {
            item: Item::parse(&text),
            raw: raw.to_vec(),
            span: lexed.span,
            lossy: matches!(text, std::borrow::Cow::Owned(_)),
        }
    }
}

/// An item that would not read back as itself, for instance a name with a line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unwritable;

impl std::fmt::Display for Unwritable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the line would not read back as it is meant")
    }
}

impl std::error::Error for Unwritable {}

/// An item's text, if it reads back as the item.
fn written(item: &Item) -> Result<String, Unwritable> {
    let code = item.write();
    // As the first line, the only one where a byte order mark would be cut.
    let read = Line::parse(code.as_bytes(), 1, &mut Comments::default());
    if read.item != *item || code.contains(['\r', '\n', '\0']) {
        return Err(Unwritable);
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Assignment, Heading, Operator};
    use proptest::prelude::*;

    fn set(key: &str, operator: Operator, value: &str) -> Item {
        Item::Assignment(Assignment {
            key: key.to_owned(),
            operator,
            value: value.to_owned(),
        })
    }

    #[test]
    fn an_edit_keeps_the_comment() {
        let mut document = Document::parse(b"[a]   ; first\n\tkey=1\t; one");
        document.lines[1]
            .replace(set("key", Operator::Object, "2;3"))
            .unwrap();
        document
            .lines
            .push(Line::new(set("#k", Operator::Set, "")).unwrap());
        assert_eq!(
            document.print(),
            b"[a]   ; first\n\tkey => 2\\;3\t; one\n\\#k =\n"
        );
    }

    #[test]
    fn what_would_read_differently_is_refused() {
        for (key, value) in [
            ("a", "b\n#exec x"),
            ("a", "b\0"),
            ("a=b", "c"),
            ("", "c"),
            ("a", " padded "),
            (";a", "--;"),
        ] {
            let item = set(key, Operator::Set, value);
            let line = Line::new(item.clone());
            assert!(line.is_err() || line.unwrap().item == item, "{key}={value}");
        }
        assert_eq!(Line::new(set("a", Operator::Set, "b\nc")), Err(Unwritable));
        assert_eq!(Line::new(set("a=b", Operator::Set, "c")), Err(Unwritable));
        let bracketed = Heading {
            name: "a]b".to_owned(),
            modifiers: Vec::new(),
            rest: String::new(),
        };
        assert_eq!(Line::new(Item::Heading(bracketed)), Err(Unwritable));
    }

    proptest! {
        #[test]
        fn printing_is_the_inverse_of_parsing(
            text in "([a-z=>+;\\\\\\[\\]()!#, \u{e9}-]|;--|--;|\r?\n){0,200}"
        ) {
            prop_assert_eq!(Document::parse(text.as_bytes()).print(), text.into_bytes());
        }

        #[test]
        fn what_is_written_reads_the_same(key in "[a-z;\\[#\\\\ -]{1,9}", value in ".{0,20}") {
            let item = set(&key, Operator::Set, &value);
            if let Ok(line) = Line::new(item.clone()) {
                prop_assert_eq!(&Document::parse(line.raw()).lines[0].item, &item);
            }
        }
    }
}
