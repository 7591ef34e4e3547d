//! A collector, spoken to by HTTP or HTTPS: a connection a request, of which there is one in seconds.

use super::settings::Settings;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// An answer is so long at most.
const ANSWER: usize = 64 << 10;

/// A collector.
pub(super) struct Collector {
    uri: Uri,
    headers: HeaderMap,
    tls: Option<TlsConnector>,
    patience: Duration,
}

/// Why spans were not taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// They may be later.
    ForNow(String),
    /// They never will be.
    ForGood(String),
}

impl Collector {
    /// # Errors
    /// What of the settings cannot be used, in words.
    pub(super) fn new(settings: &Settings) -> Result<Self, String> {
        let uri = settings.endpoint.0.clone();
        let secure = uri.scheme_str() == Some("https");
        let host = uri.authority().map_or("", |authority| authority.as_str());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let host = HeaderValue::from_str(host).map_err(|error| error.to_string())?;
        headers.insert(HOST, host);
        for entry in &settings.headers {
            let (name, value) = header(&entry.value)
                .ok_or_else(|| format!("{}: `header` is not `Name: value`", entry.at))?;
            headers.insert(name, value);
        }
        Ok(Self {
            tls: secure.then(|| connector(settings)).transpose()?,
            uri,
            headers,
            patience: Duration::from_secs(settings.timeout),
        })
    }

    /// Sends a request; gives how many of its spans were refused.
    pub(super) async fn send(&self, body: Bytes) -> Result<usize, Fault> {
        let answered = timeout(self.patience, self.ask(body)).await;
        let answer = answered.unwrap_or_else(|_| Err("no answer in time".into()));
        let (status, body) = answer.map_err(|error| Fault::ForNow(error.to_string()))?;
        match status {
            StatusCode::OK => Ok(refused(&body)),
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Err(Fault::ForNow(status.to_string())),
            status if status.is_success() => Ok(0),
            status => Err(Fault::ForGood(status.to_string())),
        }
    }

    async fn ask(&self, body: Bytes) -> Result<(StatusCode, Bytes), Error> {
        let host = self.uri.host().unwrap_or_default();
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let usual = if self.tls.is_some() { 443 } else { 80 };
        let port = self.uri.port_u16().unwrap_or(usual);
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        let answer = match &self.tls {
            None => self.ask_on(stream, body).await?,
            Some(tls) => {
                let name = ServerName::try_from(host)?;
                self.ask_on(tls.connect(name, stream).await?, body).await?
            }
        };
        Ok(answer)
    }

    async fn ask_on(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), Error> {
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let mut tasks = JoinSet::new(); // the connection ends with us
        tasks.spawn(connection);
        let path = self.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut request = Request::post(path).body(Full::new(body))?;
        *request.headers_mut() = self.headers.clone();
        let answer: Response<Incoming> = sender.send_request(request).await?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER).collect().await?;
        Ok((status, body.to_bytes()))
    }
}

type Error = Box<dyn std::error::Error + Send + Sync>;

/// How many spans an answer says were refused (`partialSuccess`).
fn refused(body: &[u8]) -> usize {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let count = &answer["partialSuccess"]["rejectedSpans"];
    let text = count
        .as_str()
        .map_or_else(|| count.to_string(), str::to_owned);
    text.parse().unwrap_or(0)
}

fn header(text: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = text.split_once(':')?;
    let mut value = HeaderValue::from_str(value.trim()).ok()?;
    value.set_sensitive(true);
    Some((name.trim().parse().ok()?, value))
}

fn connector(settings: &Settings) -> Result<TlsConnector, String> {
    let path = &settings.authorities;
    let told = |error: &dyn std::fmt::Display| format!("tlscafile {}: {error}", path.display());
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| told(&error))?;
    roots.add_parsable_certificates(certificates.flatten());
    if roots.is_empty() {
        return Err(told(&"there is no certificate in it"));
    }
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| told(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_may_tell_of_spans_that_were_refused() {
        assert_eq!(refused(b"{}"), 0);
        assert_eq!(refused(b""), 0);
        let told = br#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}}"#;
        assert_eq!(refused(told), 3);
        assert_eq!(refused(br#"{"partialSuccess":{"rejectedSpans":2}}"#), 2);
    }

    #[test]
    fn a_header_is_a_name_and_a_value() {
        let (name, value) = header("Authorization: Bearer a:b").unwrap();
        assert_eq!(
            (name.as_str(), value.to_str().unwrap()),
            ("authorization", "Bearer a:b")
        );
        assert!(!format!("{value:?}").contains("Bearer"));
        assert_eq!(header("Bearer"), None);
        assert_eq!(header("a b: c"), None);
    }
}
