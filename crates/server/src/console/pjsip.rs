//! `pjsip …`: endpoints, their contacts, the log of messages.

use super::{Command, Outcome};
use crate::node::Node;
use model::{Command as Order, Contact, Endpoint, Reply};
use sip::Tracing;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[
    Command {
        words: "pjsip show endpoints",
        synopsis: "Show PJSIP Endpoints",
        usage: "Usage: pjsip show endpoints\n       Lists the endpoints, each with its contacts.\n",
        run: |node, _| Box::pin(endpoints(node)),
    },
    Command {
        words: "pjsip show contacts",
        synopsis: "Show PJSIP Contacts",
        usage: "Usage: pjsip show contacts\n       Lists the contacts, configured and registered.\n",
        run: |node, _| Box::pin(async { contacts(&node.sip.contacts()) }),
    },
    Command {
        words: "pjsip set logger",
        synopsis: "Enable/Disable PJSIP Logger Output",
        usage: "Usage: pjsip set logger {on|off|host <address>}\n       Writes every SIP message, or those of one host, to the log.\n",
        run: |node, arguments| Box::pin(async { set_logger(node, arguments) }),
    },
];

const ENDPOINT_HEADING: &str = "
 Endpoint:  <Endpoint/CID.....................................>  <State.....>  <Channels.>
";
const CONTACT_HEADING: &str =
    "  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>\n";
const RULE: &str = "==========================================================================================\n\n";

async fn endpoints(node: &Arc<Node>) -> Outcome {
    let Reply::Channels(channels) = node.ask(Order::Channels).await else {
        return Outcome::Failed(String::new());
    };
    let configured = node.configured();
    let all = &configured.configuration.switch.endpoints;
    let contacts = node.sip.contacts();
    let mut text = format!("{ENDPOINT_HEADING}    {CONTACT_HEADING}{RULE}");
    for endpoint in all.values() {
        let begins = format!("PJSIP/{}-", endpoint.name);
        let in_use = channels
            .iter()
            .filter(|channel| channel.name.starts_with(&begins))
            .count();
        let own: Vec<_> = contacts
            .iter()
            .filter(|contact| contact.endpoint == endpoint.name)
            .collect();
        describe(&mut text, endpoint, in_use, &own);
    }
    let _ = write!(text, "\nObjects found: {}\n\n", all.len());
    Outcome::Output(text)
}

fn describe(text: &mut String, endpoint: &Endpoint, in_use: usize, contacts: &[&Contact]) {
    let state = match (contacts.is_empty(), in_use) {
        (true, 0) => "Unavailable",
        (false, 0) => "Not in use",
        (_, _) => "In use",
    };
    let caller = endpoint
        .caller
        .as_ref()
        .and_then(|caller| caller.number.as_deref());
    let name = match caller {
        Some(number) => format!("{}/{number}", endpoint.name),
        None => endpoint.name.to_string(),
    };
    let most = match endpoint.busy_at {
        0 => "inf".to_owned(),
        calls => calls.to_string(),
    };
    let _ = writeln!(
        text,
        " Endpoint:  {name:<50.50}  {state:<12.12}  {in_use} of {most}"
    );
    for contact in contacts {
        let _ = write!(text, "    {}", line(contact));
    }
    text.push('\n');
}

fn contacts(all: &[Contact]) -> Outcome {
    if all.is_empty() {
        return Outcome::Output("No objects found.\n\n".to_owned());
    }
    let lines: String = all.iter().map(line).collect();
    Outcome::Output(format!(
        "\n{CONTACT_HEADING}{RULE}{lines}\nObjects found: {}\n\n",
        all.len()
    ))
}

fn line(contact: &Contact) -> String {
    let place = format!("{}/{}", contact.aor, contact.uri);
    let hash = contact
        .id
        .rsplit_once('@')
        .map_or(&*contact.id, |(_, hash)| hash);
    let status = contact.state.short();
    let round_trip = contact.round_trip.map_or("nan".to_owned(), |time| {
        format!("{:.3}", time.as_secs_f64() * 1000.0)
    });
    format!("  Contact:  {place:<46.46} {hash:<10.10} {status:<8.8} {round_trip:>11.11}\n")
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::ContactState;
    use std::time::Duration;

    fn contact() -> Contact {
        Contact {
            id: "bob;@1c4c6cb1b3f0".into(),
            aor: "bob".into(),
            endpoint: "bob".into(),
            uri: "sip:bob@127.0.0.1:5062".into(),
            user_agent: "".into(),
            call_id: "".into(),
            via_host: "".into(),
            via_port: 0,
            path: "".into(),
            expires: jiff::Timestamp::UNIX_EPOCH,
            qualify_frequency: Duration::ZERO,
            qualify_timeout: Duration::ZERO,
            state: ContactState::NonQualified,
            round_trip: None,
        }
    }

    #[test]
    fn a_contact_is_told_in_columns() {
        let told = line(&contact());
        assert_eq!(
            told,
            "  Contact:  bob/sip:bob@127.0.0.1:5062                     1c4c6cb1b3 NonQual          nan\n"
        );
        assert!(CONTACT_HEADING.len() == told.len(), "{told}");
    }

    #[test]
    fn an_endpoint_tells_whether_it_can_be_called() {
        let endpoint = Endpoint {
            name: "bob".into(),
            ..Endpoint::default()
        };
        let mut text = String::new();
        describe(&mut text, &endpoint, 0, &[]);
        describe(&mut text, &endpoint, 0, &[&contact()]);
        describe(&mut text, &endpoint, 2, &[&contact()]);
        let states: Vec<_> = text
            .lines()
            .filter(|line| line.starts_with(" Endpoint"))
            .map(|line| line[64..].trim().to_owned())
            .collect();
        assert_eq!(
            states,
            [
                "Unavailable   0 of inf",
                "Not in use    0 of inf",
                "In use        2 of inf"
            ]
        );
    }
}
