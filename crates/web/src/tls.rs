//! TLS for listeners: certificates, keys, versions and ciphers from the options that manager.conf and
//! http.conf share (ami-server.md 9).
//!
//! The options are OpenSSL's; what of them the library at hand does not have is told. Certificates
//! are read anew by making a new configuration: connections keep the one they began with.

use crate::cipher;
use manager::TlsSettings;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::danger::ClientCertVerifier;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig, SupportedProtocolVersion};

/// What a listener is told about TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The certificate chain in PEM, and the key, if `private_key` does not say where it is. A name
    /// that ends with `_rsa` and an extension stands for its siblings with `_ecc` too.
    pub certificate: PathBuf,
    /// The key in PEM.
    pub private_key: Option<PathBuf>,
    /// The certificates, in PEM, of who may sign those of clients. Clients may show none; they are not
    /// asked if not said.
    pub clients: Option<PathBuf>,
    /// Ciphers in OpenSSL's words; what the library prefers if empty.
    pub ciphers: String,
    /// Whether to refuse TLS 1.2.
    pub without_12: bool,
    /// Whether our order of ciphers counts, not the client's.
    pub server_order: bool,
}

/// Why there can be no TLS.
#[derive(Debug)]
pub enum TlsError {
    /// A file that cannot be read or has nothing of use in it.
    File(PathBuf, pem::Error),
    /// A certificate and a key that the library refuses.
    Refused(PathBuf, rustls::Error),
    /// Ciphers of which none is left.
    NoCipher(String),
}

impl std::fmt::Display for TlsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path, pem::Error::NoItemsFound) => write!(
                f,
                "{}: neither certificate nor key in PEM where one is needed",
                path.display()
            ),
            Self::File(path, error) => write!(f, "{}: {error}", path.display()),
            Self::Refused(path, error) => write!(f, "{}: {error}", path.display()),
            Self::NoCipher(list) => write!(
                f,
                "tlscipher `{list}` leaves no cipher: use ECDHE with AES-GCM or CHACHA20-POLY1305, or none of it"
            ),
        }
    }
}

impl std::error::Error for TlsError {}

/// What a listener needs, and what the options ask for that it does not have.
pub struct Made {
    /// For `tokio_rustls::TlsAcceptor::from`.
    pub config: Arc<ServerConfig>,
    /// Warnings.
    pub doubts: Vec<String>,
}

impl Tls {
    /// What settings say, and whether our order of ciphers counts.
    pub fn of(settings: &TlsSettings, server_order: bool) -> Self {
        Self {
            certificate: settings.certificate.clone(),
            private_key: settings.private_key.clone(),
            clients: settings.authorities.clone(),
            ciphers: settings.ciphers.clone().unwrap_or_default(),
            without_12: settings.without_12,
            server_order,
        }
    }

    /// The same with relative names of files taken from this folder.
    #[must_use]
    pub fn within(self, folder: &Path) -> Self {
        let within = |path| folder.join(path);
        Self {
            certificate: folder.join(self.certificate),
            private_key: self.private_key.map(within),
            clients: self.clients.map(within),
            ..self
        }
    }

