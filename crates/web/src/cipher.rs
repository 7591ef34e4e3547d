//! OpenSSL's cipher lists, as far as the ciphers we have go: names, groups, joined with `+`,
//! excluded with `!` or `-`, moved to the end with `+` (openssl-ciphers(1)).
//!
//! The suites of TLS 1.3 are not subject to such lists, there or here.

use tokio_rustls::rustls::{CipherSuite, SupportedCipherSuite};

/// The suites of `all` that the list asks for, in its order. What it names and we do not have is
/// told in `doubts`, unless it is named to be excluded.
pub(crate) fn choose(
    list: &str,
    all: &[SupportedCipherSuite],
    doubts: &mut Vec<String>,
) -> Vec<SupportedCipherSuite> {
    let (thirteen, all): (Vec<_>, Vec<_>) = all.iter().partition(|suite| suite.tls13().is_some());
    let mut chosen: Vec<SupportedCipherSuite> = Vec::new();
    let mut banned = Vec::new();
    for word in list
        .split([':', ',', ' ', ';'])
        .filter(|word| !word.is_empty())
    {
        let (sense, name) = match word.split_at(1) {
            (sign @ ("!" | "-" | "+"), name) => (sign, name),
            _ => ("", word),
        };
        let found: Vec<_> = all
            .iter()
            .copied()
            .filter(|suite| is_meant(name, suite))
            .collect();
        match sense {
            "!" | "-" => {
                chosen.retain(|suite| !found.contains(suite));
                if sense == "!" {
                    banned.extend(found);
                }
            }
            "+" => {
                let (moved, kept): (Vec<_>, Vec<_>) =
                    chosen.iter().partition(|suite| found.contains(suite));
                chosen = kept.into_iter().chain(moved).collect();
            }
            _ => {
                if found.is_empty() && !name.starts_with('@') {
                    doubts.push(format!("tlscipher: no cipher here is `{name}`"));
                }
                let new = found.into_iter().filter(|suite| !banned.contains(suite));
                for suite in new {
                    if !chosen.contains(&suite) {
                        chosen.push(suite);
                    }
                }
            }
        }
    }
    if chosen.is_empty() {
        return chosen;
    }
    thirteen.into_iter().chain(chosen).collect()
}

/// Whether a name, or all names joined by `+`, mean the suite.
fn is_meant(name: &str, suite: &SupportedCipherSuite) -> bool {
    let Some(own) = openssl_name(suite.suite()) else {
        return false;
    };
    name.split('+').all(|part| match part {
        "ALL" | "DEFAULT" | "HIGH" | "AEAD" | "TLSv1.2" => true,
        "ECDHE" | "EECDH" | "kECDHE" | "kEECDH" => true,
        "aRSA" => own.contains("-RSA-"),
        "aECDSA" | "ECDSA" => own.contains("-ECDSA-"),
        "AES" | "AESGCM" => own.contains("-AES"),
        "AES128" => own.contains("-AES128-"),
        "AES256" => own.contains("-AES256-"),
        "CHACHA20" => own.contains("-CHACHA20-"),
        "SHA256" | "SHA384" => own.ends_with(part),
        _ => part == own || suite.suite().as_str() == Some(part),
    })
}

fn openssl_name(suite: CipherSuite) -> Option<&'static str> {
    const NAMES: [(CipherSuite, &str); 6] = [
        (
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            "ECDHE-ECDSA-AES256-GCM-SHA384",
        ),
        (
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            "ECDHE-ECDSA-AES128-GCM-SHA256",
        ),
        (
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            "ECDHE-ECDSA-CHACHA20-POLY1305",
        ),
        (
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            "ECDHE-RSA-AES256-GCM-SHA384",
        ),
        (
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            "ECDHE-RSA-AES128-GCM-SHA256",
        ),
        (
            CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            "ECDHE-RSA-CHACHA20-POLY1305",
        ),
    ];
    NAMES
        .iter()
        .find(|(known, _)| *known == suite)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio_rustls::rustls::crypto::ring::default_provider;

    /// What is chosen of TLS 1.2, and what is doubted.
    fn chosen(list: &str) -> (Vec<&'static str>, usize) {
        let mut doubts = Vec::new();
        let suites = choose(list, &default_provider().cipher_suites, &mut doubts);
        let names = suites
            .iter()
            .filter_map(|suite| openssl_name(suite.suite()));
        (names.collect(), doubts.len())
    }

    #[test]
    fn names_and_groups_are_taken_in_their_order() {
        assert_eq!(
            chosen("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"),
            (
                vec![
                    "ECDHE-RSA-AES128-GCM-SHA256",
                    "ECDHE-ECDSA-AES128-GCM-SHA256"
                ],
                0
            )
        );
        assert_eq!(chosen("HIGH:!aNULL:!MD5").0.len(), 6);
        assert_eq!(
            chosen("ECDHE+AESGCM:!AES128").0,
            [
                "ECDHE-ECDSA-AES256-GCM-SHA384",
                "ECDHE-RSA-AES256-GCM-SHA384"
            ]
        );
        assert_eq!(
            chosen("CHACHA20+aRSA:AES256+aRSA:+CHACHA20").0,
            ["ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"]
        );
        assert_eq!(chosen("!AES128:AES128:AES128-SHA").0, [""; 0]);
    }

    #[test]
    fn what_is_not_here_is_doubted_and_the_rest_holds() {
        let (names, doubts) =
            chosen("DES-CBC3-SHA:AES256-SHA:TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
        assert_eq!(names, ["ECDHE-RSA-AES128-GCM-SHA256"]);
        assert_eq!(doubts, 2);
    }

    #[test]
    fn tls_13_is_there_whatever_the_list_says() {
        let suites = choose("AES128", &default_provider().cipher_suites, &mut Vec::new());
        assert_eq!(
            suites
                .iter()
                .filter(|suite| suite.tls13().is_some())
                .count(),
            3
        );
    }
}
