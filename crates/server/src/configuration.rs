//! The whole configuration: every file read, made into what each part of the node takes.
//!
//! It is read as a whole or a part at a time, and never applied in half: a file that has no meaning
//! leaves its part as it was, and ends the start.

use crate::asterisk_conf::AsteriskConf;
use crate::host_names;
use crate::log_conf::LogFile;
use crate::metrics::Metrics;
use crate::modules_conf::Modules;
use crate::parts::Part;
use crate::secrets::Wanted;
use crate::traces::{Wishes, otel};
use crate::{entity_id, journal, mailbox, records, users_conf};
use conf::{Config, Diagnostic, Disk};
use dialplan::Dialplan;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Everything the node is configured with.
#[derive(Clone)]
pub(crate) struct Configuration {
    /// asterisk.conf; read at the start only.
    pub(crate) asterisk: Arc<AsteriskConf>,
    /// modules.conf; read at the start only.
    pub(crate) modules: Arc<Modules>,
    /// What the switch takes: extensions.conf, cdr.conf and what others say of calls.
    pub(crate) switch: Arc<switch::Config>,
    /// Where call records are written: cdr.conf and its kin.
    pub(crate) records: Arc<records::Settings>,
    /// manager.conf, users.conf and acl.conf.
    pub(crate) manager: Arc<manager::Settings>,
    /// pjsip.conf and users.conf.
    pub(crate) sip: Arc<sip::Settings>,
    /// prometheus.conf.
    pub(crate) metrics: Arc<Metrics>,
    /// http.conf.
    pub(crate) web: Arc<web::Settings>,
    /// rtp.conf; read at the start only.
    pub(crate) media: media::Settings,
    /// voicemail.conf and users.conf.
    pub(crate) voicemail: Arc<mailbox::Settings>,
    /// journal.conf; read at the start only.
    pub(crate) journal: journal::Settings,
    /// otel.conf.
    pub(crate) otel: Arc<otel::Settings>,
    /// logger.conf.
    pub(crate) log_files: Vec<LogFile>,
}

/// What the files say that is doubtful, and which of them have no meaning at all.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) errors: Vec<conf::Error>,
}

/// What can be said in the files read here.
#[cfg(test)]
pub(crate) const HELP: &[conf::Help] = &[
    conf::Help::of::<RtpGeneral>("rtp.conf", "[general]"),
    conf::Help::of::<journal::Settings>("journal.conf", "[general]"),
    conf::Help::of::<otel::Settings>("otel.conf", "[general]"),
];

/// rtp.conf, [general].
#[derive(Clone, Debug, conf::Settings)]
struct RtpGeneral {
    /// The first port for sound.
    #[setting(name = "rtpstart", default = "5000", min = 1024, max = 65_534)]
    start: u16,
    /// The last.
    #[setting(name = "rtpend", default = "31000", min = 1025, max = 65_535)]
    end: u16,
    /// Options of the reference server that have no effect here.
    #[setting(entries, name = "*")]
    _others: Vec<conf::Entry>,
}

impl Configuration {
    /// Reads everything.
    pub(crate) fn load(asterisk: Arc<AsteriskConf>, findings: &mut Findings) -> Self {
        let disk = Disk::new(&asterisk.directories.configuration);
        let mut files = Files {
            disk: &disk,
            modules: &Modules::default(),
            findings,
        };
        let modules = files.read("modules.conf").unwrap_or_default();
        let modules = Modules::read(&modules, files.diagnostics());
        let journal = files.section("journal.conf", "general");
        let nothing = Self {
            modules: Arc::new(modules),
            switch: Arc::default(),
            records: Arc::default(),
            manager: Arc::default(),
            sip: Arc::default(),
            metrics: Arc::default(),
            web: Arc::default(),
            voicemail: Arc::default(),
            media: media::Settings::default(),
            journal: journal.unwrap_or_default(),
            otel: Arc::default(),
            log_files: Vec::new(),
            asterisk,
        };
        nothing.renewed(Part::ALL, findings)
    }

    /// The configuration with some parts read anew. A part whose file has no meaning stays as it is.
    pub(crate) fn renewed(&self, parts: &[Part], findings: &mut Findings) -> Self {
        let disk = Disk::new(&self.asterisk.directories.configuration);
        let mut new = self.clone();
        let mut files = Files {
            disk: &disk,
            modules: &self.modules,
            findings,
        };
        for part in parts {
            match part {
                Part::Manager => new.read_manager(&mut files),
                Part::Sip => new.read_sip(&mut files),
                Part::Metrics => new.read_metrics(&mut files),
                Part::Web => new.read_web(&mut files),
                Part::Media => new.read_media(&mut files),
                Part::Log => new.read_log(&mut files),
                Part::Traces => new.read_traces(&mut files),
                Part::Voicemail => new.read_voicemail(&mut files),
                Part::Dialplan
                | Part::Cdr
                | Part::Cel
                | Part::Music
                | Part::Indications
                | Part::Features => {}
            }
        }
        new.read_switch(parts, &mut files);
        new
    }

