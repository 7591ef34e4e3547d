//! Functions that need nothing but their arguments, variables, the time and chance: `${LEN(abc)}`.
//!
//! Each is declared once, in the file of its family. Functions about channels are the switch's own
//! and are declared there in the same way.

mod coding;
mod fields;
mod json;
mod list;
mod logic;
mod math;
mod print;
mod text;
mod time;
mod variable;

pub use logic::is_true;
pub use time::format_time;
pub use variable::hash_variables;

use jiff::Zoned;

use crate::expand::{FunctionError, LENGTH, Scope};

/// What is known of a function without calling it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name; case matters.
    pub name: &'static str,
    /// What it does, in one line.
    pub synopsis: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// The rest there is to say.
    pub description: &'static str,
}

/// A function: read as `${NAME(args)}`, written as `Set(NAME(args)=value)`, or both.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// What is known of it.
    pub declaration: Declaration,
    /// How it is read, if it can be.
    pub read: Option<Read>,
    /// How it is written, if it can be.
    pub write: Option<Write>,
}

/// Gives a function's value.
pub type Read = fn(&mut dyn World, args: &str) -> Outcome;
/// Takes a function's new value.
pub type Write = fn(&mut dyn World, args: &str, value: &str) -> Outcome<()>;
/// What a function came to.
pub type Outcome<T = String> = Result<T, FunctionError>;

/// What functions may look at and change.
pub trait World: Scope {
    /// Sets a variable, as `Set` does.
    fn set(&mut self, name: &str, value: &str);
    /// The names of the variables that are set, newest first.
    fn names(&self) -> Vec<String>;
    /// The time, where the switch is.
    fn now(&self) -> Zoned;
    /// A number below `bound`, which is not 0.
    fn random(&mut self, bound: u64) -> u64;
    /// Expands a text that came out of another; fails where that never ends.
    fn evaluate(&mut self, text: &str) -> Outcome;
}

const FAMILIES: [&[Function]; 9] = [
    coding::FUNCTIONS,
    fields::FUNCTIONS,
    json::FUNCTIONS,
    list::FUNCTIONS,
    logic::FUNCTIONS,
    math::FUNCTIONS,
    text::FUNCTIONS,
    time::FUNCTIONS,
    variable::FUNCTIONS,
];

/// All functions, by family.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.into_iter().flatten()
}

/// The function of this name.
pub fn find(name: &str) -> Option<&'static Function> {
    all().find(|function| function.declaration.name == name)
}

/// Says why a function has no value.
fn error<T>(message: impl Into<String>) -> Outcome<T> {
    Err(FunctionError(message.into()))
}

/// Refuses a value that would become too long.
fn fits(length: usize) -> Outcome<()> {
    if length > LENGTH {
        return error(format!("the value would be longer than {LENGTH} bytes"));
    }
    Ok(())
}

/// The value of what stands where a variable's name is asked for: `NAME`, `NAME:1`, `F(x)`.
fn value_of(world: &mut dyn World, name: &str) -> Outcome {
    world.evaluate(&format!("${{{name}}}"))
}

/// The arguments of a function, empty where they are missing.
struct Args(Vec<String>);

impl Args {
    /// At most `most`, of which the last keeps what follows as it stands.
    fn up_to(most: usize, text: &str) -> Self {
        Self(crate::arguments_up_to(text, most))
    }

    /// The same, but backslashes stay, for texts in which `\n` means something.
    fn escaped(most: usize, text: &str) -> Self {
        Self(crate::arguments::escaped_arguments(text, most))
    }

    fn get(&self, index: usize) -> &str {
        self.0.get(index).map_or("", String::as_str)
    }

    fn or<'a>(&'a self, index: usize, default: &'a str) -> &'a str {
        Some(self.get(index))
            .filter(|arg| !arg.is_empty())
            .unwrap_or(default)
    }
}

#[cfg(test)]
mod documented;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Problem, expand};
    use std::collections::{BTreeMap, BTreeSet};

    /// Variables and a clock that stands still.
    #[derive(Default)]
    pub(super) struct Sample {
        variables: BTreeMap<String, String>,
        depth: usize,
        problems: Vec<Problem>,
    }

    impl Scope for Sample {
        fn variable(&mut self, name: &str) -> Option<String> {
            self.variables.get(name).cloned()
        }

        fn function(&mut self, name: &str, args: &str) -> Option<Outcome> {
            let read = find(name)?.read?;
            Some(read(self, args))
        }

        fn problem(&mut self, problem: Problem) {
            self.problems.push(problem);
        }
    }

    impl World for Sample {
        fn set(&mut self, name: &str, value: &str) {
            self.variables.insert(name.to_owned(), value.to_owned());
        }

        fn names(&self) -> Vec<String> {
            self.variables.keys().cloned().collect()
        }

        fn now(&self) -> Zoned {
            "2026-11-24T12:30:15.123456+00:00[UTC]".parse().unwrap()
        }

        fn random(&mut self, bound: u64) -> u64 {
            bound - 1
        }

        fn evaluate(&mut self, text: &str) -> Outcome {
            if self.depth > 10 {
                return error("no end");
            }
            self.depth += 1;
            let value = expand(text, self);
            self.depth -= 1;
            Ok(value)
        }
    }

    impl Sample {
        /// Carries out `NAME(args)=value` or `NAME=value`, one a line.
        pub(super) fn with(assignments: &str) -> Self {
            let mut sample = Self::default();
            for line in assignments.lines() {
                let (name, value) = line.split_once('=').unwrap();
                sample.assign(name, value);
            }
            sample
        }

        pub(super) fn assign(&mut self, name: &str, value: &str) {
            match name.split_once('(') {
                Some((function, args)) => {
                    let write = find(function).unwrap().write.unwrap();
                    write(self, args.strip_suffix(')').unwrap(), value).unwrap();
                }
                None => self.set(name, value),
            }
        }

        /// Each text and what it expands to, in order, without a problem.
        pub(super) fn check(&mut self, cases: &[(&str, &str)]) {
            for (text, expected) in cases {
                assert_eq!(expand(text, self), *expected, "{text}");
                assert_eq!(self.problems, [], "{text}");
            }
        }

        /// Texts that cannot be expanded.
        pub(super) fn check_failing(&mut self, texts: &[&str]) {
            for text in texts {
                assert_eq!(expand(text, self), "", "{text}");
                assert_eq!(std::mem::take(&mut self.problems).len(), 1, "{text}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn none_panics(
            index in 0usize..1000,
            args in "([0-9]{1,3}|[A-Zaé]|LIST|[,:;?&.%^*()\"$@#/+ -]|[{}]|\\\\|[<>=]{1,2}|99999999999){0,14}",
            value in "[a,é:0-9]{0,8}",
        ) {
            let all: Vec<_> = all().collect();
            let function = all[index % all.len()];
            let mut sample = Sample::with("LIST=one,two&three-é\nA=é1.5\na={\"b\":[1,{}]}");
            if let Some(read) = function.read {
                let _ = read(&mut sample, &args);
            }
            if let Some(write) = function.write {
                let _ = write(&mut sample, &args, &value);
            }
        }
    }

    #[test]
    fn each_is_declared_once_and_documented() {
        let mut names = BTreeSet::new();
        for Function {
            declaration,
            read,
            write,
        } in all()
        {
            assert!(names.insert(declaration.name), "{} twice", declaration.name);
            assert!(
                declaration
                    .syntax
                    .starts_with(&format!("{}(", declaration.name))
            );
            assert!(!declaration.synopsis.is_empty() && !declaration.description.is_empty());
            assert!(read.is_some() || write.is_some());
        }
    }
}
