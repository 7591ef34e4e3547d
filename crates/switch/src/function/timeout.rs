//! TIMEOUT: how long a call may last, and how long digits are waited for.

use super::{Function, channel_mut, channel_of, error};
use crate::Switch;
use crate::scope::ChannelScope;
use crate::timers::Timer;
use dialplan::functions::{Declaration, Outcome};
use model::ChannelId;
use std::time::Duration;

pub(super) const FUNCTIONS: &[Function] = &[Function {
    declaration: Declaration {
        name: "TIMEOUT",
        synopsis: "Gets or sets timeouts on the channel. Timeout values are in seconds.",
        syntax: "TIMEOUT(timeouttype)",
        description: "Types: absolute (the call ends, or goes on at its `T` extension; 0 is none), digit \
                      (between digits, 5 s if not set), response (for the first digit, 10 s if not set).",
    },
    open: true,
    read: Some(read),
    write: Some(write),
}];

/// Longer than a year is a year.
const LONGEST: f64 = 366.0 * 86_400.0;

fn read(scope: &mut ChannelScope<'_>, kind: &str) -> Outcome {
    let now = scope.switch.now.since_start;
    let channel = channel_of(scope)?;
    let time = match kind.trim().to_ascii_lowercase().chars().next() {
        Some('a') => channel
            .absolute
            .map(|(at, _)| at.saturating_sub(now))
            .unwrap_or_default(),
        Some('d') => channel.memory.timeouts.digit,
        Some('r') => channel.memory.timeouts.response,
        Some(_) | None => return error(format!("there is no timeout '{kind}'")),
    };
    Ok(format!("{:.3}", time.as_secs_f64()))
}

fn write(scope: &mut ChannelScope<'_>, kind: &str, value: &str) -> Outcome<()> {
    let seconds = value
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|seconds| seconds.is_finite());
    let Some(seconds) = seconds else {
        return error(format!("'{value}' is no number of seconds"));
    };
    let time = Duration::from_secs_f64(seconds.clamp(0.0, LONGEST));
    let channel = channel_mut(scope)?;
    let id = channel.id;
    match kind.trim().to_ascii_lowercase().chars().next() {
        Some('a') => scope
            .switch
            .set_absolute_timeout(id, Some(time).filter(|time| !time.is_zero())),
        Some('d') => channel.memory.timeouts.digit = time,
        Some('r') => channel.memory.timeouts.response = time,
        Some(_) | None => return error(format!("there is no timeout '{kind}'")),
    }
    Ok(())
}

impl Switch {
    /// Says how long from now a channel may live; `None` is for ever.
    pub(crate) fn set_absolute_timeout(&mut self, id: ChannelId, time: Option<Duration>) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if let Some((_, timer)) = channel.absolute.take() {
            self.timers.cancel(id, timer);
        }
        channel.absolute = time.map(|time| {
            let at = self.now.since_start + time;
            (at, self.timers.set(at, Timer::Absolute(id)))
        });
    }
}
