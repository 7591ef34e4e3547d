//! What SIP and media tell, on its way to the switch.

use crate::figures::Figures;
use crate::node::Node;
use crate::switch_task::Ended;
use model::{MediaReport, Signal};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use switch::Input;
use tokio::sync::mpsc;

/// What SIP has told and the switch has not taken yet; beyond it SIP waits.
const TOLD: usize = 1024;
/// Key presses that may wait; beyond it they are dropped, since media may not wait. Its other
/// reports are bounded by the legs and playbacks there are, and none of them may be lost.
const DIGITS: usize = 1024;

/// Media's end and ours.
pub(crate) struct Reports {
    waiting: Arc<AtomicUsize>,
    reports: mpsc::UnboundedReceiver<MediaReport>,
}

/// What media calls with its reports, and where they come out.
pub(crate) fn reports(figures: Figures) -> (impl FnMut(MediaReport) + Send + 'static, Reports) {
    let (sender, reports) = mpsc::unbounded_channel();
    let waiting = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&waiting);
    let mut dropped = 0_u64;
    let report = move |report| {
        let may_be_lost = match report {
            MediaReport::Quality { media, quality } => return figures.put(media, quality),
            MediaReport::DigitBegan { .. }
            | MediaReport::Digit { .. }
            | MediaReport::Talking { .. } => true,
            MediaReport::Finished { .. } | MediaReport::Failed { .. } => false,
        };
        if may_be_lost && counter.load(Ordering::Relaxed) > DIGITS {
            dropped += 1;
            tracing::error!(
                dropped,
                "the switch is too busy for key presses and for who talks"
            );
            return;
        }
        counter.fetch_add(1, Ordering::Relaxed);
        let _ = sender.send(report); // the switch may have ended
    };
    (report, Reports { waiting, reports })
}

/// SIP's end and ours.
pub(crate) fn told() -> (mpsc::Sender<sip::Told>, mpsc::Receiver<sip::Told>) {
    mpsc::channel(TOLD)
}

/// Takes everything to the switch until it ends.
pub(crate) fn start(node: &Arc<Node>, reports: Reports, told: mpsc::Receiver<sip::Told>) {
    tokio::spawn(feed_reports(Arc::clone(node), reports));
    tokio::spawn(feed_told(Arc::clone(node), told));
}

async fn feed_reports(node: Arc<Node>, mut media: Reports) {
    while let Some(report) = media.reports.recv().await {
        media.waiting.fetch_sub(1, Ordering::Relaxed);
        if node.switch.tell(Input::Media(report)).await.is_err() {
            return;
        }
    }
}

async fn feed_told(node: Arc<Node>, told: mpsc::Receiver<sip::Told>) {
    // An error says that the switch has ended.
    let _ = feed_told_until_the_end(&node, told).await;
}

async fn feed_told_until_the_end(
    node: &Node,
    mut told: mpsc::Receiver<sip::Told>,
) -> Result<(), Ended> {
    keep_contacts(node).await?;
    while let Some(told) = told.recv().await {
        match told {
            sip::Told::Signal(signal) => {
                if let Signal::Contact(_) = signal {
                    keep_contacts(node).await?;
                }
                node.switch.tell(Input::Signal(signal)).await?;
            }
            sip::Told::Notice(event) => node.notice(event).await?,
        }
    }
    Ok(())
}

/// Has the database keep what became of contacts. Nobody waits for the disk.
async fn keep_contacts(node: &Node) -> Result<(), Ended> {
    let changes = node.sip.take_unkept();
    if changes.is_empty() {
        return Ok(());
    }
    node.switch.tell(Input::Keep(changes)).await
}
