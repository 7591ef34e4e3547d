//! Milliwatt: a tone to measure lines by, until the caller hangs up.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use model::{ChannelId, Sound, Tone, Tones};

pub(super) const MILLIWATT: Application = Application {
    name: "Milliwatt",
    synopsis: "Generates a 1004 Hz test tone at 0dbm (mu-law).",
    arguments: "[options]",
    options: &[
        (
            "m",
            "Be silent for a second after every ten, as a milliwatt test needs it.",
        ),
        ("o", "1000 Hz instead."),
    ],
    start,
};

/// The tone sounds.
#[derive(Debug)]
struct Sounding;

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let tone = |sound, milliseconds| Tone {
        sound,
        milliseconds,
    };
    let options = MILLIWATT.options(&call.data);
    let hertz = if options.has('o') { 1_000 } else { 1_004 };
    let parts = if options.has('m') {
        vec![tone(Sound::One(hertz), 10_000), tone(Sound::Silence, 1_000)]
    } else {
        vec![tone(Sound::One(hertz), 0)]
    };
    switch.answer(id);
    let tones = Tones {
        parts: parts.into(),
        repeats_from: Some(0),
        level: Tones::MILLIWATT,
    };
    switch.sound_tones(id, tones);
    Step::Wait(Box::new(Sounding))
}

impl Waiting for Sounding {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening != Happening::HungUp {
            return Step::Wait(self);
        }
        switch.stop_tones(id);
        Step::Hangup
    }
}
