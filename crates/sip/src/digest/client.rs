//! Digest access authentication, the client's side: challenges of others are answered.

use super::fields::Fields;
use super::{Secret, response};
use rand::RngExt;

/// The count of a nonce's first use; a challenge is answered once.
const FIRST: &str = "00000001";

/// What another asks for: the value of its `WWW-Authenticate` or `Proxy-Authenticate` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) realm: String,
    nonce: String,
    opaque: Option<String>,
    quality: bool,
    pub(crate) stale: bool,
}

impl Asked {
    /// Reads a challenge. `None` if it is no digest by MD5 that we can answer.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let fields = Fields::parse(text)?;
        let field = |name| fields.get(name);
        let quality = field("qop").map(|words| {
            words
                .split(',')
                .any(|word| word.trim().eq_ignore_ascii_case("auth"))
        });
        Some(Self {
            realm: field("realm")?,
            nonce: field("nonce")?,
            opaque: field("opaque"),
            quality: match quality {
                Some(true) => true,
                Some(false) => return None,
                None => false,
            },
            stale: field("stale").is_some_and(|text| text.eq_ignore_ascii_case("true")),
        })
    }

    /// The answer: the value of an `Authorization` header.
    pub(crate) fn answer(
        &self,
        username: &str,
        secret: &Secret,
        method: &str,
        uri: &str,
    ) -> String {
        let account = secret.account(username, &self.realm);
        let (realm, nonce) = (&self.realm, &self.nonce);
        let client_nonce = format!("{:016x}", rand::rng().random::<u64>());
        let counted = self.quality.then_some((FIRST, &*client_nonce));
        let response = response(&account, nonce, counted, method, uri);
        let mut text = format!(
            "Digest username=\"{username}\",realm=\"{realm}\",nonce=\"{nonce}\",uri=\"{uri}\",algorithm=MD5,\
             response=\"{response}\""
        );
        if self.quality {
            text.push_str(&format!(",qop=auth,nc={FIRST},cnonce=\"{client_nonce}\""));
        }
        if let Some(opaque) = &self.opaque {
            text.push_str(&format!(",opaque=\"{opaque}\""));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Credentials, Nonces, challenge};
    use super::*;

    #[test]
    fn a_challenge_is_answered_as_it_is_checked() {
        let nonces = Nonces::new();
        for text in [
            challenge("r", &nonces.issue(1_000), false),
            "Digest realm=\"r\", nonce=\"n\", opaque=\"o\"".to_owned(),
        ] {
            let asked = Asked::parse(&text).unwrap();
            let answer = asked.answer("u", &Secret::Password("p".to_owned()), "REGISTER", "sip:h");
            let credentials = Credentials::parse(&answer).unwrap();
            assert!(
                credentials.answers("REGISTER", &Secret::Password("p".to_owned())),
                "{answer}"
            );
            assert!(!credentials.answers("REGISTER", &Secret::Password("q".to_owned())));
        }
        assert_eq!(
            Asked::parse("Digest realm=\"r\",nonce=\"n\",algorithm=SHA-256"),
            None
        );
        assert_eq!(Asked::parse("Basic realm=\"r\""), None);
    }
}
