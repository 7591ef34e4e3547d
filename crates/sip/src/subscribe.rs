//! SUBSCRIBE: phones that want to know how extensions and mailboxes are (RFC 6665).

use crate::authenticate::{Outcome, authenticate};
use crate::calls::{InDialog, Seat};
use crate::client;
use crate::core::Core;
use crate::dialog::Dialog;
use crate::dispatch::refuse;
use crate::identify::dialled;
use crate::message::{self, header, with_body};
use crate::package::{self, Package};
use crate::respond;
use crate::settings::Endpoint;
use crate::transport::Flow;
use crate::watching::Watching;
use model::{SipSubscription, Watched};
use rsipstack::sip::{Header, Method, Request};
use rsipstack::transaction::Transaction;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep_until};

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
    watching: Watching,
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
    let listed = listing(&transaction.original, &endpoint, &whats);
    let watching = match Watching::begin(core, whats).await {
        Ok(watching) => watching,
        Err(status) => return refuse(core, transaction, status).await,
    };
    let mut subscription = Subscription {
        core: Arc::clone(core),
        entity: transaction.original.uri.to_string(),
        exten: dialled(&transaction.original),
        dialog,
        package,
        event,
        watching,
        until: Instant::now(),
        version: 0,
    };
    let seat = core.calls().seat(subscription.dialog.key());
    subscription.accept(&mut transaction, Some(&tag)).await;
    drop(transaction);
    drop(permit);
    let number = core.subscriptions().enlist(listed);
    subscription.run(seat).await;
    core.subscriptions().strike(number);
}

impl Subscription {
    /// Tells the state, and again when it changes, until the subscription ends.
    async fn run(mut self, mut seat: Seat<'_>) {
        self.dialog.find_way(&self.core).await;
        let mut stopped = self.core.stopped();
        let mut goes_on = self.notify().await;
        while goes_on && Instant::now() < self.until {
            goes_on = tokio::select! {
                () = self.watching.changed() => self.notify().await,
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
        self.watching.end().await;
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
        let (entity, exten) = (&self.entity, &self.exten);
        Some(match self.package {
            Package::Dialog => {
                let state = self.watching.extension()?;
                package::dialog_info(entity, exten, self.version, state)
            }
            Package::Presence => package::presence(entity, exten, self.watching.extension()?),
            Package::MessageSummary => package::message_summary(entity, self.watching.messages()),
        })
    }
}

/// The subscription as it is listed.
fn listing(request: &Request, endpoint: &Endpoint, whats: &[Watched]) -> SipSubscription {
    let text = |name| header(request, name).unwrap_or_default().trim();
    SipSubscription {
        endpoint: Arc::clone(&endpoint.name),
        call_id: text("Call-ID").into(),
        caller: text("From")
            .split(";tag=")
            .next()
            .unwrap_or_default()
            .into(),
        watched: whats.iter().map(|what| (what.clone(), None)).collect(),
    }
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
    let aor = settings.aors.get(user.as_str());
    let own = aor.filter(|aor| endpoint.aors.contains(&aor.name) && !aor.mailboxes.is_empty());
    let watched = mailboxes(own.map_or(&endpoint.mailboxes, |aor| &aor.mailboxes));
    if watched.is_empty() {
        Err(404)
    } else {
        Ok(watched)
    }
}

/// The mailboxes of a list with commas.
pub(crate) fn mailboxes(list: &str) -> Vec<Watched> {
    let names = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    names.map(|name| Watched::Mailbox(name.into())).collect()
}
