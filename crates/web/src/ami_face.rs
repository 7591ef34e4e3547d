//! The six paths of the manager: `/rawman`, `/manager`, `/mxml` with a cookie, and with HTTP digest
//! `/arawman`, `/amanager`, `/amxml` (ami-server.md 8).

use crate::answer::{Answer, Refusal, set};
use crate::answering;
use crate::body::Body;
use crate::cookie;
use crate::digest_login::Refused;
use crate::driver::Ends;
use crate::exchange::Exchange;
use crate::origin::is_cross_site;
use crate::parameters;
use crate::session::{Handle, NoAnswer, Reply};
use crate::sessions::Session;
use crate::web::{Request, Web};
use ami::xml::Elements;
use ami::{Dialect, Message, action, html, raw, xml};
use hyper::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderValue, PRAGMA, SET_COOKIE, X_FRAME_OPTIONS,
};
use hyper::{HeaderMap, Method, StatusCode};
use manager::Piece;

/// One of the paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    format: Format,
    login: Login,
}

/// How messages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Raw,
    Html,
    Xml,
}

/// How clients log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Login {
    Cookie,
    Digest,
}

impl Face {
    /// The face of a path, in lower case and without slashes.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let (login, name) = match name.strip_prefix('a') {
            Some(name) => (Login::Digest, name),
            None => (Login::Cookie, name),
        };
        let format = match name {
            "rawman" => Format::Raw,
            "manager" => Format::Html,
            "mxml" => Format::Xml,
            _ => return None,
        };
        Some(Self { format, login })
    }

    /// Answers a request.
    pub(crate) async fn serve(self, web: &Web, request: Request) -> Answer {
        let method = request.parts.method.clone();
        if ![Method::GET, Method::HEAD, Method::POST].contains(&method) {
            return web.answers().refusal(Refusal::NotImplemented);
        }
        match self.login {
            Login::Cookie => self.serve_cookie(web, request).await,
            Login::Digest => self.serve_digest(web, request).await,
        }
    }

    async fn serve_cookie(self, web: &Web, request: Request) -> Answer {
        let ends = request.ends.clone();
        let cookie = cookie::session(&request.parts.headers).map(str::to_owned);
        let action = match action(request).await {
            Ok(action) => action,
            Err(refusal) => return web.answers().refusal(refusal),
        };
        let known = cookie.and_then(|id| web.sessions().find(&id));
        let reply = match known {
            Some(session) => ask(web, session, &action, &ends).await,
            None => Err(NoAnswer::Gone),
        };
        // A session that ends while it is asked is as one that is not there.
        let reply = match reply {
            Err(NoAnswer::Gone) => match web.sessions().begin(&ends) {
                Ok(session) => ask(web, session, &action, &ends).await,
                Err(_) => return web.answers().refusal(Refusal::TooMany),
            },
            other => other,
        };
        let Ok((session, reply)) = reply else {
            return web.answers().refusal(Refusal::TooMany);
        };
        let mut answer = self.write(web, reply, &action).await;
        let seconds = web.exchange().configured().settings.general.http_timeout;
        let headers = answer.headers_mut();
        set(
            headers,
            SET_COOKIE,
            &cookie::set(&session.id, seconds.into(), ends.secure),
        );
        headers.insert(PRAGMA, HeaderValue::from_static("SuppressEvents"));
        answer
    }

    async fn serve_digest(self, web: &Web, request: Request) -> Answer {
        if is_sent_by_a_page(&request) {
            return web.answers().refusal(Refusal::Origin);
        }
        let handle = match digest_session(web, &request).await {
            Ok(handle) => handle,
            Err(answer) => return answer,
        };
        let ends = request.ends.clone();
        let action = match action(request).await {
            Ok(action) => action,
            Err(refusal) => return web.answers().refusal(refusal),
        };
        match handle.act(action.clone(), &ends).await {
            Ok(reply) => self.write(web, reply, &action).await,
            Err(NoAnswer::Gone) => web.answers().refusal(Refusal::Unavailable),
            Err(NoAnswer::Full) => web.answers().refusal(Refusal::TooMany),
        }
    }

    async fn write(self, web: &Web, reply: Reply, action: &Message) -> Answer {
        let (exchange, pieces) = (&**web.exchange(), reply.pieces);
        let (content_type, body) = match self.format {
            Format::Raw => ("text/plain", plain(exchange, pieces).await),
            Format::Xml => ("text/xml", document(exchange, pieces, action).await),
            Format::Html => ("text/html", self.page(exchange, pieces).await),
        };
        let Some(body) = body else {
            return web.answers().refusal(Refusal::Unavailable);
        };
        let mut answer = web.answers().of(StatusCode::OK, content_type, body);
        if self.format == Format::Html {
            // No page of another site shows it in a frame, to have its user press our buttons.
            let own = HeaderValue::from_static("SAMEORIGIN");
            answer.headers_mut().insert(X_FRAME_OPTIONS, own);
        }
        answer
    }

    async fn page(self, exchange: &dyn Exchange, pieces: Vec<Piece>) -> Option<Body> {
        let mut page = String::new();
        let end = match self.login {
            Login::Cookie => {
                html::begin_manager(&actions(), &mut page);
                html::MANAGER_END
            }
            Login::Digest => {
                html::begin_authenticated(&mut page);
                html::AUTHENTICATED_END
            }
        };
        let row = |piece: &Piece, page: &mut String| html::encode(piece.message(), page);
        let page = answering::write(exchange, pieces, page, row).await?;
        Some((page + end).into())
    }
}

