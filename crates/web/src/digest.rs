//! HTTP digest login (RFC 7616, RFC 2069; ami-server.md 8.4), but for what a session is.
//!
//! Nonces are ours alone: each carries when it was made and a code that only we can make, so that
//! asking for one costs no memory, and a client cannot choose its own.

use md5::Md5;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// How long a nonce is good for.
pub(crate) const LIFETIME: Duration = Duration::from_secs(62);

/// How the digest is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// MD5, which every client has.
    #[default]
    Md5,
    /// SHA-256.
    Sha256,
}

impl Algorithm {
    /// Its name in headers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn hash(self, parts: &[&str]) -> String {
        let text = parts.join(":");
        match self {
            Self::Md5 => hexadecimal(&Md5::digest(text)),
            Self::Sha256 => hexadecimal(&Sha256::digest(text)),
        }
    }
}

impl FromStr for Algorithm {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [Self::Md5, Self::Sha256];
        let found = all
            .into_iter()
            .find(|one| one.name().eq_ignore_ascii_case(text));
        found.ok_or(())
    }
}

conf::value_from_str!(Algorithm => "md5 or sha-256");

/// Makes nonces and knows its own.
pub(crate) struct Nonces {
    key: [u8; 32],
}

impl Nonces {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// A nonce made at this moment, unlike all others.
    pub(crate) fn make(&self, since_start: Duration, entropy: [u8; 8]) -> String {
        let text = format!("{:08x}{}", since_start.as_secs(), hexadecimal(&entropy));
        let code = self.code(&text);
        text + &code
    }

    /// How old a nonce is; `None` if it is not one of ours.
    pub(crate) fn age(&self, nonce: &str, since_start: Duration) -> Option<Duration> {
        let (text, code) = nonce.split_at_checked(24)?;
        let own: bool = self.code(text).as_bytes().ct_eq(code.as_bytes()).into();
        let made = u64::from_str_radix(text.get(..8)?, 16).ok()?;
        own.then(|| since_start.saturating_sub(Duration::from_secs(made)))
    }

    /// Texts have one length, so that no code of one can be made into that of another.
    fn code(&self, text: &str) -> String {
        let digest = Sha256::new()
            .chain_update(self.key)
            .chain_update(text)
            .finalize();
        hexadecimal(&digest[..16])
    }
}

/// What a client answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) nonce: String,
    pub(crate) uri: String,
    realm: String,
    response: String,
    algorithm: Algorithm,
    /// `None` if the client is older than RFC 2617.
    pub(crate) counted: Option<Counted>,
}

/// Which use of the nonce this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) count: u32,
    /// As the client wrote it.
    text: String,
    cnonce: String,
}

impl Credentials {
    /// Reads the value of `Authorization`. `None` if it is not a digest of a kind we offer.
    pub(crate) fn parse(header: &str, offered: &[Algorithm]) -> Option<Self> {
        let mut fields = fields(header)?;
        let algorithm = match fields.remove("algorithm") {
            Some(name) => name.parse().ok()?,
            None => Algorithm::Md5,
        };
        let counted = match fields.remove("qop").as_deref() {
            None => None,
            Some("auth") => {
                let text = fields.remove("nc")?;
                let count = u32::from_str_radix(&text, 16).ok()?;
                let cnonce = fields.remove("cnonce")?;
                Some(Counted {
                    count,
                    text,
                    cnonce,
                })
            }
            Some(_) => return None,
        };
        let credentials = Self {
            username: fields.remove("username")?,
            nonce: fields.remove("nonce")?,
            uri: fields.remove("uri")?,
            realm: fields.remove("realm")?,
            response: fields.remove("response")?,
            algorithm,
            counted,
        };
        offered.contains(&algorithm).then_some(credentials)
    }

    /// Whether who answers knows the secret. `name` is the account's own, as it is written.
    pub(crate) fn prove(&self, name: &str, secret: &str, method: &str, realm: &str) -> bool {
        let hash = |parts: &[&str]| self.algorithm.hash(parts);
        let known = hash(&[name, realm, secret]);
        let asked = hash(&[method, &self.uri]);
        let expected = match &self.counted {
            Some(Counted { text, cnonce, .. }) => {
                hash(&[&known, &self.nonce, text, cnonce, "auth", &asked])
            }
            None => hash(&[&known, &self.nonce, &asked]),
        };
        let response = self.response.to_ascii_lowercase();
        let same: bool = expected.as_bytes().ct_eq(response.as_bytes()).into();
        same && self.realm == realm
    }
}

/// The values of `WWW-Authenticate`, one for each algorithm, all with the same nonce.
pub(crate) fn challenges(
    algorithms: &[Algorithm],
    realm: &str,
    nonce: &str,
    stale: bool,
) -> Vec<String> {
    let realm = realm.replace(['"', '\\'], "");
    let stale = if stale { ", stale=true" } else { "" };
    let challenge = |algorithm: &Algorithm| {
        let name = algorithm.name();
        format!(
            "Digest algorithm={name}, realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\", opaque=\"{nonce}\"{stale}"
        )
    };
    algorithms.iter().map(challenge).collect()
}

