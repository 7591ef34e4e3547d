//! Readers that keep up, that lag and that come back.

use super::*;
use model::Event;
use model::Run;

fn records(seqs: std::ops::Range<u64>) -> Vec<Record> {
    let event = Event::Shutdown {
        cleanly: true,
        restart: false,
    };
    let at = jiff::Timestamp::UNIX_EPOCH;
    seqs.map(|seq| Record {
        seq: Seq(seq),
        at,
        event: event.clone(),
    })
    .collect()
}

fn style() -> Style {
    let zone = jiff::tz::TimeZone::UTC;
    Style {
        run: Run(1),
        system_name: String::new(),
        timestamps: false,
        numbers: false,
        disabled: Vec::new(),
        zone,
        legacy: false,
    }
}

fn hub(events: usize, bytes: usize) -> Arc<Hub> {
    Hub::new(Bounds { events, bytes }, style())
}

fn read(reader: &mut Reader) -> Vec<u64> {
    let (batch, from) = reader.read().unwrap().unwrap();
    batch.from(from).map(|event| event.mark().seq.0).collect()
}

fn lost(from: u64, to: u64) -> Missed {
    let [from, to] = [from, to].map(|seq| Run(1).at(Seq(seq)));
    let why = Why::Lagged;
    Missed { from, to, why }
}

#[test]
fn readers_read_what_is_published_after_they_came() {
    let hub = hub(usize::MAX, usize::MAX);
    hub.publish(records(1..3));
    let mut reader = hub.subscribe();
    assert!(reader.read().unwrap().is_none());
    assert_eq!(reader.at().seq, Seq(2));
    hub.publish(records(3..5));
    hub.publish(records(5..6));
    assert_eq!(read(&mut reader), [3, 4]);
    assert_eq!(read(&mut reader), [5]);
    assert!(!reader.is_behind());
}

#[test]
fn a_slow_reader_is_told_what_it_missed_and_reads_on() {
    let hub = hub(3, usize::MAX);
    let mut reader = hub.subscribe();
    hub.publish(records(1..3));
    hub.publish(records(3..5));
    assert_eq!(reader.read().err(), Some(lost(1, 2)));
    assert_eq!(read(&mut reader), [3, 4]);
}

#[test]
fn who_was_there_before_goes_on_from_there() {
    let hub = hub(3, usize::MAX);
    hub.publish(records(1..3));
    hub.publish(records(3..6));
    let run = Run(1);
    let gone = |from: Mark, to: u64, why| {
        let to = run.at(Seq(to));
        Some(Missed { from, to, why })
    };
    for (after, place, missed) in [
        (run.at(Seq(5)), 5, None),
        (run.at(Seq(3)), 3, None),
        (run.at(Seq(2)), 2, None),
        (run.at(Seq(1)), 2, gone(run.at(Seq(2)), 2, Why::Expired)),
        (run.at(Seq(6)), 5, gone(run.at(Seq(7)), 5, Why::Unknown)),
        (
            Run(0).at(Seq(4)),
            2,
            gone(Run(0).at(Seq(5)), 2, Why::Restarted),
        ),
        (
            Run(2).at(Seq(4)),
            5,
            gone(Run(2).at(Seq(5)), 5, Why::Unknown),
        ),
    ] {
        let (mut reader, resumed) = hub.resume(after);
        assert_eq!(
            (resumed.place.seq.0, resumed.missed),
            (place, missed),
            "{after}"
        );
        hub.publish(Vec::new());
        let next = reader.read().unwrap().map(|(_, from)| from);
        assert_eq!(next, (place < 5).then_some(place + 1), "{after}");
    }
}

#[test]
fn weight_bounds_the_ring_too() {
    let hub = hub(usize::MAX, 2048);
    let mut reader = hub.subscribe();
    hub.publish(records(1..3));
    hub.publish(records(3..4));
    assert_eq!(reader.read().err(), Some(lost(1, 2)));
}

#[test]
fn what_a_reader_may_not_hear_is_passed_over() {
    let hub = hub(usize::MAX, usize::MAX);
    let mut reader = hub.subscribe();
    hub.publish(records(1..3));
    hub.publish(records(3..4));
    // Nobody has looked at them yet: they may be for everybody.
    assert!(reader.read_for(Classes::CALL).unwrap().is_some());
    let (events, classes) = hub.subscribe_after(Seq(0)).classes();
    assert_eq!((events, classes), (3, vec![Classes::SYSTEM]));
    assert!(reader.read_for(Classes::CALL).unwrap().is_none());
    assert_eq!(reader.at().seq, Seq(3));
    let mut other = hub.subscribe_after(Seq(1));
    let (_, from) = other.read_for(Classes::SYSTEM).unwrap().unwrap();
    assert_eq!((from, other.at().seq), (2, Seq(2)));
}

#[tokio::test]
async fn the_bell_is_heard_by_who_listens() {
    let hub = hub(10, usize::MAX);
    tokio::spawn(Arc::clone(&hub).ring_bells());
    let mut reader = hub.subscribe();
    let bell = hub.bell();
    hub.publish(records(1..2));
    std::future::poll_fn(|context| {
        bell.arm(context, Some(Classes::ALL));
        if reader.is_behind() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    assert_eq!(read(&mut reader), [1]);
}
