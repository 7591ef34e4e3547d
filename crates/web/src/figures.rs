//! Figures for Prometheus, to whoever may read them.

use crate::answer::{Answer, Answers};
use crate::exchange::{Figures, Reader};
use crate::web::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::AUTHORIZATION;
use subtle::ConstantTimeEq as _;

/// The text format's own type.
const TYPE: &str = "text/plain; version=0.0.4";

pub(crate) async fn serve(answers: &Answers, figures: Figures, request: &Request) -> Answer {
    if let Some(reader) = &figures.reader {
        let said = request
            .parts
            .headers
            .get(AUTHORIZATION)
            .map(|value| value.as_bytes());
        if !said.is_some_and(|said| is(reader, said)) {
            let realm = reader.realm.replace(['"', '\\'], "");
            return answers.unauthorized(&[format!("Basic realm=\"{realm}\"")]);
        }
    }
    answers.of(StatusCode::OK, TYPE, figures.text.await)
}

/// Whether `Authorization` names the reader (RFC 7617).
fn is(reader: &Reader, said: &[u8]) -> bool {
    let expected = STANDARD.encode(format!("{}:{}", reader.username, reader.password));
    let (scheme, credentials) = said.split_at(said.len().min("Basic ".len()));
    scheme.eq_ignore_ascii_case(b"Basic ") && bool::from(credentials.ct_eq(expected.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_is_known_by_name_and_password() {
        let (realm, username, password) = ("r".into(), "Aladdin".into(), "open sesame".into());
        let reader = Reader {
            realm,
            username,
            password,
        };
        assert!(is(&reader, b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(is(&reader, b"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(!is(&reader, b"Basic QWxhZGRpbjpvcGVu"));
        assert!(!is(&reader, b"Digest"));
    }
}
