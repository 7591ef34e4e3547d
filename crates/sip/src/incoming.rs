//! Calls that come in: from INVITE to the answer (RFC 3261 §13.3).

use crate::authenticate::{Outcome, authenticate};
use crate::call::{Call, with_description};
use crate::caller::caller;
use crate::calls::{DialogKey, InDialog, Seat};
use crate::conversation::{Conversation, Unconfirmed};
use crate::core::Core;
use crate::dialog::Dialog;
use crate::dispatch::refuse;
use crate::handle::Told;
use crate::identify::dialled;
use crate::message;
use crate::message::header;
use crate::replaces::Replaces;
use crate::respond;
use crate::sdp::Description;
use crate::send_away;
use crate::settings::Endpoint;
use crate::sound::Sound;
use crate::status::status_of;
use crate::transport::Flow;
use model::{Cause, ChannelId, Instruction, NewCall, Signal, Token};
use rsipstack::sip::{Header, Method, Request, SipMessage};
use rsipstack::transaction::Transaction;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, timeout_at};

/// How long the switch may take to say whether it takes a call.
const DECISION: Duration = Duration::from_secs(10);

/// An INVITE that is not answered yet.
struct Invite {
    core: Arc<Core>,
    transaction: Transaction,
    dialog: Dialog,
    tag: String,
    offer: Option<Description>,
    endpoint: Arc<Endpoint>,
    facts: Arc<model::Dialog>,
}

/// What the switch said to a call.
enum Decision {
    Taken(ChannelId),
    Refused(Cause),
    /// It did not say anything, or is gone.
    None,
}

/// Serves an INVITE, and the call that becomes of it. The permit is given back once it is known
/// whose the call is.
pub(crate) async fn serve(
    core: &Arc<Core>,
    mut transaction: Transaction,
    flow: Flow,
    permit: OwnedSemaphorePermit,
) {
    if let Some(response) = unmet(core, &transaction.original) {
        return respond::send(&mut transaction, response).await;
    }
    let endpoint = match authenticate(core, &transaction.original, &flow).await {
        Outcome::Answer(response) => return respond::send(&mut transaction, *response).await,
        Outcome::Authentic(endpoint) => endpoint,
    };
    let offer = match offer(&transaction.original, &endpoint) {
        Ok(offer) => offer,
        Err(status) => return refuse(core, transaction, status).await,
    };
    let replaces = match replaced(core, &transaction.original, &endpoint) {
        Ok(replaces) => replaces,
        Err(status) => return refuse(core, transaction, status).await,
    };
    let tag = message::tag();
    let Some(dialog) = Dialog::incoming(&transaction.original, &tag, flow, &endpoint) else {
        return refuse(core, transaction, 400).await;
    };
    let seat = core.calls().seat(dialog.key());
    let (token, instructions) = core.calls().offer();
    let facts = Arc::new(model::Dialog {
        request_uri: transaction.original.uri.to_string().into(),
        ..dialog.facts()
    });
    let original = &transaction.original;
    let new_call = NewCall {
        replaces,
        ..new_call(token, original, &endpoint, &dialog.key(), &facts)
    };
    if core
        .told()
        .try_send(Told::Signal(Signal::NewCall(new_call)))
        .is_err()
    {
        core.calls().withdraw(token);
        return refuse(core, transaction, 503).await;
    }
    let mut invite = Invite {
        core: Arc::clone(core),
        transaction,
        dialog,
        tag,
        offer,
        endpoint,
        facts,
    };
    invite.answer(100, None).await;
    drop(permit);
    invite.decide(token, instructions, seat).await;
}

impl Invite {
    /// Waits for the switch to take the call or not. A caller who gives up meanwhile is answered at
    /// once; the switch learns of it when it has decided.
    async fn decide(
        mut self,
        token: Token,
        mut instructions: mpsc::Receiver<Instruction>,
        seat: Seat<'_>,
    ) {
        let deadline = Instant::now() + DECISION;
        let mut cancelled = false;
        let decision = loop {
            tokio::select! {
                decision = timeout_at(deadline, decision(&mut instructions)) => break decision.unwrap_or(Decision::None),
                message = self.transaction.receive(), if !cancelled => {
                    cancelled = gives_up(message.as_ref());
                    if cancelled {
                        self.answer(487, None).await;
                    }
                }
            }
        };
        match decision {
            Decision::Taken(channel) => match Sound::open(
                &self.core.media,
                self.dialog.flow.local_address().ip(),
                &self.endpoint,
            ) {
                Ok(sound) => {
                    let call = Call {
                        core: Arc::clone(&self.core),
                        channel,
                        endpoint: Arc::clone(&self.endpoint),
                        instructions,
                        sound,
                        told: None,
                        dialog: Arc::clone(&self.facts),
                    };
                    if cancelled {
                        tokio::join!(
                            call.ended(Some(Cause::INTERWORKING), Some(487)),
                            confirmed(self.transaction)
                        );
                    } else {
                        self.alert(call, seat).await;
                    }
                }
                Err(error) => self.without_sound(channel, instructions, &error).await,
            },
            Decision::Refused(cause) => self.refuse(status_of(Some(cause))).await,
            Decision::None => {
                self.core.calls().withdraw(token);
                self.refuse(503).await;
            }
        }
    }

