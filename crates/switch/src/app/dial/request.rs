//! What Dial is asked: whom to call, for how long, and how.

use super::digits::Texts;
use super::privacy::{Introductions, Screening};
use crate::app::limit::Limit;
use crate::app::wait::seconds;
use crate::feature::keys::Features;
use crate::identity::Presentation;
use model::{Cause, Party};
use std::time::Duration;

/// The option letters Dial knows.
#[rustfmt::skip] // A table.
pub(super) const OPTIONS: &[(&str, &str)] = &[
    ("a", "Answer the caller as soon as somebody has answered, before files are played and subroutines run."),
    ("A", "Play a file to the called party after the answer, and one to the caller: A(called[:calling])."),
    ("b", "Run a subroutine on each called channel before it is dialled: b([[context^]exten^]priority[(args)])."),
    ("B", "The same on the calling channel, before anybody is dialled."),
    ("c", "Tell those that are given up that the call was answered elsewhere."),
    ("C", "Begin the call record anew at the answer."),
    ("d", "While it rings the caller may press a digit, and goes on at that extension (in EXITCONTEXT, if set)."),
    ("D", "Send digits before they talk, and to whoever is called once there is sound before the answer: D([called][:calling[:progress[:mf[:mfwink[:sf[:sfwink]]]]]]); `w` and `W` wait half a second and a second. MF and SF digits are tones for whoever is called, after sound before the answer; nobody winks."),
    ("E", "With D: the caller hears MF and SF digits too."),
    ("e", "The called channel runs the h extension when the conversation is over."),
    ("f", "Show this caller id to the called party: f(caller id). Without one it is for calls that are forwarded, which show their callers all the same."),
    ("F", "When the caller hangs up, the called party goes on: F([[context^]exten^]priority), or at the caller's next priority."),
    ("g", "Go on with the dialplan when the called party hangs up."),
    ("G", "At the answer both go on in the dialplan, the called party one priority further: G([[context^]exten^]priority)."),
    ("h", "The called party may hang up by the disconnect code."),
    ("H", "The calling party may, and while it rings too: DIALSTATUS is CANCEL then."),
    ("i", "Do not follow if the called party forwards the call."),
    ("I", "Do not tell the caller who is called."),
    ("j", "Take over the caller's kinds of media: there is only sound."),
    ("L", "End the call after so many milliseconds, and say how much is left: L(limit[:first warning[:repetition]]). Variables: LIMIT_PLAYAUDIO_CALLER, LIMIT_PLAYAUDIO_CALLEE, LIMIT_CONNECT_FILE, LIMIT_WARNING_FILE, LIMIT_TIMEOUT_FILE."),
    ("m", "Music for the caller instead of ringing: m([class])."),
    ("n", "With p and P: callers say each time who they are, and it is not kept; n(1) not even if they hang up before an answer."),
    ("N", "With p and P: callers who show their number are not screened."),
    ("o", "The called channel's own caller id is the calling channel's, or the one given: o([caller id])."),
    ("O", "Operator services of trunks that there are none of here."),
    ("p", "Screening: the caller says who calls, and whoever answers chooses whether to talk. DIALSTATUS is NOANSWER, DONTCALL or TORTURE otherwise."),
    ("P", "Privacy: the same, and the choice is kept in the database, in the family privacy, below this key or the extension: P([key])."),
    ("Q", "The cause for those that are given up as another one answers; NONE or 0 for none."),
    ("r", "Tell the caller that it rings before it does, and let no sound pass before the answer; or sound a tone of indications.conf: r([tone])."),
    ("R", "Tell the caller that it rings before it does, until there is sound."),
    ("s", "With f: the tag of the caller id shown: s(tag)."),
    ("S", "End the call so many seconds after the answer: S(seconds)."),
    ("t", "The called party may transfer the call."),
    ("T", "The calling party may."),
    ("u", "With f: whether the caller id shown may be shown further: u(presentation)."),
    ("U", "Run a subroutine on the called channel after the answer: U(context[^arg1[^...]])."),
    ("z", "Wait as long as it takes once the call is forwarded."),
];

