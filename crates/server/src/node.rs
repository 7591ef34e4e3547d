//! The node: what all tasks share.

mod answer;
mod configured;
mod reload;

pub(crate) use configured::Configured;
pub(crate) use reload::NotReloaded;

use crate::astdb::AstDb;
use crate::audit::AuditLog;
use crate::background::Background;
use crate::clock::Clock;
use crate::counters::Counters;
use crate::exchange::WebExchange;
use crate::faults::Faults;
use crate::hub::{Hub, Reader};
use crate::journal::Journal;
use crate::listener::Listeners;
use crate::logger::{Detail, Logger};
use crate::mailbox::Mailboxes;
use crate::recording::{Recorder, Wire};
use crate::records::Records;
use crate::replay::Replay;
use crate::security_log;
use crate::sessions::Sessions;
use crate::store::Store;
use crate::switch_task::{Ended, SwitchHandle};
use crate::traces::Traces;
use manager::{Log, Resumed, Why};
use model::{Command, Event, Mark, Refusal, Reply, Run};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use switch::Input;
use tokio::sync::{Mutex, watch};
use web::Faces;

/// What all tasks share.
pub(crate) struct Node {
    pub(crate) journal: Option<Arc<Journal>>,
    journal_thread: std::sync::Mutex<Option<JoinHandle<()>>>,
    run: Run,
    pub(crate) clock: Clock,
    pub(crate) hub: Arc<Hub>,
    pub(crate) switch: SwitchHandle,
    pub(crate) sip: sip::Handle,
    pub(crate) media: media::Handle,
    database: Arc<AstDb>,
    pub(crate) records: Arc<Records>,
    /// What records the switch, if something does.
    recorder: Option<Arc<Recorder>>,
    /// Where sessions are recorded.
    pub(crate) wire: Wire,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) listeners: Listeners,
    faces: OnceLock<Faces>,
    files: Store,
    pub(crate) mailboxes: Mailboxes,
    pub(crate) counters: Counters,
    pub(crate) background: Background,
    logger: Logger,
    audit: Arc<AuditLog>,
    promises: Arc<Faults>,
    pub(crate) traces: Traces,
    /// What it is configured with, and what of that sessions know.
    configured: watch::Sender<Arc<Configured>>,
    /// Held while the configuration is read anew: one at a time.
    reloading: Mutex<()>,
    booted: watch::Sender<bool>,
    stopping: watch::Sender<Option<Stop>>,
    /// Sessions end once they have heard everything.
    ending: AtomicBool,
}

/// Where a session's events come from.
pub(crate) enum Source {
    /// The hub has them.
    Hub(Reader),
    /// The journal has those before.
    Journal(Replay),
}

/// What a node is made of.
pub(crate) struct Made {
    /// The journal and the thread that writes it.
    pub(crate) journal: Option<(Arc<Journal>, JoinHandle<()>)>,
    pub(crate) clock: Clock,
    pub(crate) hub: Arc<Hub>,
    pub(crate) switch: SwitchHandle,
    pub(crate) media: media::Handle,
    pub(crate) sip: sip::Handle,
    pub(crate) database: Arc<AstDb>,
    pub(crate) records: Arc<Records>,
    pub(crate) files: Store,
    pub(crate) logger: Logger,
    pub(crate) audit: AuditLog,
    /// What goes wrong with the file of promises.
    pub(crate) promises: Arc<Faults>,
    pub(crate) traces: Traces,
    pub(crate) background: Background,
    pub(crate) recorder: Option<Arc<Recorder>>,
}

/// How the server shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    pub(crate) when: When,
    /// Start again afterwards.
    pub(crate) restart: bool,
}

/// When the server shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// At once: calls are hung up.
    Now,
    /// When the last call has ended; new ones are refused.
    Gracefully,
    /// As soon as there is no call; new ones are taken until then.
    Convenient,
}

