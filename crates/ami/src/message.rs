//! A message: headers in order, as they stand on the wire.
//!
//! The text of a message is all there is of it, in one piece, with the empty line that ends it, so that
//! writing it costs nothing more and keeping it takes no more than its length. Line breaks and NUL are left
//! out of whatever is put into a header: no value, whoever chose it, can begin another header or another
//! message (ami-server.md 13.3, rule 3). So headers are found again by their line ends.

use memchr::memchr;
use std::fmt::{self, Display, Write};

/// The end of a header's line; alone it is the empty line that ends a message.
const END: &str = "\r\n";

/// Headers in order; names may repeat. A few answers have lines that are no headers after them.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Ends with [`END`].
    text: String,
    /// Where the lines that are no headers begin, if there are such; a message is far shorter than 4 GiB.
    body: Option<u32>,
}

impl Default for Message {
    fn default() -> Self {
        // Room for a short message: most are answers of a few headers.
        Self::with_room(128)
    }
}

impl Message {
    /// A message without headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with room for so many bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        let mut text = String::with_capacity(bytes);
        text.push_str(END);
        Self { text, body: None }
    }

    /// Adds a header.
    pub fn header(&mut self, name: &str, value: impl Display) {
        // Writing into a string fails only if the value's own Display does; then it stays cut.
        self.line(
            |line| line.name(name),
            |line| {
                let _ = write!(line, "{value}");
            },
        );
    }

    /// The same of a text, at less cost: for what is read and written most.
    pub fn header_text(&mut self, name: &str, value: &str) {
        self.line(|line| line.name(name), |line| line.push(value));
    }

    /// Adds a header that is declared, whose name is `prefix` and `name` together.
    pub fn declared(&mut self, prefix: &'static str, name: &'static str, value: impl Display) {
        self.line(
            |line| line.declared(prefix, name),
            |line| {
                let _ = write!(line, "{value}");
            },
        );
    }

    /// The same of a text, at less cost.
    pub fn declared_text(&mut self, prefix: &'static str, name: &'static str, value: &str) {
        self.line(|line| line.declared(prefix, name), |line| line.push(value));
    }

    /// Adds headers as [`Message::text`] gave them.
    pub(crate) fn push_text(&mut self, headers: &str) {
        self.text.insert_str(self.text.len() - END.len(), headers);
    }

    fn line(&mut self, name: impl FnOnce(&mut Line<'_>), value: impl FnOnce(&mut Line<'_>)) {
        self.text.truncate(self.text.len() - END.len());
        let mut line = Line(&mut self.text);
        name(&mut line);
        line.0.push_str(": ");
        value(&mut line);
        self.text.push_str("\r\n\r\n");
    }

    /// Puts a header before the one of this index, or after all that there are.
    pub fn insert(&mut self, index: usize, name: &str, value: impl Display) {
        let at = self.start(index);
        // Lines that are no headers stay last, and what is not there cannot be stood before.
        if at == self.headers_end() && self.body.is_some() {
            return;
        }
        let line = Self::new().with(name, value);
        self.text.insert_str(at, line.text());
        self.body = self.body.and_then(|body| moved(body, line.text().len()));
    }

    /// The text as it is written, cut before the header of this index.
    pub fn cut(&self, index: usize) -> (&str, &str) {
        self.text.split_at(self.start(index))
    }

    /// Reads what [`Message::wire`] gave of a message without lines that are no headers.
    pub fn from_wire(text: &str) -> Option<Self> {
        let mut rest = text.strip_suffix(END)?;
        while !rest.is_empty() {
            let (line, others) = rest.split_once(END)?;
            let (name, value) = line.split_once(':')?;
            let fits = value.starts_with(' ') && !name.contains('\n') && !line.contains('\r');
            rest = fits.then_some(others)?;
        }
        let text = text.to_owned();
        Some(Self { text, body: None })
    }

    /// Adds lines that are no headers, each ended by a line feed but for the last, which is ended as
    /// headers are: clients look for it so. Nothing can be added after them.
    #[must_use]
    pub fn with_body<'a>(mut self, lines: impl IntoIterator<Item = &'a str>) -> Self {
        self.text.truncate(self.text.len() - END.len());
        let start = self.text.len();
        self.body = u32::try_from(start).ok();
        for (index, line) in lines.into_iter().enumerate() {
            if index > 0 {
                self.text.push('\n');
            }
            Line(&mut self.text).push(line);
        }
        if self.text.len() > start {
            self.text.push_str(END);
        }
        self.text.push_str(END);
        self
    }

    /// Adds a line feed to the last value, before the line's own end: a few answers have it.
    #[must_use]
    pub fn with_line_feed(mut self) -> Self {
        if let Some(end) = self.headers_end().checked_sub(END.len()) {
            self.text.insert(end, '\n');
            self.body = self.body.and_then(|body| moved(body, 1));
        }
        self
    }

    /// Adds one line that is no header, ended as headers are. Nothing can be added after it.
    #[must_use]
    pub fn with_bare_line(self, line: &str) -> Self {
        self.with_body([line])
    }

    /// The same message with one more header; for building in one expression.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.header(name, value);
        self
    }

    /// The same of a text, at less cost.
    #[must_use]
    pub fn with_text(mut self, name: &str, value: &str) -> Self {
        self.header_text(name, value);
        self
    }

    /// Takes no more memory than its length, for one that is kept.
    pub fn fit(&mut self) {
        self.text.shrink_to_fit();
    }

    /// Reads one received line, without its line end. Blanks before the value are not part of it,
    /// blanks after it are; a line without colon is no header and is dropped (ami-server.md 1.3).
    /// Bytes that are no UTF-8 are replaced.
    pub fn push_line(&mut self, line: &[u8]) {
        let line = stray::read(line);
        if let Some((name, value)) = line.split_once(':') {
            self.header_text(name, value.trim_start_matches(|c| c <= ' '));
        }
    }

    /// The value of the first header of this name, in any case; `None` if there is none.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of all headers of this name, in any case.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.lines().filter_map(move |line| {
            let (found, value) = line.split_at_checked(name.len())?;
            let value = value.strip_prefix(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// All headers, name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.lines().filter_map(|line| line.split_once(": "))
    }

    /// The lines of the headers, without their ends.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let mut rest = &self.text[..self.headers_end()];
        std::iter::from_fn(move || {
            // No value has a carriage return.
            let (line, end) = rest.split_at_checked(memchr(b'\r', rest.as_bytes())?)?;
            rest = end.get(END.len()..)?;
            Some(line)
        })
    }

    /// Where the line of the header of this index begins, or would.
    fn start(&self, index: usize) -> usize {
        self.lines()
            .take(index)
            .map(|line| line.len() + END.len())
            .sum()
    }

    /// Where the headers end and what stands after them begins.
    fn headers_end(&self) -> usize {
        self.body
            .map_or(self.text.len() - END.len(), |body| body as usize)
    }

    /// The lines after the headers that are no headers; none in nearly all messages.
    pub fn body(&self) -> impl Iterator<Item = &str> {
        self.text()[self.headers_end()..].lines()
    }

    /// What the client calls its action: the first `ActionID`, empty if it gave none.
    pub fn action_id(&self) -> &str {
        self.first("ActionID").unwrap_or_default()
    }

    /// The same message as the answer to an action of this id; without one if it is empty.
    #[must_use]
    pub fn with_action_id(&self, id: &str) -> Self {
        let is_id = |name: &str| name.eq_ignore_ascii_case("ActionID");
        let mut message = Self::with_room(self.text.len() + id.len() + 16);
        for (index, (name, value)) in self.iter().filter(|(name, _)| !is_id(name)).enumerate() {
            message.header_text(name, value);
            if index == 0 && !id.is_empty() {
                message.header_text("ActionID", id);
            }
        }
        if let Some(start) = self.body {
            let end = message.headers_end();
            message.text.truncate(end);
            message.body = u32::try_from(end).ok();
            message.text.push_str(&self.text[start as usize..]);
        }
        message
    }

    /// The action asked for: the first `Action` that is not empty.
    pub fn action(&self) -> Option<&str> {
        self.all("Action").find(|name| !name.is_empty())
    }

    /// All headers, each with its line end, without the empty line that ends the message.
    pub fn text(&self) -> &str {
        &self.text[..self.text.len() - END.len()]
    }

    /// The same with the empty line: as it is written.
    pub fn wire(&self) -> &str {
        &self.text
    }
}

