//! Where HTTP is served: listeners, connections and their bounds.

use crate::answer::Answer;
use crate::body::Body;
use crate::certificate;
use crate::driver::Ends;
use crate::exchange::Exchange;
use crate::idle::{Limits, Phase, Timed};
use crate::origin::is_cross_site;
use crate::settings::Settings;
use crate::show::{self, Shown};
use crate::socket;
use crate::tls::TlsError;
use crate::unread;
use crate::web::{Request, Web};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// Connections that the system may hold before we take them.
const BACKLOG: u32 = 1024;
/// How long to wait when no connection can be taken, as when files run out.
const PAUSE: Duration = Duration::from_millis(100);
/// The headers of a request.
pub(crate) const HEADERS: usize = 100;
/// The size of what is read at a time, and of all the headers of a request.
const BUFFER: usize = 16 * 1024;
/// How long to agree on encryption, at most.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a request may take to arrive, if it never stands still.
const WHOLE: Duration = Duration::from_secs(60);
/// How long answers may take to go when the server ends.
const PARTING: Duration = Duration::from_secs(1);

/// The web faces of a node.
pub struct Faces {
    shared: Arc<Shared>,
    /// Relative names in the settings are taken from here.
    configuration: PathBuf,
    open: Mutex<Vec<Open>>,
}

struct Shared {
    web: Web,
    tls: Mutex<Option<Arc<ServerConfig>>>,
    connections: Mutex<HashMap<IpAddr, usize>>,
    /// Whether it was told that there are too many, since there was room last: who knocks without end is
    /// not to fill the log.
    told_full: AtomicBool,
}

struct Open {
    at: At,
    /// The address as it came to be, if the system chose the port.
    bound: SocketAddr,
    task: AbortHandle,
}

/// Where and how one listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The address.
    pub address: SocketAddr,
    /// Whether it is HTTPS.
    pub secure: bool,
}

/// Something that cannot be served as configured.
#[derive(Debug)]
pub enum Failure {
    /// An address that cannot be listened on.
    Address(At, io::Error),
    /// No HTTPS.
    Tls(TlsError),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(at, error) => {
                let scheme = if at.secure { "HTTPS" } else { "HTTP" };
                write!(f, "{scheme} on {}: {error}", at.address)
            }
            Self::Tls(error) => write!(f, "HTTPS: {error}"),
        }
    }
}

impl std::error::Error for Failure {}

impl Faces {
    /// Faces that serve nothing yet. `configuration` is the folder of http.conf, `data` the one with
    /// `static-http`.
    ///
    /// # Errors
    /// When the system has no entropy.
    pub fn new(exchange: Arc<dyn Exchange>, configuration: &Path, data: &Path) -> io::Result<Self> {
        let no_entropy = |_| io::Error::other("the system has no entropy");
        let web = Web::new(exchange, data).map_err(no_entropy)?;
        Ok(Self {
            shared: Arc::new(Shared {
                web,
                tls: Mutex::default(),
                connections: Mutex::default(),
                told_full: AtomicBool::new(false),
            }),
            configuration: configuration.to_owned(),
            open: Mutex::default(),
        })
    }

    /// Serves as configured from now on: listens where that says and no longer elsewhere. Certificates
    /// are read anew; connections and sessions stay. What cannot be done is given.
    pub fn renew(&self, settings: Settings) -> Vec<Failure> {
        let mut failures = Vec::new();
        let general = &settings.general;
        let plain = general.addresses().into_iter().map(|address| At {
            address,
            secure: false,
        });
        let mut wanted: Vec<_> = plain.collect();
        let secure = general.tls_addresses();
        if secure.is_empty() {
            *lock(&self.shared.tls) = None;
        } else {
            match general.tls().within(&self.configuration).make() {
                Ok(made) => {
                    made.doubts
                        .iter()
                        .for_each(|doubt| tracing::warn!("HTTPS: {doubt}"));
                    *lock(&self.shared.tls) = Some(made.config);
                }
                // Who has a certificate that worked goes on with it.
                Err(error) => failures.push(Failure::Tls(error)),
            }
        }
        if lock(&self.shared.tls).is_some() {
            wanted.extend(secure.into_iter().map(|address| At {
                address,
                secure: true,
            }));
        }
        self.shared.web.renew(Arc::new(settings));
        self.listen(&wanted, &mut failures);
        failures
    }

    /// Where it listens; with the ports that the system chose.
    pub fn places(&self) -> Vec<At> {
        let open = lock(&self.open);
        open.iter()
            .map(|open| At {
                address: open.bound,
                secure: open.at.secure,
            })
            .collect()
    }

    /// What is served where, in words; `figures` is the path of the node's figures, if they are served.
    pub fn status(&self, figures: Option<&str>) -> String {
        let web = &self.shared.web;
        show::status(&Shown {
            settings: &web.settings(),
            server: web.answers().server(),
            places: &self.places(),
            manager: web.has_manager(),
            figures,
        })
    }

    /// Listens nowhere any more and ends sessions, streams and connections; answers on their way still go.
    pub fn close(&self) {
        for open in lock(&self.open).drain(..) {
            open.task.abort();
        }
        self.shared.web.end();
    }

    fn listen(&self, wanted: &[At], failures: &mut Vec<Failure>) {
        let mut open = lock(&self.open);
        open.retain(|open| {
            let stays = wanted.contains(&open.at);
            if !stays {
                open.task.abort();
            }
            stays
        });
        for at in wanted.iter().copied() {
            if open.iter().any(|open| open.at == at) {
                continue;
            }
            match bind(at.address) {
                Ok(listener) => {
                    let bound = listener.local_addr().unwrap_or(at.address);
                    let task = tokio::spawn(accept(Arc::clone(&self.shared), listener, at.secure));
                    open.push(Open {
                        at,
                        bound,
                        task: task.abort_handle(),
                    });
                }
                Err(error) => failures.push(Failure::Address(at, error)),
            }
        }
    }
}