    /// Tells the caller how the call goes, until it is answered or over.
    async fn alert(mut self, mut call: Call, mut seat: Seat<'_>) {
        loop {
            tokio::select! {
                instruction = call.instructions.recv() => match instruction {
                    Some(Instruction::Ring(_)) => self.answer(180, None).await,
                    Some(Instruction::Progress(_)) => {
                        let body = self.describe(&mut call).await;
                        self.answer(183, body).await;
                    }
                    Some(Instruction::Answer(_)) => {
                        let body = self.describe(&mut call).await;
                        let wants_answer = self.offer.is_none();
                        self.answer(200, body).await;
                        let unconfirmed = Unconfirmed { transaction: self.transaction, wants_answer };
                        return Conversation::new(call, self.dialog, seat, Some(unconfirmed)).run().await;
                    }
                    Some(Instruction::Reject { cause, .. }) => {
                        let status = status_of(Some(cause));
                        self.answer(status, None).await;
                        tokio::join!(call.ended(Some(cause), Some(status)), confirmed(self.transaction));
                        return;
                    }
                    Some(Instruction::SendAway { to, .. }) => {
                        match send_away::target(&self.core, &to, &self.dialog.flow).await {
                            Some(uri) => return self.redirect(call, &uri).await,
                            None => send_away::tell(&self.core, call.channel, Some(400)).await,
                        }
                    }
                    Some(Instruction::HangUp { cause, .. }) => return self.hang_up(call, cause).await,
                    None => return self.hang_up(call, None).await,
                    // There is nowhere to send it yet.
                    Some(Instruction::SendDigit { .. } | Instruction::SendText { .. } | Instruction::Accept { .. } | Instruction::Refuse { .. }
                        | Instruction::Dial { .. } | Instruction::TakeMessage(_) | Instruction::Watching { .. }
                        | Instruction::Changed { .. } | Instruction::Transferred { .. }) => {}
                },
                message = self.transaction.receive() => {
                    if gives_up(message.as_ref()) {
                        self.answer(487, None).await;
                        tokio::join!(call.ended(Some(Cause::INTERWORKING), Some(487)), confirmed(self.transaction));
                        return;
                    }
                }
                Some(InDialog { mut transaction, .. }) = seat.requests.recv() => {
                    let request = &transaction.original;
                    let info = request.method == Method::Info && self.dialog.is_in_order(request);
                    if request.method == Method::Bye {
                        respond::reply(&self.core, &mut transaction, 200).await;
                        self.answer(487, None).await;
                        tokio::join!(call.ended(Some(Cause::INTERWORKING), Some(487)), confirmed(self.transaction));
                        return;
                    } else if info {
                        call.on_info(&mut transaction).await;
                    } else {
                        respond::reply(&self.core, &mut transaction, 481).await;
                    }
                }
            }
        }
    }

    /// Our description of the sound: the answer to their offer, or an offer where they made none.
    async fn describe(&self, call: &mut Call) -> Option<String> {
        match &self.offer {
            Some(offer) => {
                let (agreed, body) = call.sound.answer(offer)?;
                call.tell_sound(agreed).await;
                Some(body)
            }
            None => Some(call.sound.offer()),
        }
    }

    async fn answer(&mut self, status: u16, body: Option<String>) {
        let response = if (101..300).contains(&status) {
            let contact = self.dialog.contact(&self.core);
            respond::in_dialog(
                &self.core,
                &self.transaction.original,
                status,
                Some(&self.tag),
                &contact,
            )
        } else {
            respond::response(
                &self.core,
                &self.transaction.original,
                status,
                Some(&self.tag),
            )
        };
        let response = with_description(response, body);
        respond::send(&mut self.transaction, response).await;
    }

    /// Sends the caller elsewhere: the call is over for us.
    async fn redirect(mut self, call: Call, uri: &str) {
        const MOVED: u16 = 302;
        let request = &self.transaction.original;
        let mut response = respond::response(&self.core, request, MOVED, Some(&self.tag));
        response
            .headers
            .push(Header::Contact(format!("<{uri}>").into()));
        respond::send(&mut self.transaction, response).await;
        send_away::tell(&self.core, call.channel, None).await;
        let cause = Some(Cause::NORMAL_CLEARING);
        tokio::join!(call.ended(cause, Some(MOVED)), confirmed(self.transaction));
    }

    async fn hang_up(mut self, mut call: Call, cause: Option<Cause>) {
        let status = status_of(cause);
        self.answer(status, None).await;
        call.released(Some(status)).await;
        confirmed(self.transaction).await;
    }

