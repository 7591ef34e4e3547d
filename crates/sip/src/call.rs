//! An answered call, whoever called: until somebody hangs up.

use crate::calls::{InDialog, Seat};
use crate::client;
use crate::core::Core;
use crate::dialog::Dialog;
use crate::message::header;
use crate::message::with_body;
use crate::respond;
use crate::sdp::Description;
use crate::settings::{DtmfMode, Endpoint};
use crate::sound::{Agreed, Sound};
use crate::status::{cause_of_reason, reason_of};
use model::{Cause, ChannelId, Instruction, Signal};
use rsipstack::sip::{Header, Method, Request, Response, SipMessage};
use rsipstack::transaction::Transaction;
use std::sync::Arc;
use tokio::sync::mpsc;

/// The kind of body we speak.
pub(crate) const SDP: &str = "application/sdp";

/// A call of the switch's, with all that belongs to it.
pub(crate) struct Call {
    pub(crate) core: Arc<Core>,
    pub(crate) channel: ChannelId,
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) instructions: mpsc::Receiver<Instruction>,
    pub(crate) sound: Sound,
    /// What the switch was told of the sound.
    pub(crate) told: Option<Agreed>,
}

/// An INVITE we have answered, whose ACK is to come.
pub(crate) struct Unconfirmed {
    pub(crate) transaction: Transaction,
    /// We made the offer: the answer comes with the ACK.
    pub(crate) wants_answer: bool,
}

/// Whether the call goes on after a request.
enum Next {
    GoesOn,
    /// They hung up.
    Ended(Option<Cause>),
}

impl Call {
    /// Carries the call on until it ends.
    pub(crate) async fn run(
        mut self,
        mut dialog: Dialog,
        mut seat: Seat<'_>,
        mut unconfirmed: Option<Unconfirmed>,
    ) {
        dialog.find_way(&self.core).await;
        loop {
            tokio::select! {
                // What came first goes first: an ACK before the requests that follow it.
                biased;
                message = confirmation(&mut unconfirmed) => match message {
                    Some(SipMessage::Request(ack)) => self.confirmed(&ack, &mut unconfirmed).await,
                    Some(SipMessage::Response(_)) => {}
                    None => {
                        // Nobody confirmed for half a minute: there is nobody.
                        self.bye(&mut dialog, None).await;
                        return self.ended(Some(Cause::RECOVERY_ON_TIMER_EXPIRE), None).await;
                    }
                },
                instruction = self.instructions.recv() => match instruction {
                    Some(Instruction::HangUp { cause, .. }) => return self.hang_up(dialog, seat, unconfirmed, cause).await,
                    None => return self.hang_up(dialog, seat, unconfirmed, None).await,
                    Some(Instruction::SendDigit { digit, milliseconds, .. }) => self.send_digit(&mut dialog, digit, milliseconds),
                    // What only an unanswered call can be told.
                    Some(Instruction::Accept { .. } | Instruction::Refuse { .. } | Instruction::Dial { .. } | Instruction::Ring(_)
                        | Instruction::Progress(_) | Instruction::Answer(_) | Instruction::Reject { .. }) => {}
                },
                Some(InDialog { transaction, flow }) = seat.requests.recv() => {
                    dialog.came_by(flow);
                    match self.on_request(&mut dialog, transaction, &mut unconfirmed).await {
                        Next::GoesOn => {}
                        Next::Ended(cause) => return self.ended(cause, None).await,
                    }
                }
            }
        }
    }

    /// Tells the switch that the far end ended the call, and waits until it has let go of it.
    pub(crate) async fn ended(mut self, cause: Option<Cause>, status: Option<u16>) {
        let quality = self.sound.close().await;
        let tech_cause = status.map(|status| status.to_string().into());
        self.core
            .signal(Signal::HungUp {
                channel: self.channel,
                cause,
                tech_cause,
                quality,
            })
            .await;
        self.let_go(None).await;
    }

    /// Waits for the switch to hang up, and confirms.
    pub(crate) async fn let_go(mut self, tech_cause: Option<u16>) {
        while let Some(instruction) = self.instructions.recv().await {
            if matches!(instruction, Instruction::HangUp { .. }) {
                break;
            }
        }
        self.released(tech_cause).await;
    }

    /// Confirms that the call is hung up here.
    pub(crate) async fn released(&mut self, tech_cause: Option<u16>) {
        let quality = self.sound.close().await;
        let tech_cause = tech_cause.map(|status| status.to_string().into());
        self.core.calls().close(self.channel);
        self.core
            .signal(Signal::Released {
                channel: self.channel,
                tech_cause,
                quality,
            })
            .await;
    }

