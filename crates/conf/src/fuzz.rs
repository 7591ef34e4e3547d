//! Bodies for fuzzing; replayed over a corpus by the tests.

use crate::{Document, Line, Memory, load};

/// Any bytes are a document that prints as itself and loads without panic; what it says can be
/// written and reads the same.
pub fn lexer(data: &[u8]) {
    let document = Document::parse(data);
    assert_eq!(document.print(), data);
    for line in &document.lines {
        if let Ok(written) = Line::new(line.item().clone()) {
            let again = Document::parse(written.raw());
            assert_eq!(again.lines[0].item(), line.item());
        }
    }
    let source = Memory::default().with("a.conf", data);
    // Both outcomes are right; that there is one is the point.
    let _ = load(&source, "a.conf");
}
