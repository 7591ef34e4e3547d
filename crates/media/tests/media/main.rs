//! Media against real sockets, with phones that send and receive by hand.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm
)]

mod phone;
mod relay;
mod report;
mod sound;
