//! Spans as OTLP has them in JSON: ids in hexadecimal digits, 64-bit numbers as text
//! (opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).

use crate::traces::span::{Moment, Span, Value};
use crate::version;
use jiff::Timestamp;
use serde_json::json;

/// A request to take these spans of a service.
pub(super) fn request(service: &str, host: &str, spans: &[Span]) -> Vec<u8> {
    let resource = [
        ("service.name", Value::Text(service.to_owned())),
        (
            "service.version",
            Value::Text(version::COMPATIBLE.to_owned()),
        ),
        ("host.name", Value::Text(host.to_owned())),
    ];
    let spans: Vec<_> = spans.iter().map(span).collect();
    let request = json!({
        "resourceSpans": [{
            "resource": { "attributes": attributes(&resource) },
            "scopeSpans": [{ "scope": { "name": "switchroom" }, "spans": spans }],
        }],
    });
    request.to_string().into_bytes()
}

fn span(span: &Span) -> serde_json::Value {
    let moments: Vec<_> = span.moments.iter().map(moment).collect();
    let mut object = json!({
        "traceId": span.trace.to_string(),
        "spanId": span.id.to_string(),
        "name": span.name,
        "kind": span.kind as u8,
        "startTimeUnixNano": nanoseconds(span.start),
        "endTimeUnixNano": nanoseconds(span.end),
        "attributes": attributes(&span.attributes),
        "events": moments,
        "droppedEventsCount": span.more,
    });
    if let Some(parent) = span.parent {
        object["parentSpanId"] = parent.to_string().into();
    }
    if let Some(error) = &span.error {
        const ERROR: u8 = 2;
        object["status"] = json!({ "code": ERROR, "message": error });
    }
    object
}

fn moment(moment: &Moment) -> serde_json::Value {
    json!({
        "timeUnixNano": nanoseconds(moment.at),
        "name": moment.name,
        "attributes": attributes(&moment.attributes),
    })
}

fn attributes(attributes: &[(&'static str, Value)]) -> serde_json::Value {
    let one = |(key, value): &(&'static str, Value)| {
        let value = match value {
            Value::Text(text) => json!({ "stringValue": text }),
            Value::Number(number) => json!({ "intValue": number.to_string() }),
        };
        json!({ "key": key, "value": value })
    };
    attributes.iter().map(one).collect()
}

fn nanoseconds(at: Timestamp) -> String {
    at.as_nanosecond().max(0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::span::{Kind, SpanIds};
    use model::TraceId;

    #[test]
    fn a_span_is_written_as_the_protocol_has_it() {
        let mut ids = SpanIds::from(0);
        let (one, two) = (ids.next(), ids.next());
        let start = Timestamp::from_second(7).unwrap();
        let trace = TraceId::new(0xab);
        let mut span = Span::begin((trace, two), Some(one), "leg".into(), Kind::Client, start);
        span.say("a", "x\"");
        span.say("empty", "");
        span.happen(start, "answer", vec![("n", Value::Number(-1))]);
        span.error = Some("Error".into());
        let end = Timestamp::from_millisecond(7_500).unwrap();
        let written = request("s", "h", &[span.ended(end)]);
        let read: serde_json::Value = serde_json::from_slice(&written).unwrap();
        let told = &read["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        let wanted = json!({
            "traceId": "000000000000000000000000000000ab",
            "spanId": two.to_string(),
            "parentSpanId": "9e3779b97f4a7c15",
            "name": "leg",
            "kind": 3,
            "startTimeUnixNano": "7000000000",
            "endTimeUnixNano": "7500000000",
            "attributes": [{ "key": "a", "value": { "stringValue": "x\"" } }],
            "events": [{ "timeUnixNano": "7000000000", "name": "answer",
                "attributes": [{ "key": "n", "value": { "intValue": "-1" } }] }],
            "droppedEventsCount": 0,
            "status": { "code": 2, "message": "Error" },
        });
        assert_eq!(*told, wanted);
        let resource = &read["resourceSpans"][0]["resource"]["attributes"][0];
        assert_eq!(resource["value"]["stringValue"], "s");
    }
}
