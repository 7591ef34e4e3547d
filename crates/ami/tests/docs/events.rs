//! docs/events.md.

use ami::event::{DECLARATIONS, Declaration, Kind, Part};
use std::fmt::Write as _;

pub(crate) fn page() -> String {
    let mut page = String::from(
        "# Events\n\n\
         <!-- Made of the declarations in crates/ami/src/event; edit those. -->\n\n\
         What manager clients are told. An account hears an event if its `read` has all classes of\n\
         it. Every event begins with `Event` and `Privilege`, then `Timestamp` if `timestampevents`\n\
         asks for it and `SystemName` if the node has one. Items of lists have no classes: who may\n\
         use the action gets them. Headers without a value are told all the same, but for those that\n\
         depend on what happened.\n",
    );
    let mut all: Vec<_> = DECLARATIONS.iter().collect();
    all.sort_by_key(|event| (event.classes.is_empty(), event.name.to_ascii_lowercase()));
    let (items, events): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|event| event.classes.is_empty());
    page.push_str("\n| Event | Classes | When it is told |\n|---|---|---|\n");
    for event in &events {
        let Declaration { name, .. } = event;
        let link = name.to_ascii_lowercase();
        let _ = writeln!(
            page,
            "| [{name}](#{link}) | {} | {} |",
            classes(event),
            described(event)
        );
    }
    for event in events {
        section(&mut page, event);
    }
    page.push_str("\n# Items of lists\n");
    for item in items {
        section(&mut page, item);
    }
    page
}

fn classes(event: &Declaration) -> String {
    let text = event.classes.to_string();
    text.strip_suffix(",all")
        .unwrap_or(&text)
        .replace(',', ", ")
}

fn described(event: &Declaration) -> String {
    event.description.replace('\n', " ")
}

fn section(page: &mut String, event: &Declaration) {
    let _ = write!(page, "\n## {}\n\n{}\n", event.name, described(event));
    if !event.classes.is_empty() {
        let _ = write!(page, "\nClasses: {}.\n", classes(event));
    }
    let mut rows = String::new();
    headers(event.headers, "", &mut rows);
    if !rows.is_empty() {
        let _ = write!(
            page,
            "\n| Header | Value | What it says |\n|---|---|---|\n{rows}"
        );
    }
}

fn headers(parts: &[Part], prefix: &str, rows: &mut String) {
    for part in parts {
        match part {
            Part::Block {
                prefix: inner,
                headers: parts,
            } => {
                headers(parts, if inner.is_empty() { prefix } else { inner }, rows);
            }
            Part::Header {
                name,
                description,
                kind,
            } => {
                let kind = match kind {
                    Kind::Text => "text",
                    Kind::Escaped => "escaped text",
                    Kind::Number => "number",
                    Kind::Flag => "True or False",
                    Kind::Texts => "text, repeated",
                    Kind::Variables => "`NAME=value`, repeated",
                };
                let description = description.replace('\n', " ").replace('|', "\\|");
                let _ = writeln!(rows, "| `{prefix}{name}` | {kind} | {description} |");
            }
        }
    }
}
