//! The task that looks at what happened, and tells it on.

use super::line::Line;
use super::otel::Exporter;
use super::span::{Span, SpanIds};
use super::story::{Happened, Story};
use super::{Figures, Wishes};
use crate::hub::{Hub, Reader};
use ami::Dialect;
use manager::Traced;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

/// How often it looks.
const PACE: Duration = Duration::from_millis(100);
/// Batches of events it takes before it lets others have a turn.
const BATCHES: usize = 64;

/// The task.
pub(super) struct Watcher {
    pub(super) hub: Arc<Hub>,
    pub(super) notes: mpsc::Receiver<Traced>,
    pub(super) wishes: watch::Receiver<Wishes>,
    pub(super) figures: Arc<Figures>,
}

/// What it does while somebody wants traces.
struct Watch {
    reader: Reader,
    story: Story,
    exporter: Option<Exporter>,
    /// What became of actions whose events may not have been looked at.
    answers: Vec<Traced>,
}

impl Watcher {
    /// To the node's end.
    pub(super) async fn run(mut self) {
        loop {
            let wished = self
                .wishes
                .wait_for(|wishes| wishes.any() || wishes.over)
                .await;
            match wished.map(|wishes| wishes.over) {
                Ok(false) => self.watch().await,
                Ok(true) | Err(_) => return,
            }
        }
    }

    /// As long as anybody wants traces.
    async fn watch(&mut self) {
        self.drain(); // what nobody wanted
        let mut seed = [0; 8];
        if let Err(error) = getrandom::fill(&mut seed) {
            tracing::error!(%error, "the system has no entropy: nothing is traced");
            let _ = self.wishes.changed().await;
            return;
        }
        self.hub.keep(true);
        let mut watch = Watch {
            reader: self.hub.subscribe(),
            story: Story::new(SpanIds::from(u64::from_ne_bytes(seed))),
            exporter: None,
            answers: Vec::new(),
        };
        let mut pace = interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let wishes = self.wishes.borrow_and_update().clone();
            if wishes.over || !wishes.any() {
                break;
            }
            Exporter::renew(&mut watch.exporter, wishes.collector, &self.figures);
            while !self.wishes.has_changed().unwrap_or(true) {
                pace.tick().await;
                self.look(&mut watch).await;
            }
        }
        self.look(&mut watch).await;
        self.look(&mut watch).await; // what was put off
        self.hub.keep(false);
        if let Some(exporter) = watch.exporter {
            exporter.finish().await;
        }
    }

    /// Takes all there is. An action is told of before its call begins, and its call's first event is
    /// there before its answer is told of; so none is missed if actions are looked at before and after.
    async fn look(&mut self, watch: &mut Watch) {
        let before = self.drain();
        let mut batches = Vec::new();
        loop {
            match watch.reader.read() {
                Ok(Some(batch)) => batches.push(batch),
                Ok(None) => break,
                Err(missed) => {
                    tracing::warn!("{} events are too many to be traced", missed.count());
                    Figures::count(&self.figures.dropped, watch.story.forget());
                }
            }
        }
        let after = self.drain();
        let accepted = before.iter().chain(&after).filter_map(|note| match note {
            Traced::Accepted(action) => Some(&**action),
            Traced::Answered { .. } => None,
        });
        let (makes, changes): (Vec<_>, Vec<_>) =
            accepted.partition(|action| action.about.is_empty());
        for action in makes {
            watch.story.begin_call(action);
        }
        for (index, (batch, from)) in batches.iter().enumerate() {
            for (happened, rendered) in batch.happened(*from) {
                watch.story.happen(Happened {
                    record: &happened.record,
                    name: rendered.told(Dialect::V22).map(|told| told.name),
                    place: rendered.mark(),
                });
            }
            if index % BATCHES == BATCHES - 1 {
                tokio::task::yield_now().await;
            }
        }
        for action in changes {
            watch.story.begin_change(action);
        }
        for answer in watch.answers.drain(..).chain(before) {
            watch.story.answer(&answer);
        }
        watch.answers = after;
        watch.story.settle();
        let (lines, spans) = watch.story.told();
        lines.iter().for_each(Line::write);
        Self::export(watch, spans, &self.figures);
    }

    fn export(watch: &Watch, spans: Vec<Span>, figures: &Figures) {
        if let Some(exporter) = &watch.exporter {
            let taken = spans.into_iter().map(|span| exporter.take(span));
            Figures::count(&figures.dropped, taken.filter(|taken| !taken).count());
        }
    }

    fn drain(&mut self) -> Vec<Traced> {
        std::iter::from_fn(|| self.notes.try_recv().ok()).collect()
    }
}
