//! Where managers connect: the listeners of manager.conf, opened, moved and closed with it.

use crate::node::Node;
use crate::session_task::{self, Ends};
use manager::General;
use model::Transport;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::AbortHandle;
use tokio_rustls::rustls::ServerConfig;
use web::Tls;

/// Connections that the system may hold before we take them.
const BACKLOG: u32 = 1024;
/// How long to wait when no connection can be taken, as when files run out.
const PAUSE: Duration = Duration::from_millis(100);

/// The listeners there are.
#[derive(Default)]
pub(crate) struct Listeners {
    open: Mutex<Vec<Open>>,
    tls: Arc<RwLock<Option<Arc<ServerConfig>>>>,
}

struct Open {
    at: Place,
    task: AbortHandle,
}

/// Where and how one listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    pub(crate) secured: bool,
}

impl Listeners {
    /// Listens where the configuration says, and no longer elsewhere. What cannot be done is given.
    pub(crate) fn renew(&self, node: &Arc<Node>) -> Vec<String> {
        let mut failures = Vec::new();
        let configured = node.configured();
        let general = &configured.manager.settings.general;
        let folder = &configured.configuration.asterisk.directories.configuration;
        let plain = general.addresses().into_iter().map(|address| Place {
            address,
            secured: false,
        });
        let mut wanted: Vec<_> = plain.collect();
        let secured = general.tls_addresses();
        if !secured.is_empty() {
            match tls(general, folder).make() {
                Ok(made) => {
                    for doubt in made.doubts {
                        tracing::warn!("manager over TLS: {doubt}");
                    }
                    *self.tls.write().unwrap_or_else(PoisonError::into_inner) = Some(made.config);
                }
                Err(reason) => failures.push(format!("manager over TLS: {reason}")),
            }
        }
        if self.tls_config().is_some() {
            wanted.extend(secured.into_iter().map(|address| Place {
                address,
                secured: true,
            }));
        }
        let mut open = self.lock();
        open.retain(|open| {
            let stays = wanted.contains(&open.at);
            if !stays {
                open.task.abort();
            }
            stays
        });
        for at in wanted {
            if open.iter().any(|open| open.at == at) {
                continue;
            }
            match listen(at.address) {
                Ok(listener) => {
                    let task = tokio::spawn(accept(listener, at, Arc::clone(node)));
                    open.push(Open {
                        at,
                        task: task.abort_handle(),
                    });
                }
                Err(error) => failures.push(format!("manager on {}: {error}", at.address)),
            }
        }
        failures
    }

    /// Where it listens.
    pub(crate) fn places(&self) -> Vec<Place> {
        self.lock().iter().map(|open| open.at).collect()
    }

    /// Listens nowhere any more.
    pub(crate) fn close(&self) {
        for open in self.lock().drain(..) {
            open.task.abort();
        }
    }

    fn tls_config(&self) -> Option<Arc<ServerConfig>> {
        self.tls
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is said of TLS; relative names are taken from the configuration folder.
pub(crate) fn tls(general: &General, folder: &Path) -> Tls {
    Tls::of(&general.tls, general.tls_server_order).within(folder)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Takes connections for as long as it is polled. A connection that cannot be taken is no reason to
/// end: they come again when files are free.
async fn accept(listener: TcpListener, at: Place, node: Arc<Node>) {
    let mut complained = false;
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                complained = false;
                admit(stream, remote, at, &node);
            }
            Err(error) => {
                if !std::mem::replace(&mut complained, true) {
                    tracing::error!(%error, "no connection can be taken on {}", at.address);
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Begins a session, unless too many have not logged in yet: that one is closed without a word.
fn admit(stream: TcpStream, remote: SocketAddr, at: Place, node: &Arc<Node>) {
    let configured = node.configured();
    let general = &configured.manager.settings.general;
    if !node.admits(remote.ip(), general.login_failures) {
        tracing::debug!("{} is not taken: too many logins failed", remote.ip());
        return;
    }
    let limit = general.login_limit;
    let Some(place) = node.sessions.enter(remote.ip(), stream.as_raw_fd(), limit) else {
        tracing::warn!(
            "{} is not taken: {limit} connections have not logged in",
            remote.ip().to_canonical()
        );
        return;
    };
    web::socket::prepare(&stream);
    let local = stream.local_addr().unwrap_or(at.address);
    let transport = if at.secured {
        Transport::Tls
    } else {
        Transport::Tcp
    };
    let ends = Ends {
        local,
        remote,
        transport,
    };
    let tls = if at.secured {
        node.listeners.tls_config()
    } else {
        None
    };
    let number = place.number();
    let task = tokio::spawn(session_task::run(
        Arc::clone(node),
        place,
        stream,
        ends,
        tls,
    ));
    node.sessions.attach(number, task.abort_handle());
}
