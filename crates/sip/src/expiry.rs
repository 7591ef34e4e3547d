//! Contacts that did not register again in time.

use crate::core::Core;
use crate::steady;
use model::Signal;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// How long to wait where nothing is known to expire.
const LONG: Duration = Duration::from_secs(3_600);

/// Removes contacts as they expire, until the end.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stopped = core.stopped();
    let mut registration = core.registration();
    loop {
        let wait = core.registrar().next_expiry().map_or(LONG, |next| {
            Duration::try_from(next.duration_since(steady::now())).unwrap_or(Duration::ZERO)
        });
        tokio::select! {
            () = sleep(wait.min(LONG)) => {}
            // It ends with the core only, which is ours.
            _ = registration.changed() => {}
            () = stopped.wait() => return,
        }
        for fact in core.registrar().expire(steady::now()) {
            core.signal(Signal::Contact(fact)).await;
        }
    }
}
