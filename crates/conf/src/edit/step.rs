//! One operation of UpdateConfig as it is sent, and why one is not carried out
//! (`ami-server.md` section 10.32).

use std::fmt;

use crate::{Filter, Section};

/// An operation as it is sent: the headers of one number, each empty or missing if not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// `NewCat`, `RenameCat`, `DelCat`, `EmptyCat`, `Update`, `Delete`, `Append` or `Insert`, in
    /// any case.
    pub action: String,
    /// `Cat`: the section.
    pub category: Option<String>,
    /// `Var`: the option.
    pub variable: Option<String>,
    /// `Value`; with `>` before it the line is written with `=>`.
    pub value: Option<String>,
    /// `Match`: the value the option has, or the section a new one is put before.
    pub matching: Option<String>,
    /// `Line`: the entry's number in its section, from 0, inherited ones counted.
    pub line: Option<String>,
    /// `Options`: `allowdups`, `template`, `ignoreerror`, `inherit="a,b"`, `catfilter="…"`.
    pub options: Option<String>,
}

/// Why an operation is not carried out. The text is what a manager is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It does not name a section.
    NoCategory,
    /// There is no such operation.
    UnknownAction,
    /// The new section's name is taken or cannot be written, or there is nothing to put it before.
    NotCreated,
    /// The new section would inherit from what is no template, or from one below it.
    NoTemplate,
    /// There is no such section.
    NoSuchCategory,
    /// Something it needs is missing or cannot be written.
    Problem,
    /// The section has no such entry of its own.
    NotUpdated,
    /// The file would not read back as it is meant.
    NotSaved,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NoCategory => "Category not specified",
            Self::UnknownAction => "Unknown action command",
            Self::NotCreated => "Create category did not complete successfully",
            Self::NoTemplate => "Template category not found",
            Self::NoSuchCategory => "Given category does not exist",
            Self::Problem => "Problem with category, value, or line (if required)",
            Self::NotUpdated => "Update did not complete successfully",
            Self::NotSaved => "Save of config failed",
        })
    }
}

impl std::error::Error for Refused {}

/// What is asked for, once its words are understood.
pub(super) enum Operation {
    NewCategory {
        before: Option<String>,
    },
    RenameCategory {
        to: String,
    },
    DeleteCategory,
    EmptyCategory,
    Update {
        variable: String,
        value: Value,
        matching: Option<String>,
    },
    Delete {
        variable: Option<String>,
        matching: Option<String>,
        line: Option<usize>,
    },
    Append {
        variable: String,
        value: Value,
    },
    Insert {
        variable: String,
        value: Value,
        line: usize,
    },
}

/// A value to be written.
pub(super) struct Value {
    pub(super) text: String,
    /// Whether it is tied to its name by `=>`.
    pub(super) object: bool,
}

impl Step {
    /// The section's name and what is asked for.
    pub(super) fn read(&self) -> Result<(String, Operation), Refused> {
        let action = self.action.trim().to_ascii_lowercase();
        let category = part(self.category.as_ref())?.ok_or(Refused::NoCategory)?;
        let matching = part(self.matching.as_ref())?;
        let line = self.line()?;
        let operation = match action.as_str() {
            "newcat" => Operation::NewCategory { before: matching },
            "renamecat" => Operation::RenameCategory {
                to: part(self.value.as_ref())?.ok_or(Refused::Problem)?,
            },
            "delcat" => Operation::DeleteCategory,
            "emptycat" => Operation::EmptyCategory,
            "update" => Operation::Update {
                variable: self.variable()?,
                value: self.value(false)?,
                matching,
            },
            "delete" => Operation::Delete {
                variable: self.optional_variable(line)?,
                matching,
                line,
            },
            "append" => Operation::Append {
                variable: self.variable()?,
                value: self.value(matching.is_some_and(|word| is_object(&word)))?,
            },
            "insert" => Operation::Insert {
                variable: self.variable()?,
                value: self.value(matching.is_some_and(|word| is_object(&word)))?,
                line: line.ok_or(Refused::Problem)?,
            },
            _ => return Err(Refused::UnknownAction),
        };
        Ok((category, operation))
    }

    fn line(&self) -> Result<Option<usize>, Refused> {
        let line = part(self.line.as_ref())?;
        line.map(|line| line.parse().map_err(|_| Refused::Problem))
            .transpose()
    }

