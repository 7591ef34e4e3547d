//! What a session is told again from the journal, page by page, while others go on.

use crate::journal::{History, Step};
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::JoinHandle;

/// Events that are read from the journal.
pub(crate) struct Replay {
    steps: VecDeque<Step>,
    /// The history, where it is read or will be.
    history: Option<History>,
    reading: Option<JoinHandle<(History, Vec<Step>)>>,
}

impl Replay {
    pub(crate) fn new(history: History) -> Self {
        Self {
            steps: VecDeque::new(),
            history: Some(history),
            reading: None,
        }
    }

    /// What comes next; `None` if it cannot be read, as the server ends.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Step>> {
        self.poll_ready(context).map(|()| self.steps.pop_front())
    }

    /// What comes next of what has been read.
    pub(crate) fn next(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// Whether there is something next, or never will be.
    pub(crate) fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()> {
        while self.steps.is_empty() {
            if let Some(mut history) = self.history.take() {
                // It waits for the disk, where that holds nobody up.
                self.reading = Some(tokio::task::spawn_blocking(move || {
                    let steps = history.page();
                    (history, steps)
                }));
            }
            let Some(reading) = &mut self.reading else {
                return Poll::Ready(());
            };
            match Pin::new(reading).poll(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok((history, steps))) => {
                    self.reading = None;
                    self.history = Some(history);
                    self.steps = steps.into();
                }
                Poll::Ready(Err(_)) => {
                    self.reading = None;
                    return Poll::Ready(());
                }
            }
        }
        Poll::Ready(())
    }
}
