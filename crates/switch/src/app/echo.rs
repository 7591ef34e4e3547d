//! Echo: the caller hears what the caller says.

use super::{Application, Step, Waiting};
use crate::Switch;
use crate::channel::Happening;
use model::ChannelId;

pub(super) const ECHO: Application = Application {
    name: "Echo",
    synopsis: "Echo media, DTMF back to the calling party",
    arguments: "",
    options: &[],
    start: |switch, _, _| {
        switch.rewired = true;
        Step::Wait(Box::new(Echo))
    },
};

/// Sound goes back until the caller hangs up or presses `#`.
#[derive(Debug)]
pub(crate) struct Echo;

impl Waiting for Echo {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            return Step::Hangup;
        }
        let Happening::Digit(digit) = happening else {
            return Step::Wait(self);
        };
        if *digit == '#' {
            switch.rewired = true;
            return Step::Done;
        }
        switch.send_digit(id, *digit, 100, None);
        Step::Wait(self)
    }
}
