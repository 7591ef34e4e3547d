//! JSON_DECODE: values out of a JSON document.

use serde_json::Value;

use super::{Args, Declaration, Function, Outcome, error, value_of};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "JSON_DECODE",
        synopsis: "Returns the string value of a JSON object key from a string containing a JSON array.",
        syntax: "JSON_DECODE(varname,item[,separator[,options]])",
        description: "The variable, named and not expanded, holds the document. The item is a key; keys \
                      of objects inside are joined by the separator, a dot if not said, and elements of \
                      an array are counted from 0. The option `c` tells how many elements an array has.",
    },
    read: Some(|world, args| {
        let args = Args::up_to(4, args);
        if args.get(0).is_empty() || args.get(1).is_empty() {
            return error("needs a variable and an item");
        }
        let document = value_of(world, args.get(0))?;
        let separator = args.or(2, ".").chars().next().unwrap_or('.');
        let document: Value = match serde_json::from_str(&document) {
            Ok(document) => document,
            Err(why) => return error(format!("the variable holds no JSON: {why}")),
        };
        let item = args.get(1).split(separator).try_fold(&document, step);
        Ok(item
            .map(|item| told(item, args.get(3).contains('c')))
            .transpose()?
            .unwrap_or_default())
    }),
    write: None,
}];

fn step<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(members) => members.get(key),
        Value::Array(elements) => elements.get(key.parse::<usize>().ok()?),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn told(value: &Value, count: bool) -> Outcome {
    Ok(match value {
        Value::Array(elements) if count => elements.len().to_string(),
        Value::Null => String::new(),
        Value::Bool(truth) => u8::from(*truth).to_string(),
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn documents() {
        let document = r#"J={"city":"Anytown","n":7,"yes":true,"none":null,"in":{"a":{"b":"deep"}},"list":["x",{"y":1}]}"#;
        Sample::with(document).check(&[
            ("${JSON_DECODE(J,city)}", "Anytown"),
            ("${JSON_DECODE(J,n)}", "7"),
            ("${JSON_DECODE(J,yes)}", "1"),
            ("<${JSON_DECODE(J,none)}>", "<>"),
            ("<${JSON_DECODE(J,nosuch)}>", "<>"),
            ("${JSON_DECODE(J,in.a.b)}", "deep"),
            ("${JSON_DECODE(J,in/a/b,/)}", "deep"),
            ("${JSON_DECODE(J,list,,c)}", "2"),
            ("${JSON_DECODE(J,list.1.y)}", "1"),
            ("${JSON_DECODE(J,list)}", r#"["x",{"y":1}]"#),
        ]);
        Sample::with("J=x").check_failing(&["${JSON_DECODE(J,a)}", "${JSON_DECODE(J)}"]);
        let deep = format!("J={}", "[".repeat(30_000));
        Sample::with(&deep).check_failing(&["${JSON_DECODE(J,0)}"]);
    }
}
