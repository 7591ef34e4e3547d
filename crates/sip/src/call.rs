//! A call of the switch's: what belongs to it, and how it is let go.

use crate::core::Core;
use crate::settings::Endpoint;
use crate::sound::{Agreed, Sound};
use model::{Cause, ChannelId, Dialog, Instruction, Signal, SoundAddresses};
use rsipstack::sip::{Header, Response};
use std::sync::Arc;
use tokio::sync::mpsc;

/// The kind of body we speak.
pub(crate) const SDP: &str = "application/sdp";

/// A call of the switch's, with all that belongs to it but its dialog.
pub(crate) struct Call {
    pub(crate) core: Arc<Core>,
    pub(crate) channel: ChannelId,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) instructions: mpsc::Receiver<Instruction>,
    pub(crate) sound: Sound,
    /// What the switch was told of the sound.
    pub(crate) told: Option<(Agreed, Arc<Dialog>)>,
    /// What is known of the dialog.
    pub(crate) dialog: Arc<Dialog>,
}

impl Call {
    /// Tells the switch that the far end ended the call, and waits until it has let go of it.
    pub(crate) async fn ended(mut self, cause: Option<Cause>, status: Option<u16>) {
        let quality = self.sound.close().await;
        let tech_cause = status.map(|status| status.to_string().into());
        let channel = self.channel;
        let hung_up = Signal::HungUp {
            channel,
            cause,
            tech_cause,
            quality,
        };
        self.core.signal(hung_up).await;
        while let Some(instruction) = self.instructions.recv().await {
            if matches!(instruction, Instruction::HangUp { .. }) {
                break;
            }
        }
        self.released(None).await;
    }

    /// Confirms that the call is hung up here.
    pub(crate) async fn released(&mut self, tech_cause: Option<u16>) {
        let quality = self.sound.close().await;
        let tech_cause = tech_cause.map(|status| status.to_string().into());
        let channel = self.channel;
        self.core.calls().close(channel);
        self.core
            .signal(Signal::Released {
                channel,
                tech_cause,
                quality,
            })
            .await;
    }

    /// Tells what was agreed about the sound, if that is news.
    pub(crate) async fn tell_sound(&mut self, agreed: Agreed) {
        let before = self.told.replace((agreed, Arc::clone(&self.dialog)));
        let channel = self.channel;
        let is_known = |(before, dialog): &(Agreed, Arc<Dialog>)| {
            (before.format, before.remote) == (agreed.format, agreed.remote)
                && Arc::ptr_eq(dialog, &self.dialog)
        };
        if !before.as_ref().is_some_and(is_known) {
            let format = agreed.format.name().into();
            let media = agreed.leg.id;
            let addresses = SoundAddresses {
                local: agreed.leg.address,
                remote: agreed.remote,
            };
            let dialog = Arc::clone(&self.dialog);
            self.core
                .signal(Signal::Media {
                    channel,
                    media,
                    format,
                    addresses,
                    dialog,
                })
                .await;
        }
        match (before.is_some_and(|(before, _)| before.held), agreed.held) {
            (false, true) => self.core.signal(Signal::Held(channel)).await,
            (true, false) => self.core.signal(Signal::Unheld(channel)).await,
            (false, false) | (true, true) => {}
        }
    }
}

/// A response with a description of the sound.
pub(crate) fn with_description(mut response: Response, body: Option<String>) -> Response {
    if let Some(body) = body {
        let length = u32::try_from(body.len()).unwrap_or_default();
        response.headers.push(Header::ContentType(SDP.into()));
        response
            .headers
            .unique_push(Header::ContentLength(length.into()));
        response.body = body.into_bytes();
    }
    response
}
