//! Functions that calculate.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{Args, Declaration, Function, Outcome, World, error, value_of};
use crate::expression::number;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "MATH",
            synopsis: "Performs Mathematical Functions.",
            syntax: "MATH(expression[,type])",
            description: "One operation on two numbers: `+ - / * % << >> ^ AND OR XOR < > >= <= ==`. \
                          The result is told with six decimals, or as `i` (whole), `h` (hexadecimal) \
                          or `c` (the character of that code); a comparison is TRUE or FALSE.",
        },
        read: Some(|_, args| {
            let args = Args::up_to(2, args);
            let Some((left, operator, right)) = operation(args.get(0)) else {
                return error(format!("'{}' is no operation on two numbers", args.get(0)));
            };
            tell(calculate(left, operator, right)?, args.or(1, "f").trim())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "RAND",
            synopsis: "Choose a random number in a range.",
            syntax: "RAND([min[,max]])",
            description: "Both ends belong to the range: 0 and 2147483647 if not said.",
        },
        read: Some(|world, args| {
            let args = Args::up_to(2, args);
            let number = |text: &str| text.trim().parse::<i32>();
            let (Ok(min), Ok(max)) = (number(args.or(0, "0")), number(args.or(1, "2147483647")))
            else {
                return error("needs two whole numbers");
            };
            let (min, max) = (i64::from(min.min(max)), i64::from(min.max(max)));
            let span = (max - min).unsigned_abs() + 1;
            let chosen = i64::try_from(world.random(span)).unwrap_or_default();
            Ok((min + chosen).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "INC",
            synopsis: "Increments the value of a variable, while returning the updated value to the dialplan",
            syntax: "INC(variable)",
            description: "The variable is named, not expanded.",
        },
        read: Some(|world, name| step(world, name, 1)),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "DEC",
            synopsis: "Decrements the value of a variable, while returning the updated value to the dialplan",
            syntax: "DEC(variable)",
            description: "The variable is named, not expanded.",
        },
        read: Some(|world, name| step(world, name, -1)),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "ABS",
            synopsis: "Absolute value of a number.",
            syntax: "ABS(num)",
            description: "What is no number is an error.",
        },
        read: Some(|_, text| Ok(told(decimal(text)?.abs()))),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "MIN",
            synopsis: "Minimum of two numbers.",
            syntax: "MIN(num1,num2)",
            description: "What is no number is an error.",
        },
        read: Some(|_, args| {
            let args = Args::up_to(2, args);
            Ok(told(decimal(args.get(0))?.min(decimal(args.get(1))?)))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "MAX",
            synopsis: "Maximum of two numbers.",
            syntax: "MAX(num1,num2)",
            description: "What is no number is an error.",
        },
        read: Some(|_, args| {
            let args = Args::up_to(2, args);
            Ok(told(decimal(args.get(0))?.max(decimal(args.get(1))?)))
        }),
        write: None,
    },
];

/// What MATH can do to two numbers.
#[derive(Clone, Copy)]
enum Operator {
    Calculate(fn(f64, f64) -> f64),
    Divide(fn(f64, f64) -> f64),
    Bits(fn(i64, i64) -> Option<i64>),
    Compare(fn(Option<Ordering>) -> bool),
}

/// An operation's result.
enum Result {
    Number(f64),
    Truth(bool),
}

/// Signs that begin with another one come first.
const OPERATORS: [(&str, Operator); 15] = [
    (
        "<<",
        Operator::Bits(|a, b| a.checked_shl(u32::try_from(b).ok()?)),
    ),
    (
        ">>",
        Operator::Bits(|a, b| a.checked_shr(u32::try_from(b).ok()?)),
    ),
    (
        ">=",
        Operator::Compare(|order| matches!(order, Some(Ordering::Greater | Ordering::Equal))),
    ),
    (
        "<=",
        Operator::Compare(|order| matches!(order, Some(Ordering::Less | Ordering::Equal))),
    ),
    (
        "==",
        Operator::Compare(|order| order == Some(Ordering::Equal)),
    ),
    (
        "<",
        Operator::Compare(|order| order == Some(Ordering::Less)),
    ),
    (
        ">",
        Operator::Compare(|order| order == Some(Ordering::Greater)),
    ),
    ("AND", Operator::Bits(|a, b| Some(a & b))),
    ("XOR", Operator::Bits(|a, b| Some(a ^ b))),
    ("OR", Operator::Bits(|a, b| Some(a | b))),
    ("+", Operator::Calculate(|a, b| a + b)),
    ("*", Operator::Calculate(|a, b| a * b)),
    ("^", Operator::Calculate(f64::powf)),
    ("/", Operator::Divide(|a, b| a / b)),
    ("%", Operator::Divide(|a, b| a.trunc() % b.trunc())),
];

