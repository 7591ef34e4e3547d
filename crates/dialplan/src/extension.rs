//! The priorities of one extension, by number and by label.

use crate::dialplan::{Extension, Priority};

impl Extension {
    /// A priority by number.
    pub fn priority(&self, number: u32) -> Option<&Priority> {
        let index = self
            .priorities
            .binary_search_by_key(&number, |priority| priority.number);
        index.ok().and_then(|index| self.priorities.get(index))
    }

    /// The number of a labelled priority.
    pub fn labelled(&self, label: &str) -> Option<u32> {
        let mut priorities = self.priorities.iter();
        priorities
            .find(|priority| priority.label.as_deref() == Some(label))
            .map(|priority| priority.number)
    }

    /// Adds a priority; gives it back if its number is taken.
    pub(crate) fn add(&mut self, priority: Priority) -> Result<(), Priority> {
        match self
            .priorities
            .binary_search_by_key(&priority.number, |known| known.number)
        {
            Ok(_) => Err(priority),
            Err(index) => {
                self.priorities.insert(index, priority);
                Ok(())
            }
        }
    }
}
