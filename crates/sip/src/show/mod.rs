//! Objects as they are listed (`PJSIPShow…`, `pjsip show …`).

mod table;

use crate::core::Core;
use crate::registrar::{Binding, Origin};
use crate::settings::{Endpoint, Kind, Settings};
use model::{SipEndpoint, SipObject, SipReply};
use std::sync::Arc;
use std::time::Instant;
use table::Table;

/// All endpoints, each with the few fields of a list.
pub(crate) fn endpoints(core: &Core) -> SipReply {
    let settings = core.settings();
    let objects = settings.endpoints.values().map(|endpoint| {
        let contacts = endpoint
            .aors
            .iter()
            .flat_map(|aor| core.registrar().bindings(aor));
        let contacts: String = contacts
            .map(|binding| format!("{},", named(&binding)))
            .collect();
        object(
            "endpoint",
            &endpoint.name,
            [
                (
                    "Transport",
                    endpoint.transport.as_deref().unwrap_or_default().to_owned(),
                ),
                ("Aor", endpoint.aors.join(",")),
                ("Auths", endpoint.auths.join(",")),
                ("OutboundAuths", endpoint.outbound_auths.join(",")),
                ("Contacts", contacts),
            ],
        )
    });
    SipReply::Objects(objects.collect())
}

/// An endpoint with all that belongs to it.
pub(crate) fn endpoint(core: &Core, name: &str) -> SipReply {
    let settings = core.settings();
    let found = settings.endpoints.get(name);
    found.map_or(SipReply::NotFound, |endpoint| {
        SipReply::Endpoint(Box::new(whole(core, &settings, endpoint)))
    })
}

/// Every endpoint with all that belongs to it.
pub(crate) fn endpoints_whole(core: &Core) -> SipReply {
    let settings = core.settings();
    let all = settings.endpoints.values();
    SipReply::Endpoints(all.map(|one| whole(core, &settings, one)).collect())
}

fn whole(core: &Core, settings: &Settings, endpoint: &Endpoint) -> SipEndpoint {
    let name = &*endpoint.name;
    let aors = endpoint
        .aors
        .iter()
        .filter(|aor| settings.aors.contains_key(*aor));
    let mut own = SipEndpoint {
        endpoint: written(settings, Kind::Endpoint, "endpoint", name, table::ENDPOINT),
        auths: endpoint
            .auths
            .iter()
            .filter(|auth| settings.auths.contains_key(*auth))
            .map(|auth| self::auth(settings, auth))
            .collect(),
        aors: aors
            .clone()
            .map(|name| aor(core, settings, name, true))
            .collect(),
        ..SipEndpoint::default()
    };
    set(&mut own.endpoint, "Allow", formats(endpoint));
    let transports = settings
        .transports
        .iter()
        .filter(|transport| Some(&transport.name) == endpoint.transport.as_ref());
    own.transports = transports
        .map(|one| transport(settings, &one.name))
        .collect();
    let identifies = settings
        .identifies
        .iter()
        .filter(|identify| identify.endpoint == endpoint.name);
    own.identifies = identifies
        .map(|one| identify(settings, &one.name))
        .collect();
    let bindings = aors.flat_map(|aor| core.registrar().bindings(aor));
    own.contacts = bindings.map(Binding::told).collect();
    own
}

/// All addresses of record.
pub(crate) fn aors(core: &Core) -> SipReply {
    let settings = core.settings();
    SipReply::Objects(
        settings
            .aors
            .keys()
            .map(|name| aor(core, &settings, name, false))
            .collect(),
    )
}

/// All passwords.
pub(crate) fn auths(core: &Core) -> SipReply {
    let settings = core.settings();
    SipReply::Objects(
        settings
            .auths
            .keys()
            .map(|name| auth(&settings, name))
            .collect(),
    )
}

/// All transports.
pub(crate) fn transports(core: &Core) -> SipReply {
    let settings = core.settings();
    let names = settings.transports.iter().map(|one| &one.name);
    SipReply::Objects(names.map(|name| transport(&settings, name)).collect())
}

/// How all requests are known.
pub(crate) fn identifies(core: &Core) -> SipReply {
    let settings = core.settings();
    let names = settings.identifies.iter().map(|one| &one.name);
    SipReply::Objects(names.map(|name| identify(&settings, name)).collect())
}

/// All registrations of ours, with how they stand.
pub(crate) fn registrations(core: &Core) -> SipReply {
    let settings = core.settings();
    let objects = settings.registrations.keys().map(|name| {
        let mut object = written(
            &settings,
            Kind::Registration,
            "registration",
            name,
            table::REGISTRATION,
        );
        if let Some(state) = core.registrations().state(name) {
            let left = state
                .next
                .map(|next| next.saturating_duration_since(Instant::now()).as_secs());
            object
                .fields
                .push(("Status".into(), state.status.text().into()));
            object.fields.push((
                "NextReg".into(),
                left.unwrap_or_default().to_string().into(),
            ));
        }
        object
    });
    SipReply::Objects(objects.collect())
}

/// All resource lists.
pub(crate) fn lists(core: &Core) -> SipReply {
    let settings = core.settings();
    let objects = settings.lists.keys().map(|name| {
        let kind = Kind::ResourceList;
        let mut list = written(&settings, kind, "resource_list", name, table::RESOURCE_LIST);
        let items = settings.lists.get(name).map(|list| list.items.join(","));
        set(&mut list, "ListItem", items.unwrap_or_default());
        list
    });
    SipReply::Objects(objects.collect())
}