    fn read_manager(&mut self, files: &mut Files<'_>) {
        let read = files.read_places("manager.conf");
        let users = files.read("users.conf");
        let lists = files.read("acl.conf");
        if let (Ok(manager), Ok(users), Ok(lists)) = (read, users, lists) {
            let read = manager::Files {
                manager: Some(&manager),
                acl: Some(&lists),
                users: Some(&users),
            };
            self.manager = Arc::new(manager::Settings::read(
                read,
                &mut files.findings.diagnostics,
            ));
        }
    }

    fn read_voicemail(&mut self, files: &mut Files<'_>) {
        if let (Ok(mut config), Ok(users)) =
            (files.read("voicemail.conf"), files.read("users.conf"))
        {
            config.sections.extend(users_conf::mailboxes(&users));
            let diagnostics = &mut files.findings.diagnostics;
            self.voicemail = Arc::new(mailbox::Settings::read(&config, diagnostics));
        }
    }

    fn read_sip(&mut self, files: &mut Files<'_>) {
        if let (Ok(mut config), Ok(users)) = (files.read("pjsip.conf"), files.read("users.conf")) {
            config.sections.extend(users_conf::phones(&users));
            self.sip = Arc::new(sip::Settings::read(
                &config,
                &mut files.findings.diagnostics,
            ));
        }
    }

    fn read_metrics(&mut self, files: &mut Files<'_>) {
        if let Ok(metrics) = files.section::<Metrics>("prometheus.conf", "general") {
            self.metrics = Arc::new(metrics);
        }
    }

    fn read_web(&mut self, files: &mut Files<'_>) {
        if let (Ok(config), Ok(acls)) = (files.read_places("http.conf"), files.read("acl.conf")) {
            let settings =
                web::Settings::read(&config, Some(&acls), &mut files.findings.diagnostics);
            self.web = Arc::new(settings);
        }
    }

    fn read_media(&mut self, files: &mut Files<'_>) {
        let Ok(general) = files.section::<RtpGeneral>("rtp.conf", "general") else {
            return;
        };
        self.media = media::Settings {
            ports: general.start..=general.end,
            sounds: vec![self.asterisk.directories.data.join("sounds")],
            recordings: self.asterisk.directories.spool.join("monitor"),
            absolute_names: true,
        };
    }

    fn read_log(&mut self, files: &mut Files<'_>) {
        if let Ok(config) = files.read("logger.conf") {
            self.log_files = crate::log_conf::read(&config, &mut files.findings.diagnostics);
        }
    }

    fn read_traces(&mut self, files: &mut Files<'_>) {
        if let Ok(settings) = files.section::<otel::Settings>("otel.conf", "general") {
            self.otel = Arc::new(settings);
        }
    }

    /// Who wants calls traced.
    pub(crate) fn traces(&self) -> Wishes {
        Wishes::of(&self.otel, &self.log_files)
    }

