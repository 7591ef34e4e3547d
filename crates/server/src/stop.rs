//! How the server ends: signals and console commands say when, and everything is ended in order.

use crate::node::{Node, Stop, When};
use crate::server::Afterwards;
use model::Event;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use switch::Input;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::timeout;

/// How long calls may take to end once all are hung up.
const HANGING_UP: Duration = Duration::from_secs(5);
/// How long managers may take to read what there still is to tell.
const TELLING: Duration = Duration::from_secs(2);

/// The signals we obey: end, and read the configuration again.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
    hangup: Signal,
}

impl Signals {
    /// Takes them over.
    pub(crate) fn take() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Obeys them and the console until the server is to end now; gives how.
    pub(crate) async fn obey(mut self, node: &Arc<Node>) -> Stop {
        let mut stopping = node.stopping();
        loop {
            let wanted = *stopping.borrow_and_update();
            tokio::select! {
                () = when_due(node, wanted) => {
                    if let Some(stop) = wanted {
                        return stop;
                    }
                }
                _ = stopping.changed() => {}
                _ = self.terminate.recv() => return Stop { when: When::Now, restart: false },
                _ = self.interrupt.recv() => return Stop { when: When::Now, restart: false },
                _ = self.quit.recv() => return Stop { when: When::Now, restart: false },
                _ = self.hangup.recv() => reload(node).await,
            }
        }
    }
}

/// Has a file that may not grow (`ulimit -f`) be an error of whoever writes it, not the end of the server.
pub(crate) fn outlive_limits() -> io::Result<()> {
    let too_large = nix::sys::signal::Signal::SIGXFSZ as i32;
    signal(SignalKind::from_raw(too_large)).map(drop)
}

async fn reload(node: &Arc<Node>) {
    tracing::info!("hangup signal: the configuration is read again");
    if let Err(error) = node.reload(None).await {
        tracing::error!("{error}");
    }
}

/// Waits until the server shall end now; for ever if it shall not.
async fn when_due(node: &Node, stop: Option<Stop>) {
    match stop.map(|stop| stop.when) {
        None => std::future::pending().await,
        Some(When::Now) => {}
        Some(When::Gracefully) => {
            let _ = node.switch.tell(Input::Retire { hang_up: false }).await;
            node.switch.no_calls().await;
        }
        Some(When::Convenient) => node.switch.no_calls().await,
    }
}

/// Ends everything: no newcomers, calls hung up, managers told.
pub(crate) async fn end(node: &Arc<Node>, how: Stop) -> Afterwards {
    node.close_listeners();
    let _ = node.switch.tell(Input::Retire { hang_up: true }).await;
    if timeout(HANGING_UP, node.switch.no_calls()).await.is_err() {
        tracing::error!("calls are left that do not end");
    }
    let _ = node
        .notice(Event::Shutdown {
            cleanly: true,
            restart: how.restart,
        })
        .await;
    node.end_sessions().await;
    if timeout(TELLING, node.sessions.all_gone()).await.is_err() {
        tracing::debug!(
            "{} manager sessions are closed with events unread",
            node.sessions.count()
        );
    }
    node.sip.stop().await;
    node.close_journal().await;
    tracing::info!("the server has ended");
    if how.restart {
        Afterwards::Restart
    } else {
        Afterwards::End
    }
}
