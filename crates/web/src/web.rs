//! What is served, and which path leads where.

use crate::ami_face::Face;
use crate::answer::{Answer, Answers, Refusal};
use crate::cookie;
use crate::digest_login::DigestLogin;
use crate::driver::{Ends, NoEntropy};
use crate::exchange::Exchange;
use crate::figures;
use crate::files::Files;
use crate::idle::Phase;
use crate::json_faces::JsonFace;
use crate::page::{self, Status};
use crate::panel;
use crate::sessions::Sessions;
use crate::settings::Settings;
use crate::upload;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use percent_encoding::percent_decode_str;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// The largest body that is taken, in bytes.
const BODY_LIMIT: usize = 40_960;

/// Everything that is served.
pub(crate) struct Web {
    exchange: Arc<dyn Exchange>,
    sessions: Arc<Sessions>,
    digest: DigestLogin,
    /// The folder that has `static-http`.
    data: PathBuf,
    current: RwLock<Current>,
    ending: watch::Sender<bool>,
}

/// What changes with the configuration.
#[derive(Clone)]
struct Current {
    settings: Arc<Settings>,
    answers: Answers,
}

/// A request, and the connection it came on.
pub(crate) struct Request {
    pub(crate) parts: Parts,
    pub(crate) body: Incoming,
    pub(crate) ends: Ends,
    pub(crate) phase: Phase,
}

impl Web {
    pub(crate) fn new(exchange: Arc<dyn Exchange>, data: &Path) -> Result<Self, NoEntropy> {
        let sessions = Arc::new(Sessions::new(Arc::clone(&exchange)));
        let digest = DigestLogin::new(Arc::clone(&exchange), Arc::clone(&sessions))?;
        let current = Current {
            settings: Arc::default(),
            answers: Answers::new(""),
        };
        Ok(Self {
            exchange,
            sessions,
            digest,
            data: data.to_owned(),
            current: RwLock::new(current),
            ending: watch::Sender::new(false),
        })
    }

    /// Ends sessions and streams.
    pub(crate) fn end(&self) {
        self.ending.send_replace(true);
        self.sessions.end();
        self.digest.end();
    }

