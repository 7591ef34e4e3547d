//! The significant text of a line: comments cut, `\;` made `;`.

use std::ops::Range;

/// How deep block comments nest; deeper openings are comment text.
const NESTING_LIMIT: usize = 128;

/// The block comments open at a point of a file, each by the line it began on.
#[derive(Default)]
pub(crate) struct Comments(Vec<u32>);

impl Comments {
    /// The line of the innermost comment still open.
    pub(crate) fn open(&self) -> Option<u32> {
        self.0.last().copied()
    }
}

/// What is left of a line.
pub(crate) struct Lexed {
    /// The bytes between the outermost blanks, comments cut and `\;` made `;`.
    pub(crate) text: Vec<u8>,
    /// Where they stand in the line; comments inside are within.
    pub(crate) span: Range<usize>,
}

/// Reads a line (its end included or not) at byte `from`, carrying block comments over.
///
/// `;` begins a comment to the end of the line, `;--` a block comment that `--;` ends, on the
/// same line or a later one; what follows the end counts again. `;---` is a plain comment.
pub(crate) fn lex(line: &[u8], from: usize, number: u32, comments: &mut Comments) -> Lexed {
    let mut text = Vec::new();
    let mut span: Option<Range<usize>> = None;
    let mut at = from;
    // Where the latest opening or end of a block comment ends: its dashes do not count twice.
    let mut floor = from;
    while let Some(&byte) = line.get(at) {
        let semicolon = byte == b';';
        if semicolon && opens(&line[at..]) && !(comments.open().is_some() && escaped(line, at)) {
            if comments.0.len() < NESTING_LIMIT {
                comments.0.push(number);
            }
            at += 3;
            floor = at;
        } else if comments.open().is_some() {
            at += 1;
            if semicolon && line[floor..at].ends_with(b"--;") {
                comments.0.pop();
                floor = at;
            }
        } else if semicolon {
            break;
        } else {
            let pair = byte == b'\\' && line.get(at + 1) == Some(&b';');
            let width = if pair { 2 } else { 1 };
            text.push(if pair { b';' } else { byte });
            if !is_blank(byte) {
                let start = span.as_ref().map_or(at, |span| span.start);
                span = Some(start..at + width);
            }
            at += width;
        }
    }
    let first = text.iter().position(|byte| !is_blank(*byte));
    let last = text.iter().rposition(|byte| !is_blank(*byte));
    let text = match (first, last) {
        (Some(first), Some(last)) => text[first..=last].to_vec(),
        _ => Vec::new(),
    };
    Lexed {
        text,
        span: span.unwrap_or(at..at),
    }
}

/// Blanks around names and values: everything up to the space, as the reference server strips.
pub(crate) fn is_blank(byte: u8) -> bool {
    byte <= b' '
}

fn opens(rest: &[u8]) -> bool {
    rest.starts_with(b";--") && rest.get(3) != Some(&b'-')
}

fn escaped(line: &[u8], at: usize) -> bool {
    at.checked_sub(1)
        .is_some_and(|before| line[before] == b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of some lines, and whether a comment is left open.
    fn texts(lines: &[&str]) -> (Vec<String>, bool) {
        let mut comments = Comments::default();
        let texts = lines
            .iter()
            .map(|line| {
                let lexed = lex(line.as_bytes(), 0, 1, &mut comments);
                String::from_utf8(lexed.text).unwrap()
            })
            .collect();
        (texts, comments.open().is_some())
    }

    #[test]
    fn line_comments_are_cut() {
        let (texts, open) = texts(&[
            " a = b ; c",
            "a = b\\;c;d",
            "\\;a = b",
            ";a",
            "",
            "a = b ;--- c --; d",
            "a = \\\\;b",
        ]);
        assert_eq!(
            texts,
            ["a = b", "a = b;c", ";a = b", "", "", "a = b", "a = \\;b"]
        );
        assert!(!open);
    }

    #[test]
    fn block_comments_are_cut_and_nest() {
        let (texts, open) = texts(&[
            "a ;-- b --; = ;-- c --;d",
            "x = 1 ;-- begin",
            "y = 2",
            ";-- inner --; still out",
            "last --; z = 3 --; w",
            "a = 1 ;--;",
            "b = 2 \\;-- not opened",
            "--; c = 3",
            "--; d",
        ]);
        assert_eq!(
            texts,
            [
                "a  = d", "x = 1", "", "", "z = 3 --", "a = 1", "", "c = 3", "--"
            ]
        );
        assert!(!open);
    }

    #[test]
    fn the_span_is_that_of_the_text() {
        let line = b" \ta = b\\;  ; note\r\n";
        let lexed = lex(line, 0, 1, &mut Comments::default());
        assert_eq!(&line[lexed.span], b"a = b\\;");
        assert_eq!(lexed.text, b"a = b;");
    }
}