fn transport(settings: &Settings, name: &str) -> SipObject {
    written(
        settings,
        Kind::Transport,
        "transport",
        name,
        table::TRANSPORT,
    )
}

fn identify(settings: &Settings, name: &str) -> SipObject {
    written(settings, Kind::Identify, "identify", name, table::IDENTIFY)
}

fn auth(settings: &Settings, name: &str) -> SipObject {
    written(settings, Kind::Auth, "auth", name, table::AUTH)
}

fn aor(core: &Core, settings: &Settings, name: &str, counted: bool) -> SipObject {
    let mut aor = written(settings, Kind::Aor, "aor", name, table::AOR);
    let bindings = core.registrar().bindings(name);
    set(
        &mut aor,
        "Contacts",
        bindings.iter().map(named).collect::<Vec<_>>().join(","),
    );
    if let Some(own) = settings.aors.get(name) {
        set(
            &mut aor,
            "QualifyTimeout",
            format!("{:.6}", own.qualify_timeout.as_secs_f64()),
        );
    }
    if counted {
        let registered = bindings
            .iter()
            .filter(|binding| binding.origin == Origin::Registered)
            .count();
        aor.fields
            .push(("TotalContacts".into(), bindings.len().to_string().into()));
        aor.fields
            .push(("ContactsRegistered".into(), registered.to_string().into()));
    }
    aor
}

/// `aor/sip:uri`.
fn named(binding: &Binding) -> String {
    format!("{}/{}", binding.contact.aor, binding.contact.uri)
}

/// `(ulaw|alaw)`.
fn formats(endpoint: &Endpoint) -> String {
    let names: Vec<&str> = endpoint
        .formats
        .iter()
        .map(|format| format.name())
        .collect();
    if names.is_empty() {
        "(nothing)".to_owned()
    } else {
        format!("({})", names.join("|"))
    }
}

/// An object with what its file says of it, and defaults for the rest.
fn written(
    settings: &Settings,
    kind: Kind,
    word: &'static str,
    name: &str,
    table: Table,
) -> SipObject {
    let entries = settings.written(kind, name);
    let fields = table.iter().map(|(field, default)| {
        let key = key(field);
        let own = entries
            .iter()
            .rev()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.as_str());
        (
            *field,
            own.map_or_else(|| (*default).to_owned(), |own| as_default(own, default)),
        )
    });
    object(word, name, fields)
}

fn object<'a>(
    kind: &'static str,
    name: &str,
    fields: impl IntoIterator<Item = (&'a str, String)>,
) -> SipObject {
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()));
    SipObject {
        kind,
        name: name.into(),
        fields: fields.collect(),
    }
}

fn set(object: &mut SipObject, name: &str, value: String) {
    if let Some(field) = object.fields.iter_mut().find(|(key, _)| &**key == name) {
        field.1 = Arc::from(value);
    }
}

/// Truth in the words its option is listed with.
fn as_default(value: &str, default: &str) -> String {
    let is_true = ["yes", "true", "y", "t", "1", "on"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(value));
    let word = match (default, is_true) {
        ("true" | "false", true) => "true",
        ("true" | "false", false) => "false",
        ("yes" | "no", true) => "yes",
        ("yes" | "no", false)
            if ["no", "false", "n", "f", "0", "off"]
                .iter()
                .any(|word| word.eq_ignore_ascii_case(value)) =>
        {
            "no"
        }
        ("Yes" | "No", true) => "Yes",
        ("Yes" | "No", false) => "No",
        (_, _) => value,
    };
    word.to_owned()
}

/// The option of a name in a list: `T38UdptlEc` is `t38_udptl_ec`.
pub fn key(field: &str) -> String {
    let mut key = String::with_capacity(field.len() + 4);
    let mut before = None;
    for c in field.chars() {
        let begins_word = c.is_ascii_uppercase()
            || (c.is_ascii_digit() && before.is_some_and(|c: char| c.is_ascii_lowercase()));
        if begins_word && before.is_some() {
            key.push('_');
        }
        key.push(c.to_ascii_lowercase());
        before = Some(c);
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_by_their_names_in_lists() {
        for (field, name) in [
            ("Context", "context"),
            ("RtpSymmetric", "rtp_symmetric"),
            ("100rel", "100rel"),
            ("T38UdptlEc", "t38_udptl_ec"),
            ("Ignore183WithoutSdp", "ignore_183_without_sdp"),
            ("SrtpTag32", "srtp_tag_32"),
            ("G726NonStandard", "g726_non_standard"),
            ("Qualify2xxOnly", "qualify_2xx_only"),
            ("SuppressQ850ReasonHeaders", "suppress_q850_reason_headers"),
        ] {
            assert_eq!(key(field), name);
        }
    }

    #[test]
    fn truth_is_told_as_the_option_tells_it() {
        assert_eq!(as_default("yes", "false"), "true");
        assert_eq!(as_default("true", "yes"), "yes");
        assert_eq!(as_default("off", "yes"), "no");
        assert_eq!(as_default("sdes", "no"), "sdes");
        assert_eq!(as_default("phones", "default"), "phones");
    }
}
