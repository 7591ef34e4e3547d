//! Values by path in a text file, a line a change, each with a checksum: `CRC-32 [path, value]`, in
//! hexadecimal digits and JSON; without a value the path is taken back.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Values by path.
pub(crate) type Kept = BTreeMap<Arc<str>, Arc<str>>;

/// A change, as a line.
pub(crate) fn line(path: &str, value: Option<&str>) -> String {
    let change = json!([path, value]).to_string();
    let sum = crc32fast::hash(change.as_bytes());
    format!("{sum:08x} {change}\n")
}

/// What the lines of a file come to, and how many bytes of it are not as they were written.
pub(crate) fn read(bytes: &[u8]) -> (Kept, usize) {
    let (mut kept, mut damaged) = (Kept::new(), 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match change(line) {
            Some((path, Some(value))) => _ = kept.insert(path, value),
            Some((path, None)) => _ = kept.remove(&path),
            None => damaged += line.len(),
        }
    }
    (kept, damaged)
}

fn change(line: &[u8]) -> Option<(Arc<str>, Option<Arc<str>>)> {
    let line = str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
    let (sum, change) = line.split_once(' ')?;
    if sum != format!("{:08x}", crc32fast::hash(change.as_bytes())) {
        return None;
    }
    let Ok(Value::Array(change)) = serde_json::from_str(change) else {
        return None;
    };
    let [Value::String(path), value] = &change[..] else {
        return None;
    };
    Some((path.as_str().into(), value.as_str().map(Into::into)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_they_were_written_or_left_out_and_counted() {
        let lines = [
            line("/a", Some("1\n\u{e9}")),
            line("/b", Some("2")),
            line("/b", None),
            line("/c", Some("3")),
        ];
        let whole = lines.concat();
        let (kept, damaged) = read(whole.as_bytes());
        let paths: Vec<_> = kept.keys().map(|path| &**path).collect();
        assert_eq!((paths, damaged), (vec!["/a", "/c"], 0));
        assert_eq!(&*kept["/a"], "1\n\u{e9}");
        for at in 0..whole.len() {
            let (kept, damaged) = read(&whole.as_bytes()[..at]);
            let is_whole = at == 0 || whole.as_bytes()[at - 1] == b'\n';
            assert_eq!(damaged == 0, is_whole, "cut at {at}");
            assert!(kept.len() <= 2);
            let mut flipped = whole.clone().into_bytes();
            flipped[at] ^= 1;
            let (kept, damaged) = read(&flipped);
            assert!(damaged > 0, "flipped at {at}");
            let known = |value: &Arc<str>| ["1\n\u{e9}", "2", "3"].contains(&&**value);
            assert!(kept.values().all(known), "flipped at {at}");
        }
    }
}
