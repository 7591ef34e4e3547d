//! A file as it is written: every byte kept, every line understood.

use std::ops::Range;

use crate::LINE_LIMIT;
use crate::lexer::{Comments, lex};

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

    /// Whether its text was not UTF-8, so that the item holds replacement characters.
    pub fn is_lossy(&self) -> bool {
        self.lossy
    }

    fn parse(raw: &[u8], number: u32, comments: &mut Comments) -> Self {
        let length = raw.strip_suffix(b"\n").unwrap_or(raw).len();
        if length > LINE_LIMIT {
            return Self {
                item: Item::Malformed(Fault::TooLong),
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
        let text = String::from_utf8_lossy(&lexed.text);
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

/// What a line means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Nothing but blanks and comments.
    Blank,
    /// `[name](modifiers)`.
    Heading(Heading),
    /// `key = value`.
    Assignment(Assignment),
    /// `#include` and its like.
    Directive(Directive),
    /// None of these.
    Malformed(Fault),
}

/// `[name](modifiers)`: a section begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// The section's name.
    pub name: String,
    /// What stands in the parentheses, in order.
    pub modifiers: Vec<Modifier>,
    /// What follows on the line; it has no meaning.
    pub rest: String,
}

/// What a heading says beside its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Modifier {
    /// `!`: the section only serves others to inherit from.
    Template,
    /// `+` or `+filter`: the entries belong to an earlier section of that name.
    Reopen(String),
    /// `name`: the entries of an earlier section come first.
    Inherit(String),
}

/// `key = value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The option's name.
    pub key: String,
    /// How it is tied to its value.
    pub operator: Operator,
    /// Its value, possibly empty.
    pub value: String,
}

/// What ties a key to its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Set,
    /// `=>`, by custom for things rather than options.
    Object,
    /// `+=`, lengthens the value that the key has already.
    Append,
}

/// A line that brings other text in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Directive {
    /// `#include "file"`, with a pattern allowed.
    Include(String),
    /// `#tryinclude "file"`, where a missing file is no mistake.
    TryInclude(String),
    /// `#exec "command"`.
    Exec(String),
}

/// Why a line means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is longer than [`LINE_LIMIT`].
    TooLong,
    /// `[` without `]`.
    OpenBracket,
    /// `(` after a section's name without `)`.
    OpenParenthesis,
    /// Neither a section nor a directive, and no `=`.
    NoEquals,
    /// `=` without a name before it.
    NoKey,
    /// A directive without what it needs.
    NoArgument(String),
    /// `#word` that is not known.
    UnknownDirective(String),
}

impl Item {
    /// Reads the significant text of a line.
    fn parse(text: &str) -> Self {
        if let Some(rest) = text.strip_prefix('[') {
            heading(rest)
        } else if let Some(rest) = text.strip_prefix('#') {
            directive(rest)
        } else if text.is_empty() {
            Self::Blank
        } else {
            assignment(text)
        }
    }
}

fn heading(text: &str) -> Item {
    let Some((name, rest)) = text.split_once(']') else {
        return Item::Malformed(Fault::OpenBracket);
    };
    let (modifiers, rest) = match rest.strip_prefix('(') {
        None => ("", rest),
        Some(rest) => match rest.split_once(')') {
            None => return Item::Malformed(Fault::OpenParenthesis),
            Some(parts) => parts,
        },
    };
    let modifiers = modifiers
        .split(',')
        .map(strip)
        .filter(|word| !word.is_empty());
    Item::Heading(Heading {
        name: strip(name).to_owned(),
        modifiers: modifiers.map(modifier).collect(),
        rest: strip(rest).to_owned(),
    })
}

fn modifier(word: &str) -> Modifier {
    match word.strip_prefix('+') {
        Some(filter) => Modifier::Reopen(filter.to_owned()),
        None if word == "!" => Modifier::Template,
        None => Modifier::Inherit(word.to_owned()),
    }
}

fn directive(text: &str) -> Item {
    let end = text
        .find(|letter: char| letter <= ' ')
        .unwrap_or(text.len());
    let (word, argument) = text.split_at(end);
    let argument = strip(argument);
    let argument = argument.strip_prefix(['"', '<']).unwrap_or(argument);
    let argument = argument
        .strip_suffix(['"', '>'])
        .unwrap_or(argument)
        .to_owned();
    let make = match word.to_ascii_lowercase().as_str() {
        "include" => Directive::Include,
        "tryinclude" => Directive::TryInclude,
        "exec" => Directive::Exec,
        _ => return Item::Malformed(Fault::UnknownDirective(word.to_owned())),
    };
    if argument.is_empty() {
        return Item::Malformed(Fault::NoArgument(word.to_owned()));
    }
    Item::Directive(make(argument))
}

fn assignment(text: &str) -> Item {
    // A backslash lets a name begin with what would begin a section or a directive.
    let text = match text.strip_prefix('\\') {
        Some(rest) if rest.starts_with(['[', '#', '\\']) => rest,
        _ => text,
    };
    let Some((key, value)) = text.split_once('=') else {
        return Item::Malformed(Fault::NoEquals);
    };
    let (key, operator, value) = match (key.strip_suffix('+'), value.strip_prefix('>')) {
        (Some(key), value_of_object) => (key, Operator::Append, value_of_object.unwrap_or(value)),
        (None, Some(value)) => (key, Operator::Object, value),
        (None, None) => (key, Operator::Set, value),
    };
    let key = strip(key);
    if key.is_empty() {
        return Item::Malformed(Fault::NoKey);
    }
    Item::Assignment(Assignment {
        key: key.to_owned(),
        operator,
        value: strip(value).to_owned(),
    })
}

