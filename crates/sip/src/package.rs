//! Event packages: what a NOTIFY says of a state, and in which words.

use model::{ExtensionState, MessageCounts};

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
    let (entity, exten) = (escape(entity), escape(exten));
    let (word, direction) = match state {
        ExtensionState::Ringing | ExtensionState::InUseRinging => {
            ("early", " direction=\"recipient\"")
        }
        ExtensionState::InUse
        | ExtensionState::Busy
        | ExtensionState::Unavailable
        | ExtensionState::Hold
        | ExtensionState::InUseHold => ("confirmed", ""),
        ExtensionState::Idle | ExtensionState::Removed | ExtensionState::Deactivated => {
            ("terminated", "")
        }
    };
    let held = matches!(state, ExtensionState::Hold);
    let target = if held {
        format!(
            "<local><target uri=\"{entity}\"><param pname=\"+sip.rendering\" pvalue=\"no\"/></target></local>"
        )
    } else {
        String::new()
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{version}\" state=\"full\" entity=\"{entity}\">\
         <dialog id=\"{exten}\"{direction}><state>{word}</state>{target}</dialog></dialog-info>\n"
    )
}

/// Whether an extension is there.
pub(crate) fn presence(entity: &str, exten: &str, state: ExtensionState) -> String {
    let (entity, exten) = (escape(entity), escape(exten));
    let (basic, note) = match state {
        ExtensionState::Idle => ("open", "Ready"),
        ExtensionState::InUse | ExtensionState::Busy => ("open", "On the phone"),
        ExtensionState::Ringing | ExtensionState::InUseRinging => ("open", "Ringing"),
        ExtensionState::Hold | ExtensionState::InUseHold => ("open", "On hold"),
        ExtensionState::Unavailable | ExtensionState::Removed | ExtensionState::Deactivated => {
            ("closed", "Unavailable")
        }
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <presence xmlns=\"urn:ietf:params:xml:ns:pidf\" entity=\"{entity}\"><note>{note}</note>\
         <tuple id=\"{exten}\"><status><basic>{basic}</basic></status>\
         <contact priority=\"1\">{entity}</contact></tuple></presence>\n"
    )
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

/// A text inside of XML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
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
