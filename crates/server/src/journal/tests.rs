//! The journal on a real disk, across runs that end well and badly.

use super::segment::Written;
use super::*;
use crate::hub::Bounds;
use ami::Dialect;
use manager::Style;
use model::{Event, Record, Seq};
use std::fs;
use std::time::SystemTime;

const BOUNDS: Bounds = Bounds {
    events: 4,
    bytes: usize::MAX,
};

fn settings() -> Settings {
    Settings {
        enabled: true,
        size: 1,
        age: 24,
        sync: Sync::Never,
    }
}

/// A run of a node with its journal.
struct Node {
    hub: Arc<Hub>,
    journal: Arc<Journal>,
    thread: std::thread::JoinHandle<()>,
}

impl Node {
    fn start(folder: &Path, run: u64) -> Self {
        let journal = Journal::open(folder, settings(), Run(run)).unwrap();
        let style = Style {
            run: journal.run(),
            system_name: String::new(),
            timestamps: false,
            numbers: false,
            disabled: Vec::new(),
            zone: jiff::tz::TimeZone::UTC,
            legacy: true,
        };
        let hub = Hub::new(BOUNDS, style);
        tokio::spawn(Arc::clone(&hub).ring_bells());
        let thread = journal.start(&hub).unwrap();
        Self {
            hub,
            journal,
            thread,
        }
    }

    /// Something happens, and is written before more does.
    async fn tell(&self, seqs: std::ops::RangeInclusive<u64>, filling: usize) {
        for seq in seqs {
            let event = Event::UserEvent {
                channel: None,
                name: seq.to_string().as_str().into(),
                headers: vec![("Filling".into(), "x".repeat(filling).into())],
            };
            let (seq, at) = (Seq(seq), jiff::Timestamp::UNIX_EPOCH);
            let before = self.journal.bytes();
            self.hub.publish(vec![Record { seq, at, event }]);
            let written = || self.journal.bytes() != before || self.journal.segments().is_empty();
            while !written() || self.journal.segments().is_empty() {
                tokio::task::yield_now().await;
            }
        }
    }

    /// The run ends as it should.
    async fn end(self) {
        self.journal.close();
        self.hub.ring_all();
        tokio::task::spawn_blocking(|| self.thread.join())
            .await
            .unwrap()
            .unwrap();
    }

    /// What is told after a place: events by run and number, what is gone, and where the hub goes on.
    fn after(&self, run: u64, seq: u64) -> Vec<String> {
        let mut told = Vec::new();
        let after = Run(run).at(Seq(seq));
        let (mut history, resumed) = self.journal.history(&self.hub, after).unwrap();
        let gone = |missed: Missed| format!("{} {}-{}", missed.why.text(), missed.from, missed.to);
        told.extend(resumed.missed.map(gone));
        loop {
            for step in history.page() {
                match step {
                    Step::Event(event) => {
                        let told_today = event.told(Dialect::V22).unwrap();
                        assert!(told_today.message.wire().contains("Privilege: user,all"));
                        assert!(event.told(Dialect::V1_8).is_some());
                        told.push(event.mark().to_string());
                    }
                    Step::Missed(missed) => told.push(gone(missed)),
                    Step::Join(reader) => {
                        told.push(format!("on from {}", reader.at()));
                        return told;
                    }
                }
            }
        }
    }
}

fn newest(folder: &Path) -> PathBuf {
    Segment::list(folder).unwrap().pop().unwrap().path
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_ended_is_told_again_without_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let first = Node::start(folder.path(), 10);
    first.tell(1..=9, 10).await;
    // What has left the ring of the same run, up to what is still in it.
    assert_eq!(first.after(10, 2)[..3], ["10/3", "10/4", "10/5"]);
    assert_eq!(first.after(10, 2).last().unwrap(), "on from 10/9");
    first.end().await;
    let second = Node::start(folder.path(), 20);
    assert_eq!(second.after(10, 7), ["10/8", "10/9", "on from 20/0"]);
    second.tell(1..=1, 10).await;
    assert_eq!(second.after(10, 9), ["20/1", "on from 20/1"]);
    assert_eq!(second.after(9, 4)[..2], ["expired 9/5-10/0", "10/1"]);
    // The clock was set back: the run is later all the same.
    second.end().await;
    let third = Node::start(folder.path(), 5);
    assert_eq!(third.journal.run(), Run(21));
    assert_eq!(third.after(10, 9), ["20/1", "on from 21/0"]);
    third.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_or_damaged_end_is_cut_and_told() {
    for damage in ["torn", "flipped", "garbage"] {
        let folder = tempfile::tempdir().unwrap();
        let first = Node::start(folder.path(), 10);
        first.tell(1..=9, 10).await;
        let bytes = fs::read(newest(folder.path())).unwrap();
        let length = bytes.len() / 9; // records of the same length
        let cut = match damage {
            "torn" => bytes[..bytes.len() - length / 2].to_vec(),
            "flipped" => {
                let mut bytes = bytes.clone();
                let at = bytes.len() - length / 2;
                bytes[at] ^= 4;
                bytes
            }
            _ => [&bytes[..length * 8], &[0xff; 1000]].concat(),
        };
        let folder = tempfile::tempdir().unwrap();
        let name = format!("{:020}-{:020}.events", 10, 0);
        fs::write(folder.path().join(&name), &cut).unwrap();
        fs::write(folder.path().join("notes.txt"), "none of ours").unwrap();
        let second = Node::start(folder.path(), 20);
        let counted = second.journal.figures.cut.load(Ordering::Relaxed);
        assert_eq!(counted as usize, cut.len() - 8 * length, "{damage}");
        assert_eq!(
            second.after(10, 6),
            ["10/7", "10/8", "restarted 10/9-20/0", "on from 20/0"],
            "{damage}"
        );
        second.end().await;
        first.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_damaged_in_the_middle_is_left_out_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let first = Node::start(folder.path(), 10);
    first.tell(1..=9, 10).await;
    let path = newest(folder.path());
    first.end().await;
    let second = Node::start(folder.path(), 20);
    second.tell(1..=6, 10).await;
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(
        second.after(10, 2)[..4],
        ["10/3", "10/4", "restarted 10/5-20/0", "20/1"]
    );
    assert!(second.journal.figures.damaged.load(Ordering::Relaxed) > 0);
    second.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_bounded_by_size() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(folder.path(), 10);
    node.tell(1..=200, 10_000).await; // in each of two dialects: 4 MB
    assert!(
        node.journal.bytes() <= (1 << 20) + (1 << 17),
        "{}",
        node.journal.bytes()
    );
    let told = node.after(10, 0);
    assert!(told[0].starts_with("expired 10/1-10/"), "{}", told[0]);
    assert!(told.last().unwrap().starts_with("on from 10/"));
    let kept = told.len() - 2;
    assert!((20..100).contains(&kept), "{kept}");
    node.end().await;
}

#[test]
fn the_age_of_what_is_kept_is_no_matter_of_the_date() {
    let day = Duration::from_secs(86_400);
    // Once it is seen, only time that goes by makes it older.
    let yesterday = Written::at(SystemTime::now() - day).age();
    assert!(yesterday >= day && yesterday < day * 2, "{yesterday:?}");
    // The clock was set back since it was written.
    assert!(Written::at(SystemTime::now() + day).age() < day);
}
