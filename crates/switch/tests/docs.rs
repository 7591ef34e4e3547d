//! The documentation of applications and functions, made of their declarations.
//!
//! `UPDATE_DOCS=1 cargo test -p switch --test docs` writes it; without, the test fails when what is
//! written is not what is declared.

#![allow(clippy::unwrap_used, reason = "tests may")]

use std::fmt::Write as _;
use std::path::Path;
use switch::{app, function};

fn is_current(file: &str, text: &str) {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let path = docs.join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/{file} is not current: run UPDATE_DOCS=1 cargo test -p switch --test docs"
    );
}

#[test]
fn applications_are_documented() {
    let mut text = "# Applications\n\n\
        <!-- Made of the declarations in crates/switch/src/app; edit those. -->\n\n\
        What extensions.conf may execute. Names are read in any case. An application that is not here\n\
        ends the call, and the log says so when the dialplan is loaded.\n\n\
        | Application | What it does |\n|---|---|\n"
        .to_owned();
    for known in app::ALL {
        let arguments = known.arguments.replace('|', "\\|");
        let written = format!("`{}({arguments})`", known.name);
        writeln!(text, "| {written} | {} |", known.synopsis).unwrap();
    }
    text.push_str("\n## Options\n");
    for known in app::ALL.iter().filter(|known| !known.options.is_empty()) {
        write!(text, "\n### {}\n\n", known.name).unwrap();
        for (letter, meaning) in known.options {
            writeln!(text, "- `{letter}`: {meaning}").unwrap();
        }
    }
    is_current("applications.md", &text);
}

#[test]
fn functions_are_documented() {
    let mut text = "# Functions\n\n\
        <!-- Made of the declarations in crates/dialplan/src/functions and crates/switch/src/function;\n\
        edit those. -->\n\n\
        What `${NAME(arguments)}` may read and `Set(NAME(arguments)=value)` may write. Case matters. A\n\
        client of the manager may use those that are open, and the others with `live_dangerously = yes`\n\
        in asterisk.conf. There is none that reaches files, a shell or the net.\n\n\
        | Function | | Open | What it does |\n|---|---|---|---|\n"
        .to_owned();
    for known in function::all() {
        let access = match (known.is_read, known.is_written) {
            (true, true) => "read, write",
            (true, false) => "read",
            (false, _) => "write",
        };
        let open = if known.is_open { "yes" } else { "no" };
        let name = known.declaration.name;
        let link = format!("[{name}](#{})", name.to_ascii_lowercase());
        let synopsis = known.declaration.synopsis;
        writeln!(text, "| {link} | {access} | {open} | {synopsis} |").unwrap();
    }
    for known in function::all() {
        let declaration = known.declaration;
        let (name, syntax) = (declaration.name, declaration.syntax);
        write!(
            text,
            "\n## {name}\n\n`{syntax}`\n\n{}\n",
            declaration.description
        )
        .unwrap();
    }
    is_current("functions.md", &text);
}
