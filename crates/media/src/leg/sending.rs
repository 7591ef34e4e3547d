//! What a leg sends to its far end: sound, digits and reports.

use super::Leg;
use crate::codec::FRAME;
use crate::packet::Packet;
use crate::rtcp::Clock;
use std::time::Instant;

impl Leg {
    pub(super) fn send_or_pause(&mut self, samples: Option<&[i16]>, now: Instant) {
        match samples {
            Some(samples) => self.send_frame(samples, now),
            None => self.transmission.pause(),
        }
    }

    pub(super) fn send_frame(&mut self, samples: &[i16], now: Instant) {
        debug_assert_eq!(samples.len(), FRAME);
        if let Some(remote) = &self.remote {
            let (payload, payload_type) = (remote.format.encode(samples), remote.payload_type);
            let header = self.transmission.frame(now);
            self.send(Packet {
                header,
                ssrc: self.ssrc,
                payload_type,
                payload: &payload,
            });
        }
    }

    pub(super) fn send_digit(&mut self, first: bool, payload: &[u8], now: Instant) {
        if let Some(payload_type) = self
            .remote
            .as_ref()
            .and_then(|remote| remote.telephone_event)
        {
            let header = self.transmission.digit(first, now);
            self.send(Packet {
                header,
                ssrc: self.ssrc,
                payload_type,
                payload,
            });
        }
    }

    pub(super) fn send(&mut self, packet: Packet<'_>) {
        let Some(remote) = self
            .remote
            .as_ref()
            .filter(|remote| remote.direction.sends())
        else {
            return;
        };
        let to = self
            .source
            .rtp()
            .filter(|_| remote.symmetric)
            .unwrap_or(remote.rtp);
        let Some(datagram) = packet.write() else {
            return;
        };
        match self.pair.rtp.send_to(&datagram, to) {
            Ok(_) => {
                self.trace.sent(to, &packet);
                self.transmission.sent(packet.payload.len());
            }
            Err(error) => tracing::debug!(media = %self.id, %to, %error, "packet not sent"),
        }
    }

    pub(super) fn report(&mut self, bye: bool, at: (&Clock, Instant)) {
        let Some(remote) = &self.remote else { return };
        let told = remote.rtcp_address();
        let to = self
            .source
            .rtcp()
            .filter(|_| remote.symmetric)
            .unwrap_or(told);
        let shared = remote.rtcp == Some(remote.rtp);
        let identity = (self.ssrc, self.cname.as_str());
        let mut report = self
            .control
            .report(identity, &self.transmission, &mut self.reception, at);
        report.bye = bye;
        let Some(datagram) = report.write() else {
            return;
        };
        let socket = if shared {
            &self.pair.rtp
        } else {
            &self.pair.rtcp
        };
        if let Err(error) = socket.send_to(&datagram, to) {
            tracing::debug!(media = %self.id, %to, %error, "report not sent");
        }
    }
}
