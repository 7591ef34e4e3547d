//! Registrations of ours: a task each, that keeps one alive.

use crate::client;
use crate::core::Core;
use crate::message::{self, Parts, values};
use crate::settings::{Protocol, Registration};
use crate::target;
use crate::transport::Flow;
use jiff::Timestamp;
use model::{Event, RegistryStatus, SipRegistration};
use rsipstack::sip::{Header, Method, Response};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::time::sleep;

/// Orders that may wait for a registration.
const ORDERS: usize = 4;
/// How long before its end a registration is renewed, at most half its time.
const AHEAD: Duration = Duration::from_secs(10);

/// The registrations there are.
#[derive(Default)]
pub(crate) struct Registrations(Mutex<BTreeMap<Arc<str>, Running>>);

/// A registration that is kept alive.
struct Running {
    settings: Registration,
    orders: mpsc::Sender<Order>,
    state: Arc<Mutex<State>>,
}

/// How a registration stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct State {
    pub(crate) status: RegistryStatus,
    /// When it is renewed or tried again.
    pub(crate) next: Option<Instant>,
    /// How long after it worked it is renewed.
    refresh: Duration,
    /// When it last worked.
    registered: Option<Timestamp>,
}

/// What a registration is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Register now.
    Register,
    /// Take the registration back and be quiet.
    Unregister,
}

/// What became of an attempt.
enum Outcome {
    /// It lasts this long.
    Registered(Duration),
    /// It may work later.
    Later(Duration),
    /// It will not work.
    Never,
}

impl Registrations {
    /// Begins those that are new, ends those that are gone or different.
    pub(crate) fn configure(&self, core: &Arc<Core>) {
        let settings = core.settings();
        let mut running = self.lock();
        // One whose orders end takes its registration back.
        running.retain(|name, running| {
            settings
                .registrations
                .get(name)
                .is_some_and(|new| **new == running.settings)
        });
        for (name, registration) in &settings.registrations {
            if running.contains_key(name) {
                continue;
            }
            let (orders, received) = mpsc::channel(ORDERS);
            let state = Arc::new(Mutex::new(State {
                status: RegistryStatus::Unregistered,
                next: None,
                refresh: renewal(Duration::from_secs(registration.expiration.into())),
                registered: None,
            }));
            let task = Task {
                core: Arc::clone(core),
                settings: Registration::clone(registration),
                state: Arc::clone(&state),
                call_id: message::call_id(),
                tag: message::tag(),
                sequence: 0,
                failures: 0,
            };
            core.runtime.spawn(task.run(received));
            running.insert(
                Arc::clone(name),
                Running {
                    settings: Registration::clone(registration),
                    orders,
                    state,
                },
            );
        }
    }

    /// Tells a registration something, or `*all` of them. False if there is none of this name.
    pub(crate) fn order(&self, name: &str, order: Order) -> bool {
        if name == "*all" {
            let names: Vec<_> = self.lock().keys().cloned().collect();
            return names.iter().all(|name| self.order(name, order));
        }
        let running = self.lock();
        let Some(running) = running.get(name) else {
            return false;
        };
        if running.orders.try_send(order).is_err() {
            tracing::warn!(
                registration = name,
                ?order,
                "A registration is too busy to be told"
            );
        }
        true
    }

