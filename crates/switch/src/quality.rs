//! How the sound of a leg was, in the variables that tell it at the end: RTPAUDIOQOS and its kin,
//! and the same ending in BRIDGED on the channel it talked to.

use crate::Switch;
use crate::listen::leg;
use model::{AudioQuality, ChannelId, Spread};

impl Switch {
    pub(crate) fn tell_quality(&mut self, id: ChannelId, quality: AudioQuality) {
        let peer = self.peer(id);
        for (name, value) in figures(&quality) {
            self.set_variable(id, name, &value);
            if let Some(peer) = peer {
                self.set_variable(peer, &format!("{name}BRIDGED"), &value);
            }
        }
        let leg = self.channels.get(&id).and_then(leg).map(|leg| leg.media);
        if let Some(heard) = leg.and_then(|media| self.legs.get_mut(&media)) {
            heard.quality = Some(quality.into());
        }
    }
}

/// One of the figures, by its name in CHANNEL(rtcp,...).
pub(crate) fn statistic(of: &AudioQuality, name: &str) -> Option<String> {
    let [all, jitter, loss, round_trip, score] = figures(of).map(|(_, value)| value);
    Some(match name {
        "all" => all,
        "all_jitter" => jitter,
        "all_loss" => loss,
        "all_rtt" => round_trip,
        "all_mes" => score,
        "txcount" => of.sent.to_string(),
        "rxcount" => of.received.to_string(),
        "txploss" => of.their_lost.to_string(),
        "rxploss" => of.lost.to_string(),
        "local_ssrc" => of.ssrc.to_string(),
        "remote_ssrc" => of.their_ssrc.to_string(),
        name => format!("{:.6}", measured(of, name)?),
    })
}

/// A figure that is measured. Those over time are named for the side that found them, for how they
/// are put together, and for what they are: `remote_maxjitter`.
fn measured(of: &AudioQuality, name: &str) -> Option<f64> {
    let (ours, theirs) = (scores(of, true), scores(of, false));
    match name {
        "rxjitter" => return Some(of.jitter.last),
        "txjitter" => return Some(of.their_jitter.last),
        "rtt" => return Some(of.round_trip.last),
        "rxmes" => return Some(ours.last),
        "txmes" => return Some(theirs.last),
        _ => {}
    }
    let (local, name) = match (name.strip_prefix("local_"), name.strip_prefix("remote_")) {
        (Some(name), _) => (Some(true), name),
        (_, Some(name)) => (Some(false), name),
        (None, None) => (None, name),
    };
    let part = ["min", "max", "normdev", "stdev"]
        .into_iter()
        .find(|part| name.starts_with(part))?;
    let spread = match (&name[part.len()..], local) {
        ("jitter", Some(true)) => &of.jitter,
        ("jitter", Some(false)) => &of.their_jitter,
        ("rxploss", Some(true)) => &of.loss,
        ("rxploss", Some(false)) => &of.their_loss,
        ("rtt", None) => &of.round_trip,
        ("mes", Some(true)) => &ours,
        ("mes", Some(false)) => &theirs,
        _ => return None,
    };
    Some(match part {
        "min" => spread.min,
        "max" => spread.max,
        "normdev" => spread.mean,
        _ => spread.deviation,
    })
}

fn figures(of: &AudioQuality) -> [(&'static str, String); 5] {
    let (ours, theirs) = (scores(of, true), scores(of, false));
    [
        ("RTPAUDIOQOS", summary(of, &ours, &theirs)),
        (
            "RTPAUDIOQOSJITTER",
            both("jitter", "", &of.jitter, &of.their_jitter),
        ),
        (
            "RTPAUDIOQOSLOSS",
            both("lost", "  ", &of.loss, &of.their_loss),
        ),
        ("RTPAUDIOQOSRTT", one("rtt", "     ", &of.round_trip)),
        ("RTPAUDIOQOSMES", both("mes", "   ", &ours, &theirs)),
    ]
}

fn summary(of: &AudioQuality, ours: &Spread, theirs: &Spread) -> String {
    format!(
        "ssrc={};themssrc={};lp={};rxjitter={:.6};rxcount={};txjitter={:.6};txcount={};rlp={};\
         rtt={:.6};rxmes={:.6};txmes={:.6}",
        of.ssrc,
        of.their_ssrc,
        of.lost,
        of.jitter.last,
        of.received,
        of.their_jitter.last,
        of.sent,
        of.their_lost,
        of.round_trip.last,
        ours.last,
        theirs.last,
    )
}

/// What we received, then what they did; the figures are `gap` apart.
fn both(what: &str, gap: &str, received: &Spread, sent: &Spread) -> String {
    let text =
        one(&format!("rx{what}"), gap, received) + gap + &one(&format!("tx{what}"), gap, sent);
    text.trim_end().to_owned()
}

fn one(what: &str, gap: &str, of: &Spread) -> String {
    format!(
        "min{what}={:010.6};{gap}max{what}={:010.6};{gap}avg{what}={:010.6};{gap}stdev{what}={:010.6};",
        of.min, of.max, of.mean, of.deviation
    )
}

/// A score of 0 to 100 for what the listener heard, by the usual reduction of ITU-T G.107: delay
/// and jitter cost some, loss more. Nothing is known before the first report.
fn scores(of: &AudioQuality, received: bool) -> Spread {
    let (jitter, loss) = if received {
        (&of.jitter, &of.loss)
    } else {
        (&of.their_jitter, &of.their_loss)
    };
    if of.round_trip.last <= 0.0 {
        return Spread::default();
    }
    let score = |round_trip: f64, jitter: f64, loss: f64| {
        let latency = round_trip * 500.0 + jitter * 2000.0 + 10.0;
        let delay = if latency < 160.0 {
            latency / 40.0
        } else {
            (latency - 120.0) / 10.0
        };
        (93.2 - delay - loss * 2.5).clamp(0.0, 100.0)
    };
    let trip = &of.round_trip;
    Spread {
        last: score(trip.last, jitter.last, loss.last),
        min: score(trip.max, jitter.max, loss.max),
        max: score(trip.min, jitter.min, loss.min),
        mean: score(trip.mean, jitter.mean, loss.mean),
        deviation: 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_in_their_widths() {
        let quality = AudioQuality {
            ssrc: 7,
            sent: 25,
            ..AudioQuality::default()
        };
        let [all, jitter, loss, rtt, mes] = figures(&quality).map(|(_, value)| value);
        assert!(
            all.starts_with("ssrc=7;themssrc=0;lp=0;rxjitter=0.000000;rxcount=0;"),
            "{all}"
        );
        assert!(
            all.ends_with("rtt=0.000000;rxmes=0.000000;txmes=0.000000"),
            "{all}"
        );
        assert!(
            jitter.ends_with("avgtxjitter=000.000000;stdevtxjitter=000.000000;"),
            "{jitter}"
        );
        assert!(
            loss.contains("minrxlost=000.000000;  maxrxlost=000.000000;  "),
            "{loss}"
        );
        assert!(
            loss.contains("stdevrxlost=000.000000;  mintxlost=000.000000;"),
            "{loss}"
        );
        assert_eq!(
            rtt,
            "minrtt=000.000000;     maxrtt=000.000000;     avgrtt=000.000000;     stdevrtt=000.000000;"
        );
        assert!(mes.ends_with(";   stdevtxmes=000.000000;"), "{mes}");
    }
}
