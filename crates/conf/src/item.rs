//! What a line of a file can mean, read and written.

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
    pub(crate) fn parse(text: &str) -> Self {
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

    /// The item's text; one that has none reads back as something else.
    pub(crate) fn write(&self) -> String {
        let text = match self {
            Self::Blank | Self::Malformed(_) => String::new(),
            Self::Heading(heading) => write_heading(heading),
            Self::Assignment(assignment) => write_assignment(assignment),
            Self::Directive(Directive::Include(name)) => format!("#include \"{name}\""),
            Self::Directive(Directive::TryInclude(name)) => format!("#tryinclude \"{name}\""),
            Self::Directive(Directive::Exec(command)) => format!("#exec \"{command}\""),
        };
        text.trim_end().replace(';', "\\;")
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

fn write_assignment(assignment: &Assignment) -> String {
    let Assignment {
        key,
        operator,
        value,
    } = assignment;
    // A name must not look like the beginning of something else.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, LINE_LIMIT};

    fn item(text: &str) -> Item {
        Document::parse(text.as_bytes()).lines[0].item().clone()
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
}
