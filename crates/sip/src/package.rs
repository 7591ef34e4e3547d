//! Event packages: what a NOTIFY says of a state, and in which words.

use crate::xml::{self, Xml, clean};
use model::{ExtensionState, MessageCounts};
use quick_xml::events::BytesText;
use std::io;

/// What can be subscribed to (RFC 6665 §4.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Package {
    /// Calls of an extension (RFC 4235): lamps of phones.
    Dialog,
    /// Whether somebody is there (RFC 3856).
    Presence,
    /// Messages that wait (RFC 3842).
    MessageSummary,
}

impl Package {
    /// All there are, as `Allow-Events` tells them.
    pub(crate) const ALL: &str = "dialog, presence, message-summary";

    /// Reads an `Event` header, without its parameters.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.split(';').next()?.trim() {
            "dialog" => Some(Self::Dialog),
            "presence" => Some(Self::Presence),
            "message-summary" => Some(Self::MessageSummary),
            _ => None,
        }
    }

    /// The kind of its documents.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Dialog => "application/dialog-info+xml",
            Self::Presence => "application/pidf+xml",
            Self::MessageSummary => "application/simple-message-summary",
        }
    }
}

/// The calls of an extension. `version` counts the documents of a subscription from 0.
pub(crate) fn dialog_info(
    entity: &str,
    exten: &str,
    version: u32,
    state: ExtensionState,
) -> String {
    let (entity, exten) = (&*clean(entity), &*clean(exten));
    let version = version.to_string();
    let (word, direction) = match state {
        ExtensionState::Ringing | ExtensionState::InUseRinging => ("early", Some("recipient")),
        ExtensionState::InUse
        | ExtensionState::Busy
        | ExtensionState::Unavailable
        | ExtensionState::Hold
        | ExtensionState::InUseHold => ("confirmed", None),
        ExtensionState::Idle | ExtensionState::Removed | ExtensionState::Deactivated => {
            ("terminated", None)
        }
    };
    xml::document(|xml| {
        let root = xml.create_element("dialog-info").with_attributes([
            ("xmlns", "urn:ietf:params:xml:ns:dialog-info"),
            ("version", &*version),
            ("state", "full"),
            ("entity", entity),
        ]);
        root.write_inner_content(|xml| {
            let dialog = xml.create_element("dialog").with_attribute(("id", exten));
            let dialog = dialog.with_attributes(direction.map(|told| ("direction", told)));
            dialog.write_inner_content(|xml| {
                let state_element = xml.create_element("state");
                state_element.write_text_content(BytesText::new(word))?;
                if state == ExtensionState::Hold {
                    silent(xml, entity)?;
                }
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    })
}

/// Somebody is held: their sound is not rendered (RFC 4235 §4.1.6, RFC 3840).
fn silent(xml: &mut Xml, entity: &str) -> io::Result<()> {
    xml.create_element("local").write_inner_content(|xml| {
        let target = xml.create_element("target").with_attribute(("uri", entity));
        target.write_inner_content(|xml| {
            let param = xml.create_element("param");
            param
                .with_attributes([("pname", "+sip.rendering"), ("pvalue", "no")])
                .write_empty()?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

/// Whether an extension is there.
pub(crate) fn presence(entity: &str, exten: &str, state: ExtensionState) -> String {
    let (entity, exten) = (&*clean(entity), &*clean(exten));
    let (basic, note) = match state {
        ExtensionState::Idle => ("open", "Ready"),
        ExtensionState::InUse | ExtensionState::Busy => ("open", "On the phone"),
        ExtensionState::Ringing | ExtensionState::InUseRinging => ("open", "Ringing"),
        ExtensionState::Hold | ExtensionState::InUseHold => ("open", "On hold"),
        ExtensionState::Unavailable | ExtensionState::Removed | ExtensionState::Deactivated => {
            ("closed", "Unavailable")
        }
    };
    xml::document(|xml| {
        let root = xml
            .create_element("presence")
            .with_attributes([("xmlns", "urn:ietf:params:xml:ns:pidf"), ("entity", entity)]);
        root.write_inner_content(|xml| {
            let said = xml.create_element("note");
            said.write_text_content(BytesText::new(note))?;
            let tuple = xml.create_element("tuple").with_attribute(("id", exten));
            tuple.write_inner_content(|xml| {
                xml.create_element("status").write_inner_content(|xml| {
                    let element = xml.create_element("basic");
                    element.write_text_content(BytesText::new(basic))?;
                    Ok(())
                })?;
                let contact = xml.create_element("contact");
                contact
                    .with_attribute(("priority", "1"))
                    .write_text_content(BytesText::new(entity))?;
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    })
}

/// How many messages wait.
pub(crate) fn message_summary(account: &str, counts: MessageCounts) -> String {
    let new = counts.new + counts.urgent;
    let waiting = if new > 0 { "yes" } else { "no" };
    format!(
        "Messages-Waiting: {waiting}\r\nMessage-Account: {account}\r\nVoice-Message: {new}/{} ({}/0)\r\n",
        counts.old, counts.urgent
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_in_their_words() {
        let text = dialog_info("sip:101@h", "101", 3, ExtensionState::Ringing);
        assert!(text.contains("version=\"3\" state=\"full\" entity=\"sip:101@h\""));
        assert!(
            text.contains(
                "<dialog id=\"101\" direction=\"recipient\"><state>early</state></dialog>"
            ),
            "{text}"
        );
        assert!(
            dialog_info("e", "x", 0, ExtensionState::Idle).contains("<state>terminated</state>")
        );
        assert!(dialog_info("e", "x", 0, ExtensionState::Hold).contains("+sip.rendering"));
        assert!(presence("sip:1@h", "1", ExtensionState::Idle).contains("<basic>open</basic>"));
        assert!(
            presence("sip:1@h", "<&\"", ExtensionState::Unavailable)
                .contains("<tuple id=\"&lt;&amp;&quot;\"><status><basic>closed")
        );
        let counts = MessageCounts {
            new: 2,
            old: 5,
            urgent: 1,
        };
        assert_eq!(
            message_summary("sip:a@h", counts),
            "Messages-Waiting: yes\r\nMessage-Account: sip:a@h\r\nVoice-Message: 3/5 (1/0)\r\n"
        );
    }

    #[test]
    fn packages_are_known_by_their_names() {
        for name in ["dialog", "presence", "message-summary"] {
            assert!(
                Package::parse(&format!("{name};id=1")).is_some() && Package::ALL.contains(name)
            );
        }
        assert_eq!(Package::parse("refer"), None);
    }
}
