//! What a message must be before the library may see it, decided on its bytes.
//!
//! The library stops reading headers at bytes that are no UTF-8, takes a quoted-pair for the end of
//! a display name, does not tell an unknown method from no request at all, takes `invite` for
//! `INVITE` and loses a body whose length is not told. Each of these is put right or refused here.

use crate::address::{NameAddr, quote};
use rsipstack::sip::prelude::HeadersExt;
use rsipstack::sip::{Method, Request, SipMessage};
use std::fmt::Write as _;

/// The longest head of a message, in bytes.
pub(crate) const HEAD_LIMIT: usize = 16 * 1024;
/// The longest body, in bytes.
pub(crate) const BODY_LIMIT: usize = 48 * 1024;
/// The most header lines.
const HEADERS_LIMIT: usize = 128;

/// What some bytes are.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// A message fit to be handled.
    Message(Box<SipMessage>),
    /// A request that is refused with a status, whoever sent it.
    Refused(Box<Request>, u16),
    /// Nothing to answer; why, for those who look.
    Nothing(&'static str),
}

/// The head of a message, cut into its lines.
struct Head<'a> {
    start: &'a str,
    headers: Vec<(&'a str, String)>,
}

/// Reads a whole message. `framed` says whether its transport told where it ends by
/// `Content-Length`; a datagram ends where it ends.
pub(crate) fn read(bytes: &[u8], framed: bool) -> Arrival {
    let Some((head, body)) = split(bytes) else {
        return Arrival::Nothing("it has no end of headers");
    };
    if head.len() > HEAD_LIMIT || body.len() > BODY_LIMIT {
        return Arrival::Nothing("it is too long");
    }
    let text = String::from_utf8_lossy(head);
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t'))
    {
        return Arrival::Nothing("it has control characters");
    }
    let Some(head) = Head::parse(&text) else {
        return Arrival::Nothing("its headers are not understood");
    };
    let length = match head.content_length() {
        Ok(length) => length,
        Err(()) => return head.refuse(400),
    };
    let body = match length {
        None if framed => &[][..],
        None => body,
        Some(length) if length <= body.len() => &body[..length],
        Some(_) => return head.refuse(400),
    };
    if head.start.starts_with("SIP/") {
        head.response(body)
    } else {
        head.request(body)
    }
}

/// The head without its last line end, and what follows the empty line.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((&bytes[..at], &bytes[at + 4..]))
}

