//! ChanSpy and ExtenSpy: hears what goes on on other channels, one after the other, and may speak
//! to who is there. What its keys do stands in `keys.rs`.

mod keys;
mod options;
mod target;

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use crate::spy::Spy;
use crate::timers::TimerId;
use model::{ChannelId, PlayId};
use options::{Mode, Options};
use std::sync::Arc;
use std::time::Duration;
use target::Target;

pub(super) const CHAN_SPY: Application = Application {
    name: "ChanSpy",
    synopsis: "Listen to a channel, and optionally whisper into it.",
    arguments: "[chanprefix[,options]]",
    options: options::DECLARED,
    start: |switch, id, call| {
        let arguments = call.arguments();
        let options = options(&CHAN_SPY, &arguments);
        let prefix = arguments.first().map(|prefix| prefix.trim());
        let target = Target::channels(prefix.unwrap_or_default(), options.whole_name);
        start(switch, id, target, options)
    },
};

pub(super) const EXTEN_SPY: Application = Application {
    name: "ExtenSpy",
    synopsis: "Listen to a channel, and optionally whisper into it.",
    arguments: "exten[@context][,options]",
    options: options::DECLARED,
    start: |switch, id, call: &Call| {
        let arguments = call.arguments();
        let options = options(&EXTEN_SPY, &arguments);
        let own = switch.channels.get(&id);
        let own = own.map(|channel| Arc::clone(&channel.context));
        let text = arguments.first().map(|text| text.trim());
        match Target::exten(text.unwrap_or_default(), own.unwrap_or_default()) {
            Some(target) => start(switch, id, target, options),
            None => {
                tracing::warn!("ExtenSpy: no extension named");
                Step::Done
            }
        }
    },
};

fn options(application: &Application, arguments: &[String]) -> Options {
    let given = arguments.get(1).map_or("", String::as_str);
    Options::parse(application, given)
}

/// How often it looks for a channel while there is none.
const PATIENCE: Duration = Duration::from_secs(1);

/// Spies.
#[derive(Debug)]
pub(crate) struct Spying {
    target: Target,
    options: Options,
    mode: Mode,
    volume: i8,
    /// Digits of a channel's name so far.
    typed: String,
    /// Who was last spied on, or would have been: the next comes after it.
    last: Option<ChannelId>,
    /// The name of who was really spied on last.
    heard: Arc<str>,
    stage: Stage,
}

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// There is nobody to spy on; looks again then.
    Looking(TimerId),
    /// Says who it is going to be.
    Announcing(ChannelId, PlayId),
    /// Hears it.
    Listening(ChannelId),
}

/// What to do next while it spies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Stay,
    /// The next channel.
    Next,
    /// This one.
    Choose(ChannelId),
}

fn start(switch: &mut Switch, id: ChannelId, target: Target, options: Options) -> Step {
    // Nobody spies on who spies.
    switch.end_all_spying(id);
    if !options.unanswered {
        switch.answer(id);
    }
    let spying = Box::new(Spying {
        target,
        mode: options.mode,
        volume: options.volume,
        options,
        typed: String::new(),
        last: None,
        heard: Arc::default(),
        stage: Stage::Looking(switch.timer(id, PATIENCE)),
    });
    spying.go_on(switch, id)
}

impl Spying {
    /// Turns to the next channel, or waits for one.
    fn go_on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId) -> Step {
        self.leave(switch, id);
        match self.target.next(switch, id, &self.options, self.last) {
            Some(spyee) => self.turn_to(switch, id, spyee),
            None if self.options.stops => Step::Done,
            None => {
                self.stage = Stage::Looking(switch.timer(id, PATIENCE));
                Step::Wait(self)
            }
        }
    }

    fn turn_to(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, spyee: ChannelId) -> Step {
        self.leave(switch, id);
        self.last = Some(spyee);
        let announcement = self.announcement(switch, spyee);
        if announcement.is_empty() {
            self.listen(switch, id, spyee);
        } else {
            let play = switch.play(id, announcement, false);
            self.stage = Stage::Announcing(spyee, play);
        }
        Step::Wait(self)
    }

    /// A beep, and what the channel is called: its technology and its resource, letter by letter.
    fn announcement(&self, switch: &Switch, spyee: ChannelId) -> Vec<Arc<str>> {
        let Some(channel) = switch.channels.get(&spyee).filter(|_| !self.options.quiet) else {
            return Vec::new();
        };
        let (technology, resource) = channel.device().split_once('/').unwrap_or_default();
        // There is no sound for the one; it speaks the other.
        let technology = match technology {
            "PJSIP" => "sip".to_owned(),
            other => other.to_ascii_lowercase(),
        };
        let technology = (!self.options.skips_technology).then(|| format!("spy-{technology}"));
        let resource: String = resource.chars().take(LONGEST).collect();
        let files = ["beep".to_owned()].into_iter().chain(technology);
        let files = files.chain(super::say::letters(&resource));
        files.map(Arc::from).collect()
    }

    fn listen(&mut self, switch: &mut Switch, id: ChannelId, spyee: ChannelId) {
        let sound = self.mode.sound(self.options.only_incoming);
        if let Some(channel) = switch.channels.get(&spyee) {
            self.heard = Arc::clone(&channel.name);
        }
        let own = switch.channels.get(&id);
        let record = self.options.record.as_ref().zip(own);
        let record = record.map(|(name, own)| format!("{name}-{}", own.uniqueid).into());
        let spy = Spy::on(spyee, sound, self.volume);
        switch.begin_spying(id, spy, record);
        self.stage = Stage::Listening(spyee);
    }

    /// Ends what it is doing.
    fn leave(&mut self, switch: &mut Switch, id: ChannelId) {
        self.typed.clear();
        match self.stage {
            Stage::Looking(timer) => switch.timers.cancel(id, timer),
            Stage::Announcing(_, play) => switch.stop_play(Some(play)),
            Stage::Listening(_) => switch.end_spying(id),
        }
    }

    /// What it had to say has been said.
    fn announced(mut self: Box<Self>, switch: &mut Switch, id: ChannelId) -> Step {
        match self.stage {
            Stage::Announcing(spyee, _) if self.target.fits(switch, id, &self.options, spyee) => {
                self.listen(switch, id, spyee);
                Step::Wait(self)
            }
            Stage::Announcing(..) | Stage::Looking(_) | Stage::Listening(_) => {
                self.go_on(switch, id)
            }
        }
    }
}

/// Letters of a name that are said.
const LONGEST: usize = 80;

impl Waiting for Spying {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        match (happening, &self.stage) {
            (Happening::HungUp, _) => {
                self.leave(switch, id);
                Step::Hangup
            }
            (Happening::Digit(key), _) => self.on_key(switch, id, *key),
            (Happening::Timer(timer), Stage::Looking(again)) if timer == again => {
                self.go_on(switch, id)
            }
            (Happening::Played { play, .. }, Stage::Announcing(_, own)) if play == own => {
                self.announced(switch, id)
            }
            (Happening::SpyeeEnded(ended), Stage::Listening(spyee)) if ended == spyee => {
                if self.options.exits_with_spyee {
                    return Step::Done;
                }
                self.go_on(switch, id)
            }
            (_, Stage::Looking(_) | Stage::Announcing(..) | Stage::Listening(_)) => {
                Step::Wait(self)
            }
        }
    }
}
