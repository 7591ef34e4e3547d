//! The bodies for fuzzing, replayed over a corpus.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use proptest::prelude::*;

#[test]
fn the_corpus_of_the_lexer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/lexer");
    let mut replayed = 0;
    for file in fs::read_dir(folder).unwrap() {
        conf::fuzz::lexer(&fs::read(file.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed > 0);
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        conf::fuzz::lexer(&bytes);
    }

    #[test]
    fn bytes_that_mean_something(
        text in "([a-c=>+;\\\\\\[\\]()!#&, \t\"<-]|;--|--;|\n|\\[a\\]\n|#include |#exec |\u{feff}){0,80}"
    ) {
        conf::fuzz::lexer(text.as_bytes());
    }
}
