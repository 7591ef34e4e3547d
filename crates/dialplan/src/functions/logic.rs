//! Functions that decide: IF, IFTIME, EXISTS, ISNULL.

use super::{Declaration, Function, Outcome, error};
use crate::arguments::split;
use crate::timing::Timing;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "IF",
            synopsis: "Check for an expression.",
            syntax: "IF(expression?[true][:[false]])",
            description: "One value or the other. An expression is false if it is empty or 0.",
        },
        read: Some(|_, args| {
            let Some((condition, branches)) = args.split_once('?') else {
                return error("needs a '?' after the expression");
            };
            choose(is_true(condition), branches)
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "IFTIME",
            synopsis: "Temporal Conditional.",
            syntax: "IFTIME(timespec?[true][:[false]])",
            description: "One value or the other, as it is the time or not: \
                          `times,weekdays,days,months[,zone]`.",
        },
        read: Some(|world, args| {
            let Some((timing, branches)) = args.split_once('?') else {
                return error("needs a '?' after the times");
            };
            match Timing::parse(timing) {
                Ok(timing) => choose(timing.holds(&world.now()), branches),
                Err(why) => error(why),
            }
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "EXISTS",
            synopsis: "Test the existence of a value.",
            syntax: "EXISTS(data)",
            description: "`1` if there is anything in it, else `0`.",
        },
        read: Some(|_, data| Ok(u8::from(!data.is_empty()).to_string())),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "ISNULL",
            synopsis: "Check if a value is NULL.",
            syntax: "ISNULL(data)",
            description: "`1` if there is nothing in it, else `0`.",
        },
        read: Some(|_, data| Ok(u8::from(data.is_empty()).to_string())),
        write: None,
    },
];

/// Whether a condition holds: nothing and 0 do not, other numbers and texts do.
pub fn is_true(condition: &str) -> bool {
    let condition = condition.trim();
    match condition.parse::<f64>() {
        Ok(number) => number != 0.0,
        Err(_) => !condition.is_empty(),
    }
}

/// One of `true:false`, without the blanks and quotes around it.
fn choose(holds: bool, branches: &str) -> Outcome {
    let branches = split(branches, ':', usize::MAX);
    let chosen = branches.get(usize::from(!holds));
    Ok(chosen
        .map(|chosen| chosen.trim().to_owned())
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;
    use super::*;

    #[test]
    fn deciding() {
        Sample::with("A=1").check(&[
            ("${IF($[1 > 2]?yes:no)}", "no"),
            ("${IF($[1 < 2]? yes : no)}", "yes"),
            ("${IF(?yes:no)}", "no"),
            ("${IF(x?yes)}", "yes"),
            ("<${IF(0?yes)}>", "<>"),
            ("${IF(1?\"a:b\":c)}", "a:b"),
            ("${IFTIME(12:00-13:00,tue,*,*?now:later)}", "now"),
            ("${IFTIME(*,wed,*,*?now:later)}", "later"),
            ("${EXISTS(${NONE})}${EXISTS(x)}", "01"),
            ("${ISNULL(${NONE})}${ISNULL(x)}", "10"),
        ]);
        Sample::default().check_failing(&["${IF(1)}", "${IFTIME(*)}", "${IFTIME(99?a:b)}"]);
        for (condition, expected) in [
            ("", false),
            ("0", false),
            (" 0 ", false),
            ("00", false),
            ("-1", true),
            ("no", true),
        ] {
            assert_eq!(is_true(condition), expected, "{condition}");
        }
    }
}
