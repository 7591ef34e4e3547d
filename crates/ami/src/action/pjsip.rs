//! Actions about SIP endpoints.

use macros::Action;

/// Lists the contacts.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowContacts",
    classes(system),
    reads,
    synopsis = "Lists PJSIP Contacts.",
    complete = "ContactListComplete"
)]
pub struct ShowContacts {}

/// Lists the contacts that registered, with their states.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowRegistrationInboundContactStatuses",
    classes(system),
    reads,
    synopsis = "Lists ContactStatuses for PJSIP inbound registrations.",
    complete = "ContactStatusDetailComplete"
)]
pub struct ShowRegistrationInboundContactStatuses {}

/// Lists the endpoints.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowEndpoints",
    classes(system),
    reads,
    synopsis = "Lists PJSIP endpoints.",
    complete = "EndpointListComplete"
)]
pub struct ShowEndpoints {}

/// Tells all of an endpoint and of what belongs to it.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowEndpoint",
    classes(system),
    reads,
    synopsis = "Detail listing of an endpoint and its objects.",
    complete = "EndpointDetailComplete"
)]
pub struct ShowEndpoint {
    /// The endpoint.
    pub endpoint: Option<String>,
}

/// Lists the addresses of record.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowAors",
    classes(system),
    reads,
    synopsis = "Lists PJSIP AORs.",
    complete = "AorListComplete"
)]
pub struct ShowAors {}

/// Lists the passwords. They are shown to accounts that may write `config`.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowAuths",
    classes(system),
    reads,
    synopsis = "Lists PJSIP Auths.",
    complete = "AuthListComplete"
)]
pub struct ShowAuths {}

/// Lists the addresses of record that phones have registered with.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowRegistrationsInbound",
    classes(system),
    reads,
    synopsis = "Lists PJSIP inbound registrations.",
    complete = "InboundRegistrationDetailComplete"
)]
pub struct ShowRegistrationsInbound {}

/// Lists the registrations of ours elsewhere, with how they stand.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowRegistrationsOutbound",
    classes(system, reporting),
    reads,
    synopsis = "Lists PJSIP outbound registrations.",
    complete = "OutboundRegistrationDetailComplete"
)]
pub struct ShowRegistrationsOutbound {}

/// Asks the contacts of an endpoint whether they answer.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPQualify",
    classes(system, reporting),
    synopsis = "Qualify a chan_pjsip endpoint."
)]
pub struct Qualify {
    /// The endpoint.
    #[action(missing = "Endpoint parameter missing.")]
    pub endpoint: String,
}

/// Registers elsewhere now.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPRegister",
    classes(system, reporting),
    synopsis = "Register an outbound registration."
)]
pub struct Register {
    /// The registration, or `*all` for each.
    #[action(missing = "Registration parameter missing.")]
    pub registration: String,
}

/// Takes a registration elsewhere back.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPUnregister",
    classes(system, reporting),
    synopsis = "Unregister an outbound registration."
)]
pub struct Unregister {
    /// The registration, or `*all` for each.
    #[action(missing = "Registration parameter missing.")]
    pub registration: String,
}

/// Sends a NOTIFY outside of any subscription.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPNotify",
    classes(system),
    synopsis = "Send a NOTIFY to either an endpoint, an arbitrary URI, or inside a SIP dialog."
)]
pub struct Notify {
    /// To the contacts of this endpoint.
    pub endpoint: Option<String>,
    /// To this URI.
    #[action(name = "URI")]
    pub uri: Option<String>,
    /// Its headers: `Name=value`; several `Content` are the lines of its body.
    pub variable: Vec<String>,
}

/// Ends a call of a SIP phone with a status.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPHangup",
    classes(system, call),
    synopsis = "Hangup an incoming PJSIP channel with a SIP response code",
    complete = "ChannelsHungupListComplete"
)]
pub struct HangupWith {
    /// The channel, or a regular expression between slashes.
    #[action(missing = "No channel specified", subject = Channel)]
    pub channel: String,
    /// The status: its number, or its name such as `BUSY_HERE`.
    #[action(missing = "No cause specified")]
    pub cause: String,
}

/// Lists what phones have subscribed to.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowSubscriptionsInbound",
    classes(system),
    reads,
    synopsis = "Lists subscriptions.",
    complete = "InboundSubscriptionDetailComplete"
)]
pub struct ShowSubscriptionsInbound {}

/// Lists the lists that phones can subscribe to.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowResourceLists",
    classes(system),
    reads,
    synopsis = "Displays settings for configured resource lists.",
    complete = "ResourceListDetailComplete"
)]
pub struct ShowResourceLists {}
