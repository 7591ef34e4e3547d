//! The option letters an application was given; those it does not declare are told.

use super::Application;

/// Letters, each with the argument in parentheses it may have.
#[derive(Debug)]
pub(super) struct Options(Vec<(char, Option<String>)>);

impl Application {
    /// Reads the letters of `tL(1000:500)`.
    pub(super) fn options(&self, text: &str) -> Options {
        let given = dialplan::options(text.trim());
        for (letter, _) in &given {
            self.tell_unknown(letter.encode_utf8(&mut [0; 4]));
        }
        Options(given)
    }

    fn declares(&self, option: &str) -> bool {
        self.options.iter().any(|(known, _)| *known == option)
    }

    /// Tells of an option, a letter or a word, that is none of this application's.
    pub(super) fn tell_unknown(&self, option: &str) {
        if !self.declares(option) {
            let application = self.name;
            tracing::warn!("{application}: there is no option `{option}`, it does nothing");
        }
    }
}

impl Options {
    pub(super) fn has(&self, letter: char) -> bool {
        self.value(letter).is_some()
    }

    /// What stands in parentheses behind a letter that is given; empty if nothing does.
    pub(super) fn value(&self, letter: char) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| *known == letter);
        found.map(|(_, value)| value.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ALL, find};

    #[test]
    fn letters_have_arguments() {
        let options = find("WaitExten").unwrap().options(" m(jazz)dq");
        assert_eq!(options.value('m'), Some("jazz"));
        assert_eq!(options.value('d'), Some(""));
        assert_eq!(options.value('x'), None);
    }

    #[test]
    fn what_is_not_declared_is_unknown() {
        let playback = find("Playback").unwrap();
        assert!(playback.declares("skip") && !playback.declares("s"));
        let all = ALL.iter();
        assert!(
            all.flat_map(|known| known.options)
                .all(|(_, what)| !what.is_empty())
        );
    }
}
