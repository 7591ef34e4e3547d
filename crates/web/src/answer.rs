//! Answers: the headers that all have, in the order they are known in (ami-server.md 8.5).

use crate::body::Body;
use crate::page;
use hyper::ext::ReasonPhrase;
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_TYPE, DATE, HeaderName, HeaderValue, SERVER,
    WWW_AUTHENTICATE,
};
use hyper::{HeaderMap, Response, StatusCode};
use jiff::Timestamp;
use std::sync::{Arc, Mutex, PoisonError};

/// An answer to a request.
pub(crate) type Answer = Response<Body>;

/// Makes answers.
#[derive(Clone, Debug)]
pub(crate) struct Answers {
    /// Told in `Server`; not at all if it is empty.
    server: Arc<str>,
    header: Option<HeaderValue>,
}

/// Why a request is not answered as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The request cannot be read.
    Bad(&'static str),
    /// Who asks has to say who they are.
    Unauthorized,
    /// The session may not post files, or there is none.
    NotPermitted,
    /// The account may not come from here.
    NotFromHere,
    /// The account has as many sessions as it may have.
    InUse,
    /// The file may not be had.
    Forbidden,
    /// A restriction of http.conf.
    Restricted,
    /// Nothing is there.
    NotFound,
    /// The body is too large.
    TooLarge,
    /// More headers than are read.
    TooManyHeaders,
    /// The body comes in a way that is not read.
    Encoding,
    /// Only browsers on pages we know may do this.
    Origin,
    /// A secret would have gone where others can listen.
    NotPrivate,
    /// The method, on the faces that have always said so.
    NotImplemented,
    /// The method, on the others; these are taken.
    Method(&'static str),
    /// The body is not JSON.
    NotJson,
    /// The system does not do what it should.
    Internal,
    /// As many as there may be.
    TooMany,
    /// The node ends, or its queues are full.
    Unavailable,
}

impl Refusal {
    /// The status line, but for the version.
    fn title(self) -> &'static str {
        match self {
            Self::Bad(_) => "400 Bad Request",
            Self::Unauthorized | Self::NotPermitted => "401 Unauthorized",
            Self::NotFromHere | Self::InUse => "403 Permission denied",
            Self::Forbidden => "403 Access Denied",
            Self::Restricted | Self::Origin | Self::NotPrivate => "403 Forbidden",
            Self::NotFound => "404 Not Found",
            Self::TooLarge | Self::TooManyHeaders => "413 Request Entity Too Large",
            Self::Method(_) => "405 Method Not Allowed",
            Self::NotJson => "415 Unsupported Media Type",
            Self::Internal => "500 Server Error",
            Self::NotImplemented => "501 Not Implemented",
            Self::Encoding => "501 Unimplemented",
            Self::TooMany => "503 Service Unavailable",
            Self::Unavailable => "503 Service Unavailable",
        }
    }

    /// What the page says.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Bad(text) => text,
            Self::Unauthorized => "",
            Self::NotPermitted => "You are not authorized to make this request.",
            Self::Internal => "Internal Server Error",
            Self::NotFromHere => "Permission denied",
            Self::InUse => "Login Already In Use",
            Self::Forbidden => "You do not have permission to access the requested URL.",
            Self::Restricted => "Access denied by ACL",
            Self::Origin => "Pages of this origin may not do this",
            Self::NotPrivate => "Basic authentication needs HTTPS",
            Self::NotFound => "The requested URL was not found on this server.",
            Self::TooLarge => "Body too large",
            Self::TooManyHeaders => "Too many headers",
            Self::Encoding => "Unsupported Transfer-Encoding.",
            Self::Method(_) => "Another method is needed",
            Self::NotJson => "Content-Type must be application/json",
            Self::NotImplemented => "Attempt to use unimplemented / unsupported method",
            Self::TooMany => "Too many sessions",
            Self::Unavailable => "Shutdown in progress",
        }
    }

    /// The status.
    pub(crate) fn status(self) -> StatusCode {
        let code = self.title().as_bytes().get(..3).unwrap_or_default();
        StatusCode::from_bytes(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whether the connection ends with it: what follows on it cannot be trusted, or is not wanted.
    fn closes(self) -> bool {
        match self {
            Self::Bad(_)
            | Self::NotPermitted
            | Self::Internal
            | Self::NotFromHere
            | Self::InUse
            | Self::Forbidden
            | Self::Restricted
            | Self::Origin
            | Self::NotPrivate
            | Self::TooLarge
            | Self::TooManyHeaders
            | Self::Encoding
            | Self::Unavailable => true,
            Self::Unauthorized
            | Self::NotFound
            | Self::Method(_)
            | Self::NotJson
            | Self::NotImplemented
            | Self::TooMany => false,
        }
    }
}

impl Answers {
    pub(crate) fn new(server: &str) -> Self {
        let header = HeaderValue::from_str(server)
            .ok()
            .filter(|_| !server.is_empty());
        let server = if header.is_some() { server } else { "" };
        Self {
            server: server.into(),
            header,
        }
    }

    /// An answer without a body yet.
    pub(crate) fn of(
        &self,
        status: StatusCode,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut answer = self.bare(status, body.into());
        let headers = answer.headers_mut();
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-store"),
        );
        set(headers, CONTENT_TYPE, content_type);
        answer
    }

    /// An answer with no headers but those of the server itself.
    pub(crate) fn bare(&self, status: StatusCode, body: Body) -> Answer {
        let mut answer = Response::new(body);
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.reserve(8);
        if let Some(server) = &self.header {
            headers.insert(SERVER, server.clone());
        }
        headers.insert(DATE, date());
        answer
    }

    /// What is told to a refused request: a page.
    pub(crate) fn refusal(&self, refusal: Refusal) -> Answer {
        let page = page::error(refusal.title(), refusal.text(), &self.server);
        let mut answer = self.of(refusal.status(), "text/html", page);
        set_title(refusal.title(), &mut answer);
        close_after(refusal, &mut answer);
        answer
    }

    /// What is told to a refused request of the JSON faces.
    pub(crate) fn json_refusal(&self, refusal: Refusal) -> Answer {
        let mut text = String::from("{\"response\":{\"Response\":\"Error\",\"Message\":");
        let told = if refusal.text().is_empty() {
            "Unauthorized"
        } else {
            refusal.text()
        };
        ami::json::string(told, &mut text);
        text.push_str("},\"events\":[]}");
        let mut answer = self.of(refusal.status(), "application/json", text);
        close_after(refusal, &mut answer);
        answer
    }

    /// 401 with these ways to say who one is.
    pub(crate) fn unauthorized(&self, ways: &[String]) -> Answer {
        let mut answer = self.refusal(Refusal::Unauthorized);
        for way in ways {
            if let Ok(way) = HeaderValue::from_str(way) {
                answer.headers_mut().append(WWW_AUTHENTICATE, way);
            }
        }
        answer
    }

    /// Somewhere else.
    pub(crate) fn elsewhere(&self, location: &str) -> Answer {
        const TITLE: &str = "302 Moved Temporarily";
        let page = page::error(TITLE, "Redirecting...", &self.server);
        let mut answer = self.of(StatusCode::FOUND, "text/html", page);
        set_title(TITLE, &mut answer);
        set(answer.headers_mut(), hyper::header::LOCATION, location);
        answer
    }

    /// What is told in `Server`.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }
}

