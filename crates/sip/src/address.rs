//! Addresses in headers: `"Display" <sip:user@host>;param` (RFC 3261 §25.1).
//!
//! Who a request is from is decided here and not by the library: a quoted-pair (`\"`) in a display
//! name must not end it, or anybody could pass for anybody.

use rsipstack::sip::Uri;

/// An address with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameAddr {
    /// The display name, unescaped, without control characters; never empty.
    pub(crate) display: Option<String>,
    /// The URI as written.
    pub(crate) uri: String,
    params: Vec<(String, Option<String>)>,
}

impl NameAddr {
    /// Reads one address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (display, rest) = match text.strip_prefix('"') {
            Some(quoted) => quoted_string(quoted)?,
            None => match text.find('<') {
                Some(at) => (text[..at].trim().to_owned(), &text[at..]),
                None => (String::new(), text),
            },
        };
        let rest = rest.trim_start();
        let (uri, params) = match rest.strip_prefix('<') {
            Some(rest) => rest.split_once('>')?,
            None if display.is_empty() => rest.split_at(rest.find(';').unwrap_or(rest.len())),
            None => return None,
        };
        let uri = uri.trim();
        let display: String = display.chars().filter(|c| !c.is_control()).collect();
        (!uri.is_empty()).then(|| Self {
            display: Some(display).filter(|name| !name.is_empty()),
            uri: uri.to_owned(),
            params: params.split(';').filter_map(param).collect(),
        })
    }

    /// Reads a list as in `Contact`; `None` if one of them is no address.
    pub(crate) fn list(text: &str) -> Option<Vec<Self>> {
        split(text).into_iter().map(Self::parse).collect()
    }

    /// A parameter of the header (not of the URI); case does not matter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let found = self
            .params
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(found.1.as_deref().unwrap_or_default())
    }

    /// The URI, if it is one.
    pub(crate) fn parsed_uri(&self) -> Option<Uri> {
        Uri::try_from(self.uri.as_str()).ok()
    }

    /// Who it is: the user part of the URI, unescaped, without its own parameters.
    pub(crate) fn user(&self) -> Option<String> {
        user_of(&self.uri)
    }
}

/// The user part of a URI, unescaped, without its own parameters (`;phone-context=…`). Read from
/// the text: the library takes those parameters for the URI's.
pub(crate) fn user_of(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.trim().split_once(':')?;
    if !["sip", "sips", "tel"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known))
    {
        return None;
    }
    let rest = rest.split('?').next()?;
    let user = match rest.split_once('@') {
        Some((_, host)) if host.contains('@') => return None,
        Some((user, _)) => user,
        None if scheme.eq_ignore_ascii_case("tel") => rest,
        None => return None,
    };
    let user = user.split([';', ':']).next()?;
    Some(unescape(user)).filter(|user| !user.is_empty() && !user.chars().any(char::is_control))
}

/// Text that may stand in a quoted string.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Text that may stand as the user part of a URI (RFC 3261 §25.1, `user`).
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,?/".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// Text with its `%` escapes undone.
pub(crate) fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        let hex = (byte == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match hex {
            Some(value) => {
                bytes.push(value);
                rest = &tail[2..];
            }
            None => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The text up to the closing quote, unescaped, and what follows it.
fn quoted_string(text: &str) -> Option<(String, &str)> {
    let mut unescaped = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((unescaped, &text[at + 1..])),
            '\\' => unescaped.push(chars.next()?.1),
            _ => unescaped.push(c),
        }
    }
    None
}

fn param(text: &str) -> Option<(String, Option<String>)> {
    let text = text.trim();
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.trim().trim_matches('"').to_owned())),
        None => (text, None),
    };
    (!name.is_empty()).then(|| (name.trim().to_owned(), value))
}

/// The elements of a comma-separated list, commas in quotes and angle brackets aside.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => bracketed = true,
            '>' if !quoted => bracketed = false,
            ',' if !quoted && !bracketed => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_all_their_forms() {
        let address = NameAddr::parse("\"Alice\" <sip:101@host;x=y>;tag=1;q").unwrap();
        assert_eq!(address.display.as_deref(), Some("Alice"));
        assert_eq!(address.uri, "sip:101@host;x=y");
        assert_eq!(address.param("TAG"), Some("1"));
        assert_eq!(address.param("q"), Some(""));
        let bare = NameAddr::parse("sip:bob@host;tag=2").unwrap();
        assert_eq!(
            (bare.uri.as_str(), bare.param("tag")),
            ("sip:bob@host", Some("2"))
        );
        let token = NameAddr::parse("Bob <sip:b%6Fb;isub=1@host>").unwrap();
        assert_eq!(token.display.as_deref(), Some("Bob"));
        assert_eq!(token.user().as_deref(), Some("bob"));
        assert_eq!(NameAddr::parse("\"open <sip:a@b>"), None);
        assert_eq!(NameAddr::parse("<sip:a@b"), None);
        assert_eq!(NameAddr::parse(""), None);
    }

    #[test]
    fn a_quoted_pair_does_not_end_a_display_name() {
        let address = NameAddr::parse(r#""x\" <sip:admin@a>;tag=1, \"" <sip:guest@b>;tag=2"#);
        let address = address.unwrap();
        assert_eq!(address.user().as_deref(), Some("guest"));
        assert_eq!(address.param("tag"), Some("2"));
        assert_eq!(
            NameAddr::parse(&format!("{} <sip:a@b>", quote("a\"b\\")))
                .unwrap()
                .display
                .as_deref(),
            Some("a\"b\\")
        );
    }

    #[test]
    fn lists_are_split_outside_quotes_and_brackets() {
        let list = NameAddr::list(r#""a, b" <sip:a@h;x=1,2>;expires=60, <sip:b@h>"#).unwrap();
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].param("expires"), Some("60"));
        assert_eq!(list[1].uri, "sip:b@h");
    }

    #[test]
    fn users_are_escaped_both_ways() {
        assert_eq!(escape("a b@c"), "a%20b%40c");
        assert_eq!(unescape("a%20b%40c%zz%"), "a b@c%zz%");
    }
}
