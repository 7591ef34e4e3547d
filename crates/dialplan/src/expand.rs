//! Variables, functions and expressions in a text: `${NAME}`, `${NAME(arguments)}`, `$[1 + 2]`.
//!
//! What stands inside braces or brackets is expanded first and then read, so that `${A${B}}`
//! names a variable by another's value. A value that is put in is never expanded again. What
//! cannot be expanded is empty, the scope is told, and the rest goes on.

use std::fmt;

use crate::expression;

/// How deep braces and brackets may nest.
const DEPTH: usize = 32;
/// How long, in bytes, an expanded text may become.
pub(crate) const LENGTH: usize = 64 * 1024;

/// Where variables and functions get their values.
pub trait Scope {
    /// The value of a variable, if it is set.
    fn variable(&mut self, name: &str) -> Option<String>;

    /// The value of a function, if there is one of this name.
    fn function(&mut self, name: &str, args: &str) -> Option<Result<String, FunctionError>>;

    /// Is told what could not be expanded; by default nobody is.
    fn problem(&mut self, problem: Problem) {
        let _ = problem;
    }
}

/// Why a function has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError(pub String);

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FunctionError {}

/// What could not be expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// A `${` or `$[` is never closed; the text's end closes it.
    Unclosed(char),
    /// Braces and brackets nest too deep.
    TooDeep,
    /// The result is cut.
    TooLong,
    /// There is no such function.
    NoFunction(String),
    /// A function failed.
    Function(String, FunctionError),
    /// An expression is wrong.
    Expression(String, expression::Error),
    /// An expression divides by zero. It has a value all the same.
    DividesByZero(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed(bracket) => write!(f, "'${bracket}' is never closed"),
            Self::TooDeep => write!(f, "variables nest more than {DEPTH} deep"),
            Self::TooLong => write!(f, "the text grows beyond {LENGTH} bytes"),
            Self::NoFunction(name) => write!(f, "there is no function {name}"),
            Self::Function(name, error) => write!(f, "{name}: {error}"),
            Self::DividesByZero(text) => write!(f, "the expression '{text}' divides by zero"),
            Self::Expression(text, error) => write!(f, "in the expression '{text}': {error}"),
        }
    }
}

/// Expands a text.
pub fn expand(text: &str, scope: &mut dyn Scope) -> String {
    expand_at(text, scope, 0)
}

/// The names of the functions a text calls by name, `${NAME(`.
pub fn called_functions(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|call| {
        let (name, _) = call.split_once('(')?;
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        is_name.then_some(name)
    })
}

fn expand_at(text: &str, scope: &mut dyn Scope, depth: usize) -> String {
    if depth > DEPTH {
        scope.problem(Problem::TooDeep);
        return String::new();
    }
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, dollar) = rest.split_at(at);
        expanded.push_str(before);
        rest = &dollar[1..];
        if let Some(inside) = rest.strip_prefix('{') {
            let (inside, after) = enclosed(inside, '{', '}', scope);
            rest = after;
            let name = expand_at(inside, scope, depth + 1);
            expanded.push_str(&value(&name, scope));
        } else if let Some(inside) = rest.strip_prefix('[') {
            let (inside, after) = enclosed(inside, '[', ']', scope);
            rest = after;
            let text = expand_at(inside, scope, depth + 1);
            expanded.push_str(&evaluated(&text, scope));
        } else {
            expanded.push('$');
        }
        if expanded.len() > LENGTH {
            break;
        }
    }
    expanded.push_str(rest);
    if expanded.len() > LENGTH {
        scope.problem(Problem::TooLong);
        expanded.truncate(floor(&expanded, LENGTH));
    }
    expanded
}

/// Splits a text after an opening bracket at the closing one that belongs to it. Brackets in
/// quotes do not count in an expression, unless it would never end otherwise.
fn enclosed<'a>(
    inside: &'a str,
    open: char,
    close: char,
    scope: &mut dyn Scope,
) -> (&'a str, &'a str) {
    let end = match open {
        '[' => closing(inside, open, close, true).or_else(|| closing(inside, open, close, false)),
        _ => closing(inside, open, close, false),
    };
    if let Some(end) = end {
        return (&inside[..end], &inside[end + 1..]);
    }
    scope.problem(Problem::Unclosed(open));
    (inside, "")
}

