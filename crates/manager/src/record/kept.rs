//! Events as they were told, kept and told again: the words stay what they were.

use super::{Rendered, Told};
use ami::{Classes, Message, event};
use model::Mark;
use std::sync::{Arc, OnceLock};

/// An event in words, as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept<'a> {
    /// Told to who may hear all of these.
    pub classes: Classes,
    /// So many headers stand before `Sequence`.
    pub head: u8,
    /// As it is written.
    pub text: &'a str,
}

impl Told {
    /// As it is kept.
    pub fn kept(&self) -> Kept<'_> {
        Kept {
            classes: self.classes,
            head: self.head,
            text: self.message.wire(),
        }
    }

    /// What was kept. `None` if it cannot be an event of ours: nobody is told what no filter knows.
    fn restored(mark: Mark, kept: Kept<'_>) -> Option<Self> {
        let message = Message::from_wire(kept.text)?;
        let name = event::known_name(message.first("Event")?)?;
        Some(Self {
            mark,
            name,
            classes: kept.classes,
            stray: stray::is_in(kept.text),
            message,
            head: kept.head,
            fresh: false,
            json: OnceLock::new(),
        })
    }
}

impl Rendered {
    /// What was kept of an event, as it is told today and as release 1.8 told it.
    pub fn restored(mark: Mark, told: [Option<Kept<'_>>; 2]) -> Self {
        let restored = |kept| Told::restored(mark, kept).map(Arc::new);
        let [told, legacy] = told.map(|kept| kept.and_then(restored));
        Self { mark, told, legacy }
    }
}
