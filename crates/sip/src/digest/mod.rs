//! Digest access authentication (RFC 2617, RFC 3261 §22), the server's side.
//!
//! Computed here and not by the library, so that it runs over the URI exactly as the client wrote
//! it. Nonces are made by us alone: they carry their time and a keyed hash, so none needs to be
//! remembered to be known again; only the counts of those in use are.

mod client;
mod fields;

pub(crate) use client::Asked;

use fields::Fields;
use md5::{Digest, Md5};
use rand::RngExt;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq;

/// Nonces whose use is counted at one time; past them, the ones nearest their end are forgotten
/// with their nonce refused.
const COUNTED: usize = 16_384;

/// What a client answered to a challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) realm: String,
    pub(crate) nonce: String,
    uri: String,
    pub(crate) response: String,
    quality: Option<Quality>,
}

/// `qop=auth` with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Quality {
    count: u32,
    count_text: String,
    client_nonce: String,
}

/// What the account's password is known as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    /// In clear.
    Password(String),
    /// As `MD5(username:realm:password)`, 32 hexadecimal digits (`md5_cred`).
    Hash(String),
}

impl Secret {
    /// `MD5(username:realm:password)`.
    fn account(&self, username: &str, realm: &str) -> String {
        match self {
            Self::Password(password) => hash(&format!("{username}:{realm}:{password}")),
            Self::Hash(hash) => hash.to_ascii_lowercase(),
        }
    }
}

/// The answer to a challenge (RFC 2617 §3.2.2.1), with the nonce's count and the client's nonce where both
/// sides speak `qop=auth`.
fn response(
    account: &str,
    nonce: &str,
    counted: Option<(&str, &str)>,
    method: &str,
    uri: &str,
) -> String {
    let request = hash(&format!("{method}:{uri}"));
    match counted {
        Some((count, client_nonce)) => hash(&format!(
            "{account}:{nonce}:{count}:{client_nonce}:auth:{request}"
        )),
        None => hash(&format!("{account}:{nonce}:{request}")),
    }
}

impl Credentials {
    /// Reads the value of an `Authorization` header. `None` if it is no digest by MD5 or lacks what
    /// it must say.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fields = Fields::parse(text)?;
        let field = |name| fields.get(name);
        let quality = match field("qop") {
            None => None,
            Some(quality) if quality.eq_ignore_ascii_case("auth") => {
                let count_text = field("nc").filter(|count| count.len() == 8)?;
                Some(Quality {
                    count: u32::from_str_radix(&count_text, 16).ok()?,
                    count_text,
                    client_nonce: field("cnonce")?,
                })
            }
            Some(_) => return None,
        };
        Some(Self {
            username: field("username")?,
            realm: field("realm")?,
            nonce: field("nonce")?,
            uri: field("uri")?,
            response: field("response")?,
            quality,
        })
    }

    /// Whether the answer is the one the account would give.
    pub(crate) fn answers(&self, method: &str, secret: &Secret) -> bool {
        let counted = self.quality.as_ref();
        let counted = counted.map(|quality| (&*quality.count_text, &*quality.client_nonce));
        let account = secret.account(&self.username, &self.realm);
        let expected = response(&account, &self.nonce, counted, method, &self.uri);
        expected
            .as_bytes()
            .ct_eq(self.response.to_ascii_lowercase().as_bytes())
            .into()
    }
}

/// How a nonce stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Ours and not used up.
    Fresh,
    /// Ours, but too old or already counted this far: the client shall try again with a new one.
    Stale,
    /// Not of our making.
    Foreign,
}

/// Makes nonces and knows them again. Times are in seconds since 1970.
pub(crate) struct Nonces {
    key: [u8; 32],
    /// The highest count seen of a nonce, and when it ends.
    counts: Mutex<HashMap<String, (u32, u64)>>,
}

impl Nonces {
    pub(crate) fn new() -> Self {
        Self {
            key: rand::rng().random(),
            counts: Mutex::default(),
        }
    }

    /// A new nonce: its time and 64 random bits, and a keyed hash of both.
    pub(crate) fn issue(&self, now: u64) -> String {
        let salt: u64 = rand::rng().random();
        self.sign(now, &format!("{salt:016x}"))
    }

    /// How the nonce of these credentials stands. Counts its use if `count`.
    pub(crate) fn check(&self, credentials: &Credentials, lifetime: u64, now: u64) -> Standing {
        let nonce = &credentials.nonce;
        let Some((issued, salt)) = issued(nonce) else {
            return Standing::Foreign;
        };
        if !bool::from(self.sign(issued, salt).as_bytes().ct_eq(nonce.as_bytes())) {
            return Standing::Foreign;
        }
        let end = issued.saturating_add(lifetime);
        if now > end || issued > now {
            return Standing::Stale;
        }
        match &credentials.quality {
            Some(quality) if !self.count(nonce, quality.count, end, now) => Standing::Stale,
            Some(_) | None => Standing::Fresh,
        }
    }

