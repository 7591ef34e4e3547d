//! What media is configured with.

use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Media's configuration: `rtp.conf` and the folders of sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Ports to take for RTP (even) and RTCP (the odd one above): `rtpstart` to `rtpend`.
    pub ports: RangeInclusive<u16>,
    /// Folders where sound names are looked up, in order.
    pub sounds: Vec<PathBuf>,
    /// The folder of recordings.
    pub recordings: PathBuf,
    /// Whether a sound may be named by an absolute path outside those folders.
    pub absolute_names: bool,
}

impl Default for Settings {
    /// The reference server's port range, no sounds.
    fn default() -> Self {
        Self {
            ports: 5_000..=31_000,
            sounds: Vec::new(),
            recordings: PathBuf::from("/var/spool/asterisk/monitor"),
            absolute_names: false,
        }
    }
}
