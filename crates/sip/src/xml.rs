//! XML documents as NOTIFY brings them.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// What is being written.
pub(crate) type Xml = Writer<Vec<u8>>;

/// A document with what this writes in it.
pub(crate) fn document(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> String {
    let mut xml = Writer::new(Vec::new());
    let declaration = Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None));
    let written = xml
        .write_event(declaration)
        .and_then(|()| xml.write_event(Event::Text(BytesText::new("\n"))))
        .and_then(|()| write(&mut xml));
    // Memory takes it all.
    debug_assert!(written.is_ok());
    let mut text = String::from_utf8(xml.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

/// A text from outside: without what no document may have in it.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_from_outside_cannot_be_markup() {
        let hostile = clean("<a b=\"&\u{0}\n");
        let text = document(|xml| {
            let element = xml.create_element("x").with_attribute(("y", &*hostile));
            element
                .write_text_content(BytesText::new(&hostile))
                .map(drop)
        });
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <x y=\"&lt;a b=&quot;&amp;\">&lt;a b=&quot;&amp;</x>\n"
        );
    }
}
