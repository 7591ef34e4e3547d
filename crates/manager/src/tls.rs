//! How a listener encrypts, as manager.conf and http.conf say alike (ami-server.md 6.1, 9).

use conf::Settings;
use std::path::PathBuf;

/// How a listener encrypts.
#[derive(Settings, Clone, Debug, PartialEq, Eq)]
pub struct TlsSettings {
    /// Whether it listens over TLS.
    #[setting(name = "tlsenable", alias = "sslenable")]
    pub enabled: bool,
    /// The file of its certificate and the chain above it, in PEM.
    #[setting(
        name = "tlscertfile",
        alias = "tlscert",
        alias = "sslcert",
        default = "asterisk.pem"
    )]
    pub certificate: PathBuf,
    /// The file of its private key, in PEM; that of the certificate if not said.
    #[setting(name = "tlsprivatekey", alias = "sslprivatekey")]
    pub private_key: Option<PathBuf>,
    /// The file of certificates, in PEM, of which one must have signed the certificate of a client that
    /// shows one, so that it can log in with it, without the secret. Clients are not asked for one if not said.
    #[setting(name = "tlscafile")]
    pub authorities: Option<PathBuf>,
    /// The cipher suites to offer, as OpenSSL names them; all that are safe if not said.
    #[setting(name = "tlscipher", alias = "sslcipher")]
    pub ciphers: Option<String>,
    /// Forbids TLS 1.0. It is never offered.
    #[setting(name = "tlsdisablev1", default = "yes")]
    pub without_10: bool,
    /// Forbids TLS 1.1. It is never offered.
    #[setting(name = "tlsdisablev11", default = "yes")]
    pub without_11: bool,
    /// Forbids TLS 1.2.
    #[setting(name = "tlsdisablev12")]
    pub without_12: bool,
}