/// Whom to call and how.
#[derive(Debug)]
pub(super) struct Request {
    /// Technology and resource of each.
    pub(super) destinations: Vec<(String, String)>,
    pub(super) timeout: Option<Duration>,
    /// How long to wait for sound or ringing.
    pub(super) patience: Option<Duration>,
    pub(super) options: Options,
}

/// How a caller is told that it rings before it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ring {
    /// No sound passes before the answer; a tone may sound instead.
    Alone(Option<String>),
    /// Until there is sound.
    UntilSound,
}

/// What a called channel's own caller id is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum CalledId {
    /// As its endpoint has it.
    #[default]
    Own,
    /// The caller's.
    Callers,
    /// This one.
    Given(Party),
}

/// How.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    /// `g`
    pub(super) go_on: bool,
    /// `r` and `R`
    pub(super) ring: Option<Ring>,
    /// `A`: for the called and the calling party.
    pub(super) announcements: Option<(String, String)>,
    /// `d`
    pub(super) exits: bool,
    /// `E`
    pub(super) echoes: bool,
    /// `e`
    pub(super) hangup_extension: bool,
    /// Letters that ask for what is not there, and what that is.
    pub(super) lacking: Vec<(char, &'static str)>,
    /// `a`
    pub(super) answer: bool,
    /// `p` and `P`
    pub(super) screening: Option<Screening>,
    /// `n`
    pub(super) introductions: Introductions,
    /// `N`: callers who show their number are not screened.
    pub(super) known_pass: bool,
    /// `c`
    pub(super) elsewhere: bool,
    /// `C`
    pub(super) reset_record: bool,
    /// `I`
    pub(super) no_connected_line: bool,
    /// `o`
    pub(super) called_id: CalledId,
    /// `f`
    pub(super) caller_id: Option<Party>,
    /// `s`
    pub(super) tag: Option<String>,
    /// `u`
    pub(super) presentation: Option<Presentation>,
    /// `m`: the class, which may be empty.
    pub(super) music: Option<String>,
    /// `L`
    pub(super) limit: Option<Limit>,
    /// `S`
    pub(super) longest: Option<Duration>,
    /// `Q`: answered elsewhere, if nothing else is said.
    pub(super) cause: Option<Cause>,
    /// `D`
    pub(super) digits: Texts,
    /// `b`
    pub(super) before_called: Option<String>,
    /// `B`
    pub(super) before_calling: Option<String>,
    /// `U`
    pub(super) after_answer: Option<String>,
    /// `F`: where to, which may be empty.
    pub(super) called_goes_on: Option<String>,
    /// `G`
    pub(super) both_go_on: Option<String>,
    /// `T`, `H`
    pub(super) calling_features: Features,
    /// It does not go elsewhere if who is called asks for that.
    pub(super) stays: bool,
    /// It waits as long as it takes, once it goes elsewhere.
    pub(super) waits_when_forwarded: bool,
    /// `t`, `h`
    pub(super) called_features: Features,
}

impl Request {
    pub(super) fn parse(data: &str) -> Option<Self> {
        let mut arguments = dialplan::arguments_up_to(data, 4).into_iter();
        let destinations = arguments.next().unwrap_or_default();
        let destination = |text: &str| -> Option<(String, String)> {
            let (technology, resource) = text.trim().split_once('/')?;
            (!resource.is_empty()).then(|| (technology.to_owned(), resource.to_owned()))
        };
        let destinations: Vec<_> = destinations.split('&').filter_map(destination).collect();
        if destinations.is_empty() {
            return None;
        }
        let times = arguments.next().unwrap_or_default();
        let (timeout, patience) = times.split_once('^').unwrap_or((&times, ""));
        let time = |text| seconds(text).filter(|time| !time.is_zero());
        let (timeout, patience) = (time(timeout), time(patience));
        let options = Options::parse(&arguments.next().unwrap_or_default());
        Some(Self {
            destinations,
            timeout,
            patience,
            options,
        })
    }
}

