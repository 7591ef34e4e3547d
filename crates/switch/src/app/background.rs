//! Background: plays until a digit is pressed, which begins the extension to go on at.

use super::{Application, Call, Step, Waiting, wait_exten};
use crate::Switch;
use crate::channel::{Channel, Happening};
use model::{ChannelId, PlayId};
use std::sync::Arc;

pub(super) const BACKGROUND: Application = Application {
    name: "BackGround",
    synopsis: "Play an audio file while waiting for digits of an extension to go to.",
    arguments: "filename1[&filename2[&...]][,options][,langoverride][,context]",
    options: &[
        ("s", "Do not play if the call is not answered."),
        ("n", "Play without answering first."),
    ],
    start: background,
};

/// Plays until a digit is pressed.
#[derive(Debug)]
struct Playing {
    play: PlayId,
    /// Where the extension is looked for.
    context: Arc<str>,
}

fn background(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (files, options, _, context) = (next(), next(), next(), next());
    let Some(channel) = switch.channels.get(&id) else {
        return Step::Hangup;
    };
    let own = Arc::clone(&channel.context);
    let context = if context.is_empty() {
        own
    } else {
        context.into()
    };
    let is_up = Channel::is_up(channel);
    if !is_up && options.contains('s') {
        return Step::Done;
    }
    if !is_up && !options.contains('n') {
        switch.answer(id);
    }
    let files: Vec<Arc<str>> = files
        .split('&')
        .filter(|file| !file.is_empty())
        .map(Into::into)
        .collect();
    if files.is_empty() {
        tracing::warn!("BackGround: no file named");
        return Step::Done;
    }
    let play = switch.play(id, files, false);
    Step::Wait(Box::new(Playing { play, context }))
}

impl Waiting for Playing {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.stop_play(Some(self.play));
            return Step::Hangup;
        }
        if let Happening::Digit(digit) = happening {
            switch.stop_play(Some(self.play));
            return wait_exten::dialled(switch, id, self.context, digit.to_string());
        }
        if happening.is_end_of(self.play) {
            Step::Done
        } else {
            Step::Wait(self)
        }
    }
}
