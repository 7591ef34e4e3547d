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
    /// What one hears who has taken a call.
    #[setting(name = "pickupsound")]
    pickup_sound: String,
    /// What one hears who could not take a call.
    #[setting(name = "pickupfailsound")]
    pickup_fail_sound: String,
    /// How often an extension to transfer to may be dialled until there is one.
    #[setting(name = "transferdialattempts", default = "3", min = 1, max = 100)]
    transfer_attempts: u32,
    /// What a transferer hears as the transfer begins; nothing if it is empty.
    #[setting(name = "transferannouncesound", default = "pbx-transfer")]
    begin_sound: String,
    /// What a transferer hears who has dialled no extension and may dial again.
    #[setting(name = "transferretrysound", default = "pbx-invalid")]
    again_sound: String,
    /// What a transferer hears who has dialled no extension for the last time.
    #[setting(name = "transferinvalidsound", default = "privacy-incorrect")]
    invalid_sound: String,
    /// What a transferer hears when nobody takes the call.
    #[setting(name = "xferfailsound", default = "beeperr")]
    failed_sound: String,
    /// What a third party hears that takes the call of who asked it.
    #[setting(name = "xfersound", default = "beep")]
    done_sound: String,
    /// While a third party is asked: it is asked no more.
    #[setting(name = "atxferabort", default = "*1")]
    abort: String,
    /// While a third party is asked: it takes the call.
    #[setting(name = "atxfercomplete", default = "*2")]
    complete: String,
    /// While a third party is asked: the other of the two is talked with.
    #[setting(name = "atxferswap", default = "*4")]
    swap: String,
    /// While a third party is asked that has answered: all three talk together.
    #[setting(name = "atxferthreeway", default = "*3")]
    threeway: String,
    /// How long a third party may ring, in seconds.
    #[setting(name = "atxfernoanswertimeout", default = "15", min = 1, max = 3_600)]
    answer_time: u32,
    /// A transferer that hangs up before the third party has answered is not called back.
    #[setting(name = "atxferdropcall")]
    drop_call: bool,
    /// How long to wait until the third party is called again, in seconds.
    #[setting(name = "atxferloopdelay", default = "10", min = 1, max = 3_600)]
    loop_delay: u32,
    /// How often a transferer is called back that hung up before the third party had answered.
    #[setting(name = "atxfercallbackretries", default = "2", max = 100)]
    callbacks: u32,
    /// What does nothing yet: recording by a code.
    #[setting(entries, name = "recordingfailsound", alias = "courtesytone")]
    not_built: Vec<conf::Entry>,
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
    for entry in general.not_built.iter().chain(&map.not_built) {
        let message = format!("`{}` does nothing yet", entry.key);
        diagnostics.push(Diagnostic::warning(&entry.at, message, "remove it"));
    }
    let seconds = |time: u32| Duration::from_secs(time.into());
    Some(switch::FeatureSettings {
        blind_transfer: map.blind_transfer.into(),
        attended_transfer: map.attended_transfer.unwrap_or_default().into(),
        disconnect: map.disconnect.into(),
        pickup_exten: general.pickup_exten.into(),
        digit_time: Duration::from_millis(general.digit_time.into()),
        pickup_sounds: [
            general.pickup_sound.into(),
            general.pickup_fail_sound.into(),
        ],
        transfer: switch::TransferSettings {
            digit_time: seconds(general.transfer_time),
            attempts: general.transfer_attempts,
            sounds: switch::TransferSounds {
                begin: general.begin_sound.into(),
                again: general.again_sound.into(),
                invalid: general.invalid_sound.into(),
                failed: general.failed_sound.into(),
                done: general.done_sound.into(),
            },
            abort: general.abort.into(),
            complete: general.complete.into(),
            swap: general.swap.into(),
            threeway: general.threeway.into(),
            answer_time: seconds(general.answer_time),
            drop_call: general.drop_call,
            loop_time: seconds(general.loop_delay),
            callbacks: general.callbacks,
        },
        applications,
        groups,
    })
}

#[cfg(test)]
mod tests {
    use crate::cdr_conf::tests::read;

    #[test]
    fn what_is_said_counts_and_what_does_nothing_is_told() {
        let (read, told) = read(&[(
            "features.conf",
            "[general]\natxferabort = *9\nxfersound =\natxferdropcall = yes\ncourtesytone = beep\n\
             atxferthreeway = *7\nparkpos = 701-720\n[featuremap]\nblindxfer => #1\nparkcall => #7\n",
        )]);
        let features = &read.switch.features;
        assert_eq!(&*features.blind_transfer, "#1");
        assert_eq!(&*features.transfer.abort, "*9");
        assert_eq!(&*features.transfer.complete, "*2");
        assert_eq!(&*features.transfer.threeway, "*7");
        assert_eq!(&*features.transfer.sounds.done, "");
        assert!(features.transfer.drop_call);
        let lines: Vec<_> = told.iter().map(|told| told.split(" (").next()).collect();
        let expected = [
            "features.conf:7: unknown option `parkpos`",
            "features.conf:5: `courtesytone` does nothing yet",
            "features.conf:10: `parkcall` does nothing yet",
        ];
        assert_eq!(lines, expected.map(Some));
    }
}
