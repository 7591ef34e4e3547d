//! cdr.conf and its kin: of what call records are made, and where they are written.

use crate::configuration::{Files, NoMeaning};
use crate::records::{self, Batch, Csv, Custom, Mapping, Subject, Table};
use conf::{Diagnostic, Settings as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What can be said in these files.
#[cfg(test)]
pub(crate) const HELP: &[conf::Help] = &[
    conf::Help::of::<General>("cdr.conf", "[general]"),
    conf::Help::of::<Csv>("cdr.conf", "[csv]"),
    conf::Help::of::<Mappings>("cdr_custom.conf", "[mappings]"),
    conf::Help::of::<records::Master>("cdr_sqlite3_custom.conf", "[master]"),
    conf::Help::of::<Manager>("cdr_manager.conf", "[general]"),
    conf::Help::of::<Headers>("cdr_manager.conf", "[mappings]"),
];

/// cdr_custom.conf, [mappings]. Call records are written to these files, in `cdr-custom` in the folder
/// of the log.
#[cfg(test)]
#[derive(conf::Settings)]
struct Mappings {
    /// The name of a file, and the line of each record in it: a text with `${CDR(name)}`,
    /// `${CSV_QUOTE(text)}` and such.
    #[setting(entries, name = "FILE*")]
    _files: Vec<conf::Entry>,
}

/// cdr.conf, [general].
#[derive(Clone, Debug, conf::Settings)]
struct General {
    /// Make call records.
    #[setting(default = "yes")]
    enable: bool,
    /// Of every channel, unless the dialplan says otherwise with CDR_PROP(disable).
    #[setting(name = "channeldefaultenabled", default = "yes")]
    by_default: bool,
    /// Also of calls in which nobody was dialled and nobody answered.
    unanswered: bool,
    /// Tell calls that found no way through as CONGESTION instead of FAILED.
    congestion: bool,
    /// Tell calls that were given up as CANCEL instead of NO ANSWER.
    #[setting(name = "canceldispositionenabled")]
    cancel: bool,
    /// Leave out what the `h` extension does.
    #[setting(name = "endbeforehexten", default = "yes")]
    end_before_hangup_extension: bool,
    /// Bill a second that has begun as a whole one.
    #[setting(name = "initiatedseconds")]
    bill_begun_seconds: bool,
    /// Make no other record when a conversation is over and the dialplan goes on.
    #[setting(name = "ignorestatechanges")]
    ignore_conversations: bool,
    /// Leave out who was dialled and how that ended.
    #[setting(name = "ignoredialchanges")]
    ignore_dials: bool,
    /// Gather records and write them together.
    batch: bool,
    /// How many records make a batch.
    #[setting(default = "100", min = 1, max = 10_000)]
    size: u32,
    /// How long a batch may gather, in seconds.
    #[setting(default = "300", min = 1, max = 86_400)]
    time: u32,
    /// Always so, whatever is said: no call waits for a record to be written.
    #[setting(name = "scheduleronly")]
    _scheduler_only: bool,
    /// Always so, whatever is said: records that wait are written when the server ends.
    #[setting(name = "safeshutdown", default = "yes")]
    _safe_shutdown: bool,
    /// Log every record as it is complete.
    debug: bool,
}

/// cdr_manager.conf, [general].
#[derive(Clone, Debug, conf::Settings)]
struct Manager {
    /// Tell managers of every call record.
    enabled: bool,
}

/// cdr_manager.conf, [mappings]. What managers are told of a call record besides.
#[cfg(test)]
#[derive(conf::Settings)]
struct Headers {
    /// A field as CDR(FIELD) names it, and the header that tells it.
    #[setting(entries, name = "FIELD*")]
    _fields: Vec<conf::Entry>,
}

/// Reads the files. `folder` is that of the log.
pub(crate) fn read(
    files: &mut Files<'_>,
    folder: &Path,
) -> Result<(switch::CdrSettings, records::Settings), NoMeaning> {
    let general: General = files.section("cdr.conf", "general")?;
    let told: Manager = files.section("cdr_manager.conf", "general")?;
    let made = switch::CdrSettings {
        enabled: general.enable,
        by_default: general.by_default,
        unanswered: general.unanswered,
        congestion: general.congestion,
        cancel: general.cancel,
        end_before_hangup_extension: general.end_before_hangup_extension,
        bill_begun_seconds: general.bill_begun_seconds,
        ignore_conversations: general.ignore_conversations,
        ignore_dials: general.ignore_dials,
        manager: told.enabled,
        headers: headers(files)?,
    };
    let written = records::Settings {
        folder: folder.to_owned(),
        debug: general.debug,
        batch: general.batch.then(|| Batch {
            size: usize::try_from(general.size).unwrap_or(usize::MAX),
            time: Duration::from_secs(general.time.into()),
        }),
        csv: csv(files)?,
        calls: custom(
            files,
            ["cdr_custom.conf", "cdr_sqlite3_custom.conf"],
            Subject::Calls,
        )?,
        events: Custom::default(),
    };
    Ok((made, written))
}

/// Names and what they become.
type Pairs = Vec<(Arc<str>, Arc<str>)>;

/// What managers are told besides.
fn headers(files: &mut Files<'_>) -> Result<Pairs, NoMeaning> {
    let config = files.read("cdr_manager.conf")?;
    let entries = config
        .named("mappings")
        .flat_map(|section| &section.entries);
    let mut headers = Vec::new();
    for entry in entries {
        let header = entry.value.as_str();
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !header.is_empty() && header.chars().all(is_name) {
            headers.push((entry.key.to_ascii_lowercase().into(), header.into()));
        } else {
            let message = format!("`{header}` is no name of a header; it is not told");
            let remedy = "write letters, digits, dashes and underscores";
            let diagnostic = Diagnostic::warning(&entry.at, message, remedy);
            files.diagnostics().push(diagnostic);
        }
    }
    Ok(headers)
}

/// CSV files are written if there is a section about them.
fn csv(files: &mut Files<'_>) -> Result<Option<Csv>, NoMeaning> {
    let config = files.read("cdr.conf")?;
    let section = config.section("csv").filter(|_| files.has("cdr_csv"));
    Ok(section.map(|section| Csv::read(section, files.diagnostics())))
}

/// What two files say: of lines, and of a table.
pub(crate) fn custom(
    files: &mut Files<'_>,
    [lines, table]: [&str; 2],
    subject: Subject,
) -> Result<Custom, NoMeaning> {
    let (lines, table) = (files.read(lines)?, files.read(table)?);
    let master = table.section("master");
    Ok(Custom {
        mappings: Mapping::read(&lines, subject, files.diagnostics()),
        table: master.and_then(|section| Table::read(section, subject, files.diagnostics())),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::asterisk_conf::AsteriskConf;
    use crate::configuration::{Configuration, Findings};
    use std::sync::Arc;
    use std::time::Duration;

    /// What these files say, and what is doubtful about them.
    pub(crate) fn read(files: &[(&str, &str)]) -> (Configuration, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut asterisk = AsteriskConf::default();
        asterisk.directories.configuration = folder.path().to_owned();
        asterisk.directories.log = "/log".into();
        let mut findings = Findings::default();
        let read = Configuration::load(Arc::new(asterisk), &mut findings);
        assert!(findings.errors.is_empty());
        let told = findings.diagnostics.iter().map(ToString::to_string);
        (read, told.collect())
    }

    #[test]
    fn records_are_made_and_written_nowhere_if_nothing_is_said() {
        let (read, told) = read(&[]);
        assert_eq!(told, [""; 0]);
        assert!(read.switch.cdr.enabled);
        assert_eq!(read.records.names(), [""; 0]);
        assert_eq!(read.records.batch, None);
    }

    #[test]
    fn files_and_tables_are_as_they_are_configured() {
        let (read, told) = read(&[
            (
                "cdr_custom.conf",
                "[mappings]\na.csv => ${CDR(src)}\n../b => x\n",
            ),
            (
                "cdr_sqlite3_custom.conf",
                "[master]\ncolumns => a\nvalues => '${CDR(src)}'\n",
            ),
        ]);
        assert_eq!(read.records.names(), ["cdr-custom", "cdr_sqlite3_custom"]);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with("cdr_custom.conf:3: `../b` is no name of a file"));
    }

    #[test]
    fn headers_of_the_event_are_as_they_are_configured() {
        let text = "[general]\nenabled = yes\n[mappings]\nlinkedid => LinkedID\nrate => a: b\n\
                    broken\n";
        let (read, told) = read(&[("cdr_manager.conf", text)]);
        assert_eq!(
            read.switch.cdr.headers,
            [("linkedid".into(), "LinkedID".into())]
        );
        // Though the file is read for two of its sections.
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("cdr_manager.conf:6: there is no `=`"));
        assert!(told[1].starts_with("cdr_manager.conf:5: `a: b` is no name of a header"));
    }

    #[test]
    fn what_is_said_is_done_and_what_is_not_known_is_told() {
        let text = "[general]\nunanswered = yes\nendbeforehexten = no\nbatch = yes\nsize = 7\n\
                    time = 9\ndebug = yes\ncolour = red\nsafeshutdown = yes\n[csv]\nusegmtime = yes\nshape = round\n";
        let (read, told) = read(&[("cdr.conf", text)]);
        let cdr = &read.switch.cdr;
        assert!(cdr.unanswered && !cdr.end_before_hangup_extension && !cdr.manager);
        let batch = read.records.batch.unwrap();
        assert_eq!((batch.size, batch.time), (7, Duration::from_secs(9)));
        assert!(read.records.debug);
        assert_eq!(read.records.names(), ["csv"]);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("cdr.conf:8: unknown option `colour`"));
        assert!(told[1].starts_with("cdr.conf:12: unknown option `shape`"));
    }
}
