//! Splitting a line into words: blanks part them, double quotes and backslashes hold them together.

/// The words of a line.
pub(super) fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            blank if blank.is_whitespace() && !quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_backslashes_hold_words_together() {
        assert_eq!(split("  core \t show  "), ["core", "show"]);
        assert_eq!(
            split(r#"put "two words" a\ b "" c"#),
            ["put", "two words", "a b", "", "c"]
        );
        assert_eq!(split(r#"open "to the end"#), ["open", "to the end"]);
        assert!(split("").is_empty());
    }
}