impl Node {
    pub(crate) fn new(made: Made, configured: Configured) -> Arc<Self> {
        let configuration = &configured.configuration;
        let mailboxes = Mailboxes::new(configuration.asterisk.directories.spool.clone());
        mailboxes.configure(Arc::clone(&configuration.voicemail));
        Arc::new(Self {
            run: configured.manager.run,
            journal: made
                .journal
                .as_ref()
                .map(|(journal, _)| Arc::clone(journal)),
            journal_thread: std::sync::Mutex::new(made.journal.map(|(_, thread)| thread)),
            mailboxes,
            clock: made.clock,
            hub: made.hub,
            switch: made.switch,
            sip: made.sip,
            media: made.media,
            database: made.database,
            records: made.records,
            recorder: made.recorder,
            wire: Wire::default(),
            sessions: Arc::default(),
            listeners: Listeners::default(),
            faces: OnceLock::new(),
            files: made.files,
            counters: Counters::default(),
            background: made.background,
            ending: AtomicBool::new(false),
            logger: made.logger,
            audit: Arc::new(made.audit),
            promises: made.promises,
            traces: made.traces,
            configured: watch::Sender::new(Arc::new(configured)),
            reloading: Mutex::new(()),
            booted: watch::Sender::new(false),
            stopping: watch::Sender::new(None),
        })
    }

    /// What it is configured with now.
    pub(crate) fn configured(&self) -> Arc<Configured> {
        Arc::clone(&self.configured.borrow())
    }

    /// Whether it is configured otherwise than a session thinks.
    pub(crate) fn is_newer_than(&self, known: &Arc<manager::Node>) -> bool {
        !Arc::ptr_eq(&self.configured.borrow().manager, known)
    }

    /// A source of what comes after this place: the journal where the hub does not have it any more.
    pub(crate) fn resume(&self, after: Mark) -> (Source, Resumed) {
        let (reader, resumed) = self.hub.resume(after);
        let gone = resumed
            .missed
            .is_some_and(|missed| missed.why != Why::Unknown);
        let journal = self.journal.as_ref().filter(|_| gone);
        match journal.and_then(|journal| journal.history(&self.hub, after)) {
            Some((history, resumed)) => (Source::Journal(Replay::new(history)), resumed),
            None => (Source::Hub(reader), resumed),
        }
    }

    /// Has the journal write out what there is.
    pub(crate) async fn close_journal(&self) {
        let Some(journal) = &self.journal else {
            return;
        };
        journal.close();
        self.hub.ring_all();
        let thread = self
            .journal_thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }

    /// Asks the switch. A switch that has ended refuses.
    pub(crate) async fn ask(&self, command: Command) -> Reply {
        let answered = self.switch.ask(command).await;
        answered.map_or(Reply::Refused(Refusal::ShuttingDown), |answered| {
            answered.reply
        })
    }

    /// Writes a line of a session to the log it is for.
    pub(crate) fn log(&self, line: Log) {
        match line {
            Log::Warning(text) => tracing::warn!(target: "manager", "{text}"),
            Log::Notice(text) => tracing::info!(target: "manager", "{text}"),
            Log::Verbose(text) => tracing::info!(target: "verbose", "{text}"),
            Log::Traced(traced) => self.traces.take(traced),
            Log::Audit(entry) => self.audit.take(self.clock.now().utc, entry),
        }
    }

    /// Tells an event that somebody else than the switch is the author of.
    pub(crate) async fn notice(&self, event: Event) -> Result<(), Ended> {
        if let Event::Security(security) = &event {
            self.counters.knocked(security);
            security_log::write(&event, self.clock.now().utc);
        }
        self.switch.tell(Input::Notice(event)).await
    }

    /// Gives the switch what the database has kept.
    pub(crate) async fn restore(&self, values: crate::astdb::Values) -> Result<(), Ended> {
        self.switch.tell(Input::Restore(values)).await
    }

