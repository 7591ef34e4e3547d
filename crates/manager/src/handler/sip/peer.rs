//! An endpoint as the peer of release 1.8 that it would have been.
//!
//! A peer had one address and one password. Of several contacts the first that answers is told. What
//! we cannot do (video, T.38, lists of addresses, sound sent past us) is told as not done.

use super::TECHNOLOGY;
use crate::uri;
use ami::Message;
use jiff::Timestamp;
use model::{Contact, ContactState, Groups, Party, SipEndpoint, SipObject};
use std::time::Duration;

/// The formats with the bits they had.
const FORMATS: &[(&str, u32)] = &[("ulaw", 0x4), ("alaw", 0x8)];

pub(super) struct Peer<'a> {
    whole: &'a SipEndpoint,
    contact: Option<&'a Contact>,
}

impl<'a> Peer<'a> {
    pub(super) fn of(whole: &'a SipEndpoint) -> Self {
        let silent = |contact: &&Contact| contact.state == ContactState::Unreachable;
        let contact = whole.contacts.iter().min_by_key(silent);
        Self { whole, contact }
    }

    /// The host and port where it is found.
    pub(super) fn address(&self) -> Option<(&'a str, u16)> {
        uri::host_and_port(&self.contact?.uri)
    }

    /// Whether it registers.
    pub(super) fn is_dynamic(&self) -> bool {
        let mut aors = self.whole.aors.iter();
        aors.any(|aor| aor.field("MaxContacts") != "0")
    }

    pub(super) fn forces_rport(&self) -> bool {
        self.option("ForceRport") == "true"
    }

    /// Whether it answers when it is asked, and how fast.
    pub(super) fn status(&self) -> String {
        let Some(contact) = self.contact else {
            let asked = !self.qualify_frequency().is_zero();
            return if asked { "UNKNOWN" } else { "Unmonitored" }.to_owned();
        };
        if contact.qualify_frequency.is_zero() {
            return "Unmonitored".to_owned();
        }
        match (contact.state, contact.round_trip) {
            (ContactState::Unreachable, _) => "UNREACHABLE".to_owned(),
            (_, Some(time)) => format!("OK ({} ms)", time.as_millis().max(1)),
            (_, None) => "UNKNOWN".to_owned(),
        }
    }

    fn qualify_frequency(&self) -> Duration {
        let aors = self.whole.aors.iter();
        let seconds = aors.filter_map(|aor| aor.field("QualifyFrequency").parse().ok());
        Duration::from_secs(seconds.max().unwrap_or_default())
    }

