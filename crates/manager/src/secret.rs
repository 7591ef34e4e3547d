//! The secrets of accounts: as written, or as a hash from which they cannot be read.
//!
//! A hash is argon2id in its usual written form (RFC 9106, `$argon2id$v=19$…`). Checking one takes
//! tens of milliseconds of a core and is therefore a [`Request`](crate::Request) of the session.

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, Salt, SaltString};
use std::fmt;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The secret of an account.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// As written.
    Plain(String),
    /// Its argon2id hash.
    Hashed(Arc<str>),
}

/// A `secret` that begins as a hash does and is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadHash;

impl Secret {
    /// Reads the value of `secret`.
    pub(crate) fn parse(text: &str) -> Result<Self, BadHash> {
        if !text.starts_with("$argon2") {
            return Ok(Self::Plain(text.to_owned()));
        }
        let hash = PasswordHash::new(text).map_err(|_| BadHash)?;
        let whole = hash.hash.is_some() && hash.salt.is_some();
        if !whole || hash.algorithm != argon2::ARGON2ID_IDENT {
            return Err(BadHash);
        }
        Ok(Self::Hashed(text.into()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain(_) => "Plain(…)",
            Self::Hashed(_) => "Hashed(…)",
        })
    }
}

/// The hash of a secret, to be written as `secret` in manager.conf. The salt is random.
pub fn hash(secret: &str, salt: [u8; Salt::RECOMMENDED_LENGTH]) -> Option<String> {
    let salt = SaltString::encode_b64(&salt).ok()?;
    let hash = Argon2::default()
        .hash_password(secret.as_bytes(), &salt)
        .ok()?;
    Some(hash.to_string())
}

/// Whether this is the secret of the hash. Takes its time.
pub fn verify(hash: &str, secret: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(secret.as_bytes(), &hash)
            .is_ok()
    })
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_made_read_and_verified() {
        let hash = hash("world", [7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$"), "{hash}");
        assert_eq!(
            Secret::parse(&hash),
            Ok(Secret::Hashed(hash.as_str().into()))
        );
        assert!(verify(&hash, "world"));
        assert!(!verify(&hash, "World"));
    }

    #[test]
    fn what_only_looks_like_a_hash_is_refused() {
        for bad in [
            "$argon2id$",
            "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
            "$argon2id$v=19$m=8,t=1,p=1",
        ] {
            assert_eq!(Secret::parse(bad), Err(BadHash), "{bad}");
        }
        assert_eq!(Secret::parse("$5"), Ok(Secret::Plain("$5".into())));
        assert!(!verify("nonsense", "nonsense"));
    }
}
