//! Places in the dialplan: where channels go, and whether what is asked for is there.

use crate::Switch;
use crate::channel::Frame;
use model::{ChannelId, Extension, Refusal};
use std::sync::Arc;

/// A place in the dialplan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Context.
    pub(crate) context: Arc<str>,
    /// Extension.
    pub(crate) exten: Arc<str>,
    /// Priority, from 1.
    pub(crate) priority: u32,
}

impl Switch {
    /// The place asked for, whether or not something is there; `None` if its priority is neither a number
    /// from 1 nor a label there.
    pub(crate) fn find_place(&self, asked: &Extension) -> Option<Place> {
        let Extension {
            context,
            exten,
            priority,
        } = asked;
        Some(Place {
            context: Arc::clone(context),
            exten: Arc::clone(exten),
            priority: self.find_priority(context, exten, priority)?,
        })
    }

    /// Whether something is at the place asked for.
    pub(crate) fn check_extension(&self, asked: &Extension) -> Result<(), Refusal> {
        let place = self.find_place(asked).ok_or(Refusal::InvalidPriority)?;
        let (context, exten) = (&place.context, &place.exten);
        let (dialplan, now) = (&self.config.dialplan, self.local_time());
        if dialplan.exists(context, exten, place.priority, "", &now) {
            Ok(())
        } else {
            Err(Refusal::NoSuchExtension)
        }
    }

    /// A priority by number or label.
    pub(crate) fn find_priority(&self, context: &str, exten: &str, text: &str) -> Option<u32> {
        match text.parse() {
            Ok(0) => None,
            Ok(number) => Some(number),
            Err(_) => {
                let (dialplan, now) = (&self.config.dialplan, self.local_time());
                dialplan.label(context, exten, text, "", &now)
            }
        }
    }

    /// Where a channel would go on if what it does ended now.
    pub(crate) fn next_place(&self, id: ChannelId) -> Option<Place> {
        let channel = self.channels.get(&id)?;
        let in_dialplan = channel
            .run
            .iter()
            .any(|frame| matches!(frame, Frame::Dialplan));
        Some(Place {
            context: Arc::clone(&channel.context),
            exten: Arc::clone(&channel.exten),
            priority: channel.priority + u32::from(in_dialplan),
        })
    }
}
