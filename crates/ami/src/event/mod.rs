//! The events: each declared once, as a documented struct, in the file of its family.
//!
//! The structs borrow what they tell, so that telling an event copies its values once, into the
//! [`Message`].

pub mod bridge;
pub mod call;
pub mod cdr;
pub mod cel;
pub mod channel;
pub mod charge;
pub mod database;
pub mod dial;
mod header;
pub mod legacy;
pub mod local;
pub mod mailbox;
pub mod pjsip;
pub mod plan;
pub mod security;
pub mod spy;
pub mod state;
pub mod system;
pub mod transfer;
pub mod user;

pub use header::{Block, Header, Headers, Kind, Part, Written};

use crate::{Classes, Message};

/// What is known of an event without having one.
#[derive(Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name on the wire.
    pub name: &'static str,
    /// Heard by who may hear all of these; an item of a list has none.
    pub classes: Classes,
    /// When it is told.
    pub description: &'static str,
    /// Its headers, in order.
    pub headers: &'static [Part],
}

impl Declaration {
    /// What the value of one of its headers is; `None` if it declares none of this name.
    pub fn kind(&self, header: &str) -> Option<Kind> {
        kind(self.headers, header)
    }
}

fn kind(parts: &[Part], header: &str) -> Option<Kind> {
    parts.iter().find_map(|part| match part {
        Part::Header { name, kind, .. } => (*name == header).then_some(*kind),
        Part::Block { prefix, headers } => kind(headers, header.strip_prefix(prefix)?),
    })
}

macro_rules! events {
    ($($family:ident { $($event:ident)* })*) => {
        /// All that are declared, by family; items of lists among them.
        pub const DECLARATIONS: &[Declaration] = &[
            $($(<$family::$event<'static> as Event>::DECLARATION,)*)*
        ];
    };
}

events! {
    channel {
        Newchannel Newstate NewConnectedLine Unhold Flash ChannelTalkingStart ChannelTalkingStop MusicOnHoldStop Newexten VarSet NewCallerid
        NewAccountCode HangupRequest SoftHangupRequest Hangup HangupHandlerPush
        HangupHandlerPop HangupHandlerRun DtmfBegin DtmfEnd Hold
        MusicOnHoldStart CoreShowChannel Status ChannelHungup CoreShowChannelMap
    }
    dial { DialBegin DialState DialEnd }
    bridge {
        BridgeCreate BridgeDestroy BridgeEnter BridgeLeave BridgeMerge BridgeListItem BridgeInfoChannel
        BridgeInfoComplete BridgeTechnologyListItem
    }
    transfer { AttendedTransfer BlindTransfer Pickup }
    spy { ChanSpyStart ChanSpyStop }
    local { LocalBridge LocalOptimizationBegin LocalOptimizationEnd }
    call { OriginateResponse }
    cdr { Cdr }
    cel { Cel }
    charge { AocS AocD AocE }
    user { UserEvent }
    plan { ListDialplan }
    database { DbGetResponse DbGetTreeResponse }
    state { DeviceStateChange ExtensionStatus PresenceStateChange PresenceStatus }
    mailbox { MessageWaiting VoicemailUserEntry VoicemailUserDetail MwiGet }
    pjsip {
        PeerStatus ContactStatus Registry ContactList ContactStatusDetail
        EndpointList AorList AuthList EndpointDetail AorDetail AuthDetail TransportDetail
        IdentifyDetail InboundRegistrationDetail OutboundRegistrationDetail InboundSubscriptionDetail
        ResourceListDetail
    }
    security {
        SuccessfulAuth InvalidAccountId FailedAcl InvalidPassword ChallengeSent
        ChallengeResponseFailed SessionLimit RequestNotAllowed RequestBadFormat
    }
    system { FullyBooted Shutdown Reload WaitEventComplete EventGap EventsMissed }
}

/// The declaration of the event of this name on the wire.
pub fn declaration(name: &str) -> Option<&'static Declaration> {
    DECLARATIONS
        .iter()
        .find(|declaration| declaration.name == name)
}

/// The name of an event of any release we speak as, as we have it ourselves; `None` if none is called so.
pub fn known_name(name: &str) -> Option<&'static str> {
    let declared = declaration(name).map(|declaration| declaration.name);
    declared.or_else(|| legacy::NAMES.iter().copied().find(|known| *known == name))
}

