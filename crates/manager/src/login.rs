//! Logging in (ami-server.md 2).
//!
//! A refusal has one answer and one time whatever its reason: the answer comes a second after the
//! request, so that nobody learns whether the account is unknown, the secret wrong or the address
//! not allowed. Whether the account has a session already is looked at last, for the same reason.

use crate::peer::loggable;
use crate::record::booted_before;
use crate::secret::{Secret, same};
use crate::session::{Doing, Member, Output, Session, State};
use crate::{Answer, Carrier, Request, User};
use ami::action::session::Login;
use ami::{Classes, Message, parse_event_mask, response};
use md5::{Digest, Md5};
use model::{Mark, Now, SecurityKind, Token, Transport};
use std::sync::Arc;
use std::time::Duration;

/// How long a refusal takes.
const DELAY: Duration = Duration::from_secs(1);

/// Somebody who has not logged in.
#[derive(Debug)]
pub(crate) struct Guest {
    /// Until when they must have; `None` if their driver minds that.
    pub(crate) deadline: Option<Duration>,
    challenge: Option<Arc<str>>,
}

/// A login that others were asked about.
#[derive(Debug)]
pub(crate) struct Attempt {
    token: Token,
    id: String,
    /// When it came.
    since: Duration,
    user: Arc<User>,
    /// The name as the client wrote it.
    name: Arc<str>,
    wanted: Classes,
    /// Whether they want to be told places, if they say.
    numbered: Option<bool>,
    /// Where they were before, if they want to go on from there.
    resume: Option<Mark>,
    /// Whether all parts of the node were up when they were let in.
    booted: bool,
}

/// Why a login is refused.
enum Refusal {
    /// It names no account.
    Nameless,
    /// It lacks what it takes to check it.
    Incomplete,
    NoAccount,
    Acl(String),
    /// Too many have failed.
    Throttled,
    BadSecret,
    BadKey {
        challenge: Arc<str>,
        key: String,
    },
}

impl Guest {
    pub(crate) fn new(deadline: Option<Duration>) -> Self {
        Self {
            deadline,
            challenge: None,
        }
    }
}

impl Session {
    /// The challenge of this session: made of its entropy, the same until a login uses it.
    pub(crate) fn challenge(&mut self) -> Arc<str> {
        let made: Arc<str> = self.peer.entropy.to_string().into();
        match &mut self.state {
            State::Guest(guest) => Arc::clone(guest.challenge.get_or_insert(made)),
            State::Member(_) | State::Over => made,
        }
    }

