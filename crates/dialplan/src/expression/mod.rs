//! Expressions: what stands inside `$[ ]`.
//!
//! Operators, weakest first: `a ? b :: c` (`:` serves too where it can only mean that); `|`; `&`;
//! `= == != < > <= >=`; `+ -`; `* / %`; unary `! -`; `:` and `=~` (regular expressions) and `~~`
//! (joining). All associate to the left and all operands are evaluated. Two numbers compare as
//! numbers, all else as text; a text in quotes is no number there. What is not a number counts
//! as 0 when calculated with.

mod math;
pub(crate) mod number;
mod token;

use std::{cmp::Ordering, fmt};

use rust_decimal::Decimal;

use crate::expand::FunctionError;
use crate::regexp;
use token::{Operator, Token};

/// How deep parentheses and signs may nest.
const DEPTH: usize = 100;

/// What is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// An operator lacks an operand.
    MissingOperand,
    /// Something stands where it cannot.
    Unexpected(String),
    /// A parenthesis or quote is never closed.
    Unclosed(char),
    /// `?` without `::`.
    MissingAlternative,
    /// Parentheses nest too deep.
    TooDeep,
    /// A result is beyond what numbers can hold, 7.9e28.
    Overflow,
    /// There is no such function, or not of these arguments.
    Function(String),
    /// A function of the dialplan has no value, for this reason.
    NoValue(String, FunctionError),
    /// A regular expression is none.
    Regex(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingOperand => f.write_str("an operand is missing"),
            Self::Unexpected(what) => write!(f, "'{what}' is out of place"),
            Self::Unclosed(what) => write!(f, "'{what}' is never closed"),
            Self::MissingAlternative => f.write_str("'?' needs a '::' after it"),
            Self::TooDeep => write!(f, "it nests more than {DEPTH} deep"),
            Self::Overflow => f.write_str("a number becomes too large"),
            Self::Function(name) => write!(f, "{name} cannot be calculated"),
            Self::NoValue(name, why) => write!(f, "{name}: {why}"),
            Self::Regex(why) => write!(f, "a regular expression is wrong: {why}"),
        }
    }
}

impl std::error::Error for Error {}

/// Gives the value of a function by its name and arguments, if there is one of this name.
pub type Functions<'f> = dyn FnMut(&str, &str) -> Option<Result<String, FunctionError>> + 'f;

/// What an expression comes to.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// Its value.
    pub text: String,
    /// Whether something was divided by zero on the way there, which users should hear of.
    pub divides_by_zero: bool,
}

/// Evaluates an expression. An empty one is empty. It may call functions of the dialplan besides its
/// own, `LEN(abc) + 1`; their arguments are expressions too.
pub fn evaluate(text: &str, functions: &mut Functions<'_>) -> Result<Evaluated, Error> {
    let tokens = token::tokens(text)?;
    if tokens.is_empty() {
        return Ok(Evaluated::default());
    }
    let mut parser = Parser {
        tokens: &tokens,
        functions,
        depth: 0,
        colon_ends: false,
        divides_by_zero: false,
    };
    let value = parser.expression(0)?;
    match parser.tokens.first() {
        None => Ok(Evaluated {
            text: value.text,
            divides_by_zero: parser.divides_by_zero,
        }),
        Some(token) => Err(Error::Unexpected(token.to_string())),
    }
}

/// An operand: its text, quotes included, and its number if it is one without quotes.
#[derive(Clone, Debug)]
struct Value {
    text: String,
    number: Option<Decimal>,
}

impl Value {
    fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            number: number::parse(text),
        }
    }

    fn number(number: Decimal) -> Self {
        Self {
            text: number::print(number),
            number: Some(number),
        }
    }

    fn truth(is_true: bool) -> Self {
        Self::number(if is_true { Decimal::ONE } else { Decimal::ZERO })
    }

    /// The text without the quotes around it.
    fn bare(&self) -> &str {
        let inside = self
            .text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        inside.unwrap_or(&self.text)
    }

    /// The number it is to be calculated with.
    fn to_number(&self) -> Option<Decimal> {
        self.number.or_else(|| number::parse(self.bare()))
    }

    fn is_true(&self) -> bool {
        !self.bare().is_empty() && self.to_number() != Some(Decimal::ZERO)
    }
}

struct Parser<'t, 'f, 'g> {
    tokens: &'t [Token<'t>],
    functions: &'f mut Functions<'g>,
    depth: usize,
    /// Whether a single colon ends the operand: the first branch of `a ? b : c`.
    colon_ends: bool,
    divides_by_zero: bool,
}

