//! TALK_DETECT: whether it is told when who is at the far end of the channel talks.

use super::{Function, channel_of, error};
use crate::scope::ChannelScope;
use dialplan::functions::{Declaration, Outcome};
use model::Talk;
use std::time::Duration;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "TALK_DETECT",
        synopsis: "Raises notifications when Asterisk detects silence or talking on a channel.",
        syntax: "TALK_DETECT(action)",
        description: "Actions: set, with the milliseconds of silence that end it (2500 if not said) and, after a \
                      comma, the mean level of sound that begins it (256 of 32767 if not said); remove. Managers \
                      are told by ChannelTalkingStart and ChannelTalkingStop. It can only be written.",
    },
    open: true,
    read: None,
    write: Some(write),
}];

/// If nothing else is said.
const SILENCE: u32 = 2_500;
const LEVEL: u32 = 256;
/// The loudest there is.
const LOUDEST: u32 = 32_767;

fn write(scope: &mut ChannelScope<'_>, action: &str, value: &str) -> Outcome<()> {
    let id = channel_of(scope)?.id;
    let talk = match action.trim().to_ascii_lowercase().as_str() {
        "set" => Some(wanted(value)?),
        "remove" => None,
        _ => return error(format!("there is no action '{action}': set or remove")),
    };
    scope.switch.want_talk(id, talk);
    Ok(())
}

fn wanted(value: &str) -> Outcome<Talk> {
    let (silence, level) = value.split_once(',').unwrap_or((value, ""));
    let number = |text: &str, usual| match text.trim() {
        "" => Ok(usual),
        text => match text.parse::<u32>() {
            Ok(number) if number > 0 => Ok(number),
            Ok(_) | Err(_) => error(format!("'{text}' is no number above 0")),
        },
    };
    let level = number(level, LEVEL)?.min(LOUDEST);
    Ok(Talk {
        silence: Duration::from_millis(number(silence, SILENCE)?.into()),
        level: u16::try_from(level).unwrap_or(u16::MAX),
    })
}
