//! A recording as it is read: line by line, each checked.

use super::line::Line;
use super::sheet::{HEAD, sum};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

/// The longest line, in bytes: a configuration is one.
const LONGEST: u64 = 256 << 20;

/// The lines of a recording.
pub(super) struct Lines<R> {
    from: R,
    sum: u32,
    /// The number of the line read last, from 1.
    pub(super) number: u64,
}

impl Lines<BufReader<File>> {
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        Self::new(BufReader::new(file))
    }
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Result<Self, String> {
        let mut lines = Self {
            from,
            sum: 0,
            number: 0,
        };
        match lines.read(1 << 10)? {
            Some(head) if head.trim_end() == HEAD => Ok(lines),
            Some(head) if head.starts_with("switchroom recording") => Err(format!(
                "line 1: this is a recording of another format; replay it with the version that made it: {}",
                head.trim_end()
            )),
            None => Err("it is empty: the server ended before it began".to_owned()),
            Some(_) => Err(format!(
                "line 1: this is no recording: it must say `{HEAD}`"
            )),
        }
    }

    /// The next line; `None` at the end of the file, also if that is in the middle of a line, as the
    /// server may have been killed.
    pub(super) fn next(&mut self) -> Result<Option<Line>, String> {
        let Some(line) = self.read(LONGEST)? else {
            return Ok(None);
        };
        let Some(line) = line.strip_suffix('\n') else {
            return Ok(None);
        };
        let (found, text) = line
            .split_once(' ')
            .ok_or_else(|| self.damaged("it has no checksum"))?;
        self.sum = sum(self.sum, text);
        if found != format!("{:08x}", self.sum) {
            return Err(self.damaged("its checksum is another"));
        }
        let line = serde_json::from_str(text).map_err(|error| self.damaged(&error.to_string()))?;
        Ok(Some(line))
    }

    fn read(&mut self, longest: u64) -> Result<Option<String>, String> {
        let mut bytes = Vec::new();
        let mut bounded = (&mut self.from).take(longest);
        let count = bounded
            .read_until(b'\n', &mut bytes)
            .map_err(|error| error.to_string())?;
        self.number += 1;
        if count as u64 == longest {
            return Err(self.damaged("it is too long"));
        }
        if count == 0 {
            return Ok(None);
        }
        let text = String::from_utf8(bytes);
        text.map(Some).map_err(|_| self.damaged("it is no text"))
    }

    fn damaged(&self, why: &str) -> String {
        format!(
            "line {}: {why}: this line, or one before it, is not as it was recorded",
            self.number
        )
    }
}
