//! The functions of expressions, `$[SQRT(2)]`; calculated in double precision.

use rust_decimal::{
    Decimal,
    prelude::{FromPrimitive, ToPrimitive},
};

enum Function {
    Of1(fn(f64) -> f64),
    Of2(fn(f64, f64) -> f64),
}

static FUNCTIONS: [(&str, Function); 21] = [
    ("ACOS", Function::Of1(f64::acos)),
    ("ASIN", Function::Of1(f64::asin)),
    ("ATAN", Function::Of1(f64::atan)),
    ("ATAN2", Function::Of2(f64::atan2)),
    ("CEIL", Function::Of1(f64::ceil)),
    ("COS", Function::Of1(f64::cos)),
    ("EXP", Function::Of1(f64::exp)),
    ("EXP10", Function::Of1(|x| 10_f64.powf(x))),
    ("EXP2", Function::Of1(f64::exp2)),
    ("FLOOR", Function::Of1(f64::floor)),
    ("LOG", Function::Of1(f64::ln)),
    ("LOG10", Function::Of1(f64::log10)),
    ("LOG2", Function::Of1(f64::log2)),
    ("POW", Function::Of2(f64::powf)),
    ("REMAINDER", Function::Of2(remainder)),
    ("RINT", Function::Of1(f64::round_ties_even)),
    ("ROUND", Function::Of1(f64::round)),
    ("SIN", Function::Of1(f64::sin)),
    ("SQRT", Function::Of1(f64::sqrt)),
    ("TAN", Function::Of1(f64::tan)),
    ("TRUNC", Function::Of1(f64::trunc)),
];

/// What is left of `x` beyond the multiple of `y` that is nearest (IEEE 754, 5.3.1).
fn remainder(x: f64, y: f64) -> f64 {
    x - (x / y).round_ties_even() * y
}

fn find(name: &str) -> Option<&'static Function> {
    let mut all = FUNCTIONS.iter();
    all.find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, function)| function)
}

/// Whether there is such a function.
pub(super) fn is_known(name: &str) -> bool {
    find(name).is_some()
}

/// Calculates a function; none if there is none of this name and number of arguments, or its
/// value is no number that expressions hold.
pub(super) fn call(name: &str, arguments: &[Decimal]) -> Option<Decimal> {
    let value = match (find(name)?, arguments) {
        (Function::Of1(function), [x]) => function(x.to_f64()?),
        (Function::Of2(function), [x, y]) => function(x.to_f64()?, y.to_f64()?),
        (Function::Of1(_) | Function::Of2(_), _) => return None,
    };
    Decimal::from_f64(value)
}
