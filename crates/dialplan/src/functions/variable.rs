//! Functions that make or evaluate variables: SET, EVAL, HASH.

use super::{Args, Declaration, Function, Outcome, World, error, fits};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "SET",
            synopsis: "SET assigns a value to a channel variable.",
            syntax: "SET(varname=[value])",
            description: "Its value is the one it sets.",
        },
        read: Some(|world, args| {
            let Some((name, value)) = args.split_once('=') else {
                return error("needs a '='");
            };
            world.set(name.trim(), value);
            Ok(value.to_owned())
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "EVAL",
            synopsis: "Evaluate stored variables",
            syntax: "EVAL(variable)",
            description: "Expands the value once more: variables kept in a database or another variable.",
        },
        read: Some(|world, text| world.evaluate(text)),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "HASH",
            synopsis: "Implementation of a dialplan associative array",
            syntax: "HASH(hashname[,hashkey])",
            description: "The value of a key, or all values; a value set without a key is a list for the \
                          keys there are.",
        },
        read: Some(|world, args| {
            let args = Args::up_to(2, args);
            let name = named(&args)?;
            if !args.get(1).is_empty() {
                return Ok(world
                    .variable(&variable(name, args.get(1)))
                    .unwrap_or_default());
            }
            let variables = keys(world, name)
                .into_iter()
                .map(|key| variable(name, &key));
            let values: Vec<_> = variables
                .filter_map(|variable| world.variable(&variable))
                .collect();
            fits(values.iter().map(String::len).sum())?;
            Ok(values.join(","))
        }),
        write: Some(|world, args, value| {
            let args = Args::up_to(2, args);
            let name = named(&args)?;
            if !args.get(1).is_empty() {
                world.set(&variable(name, args.get(1)), value);
                return Ok(());
            }
            let keys = keys(world, name);
            let mut values = crate::arguments_up_to(value, keys.len()).into_iter();
            for key in keys {
                world.set(&variable(name, &key), &values.next().unwrap_or_default());
            }
            Ok(())
        }),
    },
    Function {
        declaration: Declaration {
            name: "HASHKEYS",
            synopsis: "Retrieve the keys of the HASH() function.",
            syntax: "HASHKEYS(hashname)",
            description: "Separated by commas.",
        },
        read: Some(|world, args| {
            let args = Args::up_to(1, args);
            let name = named(&args)?;
            Ok(keys(world, name).join(","))
        }),
        write: None,
    },
    super::print::SPRINTF,
];

fn named(args: &Args) -> Outcome<&str> {
    match args.get(0) {
        "" => error("needs the name of a hash"),
        name => Ok(name),
    }
}

/// The variable that holds a key's value.
fn variable(hash: &str, key: &str) -> String {
    format!("~HASH~{hash}~{key}~")
}

/// The variables that hold the values of a hash.
pub fn hash_variables(world: &mut dyn World, hash: &str) -> Vec<String> {
    let keys = keys(world, hash).into_iter();
    keys.map(|key| variable(hash, &key)).collect()
}

/// The keys of a hash, the one set first in front.
fn keys(world: &mut dyn World, hash: &str) -> Vec<String> {
    let names = world.names().into_iter().rev();
    let key = |name: String| {
        Some(
            name.strip_prefix(&format!("~HASH~{hash}~"))?
                .strip_suffix('~')?
                .to_owned(),
        )
    };
    names.filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn variables_are_made() {
        let mut sample = Sample::with(
            "HASH(h,a)=1\nHASH(h,b)=2\nSTORED=<${TARGET}>\nTARGET=goal\nLOOP=${EVAL(${LOOP})}",
        );
        sample.check(&[
            ("${HASH(h,a)}${HASH(h,b)}<${HASH(h,c)}>", "12<>"),
            ("${SET(X=5)}${X}", "55"),
            ("${EVAL(${STORED})}", "<goal>"),
        ]);
        let keys = dialplan_keys(&mut sample);
        assert_eq!(keys, ["a", "b"]);
        sample.assign("HASH(h)", "7,7");
        sample.check(&[("${HASH(h)}", "7,7")]);
        sample.check_failing(&["${HASH()}", "${SET(X)}", "${EVAL(${LOOP})}"]);
    }

    fn dialplan_keys(sample: &mut Sample) -> Vec<String> {
        let mut keys: Vec<_> = crate::expand("${HASHKEYS(h)}", sample)
            .split(',')
            .map(str::to_owned)
            .collect();
        keys.sort();
        keys
    }
}
