//! Bytes that are no text on their way through text.
//!
//! Nobody says in which character set a client writes, or a file is written, and what a client is told
//! again it wants as it wrote it (ami-server.md 1.2, 1.5). Text here is UTF-8; a byte that is none is
//! read as a character that nobody uses, the last of the private ones, and written as the byte again.

use memchr::memchr;
use std::borrow::Cow;

/// The character that stands for byte 0; only bytes from 0x80 on are no text by themselves.
const FIRST: u32 = 0x10_FF00;

/// The first byte of such a character.
const LEAD: u8 = 0xF4;

/// Reads bytes. Characters that would stand for bytes are read as the bytes they are made of, so that they
/// are written as they were.
pub fn read(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(bytes)
        && !is_in(text)
    {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len() * 2);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if byte(character).is_some() {
                let mut own = [0; 4];
                let own = character.encode_utf8(&mut own);
                text.extend(own.bytes().map(stand_in));
            } else {
                text.push(character);
            }
        }
        text.extend(chunk.invalid().iter().copied().map(stand_in));
    }
    text.into()
}

/// Whether characters may be in a text that stand for bytes.
pub fn is_in(text: &str) -> bool {
    memchr(LEAD, text.as_bytes()).is_some()
}

/// Puts the bytes back into what was written from here on.
pub fn restore(written: &mut Vec<u8>, from: usize) {
    let text = written.split_off(from);
    let text = String::from_utf8_lossy(&text);
    for character in text.chars() {
        match byte(character) {
            Some(byte) => written.push(byte),
            None => written.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

fn stand_in(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn byte(character: char) -> Option<u8> {
    let byte = u8::try_from(u32::from(character).checked_sub(FIRST)?).ok()?;
    (byte >= 0x80).then_some(byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn there_and_back(bytes: &[u8]) -> Vec<u8> {
        let mut written = b"before ".to_vec();
        written.extend_from_slice(read(bytes).as_bytes());
        restore(&mut written, 7);
        written.split_off(7)
    }

    #[test]
    fn text_is_read_as_it_is() {
        assert!(matches!(
            read("M\u{fc}ller \u{1F600}".as_bytes()),
            Cow::Borrowed(_)
        ));
        assert_eq!(read(b"M\xfcller"), "M\u{10FFFC}ller");
    }

    proptest! {
        #[test]
        fn any_bytes_come_out_as_they_went_in(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(there_and_back(&bytes), bytes);
        }

        #[test]
        fn so_do_characters_that_stand_for_bytes(text in "[\u{10FF00}-\u{10FFFF}a]{0,8}") {
            prop_assert_eq!(there_and_back(text.as_bytes()), text.as_bytes());
        }
    }
}
