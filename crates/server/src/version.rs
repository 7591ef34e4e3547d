//! What we are and what we are compatible with.

/// The release of the reference server whose behaviour this one has.
pub(crate) const COMPATIBLE: &str = "22.8.0";

/// For `-V`: the word after `Asterisk` is what scripts read.
pub(crate) fn short() -> String {
    format!(
        "Asterisk {COMPATIBLE} (Switchroom {})",
        env!("CARGO_PKG_VERSION")
    )
}

/// For `core show version`.
pub(crate) fn long() -> String {
    format!(
        "{} on {} running {}",
        short(),
        std::env::consts::ARCH,
        std::env::consts::OS
    )
}
