//! SUBSCRIBE: phones that want to know how extensions and mailboxes are (RFC 6665), one by one or by
//! lists (RFC 4662).

use crate::authenticate::{Outcome, authenticate};
use crate::calls::{InDialog, Seat};
use crate::client;
use crate::core::Core;
use crate::dialog::Dialog;
use crate::dispatch::refuse;
use crate::identify::dialled;
use crate::message::{self, header, with_body};
use crate::package::Package;
use crate::resource::{Listing, Resource, listing};
use crate::respond;
use crate::settings::{Endpoint, ResourceList};
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
    /// What it is to.
    uri: String,
    /// The list it is to; otherwise there is one resource.
    list: Option<Arc<ResourceList>>,
    resources: Vec<Resource>,
    until: Instant,
    /// When what has changed is told.
    due: Option<Instant>,
    /// Notifications of a list so far.
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
    let request = &transaction.original;
    let list = match list(core, request, package) {
        Ok(list) => list,
        Err(status) => return refuse(core, transaction, status).await,
    };
    let tag = message::tag();
    let Some(dialog) = Dialog::incoming(request, &tag, flow, &endpoint) else {
        return refuse(core, transaction, 400).await;
    };
    let resources = match resources(core, request, &endpoint, package, list.as_deref()).await {
        Ok(resources) => resources,
        Err(status) => return refuse(core, transaction, status).await,
    };
    let mut subscription = Subscription {
        core: Arc::clone(core),
        uri: request.uri.to_string(),
        dialog,
        package,
        event,
        list,
        resources,
        until: Instant::now(),
        due: None,
        version: 0,
    };
    let listed = subscription.listed(request, &endpoint);
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
            let due = self.due;
            let watchings = self.resources.iter_mut().filter_map(Resource::watching);
            goes_on = tokio::select! {
                () = Watching::any_changed(watchings), if due.is_none() => {
                    self.due = Some(Instant::now() + self.batch());
                    true
                }
                () = async { sleep_until(due.unwrap_or(self.until)).await }, if due.is_some() => {
                    self.notify().await
                }
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
        for watching in self.resources.iter_mut().filter_map(Resource::watching) {
            watching.end().await;
        }
    }

    /// How long changes are gathered before they are told.
    fn batch(&self) -> Duration {
        self.list.as_ref().map_or(Duration::ZERO, |list| list.batch)
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
        if self.list.is_some() {
            response.headers.push(Header::Require(respond::LIST.into()));
        }
        respond::send(transaction, response).await;
    }

    /// Tells how it is now. False if nobody is there to be told.
    async fn notify(&mut self) -> bool {
        self.due = None;
        let Some(Listing { content_type, body }) = self.document() else {
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
        if self.list.is_some() {
            request.headers.push(Header::Require(respond::LIST.into()));
        }
        with_body(&mut request, &content_type, body);
        self.version += 1;
        let response = client::exchange(&core, request, &self.dialog.flow).await;
        response.is_some_and(|response| response.status_code.code() < 300)
    }

    /// The document of the state as it is now; `None` if it is not known.
    fn document(&mut self) -> Option<Listing> {
        if let Some(list) = &self.list {
            let full = list.full_state || self.version == 0;
            let (uri, resources) = (&self.uri, &mut self.resources);
            return Some(listing(list, uri, resources, self.version, full));
        }
        Some(Listing {
            content_type: self.package.content_type().to_owned(),
            body: self.resources.first_mut()?.document(self.package)?,
        })
    }

    /// The subscription as it is listed.
    fn listed(&mut self, request: &Request, endpoint: &Endpoint) -> SipSubscription {
        let text = |name| header(request, name).unwrap_or_default().trim();
        let caller = text("From").split(";tag=").next();
        let watchings = self.resources.iter_mut().filter_map(Resource::watching);
        SipSubscription {
            endpoint: Arc::clone(&endpoint.name),
            call_id: text("Call-ID").into(),
            caller: caller.unwrap_or_default().into(),
            watched: watchings
                .flat_map(|watching| watching.whats())
                .map(|what| (what, None))
                .collect(),
        }
    }
}

/// The list a SUBSCRIBE is to, if it is to one; the status refuses who does not understand lists.
fn list(
    core: &Core,
    request: &Request,
    package: Package,
) -> Result<Option<Arc<ResourceList>>, u16> {
    let settings = core.settings();
    let Some(list) = settings.lists.get(dialled(request).as_str()) else {
        return Ok(None);
    };
    if list.package != package {
        return Ok(None);
    }
    let understood = message::values(&request.headers, "Supported")
        .flat_map(|value| value.split(','))
        .any(|extension| extension.trim().eq_ignore_ascii_case(respond::LIST));
    if understood {
        Ok(Some(Arc::clone(list)))
    } else {
        Err(421)
    }
}

/// What a SUBSCRIBE is about, watched from now on; the status refuses it otherwise.
async fn resources(
    core: &Arc<Core>,
    request: &Request,
    endpoint: &Endpoint,
    package: Package,
    list: Option<&ResourceList>,
) -> Result<Vec<Resource>, u16> {
    if !endpoint.allow_subscribe {
        return Err(403);
    }
    let Some(list) = list else {
        let user = dialled(request);
        let whats = whats(core, &user, endpoint, package)?;
        let resource = Resource::watch(core, request.uri.to_string(), user, whats).await?;
        return Ok(vec![resource]);
    };
    let mut resources = Vec::new();
    for item in &list.items {
        let uri = format!("sip:{item}@{}", request.uri.host_with_port);
        let watched = match whats(core, item, endpoint, package) {
            Ok(whats) => Resource::watch(core, uri.clone(), item.to_string(), whats).await,
            Err(status) => Err(status),
        };
        resources.push(watched.unwrap_or_else(|_| Resource::unknown(uri, item.to_string())));
    }
    Ok(resources)
}

/// What is watched for a user of ours; the status says why there is nothing.
fn whats(
    core: &Core,
    user: &str,
    endpoint: &Endpoint,
    package: Package,
) -> Result<Vec<Watched>, u16> {
    if package != Package::MessageSummary {
        let own = endpoint.subscribe_context.as_ref();
        return Ok(vec![Watched::Extension {
            context: Arc::clone(own.unwrap_or(&endpoint.context)),
            exten: user.into(),
        }]);
    }
    let settings = core.settings();
    let aor = settings.aors.get(user);
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
