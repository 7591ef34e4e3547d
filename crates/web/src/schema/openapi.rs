//! OpenAPI 3.1: the actions, the stream of events and the snapshot.

use super::{answer, events, reference};
use ami::action::{Action, Declaration, Kind};
use serde_json::{Map, Value, json};

/// The document.
pub fn openapi() -> Value {
    let mut schemas = events();
    schemas.insert("Answer".into(), answer());
    let mut paths = Map::new();
    for declaration in Action::DECLARATIONS {
        let path = format!("/actions/{}", declaration.name);
        paths.insert(path, json!({"post": action(declaration)}));
    }
    paths.insert("/events".into(), json!({"get": stream()}));
    paths.insert("/snapshot".into(), json!({"get": snapshot()}));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Switchroom",
            "description": "The manager interface as JSON. Events and actions over one WebSocket, `/ws`, are described in asyncapi.json.",
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"cookie": []}, {"basic": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "cookie": {
                    "type": "apiKey", "in": "cookie", "name": "mansession_id",
                    "description": "Set by the answer to Login.",
                },
                "basic": {
                    "type": "http", "scheme": "basic",
                    "description": "An account of manager.conf; over HTTPS, or on this machine.",
                },
                "token": {
                    "type": "http", "scheme": "bearer",
                    "description": "Made by `switchroom token`.",
                },
            },
        },
    })
}

fn action(declaration: &Declaration) -> Value {
    let (properties, required, others) = parameters(declaration);
    let open = ["Login", "Challenge", "Logoff"].contains(&declaration.name);
    let mut description = declaration.description.to_owned();
    if !declaration.classes.is_empty() {
        description += &format!(
            "\n\nNeeds one of these write classes: {}.",
            declaration.classes
        );
    }
    if let Some(dialect) = declaration.dialect {
        description += &format!("\n\nOnly for accounts with `dialect = {dialect}`.");
    }
    if let Some(complete) = declaration.complete {
        description += &format!("\n\nIts list ends with the event {complete}.");
    }
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": others,
    });
    if let (Some(schema), false) = (schema.as_object_mut(), required.is_empty()) {
        schema.insert("required".into(), json!(required));
    }
    let mut action = json!({
        "operationId": declaration.name,
        "summary": declaration.synopsis,
        "description": description,
        "requestBody": {
            "required": !required.is_empty(),
            "content": {"application/json": {"schema": schema}},
        },
        "responses": responses(),
    });
    if let (Some(action), true) = (action.as_object_mut(), open) {
        action.insert("security".into(), json!([{}]));
    }
    action
}

/// The members of an action, those it fails without, and whether it takes any other.
fn parameters(declaration: &Declaration) -> (Map<String, Value>, Vec<&'static str>, bool) {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut others = false;
    let id = json!({"type": ["string", "integer"], "description": "Told again in the answer."});
    properties.insert("ActionID".into(), id);
    if !declaration.reads {
        let key = json!({
            "type": "string",
            "description": "A repeat with the same key is answered as the first was, and does nothing.",
        });
        properties.insert("IdempotencyKey".into(), key);
    }
    for parameter in declaration.parameters {
        let kind = match parameter.kind {
            Kind::Text => json!({"type": ["string", "number"]}),
            Kind::Number => json!({"type": ["integer", "string"]}),
            Kind::Flag => json!({"type": ["boolean", "string"]}),
            Kind::List => json!({
                "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            }),
            Kind::Others => {
                others = true;
                continue;
            }
        };
        let mut schema = kind;
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".into(), json!(parameter.description));
        }
        properties.insert(parameter.name.to_owned(), schema);
        if parameter.required {
            required.push(parameter.name);
        }
    }
    (properties, required, others)
}

fn responses() -> Value {
    let told = |description: &str| {
        json!({
            "description": description,
            "content": {"application/json": {"schema": reference("Answer")}},
        })
    };
    json!({
        "200": told("Done."),
        "400": told("The request cannot be read."),
        "401": told("Nobody is logged in, or the login is refused."),
        "403": told("The account may not do this, or the page may not ask."),
        "404": told("No such action."),
        "422": told("The action failed; `Message` says why."),
        "503": told("The node ends, or too many requests wait."),
    })
}

fn stream() -> Value {
    let query = |name: &str, description: &str| json!({"name": name, "in": "query", "description": description, "schema": {"type": "string"}});
    json!({
        "operationId": "events",
        "summary": "What happens, as Server-Sent Events.",
        "description": "Each message without a name is an event, its data JSON, its id a place to go on from. Messages with names: `mark` (where the reader is), `snapshot` (the state, as a list of events), `gap` (so many events are lost), `end` (why it ends).",
        "parameters": [
            query("after", "Go on after this place; as the header Last-Event-ID."),
            query("snapshot", "`yes`: tell the state first, and after a gap."),
            query("events", "Classes of events to be told of, as in the action Events."),
        ],
        "responses": {
            "200": {
                "description": "The stream.",
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
            },
            "401": {"description": "Nobody is logged in."},
        },
    })
}

fn snapshot() -> Value {
    json!({
        "operationId": "snapshot",
        "summary": "The state at one place in the order of events.",
        "description": "Told as the events that would bring a reader who knows nothing to it: DeviceStateChange, ExtensionStatus, Newchannel, BridgeCreate, BridgeEnter.",
        "responses": {
            "200": {
                "description": "The state.",
                "content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {
                        "at": {"type": "string", "description": "The place, for `after` of /events."},
                        "events": {"type": "array", "items": {"type": "object"}},
                    },
                    "required": ["at", "events"],
                }}},
            },
            "401": {"description": "Nobody is logged in."},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_its_path() {
        let document = openapi();
        let paths = document["paths"].as_object().unwrap();
        assert_eq!(paths.len(), Action::DECLARATIONS.len() + 2);
        let setvar = &paths["/actions/Setvar"]["post"];
        assert_eq!(setvar["requestBody"]["required"], true);
        let schema = &setvar["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(schema["required"], json!(["Variable"]));
        assert_eq!(paths["/actions/Login"]["post"]["security"], json!([{}]));
    }
}
