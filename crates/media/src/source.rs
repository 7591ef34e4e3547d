//! Where a leg's sound comes from, and where ours goes.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A source silent for so long may be replaced by another.
const SILENCE: Duration = Duration::from_secs(3);

/// The far end's addresses: told by SDP, learnt from its packets. Who was heard first is believed
/// until silent, so that a stranger cannot take over a stream; but the address SDP told, which
/// came authenticated, is always believed.
#[derive(Default)]
pub(crate) struct Source {
    rtp: Option<Heard>,
    rtcp: Option<SocketAddr>,
}

struct Heard {
    from: SocketAddr,
    at: Instant,
}

impl Source {
    /// Whether a packet of sound from `from` is the far end's; if so, it is the source now.
    pub(crate) fn takes(&mut self, from: SocketAddr, told: SocketAddr, now: Instant) -> bool {
        let believed = match &self.rtp {
            Some(heard) => {
                heard.from == from
                    || from == told
                    || now.saturating_duration_since(heard.at) >= SILENCE
            }
            None => true,
        };
        if believed {
            self.rtp = Some(Heard { from, at: now });
        }
        believed
    }

    /// Whether an RTCP packet is the far end's: from the address told or the host sound is from.
    pub(crate) fn takes_rtcp(&mut self, from: SocketAddr, told: SocketAddr) -> bool {
        let heard = self
            .rtp
            .as_ref()
            .is_some_and(|heard| heard.from.ip() == from.ip());
        let believed = from == told || heard && self.rtcp.is_none_or(|known| known != told);
        if believed {
            self.rtcp = Some(from);
        }
        believed
    }

    /// Where sound was last heard from.
    pub(crate) fn rtp(&self) -> Option<SocketAddr> {
        self.rtp.as_ref().map(|heard| heard.from)
    }

    /// Where RTCP was last heard from.
    pub(crate) fn rtcp(&self) -> Option<SocketAddr> {
        self.rtcp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_stranger_waits_for_silence() {
        let (told, phone, stranger) = (
            address("10.0.0.1:4000"),
            address("192.0.2.1:4000"),
            address("192.0.2.9:9"),
        );
        let (mut source, start) = (Source::default(), Instant::now());
        assert!(source.takes(phone, told, start));
        assert!(!source.takes(stranger, told, start + Duration::from_secs(2)));
        assert!(source.takes(phone, told, start + Duration::from_secs(2)));
        assert!(!source.takes(stranger, told, start + Duration::from_secs(4)));
        assert!(source.takes(stranger, told, start + Duration::from_secs(5)));
        assert_eq!(source.rtp(), Some(stranger));
    }

    #[test]
    fn the_address_told_is_believed_at_once() {
        let (told, stranger) = (address("10.0.0.1:4000"), address("192.0.2.9:9"));
        let (mut source, now) = (Source::default(), Instant::now());
        assert!(source.takes(stranger, told, now));
        assert!(source.takes(told, told, now));
        assert!(!source.takes(stranger, told, now));
    }

    #[test]
    fn rtcp_comes_from_where_sound_comes_from() {
        let (told, rtcp) = (address("10.0.0.1:4000"), address("10.0.0.1:4001"));
        let mut source = Source::default();
        assert!(!source.takes_rtcp(address("192.0.2.1:7001"), rtcp));
        source.takes(address("192.0.2.1:7000"), told, Instant::now());
        assert!(source.takes_rtcp(address("192.0.2.1:7001"), rtcp));
        assert_eq!(source.rtcp(), Some(address("192.0.2.1:7001")));
        assert!(source.takes_rtcp(rtcp, rtcp));
        assert!(!source.takes_rtcp(address("192.0.2.1:7001"), rtcp));
    }
}
