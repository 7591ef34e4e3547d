//! A leg: one RTP session, its sockets and what flows through them.

mod sending;
mod speech;

pub(crate) use speech::Speech;

use crate::Remote;
use crate::control::Control;
use crate::digit::{self, Key, Step};
use crate::mixer::Mixer;
use crate::packet::{Packet, is_rtcp};
use crate::playback::{Next, Playback};
use crate::ports::Pair;
use crate::reception::Reception;
use crate::recording::Recording;
use crate::rtcp::{self, Clock};
use crate::source::Source;
use crate::talk::{Change, Detector};
use crate::tone::Generator;
use crate::trace::Trace;
use crate::transmission::Transmission;
use crate::volume::Volume;
use mio::net::UdpSocket;
use model::{AudioQuality, MediaId, MediaReport, PlayId, Talk, Voice};
use speech::Kind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Who a leg is on the wire: all random (RFC 3550, 5.1 and 8.1; RFC 7022).
pub(crate) struct Identity {
    ssrc: u32,
    sequence: u16,
    timestamp: u32,
    cname: String,
}

/// A leg.
pub(crate) struct Leg {
    trace: Arc<Trace>,
    id: MediaId,
    pair: Box<Pair>,
    ssrc: u32,
    cname: String,
    remote: Option<Box<Remote>>,
    source: Source,
    reception: Reception,
    transmission: Transmission,
    control: Control,
    keys_in: digit::Receiver,
    keys_out: digit::Sender,
    playback: Option<Playback>,
    recording: Option<Recording>,
    detector: Option<Detector>,
    tones: Option<(PlayId, Generator)>,
    mixer: Mixer,
    volume: Volume,
}

/// What 20 ms of a playback or of tones are; nothing while the reader is late and at the end.
pub(crate) type Made = (PlayId, Option<Vec<i16>>);

/// Where a leg's reports go.
pub(crate) type Reports<'a> = &'a mut dyn FnMut(MediaReport);

impl Identity {
    pub(crate) fn random() -> Self {
        Self {
            ssrc: rand::random_range(1..=u32::MAX),
            sequence: rand::random(),
            timestamp: rand::random(),
            cname: format!("{:024x}", rand::random::<u128>() >> 32),
        }
    }
}

impl Leg {
    pub(crate) fn new(id: MediaId, pair: Box<Pair>, identity: Identity, trace: Arc<Trace>) -> Self {
        Self {
            id,
            trace,
            pair,
            ssrc: identity.ssrc,
            cname: identity.cname,
            remote: None,
            source: Source::default(),
            reception: Reception::default(),
            transmission: Transmission::new(identity.sequence, identity.timestamp),
            control: Control::default(),
            keys_in: digit::Receiver::default(),
            keys_out: digit::Sender::default(),
            playback: None,
            recording: None,
            detector: None,
            tones: None,
            mixer: Mixer::default(),
            volume: Volume::default(),
        }
    }

    /// The sockets, to wait for.
    pub(crate) fn sockets(&mut self) -> [&mut UdpSocket; 2] {
        [&mut self.pair.rtp, &mut self.pair.rtcp]
    }

    /// Points the leg; a new address is learnt anew.
    pub(crate) fn point(&mut self, remote: Box<Remote>, now: Instant) {
        if self
            .remote
            .as_ref()
            .is_none_or(|before| before.rtp != remote.rtp)
        {
            self.source = Source::default();
        }
        self.control.start(now);
        self.remote = Some(remote);
    }