fn closing(inside: &str, open: char, close: char, mind_quotes: bool) -> Option<usize> {
    let mut depth = 1;
    let mut quoted = false;
    for (at, c) in inside.char_indices() {
        quoted ^= mind_quotes && c == '"';
        if quoted {
            continue;
        }
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The value of `NAME`, `NAME(arguments)`, either with `:offset[:length]` behind.
fn value(text: &str, scope: &mut dyn Scope) -> String {
    let (call, slice) = match text.find('(').and(text.rfind(')')) {
        Some(end) => (&text[..=end], text[end + 1..].strip_prefix(':')),
        None => match text.split_once(':') {
            Some((name, slice)) => (name, Some(slice)),
            None => (text, None),
        },
    };
    let value = match call.split_once('(') {
        Some((name, args)) => function(name, args.strip_suffix(')').unwrap_or(args), scope),
        None => scope.variable(call).unwrap_or_default(),
    };
    match slice {
        Some(slice) => sliced(&value, slice).to_owned(),
        None => value,
    }
}

fn function(name: &str, args: &str, scope: &mut dyn Scope) -> String {
    match scope.function(name, args) {
        Some(Ok(value)) => return value,
        Some(Err(error)) => scope.problem(Problem::Function(name.to_owned(), error)),
        None => scope.problem(Problem::NoFunction(name.to_owned())),
    }
    String::new()
}

fn evaluated(text: &str, scope: &mut dyn Scope) -> String {
    let evaluated = expression::evaluate(text, &mut |name, args| scope.function(name, args));
    match evaluated {
        Ok(evaluated) => {
            if evaluated.divides_by_zero {
                scope.problem(Problem::DividesByZero(text.to_owned()));
            }
            evaluated.text
        }
        Err(error) => {
            scope.problem(Problem::Expression(text.to_owned(), error));
            String::new()
        }
    }
}

/// Cuts by `offset[:length]`, counted in bytes: a negative offset counts from the end, a negative
/// length leaves that many off the end. A character that would be cut through is left out.
fn sliced<'a>(value: &'a str, slice: &str) -> &'a str {
    let (offset, length) = slice.split_once(':').unwrap_or((slice, ""));
    let size = value.len();
    let from_end =
        |n: i64| size.saturating_sub(usize::try_from(n.unsigned_abs()).unwrap_or(usize::MAX));
    let forward = |n: i64| usize::try_from(n).unwrap_or(usize::MAX).min(size);
    let offset: i64 = offset.trim().parse().unwrap_or(0);
    let start = if offset < 0 {
        from_end(offset)
    } else {
        forward(offset)
    };
    let end = match length.trim().parse::<i64>() {
        Ok(length) if length < 0 => from_end(length),
        Ok(length) => start.saturating_add(forward(length)).min(size),
        Err(_) => size,
    };
    let (start, end) = (ceil(value, start), floor(value, end));
    value.get(start..end).unwrap_or_default()
}

/// The character boundary at or before a place.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(0)
}

