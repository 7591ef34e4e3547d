//! features.conf: the codes that those who talk may press, and how long they have for it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The codes, and what they do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeatureSettings {
    /// Sends the other one to an extension; empty is no code.
    pub blind_transfer: Arc<str>,
    /// Asks a third party first; empty is no code.
    pub attended_transfer: Arc<str>,
    /// Ends the conversation; empty is no code.
    pub disconnect: Arc<str>,
    /// Whoever dials it takes a call that rings in one of its groups; empty is none.
    pub pickup_exten: Arc<str>,
    /// How long to wait for the next key of a code.
    pub digit_time: Duration,
    /// How transfers go.
    pub transfer: TransferSettings,
    /// What one hears who has taken a call, and who could not; empty is nothing.
    pub pickup_sounds: [Arc<str>; 2],
    /// The applications that codes run, by name.
    pub applications: BTreeMap<Arc<str>, MappedApplication>,
    /// Groups of these, by name.
    pub groups: BTreeMap<Arc<str>, Vec<GroupMember>>,
}

/// How those who talk transfer the other one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TransferSettings {
    /// How long to wait for the next digit of the extension.
    pub digit_time: Duration,
    /// How often an extension may be dialled until there is one.
    pub attempts: u32,
    /// What is heard; empty is nothing.
    pub sounds: TransferSounds,
    /// While somebody is asked first: nobody is asked any more.
    pub abort: Arc<str>,
    /// The two others talk.
    pub complete: Arc<str>,
    /// Talks with the other of the two.
    pub swap: Arc<str>,
    /// All three talk together.
    pub threeway: Arc<str>,
    /// How long the third party may ring.
    pub answer_time: Duration,
    /// Who hangs up before the answer is not called back.
    pub drop_call: bool,
    /// How long to wait until the third party is called again.
    pub loop_time: Duration,
    /// How often who hung up before the answer is called back.
    pub callbacks: u32,
}

/// What is heard of a transfer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TransferSounds {
    /// As it begins.
    pub begin: Arc<str>,
    /// There is no such extension; another may be dialled.
    pub again: Arc<str>,
    /// There is no such extension, and none may be dialled any more.
    pub invalid: Arc<str>,
    /// It came to nothing.
    pub failed: Arc<str>,
    /// A third party has taken the call.
    pub done: Arc<str>,
}

impl Default for TransferSettings {
    fn default() -> Self {
        Self {
            digit_time: Duration::from_secs(3),
            attempts: 3,
            sounds: TransferSounds {
                begin: "pbx-transfer".into(),
                again: "pbx-invalid".into(),
                invalid: "privacy-incorrect".into(),
                failed: "beeperr".into(),
                done: "beep".into(),
            },
            abort: "*1".into(),
            complete: "*2".into(),
            swap: "*4".into(),
            threeway: "*3".into(),
            answer_time: Duration::from_secs(15),
            drop_call: false,
            loop_time: Duration::from_secs(10),
            callbacks: 2,
        }
    }
}

/// An application that a code runs in the middle of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedApplication {
    /// The code; empty if only groups have one for it.
    pub code: Arc<str>,
    /// Whether the other one runs it, not who presses the code.
    pub on_peer: bool,
    /// Its name.
    pub application: Arc<str>,
    /// Its arguments, variables not yet put in.
    pub arguments: Arc<str>,
    /// The music that the one who does not run it hears meanwhile; none if nothing is said.
    pub music: Option<Arc<str>>,
}

/// An application in a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupMember {
    /// Its name.
    pub name: Arc<str>,
    /// The code it has there, if not its own.
    pub code: Option<Arc<str>>,
}

impl Default for FeatureSettings {
    fn default() -> Self {
        Self {
            blind_transfer: "#".into(),
            attended_transfer: Arc::default(),
            disconnect: "*".into(),
            pickup_exten: "*8".into(),
            digit_time: Duration::from_millis(1000),
            transfer: TransferSettings::default(),
            pickup_sounds: Default::default(),
            applications: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }
}

impl FeatureSettings {
    /// The codes and names of what DYNAMIC_FEATURES allows: names of applications and groups, with
    /// `#` between them.
    pub(crate) fn mapped(&self, allowed: &str) -> Vec<(Arc<str>, Arc<str>)> {
        let mut mapped = Vec::new();
        for name in allowed.split('#').map(str::trim) {
            let single = self.applications.get_key_value(name);
            mapped.extend(single.map(|(name, found)| (Arc::clone(&found.code), Arc::clone(name))));
            for GroupMember { name, code } in self.groups.get(name).into_iter().flatten() {
                let own = self.applications.get(name).map(|found| &found.code);
                mapped.extend(
                    code.as_ref()
                        .or(own)
                        .map(|code| (code.clone(), name.clone())),
                );
            }
        }
        mapped.retain(|(code, _)| !code.is_empty());
        mapped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_may_give_codes_of_their_own() {
        let application = |code: &str| MappedApplication {
            code: code.into(),
            ..MappedApplication::default()
        };
        let member = |name: &str, code: Option<&str>| GroupMember {
            name: name.into(),
            code: code.map(Into::into),
        };
        let settings = FeatureSettings {
            applications: [
                ("play".into(), application("#9")),
                ("note".into(), application("#8")),
                ("bare".into(), application("")),
            ]
            .into(),
            groups: [(
                "desk".into(),
                vec![
                    member("play", Some("*9")),
                    member("note", None),
                    member("gone", None),
                ],
            )]
            .into(),
            ..FeatureSettings::default()
        };
        let mapped = |text: &str| {
            let mapped = settings.mapped(text).into_iter();
            let mapped: Vec<_> = mapped
                .map(|(code, name)| format!("{code} {name}"))
                .collect();
            mapped.join(", ")
        };
        assert_eq!(mapped(""), "");
        assert_eq!(mapped("play#none#bare"), "#9 play");
        assert_eq!(mapped("desk# play"), "*9 play, #8 note, #9 play");
    }
}
