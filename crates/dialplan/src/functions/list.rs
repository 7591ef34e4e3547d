//! Functions that change a variable's list, and SORT. The variable is named, not expanded.

use super::fields::delimiter;
use super::{Args, Declaration, Function, Outcome, World, error, fits};

/// Variables of a list that one function may set.
const MOST: usize = 1000;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "PUSH",
            synopsis: "Appends one or more values to the end of a variable containing delimited text",
            syntax: "PUSH(varname[,delimiter])",
            description: "Set(PUSH(list)=one,two) appends both; the delimiter is a comma if not said.",
        },
        read: None,
        write: Some(|world, args, value| {
            add(
                world,
                args,
                |list, delimiter| format!("{list}{delimiter}{}", values(value, delimiter)),
                value,
            )
        }),
    },
    Function {
        declaration: Declaration {
            name: "UNSHIFT",
            synopsis: "Inserts one or more values to the beginning of a variable containing delimited text",
            syntax: "UNSHIFT(varname[,delimiter])",
            description: "Set(UNSHIFT(list)=one,two) inserts both; the delimiter is a comma if not said.",
        },
        read: None,
        write: Some(|world, args, value| {
            add(
                world,
                args,
                |list, delimiter| format!("{}{delimiter}{list}", values(value, delimiter)),
                value,
            )
        }),
    },
    Function {
        declaration: Declaration {
            name: "POP",
            synopsis: "Removes and returns the last item off of a variable containing delimited text",
            syntax: "POP(varname[,delimiter])",
            description: "The delimiter is a comma if not said.",
        },
        read: Some(|world, args| {
            take(world, args, |list, delimiter| {
                match list.rsplit_once(delimiter) {
                    Some((rest, last)) => (last.to_owned(), rest.to_owned()),
                    None => (list.to_owned(), String::new()),
                }
            })
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "SHIFT",
            synopsis: "Removes and returns the first item off of a variable containing delimited text",
            syntax: "SHIFT(varname[,delimiter])",
            description: "The delimiter is a comma if not said.",
        },
        read: Some(|world, args| {
            take(world, args, |list, delimiter| {
                match list.split_once(delimiter) {
                    Some((first, rest)) => (first.to_owned(), rest.to_owned()),
                    None => (list.to_owned(), String::new()),
                }
            })
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "SORT",
            synopsis: "Sorts a list of key/vals into a list of keys, based upon the vals.",
            syntax: "SORT(key1:val1[,key2:val2[,...]])",
            description: "Values are compared as numbers; what is none counts as 0.",
        },
        read: Some(|_, args| {
            let mut pairs = Vec::new();
            for pair in crate::arguments(args) {
                let Some((key, value)) = pair.split_once(':') else {
                    return error(format!("'{pair}' is no key and value"));
                };
                let value: f64 = value.trim().parse().unwrap_or(0.0);
                pairs.push((key.trim().to_owned(), value));
            }
            pairs.sort_by(|(_, a), (_, b)| a.total_cmp(b));
            let keys: Vec<_> = pairs.into_iter().map(|(key, _)| key).collect();
            Ok(keys.join(","))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "ARRAY",
            synopsis: "Allows setting multiple variables at once.",
            syntax: "ARRAY(var1[,var2[,...][,varN]])",
            description: "Set(ARRAY(a,b)=1,2) sets both; where values are missing, variables become \
                          empty.",
        },
        read: None,
        write: Some(|world, args, value| {
            let names = crate::arguments(args);
            if names.is_empty() || names.len() > MOST {
                return error(format!("needs 1 to {MOST} variables"));
            }
            let mut values = crate::arguments_up_to(value, names.len()).into_iter();
            for name in names {
                world.set(name.trim(), &values.next().unwrap_or_default());
            }
            Ok(())
        }),
    },
];

fn add(
    world: &mut dyn World,
    args: &str,
    joined: impl Fn(&str, char) -> String,
    value: &str,
) -> Outcome<()> {
    let args = Args::escaped(2, args);
    let delimiter = delimiter(args.get(1));
    let name = args.get(0).trim();
    if name.is_empty() {
        return error("needs a variable");
    }
    let list = world.variable(name).unwrap_or_default();
    let new = if list.is_empty() {
        values(value, delimiter)
    } else {
        joined(&list, delimiter)
    };
    fits(new.len())?;
    world.set(name, &new);
    Ok(())
}

/// What is added: a comma separates values whatever the list's delimiter is.
fn values(value: &str, delimiter: char) -> String {
    crate::arguments(value).join(&delimiter.to_string())
}

/// Takes one off, and the rest back.
fn take(
    world: &mut dyn World,
    args: &str,
    split: impl Fn(&str, char) -> (String, String),
) -> Outcome {
    let args = Args::escaped(2, args);
    let name = args.get(0).trim();
    if name.is_empty() {
        return error("needs a variable");
    }
    let list = world.variable(name).unwrap_or_default();
    if list.is_empty() {
        return Ok(String::new());
    }
    let (taken, rest) = split(&list, delimiter(args.get(1)));
    world.set(name, &rest);
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn lists_grow_and_shrink() {
        let mut sample = Sample::with(
            "PUSH(L)=one\nPUSH(L)=two,three\nUNSHIFT(L)=zero\nPUSH(M,&)=1\nPUSH(M,&)=2,3",
        );
        sample.check(&[
            ("${L}", "zero,one,two,three"),
            ("${M}", "1&2&3"),
            ("${POP(L)}-${L}", "three-zero,one,two"),
            ("${SHIFT(L)}-${L}", "zero-one,two"),
            (
                "${SHIFT(M,&)}${SHIFT(M,&)}${SHIFT(M,&)}${SHIFT(M,&)}",
                "123",
            ),
            ("${SORT(a:3,b:-1,c:2.5,d:x)}", "b,d,c,a"),
        ]);
        sample.assign("ARRAY(A,B,C)", "1,\"x,y\"");
        sample.check(&[("${A}/${B}/${C}", "1/x,y/")]);
        sample.check_failing(&["${SORT(a)}", "${POP()}"]);
    }
}
