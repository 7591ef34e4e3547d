//! What a value is in words, put so once by who tells it and kept beside it.

use std::sync::OnceLock;

/// The words for a value that does not change. They are no part of it: a copy, which may be changed, has none,
/// and all are equal.
#[derive(Debug, Default)]
pub struct Words(OnceLock<Box<str>>);

impl Words {
    /// The words, which `tell` makes where there are none yet; always the same, of the same value.
    pub fn get_or_tell(&self, tell: impl FnOnce() -> Box<str>) -> &str {
        self.0.get_or_init(tell)
    }
}

impl Clone for Words {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Words {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_once_and_not_of_a_copy() {
        let words = Words::default();
        assert_eq!(words.get_or_tell(|| "one".into()), "one");
        assert_eq!(words.get_or_tell(|| "two".into()), "one");
        assert_eq!(words.clone().get_or_tell(|| "two".into()), "two");
    }
}
