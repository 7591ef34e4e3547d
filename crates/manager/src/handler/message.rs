//! Texts to phones, outside of any call.

use super::{Step, failed, pjsip};
use ami::action::message::MessageSend;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::{SipMethod, SipQuery, SipRequest, SipTarget};
use std::sync::Arc;

/// What is said of a text that goes nowhere.
pub(super) const NOT_SENT: &str = "Message failed to send.";

pub(super) fn send(id: &str, action: &MessageSend) -> Step {
    let filled = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    let Some(to) = filled(&action.destination).or_else(|| filled(&action.to)) else {
        return failed(id, "No 'To' address specified.");
    };
    let Some(address) = of_technology(&to) else {
        return failed(id, "Message technology not found.");
    };
    let (Some(to), Some(text)) = (target(address), text(action)) else {
        return failed(id, NOT_SENT);
    };
    let mut headers: Vec<(Arc<str>, Arc<str>)> = vec![
        ("Content-Type".into(), "text/plain;charset=UTF-8".into()),
        ("Content".into(), text.into()),
    ];
    let asked = pjsip::headers(&action.variable).into_iter();
    // The text is the body alone.
    headers.extend(asked.filter(|(name, _)| !name.eq_ignore_ascii_case("Content")));
    let from = filled(&action.from);
    pjsip::ask(SipQuery::Send(SipRequest {
        method: SipMethod::Message,
        to,
        from: from.map(|from| of_technology(&from).unwrap_or(&from).into()),
        headers,
    }))
}

/// What stands behind `pjsip:`, the technology that brings texts.
fn of_technology(address: &str) -> Option<&str> {
    let (technology, rest) = address.split_once(':')?;
    technology.eq_ignore_ascii_case("pjsip").then_some(rest)
}

/// An endpoint, or the URI that is named alone, behind an endpoint or within `<>`.
fn target(address: &str) -> Option<SipTarget> {
    let uri = ["sips:", "sip:"].iter().find_map(|scheme| {
        let at = address.find(scheme)?;
        address[at..].split('>').next()
    });
    match uri {
        Some(uri) if uri.contains(|c: char| c.is_whitespace() || "<\"".contains(c)) => None,
        Some(uri) => Some(SipTarget::Uri(uri.into())),
        None if address.contains('@') => target(&format!("sip:{address}")),
        None if address.is_empty() => None,
        None => Some(SipTarget::Endpoint(address.into())),
    }
}

/// The text; `None` if what should be base64 is not, or no text comes of it.
fn text(action: &MessageSend) -> Option<String> {
    match (&action.body, &action.base64_body) {
        (None, Some(coded)) => String::from_utf8(STANDARD.decode(coded).ok()?).ok(),
        (body, _) => Some(body.clone().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(to: &str) -> MessageSend {
        MessageSend {
            to: Some(to.to_owned()),
            destination: None,
            from: Some("pjsip:desk".to_owned()),
            body: Some("hello".to_owned()),
            base64_body: None,
            variable: vec!["X-Kind=test".to_owned(), "content=more".to_owned()],
        }
    }

    #[test]
    fn addresses_lead_to_endpoints_and_uris() {
        let endpoint = |name: &str| Some(SipTarget::Endpoint(name.into()));
        let uri = |text: &str| Some(SipTarget::Uri(text.into()));
        for (address, wanted) in [
            ("carol", endpoint("carol")),
            ("sip:carol@host:5062", uri("sip:carol@host:5062")),
            ("carol/sip:c@host", uri("sip:c@host")),
            ("\"Carol\" <sips:c@host>;x=y", uri("sips:c@host")),
            ("carol@host", uri("sip:carol@host")),
            ("", None),
            ("sip:c@host evil", None),
        ] {
            assert_eq!(target(address), wanted, "{address}");
        }
    }

    #[test]
    fn a_text_goes_to_sip_with_its_headers() {
        let Step::Ask(crate::Request::Sip(SipQuery::Send(request))) =
            send("1", &action("pjsip:carol"))
        else {
            panic!("not asked");
        };
        assert_eq!(request.method, SipMethod::Message);
        assert_eq!(request.from.as_deref(), Some("desk"));
        let headers: Vec<_> = request.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(headers[1..], [("Content", "hello"), ("X-Kind", "test")]);
    }

    #[test]
    fn base64_keeps_line_ends() {
        let mut action = action("pjsip:carol");
        action.body = None;
        action.base64_body = Some("YQ0KYg==".to_owned());
        assert_eq!(text(&action).as_deref(), Some("a\r\nb"));
        action.base64_body = Some("?".to_owned());
        assert_eq!(text(&action), None);
    }
}
