//! MESSAGE: texts outside of calls and in them (RFC 3428).

use crate::authenticate::{Outcome, authenticate};
use crate::conversation::Conversation;
use crate::core::Core;
use crate::dispatch::refuse;
use crate::handle::Told;
use crate::identify::dialled;
use crate::message::header;
use crate::respond;
use crate::settings::Endpoint;
use crate::status::status_of;
use crate::transport::Flow;
use model::{Instruction, NewMessage, Signal, Token};
use rsipstack::sip::Request;
use rsipstack::transaction::Transaction;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How long the switch may take to say whether it takes a text.
const DECISION: Duration = Duration::from_secs(10);

/// Answers a text outside of any call with what the switch says to it.
pub(crate) async fn serve(core: &Arc<Core>, mut transaction: Transaction, flow: Flow) {
    let endpoint = match authenticate(core, &transaction.original, &flow).await {
        Outcome::Answer(response) => return respond::send(&mut transaction, *response).await,
        Outcome::Authentic(endpoint) => endpoint,
    };
    let Some(body) = text(&transaction.original) else {
        return refuse(core, transaction, 415).await;
    };
    let (token, mut instructions) = core.calls().offer();
    let message = message(token, &transaction.original, &endpoint, body);
    if core
        .told()
        .try_send(Told::Signal(Signal::Message(message)))
        .is_err()
    {
        core.calls().withdraw(token);
        return refuse(core, transaction, 503).await;
    }
    let decision = timeout(DECISION, instructions.recv()).await.ok().flatten();
    core.calls().withdraw(token);
    let status = if let Some(Instruction::TakeMessage(_)) = decision {
        202
    } else if let Some(Instruction::Refuse { cause, .. }) = decision {
        status_of(Some(cause))
    } else {
        503
    };
    respond::reply(core, &mut transaction, status).await;
}

impl Conversation<'_> {
    /// A text in a call goes to whoever they talk with.
    pub(crate) async fn on_text(&mut self, mut transaction: Transaction) {
        let Some(text) = text(&transaction.original) else {
            return self.reply(&mut transaction, 415).await;
        };
        let (channel, text) = (self.call.channel, text.into());
        self.reply(&mut transaction, 200).await;
        self.core().signal(Signal::Text { channel, text }).await;
    }

    /// Sends a text to them.
    pub(crate) fn send_text(&mut self, text: &str) {
        self.send(
            rsipstack::sip::Method::Message,
            "text/plain;charset=UTF-8",
            text.to_owned(),
        );
    }
}

/// What it says, if it is text.
fn text(request: &Request) -> Option<String> {
    let kind = header(request, "Content-Type").unwrap_or("text/plain");
    let kind = kind.split(';').next()?.trim().to_ascii_lowercase();
    let body = kind
        .starts_with("text/")
        .then(|| String::from_utf8(request.body.clone()).ok())??;
    // A text of several lines ends without a line end of its own.
    Some(body.trim_end_matches(['\r', '\n']).to_owned())
}

fn message(token: Token, request: &Request, endpoint: &Endpoint, body: String) -> NewMessage {
    let exten = dialled(request);
    let without_tag = |text: &str| {
        text.split(";tag=")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    NewMessage {
        token,
        endpoint: Arc::clone(&endpoint.name),
        context: Arc::clone(&endpoint.message_context),
        exten: if exten.is_empty() {
            "s".into()
        } else {
            exten.into()
        },
        from: without_tag(header(request, "From").unwrap_or_default()).into(),
        to: format!(
            "pjsip:{}",
            request.uri.to_string().trim_start_matches("sip:")
        )
        .into(),
        body: body.into(),
        content_type: header(request, "Content-Type")
            .unwrap_or("text/plain")
            .into(),
    }
}
