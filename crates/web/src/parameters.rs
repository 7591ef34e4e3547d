//! The parameters of a request, which become the headers of an action (ami-server.md 8.2).

use ami::Message;
use percent_encoding::percent_decode_str;

/// How many count; further ones are dropped.
const LIMIT: usize = 128;

/// A parameter holds a line break or a NUL, decoded: it could have meant another header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forged;

/// Reads `name=value&name=value` as in a query or a posted form. What does not decode stays as it is.
///
/// # Errors
/// When a name or a value has what no header can hold.
pub(crate) fn read(text: &str) -> Result<Message, Forged> {
    let mut message = Message::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()).take(LIMIT) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name), decode(value));
        if [&name, &value]
            .iter()
            .any(|part| part.contains(['\r', '\n', '\0']))
            || name.contains(':')
        {
            return Err(Forged);
        }
        message.header(&name, value.trim_start_matches(|c| c <= ' '));
    }
    Ok(message)
}

fn decode(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(query: &str) -> String {
        read(query).unwrap().text().replace("\r\n", "|")
    }

    #[test]
    fn parameters_become_headers() {
        assert_eq!(
            text("action=login&username=a%20b&secret=x%26y+z&empty&=v&%zz=%4"),
            "action: login|username: a b|secret: x&y z|empty: |: v|%zz: %4|"
        );
        assert_eq!(text(""), "");
        assert_eq!(text("&&a=1&"), "a: 1|");
        assert_eq!(text("a==b"), "a: =b|");
        assert_eq!(read("a=%ff").unwrap().first("a"), Some("\u{fffd}"));
    }

    #[test]
    fn nothing_can_be_smuggled_in() {
        for query in [
            "actionid=a%0d%0aFoo:%20bar",
            "a=%0a",
            "a=%00",
            "a%0d=b",
            "a:b=c",
        ] {
            assert_eq!(read(query), Err(Forged), "{query}");
        }
    }

    #[test]
    fn so_many_count_and_no_more() {
        let query = "a=b&".repeat(200);
        assert_eq!(read(&query).unwrap().iter().count(), LIMIT);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_asked_becomes_whole_headers_or_none(query in "[a-z0-9%&=+;:\\PC]{0,60}") {
            if let Ok(message) = read(&query) {
                let pairs = query.split('&').filter(|pair| !pair.is_empty()).count();
                proptest::prop_assert_eq!(message.iter().count(), pairs);
                proptest::prop_assert_eq!(message.text().matches("\r\n").count(), pairs);
            }
        }
    }
}
