//! Actions about SIP endpoints.

use macros::Action;

/// Lists the contacts.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowContacts",
    classes(system),
    synopsis = "Lists PJSIP Contacts.",
    complete = "ContactListComplete"
)]
pub struct ShowContacts {}

/// Lists the contacts that registered, with their states.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PJSIPShowRegistrationInboundContactStatuses",
    classes(system),
    synopsis = "Lists ContactStatuses for PJSIP inbound registrations.",
    complete = "ContactStatusDetailComplete"
)]
pub struct ShowRegistrationInboundContactStatuses {}
