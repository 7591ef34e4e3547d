//! Lines that each vouch for all before them: JSON objects whose `hash` is made of the hash before and
//! of all else on the line (SHA-256). A seal beside the file says how far it has come, so that a cut at
//! its end is found too.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::path::{Path, PathBuf};

/// The end of a chain: the number of its last entry, and its hash in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) number: u64,
    pub(super) hash: String,
}

impl Link {
    /// Before the first entry of all.
    pub(super) fn none() -> Self {
        Self {
            number: 0,
            hash: "0".repeat(64),
        }
    }

    /// Writes the next entry, without its line feed, and goes on to it.
    pub(super) fn add(&mut self, mut entry: Map<String, Value>) -> String {
        self.number += 1;
        entry.insert("n".to_owned(), self.number.into());
        let body = Value::Object(entry).to_string();
        self.hash = hash(&self.hash, &body);
        format!("{},\"hash\":\"{}\"}}", &body[..body.len() - 1], self.hash)
    }

    /// Reads an entry of its own: it is not held against the one before.
    pub(super) fn read(line: &str) -> Option<(Self, Map<String, Value>)> {
        let (body, hash) = parts(line)?;
        let Ok(Value::Object(entry)) = serde_json::from_str(&body) else {
            return None;
        };
        let number = entry.get("n")?.as_u64()?;
        Some((Self { number, hash }, entry))
    }

    /// What the seal says.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (number, hash) = text.trim().split_once(' ')?;
        let number = number.parse().ok()?;
        (hash.len() == 64).then(|| Self {
            number,
            hash: hash.to_owned(),
        })
    }
}

/// As the seal says it.
impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.hash)
    }
}

/// Where the seal of a file is.
pub(super) fn seal(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".seal");
    name.into()
}

/// An entry without its hash, and the hash.
fn parts(line: &str) -> Option<(String, String)> {
    let (body, rest) = line.rsplit_once(",\"hash\":\"")?;
    let hash = rest.strip_suffix("\"}")?;
    (hash.len() == 64).then(|| (format!("{body}}}"), hash.to_owned()))
}

fn hash(before: &str, body: &str) -> String {
    let hash = Sha256::new().chain_update(before).chain_update(body);
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What is found in a file that is as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sound {
    pub(super) first: u64,
    pub(super) last: Link,
    /// Bytes at the end that a killed server had no time to finish.
    pub(super) torn: usize,
}

/// Holds the text of a file against itself and its seal. An error says what is wrong, and where.
pub(super) fn verify(text: &str, seal: Option<&str>) -> Result<Sound, String> {
    let seal = match seal {
        None => return Err("there is no seal: whether its end was cut cannot be known".to_owned()),
        Some(seal) => Link::parse(seal).ok_or("the seal cannot be read")?,
    };
    let whole = text.rfind('\n').map_or(0, |end| end + 1);
    let (lines, torn) = text.split_at(whole);
    let mut last: Option<Link> = None;
    let mut first = 0;
    for (index, line) in lines.lines().enumerate() {
        let at = index + 1;
        let broken = || format!("line {at} is not as it was written");
        let (link, entry) = Link::read(line).ok_or_else(broken)?;
        let before = match &last {
            Some(last) => last.clone(),
            None => Link {
                number: link.number.saturating_sub(1),
                hash: entry
                    .get("prev")
                    .and_then(Value::as_str)
                    .ok_or_else(broken)?
                    .to_owned(),
            },
        };
        let (body, _) = parts(line).ok_or_else(broken)?;
        if hash(&before.hash, &body) != link.hash {
            return Err(format!(
                "line {at}: it, or a line before it, was edited or taken out"
            ));
        }
        if link.number != before.number + 1 {
            return Err(format!("line {at}: its number does not follow"));
        }
        if let Some(missing) = entry.get("missing") {
            return Err(format!(
                "line {at}: when the server began, entries up to {missing} had been cut off before it"
            ));
        }
        if link.number == seal.number && link.hash != seal.hash {
            return Err(format!("line {at} is not what was sealed"));
        }
        first = if last.is_none() { link.number } else { first };
        last = Some(link);
    }
    let last = last.ok_or("there is no entry in it")?;
    if last.number < seal.number {
        let (from, to) = (last.number + 1, seal.number);
        return Err(format!("the entries {from} to {to} are cut off its end"));
    }
    let torn = torn.len();
    Ok(Sound { first, last, torn })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(count: u64) -> (Vec<String>, Link) {
        let mut link = Link::none();
        let mut lines = Vec::new();
        for number in 0..count {
            let mut entry = Map::new();
            entry.insert("account".to_owned(), format!("a{number}").into());
            if number == 0 {
                entry.insert("prev".to_owned(), link.hash.clone().into());
            }
            lines.push(link.add(entry) + "\n");
        }
        (lines, link)
    }

    #[test]
    fn what_was_written_is_sound_and_any_edit_or_cut_is_found() {
        let (lines, link) = chain(9);
        let seal = link.to_string();
        let sound = verify(&lines.concat(), Some(&seal)).unwrap();
        assert_eq!((sound.first, sound.last, sound.torn), (1, link, 0));
        for taken in 0..lines.len() {
            let mut cut = lines.clone();
            cut.remove(taken);
            assert!(
                verify(&cut.concat(), Some(&seal)).is_err(),
                "without {taken}"
            );
            let mut swapped = lines.clone();
            swapped.swap(taken, (taken + 1) % lines.len());
            assert!(
                verify(&swapped.concat(), Some(&seal)).is_err(),
                "swapped {taken}"
            );
        }
        let text = lines.concat();
        for at in 0..text.len() - 1 {
            let mut edited = text.clone().into_bytes();
            edited[at] ^= 1;
            let edited = String::from_utf8_lossy(&edited);
            assert!(verify(&edited, Some(&seal)).is_err(), "edited at {at}");
        }
        assert!(verify(&text, None).is_err());
    }

    #[test]
    fn what_a_kill_tears_is_told_from_a_cut() {
        let (lines, _) = chain(9);
        let sealed = |count: u64| chain(count).1.to_string();
        // Written, and killed before the seal or within a line: nothing that was sealed is gone.
        let mut text = lines.concat();
        assert!(verify(&text, Some(&sealed(7))).is_ok());
        text.truncate(text.len() - 5);
        let sound = verify(&text, Some(&sealed(8))).unwrap();
        assert_eq!((sound.last.number, sound.torn), (8, lines[8].len() - 5));
        // The same, after it was sealed: somebody cut it.
        let cut = verify(&text, Some(&sealed(9))).unwrap_err();
        assert_eq!(cut, "the entries 9 to 9 are cut off its end");
    }
}
