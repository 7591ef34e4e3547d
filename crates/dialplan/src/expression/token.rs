//! The tokens of an expression.

use std::fmt;

use super::Error;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Letters, digits and whatever is no operator.
    Word(&'a str),
    /// A text in double quotes, which are kept.
    Quoted(&'a str),
    Operator(Operator),
    Open,
    Close,
    Comma,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    If,
    Else,
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
    Not,
    Match,
    Search,
    Join,
}

/// Every operator's sign and how strongly it binds between two operands; 0 is not at all. A sign
/// that begins with another one comes first.
const OPERATORS: [(&str, Operator, u8); 20] = [
    ("::", Operator::Else, 0),
    (":", Operator::Match, 8),
    ("==", Operator::Equal, 4),
    ("=~", Operator::Search, 8),
    ("=", Operator::Equal, 4),
    ("!=", Operator::NotEqual, 4),
    ("!", Operator::Not, 0),
    ("<=", Operator::LessOrEqual, 4),
    ("<", Operator::Less, 4),
    (">=", Operator::GreaterOrEqual, 4),
    (">", Operator::Greater, 4),
    ("~~", Operator::Join, 8),
    ("?", Operator::If, 1),
    ("|", Operator::Or, 2),
    ("&", Operator::And, 3),
    ("+", Operator::Plus, 5),
    ("-", Operator::Minus, 5),
    ("*", Operator::Times, 6),
    ("/", Operator::Over, 6),
    ("%", Operator::Modulo, 6),
];

impl Operator {
    /// How strongly signs before an operand bind.
    pub(super) const UNARY: u8 = 7;

    pub(super) fn binding(self) -> u8 {
        OPERATORS
            .iter()
            .find(|(_, operator, _)| *operator == self)
            .map_or(0, |&(_, _, binding)| binding)
    }

    /// The operator a text begins with, and its sign.
    fn at_start(text: &str) -> Option<(&'static str, Self)> {
        OPERATORS
            .iter()
            .find(|(sign, ..)| text.starts_with(sign))
            .map(|&(sign, operator, _)| (sign, operator))
    }
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Word(text) | Self::Quoted(text) => text,
            Self::Operator(wanted) => OPERATORS
                .iter()
                .find(|(_, operator, _)| operator == wanted)
                .map_or("", |(sign, ..)| sign),
            Self::Open => "(",
            Self::Close => ")",
            Self::Comma => ",",
        })
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, Error> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '"' => {
                let length = rest[1..].find('"').ok_or(Error::Unclosed('"'))? + 2;
                (Token::Quoted(&rest[..length]), length)
            }
            _ => match Operator::at_start(rest) {
                Some((sign, operator)) => (Token::Operator(operator), sign.len()),
                None => {
                    let length = word(rest);
                    (Token::Word(&rest[..length]), length)
                }
            },
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

/// How many bytes of the text are one word.
fn word(text: &str) -> usize {
    let ends = |(at, c): &(usize, char)| {
        c.is_whitespace()
            || matches!(c, '(' | ')' | ',' | '"')
            || Operator::at_start(&text[*at..]).is_some()
    };
    text.char_indices()
        .find(ends)
        .map_or(text.len(), |(at, _)| at)
}
