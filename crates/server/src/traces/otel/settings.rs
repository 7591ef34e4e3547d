//! otel.conf: where traces of calls are sent.

use conf::Entry;
use hyper::Uri;
use std::path::PathBuf;
use std::str::FromStr;

/// otel.conf, [general].
#[derive(Clone, Debug, PartialEq, Eq, conf::Settings)]
pub(crate) struct Settings {
    /// Whether traces of actions and calls are sent to a collector of OpenTelemetry.
    pub(crate) enabled: bool,
    /// Where it takes them: OTLP over HTTP, as JSON.
    #[setting(default = "http://127.0.0.1:4318/v1/traces")]
    pub(crate) endpoint: Endpoint,
    /// A header to send along, `Name: value`; may be said several times.
    #[setting(entries, name = "header")]
    pub(crate) headers: Vec<Entry>,
    /// The certificates, in PEM, of who may sign that of the collector, where it is spoken to by HTTPS.
    #[setting(name = "tlscafile", default = "/etc/ssl/certs/ca-certificates.crt")]
    pub(crate) authorities: PathBuf,
    /// The name this service is shown by.
    #[setting(default = "switchroom")]
    pub(crate) service: String,
    /// How often spans are sent, in seconds; earlier if there are 512.
    #[setting(default = "5", min = 1, max = 300)]
    pub(crate) interval: u64,
    /// Spans that may wait for the collector; further ones are dropped and counted.
    #[setting(default = "8192", min = 512, max = 1_048_576)]
    pub(crate) queue: usize,
    /// How long the collector may take to answer, in seconds.
    #[setting(default = "10", min = 1, max = 300)]
    pub(crate) timeout: u64,
}

/// Where a collector is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Endpoint(pub(crate) Uri);

impl FromStr for Endpoint {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let uri: Uri = text.parse().map_err(|_| ())?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        if known && uri.host().is_some_and(|host| !host.is_empty()) {
            Ok(Self(uri))
        } else {
            Err(())
        }
    }
}

conf::value_from_str!(Endpoint => "a URL that begins with http:// or https://");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_named_by_a_url() {
        assert!(
            "https://otel.example.com/v1/traces"
                .parse::<Endpoint>()
                .is_ok()
        );
        for bad in ["", "collector:4318", "ftp://a/", "http:///v1"] {
            assert_eq!(bad.parse::<Endpoint>(), Err(()), "{bad}");
        }
        let default = Settings::default();
        assert_eq!(default.endpoint.0.port_u16(), Some(4318));
        assert!(!default.enabled);
    }
}