    /// Reads the files and makes a configuration of them.
    ///
    /// # Errors
    /// When a file cannot be used, or nothing is left to encrypt with.
    pub fn make(&self) -> Result<Made, TlsError> {
        let mut provider = ring::default_provider();
        let mut doubts = Vec::new();
        if !self.ciphers.is_empty() {
            let chosen = cipher::choose(&self.ciphers, &provider.cipher_suites, &mut doubts);
            if chosen.is_empty() {
                return Err(TlsError::NoCipher(self.ciphers.clone()));
            }
            provider.cipher_suites = chosen;
        }
        let versions: &[&SupportedProtocolVersion] = if self.without_12 {
            &[&TLS13]
        } else {
            &[&TLS13, &TLS12]
        };
        let refused = |error| TlsError::Refused(self.certificate.clone(), error);
        let certificates = Certificates(self.certificates(&provider)?);
        let provider = Arc::new(provider);
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .map_err(refused)?;
        let builder = match &self.clients {
            Some(path) => builder.with_client_cert_verifier(verifier(path, provider)?),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(Arc::new(certificates));
        config.ignore_client_order = self.server_order;
        Ok(Made {
            config: Arc::new(config),
            doubts,
        })
    }

    fn certificates(&self, provider: &CryptoProvider) -> Result<Vec<Arc<CertifiedKey>>, TlsError> {
        let key = self.private_key.as_ref().unwrap_or(&self.certificate);
        let mut found = vec![certificate(&self.certificate, key, provider)?];
        if let Some(sibling) = sibling(&self.certificate).filter(|path| path.exists()) {
            found.push(certificate(&sibling, &sibling, provider)?);
        }
        Ok(found)
    }
}

fn certificate(
    chain: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, TlsError> {
    let in_chain = |error| TlsError::File(chain.to_owned(), error);
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(in_chain)?;
    if certificates.is_empty() {
        return Err(in_chain(pem::Error::NoItemsFound));
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|error| TlsError::File(key.to_owned(), error))?;
    CertifiedKey::from_der(certificates, private, provider)
        .map(Arc::new)
        .map_err(|error| TlsError::Refused(chain.to_owned(), error))
}

/// Checks the certificates of clients, if they show one.
fn verifier(
    path: &Path,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let in_file = |error| TlsError::File(path.to_owned(), error);
    let mut authorities = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(in_file)? {
        let certificate = certificate.map_err(in_file)?;
        let refused = |error| TlsError::Refused(path.to_owned(), error);
        authorities.add(certificate).map_err(refused)?;
    }
    if authorities.is_empty() {
        return Err(in_file(pem::Error::NoItemsFound));
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(authorities.into(), provider);
    verifier.allow_unauthenticated().build().map_err(|error| {
        TlsError::Refused(path.to_owned(), rustls::Error::General(error.to_string()))
    })
}

/// `name_rsa.pem` has a sibling `name_ecc.pem`.
fn sibling(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_str()?.strip_suffix("_rsa")?;
    let mut name = format!("{stem}_ecc");
    if let Some(extension) = path.extension() {
        name = format!("{name}.{}", extension.to_str()?);
    }
    Some(path.with_file_name(name))
}

/// The first certificate that the client can check.
#[derive(Debug)]
struct Certificates(Vec<Arc<CertifiedKey>>);

impl ResolvesServerCert for Certificates {
    fn resolve(&self, client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let schemes = client.signature_schemes();
        let fits = |key: &&Arc<CertifiedKey>| key.key.choose_scheme(schemes).is_some();
        self.0.iter().find(fits).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertifiedKey as Generated, generate_simple_self_signed};

    fn pem() -> String {
        let Generated { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        cert.pem() + &signing_key.serialize_pem()
    }

    #[test]
    fn a_file_with_both_certificate_and_key_suffices() {
        let folder = tempfile::tempdir().unwrap();
        let certificate = folder.path().join("both.pem");
        std::fs::write(&certificate, pem()).unwrap();
        let tls = Tls {
            certificate,
            ..Tls::default()
        };
        assert!(tls.make().unwrap().doubts.is_empty());
    }

    #[test]
    fn what_cannot_be_used_is_told_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let certificate = folder.path().join("cert.pem");
        let tls = |ciphers: &str| Tls {
            certificate: certificate.clone(),
            ciphers: ciphers.into(),
            ..Tls::default()
        };
        let error = |tls: Tls| tls.make().err().map(|error| error.to_string()).unwrap();
        assert!(error(tls("")).contains("cert.pem: "));
        std::fs::write(&certificate, "nothing").unwrap();
        assert!(error(tls("")).contains("neither certificate nor key"));
        std::fs::write(&certificate, pem()).unwrap();
        assert!(error(tls("AES256-SHA")).contains("leaves no cipher"));
    }

    #[test]
    fn siblings_are_found_by_name() {
        let of = |name: &str| sibling(Path::new(name));
        assert_eq!(of("/a/b_rsa.pem"), Some(PathBuf::from("/a/b_ecc.pem")));
        assert_eq!(of("/a/b_rsa"), Some(PathBuf::from("/a/b_ecc")));
        assert_eq!(of("/a/b.pem"), None);
    }
}
