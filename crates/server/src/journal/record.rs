//! A record of the journal: `length, CRC-32 of the payload, payload`, the numbers in 32 bits, little
//! endian. The payload is `kind, run, number` and, for an event, its words as they are told today and
//! as release 1.8 told them: `told?, classes, head, length, text` each.

use ami::{Classes, Dialect};
use manager::{Kept, Rendered};
use model::{Mark, Run, Seq};

/// Length and checksum.
pub(super) const HEADER: usize = 8;
/// The longest payload: an event's text is bounded far below.
const LONGEST: usize = 4 << 20;

const EVENT: u8 = 1;
const END: u8 = 2;

/// What a record says.
#[derive(Debug)]
pub(super) enum Record {
    /// An event.
    Event(Rendered),
    /// The run ended as it should, and this was its last event.
    End(Mark),
}

/// Why no record is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is not there in whole.
    Short,
    /// It is not what was written.
    Damaged,
}

/// Appends an event; whether it was short enough.
pub(super) fn write_event(event: &Rendered, bytes: &mut Vec<u8>) -> bool {
    write(EVENT, event.mark(), bytes, |bytes| {
        for dialect in [Dialect::V22, Dialect::V1_8] {
            let Some(kept) = event.told(dialect).map(|told| told.kept()) else {
                bytes.push(0);
                continue;
            };
            bytes.push(1);
            bytes.extend(kept.classes.bits().to_le_bytes());
            bytes.push(kept.head);
            bytes.extend(u32::try_from(kept.text.len()).unwrap_or(0).to_le_bytes());
            bytes.extend(kept.text.as_bytes());
        }
    })
}

/// Appends the end of a run.
pub(super) fn write_end(last: Mark, bytes: &mut Vec<u8>) {
    write(END, last, bytes, |_| {});
}

fn write(kind: u8, mark: Mark, bytes: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) -> bool {
    let start = bytes.len();
    bytes.extend([0; HEADER]);
    bytes.push(kind);
    bytes.extend(mark.run.0.to_le_bytes());
    bytes.extend(mark.seq.0.to_le_bytes());
    body(bytes);
    let payload = &bytes[start + HEADER..];
    let (length, sum) = (payload.len(), crc32fast::hash(payload));
    if length > LONGEST {
        bytes.truncate(start);
        return false;
    }
    let length = u32::try_from(length).unwrap_or(0);
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    bytes[start + 4..start + HEADER].copy_from_slice(&sum.to_le_bytes());
    true
}

/// Reads the first record, and how many bytes it takes.
pub(super) fn read(bytes: &[u8]) -> Result<(Record, usize), Unread> {
    let mut header = Fields(bytes.get(..HEADER).ok_or(Unread::Short)?);
    let (length, sum) = header.u32().zip(header.u32()).ok_or(Unread::Damaged)?;
    let length = length as usize;
    if length > LONGEST {
        return Err(Unread::Damaged);
    }
    let end = HEADER + length;
    let payload = bytes.get(HEADER..end).ok_or(Unread::Short)?;
    if crc32fast::hash(payload) != sum {
        return Err(Unread::Damaged);
    }
    let record = Fields(payload).record().ok_or(Unread::Damaged)?;
    Ok((record, end))
}

/// What is left of a payload.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn record(&mut self) -> Option<Record> {
        let kind = self.u8()?;
        let mark = Run(self.u64()?).at(Seq(self.u64()?));
        match kind {
            EVENT => Some(Record::Event(Rendered::restored(
                mark,
                [self.kept()?, self.kept()?],
            ))),
            END => Some(Record::End(mark)),
            _ => None,
        }
    }

    fn kept(&mut self) -> Option<Option<Kept<'a>>> {
        if self.u8()? == 0 {
            return Some(None);
        }
        let classes = Classes::from_bits(self.u32()?);
        let head = self.u8()?;
        let length = self.u32()? as usize;
        let text = str::from_utf8(self.take(length)?).ok()?;
        Some(Some(Kept {
            classes,
            head,
            text,
        }))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn u32(&mut self) -> Option<u32> {
        let bytes = self.take(4)?;
        bytes.try_into().ok().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        let bytes = self.take(8)?;
        bytes.try_into().ok().map(u64::from_le_bytes)
    }
}
