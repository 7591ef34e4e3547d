//! Dial's `L(limit:warning:repetition)`: how long a conversation may last, and what those who talk
//! hear of it: at its beginning, when little time is left, at its end.

use super::Talk;
use crate::Switch;
use crate::app::say::number_in_english;
use crate::timers::TimerId;
use model::{ChannelId, PlayId};
use std::sync::Arc;
use std::time::Duration;

/// How long, and when they hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    pub(super) time: Duration,
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

impl Switch {
    /// A limited conversation begins. The timer of the first warning.
    pub(super) fn begin_limit(
        &mut self,
        id: ChannelId,
        dest: ChannelId,
        limit: Limit,
    ) -> Option<TimerId> {
        if let Some(files) = self.limit_sound(id, "LIMIT_CONNECT_FILE", limit.time) {
            self.tell_of_limit(id, dest, &files);
        }
        let warns = limit.warns()?;
        Some(self.timer(id, warns))
    }

    /// Tells how much time is left, and sets the timer of the next warning.
    pub(super) fn warn_of_limit(
        &mut self,
        id: ChannelId,
        talk: Talk,
        limit: Limit,
    ) -> Option<TimerId> {
        let gone = self.now.since_start.saturating_sub(talk.answered);
        let left = limit.time.saturating_sub(gone);
        let files = self.limit_sound(id, "LIMIT_WARNING_FILE", left);
        let files = files.unwrap_or_else(|| time_in_words(left));
        self.tell_of_limit(id, talk.dest, &files);
        let again = !limit.every.is_zero() && left > limit.every;
        again.then(|| self.timer(id, limit.every))
    }

    /// Tells that the time is over. What is played, if anything: the caller's channel is told when
    /// it ends.
    pub(super) fn end_limit(&mut self, id: ChannelId, dest: ChannelId) -> [Option<PlayId>; 2] {
        match self.limit_sound(id, "LIMIT_TIMEOUT_FILE", Duration::ZERO) {
            Some(files) => self.tell_of_limit(id, dest, &files),
            None => [None; 2],
        }
    }

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
