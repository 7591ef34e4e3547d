//! cel.conf and its kin: what is logged of channels, and where it is written.

use crate::cdr_conf::custom;
use crate::configuration::{Files, NoMeaning};
use crate::records::{Custom, Subject};
use conf::{Config, Diagnostic, List};
use model::ChannelEventKind;
use std::collections::BTreeSet;

/// What can be said in these files.
#[cfg(test)]
pub(crate) const HELP: &[conf::Help] = &[
    conf::Help::of::<General>("cel.conf", "[general]"),
    conf::Help::of::<Manager>("cel.conf", "[manager]"),
    conf::Help::of::<Mappings>("cel_custom.conf", "[mappings]"),
    conf::Help::of::<crate::records::Master>("cel_sqlite3_custom.conf", "[master]"),
];

/// cel.conf, [general].
#[derive(Clone, Debug, conf::Settings)]
struct General {
    /// Log what happens to channels.
    enable: bool,
    /// What is logged: ALL, or some of CHAN_START, CHAN_END, HANGUP, ANSWER, APP_START, APP_END,
    /// BRIDGE_ENTER, BRIDGE_EXIT, BLINDTRANSFER, ATTENDEDTRANSFER, USER_DEFINED, PICKUP, LINKEDID_END,
    /// LOCAL_OPTIMIZE, LOCAL_OPTIMIZE_BEGIN, STREAM_BEGIN, STREAM_END, DTMF, FORWARD; and PARK_START, PARK_END,
    /// which do not happen yet.
    events: List<String>,
    /// The applications whose APP_START and APP_END are logged; `all` for all.
    #[setting(name = "apps")]
    applications: List<String>,
    /// How times are told, as STRFTIME has it (`%F %T.%3q`); seconds since 1970 with a fraction if not said.
    #[setting(name = "dateformat")]
    date_format: Option<String>,
}

/// cel.conf, [manager].
#[derive(Clone, Debug, conf::Settings)]
struct Manager {
    /// Tell managers what is logged.
    enabled: bool,
    /// Tell events of the dialplan's own as USER_DEFINED, with their name in UserDefType.
    show_user_defined: bool,
}

/// cel_custom.conf, [mappings]. What is logged is written to these files, in `cel-custom` in the folder of
/// the log.
#[cfg(test)]
#[derive(conf::Settings)]
struct Mappings {
    /// The name of a file, and the line of each entry in it: a text with `${eventtype}`, `${eventenum}`,
    /// `${eventtime}`, `${eventextra}`, `${userdeftype}`, `${BRIDGEPEER}`, `${CALLERID(name)}`,
    /// `${CHANNEL(name)}`, `${CSV_QUOTE(text)}` and such.
    #[setting(entries, name = "FILE*")]
    _files: Vec<conf::Entry>,
}

/// Reads the files.
pub(crate) fn read(files: &mut Files<'_>) -> Result<(switch::CelSettings, Custom), NoMeaning> {
    let config = files.read("cel.conf")?;
    let general: General = files.section("cel.conf", "general")?;
    let told: Manager = files.section("cel.conf", "manager")?;
    let format = general.date_format.filter(|format| !format.is_empty());
    let names = general.applications.0;
    let logged = switch::CelSettings {
        enabled: general.enable,
        events: kinds(&general.events.0, &config, files.diagnostics()),
        applications: names.iter().map(|name| name.to_ascii_lowercase()).collect(),
        date_format: format
            .filter(|format| is_readable(format, &config, files.diagnostics()))
            .map(Into::into),
        manager: told.enabled && files.has("cel_manager"),
        show_user_defined: told.show_user_defined,
    };
    let written = custom(
        files,
        ["cel_custom.conf", "cel_sqlite3_custom.conf"],
        Subject::Events,
    )?;
    Ok((logged, written))
}

fn kinds(
    names: &[String],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeSet<ChannelEventKind> {
    let mut kinds = BTreeSet::new();
    for name in names {
        let known = ChannelEventKind::ALL.iter();
        let mut known = known.filter(|kind| kind.text().eq_ignore_ascii_case(name));
        if name.eq_ignore_ascii_case("ALL") {
            kinds.extend(ChannelEventKind::ALL);
        } else if let Some(kind) = known.next() {
            kinds.insert(*kind);
        } else {
            let message = format!("`{name}` is no event of channels; it has no effect");
            doubt(
                "events",
                &message,
                "write ALL, or names of events",
                config,
                diagnostics,
            );
        }
    }
    kinds
}

fn is_readable(format: &str, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    let tried = dialplan::functions::format_time(&now, format);
    if let Err(error) = &tried {
        let message = format!("`{format}` is no format of times: {error}");
        doubt(
            "dateformat",
            &message,
            "write such as %F %T",
            config,
            diagnostics,
        );
    }
    tried.is_ok()
}

/// Warns of an option of [general].
fn doubt(
    option: &str,
    message: &str,
    remedy: &str,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let entry = config
        .section("general")
        .and_then(|section| section.all(option).next_back());
    if let Some(entry) = entry {
        diagnostics.push(Diagnostic::warning(&entry.at, message, remedy));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cdr_conf::tests::read;

    #[test]
    fn nothing_is_logged_if_nothing_is_said() {
        let (read, told) = read(&[]);
        assert_eq!(told, [""; 0]);
        assert!(!read.switch.cel.enabled);
    }

    #[test]
    fn what_is_said_is_logged_and_what_is_not_known_is_told() {
        let text = "[general]\nenable = yes\napps = Dial, Park\nevents = answer, HANGUP, SNEEZE\n\
                    dateformat = %F %E\n[manager]\nenabled = yes\n";
        let lines = "[mappings]\nMaster.csv => ${eventtype},${CHANNEL(uniqueid)},${CDR(src)}\n";
        let (read, told) = read(&[("cel.conf", text), ("cel_custom.conf", lines)]);
        let cel = &read.switch.cel;
        let (answer, hangup) = (ChannelEventKind::Answer, ChannelEventKind::Hangup);
        assert_eq!(cel.events, [answer, hangup].into());
        assert_eq!(
            cel.applications,
            ["dial".to_owned(), "park".to_owned()].into()
        );
        assert!(cel.enabled && cel.manager && !cel.show_user_defined);
        assert_eq!(read.records.events.mappings.len(), 1);
        assert!(
            told[0].starts_with("cel.conf:4: `SNEEZE` is no event"),
            "{told:?}"
        );
        assert!(
            told[1].starts_with("cel.conf:5: `%F %E` is no format"),
            "{told:?}"
        );
        assert!(
            told[2].starts_with("cel_custom.conf:2: there is no function CDR"),
            "{told:?}"
        );
        assert_eq!(told.len(), 3);
        let (all, _) = super::super::cdr_conf::tests::read(&[(
            "cel.conf",
            "[general]\nenable = yes\nevents = ALL\ndateformat = %c.%3q\n",
        )]);
        assert_eq!(all.switch.cel.date_format.as_deref(), Some("%c.%3q"));
        assert_eq!(all.switch.cel.events.len(), ChannelEventKind::ALL.len());
    }
}
