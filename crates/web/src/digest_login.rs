//! Sessions of who logs in with HTTP digest (ami-server.md 8.4).
//!
//! A nonce leads to a session and is never one. A nonce that is used up or too old is replaced by a
//! new one that leads to the same session, if who asks proves that they know the secret.

use crate::digest::{Algorithm, Counted, Credentials, LIFETIME, Nonces, challenges};
use crate::driver::{Ends, NoEntropy};
use crate::exchange::Exchange;
use crate::session::{Handle, Reply};
use crate::sessions::{NoSession, Sessions};
use ami::Message;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Nonces in use that are remembered.
const LIMIT: usize = 10_000;

/// Who logs in so.
pub(crate) struct DigestLogin {
    exchange: Arc<dyn Exchange>,
    sessions: Arc<Sessions>,
    nonces: Nonces,
    used: Mutex<HashMap<String, Used>>,
}

/// A nonce that has been used.
struct Used {
    handle: Handle,
    account: String,
    remote: IpAddr,
    /// The last count.
    count: u32,
    /// When it was made, since the start.
    made: Duration,
}

/// Why somebody is not let in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// They have to say who they are, in one of these ways.
    Challenge(Vec<String>),
    /// The account may not come from there.
    NotFromHere,
    /// The account has as many sessions as it may have.
    InUse,
    /// There is no session for them.
    NoSession(NoSession),
}

