//! `manager show events` and `manager show event X`.

use super::section;
use ami::event::{DECLARATIONS, Declaration, Part};
use std::collections::BTreeSet;

/// Names in a line.
const COLUMNS: usize = 3;

/// The names of all events, in columns.
pub fn events() -> String {
    let told = DECLARATIONS
        .iter()
        .filter(|event| !event.classes.is_empty());
    let names: Vec<_> = told
        .map(|event| event.name)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let width = names
        .iter()
        .map(|name| name.len())
        .max()
        .unwrap_or_default();
    let line = |cells: &[&str]| {
        let cells: String = cells
            .iter()
            .map(|cell| format!("  {cell:width$}"))
            .collect();
        cells.trim_end().to_owned() + "\n"
    };
    let dashes = "-".repeat(width);
    let head = format!("Events:\n{}", line(&[dashes.as_str(); COLUMNS]));
    let list = names
        .chunks(COLUMNS)
        .fold(head, |text, names| text + &line(names));
    format!("{list}\n{} events registered.\n", names.len())
}

/// All there is to know of one, in any case; `None` if there is none of this name.
pub fn event(name: &str) -> Option<String> {
    let shapes = DECLARATIONS
        .iter()
        .filter(|event| event.name.eq_ignore_ascii_case(name));
    let text: String = shapes.map(described).collect();
    (!text.is_empty()).then_some(text)
}

fn described(event: &Declaration) -> String {
    let mut syntax = format!("Event: {}\n", event.name);
    if !event.classes.is_empty() {
        syntax += &format!("Privilege: {}\n", event.classes);
    }
    let mut arguments = String::new();
    headers(event.headers, "", &mut syntax, &mut arguments);
    let mut text = format!("Event: {}\n", event.name)
        + &section("Synopsis", event.description)
        + &section("Syntax", syntax.trim_end());
    if !arguments.is_empty() {
        text += &section("Arguments", arguments.trim_end());
    }
    text
}

fn headers(parts: &[Part], prefix: &str, syntax: &mut String, arguments: &mut String) {
    for part in parts {
        match part {
            Part::Block {
                prefix: inner,
                headers: parts,
            } => {
                let inner = if inner.is_empty() { prefix } else { inner };
                headers(parts, inner, syntax, arguments);
            }
            Part::Header {
                name, description, ..
            } => {
                *syntax += &format!("{prefix}{name}: <value>\n");
                if !description.is_empty() {
                    let description = description.replace('\n', " ");
                    *arguments += &format!("{prefix}{name}\n    {description}\n");
                }
            }
        }
    }
}
