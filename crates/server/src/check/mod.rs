//! `switchroom --check` and `manager check`: reads a whole configuration folder, tells everything
//! that is wrong with it, and grades how safe it is.

mod addresses;
mod manager;
mod tls;
mod web;

use crate::asterisk_conf::AsteriskConf;
use crate::configuration::{Configuration, Findings};
use conf::{Config, Diagnostic, Disk, Place, Severity};
use std::fmt::Write as _;
use std::sync::Arc;

/// How much a finding counts against a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Good to know.
    Advice,
    /// Something has no effect, or could be safer.
    Weakness,
    /// An invitation to whoever finds it.
    Danger,
    /// Something the files ask for is not done.
    Error,
}

impl Weight {
    fn word(self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::Weakness => "weakness",
            Self::Danger => "danger",
            Self::Error => "error",
        }
    }
}

struct Finding {
    weight: Weight,
    /// Where, what, and what to do about it.
    text: String,
}

/// What was found.
pub(crate) struct Report {
    findings: Vec<Finding>,
}

impl Report {
    /// Reads the whole folder and judges it. Nothing is started or changed.
    pub(crate) fn of(asterisk: &Arc<AsteriskConf>, diagnostics: Vec<Diagnostic>) -> Self {
        let mut found = Findings {
            diagnostics,
            errors: Vec::new(),
        };
        let configuration = Configuration::load(Arc::clone(asterisk), &mut found);
        let mut report = Self {
            findings: Vec::new(),
        };
        for error in &found.errors {
            report.add(Weight::Error, error.to_string());
        }
        for diagnostic in &found.diagnostics {
            let weight = match diagnostic.severity {
                Severity::Warning => Weight::Weakness,
                Severity::Error => Weight::Error,
            };
            report.add(weight, diagnostic.to_string());
        }
        let folder = &asterisk.directories.configuration;
        let read = |name| conf::load(&Disk::new(folder), name).unwrap_or_default();
        let general = &configuration.manager.general;
        let manager = general.enabled && general.web_enabled;
        let web = &configuration.web.general;
        let mut addresses = web.addresses().into_iter().chain(web.tls_addresses());
        manager::Judge {
            report: &mut report,
            config: &read("manager.conf"),
            settings: &configuration.manager,
            open_web: manager && addresses.any(|at| !at.ip().is_loopback()),
        }
        .judge();
        web::Judge {
            report: &mut report,
            config: &read("http.conf"),
            settings: &configuration.web,
            manager,
        }
        .judge();
        tls::judge(&mut report, &configuration);
        report
            .findings
            .sort_by_key(|finding| std::cmp::Reverse(finding.weight));
        report
    }

    /// Whether the configuration does what it asks for.
    pub(crate) fn is_sound(&self) -> bool {
        self.worst() < Some(Weight::Error)
    }

    /// The whole report, with the grade at its end.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let _ = writeln!(text, "{}: {}", finding.weight.word(), finding.text);
        }
        let (grade, meaning) = match self.worst() {
            None => ("A", "nothing to be said against it"),
            Some(Weight::Advice) => ("B", "sound; see the advice"),
            Some(Weight::Weakness) => ("C", "it works, and could be better"),
            Some(Weight::Danger) => ("D", "it can be abused"),
            Some(Weight::Error) => ("F", "it does not do what it says"),
        };
        let _ = writeln!(text, "Grade {grade}: {meaning}.");
        text
    }

    fn worst(&self) -> Option<Weight> {
        self.findings.iter().map(|finding| finding.weight).max()
    }

    fn add(&mut self, weight: Weight, text: String) {
        self.findings.push(Finding { weight, text });
    }
}

