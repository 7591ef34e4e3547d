//! PlayTones and StopPlayTones: tones for the caller while the dialplan goes on.

use super::{Application, Call, Step};
use crate::Switch;
use model::{ChannelId, Tones};

pub(super) const PLAY_TONES: Application = Application {
    name: "PlayTones",
    synopsis: "Play a tone list.",
    arguments: "name|tonelist",
    options: &[],
    start,
};

pub(super) const STOP_PLAY_TONES: Application = Application {
    name: "StopPlayTones",
    synopsis: "Stop playing a tone list.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.stop_tones(id);
        Step::Done
    },
};

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let text = call.data.trim();
    match switch
        .tones_named(id, text)
        .map_or_else(|| Tones::parse(text), Ok)
    {
        Ok(tones) => switch.sound_tones(id, tones),
        Err(why) => tracing::warn!("PlayTones: no tones of this name, and {why}"),
    }
    Step::Done
}
