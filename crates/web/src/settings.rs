//! http.conf: where HTTP is served, its limits, what else is served beside the manager
//! (ami-server.md 7).

use crate::digest::Algorithm;
use crate::tls::Tls;
use crate::token::Tokens;
use crate::upload::Mapping;
use conf::{Config, Diagnostic, Entry, List, Section, Settings as _};
use manager::{Acl, Bind, TlsSettings};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// http.conf as a whole.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `[general]`.
    pub general: General,
    /// Which path goes where instead.
    pub redirects: Vec<Redirect>,
    /// Who may ask for paths that begin so.
    pub restrictions: Vec<Restriction>,
    /// What programs may show in place of a secret.
    pub tokens: Tokens,
    /// Which paths take files.
    pub mappings: Vec<Mapping>,
    /// Content types by file extension, before those that are known.
    pub types: Vec<(String, String)>,
}

/// HTTP as a whole.
#[derive(Clone, Debug, PartialEq, conf::Settings)]
pub struct General {
    /// Whether HTTP is served; for the manager's faces manager.conf must say `webenabled` too.
    pub enabled: bool,
    /// The address to listen on, or a name that has one; this machine only if not said. Several are
    /// separated by commas.
    #[setting(name = "bindaddr")]
    pub bind: List<Bind>,
    /// The port.
    #[setting(name = "bindport", default = "8088", min = 1)]
    pub port: u16,
    /// What every path begins with: `ast` for `/ast/rawman`.
    pub prefix: String,
    /// Told in `Server` and at the foot of error pages; nothing is told if it is empty.
    #[setting(name = "servername")]
    pub server_name: Option<String>,
    /// Connections at a time; further ones are closed.
    #[setting(name = "sessionlimit", default = "100", min = 1)]
    pub connection_limit: usize,
    /// Connections at a time from one address; further ones are closed. As many as there may be at
    /// all if not said.
    #[setting(name = "sessionlimit_per_address", min = 1)]
    pub connection_limit_per_address: Option<usize>,
    /// How long a request may stand still while it is being received or answered, in milliseconds.
    #[setting(name = "session_inactivity", default = "30000", min = 1)]
    pub inactivity: u64,
    /// How long to wait for the next request, in milliseconds; 0 closes after each answer.
    #[setting(name = "session_keep_alive", default = "15000")]
    pub keep_alive: u64,
    /// Whether to serve the files in `static-http` of the data folder, under `/static`.
    #[setting(name = "enable_static", alias = "enablestatic")]
    pub static_files: bool,
    /// Whether to serve the page `/httpstatus`.
    #[setting(name = "enable_status")]
    pub status: bool,
    /// Whether to serve the live page `/panel/`.
    #[setting(name = "enable_panel", default = "yes")]
    pub panel: bool,
    /// Whether `/` leads to the live page.
    #[setting(name = "panel_at_root")]
    pub panel_at_root: bool,
    /// What to offer for the digest login: `md5`, `sha-256` or both, the preferred one first.
    #[setting(default = "md5")]
    pub digest_algorithms: List<Algorithm>,
    /// Origins of pages that may use the JSON faces from a browser, such as `https://example.org`.
    #[setting(name = "cors_origins")]
    pub origins: List<String>,
    /// How it encrypts.
    #[setting(part)]
    pub tls: TlsSettings,
    /// The port of HTTPS.
    #[setting(name = "tlsbindport", alias = "sslbindport", default = "8089", min = 1)]
    pub tls_port: u16,
    /// Its address or name, that of `bindaddr` if not said. A port in it goes before `tlsbindport`.
    #[setting(name = "tlsbindaddr", alias = "sslbindaddr")]
    pub tls_bind: List<Bind>,
    /// Whether our order of ciphers goes before the client's.
    #[setting(name = "tlsservercipherorder", default = "yes")]
    pub server_order: bool,
    /// A path, a blank, and where to go instead; may be given several times.
    #[setting(entries, name = "redirect")]
    redirects: Vec<Entry>,
}

/// A path that goes elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The whole path, in any case.
    pub from: String,
    /// Where to.
    pub to: String,
}

/// Who may ask for paths that begin so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// The beginning, in lower case; whole segments count.
    pub prefix: String,
    /// Who may.
    pub acl: Acl,
}

