//! Background: plays until a digit is pressed, which begins the extension to go on at.

use super::{Application, Call, Step, Waiting, wait_exten};
use crate::Switch;
use crate::channel::Channel;
use crate::happening::Happening;
use crate::place::Place;
use model::{ChannelId, PlayId};
use std::sync::Arc;

pub(super) const BACKGROUND: Application = Application {
    name: "BackGround",
    synopsis: "Play an audio file while waiting for digits of an extension to go to.",
    arguments: "filename1[&filename2[&...]][,options][,langoverride][,context]",
    options: &[
        ("s", "Do not play if the call is not answered."),
        ("n", "Play without answering first."),
        ("m", "Only a key ends it that is an extension of one digit."),
        ("p", "Keys do not end it."),
    ],
    start: background,
};

/// Plays until a digit is pressed.
#[derive(Debug)]
struct Playing {
    play: PlayId,
    /// Where the extension is looked for.
    context: Arc<str>,
    /// `m`
    whole: bool,
    /// `p`
    deaf: bool,
    /// Whether BACKGROUNDSTATUS says how it ended.
    is_told: bool,
}

fn background(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (files, options, language, context) = (next(), next(), next(), next());
    let Some(channel) = switch.channels.get(&id) else {
        return Step::Hangup;
    };
    let own = Arc::clone(&channel.context);
    let context = if context.is_empty() {
        own
    } else {
        context.into()
    };
    let options = BACKGROUND.options(&options);
    let is_up = Channel::is_up(channel);
    if !is_up && options.has('s') {
        return ended(switch, id, "SUCCESS");
    }
    if !is_up && !options.has('n') {
        switch.answer(id);
    }
    let files: Vec<Arc<str>> = files
        .split('&')
        .filter(|file| !file.is_empty())
        .map(Into::into)
        .collect();
    if files.is_empty() {
        tracing::warn!("BackGround: no file named");
        return ended(switch, id, "FAILED");
    }
    let play = match language.trim() {
        "" => switch.play(id, files, false),
        language => switch.play_in(language, id, files),
    };
    Step::Wait(Box::new(Playing {
        play,
        context,
        whole: options.has('m'),
        deaf: options.has('p'),
        is_told: true,
    }))
}

/// Plays the same way, for another application: a key begins an extension of the channel's context.
pub(super) fn interruptible(switch: &mut Switch, id: ChannelId, files: Vec<Arc<str>>) -> Step {
    let Some(channel) = switch.channels.get(&id) else {
        return Step::Hangup;
    };
    let context = Arc::clone(&channel.context);
    Step::Wait(Box::new(Playing {
        play: switch.play(id, files, false),
        context,
        whole: false,
        deaf: false,
        is_told: false,
    }))
}

fn ended(switch: &mut Switch, id: ChannelId, status: &str) -> Step {
    switch.set_variable(id, "BACKGROUNDSTATUS", status);
    Step::Done
}

impl Playing {
    fn ended(&self, switch: &mut Switch, id: ChannelId, status: &str) -> Step {
        match self.is_told {
            true => ended(switch, id, status),
            false => Step::Done,
        }
    }
}

impl Waiting for Playing {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.stop_play(Some(self.play));
            return Step::Hangup;
        }
        if let Happening::Digit(digit) = happening {
            let place = Place {
                context: Arc::clone(&self.context),
                exten: digit.to_string().into(),
                priority: 1,
            };
            if self.deaf || self.whole && !switch.is_place(id, &place) {
                return Step::Wait(self);
            }
            self.ended(switch, id, "SUCCESS");
            switch.stop_play(Some(self.play));
            return wait_exten::dialled(switch, id, self.context, digit.to_string());
        }
        let Happening::Played { play, failed } = *happening else {
            return Step::Wait(self);
        };
        if play != self.play {
            return Step::Wait(self);
        }
        self.ended(switch, id, if failed { "FAILED" } else { "SUCCESS" })
    }
}