impl<'t> Parser<'t, '_, '_> {
    fn next(&mut self) -> Option<&'t Token<'t>> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first)
    }

    /// Reads operators that bind at least so strongly, and their operands.
    fn expression(&mut self, weakest: u8) -> Result<Value, Error> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Error::TooDeep);
        }
        let mut left = self.operand()?;
        while let Some(Token::Operator(operator)) = self.tokens.first() {
            let binding = operator.binding();
            let ends = self.colon_ends && *operator == Operator::Match;
            if ends || binding < weakest || binding == 0 {
                break;
            }
            self.next();
            left = if *operator == Operator::If {
                self.conditional(&left)?
            } else {
                let right = self.expression(binding + 1)?;
                self.divides_by_zero |= divides_by_zero(*operator, &left, &right);
                binary(*operator, left, &right)?
            };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Value, Error> {
        match self.next().ok_or(Error::MissingOperand)? {
            Token::Word(name) if self.tokens.first() == Some(&Token::Open) => self.function(name),
            Token::Word(text) => Ok(Value::text(text)),
            Token::Quoted(text) => Ok(Value {
                text: (*text).to_owned(),
                number: None,
            }),
            Token::Operator(Operator::Not) => {
                Ok(Value::truth(!self.expression(Operator::UNARY)?.is_true()))
            }
            Token::Operator(Operator::Minus) => {
                let value = self.expression(Operator::UNARY)?;
                Ok(Value::number(-value.to_number().unwrap_or_default()))
            }
            Token::Open => self.parenthesis(),
            Token::Operator(_) | Token::Close => Err(Error::MissingOperand),
            Token::Comma => Err(Error::Unexpected(",".to_owned())),
        }
    }

    fn parenthesis(&mut self) -> Result<Value, Error> {
        let colon_ends = std::mem::replace(&mut self.colon_ends, false);
        let value = self.expression(0)?;
        self.colon_ends = colon_ends;
        match self.next() {
            Some(Token::Close) => Ok(value),
            Some(token) => Err(Error::Unexpected(token.to_string())),
            None => Err(Error::Unclosed('(')),
        }
    }

    /// Reads the arguments of a function and calculates it, or has the dialplan's give its value.
    fn function(&mut self, name: &str) -> Result<Value, Error> {
        let arguments = self.arguments()?;
        if math::is_known(name) {
            let numbers: Vec<_> = arguments
                .iter()
                .map(|argument| argument.to_number().unwrap_or_default())
                .collect();
            return math::call(name, &numbers)
                .map(Value::number)
                .ok_or_else(|| Error::Function(name.to_owned()));
        }
        let texts: Vec<_> = arguments.iter().map(|value| value.text.as_str()).collect();
        match (self.functions)(name, &texts.join(",")) {
            Some(Ok(value)) => Ok(Value::text(&value)),
            Some(Err(why)) => Err(Error::NoValue(name.to_owned(), why)),
            None => Err(Error::Function(name.to_owned())),
        }
    }

    /// Reads `(a, b)`; nothing between the parentheses are no arguments.
    fn arguments(&mut self) -> Result<Vec<Value>, Error> {
        let mut arguments = Vec::new();
        let colon_ends = std::mem::replace(&mut self.colon_ends, false);
        let is_empty = self.tokens.get(1) == Some(&Token::Close);
        while !is_empty && self.tokens.first() != Some(&Token::Close) {
            self.next();
            arguments.push(self.expression(0)?);
            if !matches!(self.tokens.first(), Some(Token::Comma | Token::Close)) {
                return Err(Error::Unclosed('('));
            }
        }
        if is_empty {
            self.next();
        }
        self.next();
        self.colon_ends = colon_ends;
        Ok(arguments)
    }

    /// Reads both branches; the condition and `?` are behind us.
    fn conditional(&mut self, condition: &Value) -> Result<Value, Error> {
        let only_single = !self.has_double_colon();
        let colon_ends = std::mem::replace(&mut self.colon_ends, only_single);
        let yes = self.expression(0)?;
        self.colon_ends = colon_ends;
        match self.next() {
            Some(Token::Operator(Operator::Else | Operator::Match)) => {}
            Some(_) | None => return Err(Error::MissingAlternative),
        }
        let no = self.expression(Operator::If.binding() + 1)?;
        Ok(if condition.is_true() { yes } else { no })
    }

    /// Whether a `::` follows before the parenthesis we are in ends.
    fn has_double_colon(&self) -> bool {
        let mut depth = 0_usize;
        for token in self.tokens {
            match token {
                Token::Open => depth += 1,
                Token::Close if depth == 0 => return false,
                Token::Close => depth -= 1,
                Token::Operator(Operator::Else) if depth == 0 => return true,
                Token::Operator(_) | Token::Word(_) | Token::Quoted(_) | Token::Comma => {}
            }
        }
        false
    }
}

