//! Who asks on the JSON faces: the same accounts as everywhere, by the cookie of a session, by HTTP
//! Basic where nobody can listen, or by a token.

use crate::answer::Refusal;
use crate::cookie;
use crate::driver::{Driver, Ends, Happening};
use crate::session::Member;
use crate::sessions::Session;
use crate::web::Web;
use ami::{Frame, Message};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use manager::{Carrier, Input};

/// Who asks.
pub(crate) enum Caller {
    /// Who has logged in to a session.
    Session(Session, Member),
    /// Who says so in the request; not checked yet.
    Login { username: String, secret: String },
    /// Whom a token stands for.
    Token { account: String },
}

impl Caller {
    /// Who asks, by the headers of a request. `None` if they do not say.
    pub(crate) async fn of(
        web: &Web,
        headers: &HeaderMap,
        ends: &Ends,
    ) -> Result<Option<Self>, Refusal> {
        if let Some(value) = headers.get(AUTHORIZATION) {
            let value = value.to_str().map_err(|_| Refusal::Unauthorized)?;
            return Self::of_header(web, value, ends).map(Some);
        }
        let session = cookie::session(headers).and_then(|id| web.sessions().find(id));
        let Some(session) = session else {
            return Ok(None);
        };
        let member = session.handle.account().await;
        Ok(member.map(|member| Self::Session(session, member)))
    }

    fn of_header(web: &Web, value: &str, ends: &Ends) -> Result<Self, Refusal> {
        let (scheme, rest) = value.split_once(' ').ok_or(Refusal::Unauthorized)?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("Bearer") {
            let now = web.exchange().now().utc;
            let settings = web.settings();
            let account = settings
                .tokens
                .account(rest, now)
                .ok_or(Refusal::Unauthorized)?;
            return Ok(Self::Token {
                account: account.to_owned(),
            });
        }
        if !scheme.eq_ignore_ascii_case("Basic") {
            return Err(Refusal::Unauthorized);
        }
        if !is_private(ends) {
            return Err(Refusal::NotPrivate);
        }
        let decoded = STANDARD
            .decode(rest)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let decoded = decoded.ok_or(Refusal::Unauthorized)?;
        let (username, secret) = decoded.split_once(':').ok_or(Refusal::Unauthorized)?;
        Ok(Self::Login {
            username: username.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// A session of their own, logged in.
    pub(crate) async fn driver(
        &self,
        web: &Web,
        carrier: Carrier,
        ends: &Ends,
    ) -> Result<Driver, Refusal> {
        let mut driver =
            Driver::new(web.exchange(), carrier, ends).map_err(|_| Refusal::Unavailable)?;
        let token = driver.token();
        match self {
            Self::Session(_, member) => {
                driver.belong(member.place.clone());
                driver.handle(Input::Proven {
                    token,
                    account: &member.name,
                });
            }
            Self::Token { account } => driver.handle(Input::Proven { token, account }),
            Self::Login { username, secret } => {
                let mut login = Message::new()
                    .with("Action", "Login")
                    .with("Username", username);
                // Without one it is a certificate that lets them in, if any.
                if !secret.is_empty() {
                    login = login.with("Secret", secret);
                }
                driver.handle(Input::Frame {
                    token,
                    frame: Frame::Message(login),
                    patience: None,
                });
            }
        }
        loop {
            match driver.next().await {
                Happening::Answer(..) if driver.session().account().is_some() => return Ok(driver),
                Happening::Answer(..) | Happening::Over(_) => return Err(Refusal::Unauthorized),
                Happening::Event(_) | Happening::Told | Happening::Gap(_) => {}
            }
        }
    }
}

/// Whether nobody can listen: TLS, or both ends are this machine.
fn is_private(ends: &Ends) -> bool {
    ends.secure || ends.remote.ip().to_canonical().is_loopback()
}

/// The ways to say who one is. A browser that runs a page is not told of Basic: it would ask its user
/// in the page's place.
pub(crate) fn ways(headers: &HeaderMap, ends: &Ends) -> Vec<String> {
    let mut ways = vec!["Bearer realm=\"asterisk\"".to_owned()];
    if is_private(ends) && !headers.contains_key("sec-fetch-mode") {
        ways.push("Basic realm=\"asterisk\", charset=\"UTF-8\"".to_owned());
    }
    ways
}
