//! Deadlines with a named reason, in order.

use model::ChannelId;
use std::collections::BTreeMap;
use std::time::Duration;

/// Names one timer; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerId(u64);

/// Why the switch wants to be called again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// The application a channel waits in asked for it.
    Application(ChannelId),
    /// An Originate's time for the answer is over.
    Originate(ChannelId),
    /// The technology has not said that the leg is closed.
    Release(ChannelId),
    /// The next key may be pressed for a channel's far end.
    Press(ChannelId),
    /// No more keys of a code were pressed on a channel.
    Keys(ChannelId),
    /// The channel may not live longer.
    Absolute(ChannelId),
    /// The third party that a channel asks does not answer.
    Consultation(ChannelId),
    /// Nobody has answered for a channel that waits to be taken over.
    Handover(ChannelId),
}

/// All deadlines, by time (since the start) and then by age.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    waiting: BTreeMap<(Duration, TimerId), Timer>,
    /// The same by channel.
    of_channel: BTreeMap<(ChannelId, TimerId), Duration>,
    made: u64,
}

impl Timers {
    /// Fires at `at`.
    pub(crate) fn set(&mut self, at: Duration, timer: Timer) -> TimerId {
        self.made += 1;
        let id = TimerId(self.made);
        self.waiting.insert((at, id), timer);
        self.of_channel.insert((timer.channel(), id), at);
        id
    }

    /// The next one, if it is due.
    pub(crate) fn expire(&mut self, now: Duration) -> Option<(TimerId, Timer)> {
        let (&(at, id), &timer) = self.waiting.first_key_value()?;
        if at > now {
            return None;
        }
        self.waiting.pop_first();
        self.of_channel.remove(&(timer.channel(), id));
        Some((id, timer))
    }

    /// When the next one is due.
    pub(crate) fn next(&self) -> Option<Duration> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// When one of a channel is due.
    pub(crate) fn due(&self, channel: ChannelId, id: TimerId) -> Option<Duration> {
        self.of_channel.get(&(channel, id)).copied()
    }

    /// Forgets one of a channel.
    pub(crate) fn cancel(&mut self, channel: ChannelId, id: TimerId) {
        if let Some(at) = self.of_channel.remove(&(channel, id)) {
            self.waiting.remove(&(at, id));
        }
    }

    /// Forgets what belongs to a channel that is gone.
    pub(crate) fn forget(&mut self, channel: ChannelId) {
        let all = (channel, TimerId(0))..=(channel, TimerId(u64::MAX));
        let all: Vec<_> = self
            .of_channel
            .range(all)
            .map(|(key, at)| (*key, *at))
            .collect();
        for (key, at) in all {
            self.of_channel.remove(&key);
            self.waiting.remove(&(at, key.1));
        }
    }
}

impl Timer {
    fn channel(self) -> ChannelId {
        match self {
            Self::Application(id)
            | Self::Originate(id)
            | Self::Release(id)
            | Self::Keys(id)
            | Self::Press(id)
            | Self::Absolute(id)
            | Self::Consultation(id)
            | Self::Handover(id) => id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_fire_in_order_and_only_when_due() {
        let mut timers = Timers::default();
        let second = Duration::from_secs;
        let late = timers.set(second(2), Timer::Release(ChannelId(1)));
        let early = timers.set(second(1), Timer::Application(ChannelId(2)));
        let same = timers.set(second(1), Timer::Absolute(ChannelId(3)));
        assert_eq!(timers.next(), Some(second(1)));
        assert_eq!(timers.expire(Duration::ZERO), None);
        assert_eq!(timers.expire(second(1)).map(|(id, _)| id), Some(early));
        assert_eq!(timers.expire(second(1)).map(|(id, _)| id), Some(same));
        assert_eq!(timers.expire(second(1)), None);
        timers.forget(ChannelId(1));
        assert_eq!(timers.expire(second(9)), None);
        assert_ne!(late, early);
    }
}
