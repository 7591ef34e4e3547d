//! docs/manager.schema.json: actions and events as JSON Schema, by name.

use ami::action::{self, ParameterDeclaration};
use ami::event::{self, DECLARATIONS, Part};
use serde_json::{Map, Value, json};

pub(crate) fn text() -> String {
    let mut actions = Map::new();
    for action in super::actions::sorted() {
        actions.insert(action.name.to_owned(), of_action(action));
    }
    let mut events = Map::new();
    let mut all: Vec<_> = DECLARATIONS.iter().collect();
    all.sort_by_key(|event| (event.name, event.classes.is_empty()));
    for event in all {
        // An item of a list that has the name of an event has its headers too.
        events.entry(event.name).or_insert_with(|| of_event(event));
    }
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Actions and events of the manager",
        "$defs": { "actions": actions, "events": events },
    });
    format!("{schema:#}\n")
}

fn of_action(action: &action::Declaration) -> Value {
    let mut properties = Map::new();
    let mut required = vec!["Action"];
    let mut others = false;
    properties.insert("Action".to_owned(), json!({ "const": action.name }));
    properties.insert("ActionID".to_owned(), json!({ "type": "string" }));
    if !action.reads {
        properties.insert("IdempotencyKey".to_owned(), json!({ "type": "string" }));
    }
    for parameter in action.parameters {
        let ParameterDeclaration {
            name,
            description,
            kind,
            ..
        } = parameter;
        if parameter.required {
            required.push(name);
        }
        let mut value = match kind {
            action::Kind::Text => json!({ "type": "string" }),
            action::Kind::Number => json!({ "type": "integer" }),
            action::Kind::Flag => json!({ "type": "boolean" }),
            action::Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
            action::Kind::Others => {
                others = true;
                continue;
            }
        };
        value["description"] = json!(description.replace('\n', " "));
        properties.insert((*name).to_owned(), value);
    }
    json!({
        "type": "object",
        "description": action.description.replace('\n', " "),
        "properties": properties,
        "required": required,
        "additionalProperties": if others { json!({ "type": "string" }) } else { json!(false) },
    })
}

fn of_event(event: &event::Declaration) -> Value {
    let mut properties = Map::new();
    properties.insert("Event".to_owned(), json!({ "const": event.name }));
    if !event.classes.is_empty() {
        properties.insert(
            "Privilege".to_owned(),
            json!({ "const": event.classes.to_string() }),
        );
    }
    headers(event.headers, "", &mut properties);
    json!({
        "type": "object",
        "description": event.description.replace('\n', " "),
        "properties": properties,
        "required": ["Event"],
    })
}

fn headers(parts: &[Part], prefix: &str, properties: &mut Map<String, Value>) {
    for part in parts {
        match part {
            Part::Block {
                prefix: inner,
                headers: parts,
            } => {
                headers(
                    parts,
                    if inner.is_empty() { prefix } else { inner },
                    properties,
                );
            }
            Part::Header {
                name,
                description,
                kind,
            } => {
                let mut value = match kind {
                    event::Kind::Text | event::Kind::Escaped => json!({ "type": "string" }),
                    event::Kind::Number => json!({ "type": "integer" }),
                    event::Kind::Flag => json!({ "type": "boolean" }),
                    event::Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
                    event::Kind::Variables => {
                        json!({ "type": "object", "additionalProperties": { "type": "string" } })
                    }
                };
                if !description.is_empty() {
                    value["description"] = json!(description.replace('\n', " "));
                }
                properties.insert(format!("{prefix}{name}"), value);
            }
        }
    }
}