    /// How a registration stands.
    pub(crate) fn state(&self, name: &str) -> Option<State> {
        let running = self.lock();
        let state = &running.get(name)?.state;
        Some(*state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How all stand.
    pub(crate) fn list(&self) -> Vec<SipRegistration> {
        let running = self.lock();
        let all = running.values().map(|running| {
            let state = running.state.lock().unwrap_or_else(PoisonError::into_inner);
            SipRegistration {
                server_uri: running.settings.server_uri.as_str().into(),
                client_uri: running.settings.client_uri.as_str().into(),
                status: state.status,
                refresh: state.refresh,
                registered: state.registered,
            }
        });
        all.collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Task {
    core: Arc<Core>,
    settings: Registration,
    state: Arc<Mutex<State>>,
    call_id: String,
    tag: String,
    sequence: u32,
    failures: u32,
}

impl Task {
    async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut stopped = self.core.stopped();
        let mut wait = Some(Duration::ZERO);
        loop {
            self.note(wait);
            let order = tokio::select! {
                () = sleep(wait.unwrap_or_default()), if wait.is_some() => Some(Order::Register),
                order = orders.recv() => order,
                () = stopped.wait() => return,
            };
            match order {
                Some(Order::Register) => wait = self.register().await,
                Some(Order::Unregister) => {
                    self.unregister().await;
                    wait = None;
                }
                None => return self.unregister().await,
            }
        }
    }

    /// Registers; says when to do so again.
    async fn register(&mut self) -> Option<Duration> {
        match self.attempt(self.settings.expiration).await {
            Outcome::Registered(lifetime) => {
                self.failures = 0;
                let refresh = renewal(lifetime);
                self.worked(refresh);
                self.become_(RegistryStatus::Registered).await;
                Some(refresh)
            }
            Outcome::Later(wait) if self.failures < self.settings.max_retries => {
                self.failures += 1;
                self.become_(RegistryStatus::Unregistered).await;
                Some(wait)
            }
            Outcome::Later(_) | Outcome::Never => {
                tracing::warn!(registration = %self.settings.name, "A registration is given up");
                self.become_(RegistryStatus::Rejected).await;
                None
            }
        }
    }

    async fn unregister(&mut self) {
        if self.status() == RegistryStatus::Registered {
            self.attempt(0).await;
            self.become_(RegistryStatus::Unregistered).await;
        }
    }

    async fn attempt(&mut self, expiration: u32) -> Outcome {
        let later = Outcome::Later(self.settings.retry);
        let Some(flow) = target::flow(
            &self.core,
            &self.settings.server_uri,
            self.settings.transport.as_deref(),
        )
        .await
        else {
            return later;
        };
        let Some(response) = self.exchange(&flow, expiration).await else {
            return later;
        };
        match response.status_code.code() {
            200..300 => Outcome::Registered(lifetime(&response, &self.contact(&flow), expiration)),
            401 | 407 if self.settings.auth_rejection_permanent => Outcome::Never,
            403 => self
                .settings
                .forbidden_retry
                .map_or(Outcome::Never, Outcome::Later),
            status @ (400 | 404 | 405 | 410..=499) if ![423, 408, 480, 486].contains(&status) => {
                self.settings
                    .fatal_retry
                    .map_or(Outcome::Never, Outcome::Later)
            }
            _ => {
                let told = values(&response.headers, "Retry-After").next();
                let told = told.and_then(|text| text.split([' ', ';', '(']).next()?.parse().ok());
                Outcome::Later(told.map_or(self.settings.retry, Duration::from_secs))
            }
        }
    }

    async fn exchange(&mut self, flow: &Flow, expiration: u32) -> Option<Response> {
        self.sequence += 1;
        let client = &self.settings.client_uri;
        let parts = Parts {
            method: Method::Register,
            uri: &self.settings.server_uri,
            from: &format!("<{client}>;tag={}", self.tag),
            to: &format!("<{client}>"),
            call_id: &self.call_id,
            sequence: self.sequence,
            routes: &[],
        };
        let mut request = message::request(&self.core, flow, &parts)?;
        request
            .headers
            .push(Header::Contact(format!("<{}>", self.contact(flow)).into()));
        request
            .headers
            .push(Header::Expires(expiration.to_string().into()));
        let settings = self.core.settings();
        let auths: Vec<_> = self
            .settings
            .outbound_auths
            .iter()
            .filter_map(|name| settings.auths.get(name))
            .cloned()
            .collect();
        let (sent, response) = client::exchange_authorized(&self.core, request, flow, &auths).await;
        let sequence = values(&sent.headers, "CSeq")
            .next()
            .and_then(|text| text.split(' ').next()?.parse().ok());
        self.sequence = sequence.unwrap_or(self.sequence);
        response
    }

    fn contact(&self, flow: &Flow) -> String {
        let transport = match flow.protocol {
            Protocol::Udp => "",
            Protocol::Tcp => ";transport=tcp",
        };
        format!(
            "sip:{}@{}{transport}",
            crate::address::escape(&self.settings.contact_user),
            flow.local_address()
        )
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status(&self) -> RegistryStatus {
        self.state().status
    }

    fn worked(&self, refresh: Duration) {
        let mut state = self.state();
        state.refresh = refresh;
        state.registered = Some(Timestamp::now());
    }

    fn note(&self, wait: Option<Duration>) {
        self.state().next = wait.map(|wait| Instant::now() + wait);
    }

    /// Takes on a status and tells of it.
    async fn become_(&self, status: RegistryStatus) {
        self.state().status = status;
        let event = Event::Registry {
            channel_type: "PJSIP".into(),
            username: self.settings.client_uri.as_str().into(),
            domain: self.settings.server_uri.as_str().into(),
            status,
        };
        self.core.notice(event).await;
    }
}

/// How long after a registration that lasts so long it is renewed.
fn renewal(lifetime: Duration) -> Duration {
    lifetime.saturating_sub(AHEAD).max(lifetime / 2)
}

/// How long a registration lasts: by our contact in the answer, by its Expires, or as we asked.
fn lifetime(response: &Response, contact: &str, asked: u32) -> Duration {
    let addresses = values(&response.headers, "Contact")
        .filter_map(crate::address::NameAddr::list)
        .flatten();
    let own = addresses.into_iter().find(|address| address.uri == contact);
    let told = own.and_then(|address| address.param("expires")?.parse().ok());
    let told = told.or_else(|| values(&response.headers, "Expires").next()?.parse().ok());
    Duration::from_secs(u64::from(told.unwrap_or(asked).max(1)))
}
