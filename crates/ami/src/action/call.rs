//! Actions that make calls.

use macros::Action;

/// Calls somebody and connects them to the dialplan or to an application.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(originate), synopsis = "Originate a call.")]
pub struct Originate {
    /// Whom: `technology/resource`.
    #[action(subject = Dialled)]
    pub channel: Option<String>,
    /// The extension to connect to.
    #[action(subject = Exten)]
    pub exten: Option<String>,
    /// Its context.
    #[action(subject = Context)]
    pub context: Option<String>,
    /// Its priority: a number or a label.
    pub priority: Option<String>,
    /// The application to run instead.
    #[action(subject = Run)]
    pub application: Option<String>,
    /// Its arguments.
    pub data: Option<String>,
    /// How long to wait for the answer, in milliseconds; 30000 if not said.
    pub timeout: Option<String>,
    /// Shown to the called party: `"Name" <number>`.
    #[action(name = "CallerID")]
    pub caller_id: Option<String>,
    /// Variables to set: `NAME=value`, separated by commas; may be given several times.
    #[action(subject = Variables)]
    pub variable: Vec<String>,
    /// Account code.
    pub account: Option<String>,
    /// Whether to connect as soon as there is sound.
    pub early_media: bool,
    /// The formats to talk in, best first, separated by commas; those of the endpoint if not said.
    pub codecs: Option<String>,
    /// Whether to answer at once and tell the outcome as OriginateResponse.
    pub r#async: bool,
    /// Uniqueid for the channel.
    #[action(name = "ChannelId")]
    pub channel_id: Option<String>,
    /// Uniqueid for its other half.
    #[action(name = "OtherChannelId")]
    pub other_channel_id: Option<String>,
    /// A subroutine that the channel runs before it is dialled:
    /// `[[context,]exten,]priority[(arguments)]`.
    #[action(name = "PreDialGoSub")]
    pub pre_dial_gosub: Option<String>,
}