    /// Whether a nonce is used with a higher count than ever; remembers it.
    fn count(&self, nonce: &str, count: u32, end: u64, now: u64) -> bool {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= COUNTED {
            counts.retain(|_, (_, end)| *end >= now);
        }
        if let Some((seen, _)) = counts.get_mut(nonce) {
            let counts_up = count > *seen;
            *seen = count.max(*seen);
            return counts_up;
        }
        let room = counts.len() < COUNTED;
        if room {
            counts.insert(nonce.to_owned(), (count, end));
        }
        room
    }

    fn sign(&self, issued: u64, salt: &str) -> String {
        use sha2::{Digest, Sha256};
        let mac = Sha256::new()
            .chain_update(self.key)
            .chain_update(format!("{issued}:{salt}"));
        // The key comes first and the text has no free tail: nothing can be appended to it.
        let mac: String = mac
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{issued}/{salt}{mac}")
    }
}

/// The value of a `WWW-Authenticate` header.
pub(crate) fn challenge(realm: &str, nonce: &str, stale: bool) -> String {
    let stale = if stale { ",stale=true" } else { "" };
    format!("Digest realm=\"{realm}\",nonce=\"{nonce}\",algorithm=MD5,qop=\"auth\"{stale}")
}

/// MD5 in hexadecimal.
pub(crate) fn hash(text: &str) -> String {
    Md5::digest(text.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// When a nonce says it was made, and its salt.
fn issued(nonce: &str) -> Option<(u64, &str)> {
    let (issued, rest) = nonce.split_once('/')?;
    Some((issued.parse().ok()?, rest.get(..16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 2617 §3.5.
    const VECTOR: &str = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
        nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, \
        nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", \
        opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";

    fn password(text: &str) -> Secret {
        Secret::Password(text.to_owned())
    }

    #[test]
    fn the_example_of_the_rfc_is_right() {
        let credentials = Credentials::parse(VECTOR).unwrap();
        assert_eq!(credentials.username, "Mufasa");
        assert!(credentials.answers("GET", &password("Circle Of Life")));
        assert!(credentials.answers(
            "GET",
            &Secret::Hash("939e7578ed9e3c518a452acee763bce9".into())
        ));
        assert!(!credentials.answers("POST", &password("Circle Of Life")));
        assert!(!credentials.answers("GET", &password("circle of life")));
    }

    #[test]
    fn an_answer_without_quality_is_checked_too() {
        let response = hash(&format!("{}:n:{}", hash("u:r:p"), hash("REGISTER:sip:h")));
        let text = format!(
            "Digest username=\"u\",realm=\"r\",nonce=\"n\",uri=\"sip:h\",response=\"{response}\""
        );
        assert!(
            Credentials::parse(&text)
                .unwrap()
                .answers("REGISTER", &password("p"))
        );
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for text in [
            "",
            "Digest",
            "Basic dTpw",
            "Digest username=\"u",
            "Digest a=b",
        ] {
            assert_eq!(Credentials::parse(text), None, "{text}");
        }
        assert_eq!(
            Credentials::parse(&VECTOR.replace("qop=auth", "qop=auth-int")),
            None
        );
        assert_eq!(
            Credentials::parse(&format!("{VECTOR}, algorithm=SHA-256")),
            None
        );
    }

    #[test]
    fn nonces_are_known_again_until_they_end_and_count_up() {
        let nonces = Nonces::new();
        let with = |nonce: &str, count: &str| {
            let text = VECTOR
                .replace("dcd98b7102dd2f0e8b11d0f600bfb0c093", nonce)
                .replace("00000001", count);
            Credentials::parse(&text).unwrap()
        };
        let nonce = nonces.issue(1_000);
        assert_ne!(nonce, nonces.issue(1_000));
        assert_eq!(
            nonces.check(&with(&nonce, "00000001"), 32, 1_000),
            Standing::Fresh
        );
        assert_eq!(
            nonces.check(&with(&nonce, "00000001"), 32, 1_000),
            Standing::Stale
        );
        assert_eq!(
            nonces.check(&with(&nonce, "00000002"), 32, 1_032),
            Standing::Fresh
        );
        assert_eq!(
            nonces.check(&with(&nonce, "00000003"), 32, 1_033),
            Standing::Stale
        );
        assert_eq!(
            nonces.check(&with("1000/abc", "00000001"), 32, 1_000),
            Standing::Foreign
        );
        let forged = nonce.replacen("1000", "9000", 1);
        assert_eq!(
            nonces.check(&with(&forged, "00000001"), 32, 9_000),
            Standing::Foreign
        );
        assert_eq!(
            Nonces::new().check(&with(&nonce, "00000001"), 32, 1_000),
            Standing::Foreign
        );
    }
}
