//! How messages are written: one file for each form.

pub mod html;
pub mod json;
pub mod raw;
pub mod xml;

use crate::Message;
use std::collections::HashMap;

/// Tells which occurrence of its name a header is: the forms with one place for a name number the
/// second and later ones.
#[derive(Default)]
struct Occurrences(HashMap<String, usize>);

impl Occurrences {
    /// 1 for the first of a name.
    fn count(&mut self, name: &str) -> usize {
        if let Some(count) = self.0.get_mut(name) {
            *count += 1;
            return *count;
        }
        self.0.insert(name.to_owned(), 1);
        1
    }
}

/// The lines of a message that are no headers, each as it may stand in XML and HTML, with this between
/// them; `None` if there are no such lines.
fn opaque(message: &Message, between: &str) -> Option<String> {
    let lines: Vec<_> = message.body().map(markup).collect();
    (!lines.is_empty()).then(|| lines.join(between))
}

/// Text as it may stand in XML and HTML, between quotes too: what has a meaning there is escaped,
/// control characters, which have none, are left out.
fn markup(text: &str) -> String {
    let allowed =
        |c: char| c == '\t' || !(c.is_ascii_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    let escaped = quick_xml::escape::escape(text);
    if escaped.chars().all(allowed) {
        escaped.into_owned()
    } else {
        escaped.chars().filter(|c| allowed(*c)).collect()
    }
}