impl DigestLogin {
    pub(crate) fn new(
        exchange: Arc<dyn Exchange>,
        sessions: Arc<Sessions>,
    ) -> Result<Self, NoEntropy> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| NoEntropy)?;
        let nonces = Nonces::new(key);
        Ok(Self {
            exchange,
            sessions,
            nonces,
            used: Mutex::default(),
        })
    }

    /// The session of who asks. `header` is the value of `Authorization`, `target` what is asked for.
    pub(crate) async fn session(
        &self,
        header: Option<&str>,
        method: &str,
        target: &str,
        offered: &[Algorithm],
        ends: &Ends,
    ) -> Result<Handle, Refused> {
        let ask_again = |stale| self.challenge(offered, stale);
        let Some(credentials) = header.and_then(|header| Credentials::parse(header, offered))
        else {
            return Err(ask_again(false)?);
        };
        let now = self.exchange.now().since_start;
        let Some(age) = self.nonces.age(&credentials.nonce, now) else {
            return Err(ask_again(false)?);
        };
        let Some(account) = self.account(&credentials, method, target, ends) else {
            self.tell_failure(&credentials.username, ends).await?;
            return Err(ask_again(false)?);
        };
        if self.is_of_another(&credentials.nonce, &account, ends.remote.ip()) {
            return Err(ask_again(false)?);
        }
        if age > LIFETIME {
            return Err(self.renew(&credentials.nonce, &account, ends, offered)?);
        }
        match self.reuse(&credentials) {
            Some(Ok(handle)) => Ok(handle),
            Some(Err(Replayed)) => Err(self.renew(&credentials.nonce, &account, ends, offered)?),
            None => self.log_in(&credentials, account, ends, now - age).await,
        }
    }

    /// Lets go of all sessions.
    pub(crate) fn end(&self) {
        self.used().clear();
    }

    /// The account of who proves that they know its secret.
    fn account(
        &self,
        credentials: &Credentials,
        method: &str,
        target: &str,
        ends: &Ends,
    ) -> Option<String> {
        let node = self.exchange.configured();
        let (now, limit) = (self.exchange.now(), node.settings.general.login_failures);
        let (address, name) = (ends.remote.ip(), &credentials.username);
        if !node
            .throttle
            .admits_to(now.since_start, address, name, limit)
        {
            return None;
        }
        let user = node.settings.user(&credentials.username)?;
        let secret = user.plain_secret()?;
        let proven = credentials.prove(&user.name, secret, method, realm(&node));
        (proven && credentials.uri == target).then(|| user.name.clone())
    }

    /// Whether a nonce was used by another account or from another address. It is no secret: its session
    /// is not for whoever knows it and has some account, and addresses are judged when a session begins.
    fn is_of_another(&self, nonce: &str, account: &str, remote: IpAddr) -> bool {
        let used = self.used();
        let known = used.get(nonce);
        known.is_some_and(|known| known.account != account || known.remote != remote)
    }

    /// The session of a nonce that was used before; each count once and in order.
    fn reuse(&self, credentials: &Credentials) -> Option<Result<Handle, Replayed>> {
        let mut used = self.used();
        let known = used.get_mut(&credentials.nonce)?;
        let count = credentials
            .counted
            .as_ref()
            .map_or(0, |Counted { count, .. }| *count);
        if count <= known.count || known.handle.is_over() {
            return Some(Err(Replayed));
        }
        known.count = count;
        Some(Ok(known.handle.clone()))
    }

    async fn log_in(
        &self,
        credentials: &Credentials,
        account: String,
        ends: &Ends,
        made: Duration,
    ) -> Result<Handle, Refused> {
        let remote = ends.remote.ip();
        let user = self.exchange.configured().settings.user(&account).cloned();
        let may_have_more = user.as_ref().is_none_or(|user| user.allow_multiple_login);
        let own = if may_have_more {
            None
        } else {
            self.of_account(&account, remote)
        };
        let handle = match own {
            Some(handle) => handle,
            None => self.begin(&account, ends).await?,
        };
        let count = credentials
            .counted
            .as_ref()
            .map_or(u32::MAX, |Counted { count, .. }| *count);
        let nonce = credentials.nonce.clone();
        self.remember(
            nonce,
            Used {
                handle: handle.clone(),
                account,
                remote,
                count,
                made,
            },
        );
        Ok(handle)
    }

    /// An account that may have one session has the one it has, if it comes from the same place.
    fn of_account(&self, account: &str, remote: IpAddr) -> Option<Handle> {
        let used = self.used();
        let own = |used: &&Used| {
            used.account == account && used.remote == remote && !used.handle.is_over()
        };
        used.values().find(own).map(|used| used.handle.clone())
    }

    async fn begin(&self, account: &str, ends: &Ends) -> Result<Handle, Refused> {
        let session = self.sessions.begin(ends).map_err(Refused::NoSession)?;
        let reply = session
            .handle
            .prove(account.to_owned())
            .await
            .unwrap_or_default();
        self.sessions.note(&session.id, &reply);
        if reply.member.is_some() {
            return Ok(session.handle);
        }
        let node = self.exchange.configured();
        let refusing = node
            .settings
            .user(account)
            .and_then(|user| user.refusing_acl(ends.remote.ip().to_canonical()));
        Err(if refusing.is_some() {
            Refused::NotFromHere
        } else {
            Refused::InUse
        })
    }

    /// A failure is told, logged and delayed as any other: it is a login without the secret.
    async fn tell_failure(&self, username: &str, ends: &Ends) -> Result<(), Refused> {
        let ends = Ends {
            certificate: None, // which would let them in
            ..ends.clone()
        };
        let session = self.sessions.begin(&ends).map_err(Refused::NoSession)?;
        let login = Message::new()
            .with("Action", "Login")
            .with("Username", username);
        let _: Result<Reply, _> = session.handle.act(login, &ends).await;
        Ok(())
    }

    /// A new nonce for the session of an old one.
    fn renew(
        &self,
        nonce: &str,
        account: &str,
        ends: &Ends,
        offered: &[Algorithm],
    ) -> Result<Refused, Refused> {
        let now = self.exchange.now().since_start;
        let new = self
            .make_nonce()
            .map_err(|NoEntropy| Refused::NoSession(NoSession::NoEntropy))?;
        let known = self.used().get(nonce).map(|used| used.handle.clone());
        if let Some(handle) = known.filter(|handle| !handle.is_over()) {
            let account = account.to_owned();
            self.remember(
                new.clone(),
                Used {
                    handle,
                    account,
                    remote: ends.remote.ip(),
                    count: 0,
                    made: now,
                },
            );
        }
        let node = self.exchange.configured();
        Ok(Refused::Challenge(challenges(
            offered,
            realm(&node),
            &new,
            true,
        )))
    }

    fn challenge(&self, offered: &[Algorithm], stale: bool) -> Result<Refused, Refused> {
        let nonce = self
            .make_nonce()
            .map_err(|NoEntropy| Refused::NoSession(NoSession::NoEntropy))?;
        let node = self.exchange.configured();
        Ok(Refused::Challenge(challenges(
            offered,
            realm(&node),
            &nonce,
            stale,
        )))
    }

    fn make_nonce(&self) -> Result<String, NoEntropy> {
        let mut entropy = [0; 8];
        getrandom::fill(&mut entropy).map_err(|_| NoEntropy)?;
        Ok(self.nonces.make(self.exchange.now().since_start, entropy))
    }

    /// Remembers a nonce for as long as it could be used again: past its lifetime it is too old, but
    /// leads to its session for as long as that lives.
    fn remember(&self, nonce: String, new: Used) {
        let mut used = self.used();
        if used.len() >= LIMIT {
            let old = self
                .exchange
                .now()
                .since_start
                .saturating_sub(LIFETIME + Duration::from_secs(1));
            used.retain(|_, used| used.made > old || !used.handle.is_over());
        }
        if used.len() >= LIMIT
            && let Some(oldest) = used
                .iter()
                .min_by_key(|(_, used)| used.made)
                .map(|(nonce, _)| nonce.clone())
        {
            used.remove(&oldest);
        }
        used.insert(nonce, new);
    }

    fn used(&self) -> MutexGuard<'_, HashMap<String, Used>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The nonce was used with this count before.
struct Replayed;

/// What the secrets of digests are for.
fn realm(node: &manager::Node) -> &str {
    match node.system_name.as_str() {
        "" => "asterisk",
        name => name,
    }
}