impl Settings {
    /// Reads it. `acls` is acl.conf, which restrictions may name lists of.
    pub fn read(config: &Config, acls: Option<&Config>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut settings = Self::default();
        if let Some(section) = config.section("general") {
            settings.general = General::read(section, diagnostics);
        }
        let general = &mut settings.general;
        general.prefix = prefix(&general.prefix);
        for entry in std::mem::take(&mut general.redirects) {
            match redirect(&entry.value) {
                Some(redirect) => settings.redirects.push(redirect),
                None => diagnostics.push(Diagnostic::warning(
                    &entry.at,
                    format!("`redirect = {}` has no effect", entry.value),
                    "write `redirect = /from /to`",
                )),
            }
        }
        for section in config.concrete() {
            settings.read_section(section, acls, diagnostics);
        }
        settings
    }

    fn read_section(
        &mut self,
        section: &Section,
        acls: Option<&Config>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let name = section.name.to_ascii_lowercase();
        if name == "general" {
            return;
        }
        let kind = section.last("type").unwrap_or_default();
        if name == "mimetypes" {
            let entries = section.entries.iter();
            let types = entries.map(|entry| (entry.key.to_ascii_lowercase(), entry.value.clone()));
            self.types.extend(types);
        } else if name == "post_mappings" {
            let entries = section.entries.iter();
            let mappings = entries.filter_map(|entry| Mapping::read(entry, diagnostics));
            self.mappings.extend(mappings);
        } else if kind.eq_ignore_ascii_case("token") {
            self.tokens.read(section, diagnostics);
        } else if name.starts_with('/') && kind.eq_ignore_ascii_case("restriction") {
            let acl = restriction(section, acls, diagnostics);
            let prefix = name.trim_end_matches('/').to_owned();
            self.restrictions.push(Restriction { prefix, acl });
        } else {
            diagnostics.push(Diagnostic::warning(
                &section.at,
                format!("[{}] has no effect", section.name),
                "what there is here: [general], [mimetypes], [post_mappings], [/path] with type = restriction, and type = token",
            ));
        }
    }
}

impl General {
    /// Where to listen for HTTP; nowhere if it is not enabled.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        if !self.enabled {
            return Vec::new();
        }
        let at = |bind: Bind| SocketAddr::new(bind.ip, bind.port.unwrap_or(self.port));
        self.bind_or_loopback().into_iter().map(at).collect()
    }

    /// Where to listen for HTTPS; nowhere if it is not enabled. It needs no plain HTTP beside it, if
    /// it has an address of its own.
    pub fn tls_addresses(&self) -> Vec<SocketAddr> {
        if !self.tls.enabled {
            return Vec::new();
        }
        let own = &self.tls_bind.0;
        if own.is_empty() {
            let ips = self.bind_or_loopback().into_iter().map(|bind| bind.ip);
            return ips.map(|ip| SocketAddr::new(ip, self.tls_port)).collect();
        }
        let at = |bind: &Bind| SocketAddr::new(bind.ip, bind.port.unwrap_or(self.tls_port));
        own.iter().map(at).collect()
    }

    /// The certificate and what else HTTPS takes.
    pub fn tls(&self) -> Tls {
        Tls::of(&self.tls, self.server_order)
    }

    /// How long a request may stand still.
    pub fn inactivity(&self) -> Duration {
        Duration::from_millis(self.inactivity)
    }

    /// How long to wait for the next request; not at all if it is nothing.
    pub fn keep_alive(&self) -> Duration {
        Duration::from_millis(self.keep_alive)
    }

    fn bind_or_loopback(&self) -> Vec<Bind> {
        if self.bind.0.is_empty() {
            let ip: IpAddr = Ipv4Addr::LOCALHOST.into();
            return vec![Bind { ip, port: None }];
        }
        self.bind.0.clone()
    }
}

/// The prefix with a slash before it and none behind, in lower case; empty if there is none.
fn prefix(text: &str) -> String {
    match text.trim_matches('/') {
        "" => String::new(),
        text => format!("/{}", text.to_ascii_lowercase()),
    }
}

fn redirect(text: &str) -> Option<Redirect> {
    let (from, to) = text.split_once(char::is_whitespace)?;
    let to = to.trim();
    // What goes into a header must be able to.
    let plain = |c: char| c.is_ascii_graphic();
    let fits = from.starts_with('/') && !to.is_empty() && to.chars().all(plain);
    let (from, to) = (from.to_owned(), to.to_owned());
    fits.then_some(Redirect { from, to })
}

