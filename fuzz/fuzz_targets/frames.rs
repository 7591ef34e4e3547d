//! The manager protocol's frame reader: `cargo fuzz run frames crates/ami/tests/corpus`.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| ami::fuzz::frames(data));
