//! The numbers of expressions: decimals, told with at most 18 digits.

use rust_decimal::{Decimal, RoundingStrategy};

use super::token::Operator;

/// The digits of a result that are told.
const DIGITS: u32 = 18;

/// Reads digits with an optional sign and fraction; nothing else is a number.
pub(crate) fn parse(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && digits.bytes().any(|b| b != b'.');
    is_number.then(|| text.parse().ok()).flatten()
}

/// Calculates; none is an overflow. What is no number counts as 0, and a product or quotient
/// with it is 0. Dividing by zero gives the largest number of 32 bits.
pub(super) fn calculate(
    operator: Operator,
    left: Option<Decimal>,
    right: Option<Decimal>,
) -> Option<Decimal> {
    use Operator as O;
    let are_numbers = left.is_some() && right.is_some();
    let (a, b) = (left.unwrap_or_default(), right.unwrap_or_default());
    match operator {
        O::Plus => a.checked_add(b),
        O::Minus => a.checked_sub(b),
        O::Times | O::Over | O::Modulo if !are_numbers => Some(Decimal::ZERO),
        O::Over | O::Modulo if b.is_zero() => Some(Decimal::from(i32::MAX)),
        O::Times => a.checked_mul(b),
        O::Over => a.checked_div(b),
        O::Modulo => a.checked_rem(b),
        O::If | O::Else | O::Or | O::And | O::Not | O::Match | O::Search | O::Join => None,
        O::Equal | O::NotEqual | O::Less | O::Greater | O::LessOrEqual | O::GreaterOrEqual => None,
    }
}

/// Prints with 18 significant digits and no trailing zeros; from 1e18 on, and below 0.0001, with
/// an exponent.
pub(crate) fn print(number: Decimal) -> String {
    let number = number
        .round_sf_with_strategy(DIGITS, RoundingStrategy::MidpointNearestEven)
        .unwrap_or(number)
        .normalize();
    let digits = number.mantissa().unsigned_abs().to_string();
    let exponent = i64::try_from(digits.len()).unwrap_or_default() - 1 - i64::from(number.scale());
    if number.is_zero() {
        return "0".to_owned();
    }
    if (-4..i64::from(DIGITS)).contains(&exponent) {
        return number.to_string();
    }
    let sign = if number.is_sign_negative() { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{sign}{first}{point}{rest}e{exponent_sign}{:02}",
        exponent.abs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        for text in ["0", "12", "-5", "+5", "1.5", ".5", "5."] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in ["", ".", "-", "1e5", "1_0", "1-2", "1.2.3", "0x1", " 1", "é"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn printing() {
        for (text, expected) in [
            ("0.00", "0"),
            ("-0", "0"),
            ("100", "100"),
            ("-2.50", "-2.5"),
            ("999999999999999999", "999999999999999999"),
            ("1000000000000000000", "1e+18"),
            ("-1234567890123456789012", "-1.23456789012345679e+21"),
            ("0.0001", "0.0001"),
            ("0.000012", "1.2e-05"),
            ("0.66666666666666666666", "0.666666666666666667"),
        ] {
            assert_eq!(print(parse(text).unwrap()), expected, "{text}");
        }
    }
}
