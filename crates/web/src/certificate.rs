//! The certificates that clients show, over whatever is encrypted.

use manager::Certificate;
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::ServerConnection;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// The certificate that the client of a connection has shown, if it was asked for one.
pub fn shown(connection: &ServerConnection) -> Option<Certificate> {
    read(connection.peer_certificates()?.first()?)
}

/// What a certificate says of its owner; it has been checked before.
fn read(der: &[u8]) -> Option<Certificate> {
    let (_, found) = X509Certificate::from_der(der).ok()?;
    let common = found
        .subject()
        .iter_common_name()
        .filter_map(|name| name.as_str().ok());
    let mut names: Vec<_> = common.map(str::to_owned).collect();
    if let Ok(Some(alternative)) = found.subject_alternative_name() {
        for name in &alternative.value.general_names {
            if let GeneralName::DNSName(name) = name {
                names.push((*name).to_owned());
            }
        }
    }
    let digest = Sha256::digest(der);
    let fingerprint = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Certificate { names, fingerprint })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
    use std::path::Path;
    use std::sync::Arc;
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::rustls::crypto::ring;
    use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};
    use tokio_rustls::{TlsAcceptor, TlsConnector};

    /// A certificate and its key: of an authority, or signed by one.
    fn signed(
        name: &str,
        by: Option<&Issuer<'_, KeyPair>>,
    ) -> (rcgen::Certificate, KeyPair, CertificateParams) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = match by {
            Some(issuer) => params.signed_by(&key, issuer).unwrap(),
            None => {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.self_signed(&key).unwrap()
            }
        };
        (certificate, key, params)
    }

    /// What the server knows of a client that shows this certificate, or none; or that it is refused.
    async fn shown(
        folder: &Path,
        client: Option<(rcgen::Certificate, KeyPair)>,
    ) -> Result<Option<Certificate>, ()> {
        let tls = crate::Tls {
            certificate: folder.join("server.pem"),
            clients: Some(folder.join("clients.pem")),
            ..crate::Tls::default()
        };
        let acceptor = TlsAcceptor::from(tls.make().map_err(|error| panic!("{error}"))?.config);
        let mut roots = RootCertStore::empty();
        let server = std::fs::read(folder.join("server.der")).unwrap();
        roots.add(server.into()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match client {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
                builder
                    .with_client_auth_cert(vec![certificate.der().clone()], key)
                    .unwrap()
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = listener.local_addr().unwrap();
        let connect = async {
            let stream = TcpStream::connect(to).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            TlsConnector::from(Arc::new(config))
                .connect(name, stream)
                .await
        };
        let accept = async {
            let (stream, _) = listener.accept().await.unwrap();
            acceptor.accept(stream).await
        };
        let (_client, server) = tokio::join!(connect, accept);
        let stream = server.map_err(|_| ())?;
        Ok(super::shown(stream.get_ref().1))
    }

    #[tokio::test]
    async fn a_client_is_known_by_its_certificate_if_the_right_one_signed_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let (root, root_key, root_params) = signed("Root", None);
        std::fs::write(folder.join("server.der"), root.der()).unwrap();
        let root = Issuer::new(root_params, root_key);
        let (server, server_key, _) = signed("localhost", Some(&root));
        let pem = server.pem() + &server_key.serialize_pem();
        std::fs::write(folder.join("server.pem"), pem).unwrap();
        let (authority, key, params) = signed("Authority", None);
        std::fs::write(folder.join("clients.pem"), authority.pem()).unwrap();
        let issuer = Issuer::new(params, key);
        let (certificate, key, _) = signed("dialer.example", Some(&issuer));
        let known = shown(folder, Some((certificate, key)))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(known.names, ["dialer.example", "dialer.example"]);
        assert_eq!(known.fingerprint.len(), 64);
        assert_eq!(
            shown(folder, None).await,
            Ok(None),
            "nobody has to show one"
        );
        let (_, key, params) = signed("Authority", None);
        let (forged, key, _) = signed("dialer.example", Some(&Issuer::new(params, key)));
        assert_eq!(shown(folder, Some((forged, key))).await, Err(()));
    }
}