impl Options {
    #[rustfmt::skip] // A table.
    fn parse(text: &str) -> Self {
        let mut options = Self {
            cause: Some(Cause::ANSWERED_ELSEWHERE),
            ..Self::default()
        };
        for (letter, value) in dialplan::options(text) {
            let given = value.clone().unwrap_or_default();
            match letter {
                'a' => options.answer = true,
                'A' => options.announcements = Some(pair(&given)),
                'b' => options.before_called = value,
                'B' => options.before_calling = value,
                'c' => options.elsewhere = true,
                'C' => options.reset_record = true,
                'd' => options.exits = true,
                'D' => options.digits = Texts::parse(&given),
                'E' => options.echoes = true,
                'e' => options.hangup_extension = true,
                'f' => options.caller_id = value.filter(|id| !id.is_empty()).map(|id| Party::parse(&id)),
                'F' => options.called_goes_on = Some(given),
                'g' => options.go_on = true,
                'G' => options.both_go_on = value,
                'h' => options.called_features.disconnect = true,
                'H' => options.calling_features.disconnect = true,
                'i' => options.stays = true,
                'z' => options.waits_when_forwarded = true,
                // There is only sound; there are no such trunks.
                'j' | 'O' => {}
                'I' => options.no_connected_line = true,
                'L' => options.limit = Limit::parse(&given),
                'm' => options.music = Some(given),
                'o' => options.called_id = match value {
                    Some(id) if !id.is_empty() => CalledId::Given(Party::parse(&id)),
                    Some(_) | None => CalledId::Callers,
                },
                'Q' => options.cause = Cause::parse(&given),
                'k' | 'K' => options.lacking.push((letter, "parking")),
                'w' | 'W' | 'x' | 'X' => options.lacking.push((letter, "recording")),
                'n' => options.introductions = if given.trim() == "1" { Introductions::AlwaysRemoved } else { Introductions::Removed },
                'N' => options.known_pass = true,
                'p' => options.screening = Some(Screening::Anew),
                'P' => options.screening = Some(Screening::Kept(given)),
                'r' => options.ring = Some(Ring::Alone(value.filter(|tone| !tone.is_empty()))),
                'R' => options.ring = Some(Ring::UntilSound),
                's' => options.tag = value,
                'S' => options.longest = seconds(&given).filter(|time| !time.is_zero()),
                't' => options.called_features.transfer = true,
                'T' => options.calling_features.transfer = true,
                'u' => options.presentation = Presentation::parse(&given),
                'U' => options.after_answer = value,
                _ => tracing::warn!(option = %letter, "Dial: this option is not built yet and does nothing"),
            }
        }
        options
    }
}

/// What is for the called and for the calling party: `called:calling`.
fn pair(text: &str) -> (String, String) {
    let mut parts = text.split(':');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    (next(), next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_says_whom_and_how() {
        let read = |text| Request::parse(text).unwrap();
        let request = read("PJSIP/bob&Local/1@lab/n,20,gtTL(1500:500)S(9)U(sub^a)F");
        assert_eq!(request.destinations.len(), 2);
        assert_eq!(request.destinations[1].1, "1@lab/n");
        assert_eq!(request.timeout, Some(Duration::from_secs(20)));
        let options = request.options;
        assert_eq!(options.limit, Limit::parse("1500:500"));
        assert_eq!(options.longest, Some(Duration::from_secs(9)));
        assert_eq!(options.after_answer.as_deref(), Some("sub^a"));
        assert_eq!(options.called_goes_on.as_deref(), Some(""));
        assert!(
            options.go_on && options.called_features.transfer && options.calling_features.transfer
        );
        assert_eq!(read("PJSIP/bob,,m").options.music.as_deref(), Some(""));
        assert!(Request::parse("nobody,20").is_none());
        let times = |text| Some(read(text)).map(|read| (read.timeout, read.patience));
        let second = |n| Some(Duration::from_secs(n));
        assert_eq!(times("PJSIP/bob,9^3"), Some((second(9), second(3))));
        assert_eq!(times("PJSIP/bob,^3"), Some((None, second(3))));
        let cause = |text| read(text).options.cause;
        assert_eq!(cause("PJSIP/bob,,g"), Some(Cause::ANSWERED_ELSEWHERE));
        assert_eq!(
            cause("PJSIP/bob,,Q(CALL_REJECTED)"),
            Some(Cause::CALL_REJECTED)
        );
        assert_eq!(cause("PJSIP/bob,,Q(NONE)"), None);
    }
}