/// A place so many bytes further on.
fn moved(place: u32, by: usize) -> Option<u32> {
    place.checked_add(u32::try_from(by).ok()?)
}

/// Without the values of `Secret` and `Key`: messages are logged in this form.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().map(|(name, value)| {
            let secret = ["Secret", "Key"]
                .iter()
                .any(|hidden| name.eq_ignore_ascii_case(hidden));
            (name, if secret { "…" } else { value })
        });
        f.debug_map().entries(shown).finish()
    }
}

/// Writes into a line what may stand in a line.
struct Line<'a>(&'a mut String);

impl Line<'_> {
    fn name(&mut self, name: &str) {
        if has_control(name) || name.contains(':') {
            let kept = |c: &char| !matches!(c, '\r' | '\n' | '\0' | ':');
            self.0.extend(name.chars().filter(kept));
        } else {
            self.0.push_str(name);
        }
    }

    /// A name that stands in our own code.
    fn declared(&mut self, prefix: &'static str, name: &'static str) {
        self.0.push_str(prefix);
        self.0.push_str(name);
    }

    fn push(&mut self, text: &str) {
        if has_control(text) {
            let kept = |c: &char| !matches!(c, '\r' | '\n' | '\0');
            self.0.extend(text.chars().filter(kept));
        } else {
            self.0.push_str(text);
        }
    }
}

