//! Calls we make: from INVITE to the answer (RFC 3261 §13.2).

use crate::address::NameAddr;
use crate::call::Call;
use crate::calls::{DialogKey, InDialog, Seat};
use crate::client;
use crate::conversation::Conversation;
use crate::core::Core;
use crate::dialog::{Dialog, uri_of};
use crate::invite::{Called, find, invite};
use crate::message::{self, values};
use crate::sdp::Description;
use crate::settings::Endpoint;
use crate::sound::Sound;
use crate::status::{cause_of, cause_of_reason, reason_of, status_of};
use crate::transport::Flow;
use crate::{respond, send_away};
use model::{Cause, ChannelId, Instruction, Party, Referral, Signal};
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Headers, Method, Request, Response, SipMessage};
use rsipstack::transaction::Transaction;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// How long who was told that a call is cancelled has to say the last word about it: 128 × T1.
const LAST_WORD: Duration = Duration::from_secs(64);

/// What the switch wants of a call.
pub(crate) struct Order {
    pub(crate) channel: ChannelId,
    pub(crate) resource: Arc<str>,
    pub(crate) caller: Party,
    /// Who calls wants not to be shown.
    pub(crate) withheld: bool,
    pub(crate) call_id: Arc<str>,
    /// The formats to offer; empty for the endpoint's own.
    pub(crate) formats: Vec<Arc<str>>,
    /// The transfer it comes of.
    pub(crate) referral: Referral,
}

/// A call that is not answered yet.
struct Outgoing {
    call: Call,
    invite: Transaction,
    flow: Flow,
    /// They have said something: a CANCEL would find its INVITE (RFC 3261 §9.1).
    provisional: bool,
    /// They send sound before they answer.
    early: bool,
}

/// How a call we make goes on.
enum Turn {
    GoesOn,
    Answered(Box<Response>),
    Failed(Box<Response>),
    /// We hang up.
    HangUp(Option<Cause>),
}

/// Makes a call and carries it on.
pub(crate) async fn run(core: Arc<Core>, order: Order, instructions: mpsc::Receiver<Instruction>) {
    let channel = order.channel;
    let (mut outgoing, tag) = match begin(&core, &order, instructions).await {
        Ok(begun) => begun,
        Err((mut instructions, cause)) => {
            core.signal(Signal::HungUp {
                channel,
                cause: Some(cause),
                tech_cause: None,
                quality: None,
            })
            .await;
            while instructions
                .recv()
                .await
                .is_some_and(|instruction| !matches!(instruction, Instruction::HangUp { .. }))
            {
            }
            core.calls().close(channel);
            return core
                .signal(Signal::Released {
                    channel,
                    tech_cause: None,
                    quality: None,
                })
                .await;
        }
    };
    let mut seat = core.calls().seat(DialogKey {
        call_id: order.call_id.to_string(),
        tag,
    });
    loop {
        match outgoing.turn(&mut seat).await {
            Turn::GoesOn => {}
            Turn::Answered(response) => return outgoing.answered(&response, seat).await,
            Turn::Failed(response) if outgoing.authorize(&response).await => {}
            Turn::Failed(response) => {
                let status = response.status_code.code();
                if let Some(exten) = send_away::moved(&response) {
                    core.signal(Signal::Forwarded { channel, exten }).await;
                }
                let reason = values(&response.headers, "Reason")
                    .next()
                    .and_then(cause_of_reason);
                let cause = reason.unwrap_or_else(|| cause_of(status));
                return outgoing.call.ended(Some(cause), Some(status)).await;
            }
            Turn::HangUp(cause) => return outgoing.cancel(cause, seat).await,
        }
    }
}

/// Sends the INVITE. The cause says why it cannot be.
async fn begin(
    core: &Arc<Core>,
    order: &Order,
    instructions: mpsc::Receiver<Instruction>,
) -> Result<(Outgoing, String), (mpsc::Receiver<Instruction>, Cause)> {
    let Some(called) = find(core, &order.resource).await else {
        return Err((instructions, Cause::NO_ROUTE_DESTINATION));
    };
    let endpoint = called.endpoint.speaking(&order.formats);
    let (uri, flow) = (called.uri.as_str(), &called.flow);
    let mut sound = match Sound::open(&core.media, flow.local_address().ip(), &endpoint) {
        Ok(sound) => sound,
        Err(error) => {
            tracing::error!(%error, "A call has no sound and is not made");
            return Err((instructions, Cause::NETWORK_OUT_OF_ORDER));
        }
    };
    let tag = message::tag();
    let Some(invite) = invite(core, order, &endpoint, uri, flow, &tag, sound.offer()) else {
        return Err((instructions, Cause::INVALID_NUMBER_FORMAT));
    };
    let dialog = Arc::new(facts(&called, &invite, &tag));
    let Some(invite) = client::send(core, invite, flow).await else {
        return Err((instructions, Cause::NETWORK_OUT_OF_ORDER));
    };
    let call = Call {
        core: Arc::clone(core),
        channel: order.channel,
        endpoint,
        instructions,
        sound,
        told: None,
        dialog,
    };
    Ok((
        Outgoing {
            call,
            invite,
            flow: called.flow,
            provisional: false,
            early: false,
        },
        tag,
    ))
}

