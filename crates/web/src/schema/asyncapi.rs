//! AsyncAPI 3: what is told on the streams, and what may be said on the WebSocket.

use super::{answer, events, reference};
use ami::action::Action;
use ami::event;
use serde_json::{Map, Value, json};

/// The document.
pub fn asyncapi() -> Value {
    let mut schemas = events();
    schemas.insert("Answer".into(), answer());
    schemas.insert("AnyEvent".into(), any_event());
    let socket = messages();
    let mut told = Map::new();
    for declaration in event::DECLARATIONS
        .iter()
        .filter(|event| !event.classes.is_empty())
    {
        let name = declaration.name;
        let message = json!({
            "name": name,
            "title": name,
            "summary": declaration.description,
            "contentType": "application/json",
            "payload": reference(name),
        });
        told.insert(name.to_owned(), message);
    }
    let names: Vec<_> = socket.keys().cloned().collect();
    let events: Vec<_> = told.keys().cloned().collect();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Switchroom",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The manager's live stream. Every event has a place in one order, `at`, from which a reader may go on.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {
            "events": {
                "address": "/events",
                "description": "Server-Sent Events, one message an event.",
                "messages": refer(&events, "#/components/messages/"),
            },
            "socket": {
                "address": "/ws",
                "description": "A WebSocket. `?after=` goes on from a place, `?snapshot=yes` begins with the state.",
                "messages": refer(&names, "#/components/messages/"),
            },
        },
        "operations": {
            "hearEvents": {
                "action": "send",
                "channel": {"$ref": "#/channels/events"},
            },
            "tell": {
                "action": "send",
                "channel": {"$ref": "#/channels/socket"},
                "messages": on_socket(&["mark", "snapshot", "events_batch", "response", "gap", "end"]),
            },
            "act": {
                "action": "receive",
                "channel": {"$ref": "#/channels/socket"},
                "messages": on_socket(&["action", "actions", "begin"]),
            },
        },
        "components": {
            "schemas": schemas,
            "messages": told.into_iter().chain(socket).collect::<Map<_, _>>(),
        },
    })
}

fn refer(names: &[String], to: &str) -> Map<String, Value> {
    let one = |name: &String| (name.clone(), json!({"$ref": format!("{to}{name}")}));
    names.iter().map(one).collect()
}

fn on_socket(names: &[&str]) -> Vec<Value> {
    let one = |name: &&str| json!({"$ref": format!("#/channels/socket/messages/{name}")});
    names.iter().map(one).collect()
}

/// Any event that is told in order.
fn any_event() -> Value {
    let told = event::DECLARATIONS
        .iter()
        .filter(|event| !event.classes.is_empty());
    let all: Vec<_> = told.map(|event| reference(event.name)).collect();
    json!({"anyOf": all})
}

/// The messages of the WebSocket.
fn messages() -> Map<String, Value> {
    told().into_iter().chain(said()).collect()
}

/// What the reader is told.
fn told() -> Map<String, Value> {
    let list = json!({"type": "array", "items": reference("AnyEvent")});
    let state = json!({"at": place(), "events": list});
    let mut response = answer();
    if let Some(Value::Object(properties)) = response.get_mut("properties") {
        properties.insert("type".into(), json!({"const": "response"}));
    }
    let mut messages = Map::new();
    for (name, kind, summary, members) in [
        (
            "mark",
            "mark",
            "Where the reader is.",
            json!({"at": place()}),
        ),
        (
            "snapshot",
            "snapshot",
            "The state, as events.",
            state.clone(),
        ),
        ("events_batch", "events", "What happened.", state),
        (
            "gap",
            "gap",
            "Events are lost to the reader.",
            json!({"missed": {"type": ["integer", "null"]}}),
        ),
        (
            "end",
            "end",
            "Why it ends.",
            json!({"reason": {"type": "string"}}),
        ),
    ] {
        messages.insert(name.into(), typed(kind, summary, members));
    }
    let answered = json!({"summary": "The answer to an action, in order.", "payload": response});
    messages.insert("response".into(), answered);
    messages
}

/// What the reader may say.
fn said() -> Map<String, Value> {
    let names: Vec<_> = Action::DECLARATIONS
        .iter()
        .map(|action| action.name)
        .collect();
    let action = json!({
        "type": "object",
        "description": "The members of an action are those of its path in openapi.json.",
        "properties": {"Action": {"type": "string", "examples": names}},
        "required": ["Action"],
    });
    let actions = json!({"type": "array", "items": action});
    let begin = json!({
        "type": "object",
        "properties": {
            "type": {"const": "begin"},
            "after": place(),
            "snapshot": {"enum": ["yes", "no"]},
        },
        "required": ["type"],
    });
    let mut messages = Map::new();
    for (name, summary, payload) in [
        ("action", "An action.", action),
        ("actions", "Actions, in order.", actions),
        ("begin", "Go to another place.", begin),
    ] {
        messages.insert(name.into(), json!({"summary": summary, "payload": payload}));
    }
    messages
}

/// A message with its kind and these members, all of them there.
fn typed(kind: &str, summary: &str, members: Value) -> Value {
    let mut properties = Map::new();
    properties.insert("type".into(), json!({"const": kind}));
    if let Value::Object(members) = members {
        properties.extend(members);
    }
    let required: Vec<_> = properties.keys().cloned().collect();
    json!({
        "summary": summary,
        "payload": {"type": "object", "properties": properties, "required": required},
    })
}

fn place() -> Value {
    json!({"type": "string", "description": "A place in the order of events."})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_referred_to_is_there() {
        let document = asyncapi();
        let text = document.to_string();
        for rest in text.split("{\"$ref\":\"#").skip(1) {
            let pointer = rest.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
        assert!(text.contains("\"Newchannel\""));
    }
}
