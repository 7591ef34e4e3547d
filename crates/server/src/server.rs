//! The server's life: everything is read, opened and started in order, and ended in order.

use crate::astdb::AstDb;
use crate::asterisk_conf::AsteriskConf;
use crate::audit::AuditLog;
use crate::background::Background;
use crate::cli::Arguments;
use crate::clock::Clock;
use crate::configuration::{Configuration, Findings, wanted_secrets};
use crate::figures::Figures;
use crate::hub::{Bounds, Hub};
use crate::journal::Journal;
use crate::logger::{self, Detail, Logger};
use crate::node::{Configured, Made, Node};
use crate::promises::Promises;
use crate::recording::Recorder;
use crate::records::Records;
use crate::run_directory::{RunLock, control_socket};
use crate::secrets;
use crate::stop;
use crate::store::Store;
use crate::switch_task::{self, Outlets};
use crate::traces::Traces;
use crate::{control, feed, programs, user, welcome};
use conf::Diagnostic;
use manager::Style;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long tasks may take to end with the runtime.
const PARTING: Duration = Duration::from_secs(1);

/// What is to be done when the server has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// Nothing.
    End,
    /// Start again.
    Restart,
}

/// Runs the server until it is told to end.
///
/// # Errors
/// When it cannot start; the text says why and what to do.
pub(crate) fn run(
    arguments: &Arguments,
    asterisk: AsteriskConf,
    diagnostics: Vec<Diagnostic>,
) -> Result<Afterwards, String> {
    let options = &asterisk.options;
    let user = arguments.user.as_deref().or(options.user.as_deref());
    let group = arguments.group.as_deref().or(options.group.as_deref());
    user::become_user(user, group).map_err(|error| error.to_string())?;
    let _lock = RunLock::take(&asterisk.directories.run).map_err(|error| error.to_string())?;
    let detail = Detail {
        mute: arguments.mute,
        verbose: arguments.verbose.max(options.verbose),
        debug: arguments.debug.max(options.debug),
    };
    let logger =
        logger::start(detail).map_err(|error| format!("the log cannot be started: {error}"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers(options.workers))
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime cannot be started: {error}"))?;
    let findings = Findings {
        diagnostics,
        errors: Vec::new(),
    };
    let ended = runtime.block_on(serve(Arc::new(asterisk), findings, logger, arguments));
    runtime.shutdown_timeout(PARTING);
    ended
}

/// How many threads serve sessions and signalling. An event is a few microseconds of work for each of
/// its readers: to wake a sleeping thread for them costs more than it gives, so there are not as many
/// as there are cores.
fn workers(configured: u16) -> usize {
    match configured {
        0 => std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2)),
        configured => configured.into(),
    }
}