const MINUS: Operator = Operator::Calculate(|a, b| a - b);

/// Splits `7*6`. A sign at the very beginning belongs to the number.
fn operation(text: &str) -> Option<(f64, Operator, f64)> {
    let text = text.trim();
    let signed = text.strip_prefix(['-', '+']).map_or(0, |_| 1);
    let (at, length, operator) = text.char_indices().skip(signed).find_map(|(at, c)| {
        let rest = &text[at..];
        let found = OPERATORS.iter().find(|(sign, _)| rest.starts_with(sign));
        match found {
            Some((sign, operator)) => Some((at, sign.len(), *operator)),
            None => (c == '-').then_some((at, 1, MINUS)),
        }
    })?;
    let number = |text: &str| text.trim().parse::<f64>().ok();
    Some((
        number(&text[..at])?,
        operator,
        number(&text[at + length..])?,
    ))
}

fn calculate(left: f64, operator: Operator, right: f64) -> Outcome<Result> {
    match operator {
        Operator::Calculate(calculate) => Ok(Result::Number(calculate(left, right))),
        Operator::Divide(_) if right.trunc() == 0.0 && right == 0.0 => error("division by zero"),
        Operator::Divide(divide) => {
            let result = divide(left, right);
            if result.is_finite() {
                Ok(Result::Number(result))
            } else {
                error("division by zero")
            }
        }
        Operator::Bits(bits) => match bits(whole(left), whole(right)) {
            #[allow(
                clippy::cast_precision_loss,
                reason = "numbers are told in double precision"
            )]
            Some(result) => Ok(Result::Number(result as f64)),
            None => error("a shift is too far"),
        },
        Operator::Compare(holds) => Ok(Result::Truth(holds(left.partial_cmp(&right)))),
    }
}

fn tell(result: Result, kind: &str) -> Outcome {
    let number = match result {
        Result::Truth(truth) => return Ok(if truth { "TRUE" } else { "FALSE" }.to_owned()),
        Result::Number(number) => number,
    };
    Ok(match kind.chars().next().map(|c| c.to_ascii_lowercase()) {
        Some('f') => format!("{number:.6}"),
        Some('i') => whole(number).to_string(),
        Some('h') => format!("{:x}", whole(number)),
        Some('c') => u8::try_from(whole(number))
            .map(char::from)
            .map(String::from)
            .unwrap_or_default(),
        Some(_) | None => return error(format!("'{kind}' is no type of number")),
    })
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "beyond the ends it is the end"
)]
fn whole(number: f64) -> i64 {
    number.trunc() as i64
}

fn step(world: &mut dyn World, name: &str, by: i64) -> Outcome {
    let name = name.trim();
    if name.is_empty() {
        return error("needs a variable");
    }
    let value = value_of(world, name)?;
    let Ok(number) = value.trim().parse::<i64>() else {
        return error(format!(
            "the value of {name}, '{value}', is no whole number"
        ));
    };
    let new = number.saturating_add(by).to_string();
    world.set(name, &new);
    Ok(new)
}

fn decimal(text: &str) -> Outcome<Decimal> {
    match number::parse(text.trim()) {
        Some(number) => Ok(number),
        None => error(format!("'{text}' is no number")),
    }
}

fn told(number: Decimal) -> String {
    number::print(number)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn calculating() {
        Sample::with("I=41\nX=x").check(&[
            ("${MATH(7*6,int)}", "42"),
            ("${MATH(123%16)}", "11.000000"),
            ("${MATH(1-3,i)}", "-2"),
            ("${MATH(-1--3,i)}", "2"),
            ("${MATH(10/4)}", "2.500000"),
            ("${MATH(1<<4,i)}", "16"),
            ("${MATH(255 AND 15,h)}", "f"),
            ("${MATH(6XOR3,i)}", "5"),
            ("${MATH(2^10,i)}", "1024"),
            ("${MATH(64+1,char)}", "A"),
            ("${MATH(3>=3)}", "TRUE"),
            ("${MATH(3==4)}", "FALSE"),
            ("${INC(I)}${I}", "4242"),
            ("${DEC(I)}", "41"),
            ("${RAND(1,6)}", "6"),
            ("${RAND(6,1)}", "6"),
            ("${RAND()}", "2147483647"),
            ("${ABS(-5.50)}", "5.5"),
            ("${MIN(7,4)} ${MAX(7,4)}", "4 7"),
        ]);
        Sample::with("X=x").check_failing(&[
            "${MATH(7)}",
            "${MATH(a+b)}",
            "${MATH(1/0)}",
            "${MATH(1%0)}",
            "${MATH(1<<99)}",
            "${INC(X)}",
            "${ABS(x)}",
            "${RAND(a)}",
        ]);
    }
}
