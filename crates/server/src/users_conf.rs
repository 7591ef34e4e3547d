//! users.conf: one entry a person, as the reference's graphical front ends write it.
//!
//! Each entry is, where it says so, a phone (`hassip`), a mailbox (`hasvoicemail`) and a manager
//! account (`hasmanager`); what it does not say stands in [general]. Here it becomes the sections
//! that pjsip.conf and voicemail.conf would have for it, so that there is one way to read them.
//! Accounts are read by the manager itself.

use conf::{Config, Entry, Place, Section};

/// Options that have the same name and meaning in an endpoint.
const ENDPOINT: &[(&str, &str)] = &[
    ("context", "context"),
    ("disallow", "disallow"),
    ("allow", "allow"),
    ("language", "language"),
    ("accountcode", "accountcode"),
    ("mohsuggest", "moh_suggest"),
    ("musicclass", "moh_suggest"),
    ("setvar", "set_var"),
    ("fromuser", "from_user"),
    ("fromdomain", "from_domain"),
    ("call-limit", "device_state_busy_at"),
];

/// The endpoints, addresses of record, passwords and registrations of those who have a phone.
pub(crate) fn phones(users: &Config) -> Vec<Section> {
    let people = people(users).filter(|person| person.is("hassip") || person.is("haspjsip"));
    people.flat_map(|person| person.phone()).collect()
}

/// The mailboxes of those who have one, in the context that the phone's `mailbox` names or in
/// `default`.
pub(crate) fn mailboxes(users: &Config) -> Vec<Section> {
    let people = people(users).filter(|person| person.is("hasvoicemail"));
    let mailboxes = people.map(|person| {
        let (number, context) = person.mailbox();
        let mut section = person.section(context, &[]);
        let fields = ["vmsecret", "fullname", "email", "pager"]
            .map(|key| person.value(key).unwrap_or_default());
        let options = ["attach", "delete", "tz", "language"]
            .iter()
            .filter_map(|key| {
                let value = person.own(key)?;
                Some(format!("{key}={value}"))
            });
        let options = options.collect::<Vec<_>>().join("|");
        let value = format!("{},{options}", fields.join(","));
        section
            .entries
            .push(person.entry(number, value.trim_end_matches(',')));
        section
    });
    mailboxes.collect()
}

fn people(users: &Config) -> impl Iterator<Item = Person<'_>> {
    let general = users.section("general");
    let sections = users
        .concrete()
        .filter(|section| !section.name.eq_ignore_ascii_case("general"));
    sections.map(move |own| Person { own, general })
}

/// An entry, with what holds for all.
struct Person<'a> {
    own: &'a Section,
    general: Option<&'a Section>,
}

