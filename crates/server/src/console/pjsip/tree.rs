//! Objects of pjsip.conf as lines: an endpoint with all that belongs to it, or the objects of a kind.

use model::{ChannelSnapshot, Contact, SipEndpoint, SipObject};
use std::fmt::Write as _;

/// What the lines of an endpoint are.
pub(super) const ENDPOINT_HEADING: &str = "
 Endpoint:  <Endpoint/CID.....................................>  <State.....>  <Channels.>
    I/OAuth:  <AuthId/UserName...........................................................>
        Aor:  <Aor............................................>  <MaxContact>
      Contact:  <Aor/ContactUri..........................> <Hash....> <Status> <RTT(ms)..>
  Transport:  <TransportId........>  <Type>  <cos>  <tos>  <BindAddress..................>
   Identify:  <Identify/Endpoint.........................................................>
        Match:  <criteria.........................>
    Channel:  <ChannelId......................................>  <State.....>  <Time.....>
        Exten: <DialedExten...........>  CLCID: <ConnectedLineCID.......>
";
pub(super) const CONTACT_HEADING: &str =
    "  Contact:  <Aor/ContactUri..............................> <Hash....> <Status> <RTT(ms)..>\n";
pub(super) const RULE: &str = "==========================================================================================\n\n";

/// An endpoint, what belongs to it, and its channels.
pub(super) fn endpoint(text: &mut String, all: &SipEndpoint, channels: &[&ChannelSnapshot]) {
    let own = &all.endpoint;
    let state = match (all.contacts.is_empty(), channels.len()) {
        (true, 0) => "Unavailable",
        (false, 0) => "Not in use",
        (_, _) => "In use",
    };
    let number = own.field("Callerid").rsplit_once('<');
    let number = number.and_then(|(_, number)| number.trim_end().strip_suffix('>'));
    let name = match number {
        Some(number) => format!("{}/{number}", own.name),
        None => own.name.to_string(),
    };
    let most = match own.field("DeviceStateBusyAt") {
        "" | "0" => "inf",
        calls => calls,
    };
    let in_use = channels.len();
    line(
        text,
        format_args!(" Endpoint:  {name:<50.50}  {state:<12.12}  {in_use} of {most}"),
    );
    for one in &all.auths {
        auth(text, "     InAuth", one);
    }
    for one in &all.aors {
        aor(text, one);
        let contacts = all.contacts.iter();
        for one in contacts.filter(|contact| contact.aor == one.name) {
            text.push_str("    ");
            contact(text, one);
        }
    }
    all.transports.iter().for_each(|one| transport(text, one));
    all.identifies.iter().for_each(|one| identify(text, one));
    channels.iter().for_each(|one| channel(text, one));
    text.push('\n');
}

pub(super) fn auth(text: &mut String, label: &str, auth: &SipObject) {
    let user = auth.field("Username");
    line(text, format_args!("{label}:  {}/{user}", auth.name));
}

pub(super) fn aor(text: &mut String, aor: &SipObject) {
    let most = aor.field("MaxContacts");
    line(
        text,
        format_args!("        Aor:  {:<50.50}  {most}", aor.name),
    );
}

pub(super) fn contact(text: &mut String, contact: &Contact) {
    let place = format!("{}/{}", contact.aor, contact.uri);
    let hash = contact.id.rsplit_once('@');
    let hash = hash.map_or(&*contact.id, |(_, hash)| hash);
    let status = contact.state.short();
    let round_trip = contact.round_trip.map_or("nan".to_owned(), |time| {
        format!("{:.3}", time.as_secs_f64() * 1000.0)
    });
    let _ = writeln!(
        text,
        "  Contact:  {place:<46.46} {hash:<10.10} {status:<8.8} {round_trip:>11.11}"
    );
}

