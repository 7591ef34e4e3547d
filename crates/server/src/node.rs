//! The node: what all tasks share, and the way from a question to its owner.

use crate::astdb::AstDb;
use crate::audit::AuditLog;
use crate::clock::Clock;
use crate::configuration::{Configuration, Findings};
use crate::console;
use crate::counters::Counters;
use crate::exchange::WebExchange;
use crate::faults::Faults;
use crate::hub::{Hub, Reader};
use crate::journal::Journal;
use crate::listener::Listeners;
use crate::logger::{Detail, Logger};
use crate::mailbox::Mailboxes;
use crate::parts::{Found, Part};
use crate::recording::{Recorder, Wire};
use crate::records::Records;
use crate::replay::Replay;
use crate::sessions::Sessions;
use crate::store::{Busy, Store};
use crate::switch_task::{Answered, Ended, SwitchHandle};
use crate::traces::Traces;
use crate::{security_log, version};
use jiff::tz::TimeZone;
use manager::{
    Answer, ConsoleReport, FileRequest, Log, ReloadOutcome, Request, Resumed, Style, Why,
};
use model::{Command, Event, Mark, Refusal, Reply, Run, Seq};
use std::net::IpAddr;
use std::path::PathBuf;
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
    pub(crate) recorder: Option<Arc<Recorder>>,
}

