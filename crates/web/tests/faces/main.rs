//! The web faces over real sockets.
#![allow(clippy::unwrap_used)]

mod client;
mod connection;
mod cookie;
mod digest;
mod house;
