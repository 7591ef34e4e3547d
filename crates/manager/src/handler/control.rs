//! Actions on one channel while it talks (ami-server.md 10.8, 10.18, 10.20, 10.34).

use super::{Step, failed, given};
use crate::Request;
use ami::action::control as declared;
use ami::action::{Action, whole_number};
use ami::event::Event as _;
use ami::event::channel::CoreShowChannelMap;
use ami::{Message, response};
use model::{Command, Direction, FLASH, Refusal, Reply};
use std::time::Duration;

/// The longest a channel may be told to live: a year.
const LONGEST: f64 = 366.0 * 86_400.0;
/// The longest a key is pressed, in milliseconds.
const LONGEST_DIGIT: i64 = 60_000;

pub(super) fn absolute_timeout(id: &str, action: &declared::AbsoluteTimeout) -> Step {
    let seconds = action.timeout.trim().parse::<f64>().ok();
    let Some(seconds) = seconds.filter(|seconds| seconds.is_finite() && *seconds > 0.0) else {
        return failed(id, "No timeout specified");
    };
    Step::Ask(Request::Switch(Command::AbsoluteTimeout {
        channel: action.channel.as_str().into(),
        time: Duration::from_secs_f64(seconds.min(LONGEST)),
    }))
}

pub(super) fn optimize_away(action: &declared::LocalOptimizeAway) -> Step {
    let channel = action.channel.as_str().into();
    Step::Ask(Request::Switch(Command::OptimizeAway { channel }))
}

pub(super) fn mute(id: &str, action: &declared::MuteAudio) -> Step {
    let direction = match action.direction.to_ascii_lowercase().as_str() {
        "in" => Direction::In,
        "out" => Direction::Out,
        "all" => Direction::All,
        _ => return failed(id, "Failed to mute/unmute stream"),
    };
    Step::Ask(Request::Switch(Command::MuteAudio {
        channel: action.channel.as_str().into(),
        direction,
        mute: action.state.eq_ignore_ascii_case("on"),
    }))
}

pub(super) fn play_digit(id: &str, action: &declared::PlayDtmf) -> Step {
    let mut keys = action.digit.chars();
    let digit = keys.next().map(|key| key.to_ascii_uppercase());
    let Some(digit) = digit.filter(|key| "0123456789*#ABCD".contains(*key)) else {
        return failed(id, "No digit specified");
    };
    let Some(milliseconds) = whole_number(action.duration.as_deref().unwrap_or("0")) else {
        return failed(id, "Could not convert Duration parameter");
    };
    let milliseconds = milliseconds.clamp(0, LONGEST_DIGIT);
    Step::Ask(Request::Switch(Command::PlayDigit {
        channel: action.channel.as_str().into(),
        digit,
        milliseconds: u32::try_from(milliseconds).unwrap_or(0),
        receive: action.receive,
    }))
}

pub(super) fn send_flash(action: &declared::SendFlash) -> Step {
    Step::Ask(Request::Switch(Command::PlayDigit {
        channel: action.channel.as_str().into(),
        digit: FLASH,
        milliseconds: 0,
        receive: action.receive,
    }))
}

pub(super) fn send_text(action: &declared::SendText) -> Step {
    Step::Ask(Request::Switch(Command::SendText {
        channel: action.channel.as_str().into(),
        text: action.message.as_str().into(),
    }))
}

pub(super) fn map(action: &declared::CoreShowChannelMap) -> Step {
    let channel = action.channel.as_str().into();
    Step::Ask(Request::Switch(Command::ChannelMap { channel }))
}

pub(super) fn mapped(
    id: &str,
    action: &declared::CoreShowChannelMap,
    reply: Reply,
) -> Option<Vec<Message>> {
    let Reply::Names(names) = reply else {
        return None;
    };
    let start = response::list_start(id, "Channel map will follow");
    let items = names.iter().map(|connected_channel| {
        let event = CoreShowChannelMap {
            action_id: given(id),
            channel: &action.channel,
            connected_channel,
        };
        event.message()
    });
    let end = response::list_complete("CoreShowChannelMapComplete", id, names.len());
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

/// What a refusal is called here, if it is an answer to an action of this family.
pub(super) fn refused(action: &Action, refusal: &Refusal) -> Option<&'static str> {
    match (action, refusal) {
        (Action::LocalOptimizeAway(_), Refusal::NoSuchChannel) => Some("Channel does not exist."),
        (Action::LocalOptimizeAway(_), Refusal::Failed) => Some("Unable to find channel"),
        (
            Action::MuteAudio(_) | Action::PlayDtmf(_) | Action::PlayMf(_) | Action::SendFlash(_),
            Refusal::NoSuchChannel,
        ) => Some("Channel not found"),
        (Action::SendText(_), Refusal::Failed) => Some("Failure"),
        (Action::CoreShowChannelMap(_), Refusal::NoSuchChannel) => {
            Some("Could not get channel snapshot")
        }
        (_, _) => None,
    }
}