impl Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text);
        Ok(())
    }
}

/// Whether a text may have a byte that breaks a line: one of those below 14. It is asked of every header
/// that is written, and nearly none has one; so it looks at eight bytes at a time.
fn has_control(text: &str) -> bool {
    const BELOW: u64 = u64::from_ne_bytes([14; 8]);
    const HIGH: u64 = u64::from_ne_bytes([128; 8]);
    // A byte's high bit is left over if taking 14 from it borrows, and it was not set before.
    let low = |word: [u8; 8]| {
        let word = u64::from_ne_bytes(word);
        word.wrapping_sub(BELOW) & !word & HIGH
    };
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut last = [b' '; 8];
    last[..rest.len()].copy_from_slice(rest);
    words
        .iter()
        .fold(low(last), |found, word| found | low(*word))
        != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_begin_a_header_of_its_own() {
        let message = Message::new().with("Na\r\nme:", "a\r\nEvent: Forged\0");
        assert_eq!(message.text(), "Name: aEvent: Forged\r\n");
    }

    #[test]
    fn what_breaks_lines_is_found_wherever_it_stands() {
        for length in 0..20 {
            let text = "é~ {:ÿ}Ã 0123456789"
                .chars()
                .take(length)
                .collect::<String>();
            assert!(!has_control(&text), "{text}");
            for control in ["\r", "\n", "\0"] {
                assert!(has_control(&format!("{text}{control}é")));
            }
        }
    }

    #[test]
    fn lines_that_are_no_headers_come_last() {
        let message = Message::new().with("Response", "Follows").with_body([
            "one: 1",
            "two",
            "--END COMMAND--",
        ]);
        assert_eq!(
            message.wire(),
            "Response: Follows\r\none: 1\ntwo\n--END COMMAND--\r\n\r\n"
        );
        assert_eq!(message.iter().count(), 1);
        assert_eq!(message.body().count(), 3);
        assert_eq!(Message::new().wire(), "\r\n");
    }

    #[test]
    fn a_header_is_put_among_others() {
        let mut message = Message::new()
            .with("Response", "Follows")
            .with("Message", "x")
            .with_body(["one"]);
        message.insert(1, "Sequence", "1/2");
        message.insert(9, "Lost", "as nothing may stand after the body");
        assert_eq!(
            message.wire(),
            "Response: Follows\r\nSequence: 1/2\r\nMessage: x\r\none\r\n\r\n"
        );
        assert_eq!(message.first("Message"), Some("x"));
        assert_eq!(message.first("Sequence"), Some("1/2"));
        assert_eq!(message.body().collect::<Vec<_>>(), ["one"]);
        let (before, after) = message.cut(1);
        assert_eq!(before, "Response: Follows\r\n");
        assert!(after.starts_with("Sequence"));
        let mut last = Message::new().with("Event", "X");
        assert_eq!(last.cut(1), ("Event: X\r\n", "\r\n"));
        last.insert(1, "Sequence", "1/2");
        assert_eq!(last.wire(), "Event: X\r\nSequence: 1/2\r\n\r\n");
    }

    #[test]
    fn what_was_written_is_read_as_it_was() {
        let message = Message::new().with("Event", "X").with("Value", "  a: b ");
        assert_eq!(Message::from_wire(message.wire()), Some(message));
        for bad in ["Event: X\r\n", "Event\r\n\r\n", "Event: X\n\r\n", ""] {
            assert_eq!(Message::from_wire(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_answer_can_be_given_to_another_action() {
        let first = Message::new()
            .with("Response", "Follows")
            .with("ActionID", "1")
            .with("Privilege", "Command")
            .with_body(["one", "two"]);
        assert_eq!(
            first.with_action_id("2").wire(),
            "Response: Follows\r\nActionID: 2\r\nPrivilege: Command\r\none\ntwo\r\n\r\n"
        );
        assert_eq!(
            Message::new()
                .with("Response", "Success")
                .with_action_id("")
                .wire(),
            "Response: Success\r\n\r\n"
        );
    }

    #[test]
    fn lines_are_read_by_the_rules_of_the_line_reader() {
        let mut message = Message::new();
        for line in [
            "Action:Ping ",
            " ActionID: no header of that name",
            "actionid: \t one",
            "ActionID: two",
            "no colon",
            ": nameless",
        ] {
            message.push_line(line.as_bytes());
        }
        assert_eq!(message.action(), Some("Ping "));
        assert_eq!(message.action_id(), "one");
        assert_eq!(message.all("ActionID").count(), 2);
        assert_eq!(message.iter().count(), 5);
    }

    #[test]
    fn an_empty_first_header_hides_later_ones_but_for_the_action() {
        let mut message = Message::new();
        for line in ["ActionID:", "ActionID: late", "Action:", "Action: Ping"] {
            message.push_line(line.as_bytes());
        }
        assert_eq!(message.action_id(), "");
        assert_eq!(message.action(), Some("Ping"));
    }
}