    /// Logs in, or begins to.
    pub(crate) fn login(&mut self, now: Now, token: Token, id: &str, login: &Login) {
        let challenge = match &mut self.state {
            State::Guest(guest) => guest.challenge.take(),
            State::Member(_) | State::Over => {
                return self.answer(token, [response::done(id, "Already authenticated")]);
            }
        };
        let attempt = match self.attempt(now, token, id, login) {
            Ok(attempt) => attempt,
            Err(refusal) => return self.refuse(now.since_start, token, id, login, refusal),
        };
        let md5 = login
            .auth_type
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("MD5"));
        if md5 {
            match check_key(&attempt.user, challenge, login) {
                Ok(()) => self.ask_admission(attempt),
                Err(refusal) => self.refuse(now.since_start, token, id, login, refusal),
            }
            return;
        }
        if self.shows_certificate(&attempt.user, login) {
            return self.ask_admission(attempt);
        }
        let given = login.secret.as_ref().map_or("", |secret| &secret.0);
        match &attempt.user.secret {
            Some(Secret::Plain(secret)) if same(secret, given) => self.ask_admission(attempt),
            Some(Secret::Hashed(hash)) if self.is_private() => {
                let (hash, secret) = (Arc::clone(hash), given.to_owned());
                self.doing = Some(Doing::Login(Box::new(attempt)));
                self.put(Output::Ask(Request::Verify { hash, secret }));
            }
            Some(Secret::Plain(_) | Secret::Hashed(_)) | None => {
                self.refuse(now.since_start, token, id, login, Refusal::BadSecret);
            }
        }
    }

    /// Logs in who proved by other means that they know the secret: HTTP digest. The account's
    /// access list and number of sessions are looked at as for everybody.
    pub(crate) fn login_proven(&mut self, now: Now, token: Token, name: &str) {
        let login = Login {
            username: Some(name.to_owned()),
            secret: None,
            auth_type: None,
            key: None,
            events: None,
            sequence: None,
            resume: None,
        };
        match self.attempt(now, token, "", &login) {
            Ok(attempt) => self.ask_admission(attempt),
            Err(refusal) => self.refuse(now.since_start, token, "", &login, refusal),
        }
    }

    pub(crate) fn on_login_answer(&mut self, now: Now, attempt: Attempt, answer: Answer) {
        if let Answer::Verified(true) = answer {
            return self.ask_admission(attempt);
        }
        if let Answer::Admitted {
            granted: true,
            booted,
        } = answer
        {
            return self.admitted(now, Attempt { booted, ..attempt });
        }
        if let Answer::Resumed(resumed) = answer {
            self.go_on_from(resumed.place);
            self.welcome(now, attempt);
            return self.tell_missed(resumed);
        }
        let mut refusal = failed(&attempt.id);
        if let Answer::Verified(false) = answer {
            self.told_refusal(&attempt.name, &Refusal::BadSecret);
        } else if let Answer::Admitted { .. } = answer {
            self.security(SecurityKind::SessionLimit, "");
            let why = "refused: it has a session already";
            self.audited("Login", Some(&attempt.name), why);
            refusal = response::error(&attempt.id, "Login Already In Use");
        }
        self.count_failure(attempt.since, &attempt.name);
        self.refuse_later(attempt.since, attempt.token, refusal);
    }

    fn attempt(&self, now: Now, token: Token, id: &str, login: &Login) -> Result<Attempt, Refusal> {
        let name = login.username.as_deref().ok_or(Refusal::Nameless)?;
        let limit = self.node.settings.general.login_failures;
        let throttle = &self.node.throttle;
        if !throttle.admits_to(now.since_start, self.peer.address(), name, limit) {
            return Err(Refusal::Throttled);
        }
        let user = self.node.settings.user(name).ok_or(Refusal::NoAccount)?;
        if let Some(acl) = user.refusing_acl(self.peer.address()) {
            return Err(Refusal::Acl(acl.to_owned()));
        }
        // What is no place is one that nobody knows anything of.
        let resume = login.resume.as_deref();
        let resume = resume.map(|place| place.parse().unwrap_or_default());
        let events = login.events.as_deref().and_then(parse_event_mask);
        Ok(Attempt {
            token,
            id: id.to_owned(),
            since: now.since_start,
            user: Arc::clone(user),
            name: name.into(),
            wanted: events.unwrap_or(Classes::ALL),
            numbered: login.sequence.or(resume.map(|_| true)),
            resume,
            booted: false,
        })
    }

    /// Whether the client asks to be let in by its certificate, and the account names that.
    fn shows_certificate(&self, user: &User, login: &Login) -> bool {
        let kind = login.auth_type.as_deref();
        let asks = kind.map_or(login.secret.is_none(), |kind| {
            kind.eq_ignore_ascii_case("certificate")
        });
        let shown = self.peer.certificate.as_ref().filter(|_| asks);
        shown.is_some_and(|shown| user.certificates.iter().any(|named| shown.is(named)))
    }

    /// Whether nobody else can listen: TLS, or both ends are this machine.
    fn is_private(&self) -> bool {
        self.peer.local.transport == Transport::Tls || self.peer.address().is_loopback()
    }

    /// Events are listened for before others are asked, so that none is lost in between.
    fn ask_admission(&mut self, attempt: Attempt) {
        let user = Arc::clone(&attempt.user);
        self.doing = Some(Doing::Login(Box::new(attempt)));
        self.put(Output::Listen);
        self.put(Output::Ask(Request::Admit(user)));
    }

    /// Who goes on from somewhere is given what happened since first.
    fn admitted(&mut self, now: Now, attempt: Attempt) {
        let Some(place) = attempt.resume else {
            return self.welcome(now, attempt);
        };
        self.doing = Some(Doing::Login(Box::new(attempt)));
        self.put(Output::Ask(Request::Resume(place)));
    }

    fn welcome(&mut self, now: Now, attempt: Attempt) {
        let member = Member {
            user: attempt.user,
            name: attempt.name,
            wanted: attempt.wanted,
            numbered: attempt.numbered,
            filters: None,
            since: now.utc,
        };
        let hears_boot = (member.user.read & member.wanted).contains(Classes::SYSTEM);
        let name = Arc::clone(&member.name);
        let displayed = member.user.display_connects;
        let dialect = member.user.dialect;
        self.state = State::Member(Box::new(member));
        let accepted = response::done(&attempt.id, "Authentication accepted");
        let full =
            (attempt.booted && hears_boot).then(|| booted_before(&self.node, dialect, now.utc));
        self.answer(attempt.token, std::iter::once(accepted).chain(full));
        let using_password = false;
        self.security(SecurityKind::SuccessfulAuth { using_password }, &name);
        self.audited("Login", None, "Success");
        let (throttle, address) = (&self.node.throttle, self.peer.address());
        throttle.succeeded(now.since_start, address, &name);
        if displayed {
            self.tell_connect(&name, "logged on");
        }
    }

    fn refuse(&mut self, since: Duration, token: Token, id: &str, login: &Login, refusal: Refusal) {
        let name = login.username.as_deref().unwrap_or_default();
        self.told_refusal(name, &refusal);
        self.count_failure(since, name);
        self.refuse_later(since, token, failed(id));
    }

    fn count_failure(&self, now: Duration, name: &str) {
        self.node.throttle.failed(now, self.peer.address(), name);
    }

    fn refuse_later(&mut self, since: Duration, token: Token, answer: Message) {
        let until = since + DELAY;
        self.doing = Some(Doing::Refused {
            until,
            token,
            answer,
        });
    }

    /// Tells the log and who watches security.
    fn told_refusal(&mut self, name: &str, refusal: &Refusal) {
        let address = self.peer.address();
        let shown = loggable(name);
        let why = match refusal {
            Refusal::Nameless => "no account was named",
            Refusal::Incomplete => "it was incomplete",
            Refusal::NoAccount => "there is no such account",
            Refusal::Acl(_) => "its address is not allowed",
            Refusal::Throttled => "too many have failed",
            Refusal::BadSecret | Refusal::BadKey { .. } => "the secret was wrong",
        };
        self.audited("Login", Some(name), &format!("refused: {why}"));
        match refusal {
            Refusal::Nameless => return,
            Refusal::Incomplete => {}
            Refusal::Throttled => self.notice(format!(
                "Too many logins from {address} or to '{shown}' have failed: this one is not looked at"
            )),
            Refusal::NoAccount => {
                self.security(SecurityKind::InvalidAccountId, name);
                self.notice(format!(
                    "{address} tried to authenticate with nonexistent user '{shown}'"
                ));
            }
            Refusal::Acl(acl) => {
                self.security(SecurityKind::FailedAcl, name);
                self.notice(format!(
                    "Manager User ACL: Rejecting '{address}' due to a failure to pass ACL '{acl}'"
                ));
                self.notice(format!("{address} failed to pass IP ACL as '{shown}'"));
            }
            Refusal::BadSecret => self.security(SecurityKind::InvalidPassword, name),
            Refusal::BadKey { challenge, key } => {
                let (challenge, response) = (Arc::clone(challenge), key.as_str().into());
                let kind = SecurityKind::ChallengeResponseFailed {
                    challenge,
                    response,
                };
                self.security(kind, "");
            }
        }
        self.notice(format!("{address} failed to authenticate as '{shown}'"));
        let http = match self.carrier() {
            Carrier::Stream => "",
            Carrier::Requests => "HTTP ",
        };
        let line = format!("{http}Connect attempt from '{address}' unable to authenticate");
        self.put(Output::Log(crate::Log::Verbose(line)));
    }
}

/// The one answer to all that is refused.
fn failed(id: &str) -> Message {
    response::error(id, "Authentication failed")
}

/// Whether the key is the MD5 of challenge and secret, in hexadecimal digits of either case.
fn check_key(user: &User, challenge: Option<Arc<str>>, login: &Login) -> Result<(), Refusal> {
    let key = login.key.as_ref().map(|key| key.0.to_ascii_lowercase());
    let (Some(challenge), Some(key), Some(secret)) = (challenge, key, user.plain_secret()) else {
        return Err(Refusal::Incomplete);
    };
    let digest = Md5::new()
        .chain_update(challenge.as_bytes())
        .chain_update(secret.as_bytes());
    let expected: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if same(&expected, &key) {
        Ok(())
    } else {
        Err(Refusal::BadKey { challenge, key })
    }
}
