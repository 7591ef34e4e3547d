//! Statuses and causes, each in terms of the other.

use model::Cause;
use rsipstack::sip::StatusCode;

/// The cause that a final status of a failed call stands for.
pub(crate) fn cause_of(status: u16) -> Cause {
    Cause::of_sip(status)
}

/// The status that refuses a call for a cause.
pub(crate) fn status_of(cause: Option<Cause>) -> u16 {
    let Some(cause) = cause else { return 603 };
    match cause {
        Cause::UNALLOCATED | Cause::NO_ROUTE_TRANSIT_NET | Cause::NO_ROUTE_DESTINATION => 404,
        Cause::USER_BUSY => 486,
        Cause::NO_USER_RESPONSE => 408,
        Cause::NO_ANSWER | Cause::SUBSCRIBER_ABSENT | Cause::NORMAL_UNSPECIFIED => 480,
        Cause::CALL_REJECTED => 403,
        Cause::NUMBER_CHANGED => 410,
        Cause::DESTINATION_OUT_OF_ORDER => 502,
        Cause::INVALID_NUMBER_FORMAT => 484,
        Cause::FACILITY_REJECTED => 501,
        Cause::NORMAL_CIRCUIT_CONGESTION
        | Cause::SWITCH_CONGESTION
        | Cause::CHAN_NOT_IMPLEMENTED => 503,
        Cause::NETWORK_OUT_OF_ORDER | Cause::INTERWORKING => 500,
        Cause::BEARERCAPABILITY_NOTAVAIL => 488,
        _ => 603,
    }
}

/// A status for the library.
pub(crate) fn code(status: u16) -> StatusCode {
    StatusCode::try_from((status, "")).unwrap_or(StatusCode::ServerInternalError)
}

/// The cause in a `Reason` header (RFC 3326), e.g. `Q.850;cause=17;text="busy"`.
pub(crate) fn cause_of_reason(reason: &str) -> Option<Cause> {
    let mut parts = reason.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("Q.850") {
        return None;
    }
    let cause = parts.find_map(|part| part.strip_prefix("cause="))?;
    Cause::new(cause.trim().parse().ok()?)
}

/// A `Reason` header for a cause.
pub(crate) fn reason_of(cause: Cause) -> String {
    format!("Q.850;cause={cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_causes_stand_for_each_other() {
        for status in [404, 408, 410, 480, 484, 486, 488, 500, 501, 502, 503] {
            assert_eq!(status_of(Some(cause_of(status))), status);
        }
        assert_eq!(cause_of(487), Cause::INTERWORKING);
        assert_eq!(status_of(Some(Cause::INTERWORKING)), 500);
        assert_eq!(status_of(Some(Cause::NO_ROUTE_DESTINATION)), 404);
        assert_eq!(cause_of(603), Cause::CALL_REJECTED);
        assert_eq!(status_of(None), 603);
        assert_eq!(code(486), StatusCode::BusyHere);
    }

    #[test]
    fn reasons_are_read_and_written() {
        assert_eq!(
            cause_of_reason("Q.850;cause=17;text=\"x\""),
            Some(Cause::USER_BUSY)
        );
        assert_eq!(
            cause_of_reason("q.850 ; cause=16"),
            Some(Cause::NORMAL_CLEARING)
        );
        assert_eq!(cause_of_reason("SIP;cause=200"), None);
        assert_eq!(cause_of_reason("Q.850;cause=0"), None);
        assert_eq!(
            cause_of_reason(&reason_of(Cause::USER_BUSY)),
            Some(Cause::USER_BUSY)
        );
    }
}
