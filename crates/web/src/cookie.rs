//! The cookie of a session (ami-server.md 8.3).

use hyper::HeaderMap;
use hyper::header::COOKIE;

/// Its name.
const NAME: &str = "mansession_id";

/// The session that a request names, if it names one: in whichever `Cookie` header and place.
pub(crate) fn session(headers: &HeaderMap) -> Option<&str> {
    all(headers)
        .find(|(name, _)| name.eq_ignore_ascii_case(NAME))
        .map(|(_, value)| value)
}

/// All cookies of a request, name and value.
pub(crate) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(COOKIE).into_iter();
    let pairs = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = value.trim();
        let unquoted = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'));
        Some((name.trim(), unquoted.unwrap_or(value)))
    })
}

/// The value of `Set-Cookie`. Out of reach of scripts and of other sites' forms; over TLS, only ever
/// sent over TLS.
pub(crate) fn set(id: &str, seconds: u64, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{NAME}=\"{id}\"; Version=1; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn named(cookies: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(COOKIE, HeaderValue::from_static(cookie));
        }
        session(&headers).map(str::to_owned)
    }

    #[test]
    fn the_session_is_found_wherever_it_stands() {
        for cookies in [
            &["mansession_id=\"a1\""][..],
            &["other=x; MANSESSION_ID = a1"],
            &["other=x", "y=z; mansession_id=a1; w=v"],
        ] {
            assert_eq!(named(cookies).as_deref(), Some("a1"), "{cookies:?}");
        }
        for cookies in [&[][..], &["mansession=a1"], &["mansession_id"]] {
            assert_eq!(named(cookies), None, "{cookies:?}");
        }
    }

    #[test]
    fn a_cookie_is_told_as_known_and_kept_safe() {
        assert_eq!(
            set("a1", 60, true),
            "mansession_id=\"a1\"; Version=1; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(!set("a1", 60, false).contains("Secure;"));
    }
}
