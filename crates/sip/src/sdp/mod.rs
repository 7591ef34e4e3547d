//! Offer and answer (RFC 3264): what is said of a call's sound, and what that comes to.

use media::{Direction, Format, Remote};
use sdp_types::{Attribute, Connection, Media, Origin, Session};
use std::net::{IpAddr, SocketAddr};

/// The payload type of key presses where we choose it.
const TELEPHONE_EVENT: u8 = 101;
/// The most medias a description may have.
const MEDIAS: usize = 32;

/// What the far end says of its sound.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Description {
    session: Session,
    /// Which of its medias is the sound.
    index: usize,
    address: SocketAddr,
    rtcp: Option<SocketAddr>,
    /// Formats we know, in its order, with their payload types.
    formats: Vec<(Format, u8)>,
    telephone_event: Option<u8>,
    /// What it does itself.
    direction: Direction,
}

/// Our end of the sound.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local {
    pub(crate) address: SocketAddr,
    /// Names the session; the same in all its descriptions.
    pub(crate) id: u64,
    /// Counts its descriptions.
    pub(crate) version: u64,
}

impl Description {
    /// Reads a description; `None` if it is none, or has no sound we could take part in.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let session = Session::parse(body).ok()?;
        if session.medias.len() > MEDIAS {
            return None;
        }
        let index = session.medias.iter().position(is_audio)?;
        let media = session.medias.get(index)?;
        let connection = media.connections.first().or(session.connection.as_ref())?;
        let ip: IpAddr = connection
            .connection_address
            .split('/')
            .next()?
            .parse()
            .ok()?;
        let formats = formats(media);
        let direction = direction(&session, media, ip);
        Some(Self {
            address: SocketAddr::new(ip, media.port),
            rtcp: rtcp(media, ip),
            telephone_event: telephone_event(media),
            formats,
            direction,
            index,
            session,
        })
    }

    /// The first of its formats that we may use too.
    pub(crate) fn common(&self, allowed: &[Format]) -> Option<(Format, u8)> {
        self.formats
            .iter()
            .copied()
            .find(|(format, _)| allowed.contains(format))
    }

    /// Whether it holds us: it wants to hear nothing.
    pub(crate) fn holds(&self) -> bool {
        matches!(self.direction, Direction::SendOnly | Direction::Inactive)
    }

    /// What media is to know of the far end.
    pub(crate) fn remote(&self, (format, payload_type): (Format, u8), symmetric: bool) -> Remote {
        Remote {
            rtp: self.address,
            rtcp: self.rtcp,
            payload_type,
            telephone_event: self.telephone_event,
            direction: self.ours(),
            symmetric,
            ..Remote::new(self.address, format)
        }
    }

    /// What we do, seen from us.
    fn ours(&self) -> Direction {
        match self.direction {
            Direction::SendReceive => Direction::SendReceive,
            Direction::SendOnly => Direction::ReceiveOnly,
            Direction::ReceiveOnly => Direction::SendOnly,
            Direction::Inactive => Direction::Inactive,
        }
    }

    /// The answer that takes its sound in one format and refuses its other medias.
    pub(crate) fn answer(&self, local: Local, format: (Format, u8)) -> String {
        let mut session = session(local);
        for (index, offered) in self.session.medias.iter().enumerate() {
            session.medias.push(if index == self.index {
                let mut media = audio(local, &[format], self.telephone_event);
                media.proto = offered.proto.clone();
                media.attributes.push(Attribute::new(name(self.ours())));
                media
            } else {
                Media {
                    port: 0,
                    num_ports: None,
                    connections: vec![],
                    bandwidths: vec![],
                    key: None,
                    attributes: vec![],
                    media_title: None,
                    ..offered.clone()
                }
            });
        }
        written(&session)
    }
}

/// An offer of sound in any of these formats.
pub(crate) fn offer(local: Local, formats: &[Format]) -> String {
    let mut session = session(local);
    let formats: Vec<_> = formats
        .iter()
        .map(|format| (*format, format.payload_type()))
        .collect();
    let mut media = audio(local, &formats, Some(TELEPHONE_EVENT));
    media
        .attributes
        .push(Attribute::new(name(Direction::SendReceive)));
    session.medias.push(media);
    written(&session)
}

fn is_audio(media: &Media) -> bool {
    media.media == "audio"
        && media.port != 0
        && matches!(media.proto.as_str(), "RTP/AVP" | "RTP/AVPF")
}

