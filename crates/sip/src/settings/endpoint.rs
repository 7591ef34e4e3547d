//! `type = endpoint`: a phone or a trunk, as calls see it.

use super::kind::tell_unused;
use conf::{Diagnostic, Entry, List, Section, Settings as _};
use media::Format;
use model::Groups;
use std::sync::Arc;

/// What is known and not built. `direct_media` and its kin would let phones send sound to each
/// other; sound always goes through us.
const NOT_BUILT: &[&str] = &[
    "100rel",
    "aggregate_mwi",
    "allow_overlap",
    "allow_unauthenticated_options",
    "asymmetric_rtp_codec",
    "bind_rtp_to_media_address",
    "bundle",
    "codec_prefs_incoming_answer",
    "codec_prefs_incoming_offer",
    "codec_prefs_outgoing_answer",
    "codec_prefs_outgoing_offer",
    "connected_line_method",
    "contact_acl",
    "contact_deny",
    "contact_permit",
    "acl",
    "deny",
    "permit",
    "cos_audio",
    "cos_video",
    "direct_media_glare_mitigation",
    "direct_media_method",
    "disable_direct_media_on_nat",
    "dtls_auto_generate_cert",
    "dtls_ca_file",
    "dtls_ca_path",
    "dtls_cert_file",
    "dtls_cipher",
    "dtls_fingerprint",
    "dtls_private_key",
    "dtls_rekey",
    "dtls_setup",
    "dtls_verify",
    "fax_detect",
    "fax_detect_timeout",
    "follow_early_media_fork",
    "accept_multiple_sdp_answers",
    "follow_redirect_methods",
    "force_avp",
    "g726_non_standard",
    "geoloc_incoming_call_profile",
    "geoloc_outgoing_call_profile",
    "ignore_183_without_sdp",
    "incoming_call_offer_pref",
    "incoming_mwi_mailbox",
    "max_audio_streams",
    "max_video_streams",
    "media_encryption",
    "media_encryption_optimistic",
    "media_use_received_transport",
    "moh_passthrough",
    "mwi_from_user",
    "mwi_subscribe_replaces_unsolicited",
    "notify_early_inuse_ringing",
    "one_touch_recording",
    "outgoing_call_offer_pref",
    "overlap_context",
    "preferred_codec_only",
    "record_off_feature",
    "record_on_feature",
    "redirect_method",
    "refer_blind_progress",
    "rpid_immediate",
    "rtcp_mux",
    "rtp_engine",
    "rtp_ipv6",
    "rtp_keepalive",
    "rtp_timeout",
    "rtp_timeout_hold",
    "sdp_owner",
    "sdp_session",
    "security_mechanisms",
    "security_negotiation",
    "send_aoc",
    "send_diversion",
    "send_history_info",
    "srtp_tag_32",
    "stir_shaken",
    "stir_shaken_profile",
    "sub_min_expiry",
    "suppress_moh_on_sendonly",
    "suppress_q850_reason_headers",
    "t38_bind_udptl_to_media_address",
    "t38_udptl",
    "t38_udptl_ec",
    "t38_udptl_ipv6",
    "t38_udptl_maxdatagram",
    "t38_udptl_nat",
    "tenantid",
    "timers",
    "timers_min_se",
    "timers_sess_expires",
    "tos_audio",
    "tos_video",
    "use_avpf",
    "use_ptime",
    "user_eq_phone",
    "voicemail_extension",
    "webrtc",
    "outbound_proxy",
];

/// How keys travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum DtmfMode {
    /// As RTP events.
    #[default]
    Rfc4733,
    /// As INFO requests.
    Info,
    /// As RTP events if the far end takes them, else as INFO requests.
    AutoInfo,
    /// Not at all.
    None,
}

impl std::str::FromStr for DtmfMode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "rfc4733" | "auto" => Ok(Self::Rfc4733),
            "info" => Ok(Self::Info),
            "auto_info" => Ok(Self::AutoInfo),
            "none" => Ok(Self::None),
            _ => Err(()),
        }
    }
}

conf::value_from_str!(DtmfMode => "rfc4733, info, auto, auto_info or none");

