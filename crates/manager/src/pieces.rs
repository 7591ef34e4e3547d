//! How several variables stand in one header.

/// The most pieces that one text is cut into; the last takes the rest.
const LIMIT: usize = 64;

/// Cuts `A=1,B="x,y"` at commas that stand outside quotes, parentheses and brackets. Quotes are
/// taken away, and so are backslashes, of which each protects what follows.
pub(crate) fn pieces(header: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut depth, mut quoted) = (0i32, false);
    let mut characters = header.chars();
    while let Some(character) = characters.next() {
        let last = pieces.len() == LIMIT;
        let mut add = |character| {
            if let Some(piece) = pieces.last_mut() {
                piece.push(character);
            }
        };
        match character {
            '\\' => {
                if let Some(next) = characters.next() {
                    add(next);
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted && depth == 0 && !last => pieces.push(String::new()),
            '(' | '[' if !quoted => {
                depth += 1;
                add(character);
            }
            ')' | ']' if !quoted => {
                depth = (depth - 1).max(0);
                add(character);
            }
            other => add(other),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_cut_as_dialplan_arguments_are() {
        for (header, cut) in [
            ("A=1,B=2", &["A=1", "B=2"][..]),
            ("C=\"x,y\"", &["C=x,y"]),
            ("A=f(1,2),B=[3,4]", &["A=f(1,2)", "B=[3,4]"]),
            (r"A=1\,2,B=\\", &["A=1,2", r"B=\"]),
            ("A=)(,B", &["A=)(,B"]),
            ("", &[""]),
        ] {
            assert_eq!(pieces(header), cut, "{header}");
        }
        let many = vec!["A=1"; 70].join(",");
        assert_eq!(pieces(&many).len(), LIMIT);
    }
}
