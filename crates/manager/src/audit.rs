//! What is to be written down of who did what: for the audit log, which the shell keeps.
//!
//! Nothing that may be a secret is in it: of an action the names of what it is about, never values it
//! sets, texts it sends or arguments it gives.

use crate::Peer;
use ami::Message;
use ami::action::{Declaration, Subject};
use model::Transport;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Whose account; as the client wrote it if there is none.
    pub account: String,
    /// From where: `tcp/192.0.2.1:40000`.
    pub from: String,
    /// The session.
    pub session: String,
    /// The action, or `Logoff` however the session ended.
    pub action: String,
    /// The client's ActionID.
    pub action_id: String,
    /// What it was about: headers that only name things.
    pub about: Vec<(&'static str, String)>,
    /// What came of it, as the client was told it.
    pub outcome: String,
}

/// Headers that name what rules do not speak of.
const NAMES: [&str; 14] = [
    "Endpoint",
    "Registration",
    "Mailbox",
    "Module",
    "Filename",
    "SrcFilename",
    "DstFilename",
    "Family",
    "Queue",
    "Interface",
    "BridgeUniqueid",
    "UserEvent",
    "Conference",
    "Username",
];
/// A longer name is cut, in characters.
const LONGEST: usize = 128;

impl Audit {
    pub(crate) fn new(peer: &Peer, account: &str, action: &str) -> Self {
        let transport = match peer.remote.transport {
            Transport::Tls => "tls",
            Transport::Udp | Transport::Tcp => "tcp",
        };
        Self {
            account: cut(account),
            from: format!("{transport}/{}", peer.remote.socket),
            session: peer.session.to_string(),
            action: cut(action),
            action_id: String::new(),
            about: Vec::new(),
            outcome: String::new(),
        }
    }

    /// Of an action as it was sent.
    pub(crate) fn of(mut self, declaration: Option<&Declaration>, message: &Message) -> Self {
        self.action_id = cut(message.action_id());
        for parameter in declaration.map_or(&[][..], |declaration| declaration.parameters) {
            let values = message
                .all(parameter.name)
                .filter(|value| !value.is_empty());
            let told = |value: &str| match parameter.subject {
                Some(Subject::Variable | Subject::Variables | Subject::AllVariables) => {
                    let pieces = crate::pieces::pieces(value);
                    let name = |piece: &String| {
                        let name = piece
                            .split_once('=')
                            .map_or(piece.as_str(), |(name, _)| name);
                        name.split('(').next().unwrap_or_default().to_owned()
                    };
                    Some(pieces.iter().map(name).collect::<Vec<_>>().join(","))
                }
                // Its arguments may be a secret.
                Some(Subject::Command) => Some(
                    value
                        .split_whitespace()
                        .take(2)
                        .collect::<Vec<_>>()
                        .join(" "),
                ),
                Some(_) => Some(value.to_owned()),
                None => NAMES.contains(&parameter.name).then(|| value.to_owned()),
            };
            let values = values
                .filter_map(told)
                .map(|value| (parameter.name, cut(&value)));
            self.about.extend(values);
        }
        self
    }

    /// With what came of it.
    pub(crate) fn ended(mut self, answer: &Message) -> Self {
        let told = |name| answer.first(name).unwrap_or_default();
        self.outcome = match (told("Response"), told("Message")) {
            (response, "") => response.to_owned(),
            (response, message) => format!("{response}: {}", cut(message)),
        };
        self
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
