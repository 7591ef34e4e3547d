//! The options of ChanSpy and ExtenSpy.

use crate::app::Application;
use crate::channel::Channel;
use crate::spy::{Hears, SpeaksTo};

pub(super) const DECLARED: &[(&str, &str)] = &[
    ("b", "Only channels that talk in a bridge."),
    ("B", "Speak to both sides of the conversation."),
    ("c", "The key for the next channel instead of *: c(digit)."),
    (
        "d",
        "Keys say how: 4 to listen, 5 to whisper too, 6 to speak to both sides. No names are typed.",
    ),
    (
        "D",
        "Both directions side by side: does nothing here, as calls have one channel of sound.",
    ),
    (
        "e",
        "Only channels of these devices: e(name[:name…]), with the technology or without.",
    ),
    ("E", "End when the channel spied on does."),
    (
        "g",
        "Only channels with one of these groups in their variable SPYGROUP: g(group[:group…]); there too a colon \
         parts them.",
    ),
    (
        "l",
        "A longer queue for sound: nothing to do here, as sound waits in none.",
    ),
    (
        "n",
        "Say the name that a mailbox has recorded: comes with voicemail; until then the channel's is said.",
    ),
    ("N", "Do not answer first."),
    ("o", "Hear only what comes in from the channel."),
    ("q", "No beep, and no name is said."),
    (
        "r",
        "Record what is heard: r([basename]). It goes to basename-UNIQUEID.wav in the folder monitor of the spool, with \
         the uniqueid of who spies; the usual name is chanspy.",
    ),
    ("s", "Do not say the channel's technology."),
    ("S", "End when no channel is left to spy on."),
    (
        "u",
        "chanprefix is the whole name of a channel, or its uniqueid. No names are typed.",
    ),
    (
        "v",
        "How loud it is heard: v([value]), from -4 to 4 in steps of 3 dB. The key # makes a step, and 4 is followed by -4.",
    ),
    ("w", "Whisper: speak to the channel too."),
    ("W", "Whisper, and hear nothing."),
    (
        "x",
        "The key that ends it while a channel is heard: x(digit).",
    ),
    (
        "X",
        "A key that is an extension of the context, or of that in the variable SPY_EXIT_CONTEXT, leads there. \
         SPY_CHANNEL is the channel spied on last. No names are typed.",
    ),
];

/// How it spies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Listen,
    Whisper,
    Barge,
    /// Whispers, and hears nothing.
    Private,
}

/// What is wanted.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) mode: Mode,
    /// `b`
    only_bridged: bool,
    /// `c`
    pub(super) next: char,
    /// `d`
    pub(super) keys_change_mode: bool,
    /// `e`
    devices: Option<Vec<String>>,
    /// `E`
    pub(super) exits_with_spyee: bool,
    /// `g`
    groups: Option<Vec<String>>,
    /// `N`
    pub(super) unanswered: bool,
    /// `o`
    pub(super) only_incoming: bool,
    /// `q`
    pub(super) quiet: bool,
    /// `r`: the beginning of the file's name.
    pub(super) record: Option<String>,
    /// `s`
    pub(super) skips_technology: bool,
    /// `S`
    pub(super) stops: bool,
    /// `u`
    pub(super) whole_name: bool,
    /// `v`
    pub(super) volume: i8,
    /// `x`
    pub(super) exit: Option<char>,
    /// `X`
    pub(super) exits_to_extensions: bool,
}

/// Options that ask for what is not there, and what that is.
const LACKING: [(char, &str); 2] = [
    ('D', "calls with two channels of sound"),
    ('n', "voicemail"),
];

impl Options {
    pub(super) fn parse(application: &Application, text: &str) -> Self {
        let given = application.options(text);
        let name = application.name;
        for (letter, what) in LACKING.iter().filter(|(letter, _)| given.has(*letter)) {
            tracing::warn!("{name}: the option `{letter}` needs {what}: not built yet");
        }
        let key = |letter| {
            let value = given.value(letter)?;
            let key = only_key(value);
            if key.is_none() {
                tracing::warn!("{name}: the option `{letter}` takes one key, not `{value}`");
            }
            key
        };
        let listed = |letter| given.value(letter).map(list);
        Self {
            mode: match () {
                () if given.has('B') => Mode::Barge,
                () if given.has('W') => Mode::Private,
                () if given.has('w') => Mode::Whisper,
                () => Mode::Listen,
            },
            only_bridged: given.has('b'),
            next: key('c').unwrap_or('*'),
            keys_change_mode: given.has('d'),
            devices: listed('e'),
            exits_with_spyee: given.has('E'),
            groups: listed('g'),
            unanswered: given.has('N'),
            only_incoming: given.has('o'),
            quiet: given.has('q'),
            record: given.has('r').then(|| {
                let named = given.value('r').map(str::trim);
                let named = named.filter(|name| !name.is_empty());
                named.unwrap_or("chanspy").to_owned()
            }),
            skips_technology: given.has('s'),
            stops: given.has('S'),
            whole_name: given.has('u'),
            volume: given.value('v').map_or(0, |value| {
                volume(value).unwrap_or_else(|| {
                    tracing::warn!("{name}: the option `v` takes -4 to 4, not `{value}`");
                    0
                })
            }),
            exit: key('x'),
            exits_to_extensions: given.has('X'),
        }
    }