impl<'a> Person<'a> {
    fn own(&self, key: &str) -> Option<&'a str> {
        self.own.last(key).filter(|value| !value.is_empty())
    }

    fn value(&self, key: &str) -> Option<&'a str> {
        let of_all = || {
            self.general
                .and_then(|general| general.last(key))
                .filter(|value| !value.is_empty())
        };
        self.own(key).or_else(of_all)
    }

    fn is(&self, key: &str) -> bool {
        let own = self.own.flag(key);
        own.or_else(|| self.general.and_then(|general| general.flag(key)))
            .unwrap_or(false)
    }

    fn name(&self) -> &'a str {
        &self.own.name
    }

    /// Number and context of the mailbox.
    fn mailbox(&self) -> (&'a str, &'a str) {
        let named = self.own("mailbox").unwrap_or(self.name());
        let first = named.split(',').next().unwrap_or(named);
        first.split_once('@').unwrap_or((first, "default"))
    }

    fn phone(&self) -> Vec<Section> {
        let name = self.name();
        let host = self
            .value("host")
            .filter(|host| !host.eq_ignore_ascii_case("dynamic"));
        let mut sections = vec![self.endpoint(host.is_some())];
        let user = self
            .own("username")
            .or(self.own("defaultuser"))
            .unwrap_or(name);
        if let Some(secret) = self.value("secret") {
            let auth = [
                ("type", "auth"),
                ("auth_type", "userpass"),
                ("username", user),
                ("password", secret),
            ];
            sections.push(self.section(name, &auth));
        }
        let contact = host.map(|host| match self.own("port") {
            Some(port) => format!("sip:{host}:{port}"),
            None => format!("sip:{host}"),
        });
        sections.push(match &contact {
            Some(contact) => self.section(name, &[("type", "aor"), ("contact", contact)]),
            None => self.section(
                name,
                &[
                    ("type", "aor"),
                    ("max_contacts", "1"),
                    ("remove_existing", "yes"),
                ],
            ),
        });
        if let Some(host) = host
            && self.is("registersip")
        {
            let (server, client) = (format!("sip:{host}"), format!("sip:{user}@{host}"));
            let registration = [
                ("type", "registration"),
                ("server_uri", server.as_str()),
                ("client_uri", client.as_str()),
                ("contact_user", user),
                ("outbound_auth", name),
            ];
            sections.push(self.section(name, &registration));
        }
        sections
    }

    fn endpoint(&self, trunk: bool) -> Section {
        let name = self.name();
        let mut section = self.section(name, &[("type", "endpoint"), ("aors", name)]);
        let mut add = |key: &str, value: &str| section.entries.push(self.entry(key, value));
        if self.value("secret").is_some() {
            // We ask phones for their passwords; providers ask us for ours.
            add(if trunk { "outbound_auth" } else { "auth" }, name);
        }
        for (key, option) in ENDPOINT {
            if let Some(value) = self.value(key) {
                add(option, value);
            }
        }
        let number = self
            .own("cid_number")
            .unwrap_or(if trunk { "" } else { name });
        let caller = match (self.own("callerid"), self.own("fullname")) {
            (Some(caller), _) => caller.to_owned(),
            (None, Some(full)) => format!("\"{full}\" <{number}>"),
            (None, None) if number.is_empty() => String::new(),
            (None, None) => format!("<{number}>"),
        };
        if !(caller.is_empty() || trunk && self.own("callerid").is_none()) {
            add("callerid", &caller);
        }
        if self.is("hasvoicemail") {
            let (number, context) = self.mailbox();
            add("mailboxes", &format!("{number}@{context}"));
        }
        if let Some(mode) = self.value("dtmfmode") {
            add(
                "dtmf_mode",
                if mode.eq_ignore_ascii_case("rfc2833") {
                    "rfc4733"
                } else {
                    mode
                },
            );
        }
        if self.is("nat")
            || self
                .value("nat")
                .is_some_and(|nat| nat.contains("rport") || nat.contains("comedia"))
        {
            for option in ["force_rport", "rewrite_contact", "rtp_symmetric"] {
                add(option, "yes");
            }
        }
        section
    }

    fn section(&self, name: &str, entries: &[(&str, &str)]) -> Section {
        Section {
            name: name.to_owned(),
            template: false,
            inherits: Vec::new(),
            entries: entries
                .iter()
                .map(|(key, value)| self.entry(key, value))
                .collect(),
            at: self.at(),
            reopened: Vec::new(),
        }
    }

    fn entry(&self, key: &str, value: &str) -> Entry {
        Entry {
            key: key.to_owned(),
            value: value.to_owned(),
            object: false,
            inherited: false,
            at: self.at(),
            parts: Vec::new(),
        }
    }

    fn at(&self) -> Place {
        self.own.at.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a front end writes it.
    const FILE: &str = "[general]\nfullname = New User\nuserbase = 6000\nhasvoicemail = yes\nhassip = yes\nhost = dynamic\n\
        context = internal\nvmsecret = 1234\n\n[6001]\nfullname = Alice Lab\nsecret = top\nemail = alice@lab.test\n\
        cid_number = 6001\nhasmanager = no\ncallwaiting = yes\ndisallow = all\nallow = ulaw,alaw\nnat = yes\n\
        dtmfmode = rfc2833\n\n[6002]\nhassip = no\nhasvoicemail = no\nhasmanager = yes\nsecret = x\n\n\
        [trunk_1]\ntrunkname = provider\nhasvoicemail = no\nhost = sip.example.net\nusername = acme\nsecret = y\nregistersip = yes\n";

    fn users() -> Config {
        conf::load(
            &conf::Memory::default().with("users.conf", FILE),
            "users.conf",
        )
        .unwrap()
    }

    fn entries(section: &Section) -> Vec<String> {
        section
            .entries
            .iter()
            .map(|entry| format!("{}={}", entry.key, entry.value))
            .collect()
    }

    #[test]
    fn a_phone_is_an_endpoint_a_password_and_an_address() {
        let phones = phones(&users());
        let names: Vec<_> = phones.iter().map(|section| section.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "6001", "6001", "6001", "trunk_1", "trunk_1", "trunk_1", "trunk_1"
            ]
        );
        assert_eq!(
            entries(&phones[0]),
            [
                "type=endpoint",
                "aors=6001",
                "auth=6001",
                "context=internal",
                "disallow=all",
                "allow=ulaw,alaw",
                "callerid=\"Alice Lab\" <6001>",
                "mailboxes=6001@default",
                "dtmf_mode=rfc4733",
                "force_rport=yes",
                "rewrite_contact=yes",
                "rtp_symmetric=yes",
            ]
        );
        assert_eq!(
            entries(&phones[1]),
            [
                "type=auth",
                "auth_type=userpass",
                "username=6001",
                "password=top"
            ]
        );
        assert_eq!(
            entries(&phones[2]),
            ["type=aor", "max_contacts=1", "remove_existing=yes"]
        );
        assert_eq!(
            entries(&phones[3]),
            [
                "type=endpoint",
                "aors=trunk_1",
                "outbound_auth=trunk_1",
                "context=internal"
            ]
        );
        assert_eq!(
            entries(&phones[5]),
            ["type=aor", "contact=sip:sip.example.net"]
        );
        assert_eq!(
            entries(&phones[6])[2],
            "client_uri=sip:acme@sip.example.net"
        );
        // And SIP finds them in order.
        let mut config = Config {
            sections: phones,
            ..Config::default()
        };
        config.sections.retain(|section| section.name == "6001");
        let mut diagnostics = Vec::new();
        let settings = sip::Settings::read(&config, &mut diagnostics);
        assert_eq!(settings.endpoints().len(), 1, "{diagnostics:?}");
    }

    #[test]
    fn a_mailbox_is_a_line_of_voicemail_conf() {
        let mailboxes = mailboxes(&users());
        assert_eq!(mailboxes.len(), 1);
        assert_eq!(mailboxes[0].name, "default");
        assert_eq!(
            entries(&mailboxes[0]),
            ["6001=1234,Alice Lab,alice@lab.test"]
        );
    }
}
