//! Replays the fuzz bodies over the committed corpus.

#![allow(clippy::unwrap_used, reason = "tests may")]

#[test]
fn the_frame_reader_holds_over_the_corpus() {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
    let mut files = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let data = std::fs::read(entry.unwrap().path()).unwrap();
        for end in 0..data.len().min(200) {
            ami::fuzz::frames(&data[..end]);
        }
        ami::fuzz::frames(&data);
        files += 1;
    }
    assert!(files >= 6);
}
