//! What becomes of events for a client that takes them more slowly than they happen.
//!
//! Events wait where all sessions read them, at no cost, for as long as there is room. When a session
//! is about to lose its place there and its account wants to stay (`onlag`), it goes through what it
//! is behind and keeps only what it must: the rest is told as EventsMissed, in its place. What is kept
//! is bounded; if even that does not fit, the session ends.

use crate::budget::{Budget, Share};
use crate::{Missed, Told, Why};
use ami::Classes;
use model::Mark;
use std::collections::{HashMap, VecDeque};
use std::str::FromStr;
use std::sync::Arc;

/// What becomes of a session that is too slow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLag {
    /// It ends.
    #[default]
    Close,
    /// Events are skipped.
    Skip,
    /// Of events that tell how one thing is, the last stays; if that is not enough, others are
    /// skipped too.
    Coalesce,
}

impl OnLag {
    /// As it is written in manager.conf.
    pub fn word(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Skip => "skip",
            Self::Coalesce => "coalesce",
        }
    }
}

impl FromStr for OnLag {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.to_ascii_lowercase().as_str() {
            "close" => Ok(Self::Close),
            "skip" => Ok(Self::Skip),
            "coalesce" => Ok(Self::Coalesce),
            _ => Err(()),
        }
    }
}

conf::value_from_str!(OnLag => "close, skip or coalesce");

/// What waits for a client that is behind.
#[derive(Debug)]
pub(crate) struct Lag {
    items: VecDeque<Item>,
    /// How many items have been taken: the number of the first.
    first: u64,
    bytes: usize,
    /// The item that tells how a thing is, by the thing.
    latest: HashMap<String, u64>,
    share: Share,
}

/// What is to be written next.
#[derive(Debug)]
pub(crate) enum Item {
    Event(Arc<Told>),
    Missed(Missed),
    /// An answer; it is not put off beyond its place.
    Bytes(Vec<u8>),
}

/// There is no room for what must not be skipped.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Lag {
    /// So many bytes may wait, besides those on their way.
    const LIMIT: usize = 256 * 1024;
    /// What an item takes besides its text.
    const ITEM: usize = 128;

    pub(crate) fn new(budget: &Arc<Budget>) -> Self {
        Self {
            items: VecDeque::new(),
            first: 0,
            bytes: 0,
            latest: HashMap::new(),
            share: Share::of(budget),
        }
    }

    /// Takes an event by the rule; how many events are skipped because of it.
    pub(crate) fn take(
        &mut self,
        told: &Arc<Told>,
        rule: OnLag,
        keep: Classes,
    ) -> Result<u64, Full> {
        // What has no class is what tells that events are gone.
        let kept = told.classes.is_empty() || keep.intersects(told.classes);
        let mut skipped = 0;
        let thing = (rule == OnLag::Coalesce && !kept)
            .then(|| thing(told))
            .flatten();
        if let Some(number) = thing.as_ref().and_then(|thing| self.latest.remove(thing)) {
            self.skip(number);
            skipped += 1;
        }
        if self.is_full() {
            self.compact();
        }
        if self.is_full() && kept {
            return Err(Full);
        }
        if self.is_full() || (rule == OnLag::Skip && !kept) {
            self.miss(gone(told.mark));
            return Ok(skipped + 1);
        }
        if let Some(thing) = thing {
            self.bytes += thing.len();
            self.latest
                .insert(thing, self.first + self.items.len() as u64);
        }
        self.push(Item::Event(Arc::clone(told)));
        Ok(skipped)
    }

    /// Events are gone, here in the order.
    pub(crate) fn miss(&mut self, missed: Missed) {
        match self.items.back_mut() {
            Some(Item::Missed(before)) => *before = before.and(missed),
            Some(Item::Event(_) | Item::Bytes(_)) | None => self.push(Item::Missed(missed)),
        }
    }

    /// An answer.
    pub(crate) fn add(&mut self, bytes: Vec<u8>) {
        self.push(Item::Bytes(bytes));
    }

    /// What is to be written next.
    pub(crate) fn next(&mut self) -> Option<Item> {
        let item = self.items.pop_front()?;
        self.first += 1;
        self.bytes -= weight(&item);
        if let Item::Event(told) = &item
            && let Some(thing) = thing(told)
            && self
                .latest
                .get(&thing)
                .is_some_and(|number| *number < self.first)
        {
            self.latest.remove(&thing);
            self.bytes -= thing.len();
        }
        self.share.hold(self.bytes);
        Some(item)
    }

    fn push(&mut self, item: Item) {
        self.bytes += weight(&item);
        self.items.push_back(item);
        self.share.hold(self.bytes);
    }

    fn is_full(&self) -> bool {
        self.share.is_full(self.bytes, Self::LIMIT)
    }

    /// An event whose thing is otherwise by now.
    fn skip(&mut self, number: u64) {
        let index = usize::try_from(number - self.first).unwrap_or(usize::MAX);
        let Some(item) = self.items.get_mut(index) else {
            return;
        };
        if let Item::Event(told) = item {
            self.bytes -= thing(told).map_or(0, |thing| thing.len());
            self.bytes -= weight(item);
            if let Item::Event(told) = item {
                *item = Item::Missed(gone(told.mark));
            }
            self.bytes += weight(item);
        }
    }

    /// Tells of neighbours that are gone in one.
    fn compact(&mut self) {
        let items = std::mem::take(&mut self.items);
        self.latest.clear();
        self.bytes = 0;
        self.first = 0;
        for item in items {
            match item {
                Item::Missed(missed) => self.miss(missed),
                Item::Event(told) => {
                    if let Some(thing) = thing(&told) {
                        self.bytes += thing.len();
                        self.latest.insert(thing, self.items.len() as u64);
                    }
                    self.push(Item::Event(told));
                }
                Item::Bytes(_) => self.push(item),
            }
        }
    }
}

