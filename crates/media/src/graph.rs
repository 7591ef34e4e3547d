//! Who hears whom.

use model::MediaId;
use std::collections::BTreeMap;

/// Edges from speakers to listeners, readable from both ends.
#[derive(Default)]
pub(crate) struct Graph {
    listeners: BTreeMap<MediaId, Vec<MediaId>>,
    sources: BTreeMap<MediaId, Vec<MediaId>>,
}

impl Graph {
    /// `to` hears `from`.
    pub(crate) fn connect(&mut self, from: MediaId, to: MediaId) {
        let listeners = self.listeners.entry(from).or_default();
        if !listeners.contains(&to) {
            listeners.push(to);
            self.sources.entry(to).or_default().push(from);
        }
    }

    /// `to` no longer hears `from`.
    pub(crate) fn disconnect(&mut self, from: MediaId, to: MediaId) {
        take_out(&mut self.listeners, from, to);
        take_out(&mut self.sources, to, from);
    }

    /// A leg is gone.
    pub(crate) fn remove(&mut self, leg: MediaId) {
        for to in self.listeners.remove(&leg).unwrap_or_default() {
            take_out(&mut self.sources, to, leg);
        }
        for from in self.sources.remove(&leg).unwrap_or_default() {
            take_out(&mut self.listeners, from, leg);
        }
    }

    /// Who hears `from`.
    pub(crate) fn listeners(&self, from: MediaId) -> &[MediaId] {
        self.listeners.get(&from).map_or(&[], Vec::as_slice)
    }

    /// How many `to` hears.
    pub(crate) fn sources(&self, to: MediaId) -> usize {
        self.sources.get(&to).map_or(0, Vec::len)
    }
}

fn take_out(edges: &mut BTreeMap<MediaId, Vec<MediaId>>, of: MediaId, other: MediaId) {
    if let Some(others) = edges.get_mut(&of) {
        others.retain(|id| *id != other);
        if others.is_empty() {
            edges.remove(&of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_seen_from_both_ends() {
        let (a, b, c) = (MediaId(1), MediaId(2), MediaId(3));
        let mut graph = Graph::default();
        graph.connect(a, a);
        graph.connect(a, b);
        graph.connect(a, b);
        graph.connect(c, b);
        assert_eq!(graph.listeners(a), [a, b]);
        assert_eq!((graph.sources(a), graph.sources(b)), (1, 2));
        graph.disconnect(c, b);
        graph.remove(a);
        assert!(graph.listeners.is_empty() && graph.sources.is_empty());
    }
}
