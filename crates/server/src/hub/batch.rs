//! The events of one turn of the switch, and what is made of them for all readers.

use ami::{Classes, Dialect};
use manager::{Memory, Recalled, Rendered, Style};
use model::{Event, Record, Seq};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The events of one turn of the switch, at least one.
pub(crate) struct Batch {
    pub(super) weight: usize,
    style: Arc<Style>,
    keeps: bool,
    entries: Vec<Entry>,
    /// The classes its events are of, once they have been looked at.
    classes: OnceLock<Vec<Classes>>,
}

/// An event and what is made of it for managers, once for all of them.
struct Entry {
    seq: Seq,
    rendered: OnceLock<Rendered>,
    /// What happened: only until it is put in words, which are far smaller, unless somebody wants both.
    happened: Mutex<Option<Arc<Happened>>>,
}

/// An event, and what was remembered for it.
pub(crate) struct Happened {
    pub(crate) record: Record,
    recalled: Recalled,
}

impl Batch {
    /// `keeps` what happened beside the words for it.
    pub(super) fn new(
        records: Vec<Record>,
        style: Arc<Style>,
        memory: &mut Memory,
        keeps: bool,
    ) -> Self {
        let weight = records.iter().map(|record| weight(&record.event)).sum();
        let entries = records.into_iter().map(|record| Entry {
            seq: record.seq,
            rendered: OnceLock::new(),
            happened: Mutex::new(Some(Arc::new(Happened {
                recalled: memory.note(&record.event),
                record,
            }))),
        });
        Self {
            weight,
            style,
            keeps,
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
        self.entries_from(next).map(|entry| self.rendered(entry))
    }

    /// What happened from this number on, as far as it is kept, and as managers are told it.
    pub(crate) fn happened(&self, next: u64) -> impl Iterator<Item = (Arc<Happened>, &Rendered)> {
        self.entries_from(next).filter_map(|entry| {
            let happened = entry.happened().clone()?;
            Some((happened, self.rendered(entry)))
        })
    }

    fn entries_from(&self, next: u64) -> impl Iterator<Item = &Entry> {
        let known = usize::try_from(next.saturating_sub(self.first())).unwrap_or(usize::MAX);
        self.entries.iter().skip(known)
    }

    fn rendered<'a>(&self, entry: &'a Entry) -> &'a Rendered {
        entry.rendered.get_or_init(|| {
            let happened = match self.keeps {
                true => entry.happened().clone(),
                false => entry.happened().take(),
            };
            match happened {
                Some(of) => Rendered::new(&of.record, &of.recalled, &self.style),
                // Only if there was a panic over its words before.
                None => Rendered::untold(self.style.run.at(entry.seq)),
            }
        })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn first(&self) -> u64 {
        self.entries.first().map_or(0, |entry| entry.seq.0)
    }

    pub(super) fn end(&self) -> u64 {
        self.first() + self.entries.len() as u64
    }
}

impl Entry {
    fn happened(&self) -> MutexGuard<'_, Option<Arc<Happened>>> {
        self.happened.lock().unwrap_or_else(PoisonError::into_inner)
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
