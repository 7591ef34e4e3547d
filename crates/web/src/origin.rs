//! Which pages may use the JSON faces from a browser: our own, and those of origins that http.conf
//! names (Fetch, 3.2).

use hyper::HeaderMap;
use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE, HOST, HeaderValue, ORIGIN, VARY,
};

/// Whether a browser says that a page of another site has it ask (Fetch Metadata, 2.2). It shows
/// certificates and digests all the same.
pub(crate) fn is_cross_site(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site")
}

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// No page of another site: a program, or a page of ours.
    Own,
    /// A page that may ask.
    Allowed(String),
    /// A page that may not.
    Foreign,
}

impl Origin {
    /// Where a request comes from, by its headers.
    pub(crate) fn of(headers: &HeaderMap, secure: bool, allowed: &[String]) -> Self {
        let Some(origin) = headers.get(ORIGIN).map(HeaderValue::to_str) else {
            return Self::Own;
        };
        let Ok(origin) = origin else {
            return Self::Foreign;
        };
        let scheme = if secure { "https" } else { "http" };
        let host = headers
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        if origin.eq_ignore_ascii_case(&format!("{scheme}://{host}")) {
            return Self::Own;
        }
        let known = |known: &String| known.trim_end_matches('/').eq_ignore_ascii_case(origin);
        if allowed.iter().any(known) {
            Self::Allowed(origin.to_owned())
        } else {
            Self::Foreign
        }
    }

    /// Tells the browser that the page may read the answer.
    pub(crate) fn allow(&self, headers: &mut HeaderMap) {
        if let Self::Allowed(origin) = self
            && let Ok(origin) = HeaderValue::from_str(origin)
        {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(
                ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
    }

    /// Answers the browser's question before the request itself.
    pub(crate) fn allow_methods(&self, headers: &mut HeaderMap) {
        self.allow(headers);
        if matches!(self, Self::Allowed(_)) {
            headers.insert(
                ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET, POST"),
            );
            let names = HeaderValue::from_static("authorization, content-type, last-event-id");
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
            headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(origin: Option<&'static str>) -> Origin {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static("pbx.example:8088"));
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        Origin::of(&headers, false, &["https://board.example/".to_owned()])
    }

    #[test]
    fn our_own_pages_and_those_named_may_ask() {
        assert_eq!(origin(None), Origin::Own);
        assert_eq!(origin(Some("http://PBX.example:8088")), Origin::Own);
        assert_eq!(
            origin(Some("https://board.example")),
            Origin::Allowed("https://board.example".into())
        );
        for foreign in [
            "https://pbx.example:8088",
            "http://pbx.example",
            "null",
            "https://board.example.evil",
        ] {
            assert_eq!(origin(Some(foreign)), Origin::Foreign, "{foreign}");
        }
    }

    #[test]
    fn only_who_may_is_told_so() {
        let mut headers = HeaderMap::new();
        Origin::Own.allow_methods(&mut headers);
        Origin::Foreign.allow_methods(&mut headers);
        assert!(headers.is_empty());
        Origin::Allowed("https://board.example".into()).allow_methods(&mut headers);
        assert_eq!(
            headers[ACCESS_CONTROL_ALLOW_ORIGIN],
            "https://board.example"
        );
    }
}
