//! Whether contacts answer: OPTIONS asked of them now and then, or when somebody wants to know.

use crate::client;
use crate::core::Core;
use crate::dialog::own_contact;
use crate::message::{self, Parts};
use crate::registrar::Binding;
use crate::target;
use model::Signal;
use rsipstack::sip::{Header, Method};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often it is looked whose turn it is.
const PACE: Duration = Duration::from_millis(500);
/// Questions that may be open at one time.
const OPEN: usize = 256;

/// Asks contacts in their turn, until the end.
pub(crate) async fn run(core: Arc<Core>) {
    let mut stopped = core.stopped();
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let permits = Arc::new(Semaphore::new(OPEN));
    let mut due: HashMap<Arc<str>, Instant> = HashMap::new();
    loop {
        tokio::select! {
            now = ticks.tick() => ask_those_due(&core, &mut due, now, &permits),
            () = stopped.wait() => return,
        }
    }
}

fn ask_those_due(
    core: &Arc<Core>,
    due: &mut HashMap<Arc<str>, Instant>,
    now: Instant,
    permits: &Arc<Semaphore>,
) {
    let mut asked: Vec<Binding> = core.registrar().all();
    asked.retain(|binding| !binding.contact.qualify_frequency.is_zero());
    due.retain(|id, _| asked.iter().any(|binding| binding.contact.id == *id));
    for binding in asked {
        let turn = due.entry(Arc::clone(&binding.contact.id)).or_insert(now);
        if *turn > now {
            continue;
        }
        // Who finds no room is asked at the next look.
        let Ok(permit) = Arc::clone(permits).try_acquire_owned() else {
            return;
        };
        *turn = now + binding.contact.qualify_frequency;
        let core = Arc::clone(core);
        tokio::spawn(async move {
            ask(&core, &binding).await;
            drop(permit);
        });
    }
}

/// Asks all contacts of an endpoint now. False if there is no such endpoint.
pub(crate) fn endpoint(core: &Arc<Core>, name: &str) -> bool {
    let settings = core.settings();
    let Some(endpoint) = settings.endpoints.get(name) else {
        return false;
    };
    for aor in &endpoint.aors {
        for binding in core.registrar().bindings(aor) {
            let asking = Arc::clone(core);
            core.runtime
                .spawn(async move { ask(&asking, &binding).await });
        }
    }
    true
}

/// Asks a contact and tells what that says about it, if it is news.
async fn ask(core: &Arc<Core>, binding: &Binding) {
    let contact = &binding.contact;
    let start = Instant::now();
    let patience = if contact.qualify_timeout.is_zero() {
        Duration::from_secs(32)
    } else {
        contact.qualify_timeout
    };
    let status = timeout(patience, options(core, binding))
        .await
        .ok()
        .flatten();
    let only_success = core
        .settings()
        .aors
        .get(&contact.aor)
        .is_some_and(|aor| aor.qualify_2xx_only);
    // The library says 408 in place of who says nothing.
    let answered = status.is_some_and(|status| {
        if only_success {
            (200..300).contains(&status)
        } else {
            status != 408
        }
    });
    let round_trip = answered.then(|| start.elapsed());
    // Who is only asked by hand keeps the state of one nobody asks.
    if contact.qualify_frequency.is_zero() {
        tracing::info!(contact = %contact.uri, ?round_trip, "A contact was asked whether it answers");
    } else if let Some(fact) = core
        .registrar()
        .qualified(&contact.aor, &contact.id, round_trip)
    {
        core.signal(Signal::Contact(fact)).await;
    }
}

/// The status a contact answers OPTIONS with.
async fn options(core: &Arc<Core>, binding: &Binding) -> Option<u16> {
    let settings = core.settings();
    let endpoint = settings.endpoints.get(&binding.contact.endpoint)?;
    let uri = &binding.contact.uri;
    let known = binding
        .flow
        .clone()
        .filter(|flow| core.streams().find(flow.remote).is_some());
    let flow = match known {
        Some(flow) => flow,
        None => target::flow(core, uri, endpoint.transport.as_deref()).await?,
    };
    let user = endpoint
        .from_user
        .as_deref()
        .unwrap_or(&settings.global.default_from_user);
    let host = endpoint.from_domain.clone().unwrap_or_else(|| flow.host());
    let parts = Parts {
        method: Method::Options,
        uri,
        from: &format!(
            "<sip:{}@{host}>;tag={}",
            crate::address::escape(user),
            message::tag()
        ),
        to: &format!("<{uri}>"),
        call_id: &message::call_id(),
        sequence: 1,
        routes: &[],
    };
    let mut request = message::request(core, &flow, &parts)?;
    request
        .headers
        .push(Header::Contact(own_contact(core, &flow).into()));
    Some(
        client::exchange(core, request, &flow)
            .await?
            .status_code
            .code(),
    )
}
