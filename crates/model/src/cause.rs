//! Hangup causes (Q.850, with the additions told on the wire).

use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a call ended: a Q.850 cause number in 1..=127.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Cause(u8);

macro_rules! causes {
    ($($number:literal $name:ident $text:literal)*) => {
        impl Cause {
            $(#[doc = $text] pub const $name: Self = Self($number);)*

            /// The words told as `Cause-txt`.
            pub fn text(self) -> &'static str {
                match self.0 {
                    $($number => $text,)*
                    _ => "Unknown",
                }
            }

            /// The cause of this symbolic name or number, as `Hangup()` and `PRI_CAUSE` take it.
            pub fn parse(text: &str) -> Option<Self> {
                if let Ok(number) = text.parse() {
                    return Self::new(number);
                }
                match text.to_ascii_uppercase().as_str() {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

causes! {
    1 UNALLOCATED "Unallocated (unassigned) number"
    2 NO_ROUTE_TRANSIT_NET "No route to specified transmit network"
    3 NO_ROUTE_DESTINATION "No route to destination"
    5 MISDIALLED_TRUNK_PREFIX "Misdialed trunk prefix"
    6 CHANNEL_UNACCEPTABLE "Channel unacceptable"
    7 CALL_AWARDED_DELIVERED "Call awarded and being delivered in an established channel"
    8 PRE_EMPTED "Pre-empted"
    14 NUMBER_PORTED_NOT_HERE "Number ported elsewhere"
    16 NORMAL_CLEARING "Normal Clearing"
    17 USER_BUSY "User busy"
    18 NO_USER_RESPONSE "No user responding"
    19 NO_ANSWER "User alerting, no answer"
    20 SUBSCRIBER_ABSENT "Subscriber absent"
    21 CALL_REJECTED "Call Rejected"
    22 NUMBER_CHANGED "Number changed"
    23 REDIRECTED_TO_NEW_DESTINATION "Redirected to new destination"
    26 ANSWERED_ELSEWHERE "Answered elsewhere"
    27 DESTINATION_OUT_OF_ORDER "Destination out of order"
    28 INVALID_NUMBER_FORMAT "Invalid number format"
    29 FACILITY_REJECTED "Facility rejected"
    30 RESPONSE_TO_STATUS_ENQUIRY "Response to STATus ENQuiry"
    31 NORMAL_UNSPECIFIED "Normal, unspecified"
    34 NORMAL_CIRCUIT_CONGESTION "Circuit/channel congestion"
    38 NETWORK_OUT_OF_ORDER "Network out of order"
    41 NORMAL_TEMPORARY_FAILURE "Temporary failure"
    42 SWITCH_CONGESTION "Switching equipment congestion"
    43 ACCESS_INFO_DISCARDED "Access information discarded"
    44 REQUESTED_CHAN_UNAVAIL "Requested channel not available"
    50 FACILITY_NOT_SUBSCRIBED "Facility not subscribed"
    52 OUTGOING_CALL_BARRED "Outgoing call barred"
    54 INCOMING_CALL_BARRED "Incoming call barred"
    57 BEARERCAPABILITY_NOTAUTH "Bearer capability not authorized"
    58 BEARERCAPABILITY_NOTAVAIL "Bearer capability not available"
    65 BEARERCAPABILITY_NOTIMPL "Bearer capability not implemented"
    66 CHAN_NOT_IMPLEMENTED "Channel not implemented"
    69 FACILITY_NOT_IMPLEMENTED "Facility not implemented"
    81 INVALID_CALL_REFERENCE "Invalid call reference value"
    88 INCOMPATIBLE_DESTINATION "Incompatible destination"
    95 INVALID_MSG_UNSPECIFIED "Invalid message unspecified"
    96 MANDATORY_IE_MISSING "Mandatory information element is missing"
    97 MESSAGE_TYPE_NONEXIST "Message type nonexist."
    98 WRONG_MESSAGE "Wrong message"
    99 IE_NONEXIST "Info. element nonexist or not implemented"
    100 INVALID_IE_CONTENTS "Invalid information element contents"
    101 WRONG_CALL_STATE "Message not compatible with call state"
    102 RECOVERY_ON_TIMER_EXPIRE "Recover on timer expiry"
    103 MANDATORY_IE_LENGTH_ERROR "Mandatory IE length error"
    111 PROTOCOL_ERROR "Protocol error, unspecified"
    127 INTERWORKING "Interworking, unspecified"
}

impl Cause {
    /// A cause, if the number is one: 1 to 127. 0 is "no cause".
    pub fn new(number: u8) -> Option<Self> {
        (1..=127).contains(&number).then_some(Self(number))
    }

    /// The number told as `Cause`.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Cause {
    /// The cause that a final SIP status of a failed call stands for.
    pub fn of_sip(status: u16) -> Self {
        match status {
            401 | 403 | 407 | 603 => Self::CALL_REJECTED,
            404 | 485 | 604 => Self::UNALLOCATED,
            408 => Self::NO_USER_RESPONSE,
            409 => Self::NORMAL_TEMPORARY_FAILURE,
            410 => Self::NUMBER_CHANGED,
            480 => Self::NO_ANSWER,
            484 => Self::INVALID_NUMBER_FORMAT,
            486 | 600 => Self::USER_BUSY,
            488 | 606 => Self::BEARERCAPABILITY_NOTAVAIL,
            500 => Self::NETWORK_OUT_OF_ORDER,
            501 => Self::FACILITY_REJECTED,
            502 => Self::DESTINATION_OUT_OF_ORDER,
            503 => Self::NORMAL_CIRCUIT_CONGESTION,
            504 => Self::RECOVERY_ON_TIMER_EXPIRE,
            _ => Self::INTERWORKING,
        }
    }
}

impl TryFrom<u8> for Cause {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, &'static str> {
        Self::new(number).ok_or("a cause is a number from 1 to 127")
    }
}

impl From<Cause> for u8 {
    fn from(cause: Cause) -> Self {
        cause.0
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_read_by_number_and_by_name() {
        assert_eq!(Cause::parse("17"), Some(Cause::USER_BUSY));
        assert_eq!(Cause::parse("user_busy"), Some(Cause::USER_BUSY));
        assert_eq!(Cause::parse("0"), None);
        assert_eq!(Cause::parse("128"), None);
        assert_eq!(Cause::new(4).map(Cause::text), Some("Unknown"));
    }
}
