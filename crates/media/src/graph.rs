//! Who hears whom.

use model::{MediaId, Voice};
use std::collections::BTreeMap;

/// Edges from speakers to listeners, readable from both ends.
#[derive(Default)]
pub(crate) struct Graph {
    /// Each with whether it hears digits too.
    listeners: BTreeMap<Voice, Vec<(MediaId, bool)>>,
    sources: BTreeMap<MediaId, Vec<Voice>>,
}

impl Graph {
    /// `to` hears `from`, with or without its digits.
    pub(crate) fn connect(&mut self, from: Voice, to: MediaId, digits: bool) {
        let listeners = self.listeners.entry(from).or_default();
        match listeners.iter_mut().find(|(listener, _)| *listener == to) {
            Some(known) => known.1 = digits,
            None => {
                listeners.push((to, digits));
                self.sources.entry(to).or_default().push(from);
            }
        }
    }

    /// `to` no longer hears `from`.
    pub(crate) fn disconnect(&mut self, from: Voice, to: MediaId) {
        take_out(&mut self.listeners, from, |(listener, _)| *listener == to);
        take_out(&mut self.sources, to, |source| *source == from);
    }

    /// A leg is gone.
    pub(crate) fn remove(&mut self, leg: MediaId) {
        let voice = Voice::Leg(leg);
        for (to, _) in self.listeners.remove(&voice).unwrap_or_default() {
            take_out(&mut self.sources, to, |source| *source == voice);
        }
        for from in self.sources.remove(&leg).unwrap_or_default() {
            take_out(&mut self.listeners, from, |(listener, _)| *listener == leg);
        }
    }

    /// Who hears `from`, and whether with its digits.
    pub(crate) fn listeners(&self, from: Voice) -> &[(MediaId, bool)] {
        self.listeners.get(&from).map_or(&[], Vec::as_slice)
    }

    /// How many `to` hears.
    pub(crate) fn sources(&self, to: MediaId) -> usize {
        self.sources.get(&to).map_or(0, Vec::len)
    }
}

fn take_out<K: Ord, T>(edges: &mut BTreeMap<K, Vec<T>>, of: K, is_other: impl Fn(&T) -> bool) {
    if let Some(others) = edges.get_mut(&of) {
        others.retain(|other| !is_other(other));
        if others.is_empty() {
            edges.remove(&of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PlayId;

    #[test]
    fn edges_are_seen_from_both_ends() {
        let (a, b, file) = (MediaId(1), MediaId(2), Voice::Play(PlayId(1)));
        let mut graph = Graph::default();
        graph.connect(a.into(), a, true);
        graph.connect(a.into(), b, true);
        graph.connect(a.into(), b, false);
        graph.connect(file, b, true);
        assert_eq!(graph.listeners(a.into()), [(a, true), (b, false)]);
        assert_eq!((graph.sources(a), graph.sources(b)), (1, 2));
        graph.disconnect(file, b);
        graph.remove(a);
        assert!(graph.listeners.is_empty() && graph.sources.is_empty());
    }
}
