//! A client of a manager that is not there: what would be asked of others is answered by the test.

use conf::Memory;
use jiff::{Timestamp, tz::TimeZone};
use manager::{
    Answer, Close, Connection, Effect, Files, Input, Log, Missed, Node, Peer, Recalled, Rendered,
    Request, Settings, Style, Why, verify,
};
use model::{Address, Event, Now, Record, Reply, Run, Seq, Transport};
use std::sync::Arc;
use std::time::Duration;

/// Accounts like those of the recorded scenarios.
pub(crate) const ACCOUNTS: &str = "\
[general]
enabled = yes

[admin]
secret = admin-secret
read = all
write = all

[quiet]
secret = quiet-secret
write = all

[calls]
secret = calls-secret
read = call
write = call,originate

[fenced]
secret = fenced-secret
read = all
write = all
deny = 0.0.0.0/0.0.0.0
permit = 10.1.2.0/255.255.255.0

[open]
read = all
";

/// The node's run.
pub(crate) const RUN: Run = Run(7);

/// When the node began: 2026-01-01.
pub(crate) const STARTED: i64 = 1_767_225_600;

/// The node that these files make.
pub(crate) fn node(manager: &str, acl: &str, users: &str) -> Node {
    let source = Memory::default()
        .with("manager.conf", manager)
        .with("acl.conf", acl)
        .with("users.conf", users);
    let [manager, acl, users] =
        ["manager.conf", "acl.conf", "users.conf"].map(|file| conf::load(&source, file).unwrap());
    let files = Files {
        manager: Some(&manager),
        acl: Some(&acl),
        users: Some(&users),
    };
    let started = Timestamp::from_second(STARTED).unwrap();
    Node {
        settings: Settings::read(files, &mut Vec::new()).into(),
        version: "22.8.0".into(),
        system_name: String::new(),
        max_calls: 0,
        max_load: 0.0,
        run_user: String::new(),
        run_group: String::new(),
        max_files: 0,
        realtime: false,
        cdr: true,
        http: true,
        custom_sounds: false,
        live_dangerously: false,
        traces: false,
        budget: Arc::default(),
        run: RUN,
        started,
        reloaded: started,
        zone: TimeZone::UTC,
        retries: std::sync::Arc::default(),
        throttle: std::sync::Arc::default(),
        tally: std::sync::Arc::default(),
    }
}

pub(crate) fn after(seconds: f64) -> Now {
    let since_start = Duration::from_secs_f64(seconds);
    let start = Timestamp::from_second(STARTED).unwrap();
    Now {
        since_start,
        utc: start + since_start,
    }
}

pub(crate) fn peer(remote: &str, transport: Transport) -> Peer {
    let address = |socket: &str| Address {
        transport,
        socket: socket.parse().unwrap(),
    };
    Peer {
        session: "s1".into(),
        local: address("127.0.0.1:5038"),
        remote: address(remote),
        entropy: 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef,
        certificate: None,
    }
}

/// An event as the hub has it.
pub(crate) fn rendered(seq: u64, event: Event) -> Rendered {
    rendered_on(seq, event, &node(ACCOUNTS, "", ""))
}

pub(crate) fn rendered_on(seq: u64, event: Event, node: &Node) -> Rendered {
    let record = Record {
        seq: Seq(seq),
        at: after(1.5).utc,
        event,
    };
    Rendered::new(&record, &Recalled::default(), &Style::of(node))
}

/// Events that a slow client has lost.
pub(crate) fn missed(from: u64, to: u64) -> Missed {
    Missed {
        from: RUN.at(Seq(from)),
        to: RUN.at(Seq(to)),
        why: Why::Lagged,
    }
}

pub(crate) fn user_event(name: &str) -> Event {
    Event::UserEvent {
        channel: None,
        name: name.into(),
        headers: Vec::new(),
    }
}

/// A connection and what has come of it so far.
pub(crate) struct Client {
    pub(crate) connection: Connection,
    pub(crate) now: Now,
    /// Questions not answered by us.
    pub(crate) requests: Vec<Request>,
    pub(crate) notices: Vec<Event>,
    pub(crate) logs: Vec<Log>,
    pub(crate) closed: Option<Close>,
    /// Whether the account may have a session more, and whether all parts are up.
    pub(crate) admits: (bool, bool),
}

impl Client {
    /// A client that has been greeted.
    pub(crate) fn connect(node: Node) -> Self {
        Self::from("127.0.0.1:40000", Transport::Tcp, node)
    }

    pub(crate) fn from(remote: &str, transport: Transport, node: Node) -> Self {
        Self::at(peer(remote, transport), Arc::new(node))
    }

    pub(crate) fn of_peer(peer: Peer, node: Node) -> Self {
        Self::at(peer, Arc::new(node))
    }

    /// A client of a node that others have too.
    pub(crate) fn on(node: Arc<Node>) -> Self {
        Self::at(peer("127.0.0.1:40000", Transport::Tcp), node)
    }