fn divides_by_zero(operator: Operator, left: &Value, right: &Value) -> bool {
    matches!(operator, Operator::Over | Operator::Modulo)
        && left.to_number().is_some()
        && right.to_number() == Some(Decimal::ZERO)
}

fn binary(operator: Operator, left: Value, right: &Value) -> Result<Value, Error> {
    let order = |wanted: &[Ordering]| Ok(Value::truth(wanted.contains(&compare(&left, right))));
    match operator {
        Operator::Or => Ok(if left.is_true() { left } else { right.clone() }),
        Operator::And if left.is_true() && right.is_true() => Ok(left),
        Operator::And => Ok(Value::truth(false)),
        Operator::Equal => order(&[Ordering::Equal]),
        Operator::NotEqual => order(&[Ordering::Less, Ordering::Greater]),
        Operator::Less => order(&[Ordering::Less]),
        Operator::Greater => order(&[Ordering::Greater]),
        Operator::LessOrEqual => order(&[Ordering::Less, Ordering::Equal]),
        Operator::GreaterOrEqual => order(&[Ordering::Greater, Ordering::Equal]),
        Operator::Plus | Operator::Minus | Operator::Times | Operator::Over | Operator::Modulo => {
            number::calculate(operator, left.to_number(), right.to_number())
                .map(Value::number)
                .ok_or(Error::Overflow)
        }
        Operator::Match => matched(&left, right, true),
        Operator::Search => matched(&left, right, false),
        Operator::Join => Ok(Value::text(&format!("{}{}", left.bare(), right.bare()))),
        Operator::If | Operator::Else | Operator::Not => Err(Error::MissingOperand),
    }
}

fn compare(left: &Value, right: &Value) -> Ordering {
    match (left.number, right.number) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_) | None, Some(_) | None) => left.bare().cmp(right.bare()),
    }
}

