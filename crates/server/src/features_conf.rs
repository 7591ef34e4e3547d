//! features.conf: the codes that those who talk may press.

mod map;

use crate::configuration::Files;
use conf::{Diagnostic, Settings as _};
use std::time::Duration;

/// What can be said in features.conf.
#[cfg(test)]
pub(crate) const HELP: &[conf::Help] = &[
    conf::Help::of::<General>("features.conf", "[general]"),
    conf::Help::of::<Map>("features.conf", "[featuremap]"),
    conf::Help::of::<Applications>("features.conf", "[applicationmap]"),
    conf::Help::of::<Group>("features.conf", "[group]"),
];

/// features.conf, [general].
#[derive(Clone, Debug, conf::Settings)]
struct General {
    /// How long to wait for the next key of a code, in milliseconds.
    #[setting(name = "featuredigittimeout", default = "1000", min = 1, max = 60_000)]
    digit_time: u32,
    /// How long to wait for the next digit of the extension to transfer to, in seconds.
    #[setting(name = "transferdigittimeout", default = "3", min = 1, max = 600)]
    transfer_time: u32,
    /// Whoever dials it takes a call that rings in one of its groups.
    #[setting(name = "pickupexten", default = "*8")]
    pickup_exten: String,
    /// Options of the reference server that have no effect here.
    #[setting(entries, name = "*")]
    _others: Vec<conf::Entry>,
}

/// features.conf, [featuremap].
#[derive(Clone, Debug, conf::Settings)]
struct Map {
    /// Sends the other one to an extension.
    #[setting(name = "blindxfer", default = "#")]
    blind_transfer: String,
    /// Asks a third party first.
    #[setting(name = "atxfer")]
    attended_transfer: Option<String>,
    /// Ends the conversation.
    #[setting(default = "*")]
    disconnect: String,
    /// Codes of the reference server that do nothing yet: to park the other one, to record.
    #[setting(entries, name = "parkcall", alias = "automixmon")]
    not_built: Vec<conf::Entry>,
}

/// features.conf, [applicationmap]: applications that those who talk run by a code, if DYNAMIC_FEATURES
/// of their channel, or as a global variable, names them; names have `#` between them.
#[cfg(test)]
#[derive(conf::Settings)]
struct Applications {
    /// `code,self|peer,application[,arguments[,music]]`, or with the arguments in quotation marks, or in
    /// parentheses after the application. Who pressed the code runs it, or the other one, while who does
    /// not hears the class of music. It stays in the conversation; a Gosub is to return.
    #[setting(entries, name = "NAME*")]
    _applications: Vec<conf::Entry>,
}

/// features.conf, [group]: applications that DYNAMIC_FEATURES names at once, by the group.
#[cfg(test)]
#[derive(conf::Settings)]
struct Group {
    /// The name of an application of [applicationmap] and its code in this group; without a code it has
    /// its own.
    #[setting(entries, name = "NAME*")]
    _members: Vec<conf::Entry>,
}

/// Reads the file; what it does not say is as usual.
pub(crate) fn read(files: &mut Files<'_>) -> Option<switch::FeatureSettings> {
    let config = files.read("features.conf").ok()?;
    let diagnostics = files.diagnostics();
    let general = config.section("general");
    let general = general.map_or_else(General::default, |it| General::read(it, diagnostics));
    let map = config.section("featuremap");
    let map = map.map_or_else(Map::default, |it| Map::read(it, diagnostics));
    let (applications, groups) = map::read(&config, diagnostics);
    for entry in &map.not_built {
        let message = format!("`{}` does nothing yet", entry.key);
        diagnostics.push(Diagnostic::warning(&entry.at, message, "remove it"));
    }
    Some(switch::FeatureSettings {
        blind_transfer: map.blind_transfer.into(),
        attended_transfer: map.attended_transfer.unwrap_or_default().into(),
        disconnect: map.disconnect.into(),
        pickup_exten: general.pickup_exten.into(),
        digit_time: Duration::from_millis(general.digit_time.into()),
        transfer_time: Duration::from_secs(general.transfer_time.into()),
        applications,
        groups,
    })
}
