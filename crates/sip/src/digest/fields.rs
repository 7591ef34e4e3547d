//! What a digest header says: `name=value` pairs, values quoted or not (RFC 2617 §3.2).

/// The pairs of a header.
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the value of a header. `None` if it is no digest by MD5.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, text) = text.trim().split_once(char::is_whitespace)?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let fields = Self(pairs(text)?);
        let algorithm = fields.get("algorithm");
        algorithm
            .is_none_or(|name| name.eq_ignore_ascii_case("MD5"))
            .then_some(fields)
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut fields = self.0.iter();
        let found = fields.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
}

fn pairs(mut text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    while !text.trim().is_empty() {
        let (name, rest) = text.split_once('=')?;
        let rest = rest.trim_start();
        let value;
        (value, text) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = end_of_quote(quoted)?;
                let after = quoted[end + 1..].trim_start();
                (&quoted[..end], after.strip_prefix(',').unwrap_or(after))
            }
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        pairs.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    Some(pairs)
}

/// Where the quote ends that has begun; the value stays as written, as the client hashed it.
fn end_of_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let end = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        end
    })
}
