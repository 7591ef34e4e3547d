//! CHANNEL's items of a line outside: its dialog, its sound and how that is.

use super::{error, or_empty};
use crate::Switch;
use crate::channel::Channel;
use crate::listen::leg;
use crate::quality::statistic;
use dialplan::functions::Outcome;
use model::Dialog;

/// The value of an item in small letters; empty where the channel is no such line, and where it is
/// not known yet.
pub(super) fn read(switch: &Switch, channel: &Channel, item: &str) -> Outcome {
    let mut words = item.split(',').map(str::trim);
    let (family, name) = (words.next(), words.next().unwrap_or_default());
    let media = words.next().unwrap_or("audio");
    let dialog = channel.technology.dialog();
    match family {
        Some("endpoint") => Ok(endpoint(channel)),
        Some("aor") => Ok(dialog
            .map(|dialog| dialog.aor.to_string())
            .unwrap_or_default()),
        Some("contact") => Ok(dialog
            .map(|dialog| dialog.contact.to_string())
            .unwrap_or_default()),
        Some("pjsip") => pjsip(channel, dialog, name),
        Some("rtp" | "rtcp") if !matches!(media, "audio" | "video") => {
            error(format!("there is no kind of sound '{media}'"))
        }
        Some("rtp") => rtp(channel, name, media == "audio"),
        Some("rtcp") => rtcp(switch, channel, name, media == "audio"),
        _ => error(format!("there is no item '{item}'")),
    }
}

fn endpoint(channel: &Channel) -> String {
    let device = channel.device();
    device.strip_prefix("PJSIP/").unwrap_or_default().to_owned()
}

fn pjsip(channel: &Channel, dialog: Option<&Dialog>, name: &str) -> Outcome {
    if channel.technology() != "PJSIP" {
        return Ok(String::new());
    }
    let of = |fact: fn(&Dialog) -> String| dialog.map(fact).unwrap_or_default();
    Ok(match name {
        "call-id" => or_empty(channel.technology.call_id()),
        // There is no transport with TLS, and no fax over IP.
        "secure" => "0".to_owned(),
        "t38state" => "DISABLED".to_owned(),
        "target_uri" => of(|dialog| dialog.target_uri.to_string()),
        "local_uri" => of(|dialog| dialog.local_uri.to_string()),
        "remote_uri" => of(|dialog| dialog.remote_uri.to_string()),
        "request_uri" => of(|dialog| dialog.request_uri.to_string()),
        "local_tag" => of(|dialog| dialog.local_tag.to_string()),
        "remote_tag" => of(|dialog| dialog.remote_tag.to_string()),
        "local_addr" => of(|dialog| dialog.local_address.to_string()),
        "remote_addr" => of(|dialog| dialog.remote_address.to_string()),
        name => return error(format!("there is no item '{name}' of PJSIP")),
    })
}

fn rtp(channel: &Channel, name: &str, audio: bool) -> Outcome {
    let value: fn(&Channel) -> Option<String> = match name {
        "src" => |channel| Some(leg(channel)?.addresses.local.to_string()),
        "dest" => |channel| Some(leg(channel)?.addresses.remote.to_string()),
        // Sound goes through here always: there is no address it goes to directly.
        "direct" => |_| None,
        // Nothing is encrypted.
        "secure" => |channel| leg(channel).map(|_| "0".to_owned()),
        "hold" => |channel| leg(channel).map(|_| u8::from(channel.holds).to_string()),
        name => return error(format!("there is no item '{name}' of RTP")),
    };
    Ok(Some(channel)
        .filter(|_| audio)
        .and_then(value)
        .unwrap_or_default())
}

fn rtcp(switch: &Switch, channel: &Channel, name: &str, audio: bool) -> Outcome {
    if statistic(&model::AudioQuality::default(), name).is_none() {
        return error(format!("there is no statistic '{name}'"));
    }
    let heard = leg(channel).and_then(|leg| switch.legs.get(&leg.media));
    let quality = heard.and_then(|heard| heard.quality.as_deref());
    let value = quality.filter(|_| audio).and_then(|of| statistic(of, name));
    Ok(value.unwrap_or_default())
}
