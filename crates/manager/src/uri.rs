//! The parts of a SIP URI that managers are told (RFC 3261 §19.1).

/// The port of a URI that names none.
const DEFAULT_PORT: u16 = 5060;

/// The user; empty if there is none.
pub(crate) fn user(uri: &str) -> &str {
    let rest = uri.split_once(':').map_or("", |(_, rest)| rest);
    let user = rest.split_once('@').map_or("", |(user, _)| user);
    user.split([':', ';']).next().unwrap_or_default()
}

/// The host and the port as they are written: `host` or `host:port`.
pub(crate) fn address(uri: &str) -> Option<&str> {
    let (_, rest) = uri.split_once(':')?;
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    host.split([';', '?', '>'])
        .next()
        .filter(|host| !host.is_empty())
}

/// The host without its brackets, and the port.
pub(crate) fn host_and_port(uri: &str) -> Option<(&str, u16)> {
    let address = address(uri)?;
    let (host, port) = match address.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
        Some(_) | None => (address, DEFAULT_PORT),
    };
    Some((host.trim_matches(['[', ']']), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_is_taken_apart() {
        for (uri, parts) in [
            (
                "sip:100@10.0.0.2:5062;line=1",
                ("100", Some(("10.0.0.2", 5062))),
            ),
            ("sip:10.0.0.2", ("", Some(("10.0.0.2", 5060)))),
            ("sip:a:secret@[::1]:5070?x=y", ("a", Some(("::1", 5070)))),
            ("sip:a@[::1]", ("a", Some(("::1", 5060)))),
            ("sip:a@host:port", ("a", None)),
            ("nothing", ("", None)),
        ] {
            assert_eq!((user(uri), host_and_port(uri)), parts, "{uri}");
        }
    }
}
