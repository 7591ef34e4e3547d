//! What is asked of SIP other than calls.

use crate::core::Core;
use crate::registration::Order;
use crate::{out_of_dialog, qualify, show};
use model::{SipQuery, SipReply};
use std::sync::Arc;

/// Answers at once; what takes its time is begun.
pub(crate) fn answer(core: &Arc<Core>, query: SipQuery) -> SipReply {
    let done = |found| {
        if found {
            SipReply::Done
        } else {
            SipReply::NotFound
        }
    };
    match query {
        SipQuery::Endpoints => show::endpoints(core),
        SipQuery::Endpoint(name) => show::endpoint(core, &name),
        SipQuery::EndpointsWhole => show::endpoints_whole(core),
        SipQuery::Aors => show::aors(core),
        SipQuery::Auths => show::auths(core),
        SipQuery::Contacts => SipReply::Contacts(core.contacts()),
        SipQuery::Registrations => show::registrations(core),
        SipQuery::Registry => SipReply::Registry(core.registrations().list()),
        SipQuery::Transports => show::transports(core),
        SipQuery::Identifies => show::identifies(core),
        SipQuery::ResourceLists => show::lists(core),
        SipQuery::Subscriptions => SipReply::Subscriptions(core.subscriptions().list()),
        SipQuery::Qualify(endpoint) => done(qualify::endpoint(core, &endpoint)),
        SipQuery::Register(name) => done(core.registrations().order(&name, Order::Register)),
        SipQuery::Unregister(name) => done(core.registrations().order(&name, Order::Unregister)),
        SipQuery::Send(request) => done(out_of_dialog::send(core, request)),
    }
}