/// A phone or a trunk.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// Where its calls enter the dialplan.
    #[setting(default = "default")]
    context: String,
    /// Formats of sound, in the order we like them, or those taken away; `all` is every one.
    #[setting(entries, name = "allow", alias = "disallow")]
    formats: Vec<Entry>,
    /// The auth objects whose passwords it must know; without any none is asked for.
    auth: List<String>,
    /// The auth objects with whose passwords we answer its challenges.
    outbound_auth: List<String>,
    /// The addresses of record where it is found.
    aors: List<String>,
    /// The caller id of its calls: `"Name" <number>`.
    callerid: String,
    /// Whether the caller id of its calls may be shown.
    callerid_privacy: String,
    /// A tag of the caller id of its calls, for the dialplan.
    callerid_tag: String,
    /// The groups, by number, that its calls ring in.
    call_group: String,
    /// The groups, by number, whose calls it may take.
    pickup_group: String,
    /// The groups, by name, that its calls ring in.
    named_call_group: String,
    /// The groups, by name, whose calls it may take.
    named_pickup_group: String,
    /// The country of indications.conf whose tones it hears.
    tone_zone: String,
    /// Language of prompts.
    language: String,
    /// Account code of its calls.
    accountcode: String,
    /// Calls at which it counts as busy; 0 is never.
    device_state_busy_at: u32,
    /// Variables of its channels: `NAME=value`.
    set_var: Vec<String>,
    /// Whether it may be sent sound by others than us; accepted, sound always goes through us.
    #[setting(default = "yes")]
    direct_media: bool,
    /// Whether sound is sent to where its own comes from.
    rtp_symmetric: bool,
    /// Whether answers go to where requests come from; accepted, they always do.
    #[setting(default = "yes")]
    force_rport: bool,
    /// Whether it is found where its REGISTER and its messages came from, whatever they say.
    rewrite_contact: bool,
    /// How keys travel.
    dtmf_mode: DtmfMode,
    /// The user part of our address in its calls.
    from_user: String,
    /// The host of our address in its calls.
    from_domain: String,
    /// How its requests may be told to be its: `username`, `ip`, `header`, `auth_username`.
    #[setting(default = "username,ip")]
    identify_by: List<String>,
    /// The transport its calls take.
    transport: String,
    /// Whether it is believed who calls (P-Asserted-Identity).
    trust_id_inbound: bool,
    /// Whether it is told who calls though the caller wants to be private.
    trust_id_outbound: bool,
    /// Whether it is told who calls in P-Asserted-Identity.
    send_pai: bool,
    /// Whether it is told who calls in Remote-Party-ID.
    send_rpid: bool,
    /// Whether it is told when the other party of its call changes; see `send_pai`.
    #[setting(default = "yes")]
    send_connected_line: bool,
    /// Whether changes it tells of who it is are believed.
    #[setting(default = "yes")]
    trust_connected_line: bool,
    /// The address its sound is sent to, in SDP.
    media_address: String,
    /// Whether ringing is sent as sound rather than told.
    inband_progress: bool,
    /// Mailboxes whose messages it is told of.
    mailboxes: String,
    /// Music it hears on hold.
    #[setting(default = "default")]
    moh_suggest: String,
    /// Whether it may transfer calls.
    #[setting(default = "yes")]
    allow_transfer: bool,
    /// Whether it may subscribe to the states of extensions and mailboxes.
    #[setting(default = "yes")]
    allow_subscribe: bool,
    /// The context of the extensions it may subscribe to; its own `context` if empty.
    subscribe_context: String,
    /// The context its messages enter; its own `context` if empty.
    message_context: String,
    /// Whether ICE is offered; accepted, it never is.
    ice_support: bool,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// A phone or a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) name: Arc<str>,
    pub(crate) context: Arc<str>,
    pub(crate) formats: Vec<Format>,
    pub(crate) auths: Vec<Arc<str>>,
    pub(crate) outbound_auths: Vec<Arc<str>>,
    pub(crate) aors: Vec<Arc<str>>,
    pub(crate) caller: Option<model::Party>,
    pub(crate) presentation: Option<Arc<str>>,
    pub(crate) tag: Option<Arc<str>>,
    pub(crate) call_groups: Groups,
    pub(crate) pickup_groups: Groups,
    pub(crate) tone_zone: Option<Arc<str>>,
    pub(crate) language: Arc<str>,
    pub(crate) account: Arc<str>,
    pub(crate) busy_at: u32,
    pub(crate) variables: Vec<(Arc<str>, Arc<str>)>,
    pub(crate) rtp_symmetric: bool,
    pub(crate) rewrite_contact: bool,
    pub(crate) dtmf_mode: DtmfMode,
    pub(crate) from_user: Option<String>,
    pub(crate) from_domain: Option<String>,
    pub(crate) identify_by: Vec<String>,
    pub(crate) transport: Option<Arc<str>>,
    pub(crate) trust_id_inbound: bool,
    pub(crate) trust_id_outbound: bool,
    pub(crate) send_pai: bool,
    pub(crate) send_rpid: bool,
    pub(crate) trust_connected_line: bool,
    pub(crate) media_address: Option<std::net::IpAddr>,
    pub(crate) inband_progress: bool,
    pub(crate) mailboxes: Arc<str>,
    pub(crate) music: Arc<str>,
    pub(crate) allow_transfer: bool,
    pub(crate) allow_subscribe: bool,
    pub(crate) subscribe_context: Option<Arc<str>>,
    pub(crate) message_context: Arc<str>,
}

