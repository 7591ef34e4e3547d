//! Dial's `p` and `P`: nobody is connected to whom the called party does not want to talk. Callers say
//! who they are before anybody is called; whoever answers hears that and chooses (`choice.rs`). With `P`
//! the choice is kept in the database, in the family `privacy`, and counts from then on.

use super::{Dial, Stage, fail};
use crate::Switch;
use crate::app::Step;
use crate::channel::Channel;
use crate::happening::{Happening, Progress};
use model::{ChannelId, DialStatus, PlayId};
use std::sync::Arc;
use std::time::Duration;

/// How callers are screened.
#[derive(Clone, Debug)]
pub(super) enum Screening {
    /// `p`: each time anew.
    Anew,
    /// `P`: choices are kept below this key, or the extension if it is empty.
    Kept(String),
}

/// What becomes of what callers say of themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Introductions {
    /// It is kept, and they are not asked again.
    #[default]
    Kept,
    /// It is removed once the called party has chosen.
    Removed,
    /// And if the caller hangs up before.
    AlwaysRemoved,
}

/// A call that is screened.
#[derive(Clone, Debug)]
pub(super) struct Screened {
    /// Whether choices are kept: there is one more then.
    pub(super) keeps: bool,
    /// Where the choice about this caller is kept, if it is and the caller shows a number.
    pub(super) path: Option<String>,
    /// The sound of the introduction.
    pub(super) introduction: Arc<str>,
}

/// How far the caller has come with saying who calls.
#[derive(Clone, Copy, Debug)]
pub(super) enum Introduction {
    /// There may be an introduction already.
    Sought(PlayId),
    /// "At the tone, please say your name."
    Asked(PlayId),
    Recorded(PlayId),
    /// "Please wait while I try to connect you."
    Thanked(PlayId),
}

/// How long an introduction is at most, and the silence that ends it.
const LENGTH: Duration = Duration::from_secs(4);
const SILENCE: Duration = Duration::from_secs(2);

impl Dial {
    /// Has the caller say who calls, where that is wanted, and calls.
    pub(super) fn introduce(mut self: Box<Self>, switch: &mut Switch, id: ChannelId) -> Step {
        let options = &self.request.options;
        let (Some(screening), Some(caller)) = (&options.screening, switch.channels.get(&id)) else {
            return self.begin(switch, id);
        };
        if options.known_pass && number(caller).is_some() {
            return self.begin(switch, id);
        }
        let screened = Screened::new(screening, caller);
        let introductions = options.introductions;
        let chosen = screened
            .path
            .as_deref()
            .map(|path| switch.database.get(path));
        let chosen = chosen.flatten().map(|chosen| chosen.to_ascii_lowercase());
        match chosen.as_deref() {
            Some("allow") => return self.begin(switch, id),
            Some("deny") => return fail(switch, id, DialStatus::NoAnswer),
            Some("kill") => return turn_away(switch, id, "DONTCALL"),
            Some("torture") => return turn_away(switch, id, "TORTURE"),
            Some(_) | None => {}
        }
        let file = Arc::clone(&screened.introduction);
        self.screened = Some(screened);
        self.stage = Stage::Introducing(match introductions {
            Introductions::Kept => Introduction::Sought(switch.find_sound(id, file)),
            Introductions::Removed | Introductions::AlwaysRemoved => ask(switch, id),
        });
        Step::Wait(self)
    }

    pub(super) fn on_introducing(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        happening: &Happening,
    ) -> Step {
        let (Stage::Introducing(introduction), Some(screened)) = (&mut self.stage, &self.screened)
        else {
            return Step::Wait(self);
        };
        let (Introduction::Sought(play)
        | Introduction::Asked(play)
        | Introduction::Recorded(play)
        | Introduction::Thanked(play)) = *introduction;
        if *happening == Happening::HungUp {
            switch.stop_play(Some(play));
            self.forget_introduction(switch, false);
            return Step::Hangup;
        }
        let Happening::Played {
            play: ended,
            failed,
        } = *happening
        else {
            return Step::Wait(self);
        };
        if ended != play {
            return Step::Wait(self);
        }
        *introduction = match *introduction {
            Introduction::Sought(_) if failed => ask(switch, id),
            Introduction::Sought(_) | Introduction::Thanked(_) => return self.begin(switch, id),
            Introduction::Asked(_) => {
                let file = Arc::clone(&screened.introduction);
                Introduction::Recorded(switch.record(id, file, LENGTH, SILENCE))
            }
            Introduction::Recorded(_) => {
                Introduction::Thanked(switch.play(id, vec!["vm-dialout".into()], false))
            }
        };
        Step::Wait(self)
    }

    /// What the caller said is removed, where it is not to be kept. `chosen`: the called party has heard
    /// it.
    pub(super) fn forget_introduction(&self, switch: &mut Switch, chosen: bool) {
        let removed = match self.request.options.introductions {
            Introductions::Kept => false,
            Introductions::Removed => chosen,
            Introductions::AlwaysRemoved => true,
        };
        if let Some(screened) = self.screened.as_ref().filter(|_| removed) {
            switch.remove_sound(Arc::clone(&screened.introduction));
        }
    }
}

impl Screened {
    fn new(screening: &Screening, caller: &Channel) -> Self {
        let exten = plain(&caller.exten);
        let number = number(caller);
        let name = match &number {
            Some(number) => number.clone(),
            None => format!(
                "NOCALLERID_{exten}{}",
                plain(&caller.name.replace('/', "="))
            ),
        };
        let path = |key: &String| {
            let key = if key.is_empty() { &exten } else { key };
            number.map(|number| format!("/privacy/{key}/{number}"))
        };
        let (keeps, path) = match screening {
            Screening::Anew => (false, None),
            Screening::Kept(key) => (true, path(key)),
        };
        Self {
            keeps,
            path,
            introduction: format!("priv-callerintros/{name}").into(),
        }
    }
}

/// The number a caller shows.
fn number(caller: &Channel) -> Option<String> {
    let number = caller.caller.number.as_deref().map(plain);
    number.filter(|number| !number.is_empty())
}

/// What of a text is fit for a key and a file name, and no more than that.
fn plain(text: &str) -> String {
    const LONGEST: usize = 80;
    let fit = |c: &char| c.is_ascii_alphanumeric() || "+*#=-_".contains(*c);
    text.chars().filter(fit).take(LONGEST).collect()
}

fn ask(switch: &mut Switch, id: ChannelId) -> Introduction {
    switch.indicate(id, Progress::EarlyMedia);
    let files = ["priv-recordintro", "beep"].map(Arc::from).to_vec();
    Introduction::Asked(switch.play(id, files, false))
}

/// The caller shall not be talked to; the dialplan may answer in kind.
pub(super) fn turn_away(switch: &mut Switch, id: ChannelId, status: &str) -> Step {
    fail(switch, id, DialStatus::NoAnswer);
    switch.set_variable(id, "DIALSTATUS", status);
    Step::Done
}
