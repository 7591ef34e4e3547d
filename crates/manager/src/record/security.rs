//! Security events (ami-server.md 12.2).

use super::{Teller, Told};
use ami::event::security::{
    ChallengeResponseFailed, ChallengeSent, FailedAcl, Head, InvalidAccountId, InvalidPassword,
    RequestBadFormat, RequestNotAllowed, SessionLimit, SuccessfulAuth,
};
use jiff::Timestamp;
use model::{Address, Security, SecurityKind, Transport};

pub(super) fn happened(to: &Teller<'_>, security: &Security) -> Option<Told> {
    let session_tv = security.since.map(|since| time(to, since));
    let head = head(to, security);
    match &security.kind {
        SecurityKind::SuccessfulAuth { using_password } => to.say(&SuccessfulAuth {
            head,
            using_password: u8::from(*using_password),
            session_tv,
        }),
        SecurityKind::InvalidAccountId => to.say(&InvalidAccountId { head, session_tv }),
        SecurityKind::FailedAcl => to.say(&FailedAcl { head, session_tv }),
        SecurityKind::InvalidPassword => to.say(&InvalidPassword { head, session_tv }),
        SecurityKind::ChallengeSent { challenge } => to.say(&ChallengeSent {
            head,
            challenge,
            session_tv,
        }),
        SecurityKind::ChallengeResponseFailed {
            challenge,
            response,
        } => to.say(&ChallengeResponseFailed {
            head,
            challenge,
            response,
            expected_response: "",
            session_tv,
        }),
        SecurityKind::SessionLimit => to.say(&SessionLimit { head, session_tv }),
        SecurityKind::RequestNotAllowed { request } => to.say(&RequestNotAllowed {
            head,
            request_type: request,
            session_tv,
        }),
        SecurityKind::RequestBadFormat { request } => to.say(&RequestBadFormat {
            head: Head {
                account: None,
                ..head
            },
            request_type: request,
            session_tv,
            account: &security.account,
        }),
    }
}

fn head<'a>(to: &Teller<'_>, security: &'a Security) -> Head<'a> {
    let (severity, event_version) = match security.kind {
        SecurityKind::SuccessfulAuth { .. } | SecurityKind::ChallengeSent { .. } => {
            ("Informational", 1)
        }
        SecurityKind::InvalidPassword => ("Error", 2),
        SecurityKind::InvalidAccountId
        | SecurityKind::FailedAcl
        | SecurityKind::ChallengeResponseFailed { .. }
        | SecurityKind::SessionLimit
        | SecurityKind::RequestNotAllowed { .. }
        | SecurityKind::RequestBadFormat { .. } => ("Error", 1),
    };
    Head {
        event_tv: time(to, to.record.at),
        severity,
        service: security.service.text(),
        event_version,
        account: Some(&security.account),
        session: &security.session,
        local_address: address(security.local),
        remote_address: address(security.remote),
    }
}

/// Local time with milliseconds and the offset from UTC.
fn time(to: &Teller<'_>, at: Timestamp) -> String {
    let at = at.to_zoned(to.style.zone.clone());
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()
}

fn address(address: Address) -> String {
    let ip = address.socket.ip().to_canonical();
    let family = if ip.is_ipv4() { "IPV4" } else { "IPV6" };
    let transport = match address.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
    };
    format!("{family}/{transport}/{ip}/{}", address.socket.port())
}
