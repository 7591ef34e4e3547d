//! The JSON faces described for programs, from the declarations of actions and events.

mod asyncapi;
mod openapi;

pub use asyncapi::asyncapi;
pub use openapi::openapi;

use ami::event::{self, Kind, Part};
use serde_json::{Map, Value, json};

/// The schemas of all events, by name.
fn events() -> Map<String, Value> {
    let mut schemas = Map::new();
    for declaration in event::DECLARATIONS {
        let mut properties = Map::new();
        properties.insert("Event".into(), json!({"const": declaration.name}));
        if !declaration.classes.is_empty() {
            let classes = declaration.classes.to_string();
            properties.insert("Privilege".into(), json!({"const": classes}));
        }
        headers(declaration.headers, "", &mut properties);
        let schema = json!({
            "type": "object",
            "description": declaration.description,
            "properties": properties,
            "required": ["Event"],
            // Whoever makes an event may add headers: UserEvent, timestampevents, systemname.
            "additionalProperties": true,
        });
        schemas.insert(declaration.name.to_owned(), schema);
    }
    schemas
}

fn headers(parts: &[Part], prefix: &str, properties: &mut Map<String, Value>) {
    for part in parts {
        match part {
            Part::Header {
                name,
                description,
                kind,
            } => {
                let mut schema = of_kind(*kind);
                if let (Some(schema), false) = (schema.as_object_mut(), description.is_empty()) {
                    schema.insert("description".into(), json!(description));
                }
                properties.insert(format!("{prefix}{name}"), schema);
            }
            Part::Block {
                prefix: inner,
                headers: parts,
            } => {
                let prefix = if inner.is_empty() { prefix } else { inner };
                headers(parts, prefix, properties);
            }
        }
    }
}

/// A value that is not what is declared is told as text, so that nothing is lost.
fn of_kind(kind: Kind) -> Value {
    match kind {
        Kind::Text | Kind::Escaped => json!({"type": "string"}),
        Kind::Number => json!({"type": ["integer", "string"]}),
        Kind::Flag => json!({"type": ["boolean", "string"]}),
        Kind::Texts => json!({"type": "array", "items": {"type": "string"}}),
        Kind::Variables => {
            json!({"type": "array", "items": {"type": "string", "pattern": "^[^=]*="}})
        }
    }
}

/// The answer to an action.
fn answer() -> Value {
    json!({
        "type": "object",
        "properties": {
            "response": {
                "type": ["object", "null"],
                "description": "The response; its other members depend on the action.",
                "properties": {
                    "Response": {"enum": ["Success", "Error", "Goodbye", "Follows"]},
                    "ActionID": {"type": "string"},
                    "Message": {"type": "string"},
                    "EventList": {"type": "string"},
                },
                "additionalProperties": true,
            },
            "events": {
                "type": "array",
                "description": "The items of a list and its end, or the events that belong to the answer.",
                "items": {"type": "object"},
            },
        },
        "required": ["response", "events"],
    })
}

/// A schema of `components`.
fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_have_the_types_they_are_declared_with() {
        let events = events();
        assert_eq!(events.len(), event::DECLARATIONS.len());
        let varset = &events["VarSet"]["properties"];
        assert_eq!(varset["ChannelState"]["type"], json!(["integer", "string"]));
        assert_eq!(varset["ChanVariable"]["type"], "array");
        assert_eq!(varset["Privilege"]["const"], "dialplan,all");
        assert_eq!(
            events["DialBegin"]["properties"]["DestCallerIDNum"]["type"],
            "string"
        );
    }

    /// The documents of the repository are those that are served.
    #[test]
    fn the_documents_are_current() {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
        for (name, document) in [("openapi.json", openapi()), ("asyncapi.json", asyncapi())] {
            let path = format!("{docs}/{name}");
            let current = serde_json::to_string_pretty(&document).unwrap() + "\n";
            if std::env::var_os("UPDATE_DOCS").is_some() {
                std::fs::write(&path, &current).unwrap();
            }
            let written = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                written == current,
                "{path} is not current: run this test with UPDATE_DOCS=1"
            );
        }
    }
}
