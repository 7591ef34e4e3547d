//! The web faces over real sockets.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod bounds;
mod client;
mod connection;
mod cookie;
mod digest;
mod house;
mod json;
mod rights;
mod socket;
mod stream;
mod upload;
