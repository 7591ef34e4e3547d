//! Cuts received bytes into messages (ami-server.md 1.2).
//!
//! A line ends at a line feed, with or without a carriage return before it; an empty line ends the
//! message. What has been cut does not depend on how the bytes arrived.

use crate::Message;

/// The longest line, with its line feed, in bytes.
pub const LINE_LIMIT: usize = 1024;

/// The most lines of a message.
pub const HEADER_LIMIT: usize = 128;

/// What has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message; without headers if it was just an empty line.
    Message(Message),
    /// A message with a line over the limit; it has the other lines.
    LineTooLong(Message),
    /// A message with lines over the limit; it has the first ones.
    TooManyLines(Message),
}

/// Cuts received bytes into messages. Keeps at most what [`Frames::feed`] has been given and not
/// yet been asked for, and of an unfinished message no more than the limits allow.
#[derive(Debug, Default)]
pub struct Frames {
    received: Vec<u8>,
    read: usize,
    in_long_line: bool,
    unfinished: Unfinished,
}

/// A message whose empty line has not come yet.
#[derive(Debug, Default)]
struct Unfinished {
    message: Message,
    lines: usize,
    fault: Option<Fault>,
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    LineTooLong,
    TooManyLines,
}

impl Frames {
    /// So much memory is kept when all is cut.
    const KEPT: usize = 1024;

    /// Takes received bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.received.drain(..self.read);
        self.read = 0;
        if self.received.is_empty() && self.received.capacity() > Self::KEPT {
            self.received = Vec::new();
        }
        self.received.extend_from_slice(bytes);
    }

    /// How many bytes have been taken and not been cut yet.
    pub fn waiting(&self) -> usize {
        self.received.len() - self.read
    }

    /// Takes the next line, if it has ended: where it stands, without its line feed. Of a line
    /// that is too long already nothing is kept.
    fn line(&mut self) -> Option<std::ops::Range<usize>> {
        let start = self.read;
        let rest = &self.received[start..];
        match rest.iter().position(|byte| *byte == b'\n') {
            Some(length) => {
                self.read = start + length + 1;
                Some(start..start + length)
            }
            None => {
                if rest.len() >= LINE_LIMIT {
                    self.in_long_line = true;
                    self.read = self.received.len();
                }
                None
            }
        }
    }
}

/// The next message that is complete.
impl Iterator for Frames {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        while let Some(range) = self.line() {
            let too_long = std::mem::take(&mut self.in_long_line) || range.len() >= LINE_LIMIT;
            let line = &self.received[range];
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() && !too_long {
                return Some(std::mem::take(&mut self.unfinished).finish());
            }
            self.unfinished.add(line, too_long);
        }
        None
    }
}

impl Unfinished {
    fn add(&mut self, line: &[u8], too_long: bool) {
        if self.lines == HEADER_LIMIT {
            self.fault.get_or_insert(Fault::TooManyLines);
            return;
        }
        self.lines += 1;
        if too_long {
            self.fault.get_or_insert(Fault::LineTooLong);
        } else {
            self.message.push_line(line);
        }
    }

    fn finish(self) -> Frame {
        match self.fault {
            None => Frame::Message(self.message),
            Some(Fault::LineTooLong) => Frame::LineTooLong(self.message),
            Some(Fault::TooManyLines) => Frame::TooManyLines(self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(chunks: &[&[u8]]) -> Vec<Frame> {
        let mut frames = Frames::default();
        chunks
            .iter()
            .flat_map(|chunk| {
                frames.feed(chunk);
                frames.by_ref().collect::<Vec<_>>()
            })
            .collect()
    }

    fn ping(id: &str) -> Frame {
        Frame::Message(Message::new().with("Action", "Ping").with("ActionID", id))
    }

    #[test]
    fn both_line_ends_count() {
        assert_eq!(
            cut(&[b"Action: Ping\nActionID: lf\n\nAction: Ping\r\nActionID: mixed\n\r\n"]),
            [ping("lf"), ping("mixed")]
        );
    }

    #[test]
    fn a_stray_empty_line_is_a_message_without_headers() {
        assert_eq!(
            cut(&[b"\r\n\n"]),
            [
                Frame::Message(Message::new()),
                Frame::Message(Message::new())
            ]
        );
    }

    #[test]
    fn a_line_may_have_1022_bytes_and_crlf_or_1023_and_lf() {
        for (length, end, fits) in [
            (1022, "\r\n", true),
            (1023, "\n", true),
            (1023, "\r\n", false),
            (1024, "\n", false),
            (5000, "\r\n", false),
        ] {
            let line = format!("ActionID: 7\r\nX: {}{end}\r\n", "x".repeat(length - 3));
            let frames = cut(&[line.as_bytes()]);
            assert_eq!(frames.len(), 1, "{length}");
            match &frames[0] {
                Frame::Message(message) => assert!(fits && message.iter().count() == 2),
                Frame::LineTooLong(message) => assert!(!fits && message.action_id() == "7"),
                Frame::TooManyLines(_) => panic!("{length}"),
            }
        }
    }

    #[test]
    fn the_129th_line_is_one_too_many() {
        for (lines, fits) in [(128, true), (129, false), (1000, false)] {
            let text = format!("ActionID: 7\r\n{}\r\n", "A: b\r\n".repeat(lines - 1));
            let frames = cut(&[text.as_bytes()]);
            assert_eq!(frames.len(), 1);
            assert_eq!(matches!(frames[0], Frame::Message(_)), fits, "{lines}");
        }
    }

    proptest! {
        #[test]
        fn any_chunking_gives_the_same_messages(
            text in proptest::collection::vec(
                prop_oneof![
                    4 => Just(b"Action: Ping\r\n".to_vec()),
                    4 => Just(b"\r\n".to_vec()),
                    2 => Just(b"\n".to_vec()),
                    1 => Just(vec![b'x'; 1023]),
                    1 => Just(b"\r".to_vec()),
                    2 => proptest::collection::vec(any::<u8>(), 0..20),
                ],
                0..200,
            ),
            cuts in proptest::collection::vec(1usize..1500, 1..50),
        ) {
            let text = text.concat();
            let mut chunks = Vec::new();
            let mut rest = &text[..];
            for size in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (chunk, after) = rest.split_at((*size).min(rest.len()));
                chunks.push(chunk);
                rest = after;
            }
            prop_assert_eq!(cut(&chunks), cut(&[&text]));
        }
    }
}
