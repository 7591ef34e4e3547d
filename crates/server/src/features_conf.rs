//! features.conf: the codes that those who talk may press.

use crate::configuration::Files;
use std::time::Duration;

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
    /// Codes of the reference server that have no effect here.
    #[setting(entries, name = "*")]
    _others: Vec<conf::Entry>,
}

/// Reads the file; what it does not say is as usual.
pub(crate) fn read(files: &mut Files<'_>) -> Option<switch::FeatureSettings> {
    let general = files.section::<General>("features.conf", "general").ok()?;
    let map = files.section::<Map>("features.conf", "featuremap").ok()?;
    Some(switch::FeatureSettings {
        blind_transfer: map.blind_transfer.into(),
        attended_transfer: map.attended_transfer.unwrap_or_default().into(),
        disconnect: map.disconnect.into(),
        pickup_exten: general.pickup_exten.into(),
        digit_time: Duration::from_millis(general.digit_time.into()),
        transfer_time: Duration::from_secs(general.transfer_time.into()),
    })
}
