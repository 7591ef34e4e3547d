//! Requests of ours and their answers.

use crate::core::Core;
use crate::transport::Flow;
use rsipstack::sip::{Request, Response, SipMessage};
use rsipstack::transaction::Transaction;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};

/// Sends a request; its transaction must be polled to go on. `None` if it cannot be sent at all.
pub(crate) async fn send(core: &Core, request: Request, flow: &Flow) -> Option<Transaction> {
    let key = TransactionKey::from_request(&request, TransactionRole::Client).ok()?;
    let stack = std::sync::Arc::clone(&core.stack);
    let mut transaction =
        Transaction::new_client(key, request, stack, Some(flow.connection.clone()));
    transaction.destination = Some(flow.destination());
    match transaction.send().await {
        Ok(()) => Some(transaction),
        Err(error) => {
            tracing::debug!(remote = %flow.remote, %error, "A request could not be sent");
            None
        }
    }
}

/// Sends a request that is no INVITE and waits for its final answer; the library answers with 408
/// in place of who does not.
pub(crate) async fn exchange(core: &Core, request: Request, flow: &Flow) -> Option<Response> {
    let mut transaction = send(core, request, flow).await?;
    while let Some(message) = transaction.receive().await {
        if let SipMessage::Response(response) = message
            && response.status_code.code() >= 200
        {
            return Some(response);
        }
    }
    None
}