    /// Tells what was agreed about the sound, if that is news.
    pub(crate) async fn tell_sound(&mut self, agreed: Agreed) {
        let before = self.told.replace(agreed);
        let channel = self.channel;
        if before.is_none_or(|before| before.format != agreed.format) {
            let format = agreed.format.name().into();
            self.core
                .signal(Signal::Media {
                    channel,
                    media: agreed.leg.id,
                    format,
                })
                .await;
        }
        match (before.is_some_and(|before| before.held), agreed.held) {
            (false, true) => self.core.signal(Signal::Held(channel)).await,
            (true, false) => self.core.signal(Signal::Unheld(channel)).await,
            (false, false) | (true, true) => {}
        }
    }

    async fn hang_up(
        mut self,
        mut dialog: Dialog,
        mut seat: Seat<'_>,
        mut unconfirmed: Option<Unconfirmed>,
        cause: Option<Cause>,
    ) {
        if unconfirmed.is_none() {
            let bye = self.start_bye(&mut dialog, cause).await;
            self.released(None).await;
            if let Some(bye) = bye {
                farewell(&self.core, bye, &mut seat).await;
            }
            return;
        }
        // A call may not be ended before its answer is confirmed (RFC 3261 §15).
        self.released(None).await;
        while confirmation(&mut unconfirmed)
            .await
            .is_some_and(|message| !matches!(message, SipMessage::Request(_)))
        {}
        drop(unconfirmed);
        if let Some(bye) = self.start_bye(&mut dialog, cause).await {
            farewell(&self.core, bye, &mut seat).await;
        }
    }

    async fn start_bye(&self, dialog: &mut Dialog, cause: Option<Cause>) -> Option<Transaction> {
        let mut bye = dialog.request(&self.core, Method::Bye)?;
        if let Some(cause) = cause {
            bye.headers.push(Header::Reason(reason_of(cause).into()));
        }
        client::send(&self.core, bye, &dialog.flow).await
    }

    /// Ends the dialog on our own account; nobody waits for the answer.
    async fn bye(&self, dialog: &mut Dialog, cause: Option<Cause>) {
        if let Some(mut bye) = self.start_bye(dialog, cause).await {
            tokio::spawn(async move { while bye.receive().await.is_some() {} });
        }
    }

    fn send_digit(&self, dialog: &mut Dialog, digit: char, milliseconds: u32) {
        let with_sound = self.sound.agreed().is_some_and(|agreed| agreed.digits);
        match self.endpoint.dtmf_mode {
            DtmfMode::Rfc4733 => self.sound.send_digit(digit, milliseconds),
            DtmfMode::AutoInfo if with_sound => self.sound.send_digit(digit, milliseconds),
            DtmfMode::Info | DtmfMode::AutoInfo => {
                let Some(mut info) = dialog.request(&self.core, Method::Info) else {
                    return;
                };
                with_body(
                    &mut info,
                    "application/dtmf-relay",
                    format!("Signal={digit}\r\nDuration={milliseconds}\r\n"),
                );
                let (core, flow) = (Arc::clone(&self.core), dialog.flow.clone());
                tokio::spawn(async move { client::exchange(&core, info, &flow).await });
            }
            DtmfMode::None => {}
        }
    }

    async fn on_request(
        &mut self,
        dialog: &mut Dialog,
        mut transaction: Transaction,
        unconfirmed: &mut Option<Unconfirmed>,
    ) -> Next {
        if !dialog.is_in_order(&transaction.original) {
            respond::reply(&self.core, &mut transaction, 500).await;
            return Next::GoesOn;
        }
        match transaction.original.method {
            Method::Bye => {
                respond::reply(&self.core, &mut transaction, 200).await;
                return Next::Ended(
                    header(&transaction.original, "Reason").and_then(cause_of_reason),
                );
            }
            Method::Invite if unconfirmed.is_some() => {
                respond::reply(&self.core, &mut transaction, 491).await
            }
            Method::Invite => {
                dialog.refresh_target(&transaction.original.headers);
                dialog.find_way(&self.core).await;
                *unconfirmed = self.renegotiate(dialog, transaction).await;
            }
            Method::Update => {
                dialog.refresh_target(&transaction.original.headers);
                let response = self.renegotiated(dialog, &transaction.original).await;
                respond::send(&mut transaction, response).await;
            }
            Method::Info => {
                let digit = digit_of(&transaction.original);
                let understood = digit.is_some() || transaction.original.body.is_empty();
                let status = if understood { 200 } else { 415 };
                respond::reply(&self.core, &mut transaction, status).await;
                if let Some((digit, milliseconds)) = digit {
                    self.core
                        .signal(Signal::Digit {
                            channel: self.channel,
                            digit,
                            milliseconds,
                        })
                        .await;
                }
            }
            Method::Options => crate::options::serve(&self.core, transaction).await,
            Method::Ack
            | Method::Cancel
            | Method::Message
            | Method::Notify
            | Method::PRack
            | Method::Publish
            | Method::Refer
            | Method::Register
            | Method::Subscribe => respond::reply(&self.core, &mut transaction, 405).await,
        }
        Next::GoesOn
    }

