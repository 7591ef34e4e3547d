//! A node for tests: events at hand, answers made up, everything else as in earnest.

use manager::{Answer, Log, Missed, Rendered, Request, Resumed, Style, User, Why};
use model::{
    Command, DatabaseCommand, DatabaseReply, DeviceState, Event, Mark, Now, Record, Reply, Run, Seq,
};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use web::{Events, Exchange, Faces, Place, Promise, Settings, Work};

pub(crate) struct House {
    start: Instant,
    node: Mutex<Arc<manager::Node>>,
    hub: Arc<Mutex<Hub>>,
    pub(crate) log: Mutex<Vec<String>>,
    logins: Arc<Mutex<Vec<String>>>,
    /// Bytes written to clients.
    pub(crate) sent: AtomicUsize,
    /// Pieces of work that were left to others.
    pub(crate) left: AtomicUsize,
    devices: Mutex<BTreeMap<String, DeviceState>>,
}

#[derive(Default)]
struct Hub {
    events: Vec<Arc<Rendered>>,
    /// So many of the first are gone.
    gone: usize,
    wakers: Vec<Waker>,
}

/// So many values are in the database.
pub(crate) const VALUES: usize = 1000;

/// The node's run.
pub(crate) const RUN: Run = Run(1);

/// Accounts as those of the recordings.
pub(crate) const MANAGER: &str = "
[general]
enabled = yes
webenabled = yes
[admin]
secret = admin-secret
read = all
write = all
[quiet]
secret = quiet-secret
write = all
[onlyuser]
secret = onlyuser-secret
read = all
write = all
eventfilter = Event: UserEvent
[single]
secret = single-secret
allowmultiplelogin = no
[fenced]
secret = fenced-secret
deny = 0.0.0.0/0
[open]
read = all
";

fn node(manager: &str) -> Arc<manager::Node> {
    let files = conf::Memory::default().with("manager.conf", manager);
    let config = conf::load(&files, "manager.conf").unwrap();
    let files = manager::Files {
        manager: Some(&config),
        ..manager::Files::default()
    };
    let now = jiff::Timestamp::now();
    Arc::new(manager::Node {
        settings: Arc::new(manager::Settings::read(files, &mut Vec::new())),
        version: "22.8.0".into(),
        system_name: String::new(),
        max_calls: 0,
        max_load: 0.0,
        run_user: String::new(),
        run_group: String::new(),
        max_files: 0,
        realtime: false,
        cdr: false,
        http: true,
        custom_sounds: false,
        live_dangerously: false,
        traces: false,
        budget: Arc::default(),
        run: RUN,
        started: now,
        reloaded: now,
        zone: jiff::tz::TimeZone::UTC,
        retries: std::sync::Arc::default(),
        throttle: std::sync::Arc::default(),
        tally: std::sync::Arc::default(),
    })
}

impl House {
    pub(crate) fn new(manager: &str) -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            node: Mutex::new(node(manager)),
            hub: Arc::default(),
            log: Mutex::default(),
            logins: Arc::default(),
            sent: AtomicUsize::new(0),
            left: AtomicUsize::new(0),
            devices: Mutex::default(),
        })
    }

    /// Something happens.
    pub(crate) fn tell(&self, event: Event) {
        let mut hub = self.hub.lock().unwrap();
        let seq = Seq(hub.events.len() as u64 + 1);
        let record = Record {
            seq,
            at: jiff::Timestamp::now(),
            event,
        };
        let style = Style::of(&self.configured());
        hub.events.push(Arc::new(Rendered::new(
            &record,
            &manager::Recalled::default(),
            &style,
        )));
        hub.wakers.drain(..).for_each(Waker::wake);
    }

    /// A device changes its state.
    pub(crate) fn device(&self, name: &str, state: DeviceState) {
        self.devices.lock().unwrap().insert(name.to_owned(), state);
        self.tell(Event::DeviceStateChange {
            device: name.into(),
            state,
        });
    }

    /// A user event of this name.
    pub(crate) fn knock(&self, name: &str) {
        let headers = vec![(Arc::from("Colour"), Arc::from("red"))];
        self.tell(Event::UserEvent {
            channel: None,
            name: name.into(),
            headers,
        });
    }

    /// So many of the first events are not kept any more.
    pub(crate) fn forget(&self, count: usize) {
        self.hub.lock().unwrap().gone = count;
    }

    /// The node is configured anew.
    pub(crate) fn configure(&self, manager: &str) {
        *self.node.lock().unwrap() = node(manager);
        self.hub
            .lock()
            .unwrap()
            .wakers
            .drain(..)
            .for_each(Waker::wake);
    }

    /// Serves it, with these lines in `[general]` of http.conf.
    pub(crate) fn serve(self: &Arc<Self>, http: &str) -> Served {
        let folder = tempfile::tempdir().unwrap();
        let exchange: Arc<dyn Exchange> = Arc::clone(self) as Arc<dyn Exchange>;
        let faces = Faces::new(exchange, folder.path(), folder.path()).unwrap();
        let served = Served { faces, folder };
        served.renew(http);
        served
    }
}

pub(crate) struct Served {
    pub(crate) faces: Faces,
    pub(crate) folder: tempfile::TempDir,
}

