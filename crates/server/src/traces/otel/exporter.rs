//! The task that sends spans: in batches, again if need be, and dropping what is too much.

use super::collector::{Collector, Fault};
use super::encode;
use super::settings::Settings;
use crate::traces::Figures;
use crate::traces::span::Span;
use hyper::body::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout_at};

/// Spans that are sent at a time.
const BATCH: usize = 512;
/// How often a batch is sent at most, each time after twice as long a wait.
const ATTEMPTS: u32 = 5;
const WAIT: Duration = Duration::from_secs(1);

/// The task and the queue to it.
pub(in crate::traces) struct Exporter {
    settings: Arc<Settings>,
    spans: mpsc::Sender<Span>,
    task: JoinHandle<()>,
}

impl Exporter {
    /// Sends as these settings say from now on, or not at all; what waits is still sent.
    pub(in crate::traces) fn renew(
        exporter: &mut Option<Self>,
        settings: Option<Arc<Settings>>,
        figures: &Arc<Figures>,
    ) {
        if exporter.as_ref().map(|exporter| &exporter.settings) == settings.as_ref() {
            return;
        }
        *exporter = settings.and_then(|settings| {
            Self::start(&settings, figures)
                .inspect_err(|error| {
                    tracing::error!("otel.conf: {error}: traces are not sent anywhere");
                })
                .ok()
        });
    }

    fn start(settings: &Arc<Settings>, figures: &Arc<Figures>) -> Result<Self, String> {
        let collector = Collector::new(settings)?;
        let (spans, waiting) = mpsc::channel(settings.queue);
        let host = nix::unistd::gethostname().unwrap_or_default();
        let sending = Sending {
            collector,
            service: settings.service.clone(),
            host: host.to_string_lossy().into_owned(),
            interval: Duration::from_secs(settings.interval),
            figures: Arc::clone(figures),
            failing: false,
        };
        Ok(Self {
            settings: Arc::clone(settings),
            spans,
            task: tokio::spawn(sending.run(waiting)),
        })
    }

    /// Takes a span to be sent; false if there is no room for it.
    pub(in crate::traces) fn take(&self, span: Span) -> bool {
        self.spans.try_send(span).is_ok()
    }

    /// Sends what waits.
    pub(in crate::traces) async fn finish(self) {
        drop(self.spans);
        let _ = self.task.await;
    }
}

struct Sending {
    collector: Collector,
    service: String,
    host: String,
    interval: Duration,
    figures: Arc<Figures>,
    /// The collector did not take the last batch: that is told once.
    failing: bool,
}

impl Sending {
    /// As long as there may be spans.
    async fn run(mut self, mut waiting: mpsc::Receiver<Span>) {
        let mut batch = Vec::new();
        while let Some(first) = waiting.recv().await {
            batch.push(first);
            let due = tokio::time::Instant::now() + self.interval;
            while batch.len() < BATCH {
                let room = BATCH - batch.len();
                match timeout_at(due, waiting.recv_many(&mut batch, room)).await {
                    Ok(0) | Err(_) => break, // no more to come, or not in time
                    Ok(_) => {}
                }
            }
            self.send(&batch).await;
            batch.clear();
        }
    }

    async fn send(&mut self, batch: &[Span]) {
        let body = Bytes::from(encode::request(&self.service, &self.host, batch));
        let mut wait = WAIT;
        for attempt in 1..=ATTEMPTS {
            match self.collector.send(body.clone()).await {
                Ok(refused) => {
                    self.failing = false;
                    Figures::count(&self.figures.sent, batch.len().saturating_sub(refused));
                    return Figures::count(&self.figures.refused, refused);
                }
                Err(Fault::ForNow(reason)) if attempt < ATTEMPTS => {
                    self.complain(&reason);
                    sleep(wait).await;
                    wait *= 2;
                }
                Err(Fault::ForNow(reason) | Fault::ForGood(reason)) => {
                    self.complain(&reason);
                    break;
                }
            }
        }
        Figures::count(&self.figures.refused, batch.len());
    }

    fn complain(&mut self, reason: &str) {
        if !std::mem::replace(&mut self.failing, true) {
            tracing::warn!("the collector of traces does not take them: {reason}");
        }
    }
}
