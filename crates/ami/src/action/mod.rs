//! The actions: each declared once, as a documented struct, in the file of its family.
//!
//! [`Action`] has one variant for each. Whoever serves it matches all of them, so that an action
//! declared but not served does not compile. Only what is served is declared.

pub mod bridge;
pub mod call;
pub mod channel;
pub mod charge;
pub mod config;
pub mod control;
pub mod database;
pub mod dialplan;
pub mod mailbox;
pub mod message;
mod parameter;
pub mod pjsip;
pub mod plan;
pub mod playback;
pub mod rights;
pub mod session;
pub mod sip;
pub mod state;
mod subject;
pub mod system;
pub mod transfer;

pub use parameter::{CNumber, Kind, Others, Parameter, Secret, whole_number};
pub use subject::Subject;

use crate::{Classes, Dialect, Message};

/// What is known of an action without reading one.
#[derive(Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Its name; matched in any case.
    pub name: &'static str,
    /// Any of these write classes suffices; none is needed if there are none.
    pub classes: Classes,
    /// Of an action that needs none: those one of which is needed where `openactions = no`.
    pub closed: Classes,
    /// Whether it changes nothing but the session.
    pub reads: bool,
    /// One line, as ListCommands tells it.
    pub synopsis: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The event that ends its list, if it answers with one.
    pub complete: Option<&'static str>,
    /// The one dialect whose accounts it is served to; all are if not said.
    pub dialect: Option<Dialect>,
    /// Its headers.
    pub parameters: &'static [ParameterDeclaration],
}

impl Declaration {
    /// Whether an account with these write classes may use it; `open` is its `openactions`.
    pub fn is_permitted(&self, write: Classes, open: bool) -> bool {
        let closed = if open { Classes::NONE } else { self.closed };
        write.permits(self.classes.union(closed))
    }

    /// Whether accounts of this dialect are served it.
    pub fn is_spoken(&self, dialect: Dialect) -> bool {
        self.dialect.is_none_or(|own| own == dialect)
    }
}

/// A header of an action.
#[derive(Debug, PartialEq, Eq)]
pub struct ParameterDeclaration {
    /// Its name; matched in any case.
    pub name: &'static str,
    /// What it says.
    pub description: &'static str,
    /// Whether the action fails without it.
    pub required: bool,
    /// How it is read.
    pub kind: Kind,
    /// What it names that an account's rules may speak of.
    pub subject: Option<Subject>,
    /// Whether the action is about such a thing, and only others know which, if it is not said.
    pub unsaid: bool,
}

/// An action that cannot be carried out as sent: what its error says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadAction(pub &'static str);

/// A struct that declares an action; made by `#[derive(Action)]`.
pub trait Declared: Sized {
    /// What is known of it.
    const DECLARATION: Declaration;

    /// Reads it. Its permission has been checked before.
    fn read(message: &Message) -> Result<Self, BadAction>;
}

macro_rules! actions {
    ($($family:ident { $($action:ident)* })*) => {
        /// An action as read.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is documented where it is declared")]
        #[allow(clippy::large_enum_variant, reason = "one is read at a time")]
        pub enum Action {
            $($($action($family::$action),)*)*
        }

        impl Action {
            /// All that are declared, by family.
            pub const DECLARATIONS: &[Declaration] = &[
                $($(<$family::$action as Declared>::DECLARATION,)*)*
            ];

            /// Reads the action of this declaration.
            pub fn read(
                declaration: &Declaration,
                message: &Message,
            ) -> Option<Result<Self, BadAction>> {
                $($(
                    if declaration.name == <$family::$action as Declared>::DECLARATION.name {
                        return Some($family::$action::read(message).map(Self::$action));
                    }
                )*)*
                None
            }
        }
    };
}

actions! {
    session { Login Challenge Logoff Ping Events ListCommands Filter WaitEvent UserEvent Resume }
    system { Command CoreStatus CoreSettings Reload LoggerRotate ModuleCheck ModuleLoad }
    channel { CoreShowChannels Status Hangup Getvar Setvar }
    call { Originate }
    transfer { Redirect BlindTransfer Atxfer CancelAtxfer }
    bridge { Bridge BridgeList BridgeInfo BridgeDestroy BridgeKick BridgeTechnologyList
        BridgeTechnologySuspend BridgeTechnologyUnsuspend }
    control {
        AbsoluteTimeout LocalOptimizeAway MuteAudio PlayDtmf SendFlash SendText CoreShowChannelMap
    }
    playback { ControlPlayback PlayMf }
    charge { AocMessage }
    config { GetConfig GetConfigJson ListCategories CreateConfig UpdateConfig }
    rights { Explain }
    plan { ShowDialPlan DialplanExtensionAdd DialplanExtensionRemove }
    database { DbGet DbGetTree DbPut DbDel DbDelTree }
    state { DeviceStateList ExtensionStateList PresenceState PresenceStateList Snapshot }
    mailbox {
        MailboxStatus MailboxCount VoicemailUsersList VoicemailUserStatus VoicemailRefresh MwiUpdate
        MwiGet MwiDelete
    }
    dialplan { ExtensionState }
    message { MessageSend }
    pjsip {
        ShowContacts ShowRegistrationInboundContactStatuses
        ShowEndpoints ShowEndpoint ShowAors ShowAuths ShowRegistrationsInbound
        ShowRegistrationsOutbound Qualify Register Unregister Notify HangupWith ShowSubscriptionsInbound
        ShowResourceLists
    }
    sip { SipPeers SipShowPeer SipQualifyPeer SipShowRegistry SipNotify }
}

