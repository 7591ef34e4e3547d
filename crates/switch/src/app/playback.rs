//! Playback: plays sounds to the caller.

use super::say::spoken;
use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use model::{ChannelId, PlayId};
use std::sync::Arc;

pub(super) const PLAYBACK: Application = Application {
    name: "Playback",
    synopsis: "Play a file.",
    arguments: "filename[&filename2[&...]][,options]",
    options: &[
        ("skip", "Do not play if the call is not answered."),
        ("noanswer", "Play without answering first."),
        (
            "say",
            "Say what is named instead: num:12, digits:12 or alpha:ab; 12 is a number.",
        ),
        ("mix", "Say what is named so, and play the rest as files."),
    ],
    start,
};

/// Waits for the sounds to end.
#[derive(Debug)]
pub(crate) struct Playback {
    play: PlayId,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let arguments = call.arguments();
    for option in arguments.iter().skip(1).filter(|given| !given.is_empty()) {
        PLAYBACK.tell_unknown(&option.trim().to_ascii_lowercase());
    }
    let has = |option: &str| {
        let mut options = arguments.iter().skip(1);
        options.any(|given| given.trim().eq_ignore_ascii_case(option))
    };
    let is_up = switch
        .channels
        .get(&id)
        .is_some_and(crate::channel::Channel::is_up);
    let status = |switch: &mut Switch, status| {
        switch.set_variable(id, "PLAYBACKSTATUS", status);
        Step::Done
    };
    let names = arguments.first().map(String::as_str).unwrap_or_default();
    let names = names.split('&').filter(|name| !name.is_empty());
    let mut files: Vec<Arc<str>> = Vec::new();
    for name in names {
        if has("say") || has("mix") && name.contains(':') {
            let Some(said) = spoken(name) else {
                tracing::warn!(text = name, "Playback: this cannot be said");
                return status(switch, "FAILED");
            };
            files.extend(said.into_iter().map(Arc::from));
        } else {
            files.push(name.into());
        }
    }
    if files.is_empty() {
        tracing::warn!("Playback: no file named");
        return status(switch, "FAILED");
    }
    if !is_up && has("skip") {
        return status(switch, "SUCCESS");
    }
    if !is_up && !has("noanswer") {
        switch.answer(id);
    }
    Playback::begin(switch, id, files)
}

impl Playback {
    pub(crate) fn begin(switch: &mut Switch, id: ChannelId, files: Vec<Arc<str>>) -> Step {
        let play = switch.play(id, files, false);
        Step::Wait(Box::new(Self { play }))
    }
}

impl Waiting for Playback {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.stop_play(Some(self.play));
            return Step::Hangup;
        }
        let Happening::Played { play, failed } = happening else {
            return Step::Wait(self);
        };
        if *play != self.play {
            return Step::Wait(self);
        }
        let status = if *failed { "FAILED" } else { "SUCCESS" };
        switch.set_variable(id, "PLAYBACKSTATUS", status);
        Step::Done
    }
}