    /// The switch's configuration is one value made of several files.
    fn read_switch(&mut self, parts: &[Part], files: &mut Files<'_>) {
        let old = &self.switch;
        let mut dialplan = Arc::clone(&old.dialplan);
        if parts.contains(&Part::Dialplan)
            && let Ok(config) = files.read("extensions.conf")
        {
            let (plan, mut diagnostics) = Dialplan::read(&config, &switch::app::Vocabulary);
            files.findings.diagnostics.append(&mut diagnostics);
            dialplan = Arc::new(plan);
        }
        let mut music = old.music.clone();
        if parts.contains(&Part::Music)
            && let Ok(config) = files.read("musiconhold.conf")
        {
            let data = &self.asterisk.directories.data;
            music = crate::music_conf::read(&config, data, &mut files.findings.diagnostics);
        }
        let mut indications = old.indications.clone();
        if parts.contains(&Part::Indications)
            && let Ok(config) = files.read("indications.conf")
        {
            indications = crate::indications_conf::read(&config, &mut files.findings.diagnostics);
        }
        let mut features = old.features.clone();
        if parts.contains(&Part::Features)
            && let Some(read) = crate::features_conf::read(files)
        {
            features = read;
        }
        let mut cdr = old.cdr.clone();
        if parts.contains(&Part::Cdr)
            && let Ok((made, written)) =
                crate::cdr_conf::read(files, &self.asterisk.directories.log)
        {
            cdr = made;
            let events = self.records.events.clone();
            self.records = Arc::new(records::Settings { events, ..written });
        }
        let mut cel = old.cel.clone();
        if parts.contains(&Part::Cel)
            && let Ok((logged, events)) = crate::cel_conf::read(files)
        {
            cel = logged;
            let written = records::Settings::clone(&self.records);
            self.records = Arc::new(records::Settings { events, ..written });
        }
        let endpoints = self.sip.endpoints().into_iter();
        let options = &self.asterisk.options;
        self.switch = Arc::new(switch::Config {
            dialplan,
            endpoints: endpoints
                .map(|endpoint| (Arc::clone(&endpoint.name), endpoint))
                .collect(),
            cdr,
            cel,
            music,
            indications,
            features,
            channel_variables: self
                .manager
                .general
                .channel_variables
                .0
                .iter()
                .map(|name| name.as_str().into())
                .collect(),
            folders: self.asterisk.directories.variables(),
            system_name: options.system_name.as_deref().map(Arc::from),
            entity_id: options
                .entity_id
                .clone()
                .or_else(entity_id::of_card)
                .map(|id| id.0),
            max_calls: usize::try_from(options.max_calls).unwrap_or(usize::MAX),
            environment: environment(),
            live_dangerously: options.live_dangerously,
            system_programs: options
                .system_programs
                .0
                .iter()
                .map(|program| program.as_str().into())
                .collect(),
            time_zone: Some(jiff::tz::TimeZone::system()),
        });
    }
}

/// The environment, as far as it is text.
fn environment() -> BTreeMap<String, Arc<str>> {
    let variables = std::env::vars_os();
    let text = variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    text.map(|(name, value)| (name, value.into())).collect()
}

/// The secrets that secrets.conf asks for: none if there is no such file.
///
/// # Errors
/// When it has no meaning.
pub(crate) fn wanted_secrets(folder: &Path) -> Result<Vec<Wanted>, conf::Error> {
    let config = match conf::load(&Disk::new(folder), "secrets.conf") {
        Err(conf::Error::Missing(_)) => return Ok(Vec::new()),
        other => other?,
    };
    let mut wanted = Vec::new();
    for section in config.concrete() {
        wanted.extend(section.entries.iter().map(|entry| Wanted {
            file: section.name.clone(),
            section: entry.key.clone(),
            key: entry.value.clone(),
        }));
    }
    Ok(wanted)
}

/// The files of the configuration folder.
pub(crate) struct Files<'a> {
    disk: &'a Disk,
    modules: &'a Modules,
    findings: &'a mut Findings,
}

/// The file has no meaning; the findings tell why.
#[derive(Debug)]
pub(crate) struct NoMeaning;

impl Files<'_> {
    /// What has been found so far.
    pub(crate) fn diagnostics(&mut self) -> &mut Vec<Diagnostic> {
        &mut self.findings.diagnostics
    }

    /// Whether there is a part of this name, if it is one that can be left out.
    pub(crate) fn has(&self, module: &str) -> bool {
        self.modules.has(module)
    }

    /// One file; an empty one if there is none, or if it is of a part that is left out.
    pub(crate) fn read(&mut self, name: &str) -> Result<Config, NoMeaning> {
        if name
            .strip_suffix(".conf")
            .is_some_and(|module| !self.has(module))
        {
            return Ok(Config::default());
        }
        match conf::load(self.disk, name) {
            Ok(mut config) => {
                // A file is read for each of its sections; what is said of its lines is told once.
                let told = &mut self.findings.diagnostics;
                config.diagnostics.retain(|said| !told.contains(said));
                told.append(&mut config.diagnostics);
                Ok(config)
            }
            Err(conf::Error::Missing(file)) if file == name => Ok(Config::default()),
            Err(error) => {
                self.findings.errors.push(error);
                Err(NoMeaning)
            }
        }
    }

    /// One file that says where to listen, with addresses in place of names.
    fn read_places(&mut self, name: &str) -> Result<Config, NoMeaning> {
        let mut config = self.read(name)?;
        host_names::look_up(&mut config).map_err(|unknown| {
            self.findings.errors.push(conf::Error::Invalid(unknown));
            NoMeaning
        })?;
        Ok(config)
    }

    /// One section of a file; what it means if it is empty when there is none.
    pub(crate) fn section<S: conf::Settings>(
        &mut self,
        file: &str,
        section: &str,
    ) -> Result<S, NoMeaning> {
        let config = self.read(file)?;
        Ok(match config.section(section) {
            Some(section) => S::read(section, &mut self.findings.diagnostics),
            None => S::default(),
        })
    }
}
