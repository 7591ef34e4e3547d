//! Messages that wait, told to phones that did not ask: those of an endpoint's `mailboxes`, when
//! they change and when a phone registers.

use crate::core::Core;
use crate::out_of_dialog;
use crate::package::{self, Package};
use crate::registrar::Binding;
use crate::settings::Endpoint;
use crate::subscribe::mailboxes;
use crate::watching::Watching;
use model::{MessageCounts, SipMethod, SipRequest, SipTarget};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;

/// Begins to watch the mailboxes of all endpoints, in place of those watched so far: `ended` says
/// when another configuration counts.
pub(crate) fn configure(core: &Arc<Core>, ended: &watch::Receiver<()>) {
    for endpoint in core.settings().endpoints.values() {
        if !mailboxes(&endpoint.mailboxes).is_empty() {
            let (core, endpoint) = (Arc::clone(core), Arc::clone(endpoint));
            let runtime = core.runtime.clone();
            runtime.spawn(run(core, endpoint, ended.clone()));
        }
    }
}

async fn run(core: Arc<Core>, endpoint: Arc<Endpoint>, mut ended: watch::Receiver<()>) {
    let mut registrations = core.registration();
    let mut stopped = core.stopped();
    let begun = Watching::begin(&core, mailboxes(&endpoint.mailboxes)).await;
    let Ok(mut watching) = begun else {
        tracing::warn!(endpoint = %endpoint.name, "Its mailboxes cannot be watched");
        return;
    };
    let mut told = BTreeSet::new();
    loop {
        tell(&core, &endpoint, &mut watching, &mut told);
        tokio::select! {
            () = Watching::any_changed(std::iter::once(&mut watching)) => told.clear(),
            _ = registrations.changed() => {}
            _ = ended.changed() => break,
            () = stopped.wait() => break,
        }
    }
    watching.end().await;
}

/// Tells the contacts that do not know yet.
fn tell(
    core: &Arc<Core>,
    endpoint: &Arc<Endpoint>,
    watching: &mut Watching,
    told: &mut BTreeSet<Arc<str>>,
) {
    let bindings = endpoint.aors.iter();
    let bindings: Vec<Binding> = bindings
        .flat_map(|aor| core.registrar().bindings(aor))
        .collect();
    told.retain(|id| bindings.iter().any(|binding| binding.contact.id == *id));
    let counts = watching.messages();
    for binding in bindings {
        if told.insert(Arc::clone(&binding.contact.id)) {
            let uri = binding.contact.uri;
            let notify = Arc::new(notification(&uri, counts));
            out_of_dialog::begin(core, &notify, uri, binding.flow, Some(Arc::clone(endpoint)));
        }
    }
}

fn notification(uri: &Arc<str>, counts: MessageCounts) -> SipRequest {
    let kind = Package::MessageSummary.content_type().into();
    let mut headers = vec![
        ("Event".into(), "message-summary".into()),
        ("Content-Type".into(), kind),
    ];
    let body = package::message_summary(uri, counts);
    let lines = body.split("\r\n");
    headers.extend(lines.map(|line| ("Content".into(), line.into())));
    SipRequest {
        method: SipMethod::Notify,
        to: SipTarget::Uri(Arc::clone(uri)),
        from: None,
        headers,
    }
}
