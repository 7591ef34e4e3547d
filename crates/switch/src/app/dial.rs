//! Dial: calls somebody, and connects the first to answer with the caller.
//!
//! It goes through stages: a subroutine of the caller's own, the calling, a subroutine of whoever
//! answered, the conversation. Each but the calling may be missing.

mod announce;
mod calling;
mod choice;
mod digits;
mod forward;
mod line;
mod privacy;
mod request;
mod talk;

use super::limit::Clock;
use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::app::dtmf::Digits;
use crate::happening::{Happening, Progress};
use crate::timers::TimerId;
use announce::Announcing;
use choice::Choosing;
use digits::Pressing;
use line::{Line, cancel};
use model::{Cause, ChannelId, DialStatus};
use privacy::{Introduction, Screened};
use request::Request;
use std::time::Duration;
use talk::subroutine_place;

pub(super) const DIAL: Application = Application {
    name: "Dial",
    synopsis: "Attempt to connect to another device or endpoint and bridge the call.",
    arguments: "Technology/Resource[&Technology2/Resource2[&...]][,timeout[^progress timeout]][,options[,URL]]",
    options: request::OPTIONS,
    start,
};

/// A dial under way, or the conversation it led to.
#[derive(Debug)]
pub(crate) struct Dial {
    began: Duration,
    request: Request,
    /// How the caller is screened, if so.
    screened: Option<Screened>,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// The caller runs a subroutine.
    Preparing,
    /// The caller says who calls.
    Introducing(Introduction),
    Calling(Calling),
    /// Whoever answered chooses whether to talk.
    Choosing(Choosing),
    /// Both or one of them hear a file.
    Announcing(Announcing),
    /// Whoever answered runs a subroutine.
    Screening {
        dest: ChannelId,
    },
    /// Digits are sent to one of them.
    Pressing(Pressing),
    Talking(Talk),
}

/// Who is being called.
#[derive(Debug)]
struct Calling {
    lines: Vec<Line>,
    /// What came of those that have ended.
    ended: Vec<DialStatus>,
    until: Option<TimerId>,
    /// They are given up then if there was neither sound nor ringing.
    patience: Option<TimerId>,
    rang: bool,
    early: Option<ChannelId>,
    /// Keys the caller has pressed that may begin the code that ends the call.
    typed: String,
    /// Digits for those of whom there is sound, and when the next one is sent.
    pressing: Vec<(Digits, TimerId)>,
}

#[derive(Clone, Copy, Debug)]
struct Talk {
    dest: ChannelId,
    clock: Clock,
}

/// What a dial starts with and tells again at its end.
#[rustfmt::skip] // A table.
const VARIABLES: [&str; 11] = [
    "DIALSTATUS", "DIALEDPEERNUMBER", "DIALEDPEERNAME", "ANSWEREDTIME", "ANSWEREDTIME_MS",
    "DIALEDTIME", "DIALEDTIME_MS", "RINGTIME", "RINGTIME_MS", "PROGRESSTIME", "PROGRESSTIME_MS",
];

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    for name in VARIABLES {
        switch.set_variable(id, name, "");
    }
    let Some(request) = Request::parse(&call.data) else {
        tracing::warn!(data = call.data, "Dial: nobody to call");
        return unavailable(switch, id, Cause::NO_ROUTE_DESTINATION);
    };
    let caller = switch.channels.get(&id);
    if caller.is_none_or(|caller| caller.forwards == 0) {
        tracing::warn!(channel = %id, "Dial: the call has been dialled on as often as it may");
        switch.set_variable(id, "DIALSTATUS", DialStatus::Busy.text());
        return Step::Done;
    }
    for (letter, what) in &request.options.lacking {
        tracing::warn!("Dial: the option `{letter}` needs {what}: not built yet");
    }
    let place = request.options.before_calling.clone();
    let dial = Box::new(Dial {
        began: switch.now.since_start,
        request,
        screened: None,
        stage: Stage::Preparing,
    });
    match place {
        Some(place) => Step::Call(dial, place),
        None => dial.introduce(switch, id),
    }
}

/// Nobody could be called; the last one not for this cause.
fn unavailable(switch: &mut Switch, id: ChannelId, cause: Cause) -> Step {
    if let Some(channel) = switch.channels.get_mut(&id) {
        channel.cause = Some(cause);
    }
    switch.set_variable(id, "DIALSTATUS", DialStatus::ChanUnavail.text());
    Step::Done
}

impl Dial {
    /// Whose sound the caller hears before the answer.
    pub(crate) fn early_media(&self) -> Option<ChannelId> {
        match &self.stage {
            Stage::Calling(calling) => calling.early,
            Stage::Preparing
            | Stage::Introducing(_)
            | Stage::Choosing(_)
            | Stage::Announcing(_)
            | Stage::Screening { .. }
            | Stage::Pressing(_)
            | Stage::Talking(_) => None,
        }
    }