    fn variable(&self) -> Result<String, Refused> {
        let name = part(self.variable.as_ref())?.ok_or(Refused::Problem)?;
        // What begins so or holds a `=` could be read as a section, a directive or a comment.
        if name.starts_with(['[', '#', ';', '\\']) || name.contains('=') {
            return Err(Refused::Problem);
        }
        Ok(name)
    }

    fn optional_variable(&self, line: Option<usize>) -> Result<Option<String>, Refused> {
        match part(self.variable.as_ref())? {
            Some(name) => Ok(Some(name)),
            None if line.is_some() => Ok(None),
            None => Err(Refused::Problem),
        }
    }

    fn value(&self, object: bool) -> Result<Value, Refused> {
        let text = part(self.value.as_ref())?.unwrap_or_default();
        Ok(match text.strip_prefix('>') {
            Some(rest) => Value {
                text: strip(rest).to_owned(),
                object: true,
            },
            None => Value { text, object },
        })
    }
}

fn is_object(word: &str) -> bool {
    word.eq_ignore_ascii_case("object")
}

/// A header without the blanks around it, if it says anything; a line end within would let it say
/// more than it should.
fn part(text: Option<&String>) -> Result<Option<String>, Refused> {
    let text = text.map(|text| strip(text)).unwrap_or_default();
    if text.contains(['\r', '\n', '\0']) {
        return Err(Refused::Problem);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn strip(text: &str) -> &str {
    text.trim_matches(|letter: char| letter <= ' ')
}

/// What `Options` says.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) allow_duplicates: bool,
    pub(super) template: bool,
    pub(super) ignore_error: bool,
    pub(super) inherit: Vec<String>,
    filter: Option<String>,
}

impl Options {
    /// Reads a comma list whose values may stand in quotes; words that are not known do nothing.
    pub(super) fn read(text: &str) -> Self {
        let mut options = Self::default();
        for word in words(text) {
            let (name, value) = word.split_once('=').unwrap_or((&word, ""));
            match strip(name).to_ascii_lowercase().as_str() {
                "allowdups" => options.allow_duplicates = true,
                "template" => options.template = true,
                "ignoreerror" => options.ignore_error = true,
                "inherit" => {
                    let names = value.split(',').map(strip).filter(|name| !name.is_empty());
                    options.inherit = names.map(str::to_owned).collect();
                }
                "catfilter" => options.filter = Some(value.to_owned()),
                _ => {}
            }
        }
        options
    }

    /// The sections meant; a filter that does not compile means none.
    pub(super) fn filter(&self) -> Result<impl Fn(&Section) -> bool, Refused> {
        let filter = Filter::parse(self.filter.as_deref().unwrap_or_default(), ',');
        let filter = filter.map_err(|_| Refused::NoSuchCategory)?;
        Ok(move |section: &Section| filter.matches(section))
    }
}

/// The parts between commas; a comma in quotes does not part, and the quotes are cut.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in text.chars() {
        let word = words.last_mut();
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, ',') => words.push(String::new()),
            _ => {
                if let Some(word) = word {
                    word.push(letter);
                }
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let text = "allowdups, Template,inherit=\"a, b\",catfilter='x=1,TEMPLATES=include',other";
        let options = Options::read(text);
        assert!(options.allow_duplicates && options.template && !options.ignore_error);
        assert_eq!(options.inherit, ["a", "b"]);
        assert_eq!(options.filter.as_deref(), Some("x=1,TEMPLATES=include"));
        assert!(options.filter().is_ok());
        assert!(Options::read("catfilter=\"(=1\"").filter().is_err());
    }

    #[test]
    fn what_could_say_more_is_refused() {
        let step = |variable: &str, value: &str| {
            let step = Step {
                action: "append".to_owned(),
                category: Some("a".to_owned()),
                variable: Some(variable.to_owned()),
                value: Some(value.to_owned()),
                ..Step::default()
            };
            step.read().err()
        };
        assert_eq!(step("b", "1"), None);
        for (variable, value) in [
            ("b", "1\n#exec x"),
            ("b", "1\r[c]"),
            ("b", "1\0 2"),
            ("#exec x", "1"),
            ("[c]", "1"),
            (";b", "1"),
            ("b=c", "1"),
            ("", "1"),
        ] {
            assert_eq!(step(variable, value), Some(Refused::Problem), "{variable}");
        }
    }
}
