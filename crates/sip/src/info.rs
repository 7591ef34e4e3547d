//! Keys pressed that are told by INFO (RFC 6086), in a call and before it is answered.

use crate::call::Call;
use crate::message::header;
use crate::respond;
use model::{FLASH, Signal};
use rsipstack::sip::Request;
use rsipstack::transaction::Transaction;

impl Call {
    /// Serves an INFO of theirs.
    pub(crate) async fn on_info(&self, transaction: &mut Transaction) {
        let digit = digit_of(&transaction.original);
        let understood = digit.is_some() || transaction.original.body.is_empty();
        let status = if understood { 200 } else { 415 };
        respond::reply(&self.core, transaction, status).await;
        if let Some((digit, milliseconds)) = digit {
            let channel = self.channel;
            self.core
                .signal(Signal::Digit {
                    channel,
                    digit,
                    milliseconds,
                })
                .await;
        }
    }
}

/// The key press an INFO tells of: `application/dtmf-relay`, `application/dtmf` or
/// `application/hook-flash`. The first two have the hook as the key 16, `!` or `hf`.
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
        "application/hook-flash" => return Some((FLASH, 0)),
        _ => return None,
    };
    let digit = match digit {
        "10" => '*',
        "11" => '#',
        "16" | "!" | "hf" => return Some((FLASH, 0)),
        other => other.chars().next()?.to_ascii_uppercase(),
    };
    "0123456789*#ABCD"
        .contains(digit)
        .then_some((digit, milliseconds))
}
