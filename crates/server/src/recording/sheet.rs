//! A recording as it is written: a line that says what it is, then one JSON object a line. Before each
//! stands a checksum (CRC-32, in hexadecimal digits) of all lines up to it, so that none can be changed,
//! left out or put in unseen.

use super::line::Line;
use crc32fast::Hasher;
use std::io::{self, BufWriter, Write};

/// The first line.
pub(super) const HEAD: &str = "switchroom recording 1";
/// Room for the line that says why a recording ends.
const LAST: u64 = 256;

/// What is written so far.
pub(super) struct Sheet<W: Write> {
    out: BufWriter<W>,
    sum: u32,
    /// So many bytes more may be written.
    room: u64,
}

impl<W: Write> Sheet<W> {
    /// Begins one of at most so many bytes.
    pub(super) fn begin(out: W, size: u64) -> io::Result<Self> {
        let mut out = BufWriter::new(out);
        writeln!(out, "{HEAD}")?;
        Ok(Self {
            out,
            sum: 0,
            room: size.saturating_sub(LAST),
        })
    }

    /// Writes a line, if there is room for it.
    pub(super) fn put(&mut self, line: &Line) -> io::Result<bool> {
        let text = serde_json::to_string(line)?;
        let length = text.len() as u64 + 10;
        if length > self.room {
            return Ok(false);
        }
        self.room -= length;
        self.write(&text)?;
        Ok(true)
    }

    /// Writes the last line, for which there is always room.
    pub(super) fn end(&mut self, line: &Line) -> io::Result<()> {
        self.write(&serde_json::to_string(line)?)?;
        self.flush()
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.sum = sum(self.sum, text);
        writeln!(self.out, "{:08x} {text}", self.sum)
    }
}

/// The checksum of a line after others.
pub(super) fn sum(before: u32, text: &str) -> u32 {
    let mut hasher = Hasher::new_with_initial(before);
    hasher.update(text.as_bytes());
    hasher.finalize()
}
