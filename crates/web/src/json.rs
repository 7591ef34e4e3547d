//! Actions written as JSON: each member a header, a list one header for each of its values.

use ami::Message;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The headers that an action may have, as over TCP.
const LIMIT: usize = ami::HEADER_LIMIT;

/// An action that cannot be read: what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

/// Reads an action. Its name is `name`, if that is given, else its member `Action`.
pub(crate) fn read(text: &[u8], name: Option<&str>) -> Result<Message, Unreadable> {
    let headers = match text.trim_ascii() {
        [] => Headers::default(),
        text => serde_json::from_slice(text).map_err(|error| Unreadable(error.to_string()))?,
    };
    message(headers, name)
}

/// Reads a text message: one action, or a list of some.
pub(crate) fn read_batch(text: &str) -> Result<Vec<Message>, Unreadable> {
    let unreadable = |error: serde_json::Error| Unreadable(error.to_string());
    let batch = if text.trim_start().starts_with('[') {
        serde_json::from_str::<Vec<Headers>>(text).map_err(unreadable)?
    } else {
        vec![serde_json::from_str(text).map_err(unreadable)?]
    };
    batch
        .into_iter()
        .map(|headers| message(headers, None))
        .collect()
}

fn message(headers: Headers, name: Option<&str>) -> Result<Message, Unreadable> {
    let mut message = Message::new();
    if let Some(name) = name {
        message.header("Action", name);
    }
    for (header, value) in headers.0 {
        if name.is_some() && header.eq_ignore_ascii_case("Action") {
            continue;
        }
        let whole = [&header, &value]
            .iter()
            .all(|text| !text.contains(['\r', '\n', '\0']));
        if !whole || header.contains(':') || header.is_empty() {
            return Err(Unreadable(format!(
                "{header:?} holds what no header can hold"
            )));
        }
        message.header(&header, value);
    }
    if message.iter().count() > LIMIT {
        return Err(Unreadable(format!("more than {LIMIT} headers")));
    }
    Ok(message)
}

/// The headers of an action in the order they are written.
#[derive(Default)]
struct Headers(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Headers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Headers;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the headers of an action")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Headers, A::Error> {
                let mut headers = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    for value in map.next_value::<Values>()?.0 {
                        if headers.len() > LIMIT {
                            return Err(A::Error::custom("too many headers"));
                        }
                        headers.push((name.clone(), value));
                    }
                }
                Ok(Headers(headers))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// The values of a header: one, none for null, or those of a list.
struct Values(Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;

        impl Value {
            #[allow(clippy::unnecessary_wraps)]
            fn one<E>(text: impl ToString) -> Result<Values, E> {
                Ok(Values(vec![text.to_string()]))
            }
        }

        impl<'de> Visitor<'de> for Value {
            type Value = Values;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, a number, true, false, null or a list of such")
            }

            fn visit_str<E>(self, text: &str) -> Result<Values, E> {
                Self::one(text)
            }

            fn visit_bool<E>(self, flag: bool) -> Result<Values, E> {
                Self::one(flag)
            }

            fn visit_i64<E>(self, number: i64) -> Result<Values, E> {
                Self::one(number)
            }

            fn visit_u64<E>(self, number: u64) -> Result<Values, E> {
                Self::one(number)
            }

            fn visit_f64<E>(self, number: f64) -> Result<Values, E> {
                Self::one(number)
            }

            fn visit_unit<E>(self) -> Result<Values, E> {
                Ok(Values(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Values, A::Error> {
                let mut values = Vec::new();
                while let Some(Values(more)) = list.next_element()? {
                    values.extend(more);
                    if values.len() > LIMIT {
                        return Err(A::Error::custom("too many values"));
                    }
                }
                Ok(Values(values))
            }
        }

        deserializer.deserialize_any(Value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str, name: Option<&str>) -> String {
        read(json.as_bytes(), name)
            .unwrap()
            .text()
            .replace("\r\n", "|")
    }

    #[test]
    fn members_become_headers_in_their_order() {
        assert_eq!(
            text(
                r#"{"Channel":"Local/1@x","Async":true,"Timeout":30000,"Codecs":null,"Variable":["B=1","A=2"],"action":"Hangup"}"#,
                Some("Originate")
            ),
            "Action: Originate|Channel: Local/1@x|Async: true|Timeout: 30000|Variable: B=1|Variable: A=2|"
        );
        assert_eq!(text("", Some("Ping")), "Action: Ping|");
        assert_eq!(text("{\"Action\":\"Ping\"}", None), "Action: Ping|");
    }

    #[test]
    fn what_is_no_action_is_unreadable() {
        for json in [
            "[]",
            "1",
            "{",
            r#"{"A":{"b":1}}"#,
            r#"{"A":"x\r\nB: y"}"#,
            r#"{"A: b":"x"}"#,
            r#"{"A\n":"x"}"#,
            r#"{"":"x"}"#,
            r#"{"A":"x\u0000"}"#,
        ] {
            assert!(read(json.as_bytes(), None).is_err(), "{json}");
        }
        let many = format!("{{\"A\":[{}1]}}", "1,".repeat(200));
        assert!(read(many.as_bytes(), None).is_err());
        assert!(read("[".repeat(100_000).as_bytes(), None).is_err());
    }

    #[test]
    fn a_batch_is_a_list_of_actions() {
        let batch =
            read_batch(r#" [{"Action":"Ping"},{"Action":"Events","EventMask":"off"}]"#).unwrap();
        assert_eq!(batch.len(), 2);
        assert_eq!(read_batch(r#"{"Action":"Ping"}"#).unwrap().len(), 1);
        assert!(read_batch("[1]").is_err());
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_read_is_told_again(values in proptest::collection::vec(("[A-Za-z]{1,8}", "[^\r\n\0]{0,20}"), 0..20)) {
            let members: Vec<_> = values
                .iter()
                .map(|(name, value)| format!("{}:{}", serde_json::json!(name), serde_json::json!([value])))
                .collect();
            let message = read(format!("{{{}}}", members.join(",")).as_bytes(), None).unwrap();
            let told: Vec<_> = message.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            proptest::prop_assert_eq!(told, values);
        }
    }
}