/// `Digest name=value, name="value"`: names in lower case. `None` if it is written otherwise.
fn fields(header: &str) -> Option<BTreeMap<String, String>> {
    let (scheme, mut rest) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Digest") {
        return None;
    }
    let mut fields = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Some(fields);
        }
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after.trim_start())?;
        // A field given twice might mean one thing to us and another to a proxy.
        if fields
            .insert(name.trim().to_ascii_lowercase(), value)
            .is_some()
        {
            return None;
        }
        rest = after.trim_start();
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

/// A value at the beginning of a text, and what comes after it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return Some((text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            _ => value.push(c),
        }
    }
    None
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Algorithm; 2] = [Algorithm::Sha256, Algorithm::Md5];

    /// The examples of RFC 7616, 3.9.1.
    fn example(algorithm: &str, response: &str) -> String {
        format!(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", \
             algorithm={algorithm}, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, \
             cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{response}\", \
             opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        )
    }

    fn proves(header: &str, secret: &str) -> bool {
        let credentials = Credentials::parse(header, &BOTH).unwrap();
        credentials.prove("Mufasa", secret, "GET", "http-auth@example.org")
    }

    #[test]
    fn the_examples_of_the_rfc_prove_themselves() {
        let md5 = example("MD5", "8ca523f5e9506fed4657c9700eebdbec");
        let sha = example(
            "SHA-256",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
        );
        for header in [&md5, &sha] {
            assert!(proves(header, "Circle of Life"));
            assert!(!proves(header, "Circle of life"));
        }
        assert!(proves(&md5.replace("8ca5", "8CA5"), "Circle of Life"));
        assert_eq!(Credentials::parse(&sha, &[Algorithm::Md5]), None);
    }

    #[test]
    fn a_client_without_qop_is_understood() {
        let hash = |parts: &[&str]| Algorithm::Md5.hash(parts);
        let known = hash(&["admin", "asterisk", "secret"]);
        let response = hash(&[&known, "n", &hash(&["GET", "/arawman"])]);
        let header = format!(
            "Digest username=\"ad\\min\",realm=asterisk , nonce=n, uri=\"/arawman\", response={response}"
        );
        let credentials = Credentials::parse(&header, &BOTH).unwrap();
        assert_eq!(credentials.username, "admin");
        assert!(credentials.prove("admin", "secret", "GET", "asterisk"));
        assert!(!credentials.prove("admin", "secret", "POST", "asterisk"));
    }

    #[test]
    fn what_is_written_otherwise_is_no_answer() {
        for header in [
            "",
            "Basic YTpi",
            "Digest",
            "Digest username",
            "Digest username=\"x",
            "Digest username=a, username=b, realm=r, nonce=n, uri=u, response=x",
            "Digest username=a, realm=r, nonce=n, uri=u",
            "Digest username=a, realm=r, nonce=n, uri=u, response=x, qop=auth-int, nc=1, cnonce=c",
            "Digest username=a, realm=r, nonce=n, uri=u, response=x, qop=auth, nc=z, cnonce=c",
            "Digest username=\"a\"b, realm=r, nonce=n, uri=u, response=x",
        ] {
            assert_eq!(Credentials::parse(header, &BOTH), None, "{header}");
        }
    }

    #[test]
    fn only_our_own_nonces_are_known() {
        let seconds = Duration::from_secs;
        let nonces = Nonces::new([1; 32]);
        let nonce = nonces.make(seconds(100), [2; 8]);
        assert_eq!(nonces.age(&nonce, seconds(130)), Some(seconds(30)));
        assert_eq!(Nonces::new([3; 32]).age(&nonce, seconds(130)), None);
        assert_eq!(nonces.age(&nonce.replacen('0', "1", 1), seconds(130)), None);
        assert_eq!(nonces.age("5d35327f", seconds(130)), None);
        assert_eq!(nonces.age("é".repeat(20).as_str(), seconds(130)), None);
    }

    #[test]
    fn a_challenge_is_told_for_each_algorithm() {
        assert_eq!(
            challenges(&[Algorithm::Md5], "asterisk", "5d35327f", true),
            [
                "Digest algorithm=MD5, realm=\"asterisk\", nonce=\"5d35327f\", qop=\"auth\", opaque=\"5d35327f\", stale=true"
            ]
        );
        let both = challenges(&BOTH, "a\"b", "n", false);
        assert!(both[0].starts_with("Digest algorithm=SHA-256, realm=\"ab\""));
        assert_eq!(both.len(), 2);
    }

    proptest::proptest! {
        #[test]
        fn no_header_leads_astray(header in "(Digest )?[a-z=\", \\\\é]{0,80}", nonce in "\\PC{0,60}") {
            let _ = Credentials::parse(&header, &BOTH);
            proptest::prop_assert_eq!(Nonces::new([1; 32]).age(&nonce, Duration::ZERO), None);
        }
    }
}
