//! The sound of one call: its leg, and what was agreed about it.

use crate::sdp::{self, Description, Local};
use crate::settings::Endpoint;
use media::{Format, Leg};
use model::AudioQuality;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long media may take to close a leg.
const CLOSING: Duration = Duration::from_secs(1);

/// The sound of one call. The leg is closed with it.
pub(crate) struct Sound {
    media: media::Handle,
    leg: Option<Leg>,
    endpoint: Arc<Endpoint>,
    local: Local,
    agreed: Option<Agreed>,
}

/// What was agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Agreed {
    pub(crate) leg: Leg,
    pub(crate) format: Format,
    /// Where the far end wants it.
    pub(crate) remote: SocketAddr,
    /// The far end wants to hear nothing.
    pub(crate) held: bool,
    /// It takes key presses with the sound.
    pub(crate) digits: bool,
}

impl Sound {
    /// Opens a leg on one of our addresses.
    pub(crate) fn open(
        media: &media::Handle,
        ip: IpAddr,
        endpoint: &Arc<Endpoint>,
    ) -> io::Result<Self> {
        let leg = media.open(ip)?;
        let advertised = SocketAddr::new(
            endpoint.media_address.unwrap_or(leg.address.ip()),
            leg.address.port(),
        );
        Ok(Self {
            media: media.clone(),
            leg: Some(leg),
            endpoint: Arc::clone(endpoint),
            local: Local {
                address: advertised,
                id: rand::random::<u32>().into(),
                version: 0,
            },
            agreed: None,
        })
    }

    /// An offer of ours.
    pub(crate) fn offer(&mut self) -> String {
        self.local.version += 1;
        sdp::offer(self.local, &self.endpoint.formats)
    }

    /// Takes the far end's answer to our offer. `None` if it shares no format with it.
    pub(crate) fn answered(&mut self, answer: &Description) -> Option<Agreed> {
        let format = answer.common(&self.endpoint.formats)?;
        let leg = self.leg?;
        let remote = answer.remote(format, self.endpoint.rtp_symmetric);
        let agreed = Agreed {
            leg,
            format: format.0,
            remote: remote.rtp,
            held: answer.holds(),
            digits: remote.telephone_event.is_some(),
        };
        self.media.point(leg.id, remote);
        self.agreed = Some(agreed);
        Some(agreed)
    }

    /// Answers the far end's offer. `None` if there is no format in common.
    pub(crate) fn answer(&mut self, offer: &Description) -> Option<(Agreed, String)> {
        let format = offer.common(&self.endpoint.formats)?;
        let agreed = self.answered(offer)?;
        self.local.version += 1;
        Some((agreed, offer.answer(self.local, format)))
    }

    /// What was last agreed.
    pub(crate) fn agreed(&self) -> Option<Agreed> {
        self.agreed
    }

    /// Sends a key press with the sound.
    pub(crate) fn send_digit(&self, digit: char, milliseconds: u32) {
        if let Some(leg) = self.leg {
            self.media.send_digit(leg.id, digit, milliseconds);
        }
    }

    /// Closes the leg and tells how it was.
    pub(crate) async fn close(&mut self) -> Option<AudioQuality> {
        let leg = self.leg.take()?;
        let (sender, quality) = oneshot::channel();
        self.media.close(leg.id, move |quality| {
            // Nobody waits any longer: it was too late.
            let _late = sender.send(quality);
        });
        tokio::time::timeout(CLOSING, quality).await.ok()?.ok()?
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        if let Some(leg) = self.leg.take() {
            self.media.close(leg.id, |_| {});
        }
    }
}