    fn at(peer: Peer, node: Arc<Node>) -> Self {
        let now = after(2.0);
        let mut client = Self {
            connection: Connection::new(now, peer, node),
            now,
            requests: Vec::new(),
            notices: Vec::new(),
            logs: Vec::new(),
            closed: None,
            admits: (true, true),
        };
        let banner = client.pump();
        assert!(banner.starts_with("Asterisk Call Manager/"), "{banner}");
        client
    }

    /// A client of the usual node that has logged in to this account.
    pub(crate) fn of(account: &str) -> Self {
        let mut client = Self::connect(node(ACCOUNTS, "", ""));
        let answer = client.login(account);
        assert!(answer.contains("Authentication accepted"), "{answer}");
        client.notices.clear();
        client.logs.clear();
        client
    }

    pub(crate) fn login(&mut self, account: &str) -> String {
        self.send(&format!(
            "Action: Login\nUsername: {account}\nSecret: {account}-secret\n\n"
        ))
    }

    /// Sends lines and gives what is written because of them.
    pub(crate) fn send(&mut self, lines: &str) -> String {
        self.raw(lines.replace('\n', "\r\n").as_bytes())
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> String {
        self.connection.received(self.now, bytes);
        self.pump()
    }

    /// Sends an action and answers its one question.
    pub(crate) fn ask(&mut self, lines: &str, answer: Answer) -> String {
        let before = self.send(lines);
        assert_eq!(before, "", "answered without asking");
        assert_eq!(self.requests.len(), 1, "{:?}", self.requests);
        self.handle(Input::Answer { at: Seq(0), answer })
    }

    pub(crate) fn ask_switch(&mut self, lines: &str, reply: Reply) -> String {
        self.ask(lines, Answer::Switch(reply))
    }

    pub(crate) fn handle(&mut self, input: Input<'_>) -> String {
        self.connection.handle(self.now, input);
        self.pump()
    }

    pub(crate) fn hear(&mut self, events: &[Rendered]) -> String {
        let mut written = String::new();
        for event in events {
            written += &self.handle(Input::Event(event));
            written += &self.handle(Input::Heard(event.mark()));
        }
        written
    }

    /// Lets time go by.
    pub(crate) fn wait(&mut self, seconds: f64) -> String {
        let since_start = self.now.since_start + Duration::from_secs_f64(seconds);
        self.now = after(since_start.as_secs_f64());
        self.handle(Input::Time)
    }

    /// Takes what is written, and answers what a node answers by itself.
    pub(crate) fn pump(&mut self) -> String {
        String::from_utf8(self.pump_bytes()).unwrap()
    }

    /// The same, where it may be no text.
    pub(crate) fn pump_bytes(&mut self) -> Vec<u8> {
        let mut written = Vec::new();
        loop {
            let bytes = self.connection.unsent().to_vec();
            if !bytes.is_empty() {
                written.extend_from_slice(&bytes);
                self.connection.sent(self.now, bytes.len());
                continue;
            }
            if let Some(mut listing) = self.connection.take_listing() {
                listing.write_on();
                self.connection.give_listing(self.now, listing);
                continue;
            }
            let Some(effect) = self.connection.poll() else {
                break;
            };
            match effect {
                Effect::Listen => {}
                Effect::Ask(request) => self.on_request(request),
                Effect::Notice(event) => self.notices.push(event),
                Effect::Log(log) => self.logs.push(log),
                Effect::Close(close) => self.closed = Some(close),
            }
        }
        written
    }

    fn on_request(&mut self, request: Request) {
        let answer = if let Request::Admit(_) = request {
            let (granted, booted) = self.admits;
            Answer::Admitted { granted, booted }
        } else if let Request::Verify { hash, secret } = &request {
            Answer::Verified(verify(hash, secret))
        } else if let Request::Settle = request {
            Answer::Settled
        } else {
            return self.requests.push(request);
        };
        self.connection
            .handle(self.now, Input::Answer { at: Seq(0), answer });
    }

    /// The security events so far, by account and kind.
    pub(crate) fn security(&self) -> Vec<String> {
        let told = |event: &Event| {
            let Event::Security(security) = event else {
                return None;
            };
            Some(format!("{:?} {}", security.kind, security.account))
        };
        self.notices.iter().filter_map(told).collect()
    }

    pub(crate) fn logged(&self) -> Vec<&str> {
        let text = |log| match log {
            &Log::Notice(ref text) | &Log::Warning(ref text) | &Log::Verbose(ref text) => {
                Some(text.as_str())
            }
            Log::Audit(_) | Log::Traced(_) => None,
        };
        self.logs.iter().filter_map(text).collect()
    }
}

/// Lines as they stand on the wire.
pub(crate) fn crlf(lines: &str) -> String {
    lines.replace('\n', "\r\n")
}