pub(super) fn transport(text: &mut String, transport: &SipObject) {
    let [kind, cos, tos, bind] =
        ["Protocol", "Cos", "Tos", "Bind"].map(|name| transport.field(name));
    line(
        text,
        format_args!(
            "  Transport:  {:<21.21}  {kind:>6.6}  {cos:>5.5}  {tos:>5.5}  {bind}",
            transport.name
        ),
    );
}

pub(super) fn identify(text: &mut String, identify: &SipObject) {
    let endpoint = identify.field("Endpoint");
    line(
        text,
        format_args!("   Identify:  {}/{endpoint}", identify.name),
    );
    for criterion in ["Match", "MatchHeader"].map(|name| identify.field(name)) {
        if !criterion.is_empty() {
            line(text, format_args!("        Match:  {criterion}"));
        }
    }
}

fn channel(text: &mut String, channel: &ChannelSnapshot) {
    let age = jiff::Timestamp::now()
        .duration_since(channel.created)
        .as_secs();
    let (hours, minutes, seconds) = (age / 3_600, age / 60 % 60, age % 60);
    let place = match &*channel.application {
        "" => channel.name.to_string(),
        application => format!("{}/{application}", channel.name),
    };
    let state = channel.state.text();
    line(
        text,
        format_args!(
            "    Channel:  {place:<50.50}  {state:<12.12}  {hours:02}:{minutes:02}:{seconds:02}"
        ),
    );
    let connected = &channel.connected;
    let connected =
        [&connected.name, &connected.number].map(|text| text.as_deref().unwrap_or_default());
    let [name, number] = connected;
    line(
        text,
        format_args!(
            "        Exten: {:<24.24}  CLCID: \"{name}\" <{number}>",
            channel.exten
        ),
    );
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::ContactState;
    use std::time::Duration;

    fn bob() -> Contact {
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
            prune_on_boot: false,
            expires: jiff::Timestamp::UNIX_EPOCH,
            qualify_frequency: Duration::ZERO,
            qualify_timeout: Duration::ZERO,
            state: ContactState::NonQualified,
            round_trip: None,
        }
    }

    fn object(name: &str, fields: &[(&str, &str)]) -> SipObject {
        let fields = fields
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        SipObject {
            kind: "",
            name: name.into(),
            fields: fields.collect(),
        }
    }

    #[test]
    fn a_contact_is_told_in_columns() {
        let mut told = String::new();
        contact(&mut told, &bob());
        assert_eq!(
            told,
            "  Contact:  bob/sip:bob@127.0.0.1:5062                     1c4c6cb1b3 NonQual          nan\n"
        );
        assert!(CONTACT_HEADING.len() == told.len(), "{told}");
    }

    #[test]
    fn an_endpoint_is_told_with_what_belongs_to_it() {
        let mut all = SipEndpoint {
            endpoint: object("bob", &[("Callerid", "Bob <102>")]),
            auths: vec![object("bob-auth", &[("Username", "bob")])],
            aors: vec![object("bob", &[("MaxContacts", "2")])],
            identifies: vec![object(
                "trunk",
                &[("Endpoint", "bob"), ("Match", "192.0.2.0/24")],
            )],
            ..SipEndpoint::default()
        };
        let mut text = String::new();
        endpoint(&mut text, &all, &[]);
        all.contacts.push(bob());
        endpoint(&mut text, &all, &[]);
        let lines: Vec<_> = text.lines().map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                " Endpoint:  bob/102                                             Unavailable   0 of inf",
                "     InAuth:  bob-auth/bob",
                "        Aor:  bob                                                 2",
                "   Identify:  trunk/bob",
                "        Match:  192.0.2.0/24",
                "",
                " Endpoint:  bob/102                                             Not in use    0 of inf",
                "     InAuth:  bob-auth/bob",
                "        Aor:  bob                                                 2",
                "      Contact:  bob/sip:bob@127.0.0.1:5062                     1c4c6cb1b3 NonQual          nan",
                "   Identify:  trunk/bob",
                "        Match:  192.0.2.0/24",
                "",
            ]
        );
    }
}
