//! An answered call, whoever called: until somebody hangs up.

use crate::call::Call;
use crate::calls::{InDialog, Seat};
use crate::client;
use crate::core::Core;
use crate::dialog::Dialog;
use crate::message::with_body;
use crate::respond;
use crate::settings::DtmfMode;
use crate::status::reason_of;
use model::{Cause, FLASH, Instruction};
use rsipstack::sip::{Header, Method, SipMessage};
use rsipstack::transaction::Transaction;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long who has transferred a call has to hang up, before we do.
const FAREWELL: Duration = Duration::from_secs(10);

/// An answered call with its dialog.
pub(crate) struct Conversation<'a> {
    pub(crate) call: Call,
    pub(crate) dialog: Dialog,
    pub(crate) seat: Seat<'a>,
    pub(crate) unconfirmed: Option<Unconfirmed>,
    /// A REFER that the switch has not answered yet.
    pub(crate) referral: Option<Transaction>,
    /// We have asked them to call somebody else, and do not know yet what came of it.
    pub(crate) refers: bool,
    /// Whoever they talked with was sent elsewhere: they hang up by themselves.
    pub(crate) transferred: bool,
}

/// An INVITE we have answered, whose ACK is to come.
pub(crate) struct Unconfirmed {
    pub(crate) transaction: Transaction,
    /// We made the offer: the answer comes with the ACK.
    pub(crate) wants_answer: bool,
}

/// How a call goes on.
pub(crate) enum Next {
    GoesOn,
    /// They hung up.
    Ended(Option<Cause>),
    /// We hang up.
    HangUp(Option<Cause>),
}

impl<'a> Conversation<'a> {
    pub(crate) fn new(
        call: Call,
        dialog: Dialog,
        seat: Seat<'a>,
        unconfirmed: Option<Unconfirmed>,
    ) -> Self {
        call.core.calls().name(dialog.key(), call.channel);
        Self {
            call,
            dialog,
            seat,
            unconfirmed,
            referral: None,
            refers: false,
            transferred: false,
        }
    }

    /// Carries the call on until it ends.
    pub(crate) async fn run(mut self) {
        self.dialog.find_way(&self.call.core).await;
        loop {
            match self.turn().await {
                Next::GoesOn => {}
                Next::Ended(cause) => return self.call.ended(cause, None).await,
                Next::HangUp(cause) => return self.hang_up(cause).await,
            }
        }
    }

    /// Waits for one thing to happen.
    async fn turn(&mut self) -> Next {
        tokio::select! {
            // What came first goes first: an ACK before the requests that follow it.
            biased;
            message = confirmation(&mut self.unconfirmed) => self.on_confirmation(message).await,
            instruction = self.call.instructions.recv() => self.on_instruction(instruction).await,
            Some(InDialog { transaction, flow }) = self.seat.requests.recv() => {
                self.dialog.came_by(flow);
                self.on_request(transaction).await
            }
        }
    }

    async fn on_confirmation(&mut self, message: Option<SipMessage>) -> Next {
        match message {
            Some(SipMessage::Request(ack)) => self.confirmed(&ack).await,
            Some(SipMessage::Response(_)) => {}
            None => {
                // Nobody confirmed for half a minute: there is nobody.
                if let Some(mut bye) = self.start_bye(None).await {
                    tokio::spawn(async move { while bye.receive().await.is_some() {} });
                }
                return Next::Ended(Some(Cause::RECOVERY_ON_TIMER_EXPIRE));
            }
        }
        Next::GoesOn
    }

    async fn on_instruction(&mut self, instruction: Option<Instruction>) -> Next {
        match instruction {
            Some(Instruction::HangUp { cause, .. }) => return Next::HangUp(cause),
            None => return Next::HangUp(None),
            Some(Instruction::SendDigit {
                digit,
                milliseconds,
                ..
            }) => self.send_digit(digit, milliseconds),
            Some(Instruction::SendText { text, .. }) => self.send_text(&text),
            Some(Instruction::SendAway { to, .. }) => self.send_away(&to).await,
            Some(Instruction::Transferred { refused, .. }) => self.referred(refused).await,
            // What only an unanswered call can be told, or no call at all.
            Some(
                Instruction::Accept { .. }
                | Instruction::Refuse { .. }
                | Instruction::TakeMessage(_)
                | Instruction::Watching { .. }
                | Instruction::Changed { .. }
                | Instruction::Dial { .. }
                | Instruction::Ring(_)
                | Instruction::Progress(_)
                | Instruction::Answer(_)
                | Instruction::Reject { .. },
            ) => {}
        }
        Next::GoesOn
    }