    /// A re-INVITE: the sound is agreed on anew. What is returned waits for its ACK.
    async fn renegotiate(
        &mut self,
        dialog: &Dialog,
        mut transaction: Transaction,
    ) -> Option<Unconfirmed> {
        let wants_answer = transaction.original.body.is_empty();
        let response = self.renegotiated(dialog, &transaction.original).await;
        let accepted = response.status_code.code() == 200;
        respond::send(&mut transaction, response).await;
        accepted.then_some(Unconfirmed {
            transaction,
            wants_answer,
        })
    }

    async fn renegotiated(&mut self, dialog: &Dialog, request: &Request) -> Response {
        let body = if request.body.is_empty() {
            // An UPDATE without a body only says that they are there.
            (request.method == Method::Invite).then(|| self.sound.offer())
        } else {
            let answer =
                Description::parse(&request.body).and_then(|offer| self.sound.answer(&offer));
            let Some((agreed, body)) = answer else {
                return respond::response(&self.core, request, 488, None);
            };
            self.tell_sound(agreed).await;
            Some(body)
        };
        with_description(
            &self.core,
            respond::in_dialog(&self.core, request, 200, None, &dialog.contact(&self.core)),
            body,
        )
    }

    /// Our answer is confirmed; the ACK has their answer if the offer was ours.
    async fn confirmed(&mut self, ack: &Request, unconfirmed: &mut Option<Unconfirmed>) {
        if !unconfirmed
            .take()
            .is_some_and(|unconfirmed| unconfirmed.wants_answer)
        {
            return;
        }
        let agreed = Description::parse(&ack.body).and_then(|answer| self.sound.answered(&answer));
        match agreed {
            Some(agreed) => self.tell_sound(agreed).await,
            None => tracing::warn!(channel = %self.channel, "No sound was agreed on"),
        }
    }
}

/// A response with a description of the sound.
pub(crate) fn with_description(
    _core: &Core,
    mut response: Response,
    body: Option<String>,
) -> Response {
    if let Some(body) = body {
        response.headers.push(Header::ContentType(SDP.into()));
        response
            .headers
            .unique_push(Header::ContentLength((body.len() as u32).into()));
        response.body = body.into_bytes();
    }
    response
}

/// Polls the INVITE whose ACK is to come. Waits for ever if there is none. What is polled suspends
/// only between messages (our sockets never wait to send), so it may be given up at any time.
async fn confirmation(unconfirmed: &mut Option<Unconfirmed>) -> Option<SipMessage> {
    match unconfirmed {
        Some(unconfirmed) => unconfirmed.transaction.receive().await,
        None => std::future::pending().await,
    }
}

/// Sees a BYE of ours through, and answers what crosses it.
async fn farewell(core: &Core, mut bye: Transaction, seat: &mut Seat<'_>) {
    loop {
        tokio::select! {
            message = bye.receive() => match message {
                Some(SipMessage::Response(response)) if response.status_code.code() < 200 => {}
                Some(SipMessage::Response(_) | SipMessage::Request(_)) | None => return,
            },
            Some(InDialog { mut transaction, .. }) = seat.requests.recv() => {
                let status = if transaction.original.method == Method::Bye { 200 } else { 481 };
                respond::reply(core, &mut transaction, status).await;
            }
        }
    }
}

/// The key press an INFO tells of: `application/dtmf-relay` or `application/dtmf`.
fn digit_of(request: &Request) -> Option<(char, u32)> {
    let kind = header(request, "Content-Type")?;
    let text = std::str::from_utf8(&request.body).ok()?;
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let (digit, milliseconds) = match kind.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "application/dtmf-relay" => (
            field("Signal")?,
            field("Duration")
                .and_then(|text| text.parse().ok())
                .unwrap_or(250),
        ),
        "application/dtmf" => (text.trim(), 250),
        _ => return None,
    };
    let digit = match digit {
        "10" => '*',
        "11" => '#',
        other => other.chars().next()?.to_ascii_uppercase(),
    };
    "0123456789*#ABCD"
        .contains(digit)
        .then_some((digit, milliseconds))
}
