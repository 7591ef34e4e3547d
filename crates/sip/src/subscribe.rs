//! SUBSCRIBE: phones that want to know how extensions and mailboxes are (RFC 6665).

use crate::authenticate::{Outcome, authenticate};
use crate::calls::{InDialog, Seat};
use crate::client;
use crate::core::Core;
use crate::dialog::Dialog;
use crate::dispatch::refuse;
use crate::handle::Told;
use crate::identify::dialled;
use crate::message::{self, header, with_body};
use crate::package::{self, Package};
use crate::respond;
use crate::settings::Endpoint;
use crate::status::status_of;
use crate::subscriptions::State;
use crate::transport::Flow;
use model::{Instruction, MessageCounts, Signal, Watched, WatchedState};
use rsipstack::sip::{Header, Method, Request};
use rsipstack::transaction::Transaction;
use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// How long the switch may take to say how something is.
const DECISION: Duration = Duration::from_secs(10);
/// How long a subscription lasts that does not say, and at most, in seconds.
const LIFETIME: u32 = 3_600;

/// A subscription.
struct Subscription {
    core: Arc<Core>,
    dialog: Dialog,
    package: Package,
    /// The `Event` header, with the `id` that tells subscriptions of a dialog apart.
    event: String,
    /// Whom it is about.
    entity: String,
    exten: String,
    watched: Vec<(Watched, watch::Receiver<State>)>,
    until: Instant,
    /// Documents told so far.
    version: u32,
}

/// Serves a SUBSCRIBE and the subscription that becomes of it.
pub(crate) async fn serve(
    core: &Arc<Core>,
    mut transaction: Transaction,
    flow: Flow,
    permit: OwnedSemaphorePermit,
) {
    let endpoint = match authenticate(core, &transaction.original, &flow).await {
        Outcome::Answer(response) => return respond::send(&mut transaction, *response).await,
        Outcome::Authentic(endpoint) => endpoint,
    };
    let event = header(&transaction.original, "Event")
        .unwrap_or_default()
        .to_owned();
    let Some(package) = Package::parse(&event) else {
        return refuse(core, transaction, 489).await;
    };
    let whats = match whats(core, &transaction.original, &endpoint, package) {
        Ok(whats) => whats,
        Err(status) => return refuse(core, transaction, status).await,
    };
    let tag = message::tag();
    let Some(dialog) = Dialog::incoming(&transaction.original, &tag, flow, &endpoint) else {
        return refuse(core, transaction, 400).await;
    };
    let mut subscription = Subscription {
        core: Arc::clone(core),
        entity: transaction.original.uri.to_string(),
        exten: dialled(&transaction.original),
        dialog,
        package,
        event,
        watched: Vec::new(),
        until: Instant::now(),
        version: 0,
    };
    for what in whats {
        if let Err(status) = subscription.watch(what).await {
            subscription.leave().await;
            return refuse(core, transaction, status).await;
        }
    }
    let seat = core.calls().seat(subscription.dialog.key());
    subscription.accept(&mut transaction, Some(&tag)).await;
    drop(transaction);
    drop(permit);
    subscription.run(seat).await;
}

impl Subscription {
    /// Begins to watch something; the status refuses it otherwise.
    async fn watch(&mut self, what: Watched) -> Result<(), u16> {
        let receiver = self.core.subscriptions().join(&what).ok_or(503u16)?;
        let (token, mut instructions) = self.core.calls().offer();
        let asked = self.core.told().try_send(Told::Signal(Signal::Watch {
            token,
            what: what.clone(),
        }));
        let answer = match asked {
            Ok(()) => timeout(DECISION, instructions.recv()).await.ok().flatten(),
            Err(_) => None,
        };
        self.core.calls().withdraw(token);
        if let Some(Instruction::Watching { state, .. }) = answer {
            self.core.subscriptions().began(&what, state);
            self.watched.push((what, receiver));
            return Ok(());
        }
        self.core.subscriptions().leave(&what, receiver);
        if let Some(Instruction::Refuse { cause, .. }) = answer {
            Err(status_of(Some(cause)))
        } else {
            Err(503)
        }
    }

    /// Tells the state, and again when it changes, until the subscription ends.
    async fn run(mut self, mut seat: Seat<'_>) {
        self.dialog.find_way(&self.core).await;
        let mut stopped = self.core.stopped();
        let mut goes_on = self.notify().await;
        while goes_on && Instant::now() < self.until {
            goes_on = tokio::select! {
                () = changed(&mut self.watched) => self.notify().await,
                Some(InDialog { transaction, flow }) = seat.requests.recv() => {
                    self.dialog.came_by(flow);
                    self.on_request(transaction).await
                }
                () = sleep_until(self.until) => {
                    self.notify().await;
                    false
                }
                () = stopped.wait() => false,
            };
        }
        self.leave().await;
    }

    /// Gives up what is watched.
    async fn leave(&mut self) {
        for (what, receiver) in self.watched.drain(..) {
            self.core.subscriptions().leave(&what, receiver);
            self.core.signal(Signal::Unwatch(what)).await;
        }
    }

