//! Functions of one text.

use super::{Declaration, Function};

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "LEN",
        synopsis: "Return the length of the string given",
        syntax: "LEN(string)",
        description: "Counted in bytes.",
    },
    read: Some(|_, text| Ok(text.len().to_string())),
    write: None,
}];
