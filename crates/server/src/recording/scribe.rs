//! What is recorded, in lines: masked, and sessions' bytes cut into what was said at a time.

use super::line::Line;
use super::sheet::Sheet;
use super::{Item, Speech};
use ami::Dialect;
use jiff::Timestamp;
use manager::{Mask, Style};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

/// So many bytes are said at a time, where no empty line ends them before.
const LONGEST: usize = 64 * 1024;

pub(super) struct Scribe<W: Write> {
    sheet: Sheet<W>,
    mask: Mask,
    /// How events were told last.
    style: Option<Arc<Style>>,
    /// What was begun to be said, and not ended.
    speeches: BTreeMap<Speech, (Timestamp, Vec<u8>)>,
}

impl<W: Write> Scribe<W> {
    pub(super) fn begin(out: W, size: u64) -> io::Result<Self> {
        let mut sheet = Sheet::begin(out, size)?;
        sheet.put(&Line::By(crate::version::long()))?;
        Ok(Self {
            sheet,
            mask: Mask::default(),
            style: None,
            speeches: BTreeMap::new(),
        })
    }

    /// Writes what happened; false if there is no room for it.
    pub(super) fn write(&mut self, item: Item) -> io::Result<bool> {
        match item {
            Item::Switch(seed, now) => self.sheet.put(&Line::Switch { seed, now }),
            Item::Input(now, input) => {
                let mut input = serde_json::to_value(&*input)?;
                self.mask.input(&mut input);
                self.sheet.put(&Line::Input { now, input })
            }
            Item::Events(batch) => {
                let style = batch.style();
                if self.style.as_ref().is_none_or(|known| known != style) {
                    self.style = Some(Arc::clone(style));
                    if !self.sheet.put(&Line::Style(Style::clone(style)))? {
                        return Ok(false);
                    }
                }
                for event in batch.from(0) {
                    let seq = event.mark().seq;
                    let told = event.told(Dialect::V22);
                    let text = told.map(|told| self.mask.event(told.message.wire()));
                    if !self.sheet.put(&Line::Event { seq, text })? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Item::Sessions(whose) => self.sheet.put(&Line::Sessions(whose)),
            Item::Bytes(at, speech, bytes) => self.hear(at, speech, &bytes),
            Item::Left(session) => {
                for client in [true, false] {
                    let session = Arc::clone(&session);
                    if !self.finish(&Speech { session, client })? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Item::End(_) => Ok(true),
        }
    }

    /// Ends the recording.
    pub(super) fn end(&mut self, reason: &str, whole: bool) -> io::Result<()> {
        let begun: Vec<_> = self.speeches.keys().cloned().collect();
        for speech in begun {
            self.finish(&speech)?;
        }
        let reason = reason.to_owned();
        self.sheet.end(&Line::End { reason, whole })
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.sheet.flush()
    }

    fn hear(&mut self, at: Timestamp, speech: Speech, bytes: &[u8]) -> io::Result<bool> {
        let (_, mut held) = self.speeches.remove(&speech).unwrap_or((at, Vec::new()));
        held.extend_from_slice(bytes);
        let mut rest = held.as_slice();
        while let Some(end) = end_of_speech(rest) {
            let (said, after) = rest.split_at(end);
            if !self.say(at, &speech, said)? {
                return Ok(false);
            }
            rest = after;
        }
        if !rest.is_empty() {
            let rest = rest.to_vec();
            self.speeches.insert(speech, (at, rest));
        }
        Ok(true)
    }

    /// Writes what was begun and will not go on.
    fn finish(&mut self, speech: &Speech) -> io::Result<bool> {
        match self.speeches.remove(speech) {
            Some((at, said)) => self.say(at, speech, &said),
            None => Ok(true),
        }
    }

    fn say(&mut self, at: Timestamp, speech: &Speech, said: &[u8]) -> io::Result<bool> {
        let session = speech.session.to_string();
        let text = self.mask.talk(&String::from_utf8_lossy(said));
        self.sheet.put(&if speech.client {
            Line::Heard { at, session, text }
        } else {
            Line::Said { at, session, text }
        })
    }
}

/// Where what is said at a time ends: after an empty line, or the longest there may be.
fn end_of_speech(bytes: &[u8]) -> Option<usize> {
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let mut start = 0;
    ends.find_map(|(at, _)| {
        let line = &bytes[start..at];
        start = at + 1;
        matches!(line, b"" | b"\r").then_some(start)
    })
    .or((bytes.len() >= LONGEST).then_some(LONGEST))
}
