//! Bearer tokens: what programs show in place of an account's secret.
//!
//! A token is 256 random bits; http.conf keeps its SHA-256 alone, in a section with
//! `type = token`, the account it stands for, and when it ends.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use conf::{Diagnostic, Section};
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use subtle::ConstantTimeEq as _;

/// What every token begins with, so that it is known where it should not be.
const MARK: &str = "swt_";

/// The tokens that are good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens(Vec<Token>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    account: String,
    hash: String,
    /// Until when it is good; for ever if not said.
    expires: Option<Timestamp>,
}

/// A token just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// To be given to the program, and to nobody else.
    pub token: String,
    /// The section for http.conf.
    pub section: String,
}

/// Makes a token of these random bits. `name` is for whoever reads http.conf.
pub fn make(name: &str, account: &str, expires: Option<Date>, entropy: [u8; 32]) -> NewToken {
    let token = format!("{MARK}{}", URL_SAFE_NO_PAD.encode(entropy));
    let mut section = format!(
        "[{name}]\ntype = token\naccount = {account}\nhash = {}\n",
        hash(&token)
    );
    if let Some(date) = expires {
        let _ = writeln!(section, "expires = {date}");
    }
    NewToken { token, section }
}

impl Tokens {
    /// The account that a token stands for, if it is good at this time.
    pub(crate) fn account(&self, token: &str, now: Timestamp) -> Option<&str> {
        let hash = hash(token);
        // All of them, so that the time does not tell where one was found.
        let mut found = None;
        for known in &self.0 {
            let same: bool = known.hash.as_bytes().ct_eq(hash.as_bytes()).into();
            if same && known.expires.is_none_or(|end| now < end) {
                found = Some(known.account.as_str());
            }
        }
        found
    }

    /// Reads a section with `type = token`.
    pub(crate) fn read(&mut self, section: &Section, diagnostics: &mut Vec<Diagnostic>) {
        let mut doubt = |message: String, remedy: &str| {
            diagnostics.push(Diagnostic::warning(&section.at, message, remedy));
        };
        let name = &section.name;
        let hash = section
            .last("hash")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        let Some(account) = section.last("account").filter(|_| is_hash) else {
            return doubt(
                format!("the token [{name}] has no account or no hash and is not good"),
                "make one with `switchroom token ACCOUNT`",
            );
        };
        let expires = match section.last("expires").map(str::parse::<Date>) {
            None => None,
            // A token is good to the end of its last day.
            Some(Ok(date)) => date
                .tomorrow()
                .and_then(|next| next.to_zoned(jiff::tz::TimeZone::UTC))
                .map_or(Some(Timestamp::MIN), |end| Some(end.timestamp())),
            Some(Err(_)) => {
                return doubt(
                    format!("`expires` of the token [{name}] is no date and it is not good"),
                    "write YYYY-MM-DD",
                );
            }
        };
        let account = account.to_owned();
        self.0.push(Token {
            account,
            hash,
            expires,
        });
    }
}

fn hash(token: &str) -> String {
    Sha256::digest(token)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use conf::{Memory, load};

    fn read(text: &str) -> (Tokens, usize) {
        let config = load(&Memory::default().with("http.conf", text), "http.conf").unwrap();
        let mut tokens = Tokens::default();
        let mut diagnostics = Vec::new();
        for section in config.concrete() {
            tokens.read(section, &mut diagnostics);
        }
        (tokens, diagnostics.len())
    }

    #[test]
    fn a_token_stands_for_its_account_until_it_ends() {
        let end: Date = "2027-01-31".parse().unwrap();
        let made = make("wallboard", "monitor", Some(end), [7; 32]);
        let other = make("other", "admin", None, [8; 32]);
        let (tokens, doubts) = read(&(made.section + &other.section));
        assert_eq!(doubts, 0);
        let at = |time: &str| time.parse::<Timestamp>().unwrap();
        let last = at("2027-01-31T23:59:59Z");
        assert_eq!(tokens.account(&made.token, last), Some("monitor"));
        assert_eq!(
            tokens.account(&made.token, at("2027-02-01T00:00:00Z")),
            None
        );
        assert_eq!(tokens.account(&other.token, last), Some("admin"));
        assert_eq!(tokens.account("swt_", last), None);
        assert_eq!(made.token.len(), 47);
    }

    #[test]
    fn what_is_not_whole_is_not_good() {
        for section in [
            "[a]\ntype = token\naccount = admin\n",
            "[a]\ntype = token\nhash = 00\naccount = admin\n",
            &make("a", "b", None, [1; 32])
                .section
                .replace("account", "accnt"),
            &(make("a", "b", None, [1; 32]).section + "expires = soon\n"),
        ] {
            let (tokens, doubts) = read(section);
            assert_eq!((tokens, doubts), (Tokens::default(), 1), "{section}");
        }
    }
}