    fn option(&self, name: &str) -> &'a str {
        self.whole.endpoint.field(name)
    }

    /// Everything, added to the answer.
    #[rustfmt::skip] // A table: the header, and what it tells.
    pub(super) fn details(&self, now: Timestamp, answer: Message) -> Message {
        let yes = |yes: bool| if yes { "Y" } else { "N" };
        let groups = |name| Groups { numbers: Groups::numbers(self.option(name)), names: Vec::new() }.numbers_text();
        let (host, port) = self.address().unwrap_or(("-none-", 0));
        let formats = self.formats();
        let mut all = answer
            .with("Channeltype", TECHNOLOGY)
            .with("ObjectName", &self.whole.endpoint.name)
            .with("ChanObjectType", "peer")
            .with("SecretExist", yes(self.has_secret(&["Password"])))
            .with("RemoteSecretExist", yes(!self.option("OutboundAuth").is_empty()))
            .with("MD5SecretExist", yes(self.has_secret(&["Md5Cred", "PasswordDigest"])))
            .with("Context", self.option("Context"));
        self.add(&mut all, "Subscribecontext", "SubscribeContext");
        all.header("Language", self.option("Language"));
        self.add(&mut all, "Accountcode", "Accountcode");
        all = all
            .with("AMAflags", "Unknown")
            .with("CID-CallingPres", presentation(self.option("CalleridPrivacy")));
        self.add(&mut all, "SIP-FromUser", "FromUser");
        self.add(&mut all, "SIP-FromDomain", "FromDomain");
        all.with("Callgroup", groups("CallGroup"))
            .with("Pickupgroup", groups("PickupGroup"))
            .with("MOHSuggest", self.option("MohSuggest"))
            .with("VoiceMailbox", self.option("Mailboxes"))
            .with("TransferMode", if self.option("AllowTransfer") == "true" { "open" } else { "closed" })
            .with("Call-limit", 0)
            .with("Busy-level", self.option("DeviceStateBusyAt"))
            .with("Dynamic", yes(self.is_dynamic()))
            .with("Callerid", self.caller())
            .with("RegExpire", format_args!("{} seconds", self.seconds_left(now)))
            .with("SIP-AuthInsecure", if self.whole.auths.is_empty() { "invite" } else { "no" })
            .with("SIP-Forcerport", yes(self.forces_rport()))
            .with("ACL", "N")
            .with("SIP-CanReinvite", "N")
            .with("SIP-DirectMedia", "N")
            .with("SIP-PromiscRedir", "N")
            .with("SIP-UserPhone", "N")
            .with("SIP-VideoSupport", "N")
            .with("SIP-TextSupport", "N")
            .with("SIP-T.38Support", "N")
            .with("SIP-Sess-Timers", "Refuse")
            .with("SIP-Encryption", "N")
            .with("SIP-DTMFmode", digits(self.option("DtmfMode")))
            .with("ToHost", self.host())
            .with("Address-IP", host)
            .with("Address-Port", port)
            .with("Default-addr-IP", "(null)")
            .with("Default-addr-port", 0)
            .with("Default-Username", self.user())
            .with("Codecs", format_args!("{:#x} ({})", bits(&formats), if formats.is_empty() { "nothing".to_owned() } else { formats.join("|") }))
            .with("CodecOrder", if formats.is_empty() { "none".to_owned() } else { formats.join(",") })
            .with("Status", self.status())
            .with("SIP-Useragent", self.contact.map_or("", |contact| &contact.user_agent))
            .with("Reg-Contact", self.contact.map_or("", |contact| &contact.uri))
            .with("QualifyFreq", format_args!("{} ms", self.qualify_frequency().as_millis()))
            .with("Parkinglot", "")
    }

    /// A header that is told only where the option is set.
    fn add(&self, message: &mut Message, header: &str, option: &str) {
        let value = self.option(option);
        if !value.is_empty() {
            message.header(header, value);
        }
    }

    fn has_secret(&self, options: &[&str]) -> bool {
        let set = |auth: &SipObject| options.iter().any(|name| !auth.field(name).is_empty());
        self.whole.auths.iter().any(set)
    }

    /// Who it says it is.
    fn user(&self) -> &'a str {
        let mut users = self.whole.auths.iter().map(|auth| auth.field("Username"));
        let named = users.find(|user| !user.is_empty());
        named.unwrap_or(&self.whole.endpoint.name)
    }

    fn caller(&self) -> String {
        let Party { number, name } = match self.option("Callerid") {
            "<unknown>" => Party::default(),
            text => Party::parse(text),
        };
        let (name, number) = (name.unwrap_or_default(), number.unwrap_or_default());
        format!("\"{name}\" <{number}>")
    }

    /// Seconds until its registration ends; -1 if there is none.
    fn seconds_left(&self, now: Timestamp) -> i64 {
        let registered = self
            .contact
            .filter(|contact| contact.expires != Timestamp::MAX);
        registered.map_or(-1, |contact| {
            contact.expires.duration_since(now).as_secs().max(0)
        })
    }

    /// The host it is configured to be at; empty if it registers.
    fn host(&self) -> &'a str {
        let configured = self
            .contact
            .filter(|contact| contact.expires == Timestamp::MAX);
        let found = configured.and_then(|contact| uri::host_and_port(&contact.uri));
        found.map_or("", |(host, _)| host)
    }

    fn formats(&self) -> Vec<&'a str> {
        let all = self.option("Allow").trim_matches(['(', ')']).split('|');
        let known = |name: &&str| FORMATS.iter().any(|(known, _)| known == name);
        all.filter(known).collect()
    }
}

fn bits(formats: &[&str]) -> u32 {
    let of_named = FORMATS.iter().filter(|(name, _)| formats.contains(name));
    of_named.fold(0, |all, (_, bit)| all | bit)
}

/// How keys travel, in the words of then.
fn digits(mode: &str) -> &str {
    match mode {
        "rfc4733" => "rfc2833",
        "auto_info" => "auto",
        other => other,
    }
}

/// Whether a caller id may be shown, in words.
fn presentation(option: &str) -> &'static str {
    match option {
        "allowed_passed_screen" => "Presentation Allowed, Passed Screen",
        "allowed_failed_screen" => "Presentation Allowed, Failed Screen",
        "allowed" => "Presentation Allowed, Network Number",
        "prohib_not_screened" => "Presentation Prohibited, Not Screened",
        "prohib_passed_screen" => "Presentation Prohibited, Passed Screen",
        "prohib_failed_screen" => "Presentation Prohibited, Failed Screen",
        "prohib" => "Presentation Prohibited, Network Number",
        "unavailable" => "Number Unavailable",
        _ => "Presentation Allowed, Not Screened",
    }
}
