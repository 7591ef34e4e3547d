//! Bodies for fuzzing; replayed over a corpus by the tests.

use crate::{Frame, Frames, HEADER_LIMIT, LINE_LIMIT, raw};

/// Cutting any bytes keeps within the limits and is the same byte by byte; what was read and is
/// written again reads the same.
pub fn frames(data: &[u8]) {
    let mut whole = Frames::default();
    whole.feed(data);
    let frames: Vec<_> = whole.by_ref().collect();
    assert!(whole.waiting() < LINE_LIMIT);

    let mut bytewise = Frames::default();
    let mut same = Vec::new();
    for byte in data {
        bytewise.feed(&[*byte]);
        same.extend(bytewise.by_ref());
    }
    assert_eq!(frames, same);

    for frame in frames {
        if let Frame::Message(message) = frame {
            assert!(message.iter().count() <= HEADER_LIMIT);
            let mut written = Vec::new();
            raw::encode(&message, &mut written);
            let mut again = Frames::default();
            again.feed(&written);
            // The blank after the colon may lengthen a line past its limit.
            if let Some(Frame::Message(read)) = again.next() {
                assert_eq!(message, read);
            }
        }
    }
}
