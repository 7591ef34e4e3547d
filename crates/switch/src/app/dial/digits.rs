//! Dial's `D(called:calling:progress:mf:mfwink:sf:sfwink)`: digits for whoever answered and for the caller
//! before they talk, and for whoever is called as soon as there is sound before the answer.

use super::{Dial, Stage};
use crate::Switch;
use crate::app::Step;
use crate::app::dtmf::Digits;
use crate::app::trunk::{self, Timing};
use crate::happening::Happening;
use crate::timers::TimerId;
use model::{ChannelId, Tones};
use std::time::Duration;

/// The digits of each part.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    called: String,
    calling: String,
    pub(super) progress: String,
    /// The same, as trunks know them.
    trunk: Option<Tones>,
}

/// Digits being sent after the answer.
#[derive(Debug)]
pub(super) struct Pressing {
    dest: ChannelId,
    now: Digits,
    then: Option<Digits>,
    until: TimerId,
}

impl Texts {
    /// Reads `called[:calling[:progress[:mf[:mfwink[:sf[:sfwink]]]]]]`. No technology of ours winks.
    pub(super) fn parse(text: &str) -> Self {
        let mut parts = text.split(':');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let (called, calling, progress) = (next(), next(), next());
        let (mf, mf_wink, sf, sf_wink) = (next(), next(), next(), next());
        if !mf_wink.is_empty() || !sf_wink.is_empty() {
            tracing::warn!("Dial: the option `D` has digits for a wink, and none will come");
        }
        Self {
            called,
            calling,
            progress,
            trunk: trunk::mf(&mf, &Timing::default()).or_else(|| trunk::sf(&sf)),
        }
    }

    /// Sounds to whoever is called what trunks wait for.
    pub(super) fn sound(&self, switch: &mut Switch, dest: ChannelId) {
        if let Some(tones) = &self.trunk {
            switch.sound_tones(dest, tones.clone());
        }
    }
}

impl Dial {
    /// Sends the digits there are to send before they talk.
    pub(super) fn press(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
    ) -> Step {
        let texts = std::mem::take(&mut self.request.options.digits);
        let parts = [(dest, &texts.called), (id, &texts.calling)];
        let parts = parts.into_iter().filter(|(_, digits)| !digits.is_empty());
        let mut parts = parts.map(|(to, digits)| Digits::new(to, digits));
        let Some(now) = parts.next() else {
            return self.talk(switch, id, dest);
        };
        let then = parts.next();
        self.stage = Stage::Pressing(Pressing {
            dest,
            now,
            then,
            until: switch.timer(id, Duration::ZERO),
        });
        Step::Wait(self)
    }

    pub(super) fn on_pressing(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        happening: &Happening,
    ) -> Step {
        let Stage::Pressing(pressing) = &mut self.stage else {
            return Step::Wait(self);
        };
        let dest = pressing.dest;
        if *happening == Happening::HungUp {
            switch.release(dest);
            return Step::Hangup;
        }
        if !happening.is_timer(pressing.until) {
            return Step::Wait(self);
        }
        loop {
            if let Some(time) = pressing.now.send_next(switch) {
                pressing.until = switch.timer(id, time);
                return Step::Wait(self);
            }
            match pressing.then.take() {
                Some(digits) => pressing.now = digits,
                None => return self.talk(switch, id, dest),
            }
        }
    }
}