fn strip(text: &str) -> &str {
    text.trim_matches(|letter: char| letter <= ' ')
}

/// An item's text, if it reads back as the item.
fn written(item: &Item) -> Result<String, Unwritable> {
    let code = write(item);
    let read = Line::parse(code.as_bytes(), 2, &mut Comments::default());
    if read.item != *item || code.contains(['\r', '\n', '\0']) {
        return Err(Unwritable);
    }
    Ok(code)
}

/// An item's text; one that has none reads back as something else.
fn write(item: &Item) -> String {
    let text = match item {
        Item::Blank | Item::Malformed(_) => String::new(),
        Item::Heading(heading) => write_heading(heading),
        Item::Assignment(Assignment {
            key,
            operator,
            value,
        }) => {
            let escape = if key.starts_with(['[', '#', '\\']) {
                "\\"
            } else {
                ""
            };
            let operator = match operator {
                Operator::Set => "=",
                Operator::Object => "=>",
                Operator::Append => "+=",
            };
            format!("{escape}{key} {operator} {value}")
        }
        Item::Directive(Directive::Include(name)) => format!("#include \"{name}\""),
        Item::Directive(Directive::TryInclude(name)) => format!("#tryinclude \"{name}\""),
        Item::Directive(Directive::Exec(command)) => format!("#exec \"{command}\""),
    };
    text.trim_end().replace(';', "\\;")
}

fn write_heading(heading: &Heading) -> String {
    let words = heading.modifiers.iter().map(|modifier| match modifier {
        Modifier::Template => "!".to_owned(),
        Modifier::Reopen(filter) => format!("+{filter}"),
        Modifier::Inherit(name) => name.clone(),
    });
    let words: Vec<String> = words.collect();
    let name = &heading.name;
    if words.is_empty() {
        format!("[{name}]{}", heading.rest)
    } else {
        format!("[{name}]({}){}", words.join(","), heading.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(text: &str) -> Item {
        Document::parse(text.as_bytes()).lines[0].item.clone()
    }

    fn set(key: &str, operator: Operator, value: &str) -> Item {
        Item::Assignment(Assignment {
            key: key.to_owned(),
            operator,
            value: value.to_owned(),
        })
    }

    #[test]
    fn assignments() {
        assert_eq!(item(" a = b c \r\n"), set("a", Operator::Set, "b c"));
        assert_eq!(
            item("exten => 1,1,Set(A=b)"),
            set("exten", Operator::Object, "1,1,Set(A=b)")
        );
        assert_eq!(item("a+=b"), set("a", Operator::Append, "b"));
        assert_eq!(item("a ="), set("a", Operator::Set, ""));
        assert_eq!(item("\\#a = b"), set("#a", Operator::Set, "b"));
        assert_eq!(item("\\[a] = \\;b ; c"), set("[a]", Operator::Set, ";b"));
        assert_eq!(item("\u{feff}a = b"), set("a", Operator::Set, "b"));
        assert_eq!(item("nonsense"), Item::Malformed(Fault::NoEquals));
        assert_eq!(item("=> x"), Item::Malformed(Fault::NoKey));
        let long = format!("a = {}", "b".repeat(LINE_LIMIT - 4));
        assert_eq!(item(&long), set("a", Operator::Set, &long[4..]));
        assert_eq!(item(&(long + "b\n")), Item::Malformed(Fault::TooLong));
    }

    #[test]
    fn headings() {
        let heading = |name: &str, modifiers: &[Modifier], rest: &str| {
            Item::Heading(Heading {
                name: name.to_owned(),
                modifiers: modifiers.to_vec(),
                rest: rest.to_owned(),
            })
        };
        let inherit = |name: &str| Modifier::Inherit(name.to_owned());
        assert_eq!(item("[a b] ; c"), heading("a b", &[], ""));
        assert_eq!(
            item("[a](!, b,c)"),
            heading("a", &[Modifier::Template, inherit("b"), inherit("c")], "")
        );
        assert_eq!(
            item("[a](+type=aor)"),
            heading("a", &[Modifier::Reopen("type=aor".to_owned())], "")
        );
        assert_eq!(item("[a] (b)"), heading("a", &[], "(b)"));
        assert_eq!(item("[a"), Item::Malformed(Fault::OpenBracket));
        assert_eq!(item("[a](b"), Item::Malformed(Fault::OpenParenthesis));
    }

    #[test]
    fn directives() {
        let include = Item::Directive(Directive::Include("a b.conf".to_owned()));
        assert_eq!(item("#include \"a b.conf\""), include);
        assert_eq!(item("#include <a b.conf> ; x"), include);
        assert_eq!(item("#Include a b.conf"), include);
        assert_eq!(
            item("#tryinclude a"),
            Item::Directive(Directive::TryInclude("a".to_owned()))
        );
        assert_eq!(
            item("#exec /bin/x"),
            Item::Directive(Directive::Exec("/bin/x".to_owned()))
        );
        assert_eq!(
            item("#include"),
            Item::Malformed(Fault::NoArgument("include".to_owned()))
        );
        assert_eq!(
            item("#define a"),
            Item::Malformed(Fault::UnknownDirective("define".to_owned()))
        );
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
