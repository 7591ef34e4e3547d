//! ControlPlayback: plays a file in which the caller goes forth and back by keys, and others by command.

use super::options::Options;
use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use model::{ChannelId, PlayControl, PlayId, Refusal, Reply};
use std::time::Duration;

pub(super) const CONTROL_PLAYBACK: Application = Application {
    name: "ControlPlayback",
    synopsis: "Play a file with fast forward and rewind.",
    arguments: "filename[,skipms[,ff[,rew[,stop[,pause[,restart[,options]]]]]]]",
    options: &[("o", "Begin so many milliseconds into the file: o(time).")],
    start,
};

/// How far it goes by a key where nothing is said.
const STEP: Duration = Duration::from_secs(3);
/// No step and no beginning is further.
const FURTHEST: u64 = 24 * 60 * 60 * 1_000;

/// Waits for the file to end.
#[derive(Debug)]
pub(crate) struct Controlled {
    play: PlayId,
    step: Duration,
    keys: [(String, PlayControl); 5],
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default().trim().to_owned();
    let (file, step) = (next(), next());
    let mut keys = |usual: &str| match next() {
        named if named.is_empty() => usual.to_owned(),
        named => named,
    };
    let keys = [
        (keys("#"), PlayControl::Forward),
        (keys("*"), PlayControl::Reverse),
        (keys(""), PlayControl::Stop),
        (keys(""), PlayControl::Pause),
        (keys(""), PlayControl::Restart),
    ];
    let options = CONTROL_PLAYBACK.options(&next());
    if file.is_empty() {
        tracing::warn!("ControlPlayback: no file named");
        return ended(switch, id, "ERROR", None);
    }
    switch.answer(id);
    let play = switch.play(id, vec![file.into()], false);
    let offset = offset(&options);
    if offset > Duration::ZERO {
        switch.play_from(play, offset);
    }
    let step = milliseconds(&step).filter(|step| *step > Duration::ZERO);
    let step = step.unwrap_or(STEP);
    Step::Wait(Box::new(Controlled { play, step, keys }))
}

/// `o(time)`
fn offset(options: &Options) -> Duration {
    let Some(text) = options.value('o') else {
        return Duration::ZERO;
    };
    milliseconds(text).unwrap_or_else(|| {
        tracing::warn!("ControlPlayback: the option `o` takes milliseconds, not `{text}`");
        Duration::ZERO
    })
}

fn milliseconds(text: &str) -> Option<Duration> {
    let number = text.trim().parse::<u64>().ok()?;
    Some(Duration::from_millis(number.min(FURTHEST)))
}

/// Tells how it ended, and where: at the end of the file, if nothing else is said.
fn ended(switch: &mut Switch, id: ChannelId, status: &str, at: Option<Duration>) -> Step {
    let at = at.map_or("-1".to_owned(), |at| at.as_millis().to_string());
    switch.set_variable(id, "CPLAYBACKSTATUS", status);
    switch.set_variable(id, "CPLAYBACKOFFSET", &at);
    Step::Done
}

impl Controlled {
    /// Ends before the end of the file.
    fn stop(&self, switch: &mut Switch, id: ChannelId, status: &str) -> Step {
        let at = switch.played_so_far(self.play);
        switch.stop_play(Some(self.play));
        ended(switch, id, status, Some(at))
    }

    /// Goes elsewhere in the file.
    fn go(&self, switch: &mut Switch, control: PlayControl) {
        match control {
            PlayControl::Forward => switch.skip_play(self.play, self.step, true),
            PlayControl::Reverse => switch.skip_play(self.play, self.step, false),
            PlayControl::Pause => switch.pause_play(self.play),
            PlayControl::Restart => switch.play_from(self.play, Duration::ZERO),
            PlayControl::Stop => {}
        }
    }
}

impl Waiting for Controlled {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.stop_play(Some(self.play));
            return Step::Hangup;
        }
        if happening.is_end_of(self.play) {
            let failed = matches!(happening, Happening::Played { failed: true, .. });
            let status = if failed { "ERROR" } else { "SUCCESS" };
            return ended(switch, id, status, None);
        }
        if let Happening::Digit(key) = happening {
            let mut keys = self.keys.iter();
            match keys.find(|(keys, _)| keys.contains(*key)) {
                Some((_, PlayControl::Stop)) => {
                    switch.set_variable(id, "CPLAYBACKSTOPKEY", &key.to_string());
                    return self.stop(switch, id, "USERSTOPPED");
                }
                Some((_, control)) => self.go(switch, *control),
                None => {}
            }
        }
        if let Happening::Controlled(control) = happening {
            if *control == PlayControl::Stop {
                return self.stop(switch, id, "REMOTESTOPPED");
            }
            self.go(switch, *control);
        }
        Step::Wait(self)
    }
}

impl Switch {
    /// Does something to what is played to a channel. What another application plays cannot pause nor
    /// begin anew: it is ended then, as the documentation has it.
    pub(crate) fn control_playback(&mut self, channel: &str, control: PlayControl) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        if self.waiting::<Controlled>(id).is_some() {
            self.happen(id, Happening::Controlled(control));
        } else if let Some(play) = self.play_of(id) {
            match control {
                PlayControl::Forward => self.skip_play(play, STEP, true),
                PlayControl::Reverse => self.skip_play(play, STEP, false),
                PlayControl::Stop | PlayControl::Pause | PlayControl::Restart => {
                    self.cut_play(play)
                }
            }
        }
        Reply::Done
    }
}