    /// What went wrong with the files it keeps, by what they are.
    pub(crate) fn faults(&self) -> [(&'static str, &Faults); 4] {
        [
            ("audit", self.audit.faults()),
            ("database", self.database.faults()),
            ("log", self.logger.faults()),
            ("promises", &self.promises),
        ]
    }

    /// Has the database and what waits of call records, of the audit log and of recordings written out.
    pub(crate) async fn close_stores(self: Arc<Self>) {
        const ENDS: &str = "the server ended";
        let (database, records) = (Arc::clone(&self.database), Arc::clone(&self.records));
        let audit = Arc::clone(&self.audit);
        let node = Arc::clone(&self);
        let close = move || {
            database.close();
            records.close();
            audit.close();
            node.wire.close(ENDS);
            if let Some(recorder) = &node.recorder {
                recorder.end(ENDS);
            }
        };
        // It waits for the disk, where that holds nobody up.
        let _ = tokio::task::spawn_blocking(close).await;
    }

    /// Serves the web faces that http.conf asks for; what cannot be done is given.
    pub(crate) fn serve_web(self: &Arc<Self>) -> Vec<String> {
        let configured = self.configured();
        let directories = &configured.configuration.asterisk.directories;
        let faces = match self.faces.get() {
            Some(faces) => faces,
            None => {
                let exchange = Arc::new(WebExchange(Arc::clone(self)));
                match Faces::new(exchange, &directories.configuration, &directories.data) {
                    Ok(faces) => self.faces.get_or_init(|| faces),
                    Err(error) => return vec![error.to_string()],
                }
            }
        };
        let failures = faces.renew(web::Settings::clone(&configured.configuration.web));
        failures.iter().map(ToString::to_string).collect()
    }

    /// Tells which of two files keeps the manager from answering over HTTP, if the other wants it to.
    pub(crate) fn tell_what_web_misses(&self) {
        let configured = self.configured();
        let manager = &configured.manager.settings.general;
        let has_manager = manager.enabled && manager.web_enabled;
        if let Some(missing) = web::missing(&configured.configuration.web, has_manager) {
            tracing::warn!("{missing}");
        }
    }

    /// Where the web faces listen.
    pub(crate) fn web_places(&self) -> Vec<web::At> {
        self.faces.get().map(Faces::places).unwrap_or_default()
    }

    /// What the web faces serve, in words.
    pub(crate) fn web_status(&self, figures: Option<&str>) -> String {
        let faces = self.faces.get();
        faces.map_or_else(String::new, |faces| faces.status(figures))
    }

    /// Takes no newcomers any more.
    pub(crate) fn close_listeners(&self) {
        self.listeners.close();
        if let Some(faces) = self.faces.get() {
            faces.close();
        }
    }

    /// Gives the switch its configuration.
    pub(crate) async fn configure_switch(&self) -> Result<(), Ended> {
        let configured = self.configured();
        self.switch
            .tell(Input::Configure(Arc::clone(
                &configured.configuration.switch,
            )))
            .await
    }

    /// Has all sessions end once they have heard everything there is.
    pub(crate) async fn end_sessions(&self) {
        // An answer comes after all that was told before it.
        self.ask(Command::Counts).await;
        self.ending.store(true, Ordering::SeqCst);
        self.hub.ring_all();
    }

    /// Whether connections from this address are taken: not so many logins from it were refused.
    pub(crate) fn admits(&self, address: IpAddr, limit: u32) -> bool {
        let now = self.clock.now().since_start;
        self.configured()
            .manager
            .throttle
            .admits(now, address, limit)
    }

    /// Whether sessions shall end.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// Who gets what of the log.
    pub(crate) fn log_outlets(&self) -> crate::logger::Outlets {
        self.logger.shown()
    }

    /// Changes how much of it is told on the terminal.
    pub(crate) fn change_detail<T>(&self, change: impl FnOnce(&mut Detail) -> T) -> T {
        self.logger.change_detail(change)
    }

    /// Puts the log's files aside and begins new ones; whether that went well.
    pub(crate) async fn rotate_log(&self) -> bool {
        self.logger.rotate().await
    }

    /// All parts are up.
    pub(crate) async fn boots(&self) -> Result<(), Ended> {
        let (uptime, last_reload) = self.uptime();
        let event = Event::FullyBooted {
            uptime: uptime.as_secs(),
            last_reload: last_reload.as_secs(),
        };
        self.notice(event).await?;
        self.booted.send_replace(true);
        Ok(())
    }

    /// Whether all parts are up.
    pub(crate) fn is_booted(&self) -> bool {
        *self.booted.borrow()
    }

    /// Waits until all parts are up.
    pub(crate) async fn booted(&self) {
        // The sender is ours, so it does not go away.
        let _ = self.booted.subscribe().wait_for(|booted| *booted).await;
    }

    /// How long it has run, and for how long on this configuration.
    pub(crate) fn uptime(&self) -> (Duration, Duration) {
        let up = self.clock.now().since_start;
        (up, up.saturating_sub(self.configured.borrow().at))
    }

    /// Has the server end, or with `None` go on if that has not begun.
    pub(crate) fn stop(&self, how: Option<Stop>) {
        self.stopping.send_replace(how);
    }

    /// How the server shall end, and the next word on it.
    pub(crate) fn stopping(&self) -> watch::Receiver<Option<Stop>> {
        self.stopping.subscribe()
    }
}
