//! What all of SIP shares: the configuration, the contacts, the calls, the way out.

use crate::acks::Acks;
use crate::calls::Calls;
use crate::digest::Nonces;
use crate::handle::Told;
use crate::registrar::Registrar;
use crate::registration::Registrations;
use crate::settings::{Protocol, Settings};
use crate::subscriptions::Subscriptions;
use crate::trace::Trace;
use crate::transport::{self, Flow, Listener, Streams};
use crate::{BindError, dispatch, expiry, qualify};
use model::Event;
use rsipstack::transaction::endpoint::{EndpointInnerRef, EndpointOption};
use rsipstack::transaction::{EndpointBuilder, TransactionReceiver};
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::runtime;
use tokio::sync::{Mutex, Semaphore, mpsc, watch};

/// Requests outside of dialogs that may be worked on at one time; more get 503.
const REQUESTS: usize = 1_024;
/// How long a call of ours may ring: who calls ends it long before, so that this only bounds it.
const RINGING: Duration = Duration::from_secs(3_600);
/// How long dialogs have to end when everything does.
const FAREWELL: Duration = Duration::from_secs(1);

/// What all of SIP shares.
pub(crate) struct Core {
    pub(crate) stack: EndpointInnerRef,
    /// New requests as the library hands them out. Held while a message is handed to it, so that
    /// what comes out is known to be what went in.
    pub(crate) arrivals: Mutex<TransactionReceiver>,
    pub(crate) requests: Arc<Semaphore>,
    pub(crate) media: media::Handle,
    pub(crate) nonces: Nonces,
    pub(crate) runtime: runtime::Handle,
    settings: RwLock<Arc<Settings>>,
    registrar: Registrar,
    calls: Calls,
    acks: Acks,
    registrations: Registrations,
    subscriptions: Subscriptions,
    told: mpsc::Sender<Told>,
    listeners: Vec<Listener>,
    streams: Streams,
    trace: Arc<Trace>,
    stop: watch::Sender<bool>,
    /// Changes when a contact has registered.
    registration: watch::Sender<()>,
    /// Changes when another configuration counts.
    configuration: watch::Sender<()>,
}

/// Waits for the end of everything.
pub(crate) struct Stopped(watch::Receiver<bool>);

impl Stopped {
    /// Returns when everything is to end.
    pub(crate) async fn wait(&mut self) {
        // A sender that is gone means the same.
        let _gone = self.0.wait_for(|stop| *stop).await;
    }
}

impl Core {
    pub(crate) async fn start(
        settings: Settings,
        kept: &[(Arc<str>, Arc<str>)],
        media: media::Handle,
        told: mpsc::Sender<Told>,
    ) -> Result<Arc<Self>, BindError> {
        let trace = Arc::<Trace>::default();
        let mut opened = Vec::new();
        for transport in &settings.transports {
            opened.push(transport::open(transport, &trace).await?);
        }
        let option = EndpointOption {
            auto_ack_2xx: false,
            timerc: RINGING,
            ..EndpointOption::default()
        };
        let endpoint = EndpointBuilder::new()
            .with_user_agent(&settings.global.user_agent)
            .with_option(option)
            .build();
        let arrivals = endpoint
            .incoming_transactions()
            .unwrap_or_else(|_| mpsc::unbounded_channel().1);
        let core = Arc::new(Self {
            stack: Arc::clone(&endpoint.inner),
            arrivals: Mutex::new(arrivals),
            requests: Arc::new(Semaphore::new(REQUESTS)),
            media,
            nonces: Nonces::new(),
            runtime: runtime::Handle::current(),
            settings: RwLock::new(Arc::new(settings)),
            registrar: Registrar::default(),
            calls: Calls::default(),
            acks: Acks::default(),
            registrations: Registrations::default(),
            subscriptions: Subscriptions::default(),
            told,
            listeners: opened
                .iter()
                .map(|(listener, _)| listener.clone())
                .collect(),
            streams: Streams::default(),
            trace,
            stop: watch::Sender::new(false),
            registration: watch::Sender::new(()),
            configuration: watch::Sender::new(()),
        });
        for (listener, opened) in opened {
            opened.serve(Arc::clone(&core), listener);
        }
        dispatch::configured(&core);
        dispatch::restored(&core, kept);
        core.spawn_timers();
        tokio::spawn(expiry::run(Arc::clone(&core)));
        tokio::spawn(qualify::run(Arc::clone(&core)));
        Ok(core)
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn configure(self: &Arc<Self>, settings: Settings) {
        *self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(settings);
        dispatch::configured(self);
    }

    pub(crate) fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    /// A contact registered.
    pub(crate) fn registered(&self) {
        self.registration.send_replace(());
    }

    /// Changes when a contact has registered.
    pub(crate) fn registration(&self) -> watch::Receiver<()> {
        self.registration.subscribe()
    }

    /// Another configuration counts from now on. What is returned changes with the next.
    pub(crate) fn renewed(&self) -> watch::Receiver<()> {
        self.configuration.send_replace(());
        self.configuration.subscribe()
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    pub(crate) fn acks(&self) -> &Acks {
        &self.acks
    }

    pub(crate) fn registrations(&self) -> &Registrations {
        &self.registrations
    }

    pub(crate) fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    pub(crate) fn trace(&self) -> &Trace {
        &self.trace
    }

    pub(crate) fn told(&self) -> &mpsc::Sender<Told> {
        &self.told
    }

    /// Tells the switch; waits for room. Nothing is to be done if there is no switch any more.
    pub(crate) async fn signal(&self, signal: model::Signal) {
        if self.told.send(Told::Signal(signal)).await.is_err() {
            tracing::debug!("A signal found no switch");
        }
    }

    /// Tells an event of ours; waits for room.
    pub(crate) async fn notice(&self, event: Event) {
        if self.told.send(Told::Notice(event)).await.is_err() {
            tracing::debug!("An event found no switch");
        }
    }

    pub(crate) fn listens(&self) -> Vec<(model::Transport, SocketAddr)> {
        self.listeners
            .iter()
            .map(|listener| (listener.protocol.to_model(), listener.local))
            .collect()
    }

    /// A way to an address: by the transport named, or the first of its protocol.
    pub(crate) async fn flow(
        self: &Arc<Self>,
        protocol: Protocol,
        remote: SocketAddr,
        transport: Option<&str>,
    ) -> Option<Flow> {
        let fits = |listener: &&Listener| {
            listener.protocol == protocol && listener.local.is_ipv4() == remote.is_ipv4()
        };
        let named = self
            .listeners
            .iter()
            .filter(fits)
            .find(|listener| transport == Some(&*listener.name));
        let listener = named.or_else(|| self.listeners.iter().find(fits))?;
        match protocol {
            Protocol::Udp => listener.flow(remote),
            Protocol::Tcp => transport::connect(self, remote, listener.local).await,
        }
    }

    pub(crate) fn stopped(&self) -> Stopped {
        Stopped(self.stop.subscribe())
    }

    pub(crate) async fn stop(&self) {
        self.calls.end_all();
        let _late = tokio::time::timeout(FAREWELL, self.calls.wait_until_none()).await;
        self.stop.send_replace(true);
    }

    fn spawn_timers(self: &Arc<Self>) {
        let (stack, mut stopped) = (Arc::clone(&self.stack), self.stopped());
        tokio::spawn(async move {
            tokio::select! {
                () = stack.process_timer() => {}
                () = stopped.wait() => {}
            }
        });
    }
}
