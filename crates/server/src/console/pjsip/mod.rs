//! `pjsip …`: the objects of pjsip.conf, what phones have subscribed to, the log of messages.

mod tree;

use super::{Command, Outcome, Running};
use crate::node::Node;
use model::{Command as Order, Reply, SipEndpoint, SipObject, SipQuery, SipReply, SipSubscription};
use sip::Tracing;
use std::fmt::Write as _;
use std::sync::Arc;
use tree::{CONTACT_HEADING, ENDPOINT_HEADING, RULE};

/// What is shown instead of a secret.
const HIDDEN: &str = "********";
/// The options that are secrets.
const SECRETS: &[&str] = &["Password", "Md5Cred", "OauthSecret", "RefreshToken"];

/// Declares the two commands of a kind of object: all of them in lines, one with all its options.
macro_rules! shows {
    ($($many:literal $one:literal $query:ident $heading:literal $line:expr;)*) => {
        &[$(
            Command {
                words: concat!("pjsip show ", $many),
                synopsis: concat!("Show PJSIP objects: ", $many),
                usage: concat!("Usage: pjsip show ", $many, "\n       Lists the ", $many, " of pjsip.conf.\n"),
                run: |node, arguments| {
                    if !arguments.is_empty() {
                        return usage();
                    }
                    let objects = node.sip.ask(SipQuery::$query);
                    ready(list(concat!("\n", $heading, "\n"), objects, $line))
                },
            },
            Command {
                words: concat!("pjsip show ", $one),
                synopsis: concat!("Show one PJSIP object: ", $one),
                usage: concat!("Usage: pjsip show ", $one, " <name>\n       Shows it with all its options.\n"),
                run: |node, arguments| {
                    let [name] = arguments else { return usage() };
                    let objects = node.sip.ask(SipQuery::$query);
                    ready(show(concat!("\n", $heading, "\n"), objects, name, $line))
                },
            },
        )*]
    };
}

/// What lists and shows objects of one kind.
pub(super) const SHOWS: &[Command] = shows! {
    "aors" "aor" Aors
        "      Aor:  <Aor..............................................>  <MaxContact>"
        tree::aor;
    "auths" "auth" Auths
        "  I/OAuth:  <AuthId/UserName.............................................................>"
        |text, one| tree::auth(text, "     Auth", one);
    "transports" "transport" Transports
        "Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress....................>"
        tree::transport;
    "identifies" "identify" Identifies
        " Identify:  <Identify/Endpoint...........................................................>"
        tree::identify;
    "registrations" "registration" Registrations
        " <Registration/ServerURI..............................>  <Auth....................>  <Status.......>"
        registration;
    "resource lists" "resource list" ResourceLists
        " <List/Event.............................................>  <Resources...........................>"
        resource_list;
};

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "pjsip show endpoints",
        synopsis: "Show PJSIP Endpoints",
        usage: "Usage: pjsip show endpoints\n       Lists the endpoints, each with what belongs to it.\n",
        run: |node, _| Box::pin(endpoints(node)),
    },
    Command {
        words: "pjsip show endpoint",
        synopsis: "Show PJSIP Endpoint",
        usage: "Usage: pjsip show endpoint <name>\n       Shows an endpoint with all its options.\n",
        run: |node, arguments| Box::pin(endpoint(node, arguments)),
    },
    Command {
        words: "pjsip show contacts",
        synopsis: "Show PJSIP Contacts",
        usage: "Usage: pjsip show contacts\n       Lists the contacts, configured and registered.\n",
        run: |node, _| ready(contacts(node)),
    },
    Command {
        words: "pjsip show subscriptions inbound",
        synopsis: "Show active inbound subscriptions",
        usage: "Usage: pjsip show subscriptions inbound\n       Lists what phones have subscribed to.\n",
        run: |node, _| ready(subscriptions(node.sip.ask(SipQuery::Subscriptions))),
    },
    Command {
        words: "pjsip qualify",
        synopsis: "Send an OPTIONS request to a PJSIP endpoint",
        usage: "Usage: pjsip qualify <endpoint>\n       Asks the contacts of an endpoint whether they answer.\n",
        run: |node, arguments| {
            let [name] = arguments else { return usage() };
            let query = SipQuery::Qualify(name.as_str().into());
            let done = format!("Sending qualify to all contacts on endpoint {name}\n");
            let failed = format!("Unable to retrieve endpoint {name}\n");
            ready(order(node, query, done, failed))
        },
    },
    Command {
        words: "pjsip send register",
        synopsis: "Registers an outbound registration target",
        usage: "Usage: pjsip send register <registration> | *all\n       Registers there now.\n",
        run: |node, arguments| {
            let [name] = arguments else { return usage() };
            let query = SipQuery::Register(name.as_str().into());
            let failed = format!("Unable to retrieve registration {name}\n");
            ready(order(
                node,
                query,
                "Re-registration sent\n".to_owned(),
                failed,
            ))
        },
    },
    Command {
        words: "pjsip send unregister",
        synopsis: "Unregisters outbound registration target",
        usage: "Usage: pjsip send unregister <registration> | *all\n       Gives up a registration.\n",
        run: |node, arguments| {
            let [name] = arguments else { return usage() };
            let query = SipQuery::Unregister(name.as_str().into());
            let failed = format!("Unable to retrieve registration {name}\n");
            ready(order(node, query, "Unregister sent\n".to_owned(), failed))
        },
    },
    Command {
        words: "pjsip set logger",
        synopsis: "Enable/Disable PJSIP Logger Output",
        usage: "Usage: pjsip set logger {on|off|host <address>}\n       Writes every SIP message, or those of one host, to the log.\n",
        run: |node, arguments| ready(set_logger(node, arguments)),
    },
];

