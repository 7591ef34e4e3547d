//! Pairs of ports for RTP and RTCP (RFC 3550, 11: RTP even, RTCP the next).

use mio::net::UdpSocket;
use socket2::{Domain, Protocol, Socket, Type};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

/// Room for some seconds of one stream, so that a late tick loses nothing.
const RECEIVE_BUFFER: usize = 256 * 1024;

/// The ports that may be taken; clones share them.
#[derive(Clone)]
pub(crate) struct Ports {
    range: RangeInclusive<u16>,
    taken: Arc<Mutex<Taken>>,
}

struct Taken {
    ports: BTreeSet<u16>,
    /// Where to look first: ports just given back rest as long as they can, so that late packets
    /// of an ended call do not reach the next one.
    next: u16,
}

/// Two bound sockets; their ports are given back when this is dropped.
pub(crate) struct Pair {
    pub(crate) rtp: UdpSocket,
    pub(crate) rtcp: UdpSocket,
    pub(crate) address: SocketAddr,
    _lease: Lease,
}

struct Lease {
    port: u16,
    taken: Arc<Mutex<Taken>>,
}

impl Ports {
    pub(crate) fn new(range: RangeInclusive<u16>) -> Self {
        let next = *range.start();
        let ports = BTreeSet::new();
        Self {
            range,
            taken: Arc::new(Mutex::new(Taken { ports, next })),
        }
    }

    /// Binds the next free pair on `ip`. Ports that somebody else uses are passed over.
    ///
    /// # Errors
    /// [`io::ErrorKind::AddrNotAvailable`] when no pair is free or `ip` is not ours; what binding
    /// said otherwise.
    pub(crate) fn bind(&self, ip: IpAddr) -> io::Result<Pair> {
        let pairs =
            (usize::from(*self.range.end()) + 1).saturating_sub((*self.range.start()).into()) / 2;
        for _ in 0..=pairs {
            let Some(lease) = self.lease() else { break };
            match bind_pair(ip, lease) {
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                done => return done,
            }
        }
        let (start, end) = (self.range.start(), self.range.end());
        let text = format!("no free pair of RTP ports between {start} and {end}");
        Err(io::Error::new(io::ErrorKind::AddrNotAvailable, text))
    }

    /// Takes the first even port from `next` on, going round once.
    fn lease(&self) -> Option<Lease> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let even = |port: &u16| {
            port.is_multiple_of(2)
                && port
                    .checked_add(1)
                    .is_some_and(|rtcp| self.range.contains(&rtcp))
        };
        let after = taken.next..=*self.range.end();
        let before = *self.range.start()..=*self.range.end();
        let port = after
            .chain(before)
            .filter(even)
            .find(|port| !taken.ports.contains(port))?;
        taken.ports.insert(port);
        taken.next = port.saturating_add(2);
        Some(Lease {
            port,
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .ports
            .remove(&self.port);
    }
}

fn bind_pair(ip: IpAddr, lease: Lease) -> io::Result<Pair> {
    let address = SocketAddr::new(ip, lease.port);
    let rtp = bind(address)?;
    let rtcp = bind(SocketAddr::new(ip, lease.port + 1))?;
    Ok(Pair {
        rtp,
        rtcp,
        address,
        _lease: lease,
    })
}

fn bind(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM,
        Some(Protocol::UDP),
    )?;
    socket.set_nonblocking(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(&address.into())?;
    Ok(UdpSocket::from_std(socket.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn pairs_are_even_distinct_and_given_back() {
        let ports = Ports::new(21_001..=21_006);
        let first = ports.bind(LOOPBACK).unwrap();
        let second = ports.bind(LOOPBACK).unwrap();
        assert_eq!(
            (first.address.port(), second.address.port()),
            (21_002, 21_004)
        );
        assert_eq!(first.rtcp.local_addr().unwrap().port(), 21_003);
        let full = ports.bind(LOOPBACK).err().unwrap();
        assert_eq!(full.kind(), io::ErrorKind::AddrNotAvailable);
        assert_eq!(
            full.to_string(),
            "no free pair of RTP ports between 21001 and 21006"
        );
        drop(first);
        assert_eq!(ports.bind(LOOPBACK).unwrap().address.port(), 21_002);
    }

    #[test]
    fn ports_of_others_are_passed_over() {
        let other = std::net::UdpSocket::bind((LOOPBACK, 21_011)).unwrap();
        let ports = Ports::new(21_010..=21_013);
        assert_eq!(ports.bind(LOOPBACK).unwrap().address.port(), 21_012);
        drop(other);
    }

    #[test]
    fn an_empty_or_odd_range_is_an_error() {
        #[expect(
            clippy::reversed_empty_ranges,
            reason = "what a mistaken rtp.conf may say"
        )]
        for range in [9..=8, 7..=7, 65_535..=65_535] {
            assert!(Ports::new(range).bind(LOOPBACK).is_err());
        }
    }
}
