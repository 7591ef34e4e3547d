//! Who calls, as an INVITE says.

use crate::address::NameAddr;
use crate::message::header;
use model::Party;
use rsipstack::sip::Request;
use rsipstack::sip::prelude::HeadersExt as _;

/// Who calls, and whether that is not to be shown: by P-Asserted-Identity with Privacy (RFC 3323, 3325)
/// or else Remote-Party-ID, if they are believed, or else by From.
pub(crate) fn caller(request: &Request, believed: bool) -> (Party, bool) {
    let told = |name| header(request, name).filter(|_| believed);
    let remote = told("Remote-Party-ID").and_then(NameAddr::parse);
    let asserted = told("P-Asserted-Identity").and_then(NameAddr::parse);
    let from = || NameAddr::parse(request.from_header().ok()?.value());
    let hides = |words: &str| {
        let mut words = words.split([';', ',']).map(str::trim);
        words
            .any(|word| !word.is_empty() && !["none", "off"].contains(&&*word.to_ascii_lowercase()))
    };
    let withheld = match (&asserted, &remote) {
        (None, Some(remote)) => remote.param("privacy").is_some_and(hides),
        _ => told("Privacy").is_some_and(hides),
    };
    let address = asserted.or(remote).or_else(from);
    let caller = Party {
        number: address.as_ref().and_then(NameAddr::user).map(Into::into),
        name: address.and_then(|address| address.display).map(Into::into),
    };
    (caller, withheld)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(believed: bool, headers: &str) -> String {
        let text = format!(
            "INVITE sip:600@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\n\
             From: \"From\" <sip:1@192.0.2.2>;tag=a\r\nTo: <sip:600@192.0.2.1>\r\nCall-ID: c\r\n\
             CSeq: 1 INVITE\r\n{headers}Content-Length: 0\r\n\r\n"
        );
        let request = Request::try_from(text.as_str()).unwrap();
        let (party, withheld) = caller(&request, believed);
        let number = party.number.unwrap_or_default();
        let name = party.name.unwrap_or_default();
        let hidden = if withheld { " hidden" } else { "" };
        format!("{name} {number}{hidden}")
    }

    #[test]
    fn callers_are_who_they_are_asserted_to_be() {
        let asserted = "P-Asserted-Identity: \"Pai\" <sip:2@192.0.2.2>\r\n";
        let remote = "Remote-Party-ID: \"Rpid\" <sip:3@192.0.2.2>;party=calling;privacy=";
        let private = "Privacy: id\r\n";
        assert_eq!(seen(true, ""), "From 1");
        assert_eq!(seen(true, private), "From 1 hidden");
        assert_eq!(seen(false, &format!("{asserted}{private}")), "From 1");
        assert_eq!(seen(true, asserted), "Pai 2");
        assert_eq!(seen(true, &format!("{asserted}{private}")), "Pai 2 hidden");
        assert_eq!(seen(true, &format!("{asserted}Privacy: none\r\n")), "Pai 2");
        assert_eq!(seen(true, &format!("{remote}off\r\n")), "Rpid 3");
        assert_eq!(seen(true, &format!("{remote}full\r\n")), "Rpid 3 hidden");
        let both = format!("{remote}full\r\n{asserted}");
        assert_eq!(seen(true, &both), "Pai 2");
    }
}