impl Drop for Faces {
    fn drop(&mut self) {
        self.close();
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Takes connections for as long as it is polled. One that cannot be taken is no reason to end.
async fn accept(shared: Arc<Shared>, listener: TcpListener, secure: bool) {
    let mut complained = false;
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                complained = false;
                let Some(counted) = shared.count(remote.ip()) else {
                    continue; // closed without a byte
                };
                let Ok(local) = stream.local_addr() else {
                    continue;
                };
                let ends = Ends {
                    local,
                    remote,
                    secure,
                    certificate: None,
                };
                tokio::spawn(serve(Arc::clone(&shared), stream, ends, counted));
            }
            Err(error) => {
                if !std::mem::replace(&mut complained, true) {
                    tracing::error!(%error, "no HTTP connection can be taken");
                }
                sleep(PAUSE).await;
            }
        }
    }
}

impl Shared {
    /// Counts a connection, if there may be one more.
    fn count(self: &Arc<Self>, address: IpAddr) -> Option<Counted> {
        let settings = self.web.settings();
        let limit = settings.general.connection_limit;
        let limit_of_one = settings
            .general
            .connection_limit_per_address
            .unwrap_or(limit);
        let mut connections = lock(&self.connections);
        let own = connections.get(&address).copied().unwrap_or_default();
        if own >= limit_of_one || connections.values().sum::<usize>() >= limit {
            if !self.told_full.swap(true, Ordering::Relaxed) {
                tracing::warn!("HTTP session count exceeded {limit} sessions.");
            }
            return None;
        }
        connections.insert(address, own + 1);
        Some(Counted {
            shared: Arc::clone(self),
            address,
        })
    }
}

/// A connection that counts.
struct Counted {
    shared: Arc<Shared>,
    address: IpAddr,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.shared.told_full.store(false, Ordering::Relaxed);
        let mut connections = lock(&self.shared.connections);
        if let Some(own) = connections.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                connections.remove(&self.address);
            }
        }
    }
}

/// Serves a connection to its end.
async fn serve(shared: Arc<Shared>, stream: TcpStream, ends: Ends, counted: Counted) {
    socket::prepare(&stream);
    if !ends.secure {
        return serve_http(&shared, stream, ends, counted).await;
    }
    let Some(config) = lock(&shared.tls).clone() else {
        return;
    };
    let patience = shared.web.settings().general.inactivity().min(HANDSHAKE);
    match timeout(patience, TlsAcceptor::from(config).accept(stream)).await {
        Ok(Ok(stream)) => {
            let certificate = certificate::shown(stream.get_ref().1).map(Arc::new);
            let ends = Ends {
                certificate,
                ..ends
            };
            serve_http(&shared, stream, ends, counted).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "TLS handshake"),
        Err(_) => {}
    }
}

async fn serve_http<S>(shared: &Arc<Shared>, stream: S, ends: Ends, counted: Counted)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let settings = shared.web.settings();
    let phase = Phase::default();
    let exchange = Arc::clone(shared.web.exchange());
    let sent = Box::new(move |bytes| exchange.sent(bytes));
    let stream = Timed::new(stream, phase.clone(), limits(&settings), sent);
    let counted = Arc::new(counted);
    let service =
        service_fn(|request| answer(Arc::clone(&counted), request, ends.clone(), phase.clone()));
    let mut connection = http1::Builder::new()
        .title_case_headers(true)
        .keep_alive(settings.general.keep_alive > 0)
        .max_headers(HEADERS)
        .max_buf_size(BUFFER)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut ending = shared.web.ending();
    let ended = async move { drop(ending.wait_for(|ending| *ending).await) };
    let served = tokio::select! {
        served = &mut connection => served,
        () = ended => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            let _ = timeout(PARTING, connection).await;
            return;
        }
    };
    // Who was not understood, or too slow to be, hears of it.
    let (Err(error), Some(parts)) = (served, connection.into_parts()) else {
        return;
    };
    let mut stream = parts.io.into_inner();
    if let Some(refusal) = unread::refusal(&error, &parts.read_buf)
        && stream.may_be_told()
    {
        let answer = shared.web.answers().refusal(refusal);
        let _ = timeout(PARTING, unread::tell(stream, answer)).await;
    }
}

fn limits(settings: &Settings) -> Limits {
    /// A client that has just connected has something to say soon, but not always at once.
    const FIRST: Duration = Duration::from_secs(10);
    let (within, between) = (settings.general.inactivity(), settings.general.keep_alive());
    let first = if between.is_zero() { within } else { between };
    Limits {
        first: first.max(FIRST),
        between,
        within,
        whole: within.max(WHOLE),
        writing: within,
    }
}

async fn answer(
    counted: Arc<Counted>,
    request: hyper::Request<Incoming>,
    ends: Ends,
    phase: Phase,
) -> Result<Answer, Infallible> {
    let (parts, body) = request.into_parts();
    let foreign = is_cross_site(&parts.headers);
    let ends = Ends {
        certificate: ends.certificate.filter(|_| !foreign),
        ..ends
    };
    if hyper::body::Body::is_end_stream(&body) {
        phase.answering();
    }
    let request = Request {
        parts,
        body,
        ends,
        phase: phase.clone(),
    };
    let answer = counted.shared.web.serve(request).await;
    // What goes on happening is answered for as long as it does.
    if !matches!(answer.body(), Body::Live(_)) {
        phase.answered();
    }
    Ok(answer)
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