impl Endpoint {
    /// The endpoint for a call that shall talk in formats of these names, best first, as far as it
    /// may use them. If none of them can be, it talks in its own.
    pub(crate) fn speaking(self: &Arc<Self>, names: &[Arc<str>]) -> Arc<Self> {
        let named = names
            .iter()
            .filter_map(|name| formats_named(name))
            .flatten();
        let mut formats = Vec::new();
        for format in named.filter(|format| self.formats.contains(format)) {
            if !formats.contains(format) {
                formats.push(*format);
            }
        }
        if formats.is_empty() {
            if !names.is_empty() {
                tracing::warn!(endpoint = %self.name, ?names, "None of these formats can be used");
            }
            return Arc::clone(self);
        }
        Arc::new(Self {
            formats,
            ..Self::clone(self)
        })
    }

    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, NOT_BUILT, diagnostics);
        let caller = Some(written.callerid.as_str()).filter(|text| !text.is_empty());
        let variables = written
            .set_var
            .iter()
            .filter_map(|text| text.split_once('='));
        let context: Arc<str> = written.context.as_str().into();
        Self {
            name: section.name.as_str().into(),
            formats: formats(&written.formats, diagnostics),
            auths: names(written.auth),
            outbound_auths: names(written.outbound_auth),
            aors: names(written.aors),
            caller: caller.map(model::Party::parse),
            presentation: filled(written.callerid_privacy).map(Arc::from),
            tag: filled(written.callerid_tag).map(Arc::from),
            call_groups: groups(&written.call_group, &written.named_call_group),
            pickup_groups: groups(&written.pickup_group, &written.named_pickup_group),
            tone_zone: filled(written.tone_zone).map(Arc::from),
            language: Some(written.language)
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "en".to_owned())
                .into(),
            account: written.accountcode.into(),
            busy_at: written.device_state_busy_at,
            variables: variables
                .map(|(name, value)| (name.trim().into(), value.trim().into()))
                .collect(),
            rtp_symmetric: written.rtp_symmetric,
            rewrite_contact: written.rewrite_contact,
            dtmf_mode: written.dtmf_mode,
            from_user: filled(written.from_user),
            from_domain: filled(written.from_domain),
            identify_by: written.identify_by.0,
            transport: filled(written.transport).map(Arc::from),
            trust_id_inbound: written.trust_id_inbound,
            trust_id_outbound: written.trust_id_outbound,
            send_pai: written.send_pai,
            send_rpid: written.send_rpid,
            trust_connected_line: written.trust_connected_line,
            media_address: written.media_address.parse().ok(),
            inband_progress: written.inband_progress,
            mailboxes: written.mailboxes.into(),
            music: written.moh_suggest.into(),
            allow_transfer: written.allow_transfer,
            allow_subscribe: written.allow_subscribe,
            subscribe_context: filled(written.subscribe_context).map(Arc::from),
            message_context: filled(written.message_context)
                .map_or_else(|| Arc::clone(&context), Arc::from),
            context,
        }
    }

    pub(crate) fn to_model(&self) -> model::Endpoint {
        model::Endpoint {
            name: Arc::clone(&self.name),
            context: Arc::clone(&self.context),
            caller: self.caller.clone(),
            language: Arc::clone(&self.language),
            account: Arc::clone(&self.account),
            busy_at: self.busy_at,
            variables: self.variables.clone(),
            tone_zone: self.tone_zone.clone(),
            presentation: self.presentation.clone(),
            tag: self.tag.clone(),
            call_groups: self.call_groups.clone(),
            pickup_groups: self.pickup_groups.clone(),
        }
    }

    /// Whether its requests may be told by this means.
    pub(crate) fn is_identified_by(&self, means: &str) -> bool {
        self.identify_by
            .iter()
            .any(|own| own.eq_ignore_ascii_case(means))
    }
}

fn groups(numbers: &str, names: &str) -> Groups {
    Groups {
        numbers: Groups::numbers(numbers),
        names: Groups::names(names),
    }
}

fn filled(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn names(list: List<String>) -> Vec<Arc<str>> {
    list.0.into_iter().map(Arc::from).collect()
}

/// The formats of this name, if there are any.
fn formats_named(name: &str) -> Option<&'static [Format]> {
    Some(match name.to_ascii_lowercase().as_str() {
        "all" => &[Format::Ulaw, Format::Alaw],
        "ulaw" | "mulaw" | "pcmu" => &[Format::Ulaw],
        "alaw" | "pcma" => &[Format::Alaw],
        _ => return None,
    })
}

/// The formats that `allow` and `disallow` leave, in the order they were allowed.
fn formats(entries: &[Entry], diagnostics: &mut Vec<Diagnostic>) -> Vec<Format> {
    let mut formats = Vec::new();
    for entry in entries {
        for word in entry
            .value
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
        {
            let (name, allow) = match word.strip_prefix('!') {
                Some(name) => (name, false),
                None => (word, entry.is("allow")),
            };
            let these = match formats_named(name) {
                Some(these) => these,
                None => {
                    if allow {
                        let diagnostic = Diagnostic::warning(
                            &entry.at,
                            format!("the format `{name}` is not built yet"),
                            "use ulaw or alaw",
                        );
                        if !diagnostics.contains(&diagnostic) {
                            diagnostics.push(diagnostic);
                        }
                    }
                    &[]
                }
            };
            for format in these {
                formats.retain(|known| known != format);
                if allow {
                    formats.push(*format);
                }
            }
        }
    }
    formats
}
