//! SendMF: digits for trunks that know multi-frequency signalling.

use super::trunk::{self, Timing};
use super::wait::Wait;
use super::{Application, Call, Step};
use crate::Switch;
use model::{ChannelId, Refusal, Reply, Tones};
use std::time::Duration;

pub(super) const SEND_MF: Application = Application {
    name: "SendMF",
    synopsis: "Sends arbitrary MF digits on the current or specified channel.",
    arguments: "digits[,timeout_ms[,duration_ms[,duration_ms_kp[,duration_ms_st[,channel]]]]]",
    options: &[],
    start,
};

/// No digit and no pause is longer, in milliseconds.
const LONGEST: u32 = 60_000;

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let digits = next();
    let mut time = |usual: u32| match next().trim().parse::<u32>() {
        Ok(time) if time > 0 => time.min(LONGEST),
        Ok(_) | Err(_) => usual,
    };
    let usual = Timing::default();
    let timing = Timing {
        gap: time(usual.gap),
        digit: time(usual.digit),
        key_pulse: time(usual.key_pulse),
        start: time(usual.start),
    };
    let channel = next();
    let on = match channel.trim() {
        "" => Some(id),
        named => switch.find_channel(named),
    };
    let (Some(on), Some(tones)) = (on, trunk::mf(digits.trim(), &timing)) else {
        tracing::warn!(digits, channel, "SendMF: no such channel, or no digits");
        return Step::Done;
    };
    let length = length(&tones);
    switch.sound_tones(on, tones);
    Wait::begin(switch, id, length)
}

fn length(tones: &Tones) -> Duration {
    let parts = tones.parts.iter();
    let parts = parts.map(|part| Duration::from_millis(part.milliseconds.into()));
    parts.sum()
}

impl Switch {
    /// Sends a digit towards a channel's far end, for so many milliseconds or as long as is usual.
    pub(crate) fn play_mf(&mut self, channel: &str, digit: char, time: Option<u32>) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        let timing = time.map_or_else(Timing::default, |time| Timing {
            digit: time,
            key_pulse: time,
            start: time,
            ..Timing::default()
        });
        let Some(tones) = trunk::mf(&digit.to_string(), &timing) else {
            return Reply::Refused(Refusal::Failed);
        };
        self.sound_tones(id, tones);
        Reply::Done
    }
}