/// The declaration of the action that accounts of this dialect know by this name, in any case.
pub fn spoken(name: &str, dialect: Dialect) -> Option<&'static Declaration> {
    declaration(name).filter(|declaration| declaration.is_spoken(dialect))
}

/// The declaration of the action of this name, in any case, whoever is served it.
pub fn declaration(name: &str) -> Option<&'static Declaration> {
    Action::DECLARATIONS
        .iter()
        .find(|declaration| declaration.name.eq_ignore_ascii_case(name))
}

/// The actions an account with these write classes may use, by name as ListCommands tells them;
/// `open` is its `openactions`.
pub fn permitted(write: Classes, open: bool, dialect: Dialect) -> Vec<&'static Declaration> {
    let mut list: Vec<_> = Action::DECLARATIONS
        .iter()
        .filter(|declaration| declaration.is_permitted(write, open))
        .filter(|declaration| declaration.is_spoken(dialect))
        .collect();
    list.sort_by_key(|declaration| declaration.name.to_ascii_lowercase());
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_everything_is_found_and_documented() {
        let mut names = BTreeSet::new();
        for declared in Action::DECLARATIONS {
            assert!(names.insert(declared.name.to_ascii_lowercase()));
            assert_eq!(declaration(&declared.name.to_uppercase()), Some(declared));
            assert!(!declared.description.is_empty());
            assert!(Action::read(declared, &Message::new()).is_some());
        }
        assert_eq!(declaration("NoSuchThing"), None);
    }

    /// A header that names a channel and does not say so would be out of the reach of every rule.
    #[test]
    fn what_rules_speak_of_is_declared_as_such() {
        const OTHERS: [(&str, &str); 7] = [
            ("UpdateConfig", "PreserveEffectiveContext"),
            ("VoicemailUserStatus", "Context"), // a folder of mailboxes
            ("VoicemailRefresh", "Context"),
            ("MessageSend", "Variable"), // headers of the text
            ("PJSIPNotify", "Variable"),
            ("SIPnotify", "Variable"),
            ("SIPnotify", "Channel"), // a phone
        ];
        const ENDS: [&str; 7] = [
            "Channel",
            "Context",
            "Exten",
            "Extension",
            "Application",
            "Variable",
            "Variables",
        ];
        for action in Action::DECLARATIONS {
            for parameter in action.parameters {
                let name = parameter.name.trim_end_matches(['1', '2']);
                let told = parameter.subject.is_some() || OTHERS.contains(&(action.name, name));
                let meant = ENDS.iter().any(|end| name.ends_with(end));
                let words = "says `subject` in its declaration, or is listed here";
                assert!(told || !meant, "{} {} {words}", action.name, parameter.name);
            }
        }
    }

    #[test]
    fn an_action_is_read_and_what_is_missing_is_told() {
        let setvar = Message::new()
            .with("Action", "Setvar")
            .with("variable", "X")
            .with("Value", "1");
        assert_eq!(
            channel::Setvar::read(&setvar),
            Ok(channel::Setvar {
                variable: "X".into(),
                value: "1".into(),
                channel: None
            })
        );
        assert_eq!(
            channel::Setvar::read(&Message::new()),
            Err(BadAction("No variable specified"))
        );
    }

    #[test]
    fn only_what_is_permitted_is_listed_and_by_name() {
        let names = |classes| -> Vec<_> {
            let permitted = permitted(classes, true, Dialect::V22);
            permitted.iter().map(|d| d.name).collect()
        };
        assert_eq!(
            names(Classes::NONE),
            [
                "BridgeDestroy",
                "BridgeInfo",
                "BridgeKick",
                "BridgeList",
                "BridgeTechnologyList",
                "BridgeTechnologySuspend",
                "BridgeTechnologyUnsuspend",
                "Challenge",
                "Events",
                "Explain",
                "ListCommands",
                "Login",
                "Logoff",
                "Ping",
                "Resume",
                "Snapshot",
                "WaitEvent"
            ]
        );
        assert!(names(Classes::REPORTING).contains(&"Getvar"));
        let all = Action::DECLARATIONS.iter();
        let spoken = |dialect| all.clone().filter(move |d| d.is_spoken(dialect)).count();
        assert_eq!(names(Classes::ALL).len(), spoken(Dialect::V22));
        assert_eq!(spoken(Dialect::V1_8), Action::DECLARATIONS.len());
        assert!(!names(Classes::ALL).contains(&"SIPpeers"));
    }
}
