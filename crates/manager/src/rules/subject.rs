//! What an action is about, as its declaration says: the channels, contexts and so on that it names.
//!
//! What cannot be judged here is told apart from what is not there: a channel named by its uniqueid or
//! by a regular expression, a context that only the switch knows, a variable whose name is computed.

use crate::pieces::pieces;
use ami::Message;
use ami::action::{Declaration, Subject};
use std::borrow::Cow;

/// What a rule can speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Channel,
    Context,
    Exten,
    Application,
    Variable,
    Command,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Channel,
        Self::Context,
        Self::Exten,
        Self::Application,
        Self::Variable,
        Self::Command,
    ];

    /// Its name in a rule.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Context => "context",
            Self::Exten => "exten",
            Self::Application => "application",
            Self::Variable => "variable",
            Self::Command => "command",
        }
    }

    /// Whether names that differ in case are different things.
    pub(super) fn has_case(self) -> bool {
        match self {
            Self::Context | Self::Exten | Self::Variable | Self::Command => true,
            Self::Channel | Self::Application => false,
        }
    }

    /// A name as it is compared: of an extension without the dashes, which do not count; of a
    /// variable without the underscores that say who inherits it.
    pub(super) fn plain(self, name: &str) -> Cow<'_, str> {
        match self {
            Self::Exten if name.contains('-') => name.replace('-', "").into(),
            Self::Variable => name.trim_start_matches('_').into(),
            Self::Channel | Self::Context | Self::Exten | Self::Application | Self::Command => {
                name.into()
            }
        }
    }

    /// Whether an action of this declaration can name one.
    pub(super) fn is_in(self, declaration: &Declaration) -> bool {
        let subjects = declaration
            .parameters
            .iter()
            .filter_map(|parameter| parameter.subject);
        subjects.into_iter().any(|subject| match subject {
            Subject::Channel => self == Self::Channel,
            Subject::Dialled => [Self::Channel, Self::Context, Self::Exten].contains(&self),
            Subject::Context => self == Self::Context,
            Subject::Exten => self == Self::Exten,
            Subject::Application | Subject::Run => self == Self::Application,
            Subject::Variable | Subject::Variables | Subject::AllVariables => {
                self == Self::Variable
            }
            Subject::Command => self == Self::Command,
        })
    }
}

/// What an action is about.
#[derive(Debug, Default)]
pub(crate) struct Subjects {
    /// What it names.
    named: Vec<(Kind, String)>,
    /// Of what it may concern more than it names.
    unknown: Vec<Kind>,
}

impl Subjects {
    /// Finds them in an action.
    pub(super) fn of(declaration: &Declaration, message: &Message) -> Self {
        let mut subjects = Self::default();
        for parameter in declaration.parameters {
            let Some(subject) = parameter.subject else {
                continue;
            };
            let mut values = message.all(parameter.name);
            if parameter.kind == ami::action::Kind::List {
                values.for_each(|value| subjects.add(subject, value));
            } else if let Some(value) = values.next().filter(|value| !value.is_empty()) {
                subjects.add(subject, value);
            } else if parameter.unsaid {
                subjects.add_unknown(subject);
            }
        }
        let runs = |parameter: &ami::action::ParameterDeclaration| {
            let value = message.first(parameter.name).unwrap_or_default();
            parameter.subject == Some(Subject::Run) && !value.is_empty()
        };
        if declaration.parameters.iter().any(runs) {
            // The application takes the place of the extension, and may lead to any other.
            subjects
                .named
                .retain(|(kind, _)| ![Kind::Context, Kind::Exten].contains(kind));
            subjects.unknown.extend([Kind::Context, Kind::Exten]);
        }
        subjects
    }

    /// The names of a kind.
    pub(super) fn named(&self, kind: Kind) -> impl Iterator<Item = &str> {
        let of_kind = self.named.iter().filter(move |(named, _)| *named == kind);
        of_kind.map(|(_, name)| name.as_str())
    }

    /// Whether more may be concerned than is named.
    pub(super) fn is_unknown(&self, kind: Kind) -> bool {
        self.unknown.contains(&kind)
    }

    fn add(&mut self, subject: Subject, value: &str) {
        match subject {
            Subject::Channel if is_channel_name(value) => self.name(Kind::Channel, value),
            Subject::Channel => self.unknown.push(Kind::Channel),
            Subject::Dialled => self.dialled(value),
            Subject::Context => self.name(Kind::Context, value),
            Subject::Exten if value.starts_with('_') => self.unknown.push(Kind::Exten),
            Subject::Exten => self.name(Kind::Exten, value),
            Subject::Application | Subject::Run => self.name(Kind::Application, value),
            Subject::Variable => self.variable(value),
            Subject::Variables => {
                for piece in pieces(value) {
                    let name = piece
                        .split_once('=')
                        .map_or(piece.as_str(), |(name, _)| name);
                    self.variable(name.trim());
                }
            }
            Subject::AllVariables => {
                let asked = Message::new().with_text("All", value);
                if <bool as ami::action::Parameter>::read(&asked, "All") == Some(true) {
                    self.unknown.push(Kind::Variable);
                }
            }
            Subject::Command => self.name(Kind::Command, value),
        }
    }

    fn add_unknown(&mut self, subject: Subject) {
        self.unknown.extend(match subject {
            Subject::Channel | Subject::Dialled => Some(Kind::Channel),
            Subject::Context => Some(Kind::Context),
            Subject::Exten => Some(Kind::Exten),
            Subject::Application | Subject::Run => Some(Kind::Application),
            Subject::Variable | Subject::Variables | Subject::AllVariables => Some(Kind::Variable),
            Subject::Command => Some(Kind::Command),
        });
    }

    fn dialled(&mut self, channel: &str) {
        self.name(Kind::Channel, channel);
        let Some((technology, resource)) = channel.split_once('/') else {
            return;
        };
        if technology.eq_ignore_ascii_case("Local") {
            let place = resource
                .split_once('/')
                .map_or(resource, |(place, _)| place);
            let (exten, context) = place.split_once('@').unwrap_or((place, "default"));
            self.name(Kind::Context, context);
            self.name(Kind::Exten, exten);
        }
    }

    fn variable(&mut self, name: &str) {
        match name {
            "" => {}
            computed if computed.contains("${") || computed.contains("$[") => {
                self.unknown.push(Kind::Variable);
            }
            name => self.name(Kind::Variable, name),
        }
    }

    fn name(&mut self, kind: Kind, name: &str) {
        self.named.push((kind, kind.plain(name).into_owned()));
    }
}

/// Whether it is the name of one channel: neither a uniqueid nor a pattern.
fn is_channel_name(value: &str) -> bool {
    !value.starts_with('/') && value.contains('/')
}
