//! Applications that those who talk run by a code (features.conf, `[applicationmap]`).
//!
//! Whoever runs one stays in the bridge, and what it executed before waits beneath: what happens to
//! that meanwhile is told to it afterwards. Only its end is not put off.

use crate::Switch;
use crate::app::{self, Call, Step};
use crate::channel::{Channel, End, Frame};
use crate::feature::settings::MappedApplication;
use crate::happening::Happening;
use crate::place::Place;
use crate::scope::ChannelScope;
use model::ChannelId;
use std::sync::Arc;

/// An application under way in the middle of a conversation, and what was before.
#[derive(Debug)]
pub(crate) struct Interlude {
    /// What has happened meanwhile to what it executed before.
    kept: Vec<Happening>,
    application: Arc<str>,
    data: Arc<str>,
    place: Place,
    /// How many subroutines were under way.
    depth: usize,
    /// Who hear music until it is over.
    music: Vec<ChannelId>,
}

/// As much is kept; what happens beyond is forgotten.
const KEPT: usize = 256;

impl Interlude {
    fn keep(&mut self, happening: &Happening) {
        let matters = matches!(
            happening,
            Happening::Unbridged | Happening::Timer(_) | Happening::Played { .. }
        );
        if matters && self.kept.len() < KEPT {
            self.kept.push(happening.clone());
        }
    }
}

/// Something happens to a channel: if it runs an application by a code, what it executed before
/// hears of it afterwards.
pub(crate) fn keep_for_later(channel: &mut Channel, happening: &Happening) {
    for frame in &mut channel.run {
        if let Frame::Interlude(interlude) = frame {
            interlude.keep(happening);
        }
    }
}

impl Switch {
    /// A party has pressed the code of a mapped application.
    pub(crate) fn run_mapped(&mut self, id: ChannelId, name: &str) {
        let config = Arc::clone(&self.config);
        let Some(mapped) = config.features.applications.get(name) else {
            return;
        };
        // Of several who talk with it each runs what is for the other one.
        let (on, mut others) = match (mapped.on_peer, self.peers(id)) {
            (true, peers) => (peers, vec![id]),
            (false, peers) => (vec![id], peers),
        };
        for on in on {
            self.run_mapped_on(on, id, (name, mapped), std::mem::take(&mut others));
        }
    }

    /// `others` hear music meanwhile, if the application has some.
    fn run_mapped_on(
        &mut self,
        on: ChannelId,
        id: ChannelId,
        (name, mapped): (&str, &MappedApplication),
        others: Vec<ChannelId>,
    ) {
        if self.is_away(on) || self.channels.get(&on).is_none_or(|on| on.is_ending()) {
            return tracing::warn!(feature = name, "It is not run: another one is under way");
        }
        let by = self.channels.get(&id).map(|by| Arc::clone(&by.name));
        self.set_variable(on, "DYNAMIC_FEATURENAME", name);
        self.set_variable(on, "DYNAMIC_WHO_ACTIVATED", &by.unwrap_or_default());
        let class = mapped.music.as_ref();
        let music = class.map_or_else(Vec::new, |class| {
            for other in &others {
                self.start_music(*other, class);
            }
            others
        });
        self.begin_interlude(on, music);
        let data = ChannelScope::new(self, on).expand(&mapped.arguments);
        self.run_in_interlude(on, &mapped.application, &data);
    }

    fn begin_interlude(&mut self, id: ChannelId, music: Vec<ChannelId>) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let interlude = Interlude {
            kept: Vec::new(),
            application: Arc::clone(&channel.application),
            data: Arc::clone(&channel.data),
            place: Place {
                context: Arc::clone(&channel.context),
                exten: Arc::clone(&channel.exten),
                priority: channel.priority,
            },
            depth: channel.memory.subroutines.len(),
            music,
        };
        channel.run.push(Frame::Interlude(Box::new(interlude)));
        self.touched.insert(id);
    }

    fn run_in_interlude(&mut self, id: ChannelId, name: &str, data: &str) {
        let Some(application) = app::find(name) else {
            return self.end_interlude(id);
        };
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.application = application.name.into();
            channel.data = data.into();
        }
        self.publish(id);
        if application.name != "Gosub" {
            let step = application.begin(self, id, &Call::new(data));
            return self.take(id, step);
        }
        if !self.start_subroutine(id, data, id) {
            self.end_interlude(id);
        }
    }

    /// The application a channel runs by a code has said what to do next.
    pub(crate) fn take_in_interlude(&mut self, id: ChannelId, step: &Step) {
        self.end_interlude(id);
        match step {
            Step::Done | Step::Wait(_) | Step::Call(..) => {}
            Step::Goto(_) => tracing::warn!(
                channel = %id,
                "What is run by a code cannot go elsewhere in the dialplan; let it be a Gosub"
            ),
            Step::Hangup => {
                let channel = self.channels.get(&id);
                if channel.is_some_and(|channel| channel.moving.is_none()) {
                    self.hang_up(id, None);
                }
            }
        }
    }

    /// Ends what a channel runs by a code, if it does: it is as before, and hears what has happened
    /// meanwhile.
    pub(crate) fn end_interlude(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let begun = |frame: &Frame| matches!(frame, Frame::Interlude(_));
        let Some(index) = channel.run.iter().position(begun) else {
            return;
        };
        let mut frames = channel.run.split_off(index).into_iter();
        let Some(Frame::Interlude(interlude)) = frames.next() else {
            return;
        };
        channel.application = interlude.application;
        channel.data = interlude.data;
        let ends = channel.end != End::None || channel.moving.is_some();
        let extra = channel
            .memory
            .subroutines
            .len()
            .saturating_sub(interlude.depth);
        for _ in 0..extra {
            self.leave_subroutine(id);
        }
        self.go(id, interlude.place);
        self.publish(id);
        for other in interlude.music {
            self.stop_music(other);
        }
        let mut kept = interlude.kept;
        if ends {
            kept.insert(0, Happening::HungUp);
        }
        for happening in kept.into_iter().rev() {
            self.happenings.push_front((id, happening));
        }
        self.touched.insert(id);
    }

    /// Whether a channel runs an application by a code: it does not talk meanwhile.
    pub(crate) fn is_away(&self, id: ChannelId) -> bool {
        let channel = self.channels.get(&id);
        channel.is_some_and(|channel| {
            let mut frames = channel.run.iter();
            frames.any(|frame| matches!(frame, Frame::Interlude(_)))
        })
    }
}
