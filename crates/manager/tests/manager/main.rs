//! The manager as its clients meet it: bytes in, bytes out, with time and the node in our hands.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod actions;
mod audit;
mod chapter;
mod client;
mod events;
mod files;
mod lag;
mod legacy;
mod login;
mod originate;
mod peers;
mod records;
mod retries;
mod rights;
mod rules;
mod sequence;
mod states;
mod system;
mod traces;
mod wire;
