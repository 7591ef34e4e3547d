//! `L(limit:warning:repetition)` of Dial and Bridge: how long a conversation may last, and what those who talk
//! hear of it: at its beginning, when little time is left, at its end.

use super::say::number_in_english;
use crate::Switch;
use crate::happening::Happening;
use crate::timers::TimerId;
use model::{ChannelId, PlayId};
use std::sync::Arc;
use std::time::Duration;

/// How long, and when they hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    time: Duration,
    /// They are warned with so much time left; never if it is nothing.
    first: Duration,
    /// And again after so much; never if it is nothing.
    every: Duration,
}

impl Limit {
    /// Reads `limit[:warning[:repetition]]`, in milliseconds. None if there is no limit.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut next = || {
            let milliseconds = parts.next().and_then(|part| part.trim().parse().ok());
            Duration::from_millis(milliseconds.unwrap_or_default())
        };
        let (time, first, every) = (next(), next(), next());
        (!time.is_zero()).then_some(Self { time, first, every })
    }

    /// How long after the answer they are warned first, if the conversation may last so long.
    fn warns(self) -> Option<Duration> {
        let warns = self.time.checked_sub(self.first)?;
        (!warns.is_zero() && !self.first.is_zero()).then_some(warns)
    }
}

/// The time of a conversation that may be limited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) began: Duration,
    limit: Option<Limit>,
    until: Option<TimerId>,
    /// When the next warning is due.
    warn: Option<TimerId>,
    /// What is played as the time is over.
    farewell: [Option<PlayId>; 2],
}

/// What the time of a conversation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// Those who talk hear of it.
    Told,
    Over,
}

impl Clock {
    /// A conversation begins, which may last so long in all, and as `limit` says.
    pub(super) fn begin(
        switch: &mut Switch,
        id: ChannelId,
        other: ChannelId,
        (limit, longest): (Option<Limit>, Option<Duration>),
    ) -> Self {
        let times = limit.map(|limit| limit.time);
        let time = times.into_iter().chain(longest).min();
        if let Some(limit) = limit
            && let Some(files) = switch.limit_sound(id, "LIMIT_CONNECT_FILE", limit.time)
        {
            switch.tell_of_limit(id, other, &files);
        }
        let warns = limit.and_then(Limit::warns);
        Self {
            began: switch.now.since_start,
            limit,
            until: time.map(|time| switch.timer(id, time)),
            warn: warns.map(|time| switch.timer(id, time)),
            farewell: [None; 2],
        }
    }

    /// Something happened to the channel that keeps the time. None if it has nothing to do with that.
    pub(super) fn on(
        &mut self,
        switch: &mut Switch,
        id: ChannelId,
        other: ChannelId,
        happening: &Happening,
    ) -> Option<Time> {
        if self.until.is_some_and(|until| happening.is_timer(until)) {
            let files = self
                .limit
                .and_then(|_| switch.limit_sound(id, "LIMIT_TIMEOUT_FILE", Duration::ZERO));
            if let Some(files) = files {
                self.farewell = switch.tell_of_limit(id, other, &files);
            }
            return Some(self.parting());
        }
        if self.warn.is_some_and(|warn| happening.is_timer(warn)) {
            self.warn(switch, id, other);
            return Some(Time::Told);
        }
        let heard = |known: &PlayId| happening.is_end_of(*known);
        if self.farewell.iter().flatten().any(heard) {
            self.farewell = self
                .farewell
                .map(|known| known.filter(|known| !heard(known)));
            return Some(self.parting());
        }
        None
    }

    /// The time is over: they part once they have heard so.
    fn parting(&self) -> Time {
        if self.farewell == [None; 2] {
            Time::Over
        } else {
            Time::Told
        }
    }

    /// Tells how much time is left, and sets the timer of the next warning.
    fn warn(&mut self, switch: &mut Switch, id: ChannelId, other: ChannelId) {
        let Some(limit) = self.limit else { return };
        let gone = switch.now.since_start.saturating_sub(self.began);
        let left = limit.time.saturating_sub(gone);
        let files = switch.limit_sound(id, "LIMIT_WARNING_FILE", left);
        let files = files.unwrap_or_else(|| time_in_words(left));
        switch.tell_of_limit(id, other, &files);
        let again = !limit.every.is_zero() && left > limit.every;
        self.warn = again.then(|| switch.timer(id, limit.every));
    }
}

impl Switch {
    /// Plays to those who are to hear of the limit.
    fn tell_of_limit(
        &mut self,
        id: ChannelId,
        dest: ChannelId,
        files: &[Arc<str>],
    ) -> [Option<PlayId>; 2] {
        let ends = [
            (id, "LIMIT_PLAYAUDIO_CALLER", true),
            (dest, "LIMIT_PLAYAUDIO_CALLEE", false),
        ];
        ends.map(|(end, variable, usual)| {
            let told = self.text_of(id, variable);
            let hears = told.map_or(usual, |told| conf::is_yes(told.trim()));
            hears.then(|| self.play_for(id, end, files.to_vec(), false))
        })
    }

    /// What a variable names to be played; `timeleft` is the time that is left in words.
    fn limit_sound(&self, id: ChannelId, name: &str, left: Duration) -> Option<Vec<Arc<str>>> {
        let named = self.text_of(id, name)?;
        if named.eq_ignore_ascii_case("timeleft") {
            return Some(time_in_words(left));
        }
        Some(vec![named])
    }

    /// A variable of a channel's own, if it says something.
    fn text_of(&self, id: ChannelId, name: &str) -> Option<Arc<str>> {
        let value = self.channels.get(&id)?.variables.value(name)?;
        (!value.is_empty()).then(|| Arc::clone(value))
    }
}

fn time_in_words(left: Duration) -> Vec<Arc<str>> {
    let seconds = i64::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
    let mut files = vec!["vm-youhave".to_owned()];
    for (number, unit) in [
        (seconds / 60, "queue-minutes"),
        (seconds % 60, "queue-seconds"),
    ] {
        if number > 0 {
            files.extend(number_in_english(number));
            files.push(unit.to_owned());
        }
    }
    files.into_iter().map(Arc::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_come_before_the_limit() {
        let second = Duration::from_secs;
        let read = |text| Limit::parse(text).map(|limit| (limit.first, limit.every));
        assert_eq!(read("60000:30000:10000"), Some((second(30), second(10))));
        assert_eq!(read("60000:30000"), Some((second(30), second(0))));
        assert_eq!(read("0:30000"), None);
        let warns = |text| Limit::parse(text).unwrap().warns();
        assert_eq!(warns("90000:30000"), Some(second(60)));
        assert_eq!(warns("30000:30000"), None);
        assert_eq!(warns("60000"), None);
    }
}
