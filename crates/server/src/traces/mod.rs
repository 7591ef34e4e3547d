//! Traces: each action that makes or changes calls, the calls that come of it, their legs and their
//! events, joined by an id. They are told to the log (level `trace`) and to a collector (otel.conf).
//!
//! All of it is made of the events, by a task that reads them from the hub ten times a second and that
//! nobody waits for; only what actions do comes by a queue of its own. Where nobody wants traces the
//! task sleeps and nothing comes.

mod leg;
mod line;
pub(crate) mod otel;
mod span;
mod story;
mod subject;
mod watcher;

use crate::hub::Hub;
use crate::log_conf::LogFile;
use crate::logger::Level;
use manager::Traced;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use watcher::Watcher;

/// What actions do that may wait to be looked at.
const QUEUE: usize = 4096;
/// How long the end of the process waits for the last spans to be taken.
const PARTING: Duration = Duration::from_secs(3);

/// Who wants traces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    /// The log.
    log: bool,
    /// A collector.
    collector: Option<Arc<otel::Settings>>,
    /// Nobody any more: the node ends.
    over: bool,
}

impl Wishes {
    pub(crate) fn of(collector: &Arc<otel::Settings>, files: &[LogFile]) -> Self {
        Self {
            log: files.iter().any(|file| file.levels.contains(&Level::Trace)),
            collector: collector.enabled.then(|| Arc::clone(collector)),
            over: false,
        }
    }

    pub(crate) fn any(&self) -> bool {
        self.log || self.collector.is_some()
    }
}

/// What becomes of spans.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Taken by the collector.
    pub(crate) sent: AtomicU64,
    /// Not kept: too many waited for the collector, or events were lost.
    pub(crate) dropped: AtomicU64,
    /// The collector did not take them.
    pub(crate) refused: AtomicU64,
}

impl Figures {
    fn count(count: &AtomicU64, spans: usize) {
        count.fetch_add(spans as u64, Ordering::Relaxed);
    }
}

/// The traces of a node.
pub(crate) struct Traces {
    notes: mpsc::Sender<Traced>,
    wishes: watch::Sender<Wishes>,
    task: Mutex<Option<JoinHandle<()>>>,
    pub(crate) figures: Arc<Figures>,
}

impl Traces {
    /// Starts the task, on the runtime that this is called on.
    pub(crate) fn start(hub: &Arc<Hub>, wishes: Wishes) -> Self {
        let (notes, taken) = mpsc::channel(QUEUE);
        let wishes = watch::Sender::new(wishes);
        let figures = Arc::<Figures>::default();
        let watcher = Watcher {
            hub: Arc::clone(hub),
            notes: taken,
            wishes: wishes.subscribe(),
            figures: Arc::clone(&figures),
        };
        Self {
            notes,
            wishes,
            task: Mutex::new(Some(tokio::spawn(watcher.run()))),
            figures,
        }
    }

    /// Others want traces from now on.
    pub(crate) fn configure(&self, wishes: Wishes) {
        self.wishes
            .send_if_modified(|known| std::mem::replace(known, wishes.clone()) != wishes);
    }

    /// An action does something with calls.
    pub(crate) fn take(&self, note: Traced) {
        if self.notes.try_send(note).is_err() {
            Figures::count(&self.figures.dropped, 1);
        }
    }

    /// Has told what there is to tell, unless that takes too long.
    pub(crate) async fn close(&self) {
        self.wishes.send_modify(|wishes| wishes.over = true);
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = task {
            let _ = timeout(PARTING, task).await;
        }
    }
}