    /// A request in its dialog. False once the subscription is over.
    async fn on_request(&mut self, mut transaction: Transaction) -> bool {
        if !self.dialog.is_in_order(&transaction.original) {
            respond::reply(&self.core, &mut transaction, 500).await;
            return true;
        }
        if transaction.original.method != Method::Subscribe {
            respond::reply(&self.core, &mut transaction, 405).await;
            return true;
        }
        self.dialog.refresh_target(&transaction.original.headers);
        self.dialog.find_way(&self.core).await;
        self.accept(&mut transaction, None).await;
        self.notify().await && Instant::now() < self.until
    }

    /// Accepts a SUBSCRIBE for as long as it asks, or for less.
    async fn accept(&mut self, transaction: &mut Transaction, tag: Option<&str>) {
        let asked = header(&transaction.original, "Expires").and_then(|text| text.parse().ok());
        let seconds: u32 = asked.unwrap_or(LIFETIME).min(LIFETIME);
        self.until = Instant::now() + Duration::from_secs(seconds.into());
        let contact = self.dialog.contact(&self.core);
        let mut response =
            respond::in_dialog(&self.core, &transaction.original, 200, tag, &contact);
        response
            .headers
            .push(Header::Expires(seconds.to_string().into()));
        respond::send(transaction, response).await;
    }

    /// Tells how it is now. False if nobody is there to be told.
    async fn notify(&mut self) -> bool {
        let Some(body) = self.document() else {
            return true;
        };
        let left = self
            .until
            .saturating_duration_since(Instant::now())
            .as_secs();
        let state = if left == 0 {
            "terminated;reason=timeout".to_owned()
        } else {
            format!("active;expires={left}")
        };
        let core = Arc::clone(&self.core);
        let Some(mut request) = self.dialog.request(&core, Method::Notify) else {
            return false;
        };
        request
            .headers
            .push(Header::Event(self.event.as_str().into()));
        request
            .headers
            .push(Header::SubscriptionState(state.into()));
        request
            .headers
            .push(Header::Contact(self.dialog.contact(&core).into()));
        with_body(&mut request, self.package.content_type(), body);
        self.version += 1;
        let response = client::exchange(&core, request, &self.dialog.flow).await;
        response.is_some_and(|response| response.status_code.code() < 300)
    }

    /// The document of the state as it is now; `None` if it is not known.
    fn document(&mut self) -> Option<String> {
        let mut sum = MessageCounts::default();
        let mut extension = None;
        for (_, receiver) in &mut self.watched {
            match *receiver.borrow_and_update() {
                Some(WatchedState::Extension(state)) => extension = Some(state),
                Some(WatchedState::Mailbox(counts)) => {
                    sum.new += counts.new;
                    sum.old += counts.old;
                    sum.urgent += counts.urgent;
                }
                None => {}
            }
        }
        match self.package {
            Package::Dialog => Some(package::dialog_info(
                &self.entity,
                &self.exten,
                self.version,
                extension?,
            )),
            Package::Presence => Some(package::presence(&self.entity, &self.exten, extension?)),
            Package::MessageSummary => Some(package::message_summary(&self.entity, sum)),
        }
    }
}

/// Returns when any of the states has changed.
async fn changed(watched: &mut [(Watched, watch::Receiver<State>)]) {
    let waits = watched
        .iter_mut()
        .map(|(_, receiver)| Box::pin(receiver.changed()));
    let mut waits: Vec<_> = waits.collect();
    poll_fn(|context| {
        let mut ready = false;
        // A sender that is gone tells nothing any more.
        waits.retain_mut(|wait| match wait.as_mut().poll(context) {
            Poll::Ready(changed) => {
                ready |= changed.is_ok();
                false
            }
            Poll::Pending => true,
        });
        if ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

/// What a SUBSCRIBE is about; the status refuses it otherwise.
fn whats(
    core: &Core,
    request: &Request,
    endpoint: &Endpoint,
    package: Package,
) -> Result<Vec<Watched>, u16> {
    if !endpoint.allow_subscribe {
        return Err(403);
    }
    let user = dialled(request);
    if package != Package::MessageSummary {
        let context = Arc::clone(
            endpoint
                .subscribe_context
                .as_ref()
                .unwrap_or(&endpoint.context),
        );
        return Ok(vec![Watched::Extension {
            context,
            exten: user.into(),
        }]);
    }
    let settings = core.settings();
    let aor = settings
        .aors
        .get(user.as_str())
        .filter(|aor| endpoint.aors.contains(&aor.name));
    let own = aor
        .map(|aor| &aor.mailboxes)
        .filter(|mailboxes| !mailboxes.is_empty());
    let mailboxes = own
        .unwrap_or(&endpoint.mailboxes)
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let watched: Vec<_> = mailboxes
        .map(|name| Watched::Mailbox(name.into()))
        .collect();
    if watched.is_empty() {
        Err(404)
    } else {
        Ok(watched)
    }
}