impl<'a> Head<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut lines = text
            .split("\r\n")
            .flat_map(|line| line.split('\n'))
            .map(|line| line.trim_end_matches('\r'));
        let start = lines.next()?;
        let mut headers: Vec<(&str, String)> = Vec::new();
        for line in lines {
            if line.starts_with([' ', '\t']) {
                let (_, value) = headers.last_mut()?;
                value.push(' ');
                value.push_str(line.trim());
                continue;
            }
            let (name, value) = line.split_once(':')?;
            let name = name.trim_end();
            if name.is_empty() || !name.bytes().all(is_token) || headers.len() == HEADERS_LIMIT {
                return None;
            }
            headers.push((name, value.trim().to_owned()));
        }
        Some(Self { start, headers })
    }

    fn request(&self, body: &[u8]) -> Arrival {
        let mut words = self.start.split(' ');
        let (Some(method), Some(uri), Some(version), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Arrival::Nothing("it has no request line");
        };
        if version != "SIP/2.0" {
            return if version.starts_with("SIP/") {
                self.refuse(505)
            } else {
                Arrival::Nothing("it is not SIP")
            };
        }
        let Some(known) = known_method(method) else {
            return self.refuse(501);
        };
        let Some(request) = self.to_request(known, uri, body) else {
            return self.refuse(400);
        };
        let sequence = request
            .cseq_header()
            .ok()
            .and_then(|cseq| Some((cseq.seq().ok()?, cseq.method().ok()?)));
        match sequence {
            Some((_, of)) if of == known && self.sequence_method() == Some(method) => {
                Arrival::Message(Box::new(request.into()))
            }
            Some(_) | None => self.refuse(400),
        }
    }

    fn response(&self, body: &[u8]) -> Arrival {
        let mut words = self.start.splitn(3, ' ');
        let (Some("SIP/2.0"), Some(code)) = (words.next(), words.next()) else {
            return Arrival::Nothing("it has no status line");
        };
        if code.len() != 3
            || !code
                .parse::<u16>()
                .is_ok_and(|code| (100..700).contains(&code))
        {
            return Arrival::Nothing("its status is none");
        }
        match self.to_message(self.start, body) {
            Some(message @ SipMessage::Response(_))
                if message.cseq_header().is_ok_and(|cseq| cseq.seq().is_ok()) =>
            {
                Arrival::Message(Box::new(message))
            }
            Some(SipMessage::Response(_) | SipMessage::Request(_)) | None => {
                Arrival::Nothing("its headers are not those of a response")
            }
        }
    }

    /// Refuses the request, if it can be answered at all. An ACK never is.
    fn refuse(&self, status: u16) -> Arrival {
        let nothing = Arrival::Nothing("it cannot be answered");
        if self.start.starts_with("SIP/") || self.start.starts_with("ACK ") {
            return nothing;
        }
        // The method stands in no response but in CSeq, which is echoed as it came.
        match self.to_request(Method::Options, "sip:unknown", &[]) {
            Some(request) => Arrival::Refused(Box::new(request), status),
            None => nothing,
        }
    }

    fn to_request(&self, method: Method, uri: &str, body: &[u8]) -> Option<Request> {
        match self.to_message(&format!("{method} {uri} SIP/2.0"), body)? {
            SipMessage::Request(request) => Some(request),
            SipMessage::Response(_) => None,
        }
    }

    /// What the library makes of it, if all is there that every message must have (RFC 3261 §8.1.1).
    fn to_message(&self, start: &str, body: &[u8]) -> Option<SipMessage> {
        let mut text = format!("{start}\r\n");
        for (name, value) in &self.headers {
            let value = match header_kind(name) {
                Kind::Length => continue,
                Kind::Party => plain(value)?,
                Kind::Other => value.clone(),
            };
            write!(text, "{name}: {value}\r\n").ok()?;
        }
        write!(text, "Content-Length: {}\r\n\r\n", body.len()).ok()?;
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(body);
        let message = SipMessage::try_from(bytes.as_slice()).ok()?;
        let whole = message
            .from_header()
            .ok()?
            .tag()
            .ok()?
            .is_some_and(|tag| !tag.value().is_empty())
            && message.to_header().is_ok_and(|to| to.tag().is_ok())
            && message
                .call_id_header()
                .is_ok_and(|id| !id.value().trim().is_empty())
            && message.cseq_header().is_ok()
            && message.top_via_header().is_ok_and(|via| {
                use rsipstack::sip::prelude::ToTypedHeader as _;
                via.typed().is_ok()
            });
        whole.then_some(message)
    }

    fn content_length(&self) -> Result<Option<usize>, ()> {
        let mut lengths = self
            .headers
            .iter()
            .filter(|(name, _)| header_kind(name) == Kind::Length);
        let Some((_, text)) = lengths.next() else {
            return Ok(None);
        };
        if lengths.any(|(_, other)| other != text)
            || text.is_empty()
            || !text.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(());
        }
        text.parse().map(Some).map_err(|_| ())
    }

    fn sequence_method(&self) -> Option<&str> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("CSeq"))?;
        value.split_ascii_whitespace().nth(1)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Length,
    Party,
    Other,
}

fn header_kind(name: &str) -> Kind {
    match name.to_ascii_lowercase().as_str() {
        "content-length" | "l" => Kind::Length,
        "from" | "f" | "to" | "t" => Kind::Party,
        _ => Kind::Other,
    }
}

/// An address as the library reads it: nothing quoted in the display name, no blanks about `=`.
/// Left as it came where there is nothing to put right.
fn plain(value: &str) -> Option<String> {
    let address = NameAddr::parse(value)?;
    let outside = value.rsplit('>').next().unwrap_or_default();
    if !value.contains('\\') && !outside.contains([' ', '\t']) {
        return Some(value.to_owned());
    }
    let display = address
        .display
        .as_deref()
        .unwrap_or_default()
        .replace(['"', '\\', '<', '>'], "");
    let name = if display.is_empty() {
        String::new()
    } else {
        format!("{} ", quote(&display))
    };
    let tag = address
        .param("tag")
        .map(|tag| format!(";tag={tag}"))
        .unwrap_or_default();
    Some(format!("{name}<{}>{tag}", address.uri))
}

/// Methods are told by case (RFC 3261 §7.1).
fn known_method(text: &str) -> Option<Method> {
    Method::all()
        .into_iter()
        .find(|method| method.to_string() == text)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

#[cfg(test)]
mod tests;
