//! `switchroom --check` and `manager check`: reads a whole configuration folder, tells everything
//! that is wrong with it, and grades how safe it is.

mod tls;

use crate::asterisk_conf::AsteriskConf;
use crate::configuration::{Configuration, Findings};
use conf::{Config, Diagnostic, Disk, Place, Severity};
use manager::{Secret, Settings, User};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;

/// A secret with fewer characters can be guessed.
const SHORTEST: usize = 12;

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
        let manager = conf::load(&Disk::new(folder), "manager.conf").unwrap_or_default();
        Judge {
            report: &mut report,
            config: &manager,
            settings: &configuration.manager,
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

/// Judges manager.conf: who gets in from where, and what they may do then.
struct Judge<'a> {
    report: &'a mut Report,
    config: &'a Config,
    settings: &'a Settings,
}

impl Judge<'_> {
    fn judge(&mut self) {
        let general = &self.settings.general;
        if !general.enabled {
            return self.add(
                Weight::Advice,
                "general",
                "the manager is off",
                "write `enabled = yes` if it shall answer",
            );
        }
        let plain = general.addresses();
        let beyond = |address: &IpAddr| !address.is_loopback();
        let open = plain
            .iter()
            .chain(&general.tls_addresses())
            .any(|at| beyond(&at.ip()));
        if let Some(at) = plain.iter().find(|at| beyond(&at.ip())) {
            let message =
                format!("{at} is reached from other machines, and secrets go there in clear");
            self.add(
                Weight::Danger,
                "general",
                &message,
                "bind it to 127.0.0.1 and let others come over TLS",
            );
        }
        if let Some(at) = general
            .tls_addresses()
            .iter()
            .find(|at| at.ip().is_unspecified())
        {
            let message = format!("{at} is reached over every network of this machine");
            self.add(
                Weight::Advice,
                "general",
                &message,
                "name the one address it is meant for",
            );
        }
        let users: Vec<_> = self.settings.users().cloned().collect();
        for user in &users {
            self.judge_user(user, open);
        }
        self.judge_repeated(&users);
    }

    fn judge_user(&mut self, user: &User, open: bool) {
        let name = &user.name;
        match &user.secret {
            None => self.add(Weight::Advice, name, "it has no secret, so nobody logs in", "write one, or remove it"),
            Some(Secret::Hashed(_)) => self.add(
                Weight::Advice,
                name,
                "its secret is a hash: it logs in over TLS or from this machine, and without Challenge or HTTP digest",
                "nothing, if its clients do so",
            ),
            Some(Secret::Plain(secret)) if secret.eq_ignore_ascii_case(name) => {
                self.add(Weight::Danger, name, "its secret is its name", "choose a random one");
            }
            Some(Secret::Plain(secret)) if secret.chars().count() < SHORTEST => {
                let message = format!("its secret has fewer than {SHORTEST} characters");
                // What the account may do is what a guess is worth.
                let weight = if user.write.is_empty() && user.read.is_empty() {
                    Weight::Advice
                } else if open {
                    Weight::Danger
                } else {
                    Weight::Weakness
                };
                self.add(weight, name, &message, "choose a longer one at random");
            }
            Some(Secret::Plain(_)) => {}
        }
        if user.write.contains(ami::Classes::ALL) {
            let weight = if open {
                Weight::Weakness
            } else {
                Weight::Advice
            };
            self.add(
                weight,
                name,
                "it may do everything (`write = all`)",
                "name the classes it needs",
            );
        }
        if open && user.acls.is_empty() {
            let message = "it may come from anywhere";
            self.add(
                Weight::Weakness,
                name,
                message,
                "write `deny = 0.0.0.0/0.0.0.0,::/0` and permit where it comes from",
            );
        }
    }

    fn judge_repeated(&mut self, users: &[Arc<User>]) {
        let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for user in users {
            if let Some(secret) = user.plain_secret() {
                owners.entry(secret).or_default().push(&user.name);
            }
        }
        for owners in owners.values().filter(|owners| owners.len() > 1) {
            let message = format!("{} have the same secret", owners.join(", "));
            self.add(Weight::Weakness, owners[0], &message, "give each its own");
        }
    }

    fn add(&mut self, weight: Weight, section: &str, message: &str, remedy: &str) {
        let at = match self.config.section(section) {
            Some(section) => section.at.clone(),
            None => Place {
                file: "manager.conf".into(),
                line: 0,
            },
        };
        self.report
            .add(weight, format!("{at}: [{section}] {message} ({remedy})"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(manager: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("manager.conf"), manager).unwrap();
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
}