/// What the first group matched; without groups, how many bytes matched. No match is empty or 0.
fn matched(text: &Value, pattern: &Value, from_start: bool) -> Result<Value, Error> {
    let regex = regexp::compile(pattern.bare()).map_err(Error::Regex)?;
    let found = regex
        .captures(text.bare())
        .filter(|found| !from_start || found.get_match().start() == 0);
    if regex.captures_len() > 1 {
        let group = found.and_then(|found| found.get(1));
        return Ok(Value::text(group.map_or("", |group| group.as_str())));
    }
    Ok(Value::number(
        found.map_or(0, |found| found.get_match().len()).into(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// LEN is there, and FAIL fails.
    fn evaluate(text: &str) -> Result<String, Error> {
        super::evaluate(text, &mut |name, args| match name {
            "LEN" => Some(Ok(args.len().to_string())),
            "FAIL" => Some(Err(FunctionError("no".to_owned()))),
            _ => None,
        })
        .map(|evaluated| evaluated.text)
    }

    #[test]
    fn who_divides_by_zero_is_told() {
        for (text, expected) in [
            ("7 / 0", true),
            ("1 + 7 % (3 - 3.0)", true),
            ("7 / 2 + 0", false),
            ("abc / 0", false),
            ("7 / abc", false),
        ] {
            let evaluated = super::evaluate(text, &mut |_, _| None).unwrap();
            assert_eq!(evaluated.divides_by_zero, expected, "{text}");
        }
    }

    #[test]
    fn values() {
        for (text, expected) in [
            ("", ""),
            ("2 + 3 * 4", "14"),
            ("(2 + 3) * 4", "20"),
            ("10 / 4", "2.5"),
            ("10 % 4 + (2 * 3)", "8"),
            ("1/3", "0.333333333333333333"),
            ("0.1+0.2", "0.3"),
            ("7 / 0", "2147483647"),
            ("7 % 0", "2147483647"),
            ("1795383557123456 + 1", "1795383557123457"),
            ("1000000000 * 1000000000", "1e+18"),
            ("1.50", "1.50"),
            ("007", "007"),
            ("007 + 0", "7"),
            ("8 - 3 - 2", "3"),
            ("8 - -3", "11"),
            ("-2 * 3", "-6"),
            ("abc + 5", "5"),
            ("abc * 5", "0"),
            ("\"5\" + 1", "6"),
            ("\"abc\" < \"abd\"", "1"),
            ("\"hello world\" = \"hello world\"", "1"),
            ("hello = \"hello\"", "1"),
            ("10 < 9", "0"),
            ("\"10\" < \"9\"", "1"),
            ("5 == 5.0", "1"),
            ("5 != 5.0", "0"),
            ("3 <= 3 & 4 >= 5", "0"),
            ("10 > 5 & 10 < 20", "1"),
            ("0 | \"\" | 7", "7"),
            ("\"a\" | b", "\"a\""),
            ("3 & 4", "3"),
            ("3 & 0", "0"),
            ("!0", "1"),
            ("!\"\"", "1"),
            ("!abc", "0"),
            ("! 0 = 1", "1"),
            ("\"2024-05\" =~ \"([0-9]+)-\"", "2024"),
            ("\"2024-05\" : \"[0-9]+\"", "4"),
            ("\"x2024\" : \"[0-9]+\"", "0"),
            ("\"x2024\" =~ \"[0-9]+\"", "4"),
            ("\"x2024\" : \"([0-9]+)\"", ""),
            ("abc : \"a(x)?b\"", ""),
            ("\"abc\" ~~ \"def\"", "abcdef"),
            ("10 = 3 ? one : two", "two"),
            ("10 = 10 ? one : two", "one"),
            ("1 ? \"ab\" : \"a\" :: no", "1"),
            ("0 ? a :: \"\" ? b :: c", "c"),
            ("1 ? (ab : a) : no", "1"),
            ("1 ? 0 ? a :: b :: c", "b"),
            ("ROUND(2.5) + POW(2, 10)", "1027"),
            ("SQRT(16)", "4"),
            ("REMAINDER(7, 4)", "-1"),
            ("REMAINDER(10, 4)", "2"),
            ("REMAINDER(6, 4)", "-2"),
            ("LEN(abc) + 1", "4"),
            ("LEN() + LEN(ab, c) * 2", "8"),
        ] {
            assert_eq!(evaluate(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn errors() {
        for (text, expected) in [
            ("1 +", Error::MissingOperand),
            ("= 3", Error::MissingOperand),
            ("one two", Error::Unexpected("two".to_owned())),
            ("a,b", Error::Unexpected(",".to_owned())),
            ("(1 + 2", Error::Unclosed('(')),
            ("1 + 2)", Error::Unexpected(")".to_owned())),
            ("\"abc", Error::Unclosed('"')),
            ("1 ? 2", Error::MissingAlternative),
            ("NOSUCH(1)", Error::Function("NOSUCH".to_owned())),
            ("POW(1)", Error::Function("POW".to_owned())),
            (
                "FAIL(1)",
                Error::NoValue("FAIL".to_owned(), FunctionError("no".to_owned())),
            ),
            ("LEN(1", Error::Unclosed('(')),
            ("79228162514264337593543950335 * 10", Error::Overflow),
        ] {
            assert_eq!(evaluate(text), Err(expected), "{text}");
        }
        assert!(matches!(evaluate("a : \"(\""), Err(Error::Regex(_))));
        assert_eq!(evaluate(&"(".repeat(10_000)), Err(Error::TooDeep));
        assert_eq!(evaluate(&"!".repeat(10_000)), Err(Error::TooDeep));
    }

    proptest! {
        #[test]
        fn never_panics(text in "([a-c0-9.\"|&=!<>+*/%?:~(), -]|ROUND|POW){0,30}") {
            let _ = evaluate(&text);
        }

        #[test]
        fn whole_numbers(a in -1_000_000_000_i64..1_000_000_000, b in -100_000_i64..100_000) {
            prop_assert_eq!(evaluate(&format!("{a} + {b}")).unwrap(), (a + b).to_string());
            prop_assert_eq!(evaluate(&format!("{a} - {b}")).unwrap(), (a - b).to_string());
            prop_assert_eq!(evaluate(&format!("{a} * {b}")).unwrap(), (a * b).to_string());
            prop_assert_eq!(evaluate(&format!("{a} < {b}")).unwrap(), u8::from(a < b).to_string());
        }
    }
}
