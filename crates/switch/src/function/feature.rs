//! FEATURE and FEATUREMAP: what a channel has of features.conf for itself.

use super::{Function, channel_mut, error};
use crate::scope::ChannelScope;
use crate::{FeatureSettings, Switch};
use dialplan::functions::{Declaration, Outcome};
use model::ChannelId;
use std::sync::Arc;
use std::time::Duration;

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "FEATURE",
            synopsis: "Get or set a feature option on a channel.",
            syntax: "FEATURE(option_name)",
            description: "The option of features.conf, [general], as it is for this channel: atxferabort, \
                          atxfercallbackretries, atxfercomplete, atxferdropcall, atxferloopdelay, \
                          atxfernoanswertimeout, atxferswap, atxferthreeway, featuredigittimeout, pickupexten, \
                          pickupfailsound, pickupsound, transferannouncesound, transferdialattempts, transferdigittimeout, \
                          transferinvalidsound, transferretrysound, xferfailsound, xfersound. `inherit`: \
                          whom it dials has the same.",
        },
        open: true,
        read: Some(|scope, name| match is_inherit(name) {
            true => inherits(scope),
            false => read(scope, name, OPTIONS),
        }),
        write: Some(|scope, name, value| match is_inherit(name) {
            true => set_inherit(scope, value),
            false => write(scope, name, value, OPTIONS),
        }),
    },
    Function {
        declaration: Declaration {
            name: "FEATUREMAP",
            synopsis: "Get or set a feature map to a given value on a specific channel.",
            syntax: "FEATUREMAP(feature_name)",
            description: "The code of features.conf, [featuremap], as it is for this channel: atxfer, blindxfer, \
                          disconnect.",
        },
        open: true,
        read: Some(|scope, name| read(scope, name, CODES)),
        write: Some(|scope, name, value| write(scope, name, value, CODES)),
    },
];

/// What a channel has for itself.
#[derive(Clone, Debug)]
pub(crate) struct OwnFeatures {
    settings: Arc<FeatureSettings>,
    /// Whether whom it dials has the same.
    inherit: bool,
}

/// A setting by its name.
type Setting = (&'static str, fn(&mut FeatureSettings) -> Value<'_>);