/// Sets a header. What cannot stand in one is left out.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Has the status line say what the page does, where HTTP has other words for the status by now.
fn set_title(title: &'static str, answer: &mut Answer) {
    let words = title.split_once(' ').map_or(title, |(_, words)| words);
    answer
        .extensions_mut()
        .insert(ReasonPhrase::from_static(words.as_bytes()));
}

fn close_after(refusal: Refusal, answer: &mut Answer) {
    if refusal.closes() {
        answer
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
}

/// The time in words; made once a second.
fn date() -> HeaderValue {
    static LAST: Mutex<Option<(i64, HeaderValue)>> = Mutex::new(None);
    let now = Timestamp::now();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    match &*last {
        Some((second, date)) if *second == now.as_second() => date.clone(),
        Some(_) | None => {
            let date =
                HeaderValue::from_str(&http_date(now)).unwrap_or(HeaderValue::from_static(""));
            *last = Some((now.as_second(), date.clone()));
            date
        }
    }
}

/// A time as headers tell it.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_in_their_order() {
        let answer = Answers::new("Asterisk/22").of(StatusCode::OK, "text/plain", String::new());
        let names: Vec<_> = answer.headers().keys().map(HeaderName::as_str).collect();
        assert_eq!(names, ["server", "date", "cache-control", "content-type"]);
        let nameless = Answers::new("").refusal(Refusal::NotFound);
        assert_eq!(nameless.headers().get("server"), None);
    }

    #[test]
    fn a_date_is_told_as_http_tells_it() {
        let at: Timestamp = "2026-11-22T21:03:15Z".parse().unwrap();
        assert_eq!(http_date(at), "Sun, 22 Nov 2026 21:03:15 GMT");
        assert_eq!(date().len(), 29);
    }

    #[test]
    fn refusals_have_their_status() {
        assert_eq!(Refusal::NotImplemented.status().as_u16(), 501);
        assert_eq!(Refusal::TooLarge.status().as_u16(), 413);
        let answer = Answers::new("x").refusal(Refusal::TooLarge);
        assert_eq!(answer.headers()[CONNECTION], "close");
        let words = answer.extensions().get::<ReasonPhrase>().unwrap();
        assert_eq!(words.as_bytes(), b"Request Entity Too Large");
        let ways = ["Digest a".to_owned(), "Digest b".to_owned()];
        let asked = Answers::new("x").unauthorized(&ways);
        assert_eq!(asked.headers().get_all(WWW_AUTHENTICATE).iter().count(), 2);
    }
}
