//! The events of one turn of the switch, and what is made of them for all readers.

use ami::{Classes, Dialect};
use manager::{Memory, Recalled, Rendered, Style};
use model::{Event, Record};
use std::sync::{Arc, OnceLock};

/// The events of one turn of the switch, at least one.
pub(crate) struct Batch {
    pub(super) weight: usize,
    style: Arc<Style>,
    entries: Vec<Entry>,
    /// The classes its events are of, once they have been looked at.
    classes: OnceLock<Vec<Classes>>,
}

/// An event and what is made of it for managers, once for all of them.
struct Entry {
    record: Record,
    recalled: Recalled,
    rendered: OnceLock<Rendered>,
}

impl Batch {
    pub(super) fn new(records: Vec<Record>, style: Arc<Style>, memory: &mut Memory) -> Self {
        let weight = records.iter().map(|record| weight(&record.event)).sum();
        let entries = records.into_iter().map(|record| Entry {
            recalled: memory.note(&record.event),
            record,
            rendered: OnceLock::new(),
        });
        Self {
            weight,
            style,
            entries: entries.collect(),
            classes: OnceLock::new(),
        }
    }

    /// The classes its events are of: who may hear all of one of them hears something.
    pub(super) fn classes(&self) -> &[Classes] {
        self.classes.get_or_init(|| {
            let mut classes = Vec::new();
            for event in self.from(self.first()) {
                let told = [Dialect::V22, Dialect::V1_8].map(|dialect| event.told(dialect));
                for told in told.into_iter().flatten() {
                    if !classes.contains(&told.classes) {
                        classes.push(told.classes);
                    }
                }
            }
            classes
        })
    }

    /// Whether there may be something in it for who may hear these.
    pub(super) fn is_for(&self, may_hear: Classes) -> bool {
        let hears = |event: &Classes| may_hear.bits() & event.bits() == event.bits();
        let known = self.classes.get();
        known.is_none_or(|classes| classes.iter().any(hears))
    }

    /// How they are told.
    pub(crate) fn style(&self) -> &Arc<Style> {
        &self.style
    }

    /// The events from this number on, as managers are told them; made by the first who asks.
    pub(crate) fn from(&self, next: u64) -> impl Iterator<Item = &Rendered> {
        let known = usize::try_from(next.saturating_sub(self.first())).unwrap_or(usize::MAX);
        self.entries.iter().skip(known).map(|entry| {
            entry
                .rendered
                .get_or_init(|| Rendered::new(&entry.record, &entry.recalled, &self.style))
        })
    }

    /// The events from this number on, and as managers are told them.
    pub(crate) fn records(&self, next: u64) -> impl Iterator<Item = (&Record, &Rendered)> {
        let known = usize::try_from(next.saturating_sub(self.first())).unwrap_or(usize::MAX);
        let records = self.entries.iter().map(|entry| &entry.record);
        records.skip(known).zip(self.from(next))
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn first(&self) -> u64 {
        self.entries.first().map_or(0, |entry| entry.record.seq.0)
    }

    pub(super) fn end(&self) -> u64 {
        self.first() + self.entries.len() as u64
    }
}

/// What an event and its rendering take, roughly: a channel's block is half a kilobyte.
fn weight(event: &Event) -> usize {
    const BLOCK: usize = 1024;
    let text = if let Event::VarSet { value, .. } = event {
        value.len()
    } else if let Event::UserEvent { headers, .. } = event {
        headers
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum()
    } else {
        0
    };
    BLOCK + 2 * text
}