/// The formats a media lists that we know; static payload types need no map (RFC 3551).
fn formats(media: &Media) -> Vec<(Format, u8)> {
    let payload_types = media
        .fmt
        .split_ascii_whitespace()
        .filter_map(|text| text.parse::<u8>().ok());
    let format = |payload_type| match (encoding(media, payload_type).as_deref(), payload_type) {
        (Some("PCMU/8000"), _) | (None, 0) => Some((Format::Ulaw, payload_type)),
        (Some("PCMA/8000"), _) | (None, 8) => Some((Format::Alaw, payload_type)),
        (Some(_) | None, _) => None,
    };
    payload_types
        .filter(|payload_type| *payload_type < 128)
        .filter_map(format)
        .collect()
}

fn telephone_event(media: &Media) -> Option<u8> {
    let mut payload_types = media
        .fmt
        .split_ascii_whitespace()
        .filter_map(|text| text.parse::<u8>().ok());
    payload_types.find(|payload_type| {
        *payload_type < 128
            && encoding(media, *payload_type).as_deref() == Some("TELEPHONE-EVENT/8000")
    })
}

/// What a payload type is mapped to, in capitals and without channels: `PCMU/8000`.
fn encoding(media: &Media, payload_type: u8) -> Option<String> {
    media
        .get_attribute_values("rtpmap")
        .flatten()
        .find_map(|value| {
            let (number, encoding) = value.trim().split_once(' ')?;
            if number.parse() != Ok(payload_type) {
                return None;
            }
            let mut parts = encoding.trim().split('/');
            let (name, rate) = (parts.next()?, parts.next()?);
            Some(format!("{}/{rate}", name.to_ascii_uppercase()))
        })
}

/// Where it wants RTCP if not on the port above (RFC 3605), or on the same (RFC 5761).
fn rtcp(media: &Media, ip: IpAddr) -> Option<SocketAddr> {
    let value = media.get_attribute_values("rtcp").flatten().next()?;
    let mut words = value.split_ascii_whitespace();
    let port = words.next()?.parse().ok()?;
    let ip = words
        .nth(2)
        .and_then(|address| address.parse().ok())
        .unwrap_or(ip);
    Some(SocketAddr::new(ip, port))
}

/// What it does: by its attribute, or as was said before there were any (RFC 3264 §8.4).
fn direction(session: &Session, media: &Media, ip: IpAddr) -> Direction {
    if ip.is_unspecified() {
        return Direction::SendOnly;
    }
    let of = |attribute: &Attribute| match attribute.attribute.as_str() {
        "sendrecv" => Some(Direction::SendReceive),
        "sendonly" => Some(Direction::SendOnly),
        "recvonly" => Some(Direction::ReceiveOnly),
        "inactive" => Some(Direction::Inactive),
        _ => None,
    };
    let own = media.attributes.iter().find_map(of);
    own.or_else(|| session.attributes.iter().find_map(of))
        .unwrap_or(Direction::SendReceive)
}

fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::SendReceive => "sendrecv",
        Direction::SendOnly => "sendonly",
        Direction::ReceiveOnly => "recvonly",
        Direction::Inactive => "inactive",
    }
}

fn session(local: Local) -> Session {
    let ip = local.address.ip();
    let mut session = Session::new(
        Origin::with_ip_addr(local.id, local.version, ip),
        "Switchroom",
    );
    session.origin.username = Some("-".to_owned());
    session.connection = Some(Connection::from_ip_addr(ip));
    session.times.push(sdp_types::Time::new(0, 0));
    session
}

fn audio(local: Local, formats: &[(Format, u8)], telephone_event: Option<u8>) -> Media {
    let payload_types = formats
        .iter()
        .map(|(_, payload_type)| *payload_type)
        .chain(telephone_event);
    let listed: Vec<String> = payload_types
        .map(|payload_type| payload_type.to_string())
        .collect();
    let mut attributes = Vec::new();
    for (format, payload_type) in formats {
        let encoding = match format {
            Format::Ulaw => "PCMU",
            Format::Alaw => "PCMA",
        };
        attributes.push(Attribute::with_value(
            "rtpmap",
            format!("{payload_type} {encoding}/8000"),
        ));
    }
    if let Some(payload_type) = telephone_event {
        attributes.push(Attribute::with_value(
            "rtpmap",
            format!("{payload_type} telephone-event/8000"),
        ));
        attributes.push(Attribute::with_value(
            "fmtp",
            format!("{payload_type} 0-16"),
        ));
    }
    attributes.push(Attribute::with_value("ptime", "20"));
    Media {
        media: "audio".to_owned(),
        port: local.address.port(),
        num_ports: None,
        proto: "RTP/AVP".to_owned(),
        fmt: listed.join(" "),
        media_title: None,
        connections: vec![],
        bandwidths: vec![],
        key: None,
        attributes,
    }
}

fn written(session: &Session) -> String {
    let mut bytes = Vec::new();
    match session.write(&mut bytes) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        // A vector takes all there is to write.
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests;
