//! pjsip.conf: what it says, made of its sections.
//!
//! A section is an object; `type` says of which kind, and objects of different kinds may share a
//! name. Options known elsewhere and not built here are told of: they have no effect.

mod aor;
mod auth;
mod endpoint;
mod global;
mod identify;
mod kind;
mod registration;
mod resource_list;
mod transport;

pub(crate) use aor::Aor;
pub(crate) use auth::Auth;
pub(crate) use endpoint::{DtmfMode, Endpoint};
pub(crate) use global::Global;
pub(crate) use identify::Identify;
pub(crate) use kind::Kind;
pub(crate) use registration::Registration;
pub(crate) use resource_list::ResourceList;
pub(crate) use transport::{Protocol, Transport};

use conf::{Config, Diagnostic, Section};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

/// What can be said in pjsip.conf.
pub const HELP: &[conf::Help] = &[
    conf::Help::of::<global::Written>(FILE, "type = global"),
    conf::Help::of::<transport::Written>(FILE, "type = transport"),
    conf::Help::of::<endpoint::Written>(FILE, "type = endpoint"),
    conf::Help::of::<aor::Written>(FILE, "type = aor"),
    conf::Help::of::<auth::Written>(FILE, "type = auth"),
    conf::Help::of::<identify::Written>(FILE, "type = identify"),
    conf::Help::of::<registration::Written>(FILE, "type = registration"),
    conf::Help::of::<resource_list::Written>(FILE, "type = resource_list"),
];

const FILE: &str = "pjsip.conf";

/// Everything pjsip.conf says. An immutable value, replaced whole by a reload.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(crate) global: Global,
    pub(crate) transports: Vec<Transport>,
    pub(crate) endpoints: BTreeMap<Arc<str>, Arc<Endpoint>>,
    pub(crate) aors: BTreeMap<Arc<str>, Arc<Aor>>,
    pub(crate) auths: BTreeMap<Arc<str>, Arc<Auth>>,
    pub(crate) identifies: Vec<Identify>,
    pub(crate) registrations: BTreeMap<Arc<str>, Arc<Registration>>,
    pub(crate) lists: BTreeMap<Arc<str>, Arc<ResourceList>>,
    /// What the file says of each object, in its order.
    written: BTreeMap<(Kind, Arc<str>), Written>,
}

/// Options with their values.
type Written = Vec<(String, String)>;

impl Settings {
    /// Reads pjsip.conf. What is doubtful or not done is added to `diagnostics`.
    pub fn read(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut settings = Self::default();
        for section in config.concrete() {
            match Kind::of(section) {
                Ok(kind) => settings.read_section(kind, section, diagnostics),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        settings.check(config, diagnostics);
        settings
    }

    /// The endpoints, as the switch wants to know them.
    pub fn endpoints(&self) -> Vec<model::Endpoint> {
        self.endpoints
            .values()
            .map(|endpoint| endpoint.to_model())
            .collect()
    }

    /// Where it listens: the transports with their addresses, as configured.
    pub fn listens(&self) -> Vec<(model::Transport, SocketAddr)> {
        self.transports
            .iter()
            .map(|transport| (transport.protocol.to_model(), transport.bind))
            .collect()
    }

    /// The first endpoint that has an address of record, and that address of record.
    pub(crate) fn endpoint_of(&self, aor: &str) -> Option<&Arc<Endpoint>> {
        self.endpoints
            .values()
            .find(|endpoint| endpoint.aors.iter().any(|name| &**name == aor))
    }

    /// What the file says of an object, by option and value.
    pub(crate) fn written(&self, kind: Kind, name: &str) -> &[(String, String)] {
        let found = self.written.get(&(kind, name.into()));
        found.map(Vec::as_slice).unwrap_or_default()
    }

    fn read_section(&mut self, kind: Kind, section: &Section, diagnostics: &mut Vec<Diagnostic>) {
        let name: Arc<str> = section.name.as_str().into();
        let entries = section.entries.iter();
        let written = entries.map(|entry| (entry.key.to_ascii_lowercase(), entry.value.clone()));
        self.written
            .insert((kind, Arc::clone(&name)), written.collect());
        match kind {
            Kind::Global => self.global = Global::read(section, diagnostics),
            Kind::Transport => self
                .transports
                .extend(Transport::read(section, diagnostics)),
            Kind::Endpoint => {
                let endpoint = Endpoint::read(section, diagnostics);
                self.endpoints.insert(name, Arc::new(endpoint));
            }
            Kind::Aor => {
                self.aors
                    .insert(name, Arc::new(Aor::read(section, diagnostics)));
            }
            Kind::Auth => {
                self.auths
                    .insert(name, Arc::new(Auth::read(section, diagnostics)));
            }
            Kind::Registration => {
                if let Some(registration) = Registration::read(section, diagnostics) {
                    self.registrations.insert(name, Arc::new(registration));
                }
            }
            Kind::ResourceList => {
                if let Some(list) = ResourceList::read(section, diagnostics) {
                    self.lists.insert(name, Arc::new(list));
                }
            }
            Kind::Identify => self.identifies.extend(Identify::read(section, diagnostics)),
        }
    }

    /// Tells of names that name nothing.
    fn check(&self, config: &Config, diagnostics: &mut Vec<Diagnostic>) {
        let mut tell = |section: &Section, what: &str, name: &str| {
            let message = format!(
                "`{}` names the {what} `{name}`, which is not there",
                section.name
            );
            diagnostics.push(Diagnostic::warning(
                &section.at,
                message,
                format!("add a section [{name}] with type = {what}"),
            ));
        };
        for section in config.concrete() {
            match Kind::of(section) {
                Ok(Kind::Endpoint) => {
                    let Some(endpoint) = self.endpoints.get(section.name.as_str()) else {
                        continue;
                    };
                    for name in endpoint
                        .aors
                        .iter()
                        .filter(|name| !self.aors.contains_key(*name))
                    {
                        tell(section, "aor", name);
                    }
                    let auths = endpoint.auths.iter().chain(&endpoint.outbound_auths);
                    for name in auths.filter(|name| !self.auths.contains_key(*name)) {
                        tell(section, "auth", name);
                    }
                }
                Ok(Kind::Identify) => {
                    let named = section.last("endpoint").unwrap_or_default();
                    if !self.endpoints.contains_key(named) {
                        tell(section, "endpoint", named);
                    }
                }
                Ok(
                    Kind::Global
                    | Kind::Transport
                    | Kind::Aor
                    | Kind::Auth
                    | Kind::Registration
                    | Kind::ResourceList,
                )
                | Err(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests;
