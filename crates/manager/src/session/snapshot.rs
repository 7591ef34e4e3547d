//! The state as a session may know it: told as events, by the same rights and filters.

use super::Session;
use crate::record::state_told;
use crate::{Style, Told};
use model::{Event, Now};

impl Session {
    /// Those of the events that tell the state which the session may hear, in words.
    pub fn tell_state(&self, now: Now, events: Vec<Event>) -> Vec<Told> {
        let style = Style::of(&self.node);
        let told = events
            .into_iter()
            .filter_map(|event| state_told(event, now.utc, &style, self.dialect()));
        told.filter(|told| self.member().is_some_and(|member| member.hears(told)))
            .collect()
    }
}