async fn serve(
    asterisk: Arc<AsteriskConf>,
    mut findings: Findings,
    logger: Logger,
    arguments: &Arguments,
) -> Result<Afterwards, String> {
    stop::outlive_limits().map_err(|error| format!("signals cannot be taken: {error}"))?;
    let made = prepare(&asterisk)?;
    let configuration = Configuration::load(Arc::clone(&asterisk), &mut findings);
    logger.write_to(&asterisk.directories.log, &configuration.log_files);
    for diagnostic in &findings.diagnostics {
        tracing::warn!("{diagnostic}");
    }
    if let Some(error) = findings.errors.first() {
        return Err(error.to_string());
    }
    let path = control_socket(&asterisk.directories.run);
    let control = control::listen(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let recorder = record(arguments, &configuration)?;
    let node = start(configuration, logger, recorder).await?;
    // From here on the server can be asked, and told to end.
    let stop =
        stop::Signals::take().map_err(|error| format!("signals cannot be taken: {error}"))?;
    tokio::spawn(control::serve(control, Arc::clone(&node)));
    let failures = node
        .listeners
        .renew(&node)
        .into_iter()
        .chain(node.serve_web());
    if let Some(failure) = failures.into_iter().next() {
        return Err(failure);
    }
    if !arguments.quiet {
        let text = welcome::text(&node, &made);
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
    if node.boots().await.is_err() {
        return Err("the switch has ended".to_owned());
    }
    let how = stop.obey(&node).await;
    let afterwards = stop::end(&node, how).await;
    node.traces.close().await;
    node.close_stores().await;
    Ok(afterwards)
}

/// Makes the secrets and sounds that are missing.
fn prepare(asterisk: &AsteriskConf) -> Result<Vec<secrets::Made>, String> {
    let directories = &asterisk.directories;
    let wanted = wanted_secrets(&directories.configuration).map_err(|error| error.to_string())?;
    let folder = directories.state.join("secrets");
    let made = secrets::ensure(&folder, &wanted)
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let sounds = directories.data.join("sounds");
    if let Err(error) = media::sounds::ensure(&sounds) {
        tracing::warn!(
            "{}: {error}: there will be no sounds of our own",
            sounds.display()
        );
    }
    Ok(made)
}

/// Begins to record the switch, if that is asked for.
fn record(
    arguments: &Arguments,
    configuration: &Configuration,
) -> Result<Option<Arc<Recorder>>, String> {
    let path = arguments.record.as_deref();
    let begin = |path: &Path| {
        // The time zone is what may have no written form.
        serde_json::to_value(&*configuration.switch).map_err(|error| {
            format!("--record: {error} (name it, as in TZ=Europe/Berlin switchroom ...)")
        })?;
        Recorder::create(path, arguments.record_size)
            .map_err(|error| format!("--record: {}: {error}", path.display()))
    };
    path.map(begin).transpose()
}

/// Opens the journal, if one is kept.
fn open_journal(
    configuration: &Configuration,
    clock: &Clock,
) -> Result<Option<Arc<Journal>>, String> {
    let settings = configuration.journal.clone();
    if !settings.enabled {
        return Ok(None);
    }
    let folder = configuration.asterisk.directories.state.join("journal");
    let opened = Journal::open(&folder, settings, clock.run());
    opened.map(Some).map_err(|error| {
        format!(
            "the journal in {} cannot be opened: {error}",
            folder.display()
        )
    })
}

/// Starts media, SIP and the switch, and puts them together.
async fn start(
    configuration: Configuration,
    logger: Logger,
    recorder: Option<Arc<Recorder>>,
) -> Result<Arc<Node>, String> {
    let clock = Clock::start();
    let (database, values) = AstDb::open(&configuration.asterisk.directories.database)
        .map_err(|error| format!("the database cannot be opened: {error}"))?;
    let database = Arc::new(database);
    let (promises, promised) = Promises::open(&configuration.asterisk.directories.database)
        .map_err(|error| format!("what was promised cannot be read: {error}"))?;
    let promise_faults = promises.faults();
    let files = Store::start(&configuration.asterisk.directories.configuration)
        .map_err(|error| format!("the store of configuration files cannot be started: {error}"))?;
    let figures = Figures::default();
    let (report, reports) = feed::reports(figures.clone());
    let media = media::start(configuration.media.clone(), report)
        .map_err(|error| format!("media cannot be started: {error}"))?;
    let (tell, told) = feed::told();
    let contacts = values
        .iter()
        .filter(|(path, _)| path.starts_with(sip::KEPT_CONTACTS));
    let sip = sip::start(
        sip::Settings::clone(&configuration.sip),
        &contacts.cloned().collect::<Vec<_>>(),
        media.clone(),
        tell,
    )
    .await
    .map_err(|error| format!("SIP cannot be started: {error}"))?;
    let records = Records::start(Arc::clone(&configuration.records))
        .map_err(|error| format!("the writer of call records cannot be started: {error}"))?;
    let records = Arc::new(records);
    let audit = AuditLog::start()
        .map_err(|error| format!("the writer of the audit log cannot be started: {error}"))?;
    let journal = open_journal(&configuration, &clock)?;
    let run = journal
        .as_ref()
        .map_or(clock.run(), |journal| journal.run());
    let configured = Configured::new(configuration, &clock, run, None);
    audit.configure(configured.audit_log());
    let hub = Hub::new(Bounds::default(), Style::of(&configured.manager));
    tokio::spawn(Arc::clone(&hub).ring_bells());
    let journal = journal.map(|journal| {
        let thread = journal.start(&hub);
        thread
            .map(|thread| (journal, thread))
            .map_err(|error| format!("the writer of the journal cannot be started: {error}"))
    });
    let journal = journal.transpose()?;
    let traces = Traces::start(&hub, configured.configuration.traces());
    let (run, programs) = programs::queue();
    let outlets = Outlets {
        run: Box::new(run),
        hub: Arc::clone(&hub),
        instruct: {
            let sip = sip.clone();
            Box::new(move |instruction| sip.instruct(instruction))
        },
        media: {
            let media = media.clone();
            Box::new(move |instruction| media.instruct(instruction))
        },
        promises,
        keep: {
            let database = Arc::clone(&database);
            Box::new(move |kept| database.keep(kept))
        },
        spool: {
            let records = Arc::clone(&records);
            Box::new(move |spooled| records.take(spooled))
        },
    };
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| format!("the system has no entropy: {error}"))?;
    let switch = switch_task::start(
        u64::from_ne_bytes(seed),
        clock,
        figures,
        outlets,
        recorder.clone(),
    );
    let background = Background::start()
        .map_err(|error| format!("the thread for background work cannot be started: {error}"))?;
    tokio::spawn(programs::serve(programs, switch.clone()));
    let node = Node::new(
        Made {
            journal,
            clock,
            hub,
            switch,
            sip,
            media,
            database,
            records,
            files,
            logger,
            audit,
            promises: promise_faults,
            traces,
            background,
            recorder,
        },
        configured,
    );
    node.restore(values.into_iter().chain(promised).collect())
        .await
        .map_err(|error| error.to_string())?;
    node.configure_switch()
        .await
        .map_err(|error| error.to_string())?;
    feed::start(&node, reports, told);
    tokio::spawn(Arc::clone(&node).watch_mailboxes());
    Ok(node)
}