/// What is known of a call as it is made.
fn facts(called: &Called, invite: &Request, tag: &str) -> model::Dialog {
    let from = invite.from_header().ok();
    let uri: Arc<str> = called.uri.as_str().into();
    model::Dialog {
        local_uri: from.map(|from| uri_of(from.value())).unwrap_or_default(),
        remote_uri: Arc::clone(&uri),
        local_tag: tag.into(),
        remote_tag: Arc::default(),
        target_uri: uri,
        request_uri: Arc::default(),
        local_address: called.flow.local_address(),
        remote_address: called.flow.remote,
        aor: Arc::clone(&called.aor),
        contact: Arc::clone(&called.contact),
    }
}

impl Outgoing {
    /// Waits for one thing to happen.
    async fn turn(&mut self, seat: &mut Seat<'_>) -> Turn {
        tokio::select! {
            instruction = self.call.instructions.recv() => match instruction {
                Some(Instruction::HangUp { cause, .. }) => Turn::HangUp(cause),
                None => Turn::HangUp(None),
                Some(Instruction::SendDigit { digit, milliseconds, .. }) => {
                    self.call.sound.send_digit(digit, milliseconds);
                    Turn::GoesOn
                }
                // What only a call that came in can be told.
                Some(Instruction::Accept { .. } | Instruction::Refuse { .. } | Instruction::Dial { .. } | Instruction::Ring(_)
                    | Instruction::Progress(_) | Instruction::Answer(_) | Instruction::Reject { .. } | Instruction::TakeMessage(_)
                    | Instruction::Watching { .. } | Instruction::Changed { .. } | Instruction::Transferred { .. } | Instruction::SendText { .. }
                    | Instruction::SendAway { .. }) => Turn::GoesOn,
            },
            message = self.invite.receive() => match message {
                Some(SipMessage::Response(response)) => match response.status_code.code() {
                    100..200 => {
                        self.on_provisional(&response).await;
                        Turn::GoesOn
                    }
                    200..300 => Turn::Answered(Box::new(response)),
                    _ => Turn::Failed(Box::new(response)),
                },
                Some(SipMessage::Request(_)) => Turn::GoesOn,
                None => Turn::HangUp(None),
            },
            Some(InDialog { mut transaction, .. }) = seat.requests.recv() => {
                if transaction.original.method == Method::Info {
                    self.call.on_info(&mut transaction).await;
                } else {
                    respond::reply(&self.call.core, &mut transaction, 481).await;
                }
                Turn::GoesOn
            }
        }
    }

    /// Calls again with the password that was asked for, if we have one that may be right.
    async fn authorize(&mut self, response: &Response) -> bool {
        let settings = self.call.core.settings();
        let names = self.call.endpoint.outbound_auths.iter();
        let auths: Vec<_> = names
            .filter_map(|name| settings.auths.get(name))
            .cloned()
            .collect();
        let Some(again) = client::authorize(&self.invite.original, response, &auths) else {
            return false;
        };
        let Some(invite) = client::send(&self.call.core, again, &self.flow).await else {
            return false;
        };
        self.invite = invite;
        true
    }

    async fn on_provisional(&mut self, response: &Response) {
        self.provisional = true;
        let channel = self.call.channel;
        let core = Arc::clone(&self.call.core);
        let status = response.status_code.code();
        if status == 180 {
            core.signal(Signal::Ringing(channel)).await;
        }
        let agreed =
            Description::parse(&response.body).and_then(|answer| self.call.sound.answered(&answer));
        match agreed {
            Some(agreed) => {
                self.call.tell_sound(agreed).await;
                if !self.early {
                    self.early = true;
                    core.signal(Signal::Progress(channel)).await;
                }
            }
            None if (181..=183).contains(&status) => core.signal(Signal::Proceeding(channel)).await,
            None => {}
        }
    }

    /// They answered: the answer is confirmed, whatever becomes of the call.
    async fn answered(mut self, response: &Response, seat: Seat<'_>) {
        let core = Arc::clone(&self.call.core);
        let Some(dialog) = confirm(&core, response, &self.flow, Some(&self.call.endpoint)).await
        else {
            return self.call.ended(Some(Cause::PROTOCOL_ERROR), None).await;
        };
        let agreed = match Description::parse(&response.body) {
            Some(answer) => self.call.sound.answered(&answer),
            // It was said before.
            None if response.body.is_empty() => self.call.sound.agreed(),
            None => None,
        };
        let Some(agreed) = agreed else {
            bye(&core, dialog, Some(Cause::BEARERCAPABILITY_NOTAVAIL));
            return self
                .call
                .ended(Some(Cause::BEARERCAPABILITY_NOTAVAIL), None)
                .await;
        };
        let known = &self.call.dialog;
        self.call.dialog = Arc::new(model::Dialog {
            aor: Arc::clone(&known.aor),
            contact: Arc::clone(&known.contact),
            ..dialog.facts()
        });
        self.call.tell_sound(agreed).await;
        if self.call.endpoint.trust_id_inbound
            && let Some(party) = asserted(&response.headers)
        {
            core.signal(Signal::Connected {
                channel: self.call.channel,
                party,
            })
            .await;
        }
        core.signal(Signal::Answered(self.call.channel)).await;
        Conversation::new(self.call, dialog, seat, None).run().await;
    }