/// The configuration and what of it sessions know.
pub(crate) struct Configured {
    pub(crate) configuration: Configuration,
    pub(crate) manager: Arc<manager::Node>,
    /// When it was applied, since the start.
    at: Duration,
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

/// Why a part was not read anew.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotReloaded {
    #[error("there is no part of this name")]
    Unknown,
    #[error("it has no configuration of its own")]
    Fixed,
    #[error("{0}")]
    Invalid(conf::Error),
    #[error(transparent)]
    Ended(#[from] Ended),
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

    /// Takes a session's question to its owner; with the number of the last event before it.
    pub(crate) async fn answer(self: Arc<Self>, request: Request) -> (Seq, Answer) {
        let nowhere = Seq(0);
        match request {
            Request::Switch(command) => match self.switch.ask(command).await {
                Ok(Answered { at, reply }) => (at, Answer::Switch(reply)),
                Err(Ended) => (nowhere, Answer::Unavailable),
            },
            // What is asked now is answered after all that was told before.
            Request::Settle => match self.switch.ask(Command::Counts).await {
                Ok(Answered { at, .. }) => (at, Answer::Settled),
                Err(Ended) => (nowhere, Answer::Unavailable),
            },
            Request::Console(line) => {
                let console::Answer { done, output } = console::run(&self, &line).await;
                (
                    nowhere,
                    Answer::Console(ConsoleReport {
                        success: done,
                        output,
                    }),
                )
            }
            Request::Contacts => (nowhere, Answer::Contacts(self.sip.contacts())),
            Request::Files(request) => (nowhere, self.answer_files(request).await),
            Request::Sip(query) => (nowhere, self.answer_sip(query).await),
            Request::Mailboxes(query) => (nowhere, self.answer_mailboxes(query).await),
            Request::Reload(name) => {
                let done = self.reload(name.as_deref()).await;
                (nowhere, Answer::Reloaded(outcome(&done)))
            }
            Request::RotateLog => (nowhere, Answer::Rotated(self.rotate_log().await)),
            Request::Module(name) => {
                let found = self.configured().configuration.modules.find(&name);
                (nowhere, Answer::Module(found.is_some()))
            }
            Request::Outcome(outcome) => (nowhere, Answer::Retold(outcome.await)),
            Request::Verify { hash, secret } => {
                let verified = tokio::task::spawn_blocking(move || manager::verify(&hash, &secret));
                (
                    nowhere,
                    verified.await.map_or(Answer::Unavailable, Answer::Verified),
                )
            }
            // The session's own to answer.
            Request::Admit(_) | Request::Resume(_) => (nowhere, Answer::Unavailable),
        }
    }

    /// A change of files may ask for a reload.
    pub(crate) async fn answer_files(self: &Arc<Self>, request: FileRequest) -> Answer {
        let reload = match &request {
            FileRequest::Update(update) => update.reload.clone(),
            FileRequest::Read { .. } | FileRequest::Create { .. } | FileRequest::Save { .. } => {
                None
            }
        };
        match self.files.ask(request).await {
            Ok(answer) => {
                if let (Ok(_), Some(name)) = (&answer, reload) {
                    // After the answer; what becomes of it is told as an event and in the log.
                    let node = Arc::clone(self);
                    tokio::spawn(async move { node.reload(Some(&name)).await });
                }
                Answer::Files(answer)
            }
            Err(Busy) => Answer::Unavailable,
        }
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

    /// Reads the part of this name anew, or all there are.
    pub(crate) async fn reload(self: &Arc<Self>, name: Option<&str>) -> Result<(), NotReloaded> {
        let name = name.filter(|name| !name.is_empty());
        let done = self.reload_parts(name).await;
        let module = name.unwrap_or("All").into();
        let status = outcome(&done) as u8;
        self.notice(Event::Reload { module, status }).await?;
        done
    }

    async fn reload_parts(self: &Arc<Self>, name: Option<&str>) -> Result<(), NotReloaded> {
        let old = self.configured();
        let parts = match name.map(|name| old.configuration.modules.find(name)) {
            None => Part::ALL.to_vec(),
            Some(Some(Found::Part(part))) => vec![part],
            Some(Some(Found::Fixed)) => return Err(NotReloaded::Fixed),
            Some(None) => return Err(NotReloaded::Unknown),
        };
        let _one_at_a_time = self.reloading.lock().await;
        let old = self.configured();
        let read = tokio::task::spawn_blocking(move || {
            let mut findings = Findings::default();
            let new = old.configuration.renewed(&parts, &mut findings);
            (new, findings, parts)
        });
        let Ok((configuration, findings, parts)) = read.await else {
            return Err(NotReloaded::Ended(Ended)); // the runtime ends
        };
        for diagnostic in &findings.diagnostics {
            tracing::warn!("{diagnostic}");
        }
        for error in &findings.errors {
            tracing::error!("{error}: what it configures stays as it was");
        }
        self.apply(configuration, &parts).await?;
        findings
            .errors
            .into_iter()
            .next()
            .map_or(Ok(()), |error| Err(NotReloaded::Invalid(error)))
    }

    /// Gives everybody the new configuration.
    async fn apply(
        self: &Arc<Self>,
        configuration: Configuration,
        parts: &[Part],
    ) -> Result<(), Ended> {
        if parts.contains(&Part::Sip) {
            self.sip.configure(sip::Settings::clone(&configuration.sip));
        }
        if parts.contains(&Part::Log) {
            let folder = &configuration.asterisk.directories.log;
            self.logger.write_to(folder, &configuration.log_files);
        }
        if parts.contains(&Part::Cdr) || parts.contains(&Part::Cel) {
            self.records.configure(Arc::clone(&configuration.records));
        }
        self.switch
            .tell(Input::Configure(Arc::clone(&configuration.switch)))
            .await?;
        let before = self.configured();
        let before = Some(&*before.manager);
        let configured = Configured::new(configuration, &self.clock, self.run, before);
        self.hub.restyle(Style::of(&configured.manager));
        self.audit.configure(configured.audit_log());
        self.traces.configure(configured.configuration.traces());
        self.configured.send_replace(Arc::new(configured));
        let mut failures = Vec::new();
        if parts.contains(&Part::Manager) {
            failures.extend(self.listeners.renew(self));
        }
        if parts.contains(&Part::Web) {
            failures.extend(self.serve_web());
        }
        for failure in failures {
            tracing::error!("{failure}");
        }
        self.hub.ring_all();
        if parts.contains(&Part::Voicemail) {
            self.mailboxes
                .configure(Arc::clone(&self.configured().configuration.voicemail));
            self.look_into_mailboxes().await;
        }
        Ok(())
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

    /// Where the web faces listen.
    pub(crate) fn web_places(&self) -> Vec<web::At> {
        self.faces.get().map(Faces::places).unwrap_or_default()
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

/// A reload's outcome, by its number on the wire.
fn outcome(done: &Result<(), NotReloaded>) -> ReloadOutcome {
    match done {
        Ok(()) => ReloadOutcome::Done,
        Err(NotReloaded::Unknown) => ReloadOutcome::NotFound,
        Err(NotReloaded::Fixed) => ReloadOutcome::Unsupported,
        Err(NotReloaded::Invalid(_) | NotReloaded::Ended(_)) => ReloadOutcome::Failed,
    }
}

impl Configured {
    /// Where who did what is written down.
    pub(crate) fn audit_log(&self) -> Option<PathBuf> {
        let file = self.manager.settings.general.audit_log.as_ref()?;
        Some(self.configuration.asterisk.directories.log.join(file))
    }

    /// A configuration of the node; what lasts for all its run is taken over from the one before.
    pub(crate) fn new(
        configuration: Configuration,
        clock: &Clock,
        run: Run,
        before: Option<&manager::Node>,
    ) -> Self {
        let now = clock.now();
        let options = &configuration.asterisk.options;
        let started = now.utc - now.since_start;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let manager = manager::Node {
            retries: before.map_or_else(Arc::default, |node| Arc::clone(&node.retries)),
            tally: before.map_or_else(Arc::default, |node| Arc::clone(&node.tally)),
            budget: before.map_or_else(Arc::default, |node| Arc::clone(&node.budget)),
            throttle: before.map_or_else(Arc::default, |node| Arc::clone(&node.throttle)),
            settings: Arc::clone(&configuration.manager),
            version: version::COMPATIBLE.to_owned(),
            system_name: text(&options.system_name),
            max_calls: options.max_calls,
            max_load: 0.0,
            run_user: text(&options.user),
            run_group: text(&options.group),
            max_files: 0,
            realtime: false,
            cdr: configuration.switch.cdr.enabled,
            http: configuration.manager.general.web_enabled && configuration.web.general.enabled,
            custom_sounds: false,
            live_dangerously: options.live_dangerously,
            traces: configuration.traces().any(),
            run,
            started,
            reloaded: now.utc,
            zone: TimeZone::system(),
        };
        Self {
            configuration,
            manager: Arc::new(manager),
            at: now.since_start,
        }
    }
}
