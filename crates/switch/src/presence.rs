//! Presence: what people say of themselves, told to who watches them and the hints that name them;
//! and the lists of all states.

use crate::Switch;
use model::{
    Event, ExtensionState, HintReport, Presence, PresenceKind, Reply, StateQuery, StateReply,
    Watched,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where presences are kept: `kind,subtype,message,options`.
pub(crate) const CUSTOM_PRESENCES: &str = "/CustomPresence";
/// The beginning of their names.
pub(crate) const PROVIDER: &str = "CustomPresence:";

/// Presences by name, such as `CustomPresence:alice`.
pub(crate) type Presences = BTreeMap<Arc<str>, Presence>;

impl Switch {
    /// The presence of this name: never said, if nobody said it; `None` if nobody could.
    pub(crate) fn presence(&self, name: &str) -> Option<Presence> {
        let known = self.presences.get(name).cloned();
        let unsaid = || Presence {
            kind: PresenceKind::NotSet,
            subtype: "".into(),
            message: "".into(),
        };
        let could = name
            .strip_prefix(PROVIDER)
            .is_some_and(|name| !name.is_empty());
        known.or_else(|| could.then(unsaid))
    }

    /// Somebody says how they are. `kept` is how it is written down, `name` begins with
    /// [`PROVIDER`].
    pub(crate) fn set_presence(&mut self, name: &str, presence: Presence, kept: &str) {
        let own = name.strip_prefix(PROVIDER).unwrap_or(name);
        self.store(&format!("{CUSTOM_PRESENCES}/{own}"), kept);
        let name: Arc<str> = name.into();
        let before = self.presences.insert(Arc::clone(&name), presence.clone());
        if before.as_ref() == Some(&presence) {
            return;
        }
        self.tell(Event::PresenceStateChange {
            presentity: Arc::clone(&name),
            presence: presence.clone(),
        });
        let hints = self.config.dialplan.hints();
        let watching = hints.filter(|(_, _, hint)| hint.presence() == Some(&*name));
        let told: Vec<Event> = watching
            .map(|(context, extension, hint)| Event::PresenceStatus {
                exten: extension.pattern.as_str().into(),
                context: Arc::clone(&context.name),
                hint: hint.watched().into(),
                presence: presence.clone(),
            })
            .collect();
        told.into_iter().for_each(|event| self.tell(event));
    }

    /// Takes over what was kept.
    pub(crate) fn restore_presences(&mut self) {
        for (path, value) in self.stored(CUSTOM_PRESENCES) {
            let own = path
                .strip_prefix(CUSTOM_PRESENCES)
                .and_then(|own| own.strip_prefix('/'));
            if let (Some(own), Some(presence)) = (own, read_presence(&value)) {
                self.presences
                    .insert(format!("{PROVIDER}{own}").into(), presence);
            }
        }
    }

    /// Answers a question about states.
    pub(crate) fn states(&self, query: &StateQuery) -> Reply {
        Reply::States(match query {
            StateQuery::Devices => StateReply::Devices(self.known_devices()),
            StateQuery::Extensions => StateReply::Extensions(self.hint_reports()),
            StateQuery::Presence(name) => StateReply::Presence(self.presence(name)),
            StateQuery::Presences => {
                let all = self.presences.iter();
                let all = all.map(|(name, presence)| (Arc::clone(name), presence.clone()));
                StateReply::Presences(all.collect())
            }
        })
    }

    /// All hints of extensions, with their states; those of patterns have none.
    pub(crate) fn hint_reports(&self) -> Vec<HintReport> {
        let hints = self.config.dialplan.hints();
        let plain = hints.filter(|(_, extension, _)| !extension.pattern.as_str().starts_with('_'));
        let mut reports: Vec<HintReport> = plain
            .map(|(context, extension, hint)| {
                let exten = extension.pattern.as_str();
                let state = self.hint_state(&context.name, exten);
                let watched = Watched::Extension {
                    context: Arc::clone(&context.name),
                    exten: exten.into(),
                };
                HintReport {
                    exten: exten.into(),
                    context: Arc::clone(&context.name),
                    hint: hint.watched().into(),
                    state: state.map_or(ExtensionState::Deactivated, |(_, state)| state),
                    presence: hint.presence().and_then(|name| self.presence(name)),
                    watchers: self.watches.watchers(&watched),
                }
            })
            .collect();
        reports.sort_by(|one, two| (&one.context, &one.exten).cmp(&(&two.context, &two.exten)));
        reports
    }
}

/// A presence as it is written: `kind,subtype,message,options`. With the option `e` subtype and
/// message are base64; `None` if it does not read.
pub(crate) fn read_presence(text: &str) -> Option<Presence> {
    let mut parts = text.splitn(4, ',');
    let mut next = || parts.next().unwrap_or_default().trim();
    let (kind, subtype, message, options) = (next(), next(), next(), next());
    let kind = PresenceKind::parse(kind).filter(|kind| *kind != PresenceKind::NotSet)?;
    let encoded = options.contains('e');
    let plain = |text: &str| -> Option<Arc<str>> {
        if encoded {
            decoded(text).map(Arc::from)
        } else {
            Some(text.into())
        }
    };
    Some(Presence {
        kind,
        subtype: plain(subtype)?,
        message: plain(message)?,
    })
}

fn decoded(text: &str) -> Option<String> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presence_reads_as_it_is_written() {
        let presence = |kind, subtype: &str, message: &str| {
            Some(Presence {
                kind,
                subtype: subtype.into(),
                message: message.into(),
            })
        };
        assert_eq!(read_presence("Away"), presence(PresenceKind::Away, "", ""));
        assert_eq!(
            read_presence("xa,vacation,back on Monday"),
            presence(PresenceKind::ExtendedAway, "vacation", "back on Monday")
        );
        assert_eq!(
            read_presence("dnd,,aGVsbG8=,e"),
            presence(PresenceKind::DoNotDisturb, "", "hello")
        );
        for text in ["", "not_set", "asleep", "dnd,!,x,e"] {
            assert_eq!(read_presence(text), None, "{text}");
        }
    }
}