    /// Calls all there are to call.
    fn begin(mut self: Box<Self>, switch: &mut Switch, id: ChannelId) -> Step {
        let request = &self.request;
        let single = request.destinations.len() == 1;
        let calls = request.destinations.iter();
        let calls = calls.map(|to| line::call(switch, id, to, &request.options, single));
        let calls: Vec<_> = calls.collect();
        line::forget_group(switch, id);
        let last = calls.last().and_then(|call| call.as_ref().err()).copied();
        let lines: Vec<Line> = calls.into_iter().filter_map(Result::ok).collect();
        if lines.is_empty() {
            return unavailable(switch, id, last.unwrap_or(Cause::NO_ROUTE_DESTINATION));
        }
        let until = request.timeout.map(|time| switch.timer(id, time));
        let patience = request.patience.map(|time| switch.timer(id, time));
        if let Some(class) = &self.request.options.music {
            switch.indicate(id, Progress::EarlyMedia);
            switch.start_music(id, class);
        } else {
            self.ring(switch, id);
        }
        self.stage = Stage::Calling(Calling {
            lines,
            ended: Vec::new(),
            until,
            patience,
            rang: false,
            early: None,
            typed: String::new(),
            pressing: Vec::new(),
        });
        Step::Wait(self)
    }

    /// Whoever answered runs its subroutine, if there is one.
    fn screen(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, dest: ChannelId) -> Step {
        if let Some(text) = &self.request.options.after_answer {
            let place = subroutine_place(text);
            if switch.start_subroutine(dest, &place, id) {
                self.stage = Stage::Screening { dest };
                return Step::Wait(self);
            }
        }
        self.connect(switch, id, dest)
    }

    fn cancel_all(
        &mut self,
        switch: &mut Switch,
        id: ChannelId,
        status: DialStatus,
        cause: Option<Cause>,
    ) {
        self.forget_introduction(switch, false);
        let Stage::Calling(calling) = &mut self.stage else {
            return;
        };
        let elsewhere = self
            .request
            .options
            .elsewhere
            .then_some(Cause::ANSWERED_ELSEWHERE);
        let cause = elsewhere.or(cause);
        for line in std::mem::take(&mut calling.lines) {
            cancel(switch, id, &line, status, cause);
        }
        switch.stop_music(id);
    }
}

impl Waiting for Dial {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        match (&self.stage, happening) {
            (Stage::Preparing, Happening::HungUp) => Step::Hangup,
            (Stage::Preparing, Happening::Subroutine { .. }) => self.introduce(switch, id),
            (Stage::Introducing(_), happening) => self.on_introducing(switch, id, happening),
            (Stage::Choosing(_), happening) => self.on_choosing(switch, id, happening),
            (Stage::Calling(_), Happening::Dialed(dest, progress)) => {
                self.on_progress(switch, id, *dest, *progress)
            }
            (Stage::Calling(_), Happening::PickedUp { line, by }) => {
                self.on_picked_up(switch, id, *line, *by)
            }
            (Stage::Calling(_), Happening::Forwarded { line, exten }) => {
                self.on_forwarded(switch, id, *line, exten)
            }
            (Stage::Calling(_), Happening::Subroutine { of, completed }) => {
                self.on_prepared(switch, id, *of, *completed)
            }
            (Stage::Calling(_), Happening::Timer(timer)) => self.on_timer(switch, id, *timer),
            (Stage::Calling(_), Happening::Digit(digit)) => self.on_key(switch, id, *digit),
            (Stage::Announcing(_), happening) => self.on_announcing(switch, id, happening),
            (Stage::Pressing(_), happening) => self.on_pressing(switch, id, happening),
            (Stage::Calling(_), Happening::HungUp) => {
                let cause = switch.channels.get(&id).and_then(|caller| caller.cause);
                self.cancel_all(switch, id, DialStatus::Cancel, cause);
                switch.set_variable(id, "DIALSTATUS", DialStatus::Cancel.text());
                Step::Hangup
            }
            (
                Stage::Screening { dest },
                Happening::Subroutine {
                    completed: true, ..
                },
            ) => {
                let dest = *dest;
                self.on_screened(switch, id, dest)
            }
            (Stage::Screening { .. }, Happening::Subroutine { .. }) => {
                fail(switch, id, DialStatus::NoAnswer)
            }
            (Stage::Screening { dest }, Happening::HungUp) => {
                switch.release(*dest);
                Step::Hangup
            }
            (Stage::Talking(talk), happening) => {
                let talk = *talk;
                self.on_talk(switch, id, talk, happening)
            }
            _ => Step::Wait(self),
        }
    }
}

/// Nobody answered: the dialplan goes on, unless the caller is gone.
fn fail(switch: &mut Switch, id: ChannelId, status: DialStatus) -> Step {
    switch.touched.insert(id);
    switch.stop_music(id);
    switch.stop_tones(id);
    switch.set_variable(id, "DIALSTATUS", status.text());
    Step::Done
}

/// What a dial came to in which nobody answered.
fn summary(ended: &[DialStatus]) -> DialStatus {
    let order = [
        DialStatus::Busy,
        DialStatus::Congestion,
        DialStatus::NoAnswer,
    ];
    let found = order.into_iter().find(|status| ended.contains(status));
    found.unwrap_or(DialStatus::ChanUnavail)
}

/// Tells a time in whole seconds and, as `NAME_MS`, in milliseconds.
fn tell_time(switch: &mut Switch, id: ChannelId, name: &str, time: Duration) {
    switch.set_variable(id, name, &time.as_secs().to_string());
    switch.set_variable(id, &format!("{name}_MS"), &time.as_millis().to_string());
}