/// A struct that declares an event; made by `#[derive(Event)]`.
pub trait Event: Block {
    /// What is known of it.
    const DECLARATION: Declaration;

    /// Room for the text of nearly every event, in bytes: a channel's headers are half of it.
    const ROOM: usize = 1024;

    /// The event in words. `stamp` may add headers between `Privilege` and the event's own
    /// (ami-server.md 4.1).
    fn stamped(&self, stamp: impl FnOnce(&mut Message)) -> Message {
        let mut message = Message::with_room(Self::ROOM).with_text("Event", Self::DECLARATION.name);
        if !Self::DECLARATION.classes.is_empty() {
            message.header("Privilege", Self::DECLARATION.classes);
        }
        stamp(&mut message);
        self.write("", &mut message);
        message
    }

    /// The event in words.
    fn message(&self) -> Message {
        self.stamped(|_| {})
    }
}

#[cfg(test)]
mod tests {
    use super::channel::{Channel, Owner, VarSet};
    use super::local::LocalBridge;
    use super::*;
    use crate::Escaped;
    use std::sync::Arc;

    fn channel(variables: &[(Arc<str>, Arc<str>)]) -> Channel<'_> {
        Channel {
            channel: "PJSIP/alice-00000000",
            channel_state: 6,
            channel_state_desc: "Up",
            caller_id_num: "101",
            caller_id_name: Escaped("O'Brien"),
            connected_line_num: "<unknown>",
            connected_line_name: Escaped("<unknown>"),
            language: "en",
            account_code: "",
            context: "phones",
            exten: "102",
            priority: 1,
            uniqueid: "1.0",
            linkedid: "1.0",
            variables,
        }
    }

    #[test]
    fn an_event_tells_its_headers_in_order() {
        let variables = [(Arc::from("COLOUR"), Arc::from("re\nd"))];
        let event = VarSet {
            owner: Owner(Some(channel(&variables))),
            variable: "X",
            value: Escaped("a\"b"),
        };
        assert_eq!(
            event
                .stamped(|message| message.header("SystemName", "lab"))
                .text(),
            "Event: VarSet\r\nPrivilege: dialplan,all\r\nSystemName: lab\r\n\
             Channel: PJSIP/alice-00000000\r\nChannelState: 6\r\nChannelStateDesc: Up\r\n\
             CallerIDNum: 101\r\nCallerIDName: O\\'Brien\r\nConnectedLineNum: <unknown>\r\n\
             ConnectedLineName: <unknown>\r\nLanguage: en\r\nAccountCode: \r\nContext: phones\r\n\
             Exten: 102\r\nPriority: 1\r\nUniqueid: 1.0\r\nLinkedid: 1.0\r\n\
             ChanVariable: COLOUR=re\\nd\r\nVariable: X\r\nValue: a\\\"b\r\n"
        );
    }

    #[test]
    fn a_global_variable_has_no_channel() {
        let event = VarSet {
            owner: Owner(None),
            variable: "X",
            value: Escaped("1"),
        };
        assert_eq!(
            event.message().text(),
            "Event: VarSet\r\nPrivilege: dialplan,all\r\nChannel: none\r\nUniqueid: none\r\n\
             Variable: X\r\nValue: 1\r\n"
        );
    }

    #[test]
    fn a_block_that_was_put_in_words_tells_the_same() {
        let variables = [(Arc::from("COLOUR"), Arc::from("re\nd"))];
        let block = channel(&variables);
        let tell = |block: &dyn Fn(&mut Message)| {
            let mut message = Message::new().with("Before", 1);
            block(&mut message);
            message.with("After", 2)
        };
        let words = Written::words(&block);
        let written = Written::<Channel<'_>>::new(&words);
        assert_eq!(
            tell(&|message| written.write("", message)),
            tell(&|message| block.write("", message))
        );
        assert_eq!(Written::<Channel<'_>>::HEADERS, Channel::HEADERS);
    }

    #[test]
    fn blocks_have_prefixes() {
        let event = LocalBridge {
            one: channel(&[]),
            two: channel(&[]),
            context: "lab",
            exten: "noop",
            local_optimization: "Yes",
        };
        let message = event.message();
        assert_eq!(message.first("LocalOneCallerIDNum"), Some("101"));
        assert_eq!(message.first("LocalTwoUniqueid"), Some("1.0"));
        assert_eq!(message.first("Channel"), None);
        assert_eq!(message.first("Context"), Some("lab"));
    }
}
