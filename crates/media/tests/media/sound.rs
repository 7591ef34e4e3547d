//! Sounds a leg makes itself: files and tones.

use crate::phone::{PATIENCE, Packet, Phone, QUIET, connect, start};
use media::Format;
use model::{MediaId, MediaInstruction, MediaReport, PlayId, Talk, Tones, Voice};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A folder of sounds that is removed at the end.
struct Sounds(PathBuf);

impl Sounds {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("media-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn wav(&self, name: &str, samples: impl Iterator<Item = i16>) {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 8_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer =
            hound::WavWriter::create(self.0.join(name).with_extension("wav"), spec).unwrap();
        samples.for_each(|sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
    }
}

impl Drop for Sounds {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

fn play(phone: Option<&Phone>, play: u64, files: &[&str], forever: bool) -> MediaInstruction {
    MediaInstruction::Play {
        media: phone.map(|phone| phone.leg.id),
        play: PlayId(play),
        files: files.iter().copied().map(Arc::from).collect(),
        language: "en".into(),
        forever,
        offset: Duration::ZERO,
    }
}

/// µ-law by its definition (G.711, table 2): the value a code stands for.
fn ulaw(code: u8) -> i32 {
    let code = !code;
    let magnitude = ((i32::from(code & 0x0f) << 3) + 0x84) << (code >> 4 & 7);
    if code & 0x80 == 0 {
        magnitude - 0x84
    } else {
        0x84 - magnitude
    }
}

#[test]
fn files_are_played_in_turn_by_the_clock() {
    let sounds = Sounds::new("turn");
    let ramp = |n: i16| n * 50 - 14_000;
    sounds.wav("one", (0..480).map(ramp));
    sounds.wav("two", (480..560).map(ramp));
    let (media, reports) = start(23_400..=23_499, &sounds.0);
    let alice = Phone::new(&media, Format::Ulaw);
    let begin = Instant::now();
    media.instruct(play(
        Some(&alice),
        7,
        &["one", "absent", "two", "../one"],
        false,
    ));

    let heard: Vec<Packet> = (0..4).map(|_| alice.hear()).collect();
    assert!(begin.elapsed() >= Duration::from_millis(60));
    for (before, after) in heard.iter().zip(&heard[1..]) {
        assert_eq!(after.sequence, before.sequence.wrapping_add(1));
        assert_eq!(after.timestamp, before.timestamp.wrapping_add(160));
    }
    let samples = heard
        .iter()
        .flat_map(|packet| &packet.payload)
        .map(|code| ulaw(*code));
    let expected = (0..560).map(|n| i32::from(ramp(n))).chain([0; 80]);
    for (n, (sample, expected)) in samples.zip(expected).enumerate() {
        assert!(
            (sample - expected).abs() <= 8 + expected.abs() / 16,
            "sample {n}: {sample} for {expected}"
        );
    }
    let failed = vec![
        ("absent".into(), "no such file".into()),
        ("../one".into(), "outside the sounds folders".into()),
    ];
    let finished = reports.recv_timeout(PATIENCE).unwrap();
    assert_eq!(
        finished,
        MediaReport::Finished {
            play: PlayId(7),
            failed
        }
    );
    alice.hears_nothing();
}

#[test]
fn a_playback_begins_where_it_is_told() {
    let sounds = Sounds::new("offset");
    sounds.wav("one", std::iter::repeat_n(1_000, 320));
    sounds.wav("two", (0..4).flat_map(|n| [2_000 + 1_000 * n; 160]));
    let (media, reports) = start(23_000..=23_099, &sounds.0);
    let alice = Phone::new(&media, Format::Ulaw);
    // 40 ms are all of the first.
    for (milliseconds, heard) in [
        (20, vec![1, 2, 3, 4, 5]),
        (60, vec![3, 4, 5]),
        (9_999, vec![]),
    ] {
        let mut order = play(Some(&alice), 1, &["one", "two"], false);
        if let MediaInstruction::Play { offset, .. } = &mut order {
            *offset = Duration::from_millis(milliseconds);
        }
        media.instruct(order);
        let packets = heard.iter().map(|_| ulaw(alice.hear().payload[80]));
        let thousands: Vec<i32> = packets.map(|sample| (sample + 100) / 1_000).collect();
        assert_eq!(thousands, heard, "{milliseconds}");
        let failed = Vec::new();
        let play = PlayId(1);
        let ended = MediaReport::Finished { play, failed };
        assert_eq!(reports.recv_timeout(PATIENCE).unwrap(), ended);
    }
}

#[test]
fn music_goes_round_until_stopped_and_covers_the_call() {
    let sounds = Sounds::new("music");
    sounds.wav("music", std::iter::repeat_n(1_000, 160));
    let (media, reports) = start(23_500..=23_599, &sounds.0);
    let alice = Phone::new(&media, Format::Alaw);
    connect(&media, &alice, &alice);
    media.instruct(play(Some(&alice), 1, &["music"], true));
    let first = alice.hear();
    alice.say(1, 8, &[0x55; 160]);
    for _ in 0..5 {
        assert_eq!(alice.hear().payload, first.payload);
    }
    media.instruct(MediaInstruction::StopPlay(PlayId(1)));
    alice.say(2, 8, &[0x55; 160]);
    let echo = std::iter::repeat_with(|| alice.hear())
        .find(|packet| packet.payload != first.payload)
        .unwrap();
    assert_eq!((echo.payload, echo.ssrc), (vec![0x55; 160], first.ssrc));
    assert!(
        reports.try_recv().is_err(),
        "what is stopped is not reported"
    );
}

#[test]
fn what_nobody_hears_takes_its_time_all_the_same() {
    let sounds = Sounds::new("nobody");
    sounds.wav("short", std::iter::repeat_n(0, 800));
    let (media, reports) = start(23_600..=23_699, &sounds.0);
    let begin = Instant::now();
    media.instruct(play(None, 3, &["short"], false));
    let finished = MediaReport::Finished {
        play: PlayId(3),
        failed: Vec::new(),
    };
    assert_eq!(reports.recv_timeout(PATIENCE).unwrap(), finished);
    assert!(begin.elapsed() >= Duration::from_millis(80));
}

#[test]
fn music_that_cannot_be_played_ends() {
    let (media, reports) = start(23_700..=23_799, Path::new("/nonexistent"));
    let alice = Phone::new(&media, Format::Ulaw);
    media.instruct(play(Some(&alice), 1, &["music"], true));
    let failed = vec![("music".into(), "no such file".into())];
    assert_eq!(
        reports.recv_timeout(PATIENCE).unwrap(),
        MediaReport::Finished {
            play: PlayId(1),
            failed
        }
    );

    media.instruct(play(None, 2, &["music"], false));
    assert!(matches!(
        reports.recv_timeout(PATIENCE).unwrap(),
        MediaReport::Finished {
            play: PlayId(2),
            ..
        }
    ));
}

#[test]
fn a_tone_sounds_until_told_otherwise() {
    let (media, _reports) = start(23_800..=23_899, Path::new("/nonexistent"));
    let alice = Phone::new(&media, Format::Ulaw);
    media.instruct(MediaInstruction::Tones {
        media: Some(alice.leg.id),
        play: PlayId(1),
        tones: Tones::parse("480+620/500,0/500").unwrap(),
    });
    let frames: Vec<Packet> = (0..50).map(|_| alice.hear()).collect();
    let sounding = frames
        .iter()
        .filter(|packet| packet.payload.iter().any(|code| ulaw(*code) != 0))
        .count();
    assert_eq!(sounding, 25);
    media.instruct(MediaInstruction::StopPlay(PlayId(1)));
    alice.rtp.set_read_timeout(Some(QUIET)).unwrap();
    let more = std::iter::from_fn(|| alice.rtp.recv_from(&mut [0; 2_048]).ok())
        .take(10)
        .count();
    assert!(more < 10, "the tone goes on");
}

/// Which of these values are heard within half a second, each a packet long.
fn heard_of(phone: &Phone, values: &[i32]) -> Vec<i32> {
    let packets = (0..25).map(|_| phone.hear());
    let means = packets.map(|packet| {
        let samples = packet.payload.iter().map(|code| ulaw(*code));
        samples.sum::<i32>() / 160
    });
    let means: Vec<_> = means.collect();
    let near = |value: &&i32| {
        let mut means = means.iter();
        means.any(|mean| (mean - **value).abs() < 100)
    };
    values.iter().filter(near).copied().collect()
}

#[test]
fn what_is_played_to_nobody_s_leg_is_heard_by_all_connected() {
    let sounds = Sounds::new("loose");
    sounds.wav("music", std::iter::repeat_n(1_000, 1_600));
    let (media, _reports) = start(23_000..=23_099, &sounds.0);
    let [alice, bob] = [0; 2].map(|_| Phone::new(&media, Format::Ulaw));
    let hears = |play: u64, phone: &Phone| {
        media.instruct(MediaInstruction::Connect {
            from: Voice::Play(PlayId(play)),
            to: phone.leg.id,
            digits: false,
        });
    };
    media.instruct(play(None, 1, &["music"], true));
    hears(1, &alice);
    hears(1, &bob);
    for phone in [&alice, &bob] {
        assert_eq!(heard_of(phone, &[1_000, 5_000]), [1_000]);
    }
    // Two at once.
    media.instruct(MediaInstruction::Tones {
        media: None,
        play: PlayId(2),
        tones: Tones::parse("0").unwrap(),
    });
    hears(2, &alice);
    assert_eq!(heard_of(&alice, &[1_000]), [1_000]);
    media.instruct(play(None, 3, &["music"], true));
    hears(3, &alice);
    assert!(heard_of(&alice, &[2_000]) == [2_000]);
    media.instruct(MediaInstruction::StopPlay(PlayId(1)));
    media.instruct(MediaInstruction::Disconnect {
        from: Voice::Play(PlayId(1)),
        to: bob.leg.id,
    });
    bob.rtp.set_read_timeout(Some(QUIET)).unwrap();
    let more = std::iter::from_fn(|| bob.rtp.recv_from(&mut [0; 2_048]).ok());
    assert!(more.take(200).count() < 200, "the music goes on");
}

#[test]
fn who_spies_hears_what_is_played_to_a_leg() {
    let sounds = Sounds::new("spied");
    sounds.wav("music", std::iter::repeat_n(1_000, 1_600));
    let (media, _reports) = start(23_000..=23_099, &sounds.0);
    let [bob, spy] = [0; 2].map(|_| Phone::new(&media, Format::Ulaw));
    media.instruct(play(Some(&bob), 1, &["music"], true));
    connect(&media, &bob, &spy);
    media.instruct(MediaInstruction::Connect {
        from: Voice::Play(PlayId(1)),
        to: spy.leg.id,
        digits: false,
    });
    for phone in [&bob, &spy] {
        assert_eq!(heard_of(phone, &[1_000]), [1_000]);
    }
    // And what bob says into it: a code that stands for 8,316.
    for n in 0..25 {
        bob.say(n, 0, &[0x9f; 160]);
        spy.hear();
    }
    let both = ulaw(0x9f) + 1_000;
    assert_eq!(heard_of(&spy, &[both]), [both]);
}

#[test]
fn a_conversation_is_recorded_as_it_goes() {
    let sounds = Sounds::new("capture");
    sounds.wav("music", std::iter::repeat_n(1_000, 1_600));
    let (media, reports) = start(23_000..=23_099, &sounds.0);
    let bob = Phone::new(&media, Format::Ulaw);
    let to = MediaId::of_recording(PlayId(9));
    let file = "calls/one".into();
    media.instruct(MediaInstruction::Capture { to, file });
    for from in [Voice::Leg(bob.leg.id), Voice::Play(PlayId(1))] {
        media.instruct(MediaInstruction::Connect {
            from,
            to,
            digits: false,
        });
    }
    media.instruct(play(Some(&bob), 1, &["music"], false));
    for n in 0..10 {
        bob.say(n, 0, &[0x9f; 160]);
        bob.hear();
    }
    reports.recv_timeout(PATIENCE).unwrap();
    media.instruct(MediaInstruction::EndCapture(to));
    // What is asked of the disk after it is done after it.
    let file = "x".into();
    let play = PlayId(2);
    media.instruct(MediaInstruction::Find { play, file });
    reports.recv_timeout(PATIENCE).unwrap();
    let path = sounds.0.join("monitor/calls/one.wav");
    let mut read = hound::WavReader::open(path).unwrap();
    let samples: Vec<i32> = read.samples::<i32>().map(Result::unwrap).collect();
    let times = |value: i32| samples.iter().filter(|sample| **sample == value).count();
    let (both, music) = (times(ulaw(0x9f) + 1_000), times(1_000));
    assert!(both >= 5 * 160, "{both} of both");
    assert!(both + music >= 9 * 160, "{music} of music");
}

#[test]
fn what_a_phone_says_is_recorded() {
    let sounds = Sounds::new("record");
    let (media, reports) = start(23_800..=23_899, &sounds.0);
    let alice = Phone::new(&media, Format::Ulaw);
    let find = |play| MediaInstruction::Find {
        play: PlayId(play),
        file: "intros/555".into(),
    };
    let ends = |play| match reports.recv_timeout(PATIENCE).unwrap() {
        MediaReport::Finished {
            play: ended,
            failed,
        } if ended == PlayId(play) => failed.is_empty(),
        other => panic!("{other:?}"),
    };
    media.instruct(find(1));
    assert!(!ends(1));
    let record = |media, play, most| MediaInstruction::Record {
        media,
        play: PlayId(play),
        file: "intros/555".into(),
        most: Duration::from_millis(most),
        silence: Duration::from_millis(200),
    };
    media.instruct(record(Some(alice.leg.id), 2, 300));
    alice.say(1, 0, &[0x80; 160]);
    assert!(ends(2));
    media.instruct(find(3));
    assert!(ends(3));
    let mut read = hound::WavReader::open(sounds.0.join("intros/555.wav")).unwrap();
    let samples: Vec<i16> = read.samples().map(Result::unwrap).collect();
    assert_eq!(samples, [32_124; 160]);
    media.instruct(MediaInstruction::Remove("intros/555".into()));
    media.instruct(find(4));
    assert!(!ends(4));
    // Silence is not kept, nor what was stopped.
    media.instruct(record(None, 5, 100));
    assert!(!ends(5));
    media.instruct(record(Some(alice.leg.id), 6, 9_000));
    media.instruct(MediaInstruction::StopPlay(PlayId(6)));
    media.instruct(find(7));
    assert!(!ends(7));
}

#[test]
fn who_talks_is_told() {
    let (media, reports) = start(24_900..=24_999, Path::new("/nonexistent"));
    let alice = Phone::new(&media, Format::Ulaw);
    let silence = Duration::from_millis(60);
    let detect = |talk| {
        let media = alice.leg.id;
        MediaInstruction::Detect { media, talk }
    };
    media.instruct(detect(Some(Talk {
        level: 256,
        silence,
    })));
    let loud = [0x80; 160];
    (0..3).for_each(|n| alice.say(n, 0, &loud));
    let media_id = alice.leg.id;
    let told = || reports.recv_timeout(PATIENCE).unwrap();
    let talking = |ended| MediaReport::Talking {
        media: media_id,
        ended,
    };
    assert_eq!(told(), talking(None));
    let MediaReport::Talking { ended, .. } = told() else {
        panic!("it goes on")
    };
    assert!(ended.is_some_and(|time| time < PATIENCE));
    media.instruct(detect(None));
    alice.say(3, 0, &loud);
    assert!(reports.recv_timeout(silence).is_err());
}