/// The character boundary at or after a place.
fn ceil(text: &str, at: usize) -> usize {
    (at..text.len())
        .find(|&at| text.is_char_boundary(at))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A few variables, one function that gives back its arguments, and what went wrong.
    #[derive(Default)]
    struct Sample(Vec<Problem>);

    impl Scope for Sample {
        fn variable(&mut self, name: &str) -> Option<String> {
            let value = match name {
                "LIST" => "one&two&three",
                "EXTEN" => "2345",
                "B" => "EXTEN",
                "PART" => "TEN",
                "TRAP" => "${EXTEN}",
                "CALL" => "ECHO(x)",
                "BRACKETS" => "a)b:c",
                "UMLAUT" => "aäb",
                _ => return None,
            };
            Some(value.to_owned())
        }

        fn function(&mut self, name: &str, args: &str) -> Option<Result<String, FunctionError>> {
            match name {
                "ECHO" => Some(Ok(args.to_owned())),
                "FAIL" => Some(Err(FunctionError("no".to_owned()))),
                _ => None,
            }
        }

        fn problem(&mut self, problem: Problem) {
            self.0.push(problem);
        }
    }

    #[test]
    fn expanding() {
        for (text, expected) in [
            ("plain $5 $", "plain $5 $"),
            ("${EXTEN}", "2345"),
            ("<${NOSUCH}>", "<>"),
            ("${EXTEN:1}", "345"),
            ("${LIST:0:3}", "one"),
            ("${LIST:-5}", "three"),
            ("${LIST:-5:2}", "th"),
            ("${LIST:4:-6}", "two"),
            ("${LIST:4:-60}", ""),
            ("${LIST:99}", ""),
            ("${LIST:-99:3}", "one"),
            ("${LIST:x}", "one&two&three"),
            ("${EXTEN:0:99}", "2345"),
            ("${UMLAUT:2}", "b"),
            ("${UMLAUT:0:2}", "a"),
            ("${${B}}", "2345"),
            ("${EX${PART}:2}", "45"),
            ("${TRAP}", "${EXTEN}"),
            ("${ECHO(${EXTEN},{x})}", "2345,{x}"),
            ("${ECHO(abc):1:1}", "b"),
            ("${ECHO(${BRACKETS})}", "a)b:c"),
            ("${${CALL}}", "x"),
            ("$[2 + 3 * 4]", "14"),
            ("$[${EXTEN} > 5 & ${EXTEN} < 20]", "0"),
            ("$[ECHO(${EXTEN}) + 1]", "2346"),
            ("$[\"${ECHO([a-c])}\" =~ \"[[]a\"]", "2"),
            ("${ECHO($[1+1])}-$[${EXTEN:0:1}*$[1+2]]", "2-6"),
        ] {
            let mut scope = Sample::default();
            assert_eq!(expand(text, &mut scope), expected, "{text}");
            assert_eq!(scope.0, [], "{text}");
        }
    }

    #[test]
    fn problems() {
        for (text, expected, problem) in [
            ("a${EXTEN", "a2345", "'${' is never closed"),
            ("a$[1+1", "a2", "'$[' is never closed"),
            ("a${DEFAULT(,none)}b", "ab", "there is no function DEFAULT"),
            ("a${FAIL()}b", "ab", "FAIL: no"),
            (
                "a$[1 +]b",
                "ab",
                "in the expression '1 +': an operand is missing",
            ),
            (
                "$[7 / 0]",
                "2147483647",
                "the expression '7 / 0' divides by zero",
            ),
        ] {
            let mut scope = Sample::default();
            assert_eq!(expand(text, &mut scope), expected, "{text}");
            let problems: Vec<_> = scope.0.iter().map(ToString::to_string).collect();
            assert_eq!(problems, [problem], "{text}");
        }
    }

    #[test]
    fn bounds() {
        let mut scope = Sample::default();
        let deep = format!("{}B{}", "${".repeat(10_000), "}".repeat(10_000));
        expand(&deep, &mut scope);
        assert!(scope.0.contains(&Problem::TooDeep));
        assert_eq!(expand(&"ä".repeat(LENGTH), &mut scope).len(), LENGTH);
        assert_eq!(scope.0.last(), Some(&Problem::TooLong));
    }

    #[test]
    fn functions_of_a_text() {
        let names: Vec<_> =
            called_functions("${A} ${LEN(${B})} ${CUT(C,,1)}${${D}(x)} $[${F_1(x)}]").collect();
        assert_eq!(names, ["LEN", "CUT", "F_1"]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "([$][{\\[])?([A-Zä0-9:(){}\\[\\]$\" +*/?~=-]|[$][{]LIST:|[$]\\[){0,40}") {
            expand(&text, &mut Sample::default());
        }

        #[test]
        fn slices_never_panic(value in "[aä€]{0,5}", offset in any::<i64>(), length in any::<i64>()) {
            sliced(&value, &format!("{offset}:{length}"));
            sliced(&value, &format!("{}:{}", offset % 9, length % 9));
        }
    }
}