async fn endpoints(node: &Arc<Node>) -> Outcome {
    let SipReply::Objects(objects) = node.sip.ask(SipQuery::Endpoints) else {
        return Outcome::Failed(String::new());
    };
    let mut text = format!("{ENDPOINT_HEADING}{RULE}");
    for one in &objects {
        if let SipReply::Endpoint(all) = node.sip.ask(SipQuery::Endpoint(Arc::clone(&one.name))) {
            tell_endpoint(node, &mut text, &all).await;
        }
    }
    let _ = write!(text, "\nObjects found: {}\n\n", objects.len());
    Outcome::Output(text)
}

async fn endpoint(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let [name] = arguments else {
        return Outcome::Usage;
    };
    let SipReply::Endpoint(all) = node.sip.ask(SipQuery::Endpoint(name.as_str().into())) else {
        return Outcome::Failed(format!("Unable to find object {name}.\n\n"));
    };
    let mut text = format!("{ENDPOINT_HEADING}{RULE}");
    tell_endpoint(node, &mut text, &all).await;
    options(&mut text, &all.endpoint);
    Outcome::Output(text)
}

async fn tell_endpoint(node: &Arc<Node>, text: &mut String, all: &SipEndpoint) {
    let Reply::Channels(channels) = node.ask(Order::Channels).await else {
        return;
    };
    let begins = format!("PJSIP/{}-", all.endpoint.name);
    let own = channels.iter().map(|channel| &**channel);
    let own: Vec<_> = own
        .filter(|channel| channel.name.starts_with(&begins))
        .collect();
    tree::endpoint(text, all, &own);
}

/// All objects of a kind, each in its line.
fn list(heading: &str, objects: SipReply, line: impl Fn(&mut String, &SipObject)) -> Outcome {
    let SipReply::Objects(objects) = objects else {
        return Outcome::Failed(String::new());
    };
    if objects.is_empty() {
        return Outcome::Output("No objects found.\n\n".to_owned());
    }
    let mut text = format!("{heading}{RULE}");
    objects.iter().for_each(|one| line(&mut text, one));
    let _ = write!(text, "\nObjects found: {}\n\n", objects.len());
    Outcome::Output(text)
}

/// One object of a kind, with its options.
fn show(
    heading: &str,
    objects: SipReply,
    name: &str,
    line: impl Fn(&mut String, &SipObject),
) -> Outcome {
    let missing = || Outcome::Failed(format!("Unable to find object {name}.\n\n"));
    let SipReply::Objects(objects) = objects else {
        return missing();
    };
    let Some(one) = objects.iter().find(|one| *one.name == *name) else {
        return missing();
    };
    let mut text = format!("{heading}{RULE}");
    line(&mut text, one);
    text.push('\n');
    options(&mut text, one);
    Outcome::Output(text)
}