/// Where a section is written.
fn place(config: &Config, file: &str, section: &str) -> Place {
    let unwritten = || Place {
        file: file.into(),
        line: 0,
    };
    config
        .section(section)
        .map_or_else(unwritten, |section| section.at.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(manager: &str) -> String {
        report_of(manager, "")
    }

    fn report_of(manager: &str, http: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("manager.conf"), manager).unwrap();
        std::fs::write(folder.path().join("http.conf"), http).unwrap();
        std::fs::write(folder.path().join("asterisk.conf"), "").unwrap();
        let mut diagnostics = Vec::new();
        let file = folder.path().join("asterisk.conf");
        let asterisk = AsteriskConf::load(Some(&file), &mut diagnostics).unwrap();
        Report::of(&Arc::new(asterisk), diagnostics).text()
    }

    #[test]
    fn a_modest_configuration_is_sound() {
        let text =
            report("[general]\nenabled = yes\n[a]\nsecret = long-and-random-8723\nread = call\n");
        assert_eq!(text, "Grade A: nothing to be said against it.\n");
    }

    #[test]
    fn dangers_are_told_with_file_line_and_remedy() {
        let text = report(
            "[general]\nenabled = yes\nbindaddr = 0.0.0.0\ncolour = red\n[a]\nsecret = a\nread = all\nwrite = all\n[b]\nsecret = short\n[c]\nsecret = short\nread = call\n",
        );
        for told in [
            "danger: manager.conf:1: [general] 0.0.0.0:5038 is reached from other machines",
            "weakness: manager.conf:4: unknown option `colour`",
            "danger: manager.conf:5: [a] its secret is its name (choose a random one)",
            "weakness: manager.conf:5: [a] it may do everything",
            "weakness: manager.conf:5: [a] it may come from anywhere",
            "advice: manager.conf:9: [b] its secret has fewer than 12 characters",
            "danger: manager.conf:11: [c] its secret has fewer than 12 characters",
            "weakness: manager.conf:9: [b] b, c have the same secret",
            "Grade D: it can be abused.",
        ] {
            assert!(text.contains(told), "{told}\nin\n{text}");
        }
    }

    #[test]
    fn what_is_not_done_is_an_error() {
        let text =
            report("[general]\nenabled = yes\n[a]\nsecret = long-and-random-8723\nacl = nosuch\n");
        assert!(
            text.contains("error: manager.conf:5: Invalid ACL 'nosuch'"),
            "{text}"
        );
        assert!(
            text.ends_with("Grade F: it does not do what it says.\n"),
            "{text}"
        );
    }

    #[test]
    fn what_is_served_over_http_is_judged_too() {
        let manager =
            "[general]\nenabled = yes\nwebenabled = yes\n[a]\nsecret = short\nread = call\n";
        let text = report_of(
            manager,
            "[general]\nenabled = yes\nbindaddr = 0.0.0.0\n[post_mappings]\nup = /none/such\n",
        );
        for told in [
            "danger: http.conf:1: [general] 0.0.0.0:8088 is reached from other machines",
            "error: http.conf:4: [post_mappings] /none/such is no folder: no files are taken (make it)",
            "danger: manager.conf:4: [a] its secret has fewer than 12 characters",
        ] {
            assert!(text.contains(told), "{told}\nin\n{text}");
        }
        let text = report_of(manager, "[general]\n");
        assert!(
            text.contains("weakness: manager.conf says webenabled = yes, and nothing is served")
        );
        assert!(!text.contains("danger"), "{text}");
    }

    #[test]
    fn tls_that_cannot_be_had_is_an_error() {
        let tls = |lines: &str| {
            let general = "[general]\nenabled = yes\ntlsenable = yes\n";
            report(&format!("{general}{lines}\n"))
        };
        let text = tls("tlscertfile = nowhere.pem");
        let told = "error: manager.conf:3: [general] there is no TLS: ";
        assert!(
            text.starts_with(told) && text.contains("nowhere.pem: "),
            "{text}"
        );
        let text = tls("tlscipher = RC4-SHA");
        let told =
            "manager.conf:3: [general] there is no TLS: tlscipher `RC4-SHA` leaves no cipher";
        assert!(text.contains(told), "{text}");
        assert!(
            text.ends_with("Grade F: it does not do what it says.\n"),
            "{text}"
        );

        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let pem = made.cert.pem() + &made.signing_key.serialize_pem();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        let file = file.path().display();
        let text = tls(&format!("tlscertfile = {file}"));
        assert_eq!(text, "Grade A: nothing to be said against it.\n");
        let text = tls(&format!(
            "tlscertfile = {file}\ntlscipher = RC4-SHA:ECDHE+AESGCM"
        ));
        let told = "weakness: manager.conf:3: [general] tlscipher: no cipher here is `RC4-SHA`";
        assert!(text.starts_with(told), "{text}");
    }
}