    /// Whether it ends, and the word when it does.
    pub(crate) fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// From now on it is served so.
    pub(crate) fn renew(&self, settings: Arc<Settings>) {
        if let Some(missing) = missing(&settings, self.has_manager()) {
            tracing::warn!("{missing}");
        }
        let version = &self.exchange.configured().version;
        let name = settings.general.server_name.clone();
        let answers = Answers::new(&name.unwrap_or_else(|| format!("Asterisk/{version}")));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) =
            Current { settings, answers };
    }

    pub(crate) fn exchange(&self) -> &Arc<dyn Exchange> {
        &self.exchange
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn digest(&self) -> &DigestLogin {
        &self.digest
    }

    pub(crate) fn settings(&self) -> Arc<Settings> {
        self.current().settings
    }

    pub(crate) fn answers(&self) -> Answers {
        self.current().answers
    }

    fn current(&self) -> Current {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Answers a request.
    pub(crate) async fn serve(&self, request: Request) -> Answer {
        match self.route(request).await {
            Ok(answer) => answer,
            Err(refusal) => self.answers().refusal(refusal),
        }
    }

    async fn route(&self, request: Request) -> Result<Answer, Refusal> {
        let settings = self.settings();
        let asked = percent_decode_str(request.parts.uri.path())
            .decode_utf8_lossy()
            .into_owned();
        let lower = asked.to_ascii_lowercase();
        if is_restricted(&settings, &plain(&lower), request.ends.remote) {
            return Err(Refusal::Restricted);
        }
        let redirect = settings
            .redirects
            .iter()
            .find(|redirect| redirect.from.eq_ignore_ascii_case(&asked));
        if let Some(redirect) = redirect {
            return Ok(self.answers().elsewhere(&redirect.to));
        }
        let prefix = settings.general.prefix.len();
        let below = lower
            .strip_prefix(&settings.general.prefix)
            .and_then(|path| path.strip_prefix('/'));
        let path = below.ok_or(Refusal::NotFound)?;
        // Not in lower case: files have names.
        let written = asked.get(prefix + 1..).unwrap_or_default();
        if let Some(file) = written
            .get(..7)
            .filter(|start| start.eq_ignore_ascii_case("static/"))
        {
            return self
                .serve_file(&settings, &written[file.len()..], &request)
                .await;
        }
        let name = path.trim_end_matches('/');
        if name == "httpstatus" && settings.general.status {
            return self.serve_status(&settings, &request);
        }
        if let Some(figures) = self.exchange.figures(name) {
            return Ok(figures::serve(&self.answers(), figures, &request).await);
        }
        if !self.has_manager() {
            return Err(Refusal::NotFound);
        }
        if settings.general.panel {
            if name.is_empty() && settings.general.panel_at_root {
                return Ok(self
                    .answers()
                    .elsewhere(&format!("{}/panel/", settings.general.prefix)));
            }
            if path == "panel" || path.starts_with("panel/") {
                return panel::serve(self, path.strip_prefix("panel/"), &request);
            }
        }
        if let Some(face) = Face::of(name) {
            return Ok(face.serve(self, request).await);
        }
        if let Some(mapping) = settings
            .mappings
            .iter()
            .find(|mapping| mapping.path == name)
        {
            return upload::serve(self, &mapping.folder, request).await;
        }
        match JsonFace::of(name, written.trim_end_matches('/')) {
            Some(face) => Ok(face.serve(self, request).await),
            None => Err(Refusal::NotFound),
        }
    }

    /// Whether the manager answers over HTTP.
    pub(crate) fn has_manager(&self) -> bool {
        let node = self.exchange.configured();
        let general = &node.settings.general;
        general.enabled && general.web_enabled
    }

    async fn serve_file(
        &self,
        settings: &Settings,
        path: &str,
        request: &Request,
    ) -> Result<Answer, Refusal> {
        if !settings.general.static_files {
            return Err(Refusal::NotFound);
        }
        if ![Method::GET, Method::HEAD].contains(&request.parts.method) {
            return Err(Refusal::NotImplemented);
        }
        let files = Files::new(self.data.join("static-http"), settings.types.clone());
        let headers = &request.parts.headers;
        if Files::is_private(path) && !self.is_logged_in(cookie::session(headers)).await {
            return Err(Refusal::Forbidden);
        }
        let found = files.find(path).await?;
        Ok(found.answer(&self.answers(), headers))
    }

    async fn is_logged_in(&self, id: Option<&str>) -> bool {
        match id.and_then(|id| self.sessions.find(id)) {
            Some(session) => session.handle.account().await.is_some(),
            None => false,
        }
    }

    fn serve_status(&self, settings: &Settings, request: &Request) -> Result<Answer, Refusal> {
        if ![Method::GET, Method::HEAD].contains(&request.parts.method) {
            return Err(Refusal::NotImplemented);
        }
        let query = request.parts.uri.query().unwrap_or_default();
        let bad = |_| Refusal::Bad("Line break in a parameter");
        let submitted = crate::parameters::read(query.as_bytes()).map_err(bad)?;
        let list = |addresses: Vec<SocketAddr>| {
            let texts: Vec<_> = addresses.iter().map(SocketAddr::to_string).collect();
            texts.join(", ")
        };
        let answers = self.answers();
        let page = page::status(&Status {
            server: answers.server(),
            prefix: &settings.general.prefix,
            bind: list(settings.general.addresses()),
            tls_bind: list(settings.general.tls_addresses()),
            parameters: submitted.iter().collect(),
            cookies: cookie::all(&request.parts.headers)
                .map(|(name, _)| name)
                .collect(),
        });
        Ok(answers.of(StatusCode::OK, "text/html", page))
    }
}

/// Two files must agree before the manager answers over HTTP: what one of them does not say, if the other
/// does. `has_manager` is what manager.conf says.
pub fn missing(settings: &Settings, has_manager: bool) -> Option<&'static str> {
    let served = settings.general.enabled || settings.general.tls.enabled;
    match (served, has_manager) {
        (true, false) => Some(
            "HTTP is served, and not the manager: [general] of manager.conf must say enabled = yes and webenabled = yes",
        ),
        (false, true) => Some(
            "manager.conf says webenabled = yes, and nothing is served over HTTP: [general] of http.conf must say enabled = yes",
        ),
        (true, true) | (false, false) => None,
    }
}

/// A path as files are found by it: empty parts and those that stay where they are do not count.
fn plain(path: &str) -> String {
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.fold(String::new(), |plain, part| plain + "/" + part)
}

/// Whether a path, plain, decoded and in lower case, is not for who comes from there.
fn is_restricted(settings: &Settings, path: &str, remote: SocketAddr) -> bool {
    let concerned = settings.restrictions.iter().filter(|restriction| {
        let rest = path.strip_prefix(&restriction.prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let address = remote.ip().to_canonical();
    concerned
        .into_iter()
        .any(|restriction| !restriction.acl.allows(address))
}

impl Request {
    /// The whole body, if it is not too large.
    pub(crate) async fn whole_body(self) -> Result<Bytes, Refusal> {
        if self.body.size_hint().lower() > BODY_LIMIT as u64 {
            return Err(Refusal::TooLarge);
        }
        if !self.body.is_end_stream() {
            self.phase.receiving();
        }
        let body = Limited::new(self.body, BODY_LIMIT).collect().await;
        self.phase.answering();
        match body {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(Refusal::TooLarge),
            Err(_) => Err(Refusal::Bad("Error parsing request body")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Settings, missing, plain};

    #[test]
    fn a_path_has_one_spelling() {
        for spelling in [
            "/static/private/x",
            "//static/./private//x",
            "/static/private/x/.",
        ] {
            assert_eq!(plain(spelling), "/static/private/x");
        }
        assert_eq!(plain("/"), "");
    }

    #[test]
    fn the_file_that_does_not_agree_is_named() {
        let off = Settings::default();
        let mut on = Settings::default();
        on.general.tls.enabled = true;
        assert!(missing(&on, false).is_some_and(|text| text.contains("manager.conf must say")));
        assert!(missing(&off, true).is_some_and(|text| text.contains("http.conf must say")));
        assert_eq!((missing(&on, true), missing(&off, false)), (None, None));
    }
}