    /// Whether `b`, `e` and `g` leave a channel to be spied on.
    pub(super) fn let_through(&self, channel: &Channel) -> bool {
        let bridged = !self.only_bridged || channel.seat.is_some();
        bridged && self.knows_device(channel.device()) && self.knows_group(channel)
    }

    fn knows_device(&self, device: &str) -> bool {
        let resource = device
            .split_once('/')
            .map_or(device, |(_, resource)| resource);
        let is = |name: &String| {
            [device, resource]
                .iter()
                .any(|of| of.eq_ignore_ascii_case(name))
        };
        let devices = self.devices.as_ref();
        devices.is_none_or(|devices| devices.iter().any(is))
    }

    fn knows_group(&self, channel: &Channel) -> bool {
        let own = channel.variables.value("SPYGROUP");
        let own = own.map_or_else(Vec::new, |groups| list(groups));
        let groups = self.groups.as_ref();
        groups.is_none_or(|groups| groups.iter().any(|group| own.contains(group)))
    }
}

impl Mode {
    /// What a key says with `d`.
    pub(super) fn of_key(key: char) -> Option<Self> {
        match key {
            '4' => Some(Self::Listen),
            '5' => Some(Self::Whisper),
            '6' => Some(Self::Barge),
            _ => None,
        }
    }

    /// What is heard and who is spoken to.
    pub(super) fn sound(self, only_incoming: bool) -> (Hears, SpeaksTo) {
        let hears = match only_incoming {
            true => Hears::Incoming,
            false => Hears::Both,
        };
        match self {
            Self::Listen => (hears, SpeaksTo::Nobody),
            Self::Whisper => (hears, SpeaksTo::Spyee),
            Self::Barge => (hears, SpeaksTo::All),
            Self::Private => (Hears::Nothing, SpeaksTo::Spyee),
        }
    }
}

/// What colons part.
fn list(text: &str) -> Vec<String> {
    let items = text.split(':').map(str::trim);
    let items = items.filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

/// How loud, from -4 to 4; 0 if nothing is said.
fn volume(text: &str) -> Option<i8> {
    match text.trim() {
        "" => Some(0),
        text => text.parse().ok().filter(|volume| (-4..=4).contains(volume)),
    }
}

/// The key that is all of a text.
fn only_key(text: &str) -> Option<char> {
    let key = text.trim().parse().ok()?;
    matches!(key, '0'..='9' | '*' | '#' | 'A'..='D').then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::chan_spy::CHAN_SPY;

    #[test]
    fn options_say_how() {
        let read = |text| Options::parse(&CHAN_SPY, text);
        let options = read("bc(9)dEe(bob: PJSIP/carol)g(sales:)oqsSux(#)X");
        assert!(options.only_bridged && options.keys_change_mode && options.exits_with_spyee);
        assert!(options.only_incoming && options.quiet && options.skips_technology);
        assert!(options.stops && options.whole_name && options.exits_to_extensions);
        assert_eq!((options.next, options.exit), ('9', Some('#')));
        assert_eq!(options.groups, Some(vec!["sales".to_owned()]));
        let known = |device| options.knows_device(device);
        assert!(known("PJSIP/bob") && known("pjsip/carol") && !known("Local/carol@x"));
        assert_eq!((read("c(12)").next, read("x()").exit), ('*', None));
        // A list in which nobody is lets nobody through.
        assert!(read("").knows_device("PJSIP/bob") && !read("e()").knows_device("PJSIP/bob"));
        let record = |text| read(text).record;
        let chanspy = Some("chanspy".to_owned());
        let named = Some("sales/a".to_owned());
        assert_eq!(
            ["r", "r()", "r(sales/a)", "q"].map(record),
            [chanspy.clone(), chanspy, named, None]
        );
        let volume = |text| read(text).volume;
        assert_eq!(["v(-4)", "v", "v(5)", ""].map(volume), [-4, 0, 0, 0]);
        let mode = |text| read(text).mode;
        assert_eq!(
            ["", "w", "W", "B"].map(mode),
            [Mode::Listen, Mode::Whisper, Mode::Private, Mode::Barge]
        );
    }
}
