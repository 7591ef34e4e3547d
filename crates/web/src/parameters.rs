//! The parameters of a request, which become the headers of an action (ami-server.md 8.2).

use ami::Message;
use percent_encoding::percent_decode;

/// How many count; further ones are dropped.
const LIMIT: usize = 128;

/// A parameter holds a line break or a NUL, decoded: it could have meant another header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forged;

/// Reads `name=value&name=value` as in a query or a posted form. What does not decode stays as it is, and
/// bytes that are no text are told again as they came.
///
/// # Errors
/// When a name or a value has what no header can hold.
pub(crate) fn read(text: &[u8]) -> Result<Message, Forged> {
    let mut message = Message::new();
    let pairs = text.split(|&byte| byte == b'&');
    for pair in pairs.filter(|pair| !pair.is_empty()).take(LIMIT) {
        let mut parts = pair.splitn(2, |&byte| byte == b'=');
        let [name, value] =
            [parts.next(), parts.next()].map(|part| decode(part.unwrap_or_default()));
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

fn decode(part: &[u8]) -> String {
    let plus_is_blank = |&byte: &u8| if byte == b'+' { b' ' } else { byte };
    let spaced: Vec<u8> = part.iter().map(plus_is_blank).collect();
    let bytes: Vec<u8> = percent_decode(&spaced).collect();
    stray::read(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(query: &str) -> String {
        read(query.as_bytes()).unwrap().text().replace("\r\n", "|")
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
    }

    #[test]
    fn bytes_that_are_no_text_are_told_again() {
        for query in [&b"actionid=M%FCller"[..], b"actionid=M\xFCller"] {
            let mut told = Vec::new();
            ami::raw::encode(&read(query).unwrap(), &mut told);
            assert_eq!(told, b"actionid: M\xFCller\r\n\r\n");
        }
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
            assert_eq!(read(query.as_bytes()), Err(Forged), "{query}");
        }
    }

    #[test]
    fn so_many_count_and_no_more() {
        let query = "a=b&".repeat(200);
        assert_eq!(read(query.as_bytes()).unwrap().iter().count(), LIMIT);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_asked_becomes_whole_headers_or_none(query in "[a-z0-9%&=+;:\\PC]{0,60}") {
            if let Ok(message) = read(query.as_bytes()) {
                let pairs = query.split('&').filter(|pair| !pair.is_empty()).count();
                proptest::prop_assert_eq!(message.iter().count(), pairs);
                proptest::prop_assert_eq!(message.text().matches("\r\n").count(), pairs);
            }
        }
    }
}
