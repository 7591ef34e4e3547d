//! Whether TLS can be had as the files say: certificates, keys and ciphers.

use super::{Report, Weight};
use crate::configuration::Configuration;
use crate::listener;
use conf::{Config, Disk, Place};
use web::{Tls, TlsError};

/// The options that ask for it.
const ENABLE: [&str; 2] = ["tlsenable", "sslenable"];

/// Looks at what manager.conf and http.conf ask for.
pub(super) fn judge(report: &mut Report, configuration: &Configuration) {
    let folder = &configuration.asterisk.directories.configuration;
    let manager = &configuration.manager.general;
    let http = &configuration.web.general;
    for (file, wanted, tls) in [
        (
            "manager.conf",
            !manager.tls_addresses().is_empty(),
            listener::tls(manager, folder),
        ),
        (
            "http.conf",
            !http.tls_addresses().is_empty(),
            http.tls().within(folder),
        ),
    ] {
        if wanted {
            let config = conf::load(&Disk::new(folder), file).unwrap_or_default();
            judge_one(report, &place(&config, file), &tls);
        }
    }
}

fn judge_one(report: &mut Report, at: &Place, tls: &Tls) {
    match tls.make() {
        Ok(made) => {
            for doubt in made.doubts {
                let text = format!("{at}: [general] {doubt} (take it out of the list)");
                report.add(Weight::Weakness, text);
            }
        }
        Err(error) => {
            let remedy = match error {
                TlsError::File(..) => "name a file in PEM that the server may read",
                TlsError::Refused(..) => "name a certificate and the key that belongs to it",
                TlsError::NoCipher(_) => "or leave `tlscipher` out",
            };
            let text = format!("{at}: [general] there is no TLS: {error} ({remedy})");
            report.add(Weight::Error, text);
        }
    }
}

/// Where TLS is asked for.
fn place(config: &Config, file: &str) -> Place {
    let section = config.section("general");
    let entry = section.and_then(|section| {
        let mut entries = section.entries.iter().rev();
        entries.find(|entry| ENABLE.iter().any(|name| entry.is(name)))
    });
    let nowhere = || Place {
        file: file.into(),
        line: 0,
    };
    entry.map_or_else(nowhere, |entry| entry.at.clone())
}
