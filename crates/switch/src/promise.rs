//! Outcomes that were promised: every asynchronous Originate that was accepted ends in an
//! OriginateResponse, also when the node is killed in between.
//!
//! What is promised is kept in a file before the client is told that its order was accepted, under a path
//! that no value of AstDB can have, and taken back when the outcome is told. What is found there at the
//! start came to nothing. It is told a while after the first manager has logged
//! in, when those who were cut off are back. A node killed just between the telling and the taking back
//! tells an outcome twice; none is lost.

use crate::{Output, Switch};
use model::{
    Destination, Event, Extension, Originate, OriginateReason, Party, Reply, SecurityKind, Seq,
    Token,
};
use std::sync::Arc;
use std::time::Duration;

/// What the paths begin with; those of values begin with `/`.
const PATH: &str = "originate/";
/// How long those who were cut off have to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an earlier run of the node promised.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    found: Vec<(Arc<str>, Event)>,
    /// When it is told, since the start.
    due: Option<Duration>,
    made: u64,
}

/// What names a promise on the disk: when it was made, and which one of this run it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Promise {
    nanosecond: i128,
    number: u64,
}

impl Promise {
    /// Where it is kept.
    pub(crate) fn path(self) -> Arc<str> {
        format!("{PATH}{}.{}", self.nanosecond, self.number).into()
    }
}

impl Promises {
    /// When there is something to tell.
    pub(crate) fn due(&self) -> Option<Duration> {
        self.due
    }
}

impl Switch {
    /// Accepts an order.
    pub(crate) fn promise(&mut self, token: Token, at: Seq, order: &Originate) -> Promise {
        self.promises.made += 1;
        let promise = Promise {
            nanosecond: self.now.utc.as_nanosecond(),
            number: self.promises.made,
        };
        self.put(Output::Promise(promise.path(), Some(written(order))));
        self.reply(token, at, Reply::Done);
        promise
    }

    /// The outcome has been told.
    pub(crate) fn fulfil(&mut self, path: &Arc<str>) {
        self.put(Output::Promise(Arc::clone(path), None));
    }

    /// Takes what an earlier run promised out of what the disk has kept.
    pub(crate) fn restore_promises(&mut self, values: &mut Vec<(Arc<str>, Arc<str>)>) {
        let promised = |(path, _): &mut (Arc<str>, Arc<str>)| path.starts_with(PATH);
        for (path, text) in values.extract_if(.., promised) {
            self.promises.found.push((path, read(&text)));
        }
    }

    /// Somebody may hear of it soon.
    pub(crate) fn on_security(&mut self, kind: &SecurityKind) {
        let login = matches!(kind, SecurityKind::SuccessfulAuth { .. });
        if login && !self.promises.found.is_empty() {
            let due = self.now.since_start + PATIENCE;
            self.promises.due.get_or_insert(due);
        }
    }

    /// Tells what came to nothing, if it is time.
    pub(crate) fn tell_promises(&mut self) {
        if self
            .promises
            .due
            .is_none_or(|due| due > self.now.since_start)
        {
            return;
        }
        self.promises.due = None;
        for (path, event) in std::mem::take(&mut self.promises.found) {
            self.tell(event);
            self.fulfil(&path);
        }
    }
}

/// Of an order what its outcome is told with, a line each.
fn written(order: &Originate) -> Arc<str> {
    let given = |text: &Option<Arc<str>>| text.clone().unwrap_or_default();
    let caller = order.caller.clone().unwrap_or_default();
    let channel: Arc<str> = format!("{}/{}", order.technology, order.resource).into();
    let (kind, one, two, three) = match &order.destination {
        Destination::Application { application, data } => {
            ("application", application, data, &Arc::default())
        }
        Destination::Extension(Extension {
            context,
            exten,
            priority,
        }) => ("extension", context, exten, priority),
    };
    let lines = [
        given(&order.action_id),
        channel,
        kind.into(),
        Arc::clone(one),
        Arc::clone(two),
        Arc::clone(three),
        given(&order.channel_id),
        given(&caller.number),
        given(&caller.name),
        order
            .trace
            .map(|trace| trace.to_string())
            .unwrap_or_default()
            .into(),
    ];
    lines.map(|line| line.replace('\n', " ")).join("\n").into()
}

fn read(text: &str) -> Event {
    let mut lines = text.split('\n').map(Arc::<str>::from);
    let mut line = || lines.next().unwrap_or_default();
    let some = |text: Arc<str>| (!text.is_empty()).then_some(text);
    let (action_id, channel, kind) = (line(), line(), line());
    let (one, two, three) = (line(), line(), line());
    let destination = if &*kind == "application" {
        Destination::Application {
            application: one,
            data: two,
        }
    } else {
        Destination::Extension(Extension {
            context: one,
            exten: two,
            priority: three,
        })
    };
    Event::OriginateResponse {
        action_id: some(action_id),
        reason: OriginateReason::Interrupted,
        channel,
        destination,
        uniqueid: some(line()),
        caller: Party {
            number: some(line()),
            name: some(line()),
        },
        trace: line().parse().ok(),
    }
}