/// Where a setting stands.
enum Value<'a> {
    Text(&'a mut Arc<str>),
    Milliseconds(&'a mut Duration),
    Seconds(&'a mut Duration),
    Number(&'a mut u32),
    Flag(&'a mut bool),
}

const CODES: &[Setting] = &[
    ("atxfer", |of| Value::Text(&mut of.attended_transfer)),
    ("blindxfer", |of| Value::Text(&mut of.blind_transfer)),
    ("disconnect", |of| Value::Text(&mut of.disconnect)),
];

#[rustfmt::skip] // A table.
const OPTIONS: &[Setting] = &[
    ("atxferabort", |of| Value::Text(&mut of.transfer.abort)),
    ("atxfercallbackretries", |of| Value::Number(&mut of.transfer.callbacks)),
    ("atxfercomplete", |of| Value::Text(&mut of.transfer.complete)),
    ("atxferdropcall", |of| Value::Flag(&mut of.transfer.drop_call)),
    ("atxferloopdelay", |of| Value::Seconds(&mut of.transfer.loop_time)),
    ("atxfernoanswertimeout", |of| Value::Seconds(&mut of.transfer.answer_time)),
    ("atxferswap", |of| Value::Text(&mut of.transfer.swap)),
    ("atxferthreeway", |of| {
        Value::Text(&mut of.transfer.threeway)
    }),
    ("featuredigittimeout", |of| Value::Milliseconds(&mut of.digit_time)),
    ("pickupexten", |of| Value::Text(&mut of.pickup_exten)),
    ("pickupfailsound", |of| Value::Text(&mut of.pickup_sounds[1])),
    ("pickupsound", |of| Value::Text(&mut of.pickup_sounds[0])),
    ("transferannouncesound", |of| Value::Text(&mut of.transfer.sounds.begin)),
    ("transferdialattempts", |of| Value::Number(&mut of.transfer.attempts)),
    ("transferdigittimeout", |of| Value::Seconds(&mut of.transfer.digit_time)),
    ("transferinvalidsound", |of| Value::Text(&mut of.transfer.sounds.invalid)),
    ("transferretrysound", |of| Value::Text(&mut of.transfer.sounds.again)),
    ("xferfailsound", |of| Value::Text(&mut of.transfer.sounds.failed)),
    ("xfersound", |of| Value::Text(&mut of.transfer.sounds.done)),
];

/// Times are bounded, in seconds.
const LONGEST: u32 = 3_600;

fn find(name: &str, among: &'static [Setting]) -> Outcome<&'static Setting> {
    let name = name.trim();
    let found = among
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map_or_else(|| error(format!("there is no option '{name}'")), Ok)
}

fn is_inherit(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case("inherit")
}

fn inherits(scope: &mut ChannelScope<'_>) -> Outcome {
    let own = channel_mut(scope)?.memory.features.as_ref();
    Ok(u8::from(own.is_some_and(|own| own.inherit)).to_string())
}

fn set_inherit(scope: &mut ChannelScope<'_>, value: &str) -> Outcome<()> {
    own(scope)?.inherit = conf::is_yes(value.trim());
    Ok(())
}

/// What the channel has for itself; at first what all have.
fn own<'a>(scope: &'a mut ChannelScope<'_>) -> Outcome<&'a mut OwnFeatures> {
    let usual = scope.switch.config.features.clone();
    let own = &mut channel_mut(scope)?.memory.features;
    Ok(own.get_or_insert_with(|| OwnFeatures {
        settings: Arc::new(usual),
        inherit: false,
    }))
}

fn read(scope: &mut ChannelScope<'_>, name: &str, among: &'static [Setting]) -> Outcome {
    let id = channel_mut(scope)?.id;
    let (_, place) = find(name, among)?;
    let mut settings = scope.switch.features_of(id).clone();
    Ok(match place(&mut settings) {
        Value::Text(text) => text.to_string(),
        Value::Milliseconds(time) => time.as_millis().to_string(),
        Value::Seconds(time) => time.as_secs().to_string(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => u8::from(*flag).to_string(),
    })
}

fn write(
    scope: &mut ChannelScope<'_>,
    name: &str,
    value: &str,
    among: &'static [Setting],
) -> Outcome<()> {
    let value = value.trim();
    let own = own(scope)?;
    let (_, place) = find(name, among)?;
    let number = || {
        let number = value.parse::<u32>();
        number.map_or_else(|_| error(format!("'{value}' is no number")), Ok)
    };
    match place(Arc::make_mut(&mut own.settings)) {
        Value::Text(text) => *text = value.into(),
        Value::Milliseconds(time) => {
            *time = Duration::from_millis(number()?.min(LONGEST * 1_000).into());
        }
        Value::Seconds(time) => *time = Duration::from_secs(number()?.min(LONGEST).into()),
        Value::Number(known) => *known = number()?,
        Value::Flag(flag) => *flag = conf::is_yes(value),
    }
    Ok(())
}

impl Switch {
    /// What features.conf says, as it is for a channel.
    pub(crate) fn features_of(&self, id: ChannelId) -> &FeatureSettings {
        let channel = self.channels.get(&id);
        let own = channel.and_then(|channel| channel.memory.features.as_ref());
        own.map_or(&self.config.features, |own| &own.settings)
    }

    /// A channel is dialled by another: it has what that one has for itself, if that is inherited.
    pub(crate) fn inherit_features(&mut self, from: ChannelId, to: ChannelId) {
        let from = self.channels.get(&from);
        let own = from.and_then(|channel| channel.memory.features.clone());
        if let Some(own) = own.filter(|own| own.inherit)
            && let Some(channel) = self.channels.get_mut(&to)
        {
            channel.memory.features = Some(own);
        }
    }
}
