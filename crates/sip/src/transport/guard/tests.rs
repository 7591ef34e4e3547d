//! What is let through, put right or refused.

use super::*;

const HEADERS: &str = "Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n";

fn message(start: &str, headers: &str, body: &str) -> Arrival {
    read(format!("{start}\r\n{headers}\r\n{body}").as_bytes(), false)
}

fn request(arrival: Arrival) -> Request {
    match arrival {
        Arrival::Message(message) => match *message {
            SipMessage::Request(request) => request,
            SipMessage::Response(response) => panic!("{response}"),
        },
        Arrival::Refused(..) | Arrival::Nothing(_) => panic!("no message"),
    }
}

fn refused(arrival: &Arrival) -> Option<u16> {
    match arrival {
        Arrival::Refused(_, status) => Some(*status),
        Arrival::Message(_) | Arrival::Nothing(_) => None,
    }
}

#[test]
fn a_plain_request_is_let_through() {
    let request = request(message("OPTIONS sip:b@h SIP/2.0", HEADERS, ""));
    assert_eq!(request.method, Method::Options);
    assert_eq!(request.from_header().unwrap().value(), "<sip:a@h>;tag=1");
}

#[test]
fn the_body_of_a_datagram_needs_no_length() {
    assert_eq!(
        request(message("OPTIONS sip:b@h SIP/2.0", HEADERS, "v=0")).body,
        b"v=0"
    );
    let told = format!("{HEADERS}l: 2\r\n");
    assert_eq!(
        request(message("OPTIONS sip:b@h SIP/2.0", &told, "v=0")).body,
        b"v="
    );
    let too_long = format!("{HEADERS}Content-Length: 9\r\n");
    assert_eq!(
        refused(&message("OPTIONS sip:b@h SIP/2.0", &too_long, "v=0")),
        Some(400)
    );
    let negative = format!("{HEADERS}Content-Length: -1\r\n");
    assert_eq!(
        refused(&message("OPTIONS sip:b@h SIP/2.0", &negative, "")),
        Some(400)
    );
}

#[test]
fn methods_and_versions_are_told_exactly() {
    assert_eq!(
        refused(&message("options sip:b@h SIP/2.0", HEADERS, "")),
        Some(501)
    );
    assert_eq!(
        refused(&message("EXPLODE sip:b@h SIP/2.0", HEADERS, "")),
        Some(501)
    );
    assert_eq!(
        refused(&message("OPTIONS sip:b@h SIP/3.0", HEADERS, "")),
        Some(505)
    );
    assert_eq!(
        refused(&message("INVITE sip:b@h SIP/2.0", HEADERS, "")),
        Some(400)
    );
    assert!(matches!(
        message("ACK sip:b@h SIP/9", HEADERS, ""),
        Arrival::Nothing(_)
    ));
    assert!(matches!(
        message("GET / HTTP/1.1", HEADERS, ""),
        Arrival::Nothing(_)
    ));
}

#[test]
fn a_display_name_cannot_end_early() {
    let headers = HEADERS.replace(
        "From: <sip:a@h>;tag=1",
        r#"From: "x\" <sip:admin@h>;tag=9" <sip:guest@h> ; tag = 2"#,
    );
    let request = request(message("OPTIONS sip:b@h SIP/2.0", &headers, ""));
    let from = request.from_header().unwrap();
    assert_eq!(from.tag().unwrap().unwrap().value(), "2");
    assert_eq!(
        NameAddr::parse(from.value()).unwrap().user().as_deref(),
        Some("guest")
    );
}

#[test]
fn odd_bytes_lose_no_header() {
    let mut bytes = b"OPTIONS sip:b@h SIP/2.0\r\nSubject: \xff\xfe\r\n".to_vec();
    bytes.extend_from_slice(HEADERS.as_bytes());
    bytes.extend_from_slice(b"\r\n");
    assert_eq!(request(read(&bytes, false)).method, Method::Options);
    assert!(matches!(
        message(
            "OPTIONS sip:b@h SIP/2.0",
            &format!("X: \0\r\n{HEADERS}"),
            ""
        ),
        Arrival::Nothing(_)
    ));
}

#[test]
fn what_lacks_a_header_is_no_message() {
    for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
        let headers: String = HEADERS
            .split_inclusive("\r\n")
            .filter(|line| !line.starts_with(name))
            .collect();
        assert!(
            matches!(
                message("OPTIONS sip:b@h SIP/2.0", &headers, ""),
                Arrival::Nothing(_)
            ),
            "{name}"
        );
    }
    assert!(matches!(read(b"\r\n\r\n", false), Arrival::Nothing(_)));
    assert!(matches!(read(b"", false), Arrival::Nothing(_)));
    assert!(matches!(
        message("SIP/2.0 99 x", HEADERS, ""),
        Arrival::Nothing(_)
    ));
    assert!(matches!(
        message("SIP/2.0 200 OK", HEADERS, ""),
        Arrival::Message(_)
    ));
}
