//! Work that may wait, done by a thread that runs when nobody else would: what is asked of others meanwhile
//! does not wait for it, nor do calls.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::{io, thread};
use thread_priority::unix::{NormalThreadSchedulePolicy, ThreadSchedulePolicy};
use thread_priority::{ThreadPriority, set_thread_priority_and_policy, thread_native_id};
use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// Where work that may wait is left. Whoever leaves some waits for it before leaving more, so there is never
/// more than one piece for each session.
pub(crate) struct Background {
    work: mpsc::Sender<Work>,
}

impl Background {
    /// Starts the thread; it ends with this handle.
    pub(crate) fn start() -> io::Result<Self> {
        let (work, left) = mpsc::channel::<Work>();
        let thread = thread::Builder::new().name("background".into());
        thread.spawn(move || {
            give_way();
            for work in left {
                // The panic is logged, and who waits for the result is told that there is none.
                let _ = catch_unwind(AssertUnwindSafe(work));
            }
        })?;
        Ok(Self { work })
    }

    /// Leaves a piece of work, of well under a millisecond, as others wait behind it; gives what will come of
    /// it, an error if it fails.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> oneshot::Receiver<T> {
        let (done, result) = oneshot::channel();
        let work = Box::new(move || {
            let _ = done.send(work()); // Whoever wanted it may be gone.
        });
        let _ = self.work.send(work); // The thread ends after this handle.
        result
    }
}

/// This thread runs from now on when no other would (sched(7), SCHED_IDLE).
fn give_way() {
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let thread = thread_native_id();
    if let Err(error) = set_thread_priority_and_policy(thread, ThreadPriority::Min, idle) {
        tracing::warn!("Background work runs beside all other: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_where_it_gives_way() {
        let background = Background::start().unwrap();
        let failed = background.run(|| panic!("work that fails"));
        failed.await.unwrap_err();
        let policy = background.run(thread_priority::thread_schedule_policy);
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        assert_eq!(policy.await.unwrap().unwrap(), idle);
    }
}
