//! The parts of the node under the names of the reference server's modules, so that clients and
//! scripts that ask for those find them, and reload them one by one.

use dialplan::Known as _;
use switch::app::Vocabulary;

/// A part that is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// extensions.conf.
    Dialplan,
    /// cdr.conf and its kin.
    Cdr,
    /// cel.conf and its kin.
    Cel,
    /// manager.conf, users.conf, acl.conf.
    Manager,
    /// http.conf.
    Web,
    /// prometheus.conf.
    Metrics,
    /// pjsip.conf.
    Sip,
    /// rtp.conf.
    Media,
    /// musiconhold.conf.
    Music,
    /// indications.conf.
    Indications,
    /// features.conf.
    Features,
    /// logger.conf.
    Log,
    /// otel.conf.
    Traces,
    /// voicemail.conf, and users.conf again.
    Voicemail,
}

impl Part {
    /// All of them, in the order they are read: the switch takes from the others.
    pub(crate) const ALL: &[Self] = &[
        Self::Log,
        Self::Traces,
        Self::Media,
        Self::Music,
        Self::Indications,
        Self::Features,
        Self::Sip,
        Self::Manager,
        Self::Voicemail,
        Self::Web,
        Self::Metrics,
        Self::Cdr,
        Self::Cel,
        Self::Dialplan,
    ];
}

/// The names of what can be reloaded: modules, and parts that are no module there.
const PARTS: &[(&str, Part)] = &[
    ("pbx_config", Part::Dialplan),
    ("extensions", Part::Dialplan),
    ("cdr", Part::Cdr),
    ("cdr_csv", Part::Cdr),
    ("cdr_custom", Part::Cdr),
    ("cdr_manager", Part::Cdr),
    ("cdr_sqlite3_custom", Part::Cdr),
    ("cel", Part::Cel),
    ("cel_custom", Part::Cel),
    ("cel_manager", Part::Cel),
    ("cel_sqlite3_custom", Part::Cel),
    ("manager", Part::Manager),
    ("acl", Part::Manager),
    ("http", Part::Web),
    ("res_prometheus", Part::Metrics),
    ("res_pjsip", Part::Sip),
    ("chan_pjsip", Part::Sip),
    ("res_rtp_asterisk", Part::Media),
    ("rtp", Part::Media),
    ("res_musiconhold", Part::Music),
    ("indications", Part::Indications),
    ("features", Part::Features),
    ("logger", Part::Log),
    ("otel", Part::Traces),
    ("app_voicemail", Part::Voicemail),
];

/// Modules that are always there and have no configuration of their own.
const ALWAYS: &[&str] = &[
    "bridge_simple",
    "codec_alaw",
    "codec_ulaw",
    "format_wav",
    "res_pjsip_authenticator_digest",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_registrar",
    "res_pjsip_sdp_rtp",
    "res_pjsip_session",
];

/// Modules that are there if the dialplan has what they bring.
const BRINGING: &[(&str, Brings)] = &[
    (
        "app_celgenuserevent",
        Brings::Application("CELGenUserEvent"),
    ),
    ("app_agent_pool", Brings::Application("AgentLogin")),
    ("app_confbridge", Brings::Application("ConfBridge")),
    ("app_db", Brings::Application("DBdel")),
    ("app_dial", Brings::Application("Dial")),
    ("app_echo", Brings::Application("Echo")),
    ("app_exec", Brings::Application("Exec")),
    ("app_mixmonitor", Brings::Application("MixMonitor")),
    ("app_originate", Brings::Application("Originate")),
    ("app_milliwatt", Brings::Application("Milliwatt")),
    ("app_playback", Brings::Application("Playback")),
    ("app_playtones", Brings::Application("PlayTones")),
    ("app_queue", Brings::Application("Queue")),
    ("app_read", Brings::Application("Read")),
    ("app_record", Brings::Application("Record")),
    ("app_senddtmf", Brings::Application("SendDTMF")),
    ("app_sendtext", Brings::Application("SendText")),
    ("app_stack", Brings::Application("Gosub")),
    ("app_system", Brings::Application("System")),
    ("app_transfer", Brings::Application("Transfer")),
    ("app_userevent", Brings::Application("UserEvent")),
    ("app_verbose", Brings::Application("Verbose")),
    ("app_while", Brings::Application("While")),
    ("bridge_holding", Brings::Application("BridgeWait")),
    ("func_base64", Brings::Function("BASE64_ENCODE")),
    ("func_callerid", Brings::Function("CALLERID")),
    ("func_channel", Brings::Function("CHANNEL")),
    ("func_cut", Brings::Function("CUT")),
    ("func_db", Brings::Function("DB")),
    ("func_devstate", Brings::Function("DEVICE_STATE")),
    ("func_global", Brings::Function("GLOBAL")),
    ("func_groupcount", Brings::Function("GROUP")),
    ("func_logic", Brings::Function("IF")),
    ("func_math", Brings::Function("MATH")),
    ("func_md5", Brings::Function("MD5")),
    ("func_rand", Brings::Function("RAND")),
    ("func_sha1", Brings::Function("SHA1")),
    ("func_strings", Brings::Function("LEN")),
    ("func_talkdetect", Brings::Function("TALK_DETECT")),
    ("func_timeout", Brings::Function("TIMEOUT")),
    ("func_uri", Brings::Function("URIENCODE")),
    ("res_agi", Brings::Application("AGI")),
    ("res_parking", Brings::Application("Park")),
];

/// What a module brings to the dialplan.
#[derive(Clone, Copy, Debug)]
enum Brings {
    Application(&'static str),
    Function(&'static str),
}

impl Brings {
    fn is_there(self) -> bool {
        match self {
            Self::Application(name) => Vocabulary.application(name),
            Self::Function(name) => {
                Vocabulary.function(name) || dialplan::functions::find(name).is_some()
            }
        }
    }
}

/// What there is under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A part that is configured.
    Part(Part),
    /// One that has no configuration of its own.
    Fixed,
}

/// What there is under the name of a module; `.so` at its end does not count.
pub(crate) fn find(name: &str) -> Option<Found> {
    let name = name.strip_suffix(".so").unwrap_or(name);
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    if let Some((_, part)) = PARTS.iter().find(|(known, _)| is(known)) {
        return Some(Found::Part(*part));
    }
    let brought = BRINGING.iter().find(|(known, _)| is(known));
    let there = ALWAYS.iter().any(|known| is(known))
        || brought.is_some_and(|(_, brings)| brings.is_there());
    there.then_some(Found::Fixed)
}

/// The modules there are, by name.
pub(crate) fn modules() -> Vec<&'static str> {
    let parts = PARTS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| name.contains('_'));
    let brought = BRINGING
        .iter()
        .filter(|(_, brings)| brings.is_there())
        .map(|(name, _)| *name);
    let mut all: Vec<_> = parts.chain(ALWAYS.iter().copied()).chain(brought).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_the_names_of_modules() {
        assert_eq!(find("res_pjsip.so"), Some(Found::Part(Part::Sip)));
        assert_eq!(find("Manager"), Some(Found::Part(Part::Manager)));
        assert_eq!(find("app_dial.so"), Some(Found::Fixed));
        assert_eq!(find("nosuch"), None);
    }

    #[test]
    fn every_module_listed_is_found() {
        assert!(modules().iter().all(|name| find(name).is_some()));
        assert!(modules().is_sorted());
    }
}
