//! How the switch and media talk: who hears whom, what is played, how it was.

use crate::{MediaId, PlayId, Tones};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Who or what is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voice {
    /// The far end of a leg.
    Leg(MediaId),
    /// Files or tones, wherever they are played to: into a leg, or into none.
    Play(PlayId),
}

impl From<MediaId> for Voice {
    fn from(leg: MediaId) -> Self {
        Self::Leg(leg)
    }
}

/// What the switch tells media. Legs are opened, pointed and closed by their technology.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaInstruction {
    /// `to` hears `from` from now on; both may be the same leg (echo). Said again, `digits` is what
    /// it says last.
    Connect {
        /// Who speaks.
        from: Voice,
        /// Who hears.
        to: MediaId,
        /// Whether the digits that `from` sends in its sound are heard too.
        digits: bool,
    },
    /// And no longer.
    Disconnect {
        /// Who speaks.
        from: Voice,
        /// Who hears.
        to: MediaId,
    },
    /// Play files into a leg, one after the other; ends in [`MediaReport::Finished`].
    Play {
        /// The leg, which hears nothing else meanwhile; `None` plays for as long as it takes to those
        /// alone who are connected to it.
        media: Option<MediaId>,
        /// This playback.
        play: PlayId,
        /// Sound names without extension, relative to the sounds folder, or absolute.
        files: Vec<Arc<str>>,
        /// Subfolder to look in first.
        language: Arc<str>,
        /// Begin again after the last file (music on hold).
        forever: bool,
        /// How far into the files to begin.
        offset: Duration,
    },
    /// End a playback, tones or a recording early; it is not reported as finished, and nothing is kept
    /// of it.
    StopPlay(PlayId),
    /// Keep what comes in on a leg as a sound, in place of an older one of that name. Ends in
    /// [`MediaReport::Finished`], where it has failed if nothing was heard or kept.
    Record {
        /// The leg; `None` is silent.
        media: Option<MediaId>,
        /// This recording.
        play: PlayId,
        /// Its name without extension, relative to the sounds folder.
        file: Arc<str>,
        /// How long at most.
        most: Duration,
        /// It ends after so long a silence; never if that is nothing.
        silence: Duration,
    },
    /// Record whom `to` is connected with from now on, at the end of what was recorded under that name.
    Capture {
        /// The recording; see [`MediaId::of_recording`].
        to: MediaId,
        /// Its name without extension, relative to the folder of recordings.
        file: Arc<str>,
    },
    /// And no longer. What was recorded is kept.
    EndCapture(MediaId),
    /// Look for a sound; answered by [`MediaReport::Finished`] at once, with it among those that failed
    /// if there is none.
    Find {
        /// This question.
        play: PlayId,
        /// Its name.
        file: Arc<str>,
    },
    /// Remove a sound that was recorded.
    Remove(Arc<str>),
    /// Play tones until they end or are stopped; that they ended is not told.
    Tones {
        /// The leg, which hears nothing else meanwhile; `None` plays to those alone who are connected.
        media: Option<MediaId>,
        /// These tones.
        play: PlayId,
        /// What they are.
        tones: Tones,
    },
    /// How loud a leg hears others from now on; what is played to it stays as it is.
    Volume {
        /// The leg.
        media: MediaId,
        /// In steps of 3 dB, from -4 to 4; 0 is as it comes.
        volume: i8,
    },
    /// Tell from now on when the far end of a leg begins and ends to talk; `None` no longer.
    Detect {
        /// The leg.
        media: MediaId,
        /// What counts as talking.
        talk: Option<Talk>,
    },
}

/// What can be done to a playback under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlayControl {
    /// End it.
    Stop,
    /// Go a step further.
    Forward,
    /// Go a step back.
    Reverse,
    /// Pause, or go on after a pause.
    Pause,
    /// Go back to the beginning.
    Restart,
}

/// What counts as talking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// Sound whose mean level is higher, of 32,767.
    pub level: u16,
    /// It ends with so long a silence.
    pub silence: Duration,
}

/// What media tells the switch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MediaReport {
    /// A playback, a recording or a question for a sound came to its end.
    Finished {
        /// Which.
        play: PlayId,
        /// The files that could not be played, with the reason.
        failed: Vec<(Arc<str>, Arc<str>)>,
    },
    /// A key was pressed at the far end (RFC 4733).
    DigitBegan {
        /// Whose far end.
        media: MediaId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },
    /// And let go; follows every [`MediaReport::DigitBegan`].
    Digit {
        /// Whose far end.
        media: MediaId,
        /// The same key.
        digit: char,
        /// How long it was held, in milliseconds.
        milliseconds: u32,
    },
    /// The far end began to talk, or has ended to, as [`MediaInstruction::Detect`] wants to know.
    Talking {
        /// Whose far end.
        media: MediaId,
        /// How long it has talked; `None` as it begins.
        ended: Option<Duration>,
    },
    /// How the sound of a leg is by now, found as a report was due (RTCP).
    Quality {
        /// The leg.
        media: MediaId,
        /// Since it was pointed.
        quality: Box<AudioQuality>,
    },
    /// Media had to give a leg up: its socket failed, or it was told more than it could take. The
    /// leg is closed; its call should end.
    Failed {
        /// The leg.
        media: MediaId,
        /// Why.
        reason: Arc<str>,
    },
}

/// How the sound of a leg was, from its RTP and RTCP: what the `RTPAUDIOQOS` variables tell.
/// Times are in seconds; "ours" is what we sent and they reported, "theirs" what we received.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AudioQuality {
    /// Our synchronisation source.
    pub ssrc: u32,
    /// Theirs, 0 before the first packet.
    pub their_ssrc: u32,
    /// Packets received.
    pub received: u64,
    /// Packets sent.
    pub sent: u64,
    /// Packets they sent and we missed.
    pub lost: u64,
    /// Packets we sent and they reported missed.
    pub their_lost: u64,
    /// Jitter of what we received.
    pub jitter: Spread,
    /// Jitter they reported.
    pub their_jitter: Spread,
    /// Loss per report interval, of what we received.
    pub loss: Spread,
    /// Loss per report interval, as they reported.
    pub their_loss: Spread,
    /// Round trip.
    pub round_trip: Spread,
}

/// A figure over time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The latest.
    pub last: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: f64,
}