impl Served {
    pub(crate) fn renew(&self, http: &str) {
        let text = format!("[general]\nenabled = yes\nbindaddr = 127.0.0.1:0\n{http}\n");
        let files = conf::Memory::default().with("http.conf", text);
        let config = conf::load(&files, "http.conf").unwrap();
        let mut diagnostics = config.diagnostics.clone();
        let settings = Settings::read(&config, None, &mut diagnostics);
        assert_eq!(diagnostics, []);
        let failures: Vec<_> = self
            .faces
            .renew(settings)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(failures, [""; 0]);
    }

    pub(crate) fn address(&self, secure: bool) -> std::net::SocketAddr {
        let places = self.faces.places();
        places
            .iter()
            .find(|at| at.secure == secure)
            .unwrap()
            .address
    }
}

impl Exchange for House {
    fn now(&self) -> Now {
        Now {
            since_start: self.start.elapsed(),
            utc: jiff::Timestamp::now(),
        }
    }

    fn configured(&self) -> Arc<manager::Node> {
        Arc::clone(&self.node.lock().unwrap())
    }

    fn answer(&self, request: Request) -> Promise<(Seq, Answer)> {
        let at = Seq(self.hub.lock().unwrap().events.len() as u64);
        let answer = match request {
            Request::Switch(Command::Snapshot) => {
                let devices = self.devices.lock().unwrap();
                let event = |(device, state): (&String, &DeviceState)| Event::DeviceStateChange {
                    device: device.as_str().into(),
                    state: *state,
                };
                Answer::Switch(Reply::Snapshot(devices.iter().map(event).collect()))
            }
            Request::Switch(Command::Channels) => {
                Answer::Switch(Reply::Channels(model::ChannelList::default()))
            }
            Request::Switch(Command::Database(DatabaseCommand::List(_))) => {
                let value = |number| (format!("/n/{number:04}").into(), "x".into());
                let values = (0..VALUES).map(value).collect();
                Answer::Switch(Reply::Database(DatabaseReply::List(values)))
            }
            _ => Answer::Unavailable,
        };
        Box::pin(async move { (at, answer) })
    }

    fn notice(&self, event: Event) -> Promise<()> {
        self.tell(event);
        Box::pin(async {})
    }

    fn sent(&self, bytes: usize) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
    }

    fn leave(&self, work: Work) {
        self.left.fetch_add(1, Ordering::Relaxed);
        std::thread::spawn(work);
    }

    fn log(&self, line: Log) {
        let text = match line {
            Log::Warning(text) | Log::Notice(text) | Log::Verbose(text) => text,
            Log::Audit(entry) => format!("{} {} {:?}", entry.account, entry.action, entry.about),
            Log::Traced(_) => return,
        };
        self.log.lock().unwrap().push(text);
    }

    fn enter(&self, _remote: IpAddr) -> Arc<dyn Place> {
        Arc::new(Login {
            name: std::sync::OnceLock::new(),
            logins: Arc::clone(&self.logins),
        })
    }

    fn is_booted(&self) -> bool {
        true
    }

    fn listen(&self, after: Option<Seq>) -> Box<dyn Events> {
        let now = self.hub.lock().unwrap().events.len();
        let next = after.map_or(now, |seq| seq.0 as usize);
        Box::new(Reader {
            hub: Arc::clone(&self.hub),
            next,
        })
    }

    fn resume(&self, after: Mark) -> (Box<dyn Events>, Resumed) {
        let kept = self.hub.lock().unwrap().gone;
        let next = kept.max(after.seq.0 as usize);
        let place = RUN.at(Seq(next as u64));
        let missed = (place > after).then(|| gone(after.next(), next));
        (self.listen(Some(place.seq)), Resumed { place, missed })
    }
}

/// What is gone before this event.
fn gone(from: Mark, next: usize) -> Missed {
    Missed {
        from,
        to: RUN.at(Seq(next as u64)),
        why: Why::Expired,
    }
}

struct Login {
    name: std::sync::OnceLock<String>,
    logins: Arc<Mutex<Vec<String>>>,
}

impl Place for Login {
    fn admit(&self, user: &Arc<User>) -> bool {
        let mut logins = self.logins.lock().unwrap();
        if !user.allow_multiple_login && logins.contains(&user.name) {
            return false;
        }
        logins.push(user.name.clone());
        self.name.set(user.name.clone()).is_ok()
    }
}

impl Drop for Login {
    fn drop(&mut self) {
        let mut logins = self.logins.lock().unwrap();
        let own = self.name.get();
        let index = logins.iter().position(|name| Some(name) == own);
        index.map(|index| logins.remove(index));
    }
}

struct Reader {
    hub: Arc<Mutex<Hub>>,
    next: usize,
}

impl Events for Reader {
    fn read(&mut self, take: &mut dyn FnMut(&Rendered)) -> Result<bool, Missed> {
        let hub = self.hub.lock().unwrap();
        if hub.gone > self.next {
            let missed = gone(self.at().next(), hub.gone);
            self.next = hub.gone;
            return Err(missed);
        }
        let events: Vec<_> = hub.events[self.next..].iter().take(100).cloned().collect();
        drop(hub);
        events.iter().for_each(|event| take(event));
        self.next += events.len();
        Ok(!events.is_empty())
    }

    fn at(&self) -> Mark {
        RUN.at(Seq(self.next as u64))
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut hub = self.hub.lock().unwrap();
        hub.wakers.push(context.waker().clone());
        if hub.events.len() > self.next {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}