    async fn refuse(mut self, status: u16) {
        self.answer(status, None).await;
        confirmed(self.transaction).await;
    }

    async fn without_sound(
        mut self,
        channel: ChannelId,
        mut instructions: mpsc::Receiver<Instruction>,
        error: &std::io::Error,
    ) {
        tracing::error!(%error, "A call has no sound and is refused");
        self.answer(500, None).await;
        let hung_up = Signal::HungUp {
            channel,
            cause: Some(Cause::NETWORK_OUT_OF_ORDER),
            tech_cause: Some("500".into()),
            quality: None,
        };
        self.core.signal(hung_up).await;
        while instructions
            .recv()
            .await
            .is_some_and(|instruction| !matches!(instruction, Instruction::HangUp { .. }))
        {}
        self.core
            .signal(Signal::Released {
                channel,
                tech_cause: None,
                quality: None,
            })
            .await;
        confirmed(self.transaction).await;
    }
}

/// The switch's word on a call.
async fn decision(instructions: &mut mpsc::Receiver<Instruction>) -> Decision {
    while let Some(instruction) = instructions.recv().await {
        match instruction {
            Instruction::Accept { channel, .. } => return Decision::Taken(channel),
            Instruction::Refuse { cause, .. } => return Decision::Refused(cause),
            Instruction::Dial { .. }
            | Instruction::TakeMessage(_)
            | Instruction::Watching { .. }
            | Instruction::Changed { .. }
            | Instruction::Transferred { .. }
            | Instruction::SendText { .. }
            | Instruction::SendAway { .. }
            | Instruction::Ring(_)
            | Instruction::Progress(_)
            | Instruction::Answer(_)
            | Instruction::Reject { .. }
            | Instruction::SendDigit { .. }
            | Instruction::HangUp { .. } => {}
        }
    }
    Decision::None
}

/// Sees a refused INVITE through to its ACK.
async fn confirmed(mut transaction: Transaction) {
    while transaction.receive().await.is_some() {}
}

/// Whether the caller no longer wants the call, or the transaction ended without him.
fn gives_up(message: Option<&SipMessage>) -> bool {
    match message {
        Some(SipMessage::Request(request)) => request.method == Method::Cancel,
        Some(SipMessage::Response(_)) => false,
        None => true,
    }
}

/// What is asked of us that we do not do: 420 says what (RFC 3261 §8.2.2.3).
fn unmet(core: &Core, request: &Request) -> Option<rsipstack::sip::Response> {
    let required = message::values(&request.headers, "Require").flat_map(|list| list.split(','));
    let required: Vec<&str> = required
        .map(str::trim)
        .filter(|option| !option.eq_ignore_ascii_case(respond::REPLACES))
        .collect();
    if required.is_empty() {
        return None;
    }
    let mut response = respond::response(core, request, 420, None);
    response
        .headers
        .push(Header::Unsupported(required.join(", ").into()));
    Some(response)
}

/// The channel whose place the call shall take, if it shall; the status that refuses it otherwise (RFC 3891 §3).
fn replaced(core: &Core, request: &Request, endpoint: &Endpoint) -> Result<Option<ChannelId>, u16> {
    let Some(text) = header(request, "Replaces") else {
        return Ok(None);
    };
    if !endpoint.allow_transfer {
        return Err(603);
    }
    let replaces = Replaces::parse(text).ok_or(400u16)?;
    let channel = core.calls().channel_of(&replaces.dialog).ok_or(481u16)?;
    if replaces.early_only {
        return Err(486);
    }
    Ok(Some(channel))
}

/// Their offer, if they make one; the status that refuses it otherwise.
fn offer(request: &Request, endpoint: &Endpoint) -> Result<Option<Description>, u16> {
    if request.body.is_empty() {
        return if endpoint.formats.is_empty() {
            Err(488)
        } else {
            Ok(None)
        };
    }
    let kind = header(request, "Content-Type").unwrap_or_default();
    if !kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .eq_ignore_ascii_case("application/sdp")
    {
        return Err(415);
    }
    let offer = Description::parse(&request.body).ok_or(488u16)?;
    offer.common(&endpoint.formats).ok_or(488u16)?;
    Ok(Some(offer))
}

fn new_call(
    token: Token,
    request: &Request,
    endpoint: &Endpoint,
    key: &DialogKey,
    dialog: &Arc<model::Dialog>,
) -> NewCall {
    let (caller, withheld) = caller(request, endpoint.trust_id_inbound);
    let exten = dialled(request);
    NewCall {
        token,
        endpoint: Arc::clone(&endpoint.name),
        caller,
        withheld,
        exten: if exten.is_empty() {
            "s".into()
        } else {
            exten.into()
        },
        replaces: None,
        call_id: key.call_id.as_str().into(),
        dialog: Arc::clone(dialog),
        variables: vec![(
            "SIPDOMAIN".into(),
            request.uri.host_with_port.host.to_string().into(),
        )],
    }
}
