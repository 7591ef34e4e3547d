//! What a rule compares names with: `*` stands for anything, `?` for one character; of extensions the
//! patterns of the dialplan (`_9XX.`) too.

/// A pattern as it is written in a rule.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// With `*` and `?`.
    Glob(String),
    /// One of the dialplan.
    Dialled(dialplan::Pattern),
}

impl Pattern {
    /// Whether it stands for everything.
    pub(super) fn is_all(&self) -> bool {
        matches!(self, Self::Glob(glob) if glob == "*")
    }

    /// Whether it stands for one name alone.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Glob(glob) if !glob.contains(['*', '?']))
    }

    /// Whether a name is one it stands for; `exact` if case matters.
    pub(super) fn matches(&self, name: &str, exact: bool) -> bool {
        match self {
            Self::Glob(glob) => fits(glob.as_bytes(), name.as_bytes(), exact),
            Self::Dialled(pattern) => pattern.matches(name),
        }
    }
}

/// Goes back to the last `*` alone, so that its time is bounded by the product of the lengths.
fn fits(glob: &[u8], text: &[u8], exact: bool) -> bool {
    let same = |one: u8, other: u8| one == other || (!exact && one.eq_ignore_ascii_case(&other));
    let (mut at, mut to) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while to < text.len() {
        match glob.get(at) {
            Some(b'*') => {
                star = Some((at, to));
                at += 1;
            }
            Some(&byte) if byte == b'?' || same(byte, text[to]) => {
                at += 1;
                to += 1;
            }
            Some(_) | None => {
                let Some((stood, taken)) = star else {
                    return false;
                };
                star = Some((stood, taken + 1));
                at = stood + 1;
                to = taken + 1;
            }
        }
    }
    glob[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything_and_question_marks_for_one() {
        for (glob, text, is) in [
            ("*", "", true),
            ("*", "PJSIP/1", true),
            ("PJSIP/*", "pjsip/100-00000001", true),
            ("PJSIP/1*", "PJSIP/200", false),
            ("a*b*c", "aXbXbc", true),
            ("a*b*c", "aXbXb", false),
            ("10?", "101", true),
            ("10?", "10", false),
            ("", "x", false),
        ] {
            let pattern = Pattern::Glob(glob.to_owned());
            assert_eq!(pattern.matches(text, false), is, "{glob} {text}");
        }
        let exact = Pattern::Glob("Out*".to_owned());
        assert!(exact.matches("Outbound", true) && !exact.matches("outbound", true));
        let dialled = Pattern::Dialled(dialplan::Pattern::parse("_9XX.").unwrap());
        assert!(dialled.matches("9123", true) && !dialled.matches("8123", true));
    }
}