/// The options of an object by name.
fn options(text: &mut String, object: &SipObject) {
    let mut options: Vec<_> = object
        .fields
        .iter()
        .map(|(name, value)| match &**value {
            secret if SECRETS.contains(&&**name) && !secret.is_empty() => {
                (sip::option_name(name), HIDDEN)
            }
            value => (sip::option_name(name), value),
        })
        .collect();
    options.sort();
    let width = options
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or(0)
        .max(13);
    let _ = writeln!(text, " {:<width$} : ParameterValue", "ParameterName");
    let _ = writeln!(text, " {}", "=".repeat(width + 17));
    for (name, value) in options {
        let _ = writeln!(text, " {name:<width$} : {value}");
    }
    text.push('\n');
}

fn registration(text: &mut String, one: &SipObject) {
    let place = format!("{}/{}", one.name, one.field("ServerUri"));
    let [auth, status, next] = ["OutboundAuth", "Status", "NextReg"].map(|name| one.field(name));
    let _ = writeln!(
        text,
        " {place:<54.54}  {auth:<26.26}  {status:<12} (exp. {next}s)"
    );
}

fn resource_list(text: &mut String, one: &SipObject) {
    let place = format!("{}/{}", one.name, one.field("Event"));
    let _ = writeln!(text, " {place:<57.57}  {}", one.field("ListItem"));
}

fn contacts(node: &Arc<Node>) -> Outcome {
    let all = node.sip.contacts();
    if all.is_empty() {
        return Outcome::Output("No objects found.\n\n".to_owned());
    }
    let mut text = format!("\n{CONTACT_HEADING}{RULE}");
    all.iter().for_each(|one| tree::contact(&mut text, one));
    let _ = write!(text, "\nObjects found: {}\n\n", all.len());
    Outcome::Output(text)
}

fn subscriptions(reply: SipReply) -> Outcome {
    let SipReply::Subscriptions(all) = reply else {
        return Outcome::Failed(String::new());
    };
    let mut text = "Endpoint: <Endpoint/Caller-ID.............................................>\n\
        Resource: <Resource.......................................................>\n \
        Call-id: <Call-id........................................................>\n\
        ===========================================================================\n\n"
        .to_owned();
    for SipSubscription {
        endpoint,
        call_id,
        caller,
        watched,
    } in &all
    {
        let resources: Vec<_> = watched.iter().map(|(what, _)| what.to_string()).collect();
        let resources = resources.join(",");
        let _ = write!(
            text,
            "Endpoint: {endpoint}/{caller}\nResource: {resources}\n Call-id: {call_id}\n\n"
        );
    }
    let _ = writeln!(text, "{} active subscriptions", all.len());
    Outcome::Output(text)
}

fn order(node: &Arc<Node>, query: SipQuery, done: String, failed: String) -> Outcome {
    if node.sip.ask(query) == SipReply::Done {
        Outcome::Output(done)
    } else {
        Outcome::Failed(failed)
    }
}

fn set_logger(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (tracing, told) = match arguments[..] {
        ["on"] => (Tracing::On, "PJSIP Logging enabled\n".to_owned()),
        ["off"] => (Tracing::Off, "PJSIP Logging disabled\n".to_owned()),
        ["host", host] => match host.parse() {
            Ok(address) => (
                Tracing::Host(address),
                format!("PJSIP Logging Enabled for host: {host}\n"),
            ),
            Err(_) => return Outcome::Failed(format!("{host} is no address\n")),
        },
        _ => return Outcome::Usage,
    };
    node.sip.trace(tracing);
    Outcome::Output(told)
}

fn ready<'a>(outcome: Outcome) -> Running<'a> {
    Box::pin(std::future::ready(outcome))
}

fn usage<'a>() -> Running<'a> {
    ready(Outcome::Usage)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth() -> SipObject {
        SipObject {
            kind: "auth",
            name: "bob".into(),
            fields: [
                ("Username", "bob"),
                ("Password", "secret"),
                ("AuthType", "userpass"),
            ]
            .map(|(name, value)| (name.into(), value.into()))
            .into(),
        }
    }

    #[test]
    fn an_object_is_shown_with_its_options_but_no_secrets() {
        let all = SipReply::Objects(vec![auth()]);
        let Outcome::Output(text) = show("", all, "bob", |text, one| tree::auth(text, "Auth", one))
        else {
            panic!("it is there")
        };
        let lines: Vec<_> = text.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "Auth:  bob/bob",
                "",
                " ParameterName : ParameterValue",
                " ==============================",
                " auth_type     : userpass",
                " password      : ********",
                " username      : bob",
                "",
            ]
        );
        let all = SipReply::Objects(vec![auth()]);
        assert!(matches!(
            show("", all, "eve", |_, _| {}),
            Outcome::Failed(_)
        ));
    }
}
