//! PJSIPHangup: calls of SIP phones ended with a status.

use crate::Request;
use crate::handler::{Step, channel, failed};
use ami::action::pjsip as declared;
use model::{Cause, Command, HangupTarget};

/// The names of final statuses, as the documentation of PJSIPHangup has them.
const STATUSES: &[(&str, u16)] = &[
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("PAYMENT_REQUIRED", 402),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("NOT_ACCEPTABLE", 406),
    ("PROXY_AUTHENTICATION_REQUIRED", 407),
    ("REQUEST_TIMEOUT", 408),
    ("GONE", 410),
    ("TEMPORARILY_UNAVAILABLE", 480),
    ("CALL_TSX_DOES_NOT_EXIST", 481),
    ("LOOP_DETECTED", 482),
    ("TOO_MANY_HOPS", 483),
    ("ADDRESS_INCOMPLETE", 484),
    ("BUSY_HERE", 486),
    ("REQUEST_TERMINATED", 487),
    ("NOT_ACCEPTABLE_HERE", 488),
    ("INTERNAL_SERVER_ERROR", 500),
    ("NOT_IMPLEMENTED", 501),
    ("BAD_GATEWAY", 502),
    ("SERVICE_UNAVAILABLE", 503),
    ("SERVER_TIMEOUT", 504),
    ("BUSY_EVERYWHERE", 600),
    ("DECLINE", 603),
    ("DOES_NOT_EXIST_ANYWHERE", 604),
    ("NOT_ACCEPTABLE_ANYWHERE", 606),
];

/// Ends calls of SIP phones. The switch knows causes; SIP makes the status of the cause again.
pub(in crate::handler) fn hang_up(id: &str, hangup: &declared::HangupWith) -> Step {
    let named = STATUSES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&hangup.cause));
    let status = named
        .map(|(_, status)| *status)
        .or_else(|| hangup.cause.trim().parse().ok());
    let Some(status) = status.filter(|status| (400..700).contains(status)) else {
        return failed(
            id,
            format_args!(
                "Invalid 'Cause: {}' in manager action PJSIPHangup",
                hangup.cause
            ),
        );
    };
    let own = |name: &str| {
        name.get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case("PJSIP/"))
    };
    let target = match channel::pattern(&hangup.channel) {
        // A unique id has no slash; another technology's channel is none of ours.
        None if own(&hangup.channel) || !hangup.channel.contains('/') => {
            HangupTarget::Channel(hangup.channel.as_str().into())
        }
        None => return failed(id, "No such channel"),
        Some(None) => return failed(id, "Regex format invalid, Channel param should be /regex/"),
        Some(Some(pattern)) => {
            let pattern = match pattern.strip_prefix('^').unwrap_or(pattern) {
                rest if own(rest) => format!("^{rest}"),
                _ => format!("^PJSIP/.*(?:{pattern})"),
            };
            if let Err(error) = regex::Regex::new(&pattern) {
                return failed(id, format_args!("Regex compile failed on: {error}"));
            }
            HangupTarget::Matching(pattern.into())
        }
    };
    let cause = Some(Cause::of_sip(status));
    Step::Ask(Request::Switch(Command::Hangup { target, cause }))
}
