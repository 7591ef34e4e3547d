//! Contacts as the database keeps them, so that who registered before a restart can be called after it.
//!
//! The family, the key (the contact's id) and the members are the reference's, each member as text.

use super::{Binding, Wish, Wisher, binding};
use crate::settings::Settings;
use jiff::Timestamp;
use model::{Contact, ContactState};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Where contacts are kept, each under its id.
pub(crate) const FAMILY: &str = "/registrar/contact/";

/// A contact as it is written.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Written {
    via_addr: String,
    qualify_timeout: String,
    call_id: String,
    reg_server: String,
    prune_on_boot: String,
    path: String,
    endpoint: String,
    via_port: String,
    authenticate_qualify: String,
    uri: String,
    qualify_frequency: String,
    user_agent: String,
    expiration_time: String,
    outbound_proxy: String,
}

/// A contact in writing; its end is told as a date.
pub(super) fn write(contact: &Contact) -> String {
    let yes = |yes| if yes { "yes" } else { "no" };
    let written = Written {
        via_addr: contact.via_host.to_string(),
        qualify_timeout: format!("{:.6}", contact.qualify_timeout.as_secs_f64()),
        call_id: contact.call_id.to_string(),
        reg_server: String::new(),
        prune_on_boot: yes(contact.prune_on_boot).to_owned(),
        path: contact.path.to_string(),
        endpoint: contact.endpoint.to_string(),
        via_port: contact.via_port.to_string(),
        authenticate_qualify: yes(false).to_owned(),
        uri: contact.uri.to_string(),
        qualify_frequency: contact.qualify_frequency.as_secs().to_string(),
        user_agent: contact.user_agent.to_string(),
        expiration_time: contact.expires.as_second().to_string(),
        outbound_proxy: String::new(),
    };
    serde_json::to_string(&written).unwrap_or_default() // text always can be written
}

/// The contact kept under this id, if it still counts at the date `now`: it has not ended, its address of
/// record is still its endpoint's, and it is not one that was reached by a connection alone. Its end
/// is told by the clock that says `steady` now.
pub(super) fn read(
    settings: &Settings,
    id: &str,
    text: &str,
    now: Timestamp,
    steady: Timestamp,
) -> Option<Binding> {
    let (aor, _) = id.rsplit_once(";@")?;
    let written: Written = serde_json::from_str(text)
        .inspect_err(|error| tracing::warn!(id, %error, "A contact that was kept cannot be read"))
        .ok()?;
    let aor = settings.aors.get(aor)?;
    let endpoint = settings.endpoints.get(written.endpoint.as_str())?;
    let ends = written.expiration_time.parse().ok()?;
    let left = Timestamp::from_second(ends).ok()?.duration_since(now);
    let lost = written.prune_on_boot == "yes" || written.uri.is_empty();
    if lost || aor.max_contacts == 0 || !endpoint.aors.contains(&aor.name) {
        return None;
    }
    let lifetime = Duration::try_from(left)
        .ok()
        .filter(|left| !left.is_zero())?;
    let wisher = Wisher {
        endpoint: Arc::clone(&endpoint.name),
        user_agent: written.user_agent.into(),
        call_id: written.call_id.into(),
        sequence: None,
        via_host: written.via_addr.into(),
        via_port: written.via_port.parse().unwrap_or_default(),
        path: written.path.into(),
        flow: None,
    };
    let wish = Wish {
        uri: written.uri.into(),
        lifetime,
    };
    let state = ContactState::NonQualified;
    Some(binding(aor, &wisher, &wish, state, steady))
}
