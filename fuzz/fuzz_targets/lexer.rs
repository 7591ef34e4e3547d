//! The configuration format's lexer: `cargo fuzz run lexer crates/conf/tests/corpus/lexer`.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| conf::fuzz::lexer(data));
