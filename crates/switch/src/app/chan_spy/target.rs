//! Whom to spy on: those a name or an extension means, that the options let through.

use super::Spying;
use super::options::Options;
use crate::Switch;
use crate::channel::{Channel, Technology};
use model::ChannelId;
use std::sync::Arc;

/// The channels meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Those whose name begins so, in any case.
    Prefix(String),
    /// The one of this name or uniqueid.
    Whole(String),
    /// Those of any technology whose resource begins so.
    Resource(String),
    /// Those that are at an extension, or were called for it.
    Extension(Arc<str>, Arc<str>),
}

impl Target {
    pub(super) fn channels(text: &str, whole: bool) -> Self {
        match whole {
            true => Self::Whole(text.to_owned()),
            false => Self::Prefix(text.to_owned()),
        }
    }

    /// Reads `exten[@context]`.
    pub(super) fn exten(text: &str, own: Arc<str>) -> Option<Self> {
        let (exten, context) = text.split_once('@').unwrap_or((text, ""));
        let context = match context {
            "" => own,
            named => named.into(),
        };
        (!exten.is_empty()).then(|| Self::Extension(exten.into(), context))
    }

    /// The channels meant by digits that are typed: they follow the prefix.
    pub(super) fn typed(&self, digits: &str) -> Option<Self> {
        match self {
            Self::Prefix(prefix) if prefix.is_empty() => Some(Self::Resource(digits.to_owned())),
            Self::Prefix(prefix) => {
                let technology = prefix.strip_suffix('/').unwrap_or(prefix);
                Some(Self::Prefix(format!("{technology}/{digits}")))
            }
            Self::Whole(_) | Self::Resource(_) | Self::Extension(..) => None,
        }
    }

    /// The first that came after another channel; after the last of them the first of all.
    pub(super) fn next(
        &self,
        switch: &Switch,
        spyer: ChannelId,
        options: &Options,
        after: Option<ChannelId>,
    ) -> Option<ChannelId> {
        let all = switch.channels.keys().copied();
        let mut fitting = all.filter(|id| self.fits(switch, spyer, options, *id));
        let first = fitting.next()?;
        if Some(first) > after {
            return Some(first);
        }
        fitting.find(|id| Some(*id) > after).or(Some(first))
    }

    /// Whether a channel may be spied on.
    pub(super) fn fits(
        &self,
        switch: &Switch,
        spyer: ChannelId,
        options: &Options,
        id: ChannelId,
    ) -> bool {
        let Some(channel) = switch.channels.get(&id) else {
            return false;
        };
        id != spyer
            && switch.other_half(spyer) != Some(id)
            && !channel.is_ending()
            && !matches!(channel.technology, Technology::Internal)
            && self.means(channel)
            && options.let_through(channel)
            && switch.waiting::<Spying>(id).is_none()
    }

    fn means(&self, channel: &Channel) -> bool {
        match self {
            Self::Prefix(prefix) => begins(&channel.name, prefix),
            Self::Whole(text) => {
                channel.name.eq_ignore_ascii_case(text) || *channel.uniqueid == **text
            }
            Self::Resource(text) => {
                let resource = channel.name.split_once('/');
                resource.is_some_and(|(_, resource)| begins(resource, text))
            }
            Self::Extension(exten, context) => {
                channel.exten == *exten && channel.context == *context
            }
        }
    }
}

fn begins(name: &str, prefix: &str) -> bool {
    let begin = name.as_bytes().get(..prefix.len());
    begin.is_some_and(|begin| begin.eq_ignore_ascii_case(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_follow_the_prefix() {
        let typed = |prefix| Target::channels(prefix, false).typed("12");
        assert_eq!(typed("Agent"), Some(Target::Prefix("Agent/12".into())));
        assert_eq!(typed("PJSIP/"), Some(Target::Prefix("PJSIP/12".into())));
        assert_eq!(typed(""), Some(Target::Resource("12".into())));
        assert_eq!(Target::channels("PJSIP/", true).typed("12"), None);
        assert!(begins("PJSIP/bob-1", "pjsip/BOB") && begins("x", ""));
        assert!(!begins("PJSIP/bob-1", "pjsip/al") && !begins("x", "xy"));
    }

    #[test]
    fn an_extension_is_of_the_channels_context_if_none_is_named() {
        let read = |text| Target::exten(text, "own".into());
        let target = |exten: &str, context: &str| Target::Extension(exten.into(), context.into());
        assert_eq!(read("1@lab"), Some(target("1", "lab")));
        assert_eq!(read("1"), Some(target("1", "own")));
        assert_eq!(read("1@"), Some(target("1", "own")));
        assert_eq!(read("@lab"), None);
    }
}