/// What cannot be read denies: a restriction never opens more than it says.
fn restriction(section: &Section, acls: Option<&Config>, diagnostics: &mut Vec<Diagnostic>) -> Acl {
    let mut acl = Acl::default();
    for entry in &section.entries {
        let key = entry.key.to_ascii_lowercase();
        let understood = match key.as_str() {
            "type" => true,
            "permit" | "deny" => acl.add(key == "permit", &entry.value).is_ok(),
            "acl" => entry.value.split(',').all(|name| {
                let named = acls.and_then(|acls| acls.section(name.trim()));
                named.is_some_and(|list| add_all(&mut acl, list))
            }),
            _ => false,
        };
        if !understood {
            acl.deny_all();
            diagnostics.push(Diagnostic::warning(
                &entry.at,
                format!(
                    "`{} = {}`: nobody may ask for {}",
                    entry.key, entry.value, section.name
                ),
                "write permit or deny with addresses, or acl with a name of acl.conf",
            ));
        }
    }
    acl
}

fn add_all(acl: &mut Acl, list: &Section) -> bool {
    list.entries.iter().all(|entry| {
        let allows = entry.is("permit");
        (allows || entry.is("deny")) && acl.add(allows, &entry.value).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use conf::{Memory, load};

    fn read(text: &str) -> (Settings, Vec<Diagnostic>) {
        let config = load(&Memory::default().with("http.conf", text), "http.conf").unwrap();
        let mut diagnostics = config.diagnostics.clone();
        let settings = Settings::read(&config, None, &mut diagnostics);
        (settings, diagnostics)
    }

    fn listening(text: &str) -> (Vec<String>, Vec<String>) {
        let general = read(text).0.general;
        let text = |list: Vec<SocketAddr>| list.iter().map(SocketAddr::to_string).collect();
        (text(general.addresses()), text(general.tls_addresses()))
    }

    #[test]
    fn nothing_is_served_unless_told() {
        assert_eq!(listening(""), (vec![], vec![]));
        let general = read("[general]\n").0.general;
        assert!(!general.static_files && !general.status && !general.panel_at_root);
        assert_eq!(general.digest_algorithms.0, [Algorithm::Md5]);
        assert_eq!(general.connection_limit, 100);
    }

    #[test]
    fn addresses_come_from_all_the_ways_to_say_them() {
        let enabled = "[general]\nenabled = yes\n";
        assert_eq!(listening(enabled).0, ["127.0.0.1:8088"]);
        let lab = format!("{enabled}bindaddr = 0.0.0.0\nbindport = 80\ntlsenable = yes\n");
        let plain = vec!["0.0.0.0:80".to_owned()];
        assert_eq!(
            listening(&lab),
            (plain.clone(), vec!["0.0.0.0:8089".to_owned()])
        );
        let own = format!("{lab}tlsbindaddr = 192.0.2.1:443\n");
        assert_eq!(listening(&own), (plain, vec!["192.0.2.1:443".to_owned()]));
        let secure = "[general]\ntlsenable = yes\ntlsbindport = 443\n";
        assert_eq!(
            listening(secure),
            (vec![], vec!["127.0.0.1:443".to_owned()])
        );
    }

    #[test]
    fn redirects_restrictions_and_types_are_read() {
        let (settings, diagnostics) = read(
            "[general]\nprefix = Ast/\nredirect = / /static/x.html\nredirect = nowhere\n\
             [/mxml]\ntype = restriction\ndeny = 0.0.0.0/0\npermit = 127.0.0.1\n\
             [/ws/]\ntype = restriction\nacl = unknown\n\
             [mimetypes]\nWebP = image/webp\n[post_mappings]\nx = /y\n[other]\n",
        );
        assert_eq!(settings.general.prefix, "/ast");
        let to = Redirect {
            from: "/".into(),
            to: "/static/x.html".into(),
        };
        assert_eq!(settings.redirects, [to]);
        let allowed = |index: usize, from: &str| {
            settings.restrictions[index]
                .acl
                .allows(from.parse().unwrap())
        };
        assert_eq!(settings.restrictions[0].prefix, "/mxml");
        assert!(allowed(0, "127.0.0.1") && !allowed(0, "192.0.2.1"));
        assert!(!allowed(1, "127.0.0.1"));
        assert_eq!(
            settings.types,
            [("webp".to_owned(), "image/webp".to_owned())]
        );
        let lines: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| diagnostic.at.line)
            .collect();
        assert_eq!(settings.mappings.len(), 1);
        assert_eq!(lines, [4, 11, 16]);
    }
}
