//! What actions do: a file for each family, named as the one that declares it.
//!
//! An action is begun when it has been read and is permitted. Either it is done at once, or it asks
//! others and is done with their answer; what comes of it are the messages of its answer.

mod bridge;
mod call;
mod channel;
mod charge;
mod config;
mod control;
mod database;
mod dialplan;
mod legacy;
mod mailbox;
mod message;
mod pjsip;
mod plan;
mod playback;
mod rights;
mod session;
mod sip;
mod state;
mod system;
mod transfer;

use crate::session::{Pieces, Session};
use crate::{Answer, Request};
use ami::action::Action;
use ami::{Dialect, Message, response};
use model::{Now, Refusal, Reply, SipQuery, Token};
use std::time::Duration;

/// An action's call: what its answer must name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) token: Token,
    pub(crate) id: &'a str,
    /// The longest it may wait, if it is one that waits.
    pub(crate) patience: Option<Duration>,
}

/// How an action goes on.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "one is looked at at a time")]
pub(crate) enum Step {
    /// It is done; this is its answer.
    Done(Vec<Message>),
    /// Others must be asked.
    Ask(Request),
    /// The session goes on with it by itself.
    Later,
}

/// Begins an action.
#[rustfmt::skip] // A table: the action, and who serves it.
pub(crate) fn begin(session: &mut Session, now: Now, call: Call<'_>, action: &Action) -> Step {
    let id = call.id;
    match action {
        Action::Login(login) => session::login(session, now, call, login),
        Action::Challenge(challenge) => session::challenge(session, id, challenge),
        Action::Logoff(_) => session::logoff(session, call),
        Action::Ping(_) => session::ping(now, id),
        Action::Events(events) => session::events(session, id, events),
        Action::ListCommands(_) => session::list_commands(session, id),
        Action::Filter(filter) => session::filter(session, id, filter),
        Action::WaitEvent(wait) => session::wait(session, now, call, wait),
        Action::UserEvent(event) => session::user_event(session, call, event),
        Action::Resume(resume) => session::resume(id, resume),
        Action::Command(command) => system::command(id, command),
        Action::CoreStatus(_) => Step::Ask(Request::Switch(model::Command::Counts)),
        Action::CoreSettings(_) => system::settings(session, id),
        Action::Reload(reload) => Step::Ask(Request::Reload(reload.module.clone())),
        Action::LoggerRotate(_) => Step::Ask(Request::RotateLog),
        Action::ModuleCheck(check) => system::module_check(check),
        Action::ModuleLoad(load) => system::module_load(id, load),
        Action::CoreShowChannels(_) => Step::Ask(Request::Switch(model::Command::Channels)),
        Action::Status(status) => channel::status(session, id, status),
        Action::Hangup(hangup) => channel::hangup(session, id, hangup),
        Action::Getvar(getvar) => channel::getvar(session, id, getvar),
        Action::Setvar(setvar) => channel::setvar(session, id, setvar),
        Action::Originate(originate) => call::originate(session, id, originate),
        Action::Redirect(redirect) => transfer::redirect(id, redirect),
        Action::BlindTransfer(transfer) => transfer::blind_transfer(transfer),
        Action::Atxfer(transfer) => transfer::attended_transfer(transfer),
        Action::CancelAtxfer(cancel) => transfer::cancel_attended_transfer(cancel),
        Action::Bridge(join) => bridge::join(join),
        Action::BridgeList(list) => bridge::list(list),
        Action::BridgeInfo(info) => bridge::info(info),
        Action::BridgeDestroy(destroy) => bridge::destroy(destroy),
        Action::BridgeKick(kick) => bridge::kick(kick),
        Action::BridgeTechnologyList(_) => bridge::technologies(),
        Action::BridgeTechnologySuspend(suspend) => bridge::suspend(&suspend.bridge_technology, true),
        Action::BridgeTechnologyUnsuspend(suspend) => bridge::suspend(&suspend.bridge_technology, false),
        Action::AbsoluteTimeout(timeout) => control::absolute_timeout(id, timeout),
        Action::LocalOptimizeAway(optimize) => control::optimize_away(optimize),
        Action::MuteAudio(mute) => control::mute(id, mute),
        Action::PlayDtmf(play) => control::play_digit(id, play),
        Action::SendFlash(flash) => control::send_flash(flash),
        Action::SendText(text) => control::send_text(text),
        Action::ControlPlayback(order) => playback::control(id, order),
        Action::PlayMf(play) => playback::play_mf(id, play),
        Action::AocMessage(advice) => charge::advise(id, advice),
        Action::MessageSend(text) => message::send(id, text),
        Action::CoreShowChannelMap(map) => control::map(map),
        Action::GetConfig(get) => config::read(&get.filename),
        Action::GetConfigJson(get) => config::read(&get.filename),
        Action::ListCategories(list) => config::read(&list.filename),
        Action::CreateConfig(create) => config::create(create),
        Action::UpdateConfig(update) => config::update(update),
        Action::Explain(explain) => rights::explain_action(session, now, id, explain),
        Action::ShowDialPlan(show) => plan::show(show),
        Action::DialplanExtensionAdd(add) => plan::add(id, add),
        Action::DialplanExtensionRemove(remove) => plan::remove(id, remove),
        Action::DbGet(get) => database::get(get),
        Action::DbGetTree(get) => database::get_tree(get),
        Action::DbPut(put) => database::put(put),
        Action::DbDel(delete) => database::delete(delete),
        Action::DbDelTree(delete) => database::delete_tree(delete),
        Action::ExtensionState(state) => dialplan::extension_state(state),
        Action::DeviceStateList(_) => state::devices(),
        Action::ExtensionStateList(_) => state::extensions(),
        Action::PresenceState(of) => state::presence(of),
        Action::PresenceStateList(_) => state::presences(),
        Action::Snapshot(_) => Step::Ask(Request::Switch(model::Command::Snapshot)),
        Action::MailboxStatus(status) => mailbox::count(&status.mailbox),
        Action::MailboxCount(count) => mailbox::count(&count.mailbox),
        Action::VoicemailUsersList(_) => mailbox::users(),
        Action::VoicemailUserStatus(status) => mailbox::user(status),
        Action::VoicemailRefresh(refresh) => mailbox::refresh(refresh),
        Action::MwiUpdate(update) => mailbox::update(id, update),
        Action::MwiGet(get) => mailbox::external(get),
        Action::MwiDelete(delete) => mailbox::forget(delete),
        Action::ShowEndpoints(_) => pjsip::ask(SipQuery::Endpoints),
        Action::ShowEndpoint(show) => pjsip::show_endpoint(id, show),
        Action::ShowAors(_) | Action::ShowRegistrationsInbound(_) => pjsip::ask(SipQuery::Aors),
        Action::ShowAuths(_) => pjsip::ask(SipQuery::Auths),
        Action::ShowSubscriptionsInbound(_) => pjsip::ask(SipQuery::Subscriptions),
        Action::ShowResourceLists(_) => pjsip::ask(SipQuery::ResourceLists),
        Action::ShowRegistrationsOutbound(_) => pjsip::ask(SipQuery::Registrations),
        Action::Qualify(qualify) => pjsip::ask(SipQuery::Qualify(qualify.endpoint.as_str().into())),
        Action::Register(register) => pjsip::ask(SipQuery::Register(register.registration.as_str().into())),
        Action::Unregister(unregister) => pjsip::ask(SipQuery::Unregister(unregister.registration.as_str().into())),
        Action::Notify(notify) => pjsip::notify(id, notify),
        Action::HangupWith(hangup) => pjsip::hang_up(id, hangup),
        Action::ShowContacts(_) | Action::ShowRegistrationInboundContactStatuses(_) => Step::Ask(Request::Contacts),
        Action::SipPeers(_) => pjsip::ask(SipQuery::EndpointsWhole),
        Action::SipShowPeer(show) => pjsip::ask(SipQuery::Endpoint(show.peer.as_str().into())),
        Action::SipQualifyPeer(qualify) => pjsip::ask(SipQuery::Qualify(qualify.peer.as_str().into())),
        Action::SipShowRegistry(_) => pjsip::ask(SipQuery::Registry),
        Action::SipNotify(notify) => sip::notify(id, notify),
    }
}

