//! Dial's `L(limit:warning:repetition)`: those who talk hear how much time is left.

use super::Talk;
use crate::Switch;
use crate::app::say::number_in_english;
use crate::timers::TimerId;
use model::ChannelId;
use std::sync::Arc;
use std::time::Duration;

/// When they hear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Warning {
    /// First with so much time left.
    first: Duration,
    /// And again after so much; never if it is nothing.
    every: Duration,
}

impl Warning {
    /// Reads what follows the limit: `warning[:repetition]`, in milliseconds.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':').skip(1);
        let mut next = || {
            let milliseconds = parts.next().and_then(|part| part.trim().parse().ok());
            Duration::from_millis(milliseconds.unwrap_or_default())
        };
        let (first, every) = (next(), next());
        (!first.is_zero()).then_some(Self { first, every })
    }

    /// How long after the answer it is heard first, if the conversation may last so long.
    fn begins(self, limit: Duration) -> Option<Duration> {
        let begins = limit.checked_sub(self.first)?;
        (!begins.is_zero()).then_some(begins)
    }
}

impl Switch {
    /// The timer of the first warning, for a conversation that begins now.
    pub(super) fn first_warning(
        &mut self,
        id: ChannelId,
        warning: Option<Warning>,
        limit: Option<Duration>,
    ) -> Option<TimerId> {
        let begins = warning?.begins(limit?)?;
        Some(self.timer(id, begins))
    }

    /// Tells how much time is left, and sets the timer of the next warning.
    pub(super) fn warn_of_limit(
        &mut self,
        id: ChannelId,
        talk: Talk,
        warning: Option<Warning>,
        limit: Option<Duration>,
    ) -> Option<TimerId> {
        let (warning, limit) = (warning?, limit?);
        let gone = self.now.since_start.saturating_sub(talk.answered);
        let left = limit.saturating_sub(gone);
        let files = self.warning_files(id, left);
        for (end, variable, usual) in [
            (id, "LIMIT_PLAYAUDIO_CALLER", true),
            (talk.dest, "LIMIT_PLAYAUDIO_CALLEE", false),
        ] {
            let told = self.text_of(id, variable);
            let hears = told.map_or(usual, |told| dialplan::functions::is_true(&told));
            if hears {
                self.play(end, files.clone(), false);
            }
        }
        let again = !warning.every.is_zero() && left > warning.every;
        again.then(|| self.timer(id, warning.every))
    }

    /// What is played: the file named, or the time that is left in words.
    fn warning_files(&self, id: ChannelId, left: Duration) -> Vec<Arc<str>> {
        let named = self.text_of(id, "LIMIT_WARNING_FILE");
        if let Some(file) = named.filter(|file| !file.eq_ignore_ascii_case("timeleft")) {
            return vec![file];
        }
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

    /// A variable of a channel's own, if it says something.
    fn text_of(&self, id: ChannelId, name: &str) -> Option<Arc<str>> {
        let value = self.channels.get(&id)?.variables.value(name)?;
        (!value.is_empty()).then(|| Arc::clone(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_come_before_the_limit() {
        let second = Duration::from_secs;
        let read = |text| Warning::parse(text).map(|warning| (warning.first, warning.every));
        assert_eq!(read("60000:30000:10000"), Some((second(30), second(10))));
        assert_eq!(read("60000:30000"), Some((second(30), second(0))));
        assert_eq!(read("60000"), None);
        let warning = Warning::parse("1:30000").unwrap();
        assert_eq!(warning.begins(second(90)), Some(second(60)));
        assert_eq!(warning.begins(second(30)), None);
    }
}
