//! Figures for Prometheus, under the names of the reference server's res_prometheus, and ours
//! (`switchroom_…`) for what it does not tell.

mod calls;

use crate::node::Node;
use crate::version;
use std::fmt::{Display, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// prometheus.conf, [general].
#[derive(Clone, Debug, PartialEq, Eq, conf::Settings)]
pub(crate) struct Metrics {
    /// Whether figures are served over HTTP, where http.conf has it listen.
    pub(crate) enabled: bool,
    /// Whether to tell of the node itself: uptime, version.
    #[setting(name = "core_metrics_enabled", default = "yes")]
    pub(crate) core: bool,
    /// The path they are served under.
    #[setting(default = "metrics")]
    pub(crate) uri: String,
    /// Who may read them, by HTTP's basic authentication; everybody if not said.
    #[setting(name = "auth_username")]
    pub(crate) username: Option<String>,
    /// With this password.
    #[setting(name = "auth_password")]
    pub(crate) password: Option<String>,
    /// The realm told when it is asked for.
    #[setting(name = "auth_realm", default = "Asterisk Prometheus Metrics")]
    pub(crate) realm: String,
}

/// All figures now, in Prometheus' text format.
pub(crate) async fn text(node: &Arc<Node>) -> String {
    let begun = Instant::now();
    let core = node.configured().configuration.metrics.core;
    let mut page = Page::default();
    let channels = calls::calls(node, &mut page).await;
    calls::endpoints(node, &channels, &mut page);
    calls::registrations(node, &mut page);
    manager(node, &mut page);
    journal(node, &mut page);
    disk(node, &mut page);
    traces(node, &mut page);
    if core {
        let (up, since_reload) = node.uptime();
        page.gauge(
            "asterisk_core_uptime_seconds",
            "How long the server runs",
            up.as_secs(),
        );
        page.gauge(
            "asterisk_core_last_reload_seconds",
            "How long since it was configured",
            since_reload.as_secs(),
        );
        page.about("asterisk_core_properties", "gauge", "The version");
        page.value(
            "asterisk_core_properties",
            &[("version", version::COMPATIBLE)],
            1,
        );
        let taken = begun.elapsed().as_millis();
        page.gauge(
            "asterisk_core_scrape_time_ms",
            "How long it took to gather these",
            taken,
        );
    }
    page.0
}

/// Of the journal, if there is one.
fn journal(node: &Node, page: &mut Page) {
    let Some(journal) = &node.journal else {
        return;
    };
    let figures = &journal.figures;
    let counted = |count: &AtomicU64| count.load(Ordering::Relaxed);
    page.gauge(
        "switchroom_journal_bytes",
        "Bytes the journal takes",
        journal.bytes(),
    );
    page.gauge(
        "switchroom_journal_cut_bytes",
        "Bytes at the end of the journal that were damaged and cut off at the start",
        counted(&figures.cut),
    );
    for (name, help, count) in [
        (
            "switchroom_journal_damaged",
            "Places where the journal could not be read",
            counted(&figures.damaged),
        ),
        (
            "switchroom_journal_failed",
            "Writes to the journal that failed",
            counted(&figures.failed),
        ),
    ] {
        page.about(name, "counter", help);
        page.value(name, &[], count);
    }
}

/// Of the other files that the node keeps.
fn disk(node: &Node, page: &mut Page) {
    let files = node.faults();
    page.about(
        "switchroom_file_damaged_bytes",
        "counter",
        "Bytes of the node's files that were damaged or not there in whole, and left out",
    );
    for (file, faults) in files {
        let labels = [("file", file)];
        page.value("switchroom_file_damaged_bytes", &labels, faults.damaged());
    }
    page.about(
        "switchroom_file_failures",
        "counter",
        "Attempts to write the node's files that failed",
    );
    for (file, faults) in files {
        let labels = [("file", file)];
        page.value("switchroom_file_failures", &labels, faults.failed());
    }
}

/// Of the traces of calls, if they are sent anywhere.
fn traces(node: &Node, page: &mut Page) {
    if !node.configured().configuration.otel.enabled {
        return;
    }
    let figures = &node.traces.figures;
    let name = "switchroom_trace_spans";
    page.about(name, "counter", "Spans of traces, by what became of them");
    for (outcome, count) in [
        ("sent", &figures.sent),
        ("dropped", &figures.dropped),
        ("refused", &figures.refused),
    ] {
        let count = count.load(Ordering::Relaxed);
        page.value(name, &[("outcome", outcome)], count);
    }
}

fn manager(node: &Node, page: &mut Page) {
    let counters = &node.counters;
    let sessions = node.sessions.list();
    let name = "switchroom_manager_sessions";
    page.about(name, "gauge", "Manager sessions, logged in or not yet");
    for (transport, connected) in [("tcp", true), ("http", false)] {
        for (login, member) in [("yes", true), ("not yet", false)] {
            let count = sessions.iter().filter(|session| {
                session.descriptor.is_some() == connected && session.user.is_some() == member
            });
            let labels = [("transport", transport), ("login", login)];
            page.value(name, &labels, count.count());
        }
    }
    let name = "switchroom_manager_sent_bytes";
    page.about(
        name,
        "counter",
        "Bytes written to managers before encryption; over HTTP, to all clients and with headers",
    );
    for (transport, bytes) in [
        ("tcp", counters.sent_bytes()),
        ("http", counters.sent_bytes_by_http()),
    ] {
        page.value(name, &[("transport", transport)], bytes);
    }
    page.about(
        "switchroom_manager_events_missed",
        "counter",
        "Events that managers were too slow for",
    );
    page.value("switchroom_manager_events_missed", &[], counters.missed());
    let events = node.hub.last().seq.0;
    let behind = sessions.iter().map(|session| session.pace.behind(events));
    page.gauge(
        "switchroom_manager_behind_events",
        "Events that the slowest connection has yet to read",
        behind.max().unwrap_or(0),
    );
    let unsent = sessions.iter().map(|session| &session.pace.unsent);
    page.gauge(
        "switchroom_manager_unsent_bytes",
        "Bytes that wait for connections",
        unsent
            .map(|unsent| unsent.load(Ordering::Relaxed))
            .sum::<usize>(),
    );
    page.about(
        "switchroom_manager_actions",
        "counter",
        "Actions answered, by result, over every transport",
    );
    for (result, count) in node.configured().manager.tally.by_result() {
        let labels = [("result", result)];
        page.value("switchroom_manager_actions", &labels, count);
    }
    page.about(
        "switchroom_manager_closed",
        "counter",
        "Sessions that ended, by reason, over every transport",
    );
    for (reason, count) in counters.closed_by_reason() {
        page.value(
            "switchroom_manager_closed",
            &[("reason", reason.text())],
            count,
        );
    }
    page.about(
        "switchroom_security_events",
        "counter",
        "Logins and refusals, by service and outcome",
    );
    for ((service, outcome), count) in counters.security() {
        page.value(
            "switchroom_security_events",
            &[("service", service), ("outcome", outcome)],
            count,
        );
    }
    let (waiting, _) = node.records.waiting();
    page.gauge(
        "switchroom_records_waiting",
        "Call records that wait to be written",
        waiting,
    );
    let counts = node.records.counts();
    page.about(
        "switchroom_records_lost",
        "counter",
        "Call records never written, as too many waited",
    );
    page.value("switchroom_records_lost", &[], counts.lost());
    page.about(
        "switchroom_records_failures",
        "counter",
        "Attempts to write call records that failed",
    );
    page.value("switchroom_records_failures", &[], counts.failures());
    page.gauge(
        "switchroom_switch_queue",
        "Inputs that wait for the switch",
        node.switch.waiting(),
    );
    page.gauge(
        "switchroom_hub_events",
        "Events that can be read again",
        node.hub.kept(),
    );
}

/// Figures in the text format (prometheus.io/docs/instrumenting/exposition_formats).
#[derive(Default)]
struct Page(String);

impl Page {
    fn about(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.about(name, "gauge", help);
        self.value(name, &[], value);
    }

    fn value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (index, (label, text)) in labels.iter().enumerate() {
            let opening = if index == 0 { '{' } else { ',' };
            let text = text
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('\n', "\\n");
            let _ = write!(self.0, "{opening}{label}=\"{text}\"");
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _ = writeln!(self.0, " {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_in_the_text_format() {
        let mut page = Page::default();
        page.gauge("a_count", "How many", 3);
        page.value("a_state", &[("name", "x\"\\"), ("id", "1")], 6);
        assert_eq!(
            page.0,
            "# HELP a_count How many\n# TYPE a_count gauge\na_count 3\na_state{name=\"x\\\"\\\\\",id=\"1\"} 6\n"
        );
    }
}