fn gone(mark: Mark) -> Missed {
    Missed {
        from: mark,
        to: mark,
        why: Why::Lagged,
    }
}

fn weight(item: &Item) -> usize {
    let text = match item {
        Item::Event(told) => told.message.wire().len(),
        Item::Missed(_) => 0,
        Item::Bytes(bytes) => bytes.len(),
    };
    text + Lag::ITEM
}

/// The thing of which an event tells how it is; `None` if the event tells that something happened.
fn thing(told: &Told) -> Option<String> {
    let headers: &[&str] = match told.name {
        "DeviceStateChange" => &["Device"],
        "ExtensionStatus" | "PresenceStatus" => &["Exten", "Context"],
        "PresenceStateChange" => &["Presentity"],
        "MessageWaiting" => &["Mailbox"],
        "PeerStatus" => &["Peer"],
        "ContactStatus" => &["AOR", "URI"],
        "Registry" => &["Username", "Domain"],
        "VarSet" => &["Uniqueid", "Variable"],
        "Newstate" | "Newexten" | "NewCallerid" | "NewConnectedLine" | "NewAccountCode" => {
            &["Uniqueid"]
        }
        "DialState" => &["DestUniqueid"],
        _ => return None,
    };
    let mut thing = told.name.to_owned();
    for header in headers {
        thing.push('\n');
        thing.push_str(told.message.first(header).unwrap_or_default());
    }
    Some(thing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ami::Message;
    use model::{Run, Seq};

    fn event(seq: u64, name: &'static str, device: &str) -> Arc<Told> {
        let user = Classes::USER;
        Arc::new(Told {
            mark: Run(1).at(Seq(seq)),
            name,
            classes: if name == "UserEvent" {
                user
            } else {
                Classes::CALL
            },
            message: Message::new().with("Event", name).with("Device", device),
            head: 1,
            fresh: true,
            stray: false,
            json: std::sync::OnceLock::new(),
        })
    }

    fn taken(lag: &mut Lag) -> Vec<String> {
        let tell = |item| match item {
            Item::Event(told) => told.mark.seq.to_string(),
            Item::Missed(missed) => format!("{}-{} gone", missed.from.seq, missed.to.seq),
            Item::Bytes(bytes) => String::from_utf8(bytes).unwrap(),
        };
        std::iter::from_fn(|| lag.next()).map(tell).collect()
    }

    #[test]
    fn what_must_be_kept_is_kept_in_its_place() {
        let mut lag = Lag::new(&Arc::default());
        let keep = Classes::USER;
        for seq in 1..=6 {
            let name = if seq == 3 { "UserEvent" } else { "Hangup" };
            assert!(lag.take(&event(seq, name, ""), OnLag::Skip, keep).is_ok());
            if seq == 5 {
                lag.add(b"answer".to_vec());
            }
        }
        assert_eq!(
            taken(&mut lag),
            ["1-2 gone", "3", "4-5 gone", "answer", "6-6 gone"]
        );
        assert_eq!(lag.bytes, 0);
    }

    #[test]
    fn of_what_tells_how_a_thing_is_the_last_stays() {
        let mut lag = Lag::new(&Arc::default());
        let state = "DeviceStateChange";
        let events = [
            (state, "a"),
            ("Hangup", ""),
            (state, "b"),
            (state, "a"),
            (state, "a"),
        ];
        for (seq, (name, device)) in events.into_iter().enumerate() {
            let told = event(seq as u64 + 1, name, device);
            assert!(lag.take(&told, OnLag::Coalesce, Classes::NONE).is_ok());
        }
        assert_eq!(taken(&mut lag), ["1-1 gone", "2", "3", "4-4 gone", "5"]);
        assert_eq!((lag.bytes, lag.latest.len()), (0, 0));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut lag = Lag::new(&Arc::default());
        let mut skipped = 0;
        for seq in 1..=10_000 {
            let told = event(seq, "DeviceStateChange", &(seq % 7).to_string());
            skipped += lag.take(&told, OnLag::Coalesce, Classes::NONE).unwrap();
        }
        assert_eq!(skipped, 9_993);
        for seq in 10_001..=20_000 {
            let told = event(seq, "Hangup", "");
            lag.take(&told, OnLag::Coalesce, Classes::NONE).unwrap();
        }
        assert!(lag.bytes < Lag::LIMIT + 1024, "{}", lag.bytes);
        let kept = event(20_001, "UserEvent", "");
        assert_eq!(lag.take(&kept, OnLag::Coalesce, Classes::USER), Err(Full));
        let told = taken(&mut lag);
        assert_eq!(
            told.last().map(|last| last.ends_with("-20000 gone")),
            Some(true)
        );
        assert_eq!(
            told.iter()
                .filter(|item| !item.ends_with("gone"))
                .take(7)
                .count(),
            7
        );
        assert_eq!(lag.bytes, 0);
    }
}
