//! A request that cannot be read is refused with a page, as any other (ami-server.md 8.6). The library
//! refuses it by itself with a bare status: that is kept back, and the page goes in its place.

use crate::answer::{Answer, Refusal};
use http_body_util::BodyExt as _;
use hyper::ext::ReasonPhrase;
use std::error::Error as _;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// The lines of a request's head that are read at most: its first, and the headers.
const LINES: usize = 1 + crate::listener::HEADERS;

/// How much of what a client still says is listened to, so that it hears why it was not read.
const REST: u64 = 256 * 1024;

/// Whether these bytes are the library's own refusal: answers of ours begin with other headers.
pub(crate) fn is_bare(bytes: &[u8]) -> bool {
    const HEADERS: &[u8] = b"\r\nConnection: close\r\nContent-Length: 0\r\n";
    let first = bytes.iter().take(64).position(|&byte| byte == b'\r');
    bytes.starts_with(b"HTTP/1.")
        && first
            .and_then(|end| bytes.get(end..))
            .is_some_and(|rest| rest.starts_with(HEADERS))
}

/// What is told to who was not understood, by what the library says of it and the bytes that it could
/// not read; nothing to who is gone, or has said nothing.
pub(crate) fn refusal(error: &hyper::Error, unread: &[u8]) -> Option<Refusal> {
    if error.is_parse_too_large() {
        return Some(too_large(unread));
    }
    if error.is_parse() {
        return Some(match error.to_string().as_str() {
            "invalid content-length parsed" => Refusal::Bad("Invalid Content-Length in request!"),
            "invalid transfer-encoding parsed" => Refusal::Encoding,
            _ => Refusal::Bad("Invalid Request"),
        });
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    let is_late = cause.is_some_and(|cause: &io::Error| cause.kind() == io::ErrorKind::TimedOut);
    (is_late && !unread.is_empty()).then_some(Refusal::Bad("Timeout"))
}

fn too_large(unread: &[u8]) -> Refusal {
    match unread.iter().filter(|&&byte| byte == b'\n').count() {
        0 => Refusal::Bad("Request line too long"),
        lines if lines > LINES => Refusal::TooManyHeaders,
        _ => Refusal::Bad("Header line too long"),
    }
}

/// Writes an answer that the library does not, and ends the connection.
pub(crate) async fn tell<S>(mut stream: S, answer: Answer) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (parts, body) = answer.into_parts();
    let body = body.collect().await?.to_bytes();
    let words = parts.extensions.get::<ReasonPhrase>();
    let words = words.map_or_else(Vec::new, |words| words.as_bytes().to_vec());
    let mut bytes = format!("HTTP/1.1 {} ", parts.status.as_str()).into_bytes();
    bytes.extend(words);
    for (name, value) in &parts.headers {
        bytes.extend(b"\r\n");
        bytes.extend(title_case(name.as_str()).bytes());
        bytes.extend(b": ");
        bytes.extend(value.as_bytes());
    }
    bytes.extend(format!("\r\nContent-Length: {}\r\n\r\n", body.len()).bytes());
    bytes.extend(body);
    stream.write_all(&bytes).await?;
    stream.shutdown().await?;
    // What is closed with bytes unread may take the answer with it.
    let mut rest = stream.take(REST);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}

/// A header's name as the library writes those of other answers.
fn title_case(name: &str) -> String {
    let mut begins = true;
    let cased = name.chars().map(|c| {
        let cased = if begins { c.to_ascii_uppercase() } else { c };
        begins = c == '-';
        cased
    });
    cased.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Answers;
    use hyper::StatusCode;

    #[test]
    fn the_librarys_own_words_are_known() {
        assert!(is_bare(
            b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\nDate: x\r\n\r\n"
        ));
        for ours in [
            &b"HTTP/1.1 400 Bad Request\r\nServer: x\r\nConnection: close\r\nContent-Length: 0\r\n"
                [..],
            b"HTTP/1.1 400 Bad Request\r\nDate: x\r\nConnection: close\r\n",
            b"Connection: close\r\nContent-Length: 0\r\n",
            b"",
        ] {
            assert!(!is_bare(ours));
        }
    }

    #[test]
    fn what_was_too_large_is_told() {
        assert_eq!(
            too_large(b"GET /aaaa"),
            Refusal::Bad("Request line too long")
        );
        let long = b"GET / HTTP/1.1\r\nX: aaaa";
        assert_eq!(too_large(long), Refusal::Bad("Header line too long"));
        assert_eq!(too_large(&b"X: y\r\n".repeat(102)), Refusal::TooManyHeaders);
    }

    #[tokio::test]
    async fn an_answer_is_written_as_others_are() {
        let (ours, mut theirs) = tokio::io::duplex(4096);
        let answer = Answers::new("S").of(StatusCode::OK, "text/plain", "x");
        let telling = tokio::spawn(tell(ours, answer));
        let mut heard = String::new();
        theirs.read_to_string(&mut heard).await.unwrap();
        drop(theirs);
        telling.await.unwrap().unwrap();
        assert!(heard.starts_with("HTTP/1.1 200 \r\nServer: S\r\nDate: "));
        assert!(heard.ends_with("\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx"));
    }
}
