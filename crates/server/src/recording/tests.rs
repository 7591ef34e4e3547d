//! A switch that is recorded and replayed; and what becomes of a recording that is damaged, too slow,
//! too long or has no disk.

use super::reader::Lines;
use super::replay::replay;
use super::*;
use crate::hub::{Bounds, Hub};
use jiff::tz::TimeZone;
use manager::Style;
use model::{Command, DatabaseCommand, Destination, Originate, Run, Token, VariableRequest};
use std::sync::mpsc;
use switch::{Config, Output, Switch};

const DIALPLAN: &str = "
[globals]
TRUNK_PASSWORD=hunter2
[phones]
exten => 1,1,Answer()
 same => n,Set(GIVEN=${TRUNK_PASSWORD})
 same => n,ExecIf($[\"${GIVEN}\" = \"${DB(trunk/secret)}\"]?Set(SAME=yes))
 same => n,Set(DRAWN=${RAND(1,1000000)})
 same => n,Set(MY_TOKEN=${UNIQUEID})
 same => n,Wait(2)
";

/// A disk of this much room.
#[derive(Clone)]
struct Disk {
    written: Arc<Mutex<Vec<u8>>>,
    room: usize,
}

impl Disk {
    fn new(room: usize) -> Self {
        let written = Arc::default();
        Self { written, room }
    }

    fn text(&self) -> String {
        String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.written.lock().unwrap();
        let count = bytes.len().min(self.room - written.len());
        if count == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        written.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn style() -> Style {
    Style {
        run: Run(1),
        system_name: "lab".to_owned(),
        timestamps: true,
        numbers: false,
        disabled: vec!["Newexten".to_owned()],
        zone: TimeZone::UTC,
        legacy: true,
    }
}

fn inputs() -> Vec<Input> {
    let files = conf::Memory::default().with("extensions.conf", DIALPLAN);
    let read = conf::load(&files, "extensions.conf").unwrap();
    let (dialplan, _) = dialplan::Dialplan::read(&read, &switch::app::Vocabulary);
    let config = Config {
        dialplan: Arc::new(dialplan),
        time_zone: Some(TimeZone::get("Europe/Berlin").unwrap()),
        ..Config::default()
    };
    let wait = Destination::Application {
        application: "Wait".into(),
        data: "1".into(),
    };
    let order = Originate {
        timeout: Duration::from_secs(5),
        variables: vec![("API_TOKEN".into(), "s3same".into())],
        asynchronous: true,
        trace: Some(model::TraceId::new(u128::MAX)),
        ..Originate::new("Local", "1@phones", wait)
    };
    let secret = VariableRequest {
        channel: None,
        name: "OTHER_SECRET".into(),
    };
    vec![
        Input::Restore(vec![("/trunk/secret".into(), "hunter2".into())]),
        Input::Configure(Arc::new(config)),
        Input::Command(
            Token(1),
            Command::Setvar {
                variable: secret,
                value: "open sesame".into(),
            },
        ),
        Input::Command(Token(2), Command::Originate(order)),
        Input::Command(
            Token(3),
            Command::Database(DatabaseCommand::Put {
                path: "/phones/pin".into(),
                value: "4711".into(),
            }),
        ),
        Input::Tick,
        Input::Tick,
        Input::Retire { hang_up: true },
    ]
}

/// Gives a switch its inputs, a second apart, as its task does.
fn live(recorder: &Recorder) {
    let hub = Hub::new(Bounds::default(), style());
    let began = Timestamp::from_second(1_782_900_000).unwrap();
    let now = |seconds: u64| Now {
        since_start: Duration::from_secs(seconds),
        utc: began + Duration::from_secs(seconds),
    };
    let mut switch = Switch::new(7, now(0));
    recorder.put(Item::Switch(7, now(0)));
    for (second, input) in (1..).zip(inputs()) {
        recorder.put(Item::Input(now(second), Box::new(input.clone())));
        switch.handle(now(second), input);
        while let Some(output) = switch.poll() {
            if let Output::Events(records) = output {
                recorder.put(Item::Events(hub.publish(records).unwrap()));
            }
        }
    }
}

fn recorded() -> String {
    let disk = Disk::new(usize::MAX);
    let recorder = Recorder::start(disk.clone(), "test".to_owned(), 1 << 20).unwrap();
    live(&recorder);
    recorder.end("done");
    disk.text()
}

/// What a replay of this text prints, and comes to.
fn replayed(text: &str) -> (String, Result<String, String>) {
    let mut printed = Vec::new();
    let done = Lines::new(text.as_bytes()).and_then(|lines| replay(lines, &mut printed));
    (String::from_utf8(printed).unwrap(), done)
}

/// The same lines with one changed, and the checksums made good again.
fn forged(text: &str, change: impl Fn(&str) -> String) -> String {
    let mut forged = format!("{}\n", sheet::HEAD);
    let mut sum = 0;
    for line in text.lines().skip(1) {
        let line = change(line.split_once(' ').unwrap().1);
        sum = sheet::sum(sum, &line);
        forged += &format!("{sum:08x} {line}\n");
    }
    forged
}

#[test]
fn a_switch_that_is_given_the_same_tells_the_same() {
    let text = recorded();
    let (printed, done) = replayed(&text);
    let events = text.matches(" {\"Event\":").count();
    assert_eq!(done, Ok(format!("{events} events, as recorded; done")));
    assert!(printed.contains("Event: Newchannel\r\n"), "{printed}");
    assert!(
        printed.contains("Variable: SAME\r\nValue: yes\r\n"),
        "{printed}"
    );
    assert!(!printed.contains("Newexten"), "told to nobody");
    for secret in ["hunter2", "s3same", "open sesame", "4711"] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn what_is_not_as_it_was_recorded_is_told_with_its_line() {
    let text = recorded();
    let lines = text.lines().count();
    // Any letter of any line.
    for number in 2..=lines {
        let mut changed: Vec<_> = text.lines().map(str::to_owned).collect();
        let line = &mut changed[number - 1];
        let at = line.len() / 2;
        let other = if line.as_bytes()[at] == b'x' {
            "y"
        } else {
            "x"
        };
        line.replace_range(at..=at, other);
        let done = replayed(&(changed.join("\n") + "\n")).1;
        let reason = done.unwrap_err();
        assert!(reason.starts_with(&format!("line {number}: ")), "{reason}");
    }
    // A line less.
    let mut fewer: Vec<_> = text.lines().collect();
    fewer.remove(lines / 2);
    let reason = replayed(&(fewer.join("\n") + "\n")).1.unwrap_err();
    assert!(
        reason.starts_with(&format!("line {}: ", lines / 2 + 1)),
        "{reason}"
    );
    let reason = replayed("Asterisk Call Manager\n").1.unwrap_err();
    assert!(reason.contains("no recording"), "{reason}");
}

#[test]
fn an_event_that_is_told_otherwise_is_shown_beside_the_recorded_one() {
    let text = recorded();
    let other = forged(&text, |line| line.replace("Value: yes", "Value: no"));
    let (printed, done) = replayed(&other);
    let reason = done.unwrap_err();
    assert!(
        reason.contains("Value: no\r\n") && reason.contains("Value: yes\r\n"),
        "{reason}"
    );
    assert!(
        printed.contains("Event: Newchannel"),
        "what was the same is told"
    );
    // Another seed, another number.
    let other = forged(&text, |line| line.replace("\"seed\":7", "\"seed\":8"));
    let reason = replayed(&other).1.unwrap_err();
    assert!(reason.contains("is another"), "{reason}");
    let last = text
        .lines()
        .rfind(|line| line.contains("{\"Event\":"))
        .unwrap();
    let (_, last) = last.split_once(' ').unwrap();
    let fewer = forged(&text, |line| {
        if line == last {
            "{\"By\":\"\"}".to_owned()
        } else {
            line.to_owned()
        }
    });
    let reason = replayed(&fewer).1.unwrap_err();
    assert!(reason.contains("more is told"), "{reason}");
}

#[test]
fn what_a_killed_server_recorded_is_replayed_as_far_as_it_goes() {
    let text = recorded();
    let (_, done) = replayed(&text[..text.len() * 2 / 3]);
    assert!(done.unwrap().contains("the server was killed"));
}

#[test]
fn it_ends_with_a_message_where_it_is_too_long_or_the_disk_is_full() {
    let disk = Disk::new(usize::MAX);
    let size = recorded().len() / 2;
    let recorder = Recorder::start(disk.clone(), "test".to_owned(), size as u64).unwrap();
    live(&recorder);
    recorder.end("done");
    assert!(recorder.is_over());
    let text = disk.text();
    assert!(text.len() <= size, "{}", text.len());
    assert!(
        replayed(&text)
            .1
            .unwrap()
            .ends_with("it has reached its size")
    );
    let disk = Disk::new(size);
    let recorder = Recorder::start(disk.clone(), "test".to_owned(), 1 << 20).unwrap();
    live(&recorder);
    recorder.end("done");
    assert!(recorder.is_over());
    assert!(replayed(&disk.text()).1.is_ok());
}

/// A disk that takes nothing until it is told to.
struct Slow(Disk, mpsc::Receiver<()>, bool);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if std::mem::take(&mut self.2) {
            let _ = self.1.recv();
        }
        self.2 |= bytes.starts_with(sheet::HEAD.as_bytes());
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn who_has_more_to_say_than_is_written_does_not_wait() {
    let disk = Disk::new(usize::MAX);
    let (go, wait) = mpsc::channel();
    let slow = Slow(disk.clone(), wait, false);
    let recorder = Recorder::start(slow, "test".to_owned(), 1 << 30).unwrap();
    live(&recorder);
    let now = Now {
        since_start: Duration::from_secs(60),
        utc: Timestamp::from_second(1_782_900_060).unwrap(),
    };
    while !recorder.is_over() {
        recorder.put(Item::Input(now, Box::new(Input::Tick)));
    }
    go.send(()).unwrap();
    recorder.end("done");
    let (_, done) = replayed(&disk.text());
    assert!(done.unwrap().ends_with(TOO_MUCH));
    assert!(disk.text().contains("\"whole\":false"));
}

#[test]
fn what_a_session_says_is_cut_where_it_ends_and_masked() {
    let disk = Disk::new(usize::MAX);
    let recorder = Recorder::start(disk.clone(), "test".to_owned(), 1 << 20).unwrap();
    let say = |client: bool, text: &str| {
        let session = "0x00000001".into();
        let speech = Speech { session, client };
        recorder.put(Item::Bytes(
            Timestamp::UNIX_EPOCH,
            speech,
            text.as_bytes().into(),
        ));
    };
    say(false, "Asterisk Call Manager/11.0.0\r\n");
    say(true, "Action: Login\r\nUsername: admin\r\nSec");
    say(true, "ret: hunter2\r\n\r\nAction: Ping\r\n\r\nAction: Lo");
    say(false, "Response: Success\r\n\r\n");
    recorder.put(Item::Left("0x00000001".into()));
    recorder.end("done");
    assert!(!disk.text().contains("hunter2"));
    let (printed, done) = replayed(&disk.text());
    assert_eq!(done, Ok("done".to_owned()));
    let login = "--- 1970-01-01T00:00:00.000000Z 0x00000001 >\n> Action: Login\n> Username: admin\n> Secret: masked-1\n\n";
    assert!(printed.starts_with(login), "{printed}");
    assert!(
        printed.contains("< Asterisk Call Manager/11.0.0\n< Response: Success\n"),
        "{printed}"
    );
    assert!(printed.contains("> Action: Lo\n"), "{printed}");
}

#[test]
fn a_file_that_is_there_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bug");
    for name in ["bug", "bug.1", "bug.2"] {
        Recorder::create(&path, 1).unwrap().end("done");
        assert!(folder.path().join(name).exists(), "{name}");
    }
}
