//! SIP over real sockets on 127.0.0.1: the phones are scripted, the switch is played by the test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm
)]

mod call;
mod call_out;
mod lab;
mod malformed;
mod qualify;
mod registrar;
mod registration;
mod subscription;
mod transfer;
