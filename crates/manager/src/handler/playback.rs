//! Actions on what is played to a channel.

use super::{Step, failed};
use crate::Request;
use ami::action::playback as declared;
use ami::action::whole_number;
use model::{Command, PlayControl};

/// The longest a digit sounds, in milliseconds.
const LONGEST: i64 = 60_000;

pub(super) fn control(id: &str, action: &declared::ControlPlayback) -> Step {
    let control = match action.control.to_ascii_lowercase().as_str() {
        "stop" => PlayControl::Stop,
        "forward" => PlayControl::Forward,
        "reverse" => PlayControl::Reverse,
        "pause" => PlayControl::Pause,
        "restart" => PlayControl::Restart,
        _ => return failed(id, "Unknown control type"),
    };
    Step::Ask(Request::Switch(Command::ControlPlayback {
        channel: action.channel.as_str().into(),
        control,
    }))
}

pub(super) fn play_mf(id: &str, action: &declared::PlayMf) -> Step {
    let mut digits = action.digit.chars();
    let digit = digits.next().map(|digit| digit.to_ascii_uppercase());
    let Some(digit) = digit.filter(|digit| "0123456789*#ABC".contains(*digit)) else {
        return failed(id, "No digit specified");
    };
    let Some(milliseconds) = whole_number(action.duration.as_deref().unwrap_or("0")) else {
        return failed(id, "Could not convert Duration parameter");
    };
    let milliseconds = u32::try_from(milliseconds.clamp(0, LONGEST)).ok();
    Step::Ask(Request::Switch(Command::PlayMf {
        channel: action.channel.as_str().into(),
        digit,
        milliseconds: milliseconds.filter(|time| *time > 0),
    }))
}
