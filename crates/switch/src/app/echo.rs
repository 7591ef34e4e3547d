//! Echo: the caller hears what the caller says.

use super::{Application, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use model::ChannelId;

pub(super) const ECHO: Application = Application {
    name: "Echo",
    synopsis: "Echo media, DTMF back to the calling party",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.touched.insert(id);
        Step::Wait(Box::new(Echo))
    },
};

/// Sound goes back until the caller hangs up or presses `#`.
#[derive(Debug)]
pub(crate) struct Echo;

impl Waiting for Echo {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.touched.insert(id);
            return Step::Hangup;
        }
        let Happening::Digit(digit) = happening else {
            return Step::Wait(self);
        };
        if *digit == '#' {
            switch.touched.insert(id);
            return Step::Done;
        }
        // Between the halves of a Local channel it would go back and forth for ever.
        if switch.other_half(id).is_none() {
            switch.send_digit(id, *digit, 100, None);
        }
        Step::Wait(self)
    }
}