    /// The switch no longer wants the call. Who answers all the same is hung up on.
    async fn cancel(mut self, cause: Option<Cause>, mut seat: Seat<'_>) {
        let core = Arc::clone(&self.call.core);
        if self.provisional {
            self.send_cancel(cause);
        }
        self.call.released(Some(status_of(cause))).await;
        let mut cancelled = self.provisional;
        let until = Instant::now() + LAST_WORD;
        loop {
            tokio::select! {
                () = sleep_until(until) => return,
                message = self.invite.receive() => match message {
                    Some(SipMessage::Response(response)) => match response.status_code.code() {
                        100..200 if cancelled => {}
                        100..200 => {
                            cancelled = true;
                            self.send_cancel(cause);
                        }
                        200..300 => {
                            if let Some(dialog) = confirm(&core, &response, &self.flow, Some(&self.call.endpoint)).await {
                                bye(&core, dialog, cause);
                            }
                            return;
                        }
                        _ => return,
                    },
                    Some(SipMessage::Request(_)) => {}
                    None => return,
                },
                Some(InDialog { mut transaction, .. }) = seat.requests.recv() => respond::reply(&core, &mut transaction, 481).await,
            }
        }
    }

    /// Sends a CANCEL: the INVITE's first words with another method, in a transaction of its own.
    fn send_cancel(&self, cause: Option<Cause>) {
        let original = &self.invite.original;
        let mut headers = Headers::default();
        for header in original.headers.iter() {
            if matches!(
                header,
                Header::Via(_)
                    | Header::Route(_)
                    | Header::From(_)
                    | Header::To(_)
                    | Header::CallId(_)
                    | Header::MaxForwards(_)
            ) {
                headers.push(header.clone());
            }
        }
        let sequence = original
            .cseq_header()
            .and_then(|cseq| cseq.seq())
            .unwrap_or(1);
        headers.push(Header::CSeq(format!("{sequence} CANCEL").into()));
        if let Some(cause) = cause {
            headers.push(Header::Reason(reason_of(cause).into()));
        }
        let cancel = Request {
            method: Method::Cancel,
            headers,
            body: Vec::new(),
            ..original.clone()
        };
        let (core, flow) = (Arc::clone(&self.call.core), self.flow.clone());
        tokio::spawn(async move { client::exchange(&core, cancel, &flow).await });
    }
}

/// Makes the dialog of an answer and confirms it, now and whenever it comes again.
async fn confirm(
    core: &Arc<Core>,
    response: &Response,
    flow: &Flow,
    endpoint: Option<&Endpoint>,
) -> Option<Dialog> {
    let mut dialog = Dialog::outgoing(response, flow.clone(), endpoint)?;
    dialog.find_way(core).await;
    let sequence = response.cseq_header().and_then(|cseq| cseq.seq()).ok()?;
    let ack = dialog.ack(core, sequence)?;
    core.acks().keep(dialog.remote_tag(), &ack, &dialog.flow);
    dialog.flow.send(ack).await;
    Some(dialog)
}

/// Confirms and hangs up on somebody else who answered a call of ours (RFC 3261 §13.2.2.4).
pub(crate) async fn turn_away(core: &Arc<Core>, response: &Response, flow: Flow) {
    let Some(mut dialog) = Dialog::outgoing(response, flow, None) else {
        return;
    };
    let sequence = response
        .cseq_header()
        .and_then(|cseq| cseq.seq())
        .unwrap_or_default();
    if let Some(ack) = dialog.ack(core, sequence) {
        dialog.flow.send(ack).await;
    }
    if let Some(bye) = dialog.request(core, Method::Bye) {
        let core = Arc::clone(core);
        tokio::spawn(async move { client::exchange(&core, bye, &dialog.flow).await });
    }
}

/// Hangs up on who was not wanted.
fn bye(core: &Arc<Core>, mut dialog: Dialog, cause: Option<Cause>) {
    let Some(mut bye) = dialog.request(core, Method::Bye) else {
        return;
    };
    if let Some(cause) = cause {
        bye.headers.push(Header::Reason(reason_of(cause).into()));
    }
    let core = Arc::clone(core);
    tokio::spawn(async move { client::exchange(&core, bye, &dialog.flow).await });
}

/// Who they say answered.
fn asserted(headers: &Headers) -> Option<Party> {
    let address = NameAddr::parse(values(headers, "P-Asserted-Identity").next()?)?;
    Some(Party {
        number: address.user().map(Into::into),
        name: address.display.map(Into::into),
    })
}