async fn plain(exchange: &dyn Exchange, pieces: Vec<Piece>) -> Option<Body> {
    let message = |piece: &Piece, bytes: &mut Vec<u8>| raw::encode(piece.message(), bytes);
    let bytes = answering::write(exchange, pieces, Vec::new(), message).await?;
    Some(bytes.into())
}

/// The elements are called as the action says.
async fn document(exchange: &dyn Exchange, pieces: Vec<Piece>, action: &Message) -> Option<Body> {
    let default = Elements::default();
    let named = |header, default: &str| action.first(header).unwrap_or(default).to_owned();
    let names = (
        named("ajaxdest", default.destination),
        named("ajaxobjtype", default.object_type),
    );
    let element = |piece: &Piece, (text, names): &mut (String, (String, String))| {
        let elements = Elements {
            destination: &names.0,
            object_type: &names.1,
        };
        xml::encode(piece.message(), elements, text);
    };
    let begun = (String::from(xml::BEGIN), names);
    let (text, _) = answering::write(exchange, pieces, begun, element).await?;
    Some((text + xml::END).into())
}

async fn ask(
    web: &Web,
    session: Session,
    action: &Message,
    ends: &Ends,
) -> Result<(Session, Reply), NoAnswer> {
    let reply = session.handle.act(action.clone(), ends).await?;
    web.sessions().note(&session.id, &reply);
    Ok((session, reply))
}

/// Whether a page of another site has a browser ask for something: the browser would prove who its
/// user is, without asking them.
fn is_sent_by_a_page(request: &Request) -> bool {
    let parts = &request.parts;
    let asks = parts.method == Method::POST || parts.uri.query().is_some();
    asks && is_cross_site(&parts.headers)
}

/// The session of who logs in with a digest, or what they are answered instead.
async fn digest_session(web: &Web, request: &Request) -> Result<Handle, Answer> {
    let parts = &request.parts;
    let header = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let target = parts
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let settings = web.settings();
    let offered = &settings.general.digest_algorithms.0;
    let session = web.digest().session(
        header,
        parts.method.as_str(),
        target,
        offered,
        &request.ends,
    );
    session.await.map_err(|refused| match refused {
        Refused::Challenge(ways) => web.answers().unauthorized(&ways),
        Refused::NotFromHere => web.answers().refusal(Refusal::NotFromHere),
        Refused::InUse => web.answers().refusal(Refusal::InUse),
        Refused::NoSession(_) => web.answers().refusal(Refusal::TooMany),
    })
}

/// The action of a request: of a POST the posted form, else the query.
async fn action(request: Request) -> Result<Message, Refusal> {
    let forged = |_| Refusal::Bad("Line break in a parameter");
    if request.parts.method != Method::POST {
        let query = request.parts.uri.query().unwrap_or_default();
        return parameters::read(query.as_bytes()).map_err(forged);
    }
    let is_form = is_form(&request.parts.headers);
    let body = request.whole_body().await?;
    if !is_form {
        return Ok(Message::new());
    }
    parameters::read(&body).map_err(forged)
}

fn is_form(headers: &HeaderMap) -> bool {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let kind = value
        .and_then(|value| value.split(';').next())
        .unwrap_or_default();
    kind.trim()
        .eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// All actions of today's dialect, by name.
fn actions() -> Vec<&'static str> {
    let mut names: Vec<_> = action::Action::DECLARATIONS
        .iter()
        .filter(|action| action.is_spoken(Dialect::V22))
        .map(|action| action.name)
        .collect();
    names.sort_unstable_by_key(|name| name.to_ascii_lowercase());
    names
}
