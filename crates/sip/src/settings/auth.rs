//! `type = auth`: an account's password.

use super::kind::tell_unused;
use crate::digest::Secret;
use conf::{Diagnostic, Entry, Section, Settings as _};
use std::sync::Arc;

/// What is known and not built.
const NOT_BUILT: &[&str] = &[
    "password_digest",
    "supported_algorithms_uac",
    "supported_algorithms_uas",
    "oauth_clientid",
    "oauth_secret",
    "refresh_token",
];

/// How the password is written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum AuthType {
    /// In clear.
    #[default]
    Userpass,
    /// As `MD5(username:realm:password)`.
    Md5,
}

impl std::str::FromStr for AuthType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "userpass" | "digest" => Ok(Self::Userpass),
            "md5" => Ok(Self::Md5),
            _ => Err(()),
        }
    }
}

conf::value_from_str!(AuthType => "userpass or md5");

/// An account's password.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// How the password is written down: `userpass`, in clear, or `md5`.
    #[setting(default = "userpass")]
    auth_type: AuthType,
    /// The name that goes with it.
    username: String,
    /// The password in clear.
    password: String,
    /// The password as `MD5(username:realm:password)`.
    md5_cred: String,
    /// The realm; the global `default_realm` if empty.
    realm: String,
    /// Seconds a challenge may be answered.
    #[setting(default = "32", min = 1)]
    nonce_lifetime: u32,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// An account's password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Auth {
    pub(crate) name: Arc<str>,
    pub(crate) username: String,
    pub(crate) secret: Secret,
    pub(crate) realm: String,
    pub(crate) nonce_lifetime: u32,
}

impl Auth {
    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, NOT_BUILT, diagnostics);
        Self {
            name: section.name.as_str().into(),
            username: written.username,
            secret: match written.auth_type {
                AuthType::Userpass => Secret::Password(written.password),
                AuthType::Md5 => Secret::Hash(written.md5_cred),
            },
            realm: written.realm,
            nonce_lifetime: written.nonce_lifetime,
        }
    }

    /// Whether there is a password at all: without one nobody gets in.
    pub(crate) fn is_usable(&self) -> bool {
        match &self.secret {
            Secret::Password(password) => !password.is_empty(),
            Secret::Hash(hash) => hash.len() == 32,
        }
    }
}
