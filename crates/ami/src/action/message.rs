//! Texts outside of any call.

use macros::Action;

/// Sends a text to a phone, outside of any call.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(message),
    synopsis = "Send an out of call message to an endpoint."
)]
pub struct MessageSend {
    /// To whom: `pjsip:` and an endpoint, a URI, or both with a slash between them.
    pub to: Option<String>,
    /// Where it goes, if not to whom it is for; written as `To`.
    pub destination: Option<String>,
    /// From whom: a name or an address.
    pub from: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The text in base64, where it has several lines.
    #[action(name = "Base64Body")]
    pub base64_body: Option<String>,
    /// Its headers: `Name=value`.
    pub variable: Vec<String>,
}