    /// Takes a datagram from the RTP port; what listeners shall hear of it.
    pub(crate) fn rtp<'a>(
        &mut self,
        datagram: &'a [u8],
        from: SocketAddr,
        (clock, now): (&Clock, Instant),
        reports: Reports<'_>,
    ) -> Option<Speech<'a>> {
        if is_rtcp(datagram) {
            self.rtcp(datagram, from, (clock, now));
            return None;
        }
        let packet = Packet::parse(datagram)?;
        let remote = self.remote.as_ref()?;
        let kind = remote.kind(packet.payload_type);
        // What is no sound may come from anybody; it establishes nothing.
        if kind.is_none() && self.source.rtp() != Some(from)
            || !self.source.takes(from, remote.rtp, now)
        {
            return None;
        }
        self.reception
            .count(&packet, matches!(kind, Some(Kind::Sound(_))), now);
        let kind = kind.filter(|_| remote.direction.receives())?;
        if matches!(kind, Kind::Digit) {
            let media = self.id;
            let event = (packet.ssrc, packet.header.timestamp);
            self.keys_in
                .hear(event, packet.payload, now, |key| reports(about(media, key)));
        }
        if let Kind::Sound(format) = kind
            && (self.recording.is_some() || self.detector.is_some())
        {
            let samples = format.decode(packet.payload);
            if let Some(recording) = &mut self.recording {
                recording.hear(&samples);
            }
            if let Some(detector) = &mut self.detector {
                detector.hear(&samples);
            }
        }
        Some(Speech { packet, kind })
    }

    /// Takes a datagram from the RTCP port.
    pub(crate) fn rtcp(
        &mut self,
        datagram: &[u8],
        from: SocketAddr,
        (clock, now): (&Clock, Instant),
    ) {
        let Some(remote) = &self.remote else { return };
        let Some(told) = rtcp::read(datagram, self.ssrc) else {
            return;
        };
        if self.source.takes_rtcp(from, remote.rtcp_address()) {
            told.into_iter()
                .for_each(|told| self.control.told(told, clock, now));
        }
    }

    /// Hears another leg, or itself. One of several sources (`alone` is false) waits for the mix.
    pub(crate) fn hear(&mut self, from: MediaId, speech: &Speech<'_>, alone: bool, now: Instant) {
        if self.is_deaf() {
            return;
        }
        let Some(remote) = &self.remote else { return };
        let Packet {
            header,
            ssrc,
            payload,
            ..
        } = speech.packet;
        match (speech.kind, remote.telephone_event) {
            (Kind::Sound(format), _) if !alone => {
                self.mixer.push(Voice::Leg(from), &format.decode(payload));
            }
            (Kind::Sound(format), _) => {
                let payload = if self.volume.is_plain() {
                    format.transcode(payload, remote.format)
                } else {
                    let mut samples = format.decode(payload);
                    self.volume.apply(&mut samples);
                    remote.format.encode(&samples).into()
                };
                let (payload_type, header) = (
                    remote.payload_type,
                    self.transmission.relay(from, ssrc, header, now),
                );
                self.send(Packet {
                    header,
                    ssrc: self.ssrc,
                    payload_type,
                    payload: &payload,
                });
            }
            (Kind::Digit, Some(payload_type)) if alone => {
                let header = self.transmission.relay(from, ssrc, header, now);
                self.send(Packet {
                    header,
                    ssrc: self.ssrc,
                    payload_type,
                    payload,
                });
            }
            (Kind::Digit, _) => {}
        }
    }

    /// Hears what is played elsewhere, or that it has a gap.
    pub(crate) fn hear_made(&mut self, (play, frame): &Made, alone: bool, now: Instant) {
        if self.is_deaf() {
            return;
        }
        match frame {
            Some(frame) if !alone => self.mixer.push_frame(Voice::Play(*play), frame),
            Some(frame) => {
                let mut frame = frame.clone();
                self.volume.apply(&mut frame);
                self.send_frame(&frame, now);
            }
            None if alone => self.transmission.pause(),
            None => {}
        }
    }

    /// Whether it has its own to hear.
    fn is_deaf(&self) -> bool {
        self.playback.is_some() || self.tones.is_some() || self.keys_out.is_busy()
    }

    /// Plays files from now on, instead of those being played.
    pub(crate) fn play(&mut self, playback: Playback) {
        self.playback = Some(playback);
    }

    /// Records what comes in from now on, instead of what was being recorded.
    pub(crate) fn record(&mut self, recording: Recording) {
        self.recording = Some(recording);
    }

    /// Tells from now on when the far end talks, or no longer.
    pub(crate) fn detect(&mut self, talk: Option<Talk>) {
        self.detector = talk.map(Detector::new);
    }

    /// Goes 20 ms further with the recording; gives it if it is over.
    pub(crate) fn recorded(&mut self) -> Option<Recording> {
        self.recording.take_if(Recording::tick)
    }

    /// Ends a playback, tones or a recording, if it is this leg's.
    pub(crate) fn stop(&mut self, play: PlayId) {
        self.recording.take_if(|recording| recording.play == play);
        let files = self.playback.take_if(|playback| playback.play == play);
        let tones = self.tones.take_if(|(own, _)| *own == play);
        if files.is_some() || tones.is_some() {
            self.transmission.pause();
        }
    }

    /// Sounds tones from now on, instead of those that do.
    pub(crate) fn sound_tones(&mut self, play: PlayId, tones: Generator) {
        self.tones = Some((play, tones));
        self.transmission.pause();
    }

    /// Hears others so loud from now on.
    pub(crate) fn set_volume(&mut self, volume: Volume) {
        self.volume = volume;
    }

    /// Sends a digit, if the far end takes them.
    pub(crate) fn press(&mut self, digit: char, milliseconds: u32) {
        if self
            .remote
            .as_ref()
            .is_some_and(|remote| remote.telephone_event.is_some())
        {
            self.keys_out.press(digit, milliseconds);
        }
    }

    /// Hears another no longer. `mixes` says that it still hears several.
    pub(crate) fn forget(&mut self, from: Voice, mixes: bool) {
        if mixes {
            self.mixer.forget(from);
        } else {
            self.mixer = Mixer::default();
        }
    }

    /// Goes 20 ms further. `mixes` says that it hears several sources. Gives what is played into it.
    pub(crate) fn tick(
        &mut self,
        mixes: bool,
        (clock, now): (&Clock, Instant),
        reports: Reports<'_>,
    ) -> Option<Made> {
        let media = self.id;
        self.keys_in.tick(now, |key| reports(about(media, key)));
        match self.detector.as_mut().and_then(Detector::tick) {
            Some(Change::Begins) => reports(MediaReport::Talking { media, ended: None }),
            Some(Change::Ends(talked)) => reports(MediaReport::Talking {
                media,
                ended: Some(talked),
            }),
            None => {}
        }
        let made = match self.keys_out.tick() {
            Step::Packet { first, payload } => {
                self.send_digit(first, &payload, now);
                None
            }
            Step::Rest => {
                self.transmission.pause();
                None
            }
            Step::Nothing => self.sound(mixes, now, reports),
        };
        if self.control.is_due(now) {
            self.report(false, (clock, now));
            let quality = Box::new(self.figures());
            reports(MediaReport::Quality { media, quality });
        }
        made
    }

    /// Says goodbye; the figures, if it was ever pointed.
    pub(crate) fn close(mut self, at: (&Clock, Instant)) -> Option<AudioQuality> {
        self.remote.as_ref()?;
        self.report(true, at);
        Some(self.figures())
    }

    fn figures(&self) -> AudioQuality {
        let (reception, control) = (&self.reception, &self.control);
        AudioQuality {
            ssrc: self.ssrc,
            their_ssrc: reception.ssrc(),
            received: reception.received(),
            sent: self.transmission.packets(),
            lost: reception.lost(),
            their_lost: control.their_lost(),
            jitter: reception.jitter().spread(),
            their_jitter: control.their_jitter().spread(),
            loss: reception.loss().spread(),
            their_loss: control.their_loss().spread(),
            round_trip: control.round_trip().spread(),
        }
    }

    /// The 20 ms of our own making, if any: what is played here, or the mix.
    fn sound(&mut self, mixes: bool, now: Instant, reports: Reports<'_>) -> Option<Made> {
        let made = self.make(reports);
        match &made {
            Some((_, frame)) => self.send_or_pause(frame.as_deref(), now),
            None if mixes => {
                let mut frame = self.mixer.frame();
                if let Some(frame) = &mut frame {
                    self.volume.apply(frame);
                }
                self.send_or_pause(frame.as_deref(), now);
            }
            None => {}
        }
        made
    }

    /// The next 20 ms of what is played here.
    fn make(&mut self, reports: Reports<'_>) -> Option<Made> {
        if let Some(playback) = &mut self.playback {
            let play = playback.play;
            return Some((
                play,
                match playback.next() {
                    Next::Frame(frame) => Some(frame),
                    Next::Late => None,
                    Next::End(failed) => {
                        reports(MediaReport::Finished { play, failed });
                        self.playback = None;
                        None
                    }
                },
            ));
        }
        let (play, tones) = self.tones.as_mut()?;
        let made = (*play, tones.frame());
        if made.1.is_none() {
            self.tones = None;
        }
        Some(made)
    }
}

fn about(media: MediaId, key: Key) -> MediaReport {
    match key {
        Key::Pressed(digit) => MediaReport::DigitBegan { media, digit },
        Key::Released {
            digit,
            milliseconds,
        } => MediaReport::Digit {
            media,
            digit,
            milliseconds,
        },
    }
}
