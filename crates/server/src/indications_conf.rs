//! indications.conf: the tones of each country.

use conf::{Config, Diagnostic, Entry, Settings as _};
use model::Tones;
use std::sync::Arc;
use switch::{Indications, Zone};

/// What can be said in indications.conf.
#[cfg(test)]
pub(crate) const HELP: &[conf::Help] = &[
    conf::Help::of::<General>("indications.conf", "[general]"),
    conf::Help::of::<Country>("indications.conf", "[country]"),
];

/// indications.conf, [general].
#[derive(Clone, Debug, conf::Settings)]
struct General {
    /// The country whose tones are heard where a channel says nothing else.
    #[setting(default = "us")]
    country: String,
}

/// A country's tones, each under its name: `dial`, `busy`, `ring`, `congestion` and others, as lists
/// of `[!]frequency[+frequency|*frequency][/milliseconds]`; what has a `!` is heard once. Those of
/// `us` are known without a file.
#[derive(Clone, Debug, conf::Settings)]
struct Country {
    /// What the country is called; told to nobody.
    #[setting(name = "description")]
    _description: Option<String>,
    /// How telephones ring there; no telephone of ours is told.
    #[setting(name = "ringcadence")]
    _cadence: Option<String>,
    /// The tones.
    #[setting(entries, name = "*")]
    tones: Vec<Entry>,
}

/// Reads the file. What is heard in North America is known without one.
pub(crate) fn read(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Indications {
    let mut indications = Indications::default();
    for section in config.concrete() {
        if section.name.eq_ignore_ascii_case("general") {
            indications.country = General::read(section, diagnostics).country.into();
            continue;
        }
        let country = Country::read(section, diagnostics);
        let zone = indications
            .zones
            .entry(section.name.as_str().into())
            .or_default();
        zone.extend(tones(&country, diagnostics));
    }
    if !indications.zones.contains_key(&indications.country)
        && let Some(general) = config.section("general")
    {
        diagnostics.push(Diagnostic::warning(
            &general.at,
            format!("there are no tones of `{}`", indications.country),
            "write a section of that name, or `country = us`",
        ));
        indications.country = "us".into();
    }
    indications
}

fn tones(country: &Country, diagnostics: &mut Vec<Diagnostic>) -> Zone {
    let mut zone = Zone::new();
    for entry in &country.tones {
        match Tones::parse(&entry.value) {
            Ok(tones) => {
                zone.insert(Arc::from(entry.key.as_str()), tones);
            }
            Err(why) => diagnostics.push(Diagnostic::warning(
                &entry.at,
                format!("{}: {why}", entry.key),
                "write tones as 440+480/2000,0/4000",
            )),
        }
    }
    zone
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indications(text: &str) -> (Indications, Vec<String>) {
        let source = conf::Memory::default().with("indications.conf", text);
        let config = conf::load(&source, "indications.conf").unwrap();
        let mut diagnostics = Vec::new();
        let indications = read(&config, &mut diagnostics);
        let told = diagnostics.iter().map(ToString::to_string);
        (indications, told.collect())
    }

    #[test]
    fn countries_have_their_tones() {
        let (read, told) = indications(
            "[general]\ncountry=de\n[de]\ndescription=Germany\nringcadence=1000,4000\n\
             dial=425\nbusy=425/480,0/480\nring=loud\n",
        );
        assert_eq!(&*read.country, "de");
        assert_eq!(read.zones["de"].len(), 2);
        assert!(read.zones.contains_key("us"));
        assert_eq!(told.len(), 1);
        assert!(
            told[0].starts_with("indications.conf:8: ring: `loud` is no tone"),
            "{told:?}"
        );
    }

    #[test]
    fn a_country_without_tones_is_told() {
        let (read, told) = indications("[general]\ncountry=xx\n");
        assert_eq!(&*read.country, "us");
        assert!(told[0].contains("there are no tones of `xx`"), "{told:?}");
        assert_eq!(&*indications("").0.country, "us");
    }
}