/// Ends an action whose answer is a list that may be long, or gives back what others answered.
pub(crate) fn list(
    session: &Session,
    now: Now,
    id: &str,
    action: &Action,
    answer: Answer,
) -> Result<Pieces, Answer> {
    if session.dialect() != Dialect::V22 {
        return Err(answer);
    }
    match (action, answer) {
        (Action::CoreShowChannels(_), Answer::Switch(Reply::Channels(channels))) => {
            Ok(channel::shown(now, id, channels))
        }
        (Action::Status(status), Answer::Switch(Reply::Status(statuses))) => {
            Ok(channel::told(session, id, status, statuses))
        }
        (_, answer) => Err(answer),
    }
}

/// Ends an action with what others answered.
#[rustfmt::skip] // A table: the action, and who serves it.
pub(crate) fn answer(session: &mut Session, now: Now, id: &str, action: &Action, answer: Answer) -> Vec<Message> {
    if let Answer::Unavailable = answer {
        return vec![response::error(id, response::text::SHUTTING_DOWN)];
    }
    if let Answer::Switch(Reply::Refused(refusal)) = &answer {
        return vec![refused(id, action, refusal)];
    }
    let ended = match (action, answer) {
        (Action::Command(_), Answer::Console(report)) => Some(system::console(session, id, &report)),
        (Action::CoreStatus(_), Answer::Switch(reply)) => system::status(session, id, reply),
        (Action::Reload(_), Answer::Reloaded(outcome)) => Some(system::reloaded(id, outcome)),
        (Action::LoggerRotate(_), Answer::Rotated(rotated)) => Some(system::rotated(id, rotated)),
        (Action::ModuleCheck(_), Answer::Module(there)) => Some(system::module_checked(id, there)),
        (Action::ModuleLoad(load), Answer::Module(there)) => Some(system::module_stays(id, load, there)),
        (Action::ModuleLoad(load), Answer::Reloaded(outcome)) => Some(system::module_reloaded(id, load, outcome)),
        (Action::CoreShowChannels(_), Answer::Switch(reply)) => legacy::shown(now, id, reply),
        (Action::Status(status), Answer::Switch(reply)) => channel::told_before(session, id, status, reply),
        (Action::Hangup(hangup), Answer::Switch(reply)) => channel::hung_up(id, &hangup.channel, reply),
        (Action::Getvar(getvar), Answer::Switch(reply)) => channel::got(id, getvar, reply),
        (Action::Setvar(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Variable Set")]),
        (Action::Originate(originate), Answer::Switch(reply)) => Some(call::originated(session, id, originate, &reply)),
        (Action::Redirect(redirect), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, transfer::redirected(redirect))]),
        (Action::BlindTransfer(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Transfer succeeded")]),
        (Action::Atxfer(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Atxfer successfully queued")]),
        (Action::CancelAtxfer(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "CancelAtxfer successfully queued")]),
        (Action::Bridge(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Channels have been bridged")]),
        (Action::BridgeList(_), Answer::Switch(reply)) => bridge::listed(id, reply),
        (Action::BridgeInfo(_), Answer::Switch(reply)) => bridge::told(id, reply),
        (Action::BridgeDestroy(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Bridge has been destroyed")]),
        (Action::BridgeKick(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Channel has been kicked")]),
        (Action::BridgeTechnologyList(_), Answer::Switch(reply)) => bridge::technologies_listed(id, &reply),
        (Action::BridgeTechnologySuspend(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Suspended bridge technology")]),
        (Action::BridgeTechnologyUnsuspend(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Unsuspended bridge technology")]),
        (Action::AbsoluteTimeout(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Timeout Set")]),
        (Action::LocalOptimizeAway(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Queued channel to be optimized away")]),
        (Action::MuteAudio(_), Answer::Switch(Reply::Done)) => Some(vec![response::success(id)]),
        (Action::PlayDtmf(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "DTMF successfully queued")]),
        (Action::ControlPlayback(_), Answer::Switch(Reply::Done)) => Some(vec![response::success(id)]),
        (Action::PlayMf(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "MF successfully queued")]),
        (Action::SendFlash(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Flash successfully queued")]),
        (Action::SendText(_), Answer::Switch(Reply::Done)) => Some(vec![response::done(id, "Success")]),
        (Action::AocMessage(advice), Answer::Switch(Reply::Done)) => Some(charge::advised(id, advice)),
        (Action::CoreShowChannelMap(map), Answer::Switch(reply)) => control::mapped(id, map, reply),
        (Action::GetConfig(get), Answer::Files(given)) => config::config(session, id, get, given),
        (Action::GetConfigJson(get), Answer::Files(given)) => config::json(session, id, get, given),
        (Action::ListCategories(list), Answer::Files(given)) => config::categories(id, list, given),
        (Action::CreateConfig(_), Answer::Files(given)) => Some(config::created(id, given)),
        (Action::UpdateConfig(_), Answer::Files(given)) => Some(config::updated(id, given)),
        (Action::ShowDialPlan(show), Answer::Switch(reply)) => plan::shown(id, show, reply),
        (Action::DialplanExtensionAdd(_), Answer::Switch(reply)) => Some(plan::added(id, &reply)),
        (Action::DialplanExtensionRemove(remove), Answer::Switch(reply)) => Some(plan::removed(id, remove, &reply)),
        (Action::DbGet(get), Answer::Switch(reply)) => database::got(id, get, reply),
        (Action::DbGetTree(_), Answer::Switch(reply)) => database::listed(id, reply),
        (Action::DbPut(_), Answer::Switch(reply)) => Some(database::was_put(id, &reply)),
        (Action::DbDel(_), Answer::Switch(reply)) => Some(database::deleted(id, &reply)),
        (Action::DbDelTree(_), Answer::Switch(reply)) => Some(database::tree_deleted(id, &reply)),
        (Action::ExtensionState(state), Answer::Switch(reply)) => dialplan::extension(session, id, state, reply),
        (Action::DeviceStateList(_), Answer::Switch(reply)) => state::devices_told(id, &reply),
        (Action::ExtensionStateList(_), Answer::Switch(reply)) => state::extensions_told(id, &reply),
        (Action::PresenceState(of), Answer::Switch(reply)) => state::presence_told(id, of, &reply),
        (Action::PresenceStateList(_), Answer::Switch(reply)) => state::presences_told(id, &reply),
        (Action::Snapshot(_), Answer::Switch(reply)) => state::all_told(session, now, id, reply),
        (Action::MailboxStatus(status), Answer::Mailboxes(reply)) => mailbox::status_told(id, status, &reply),
        (Action::MailboxCount(count), Answer::Mailboxes(reply)) => mailbox::count_told(id, count, &reply),
        (Action::VoicemailUsersList(_), Answer::Mailboxes(reply)) => mailbox::users_told(id, &reply),
        (Action::VoicemailUserStatus(_), Answer::Mailboxes(reply)) => mailbox::user_told(id, &reply),
        (Action::VoicemailRefresh(_), Answer::Mailboxes(reply)) => mailbox::done(id, Some("Refresh sent"), &reply),
        (Action::MwiUpdate(_) | Action::MwiDelete(_), Answer::Mailboxes(reply)) => mailbox::done(id, None, &reply),
        (Action::MwiGet(_), Answer::Mailboxes(reply)) => mailbox::external_told(id, &reply),
        (Action::HangupWith(hangup), Answer::Switch(reply)) => channel::hung_up(id, &hangup.channel, reply),
        (action, Answer::Sip(reply)) => pjsip::told(session, id, action, &reply)
            .or_else(|| sip::told(now.utc, id, action, &reply)),
        (Action::ShowContacts(_), Answer::Contacts(contacts)) => Some(pjsip::contacts(id, &contacts)),
        (Action::ShowRegistrationInboundContactStatuses(_), Answer::Contacts(contacts)) => Some(pjsip::statuses(id, &contacts)),
        // Whoever answers something else than was asked for is at fault, not the client.
        (_, _) => None,
    };
    ended.unwrap_or_else(|| vec![response::error(id, "Internal error")])
}

/// What a refusal of the switch is called.
fn refused(id: &str, action: &Action, refusal: &Refusal) -> Message {
    let own = transfer::refused(action, refusal).or_else(|| bridge::refused(action, refusal));
    if let Some(text) = own {
        return response::error(id, text);
    }
    if let Some(text) = control::refused(action, refusal) {
        return response::error(id, text);
    }
    match refusal {
        Refusal::NoSuchChannel => response::error(id, "No such channel"),
        Refusal::BadPattern(text) => {
            response::error(id, format_args!("Regex compile failed on: {text}"))
        }
        Refusal::NoSuchExtension => response::error(id, call::NO_EXTENSION),
        Refusal::InvalidPriority => response::error(id, "Invalid priority"),
        Refusal::NotSet => {
            if let Action::Getvar(getvar) = action {
                return channel::value(id, &getvar.variable, "");
            }
            response::error(id, "Variable not set")
        }
        Refusal::NoSuchOtherChannel => response::error(id, "ExtraChannel does not exist"),
        Refusal::NotUp => response::error(id, "Redirect failed, channel not up."),
        Refusal::OtherNotUp => response::error(id, "Redirect failed, extra channel not up."),
        Refusal::InvalidOtherPriority => response::error(id, "ExtraPriority is invalid"),
        Refusal::OtherFailed => response::error(id, "Secondary redirect failed"),
        Refusal::NotBridged => response::error(id, "Transfer invalid"),
        Refusal::NoSuchBridge => response::error(id, "Specified BridgeUniqueid not found"),
        Refusal::NoSuchTechnology => response::error(id, "BridgeTechnology not found"),
        Refusal::NoTechnology => response::error(id, "Unable to create bridge"),
        Refusal::ShuttingDown => response::error(id, response::text::SHUTTING_DOWN),
        Refusal::Failed => response::error(id, call::FAILED),
    }
}

/// A response that ends the action.
fn done(message: Message) -> Step {
    Step::Done(vec![message])
}

/// The action's error.
fn failed(id: &str, text: impl std::fmt::Display) -> Step {
    done(response::error(id, text))
}

/// The ActionID as events tell it.
fn given(id: &str) -> Option<&str> {
    (!id.is_empty()).then_some(id)
}