    async fn hang_up(mut self, cause: Option<Cause>) {
        // A call may not be ended before its answer is confirmed (RFC 3261 §15), and who has
        // transferred it ends it himself.
        let bye = match (&self.unconfirmed, self.transferred) {
            (None, false) => self.start_bye(cause).await,
            (Some(_), _) | (None, true) => None,
        };
        self.call.released(None).await;
        if bye.is_some() {
            return self.farewell(bye).await;
        }
        while confirmation_if_any(&mut self.unconfirmed).await {}
        self.unconfirmed = None;
        if self.transferred && timeout(FAREWELL, self.farewell(None)).await.is_ok() {
            return;
        }
        let bye = self.start_bye(cause).await;
        if bye.is_some() {
            self.farewell(bye).await;
        }
    }

    async fn start_bye(&mut self, cause: Option<Cause>) -> Option<Transaction> {
        let mut bye = self.dialog.request(&self.call.core, Method::Bye)?;
        if let Some(cause) = cause {
            bye.headers.push(Header::Reason(reason_of(cause).into()));
        }
        client::send(&self.call.core, bye, &self.dialog.flow).await
    }

    /// Waits until our BYE is answered or theirs comes, and answers what else there is.
    async fn farewell(&mut self, mut bye: Option<Transaction>) {
        loop {
            tokio::select! {
                message = polled(&mut bye) => match message {
                    Some(SipMessage::Response(response)) if response.status_code.code() < 200 => {}
                    Some(SipMessage::Response(_) | SipMessage::Request(_)) | None => return,
                },
                Some(InDialog { mut transaction, .. }) = self.seat.requests.recv() => {
                    let theirs = transaction.original.method == Method::Bye;
                    respond::reply(&self.call.core, &mut transaction, if theirs { 200 } else { 481 }).await;
                    if theirs && bye.is_none() {
                        return;
                    }
                }
            }
        }
    }

    fn send_digit(&mut self, digit: char, milliseconds: u32) {
        let with_sound = self.call.sound.agreed().is_some_and(|agreed| agreed.digits);
        match self.call.endpoint.dtmf_mode {
            DtmfMode::None => {}
            _ if digit == FLASH => {
                self.send(
                    Method::Info,
                    "application/hook-flash",
                    "signal=hf\r\n".into(),
                );
            }
            DtmfMode::Rfc4733 => self.call.sound.send_digit(digit, milliseconds),
            DtmfMode::AutoInfo if with_sound => self.call.sound.send_digit(digit, milliseconds),
            DtmfMode::Info | DtmfMode::AutoInfo => {
                let body = format!("Signal={digit}\r\nDuration={milliseconds}\r\n");
                self.send(Method::Info, "application/dtmf-relay", body);
            }
        }
    }

    /// Sends a request inside the dialog; nobody waits for its answer.
    pub(crate) fn send(&mut self, method: Method, kind: &str, body: String) {
        let core = Arc::clone(&self.call.core);
        let Some(mut request) = self.dialog.request(&core, method) else {
            return;
        };
        with_body(&mut request, kind, body);
        let flow = self.dialog.flow.clone();
        tokio::spawn(async move { client::exchange(&core, request, &flow).await });
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.call.core
    }
}

/// Polls the INVITE whose ACK is to come. Waits for ever if there is none. What is polled suspends
/// only between messages (our sockets never wait to send), so it may be given up at any time.
async fn confirmation(unconfirmed: &mut Option<Unconfirmed>) -> Option<SipMessage> {
    match unconfirmed {
        Some(unconfirmed) => unconfirmed.transaction.receive().await,
        None => std::future::pending().await,
    }
}

/// Polls the INVITE whose ACK is to come, if there is one. False once there is nothing to wait for.
async fn confirmation_if_any(unconfirmed: &mut Option<Unconfirmed>) -> bool {
    match unconfirmed {
        Some(unconfirmed) => {
            let message = unconfirmed.transaction.receive().await;
            matches!(message, Some(SipMessage::Response(_)))
        }
        None => false,
    }
}

async fn polled(transaction: &mut Option<Transaction>) -> Option<SipMessage> {
    match transaction {
        Some(transaction) => transaction.receive().await,
        None => std::future::pending().await,
    }
}
