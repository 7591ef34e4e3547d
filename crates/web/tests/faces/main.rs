//! The web faces over real sockets.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod client;
mod connection;
mod cookie;
mod digest;
mod house;
mod json;
mod socket;
mod stream;
