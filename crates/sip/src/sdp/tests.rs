//! Offers and answers.

use super::*;

const PHONE: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
    m=audio 6000 RTP/AVP 8 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n";
const BOTH: &[Format] = &[Format::Ulaw, Format::Alaw];

fn local() -> Local {
    Local {
        address: "127.0.0.1:7000".parse().unwrap(),
        id: 5,
        version: 1,
    }
}

fn parse(text: &str) -> Option<Description> {
    Description::parse(text.as_bytes())
}

#[test]
fn an_offer_is_answered_in_its_first_format_we_know() {
    let offer = parse(PHONE).unwrap();
    assert_eq!(offer.common(BOTH), Some((Format::Alaw, 8)));
    assert_eq!(offer.common(&[Format::Ulaw]), Some((Format::Ulaw, 0)));
    assert_eq!(offer.common(&[]), None);
    assert!(!offer.holds());
    let remote = offer.remote((Format::Ulaw, 0), true);
    assert_eq!(
        (remote.rtp, remote.telephone_event),
        ("127.0.0.1:6000".parse().unwrap(), Some(101))
    );
    assert_eq!(
        offer.answer(local(), (Format::Ulaw, 0)),
        "v=0\r\no=- 5 1 IN IP4 127.0.0.1\r\ns=Switchroom\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 7000 RTP/AVP 0 101\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
    );
}

#[test]
fn other_medias_are_refused_in_their_place() {
    let text = PHONE.replace(
        "m=audio",
        "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\nm=audio",
    );
    let answer = parse(&text).unwrap().answer(local(), (Format::Ulaw, 0));
    assert!(
        answer.contains("m=video 0 RTP/AVP 96\r\nm=audio 7000"),
        "{answer}"
    );
}

#[test]
fn holding_is_told_in_all_its_ways() {
    for (text, ours) in [
        (
            PHONE.replace("sendrecv", "sendonly"),
            Direction::ReceiveOnly,
        ),
        (PHONE.replace("sendrecv", "inactive"), Direction::Inactive),
        (
            PHONE.replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0"),
            Direction::ReceiveOnly,
        ),
    ] {
        let offer = parse(&text).unwrap();
        assert!(offer.holds());
        assert_eq!(offer.ours(), ours);
        assert!(
            offer
                .answer(local(), (Format::Ulaw, 0))
                .contains(&format!("a={}\r\n", name(ours)))
        );
    }
    assert!(
        !parse(&PHONE.replace("sendrecv", "recvonly"))
            .unwrap()
            .holds()
    );
}

#[test]
fn payload_types_are_as_mapped() {
    let text = PHONE
        .replace("8 0 101", "97 98")
        .replace("a=rtpmap:0 PCMU", "a=rtpmap:97 pcma")
        .replace("rtpmap:101", "rtpmap:98");
    let offer = parse(&text).unwrap();
    assert_eq!(offer.common(BOTH), Some((Format::Alaw, 97)));
    assert_eq!(offer.telephone_event, Some(98));
}

#[test]
fn an_offer_of_ours_reads_back() {
    let offer = parse(&offer(local(), BOTH)).unwrap();
    assert_eq!(offer.formats, [(Format::Ulaw, 0), (Format::Alaw, 8)]);
    assert_eq!(
        (offer.address, offer.telephone_event),
        ("127.0.0.1:7000".parse().unwrap(), Some(101))
    );
}

#[test]
fn what_is_no_sound_is_none() {
    assert_eq!(parse(""), None);
    assert_eq!(parse("v=0\r\n"), None);
    assert_eq!(parse(&PHONE.replace("m=audio 6000", "m=audio 0")), None);
    assert_eq!(parse(&PHONE.replace("RTP/AVP", "RTP/SAVP")), None);
    assert_eq!(parse(&PHONE.replace("127.0.0.1", "phone.example")), None);
}
