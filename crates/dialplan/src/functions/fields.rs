//! Functions of a variable's fields: CUT and its kin. The variable is named, not expanded.

use super::text::unescaped;
use super::{Args, Declaration, Function, Outcome, World, error, fits, value_of};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "CUT",
            synopsis: "Slices and dices strings, based upon a named delimiter.",
            syntax: "CUT(varname[,char-delim[,range-spec]])",
            description: "The delimiter is `-` if not said. Fields are counted from 1; `2-4&6` names \
                          several, `-3` and `3-` all up to or from one.",
        },
        read: Some(|world, args| {
            let args = Args::escaped(3, args);
            let value = listed(world, &args)?;
            let delimiter = delimiter(args.or(1, "-"));
            let fields: Vec<_> = value.split(delimiter).collect();
            let (mut cut, mut length) = (Vec::new(), 0);
            for range in args.or(2, "1-").split('&') {
                let Some((first, last)) = range_of(range, fields.len()) else {
                    return error(format!("'{range}' is no range of fields"));
                };
                let chosen = fields.iter().take(last).skip(first - 1).copied();
                length += chosen.clone().map(|field| field.len() + 1).sum::<usize>();
                fits(length)?;
                cut.extend(chosen);
            }
            Ok(cut.join(&delimiter.to_string()))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "FIELDQTY",
            synopsis: "Count the fields with an arbitrary delimiter",
            syntax: "FIELDQTY(varname,delim)",
            description: "An empty variable has none.",
        },
        read: Some(|world, args| {
            let args = Args::escaped(2, args);
            let value = listed(world, &args)?;
            let fields = value.split(delimiter(args.get(1))).count();
            Ok(if value.is_empty() { 0 } else { fields }.to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "FIELDNUM",
            synopsis: "Return the 1-based offset of a field in a list",
            syntax: "FIELDNUM(varname,delim,value)",
            description: "`0` if it is not among them.",
        },
        read: Some(|world, args| {
            let args = Args::escaped(3, args);
            let value = listed(world, &args)?;
            let wanted = unescaped(args.get(2));
            let mut fields = value.split(delimiter(args.get(1)));
            let found = fields.position(|field| field == wanted);
            Ok(found.map_or(0, |index| index + 1).to_string())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "LISTFILTER",
            synopsis: "Remove an item from a list, by name.",
            syntax: "LISTFILTER(varname,delim,value)",
            description: "All fields equal to the value are left out.",
        },
        read: Some(|world, args| {
            let args = Args::escaped(3, args);
            let delimiter = delimiter(args.get(1));
            let value = listed(world, &args)?;
            let kept: Vec<_> = value
                .split(delimiter)
                .filter(|field| *field != unescaped(args.get(2)))
                .collect();
            Ok(kept.join(&delimiter.to_string()))
        }),
        write: None,
    },
];

/// The value of the variable named first.
fn listed(world: &mut dyn World, args: &Args) -> Outcome {
    match args.get(0) {
        "" => error("needs a variable"),
        name => value_of(world, name),
    }
}

/// What separates fields: one character, a comma if none is said.
pub(super) fn delimiter(text: &str) -> char {
    unescaped(text).chars().next().unwrap_or(',')
}

/// Reads `2`, `2-4`, `-4`, `2-`: the first and the last field, counted from 1.
fn range_of(text: &str, fields: usize) -> Option<(usize, usize)> {
    let number = |text: &str, open: usize| match text.trim() {
        "" => Some(open),
        text => text.parse().ok(),
    };
    let (first, last) = match text.trim().split_once('-') {
        Some((first, last)) => (number(first, 1)?, number(last, fields)?),
        None => {
            let one = text.trim().parse().ok()?;
            (one, one)
        }
    };
    (first > 0).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn fields() {
        Sample::with("LIST=one&two&three\nNAME=PJSIP/bob-0001\nLINES=a\tb\nNONE=").check(&[
            ("${CUT(LIST,&,2)}", "two"),
            ("${CUT(LIST,&,2-)}", "two&three"),
            ("${CUT(LIST,&,-2)}", "one&two"),
            ("${CUT(LIST,&,3&1)}", "three&one"),
            ("${CUT(LIST,&,9)}", ""),
            ("${CUT(NAME)}", "PJSIP/bob-0001"),
            ("${CUT(NAME,,1)}", "PJSIP/bob"),
            ("${CUT(CUT(NAME,-,1),/,2)}", "bob"),
            ("${CUT(LINES,\\t,2)}", "b"),
            ("${FIELDQTY(LIST,&)}", "3"),
            ("${FIELDQTY(NONE,&)}", "0"),
            ("${FIELDNUM(LIST,&,three)}", "3"),
            ("${FIELDNUM(LIST,&,four)}", "0"),
            ("${LISTFILTER(LIST,&,two)}", "one&three"),
        ]);
        let many = format!("${{CUT(LONG,,{})}}", ["1-"; 100].join("&"));
        let long = format!("A=1\nLONG={}", "x".repeat(10_000));
        Sample::with(&long).check_failing(&[
            "${CUT()}",
            "${CUT(A,,x)}",
            "${CUT(A,,0)}",
            &many,
            "${FIELDQTY()}",
            "${FIELDNUM()}",
            "${LISTFILTER()}",
        ]);
    }
}
