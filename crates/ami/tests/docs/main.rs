//! The documentation of actions and events, made of their declarations.
//!
//! `UPDATE_DOCS=1 cargo test -p ami --test docs` writes it; without, the test fails when what is
//! written is not what is declared.
#![allow(clippy::unwrap_used, missing_docs)]

mod actions;
mod events;
mod schema;

use std::path::Path;

fn is_current(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/{file} is not current: run UPDATE_DOCS=1 cargo test -p ami --test docs"
    );
}

#[test]
fn actions_are_documented() {
    is_current("actions.md", &actions::page());
}

#[test]
fn events_are_documented() {
    is_current("events.md", &events::page());
}

#[test]
fn the_schema_is_current() {
    is_current("manager.schema.json", &schema::text());
}
