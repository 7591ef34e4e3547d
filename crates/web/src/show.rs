//! `http show status`: what is served where (ami-server.md 11).

use crate::listener::At;
use crate::settings::Settings;
use std::fmt::Write as _;

/// What there is to tell.
pub(crate) struct Shown<'a> {
    pub(crate) settings: &'a Settings,
    /// What is told in `Server`.
    pub(crate) server: &'a str,
    pub(crate) places: &'a [At],
    /// Whether the manager is served.
    pub(crate) manager: bool,
    /// The path of the figures, if they are served.
    pub(crate) figures: Option<&'a str>,
}

/// The paths of the manager, with `/...` where more may follow, and what they are.
const MANAGER: [(&str, &str); 12] = [
    ("rawman", "Raw HTTP Manager Event Interface"),
    ("manager", "HTML Manager Event Interface"),
    ("mxml", "XML Manager Event Interface"),
    (
        "arawman",
        "Raw HTTP Manager Event Interface w/Digest authentication",
    ),
    (
        "amanager",
        "HTML Manager Event Interface w/Digest authentication",
    ),
    (
        "amxml",
        "XML Manager Event Interface w/Digest authentication",
    ),
    ("actions/...", "Actions as JSON"),
    ("events", "Events as Server-Sent Events"),
    ("ws", "Actions and events as a WebSocket"),
    ("snapshot", "The state as JSON"),
    ("openapi.json", "Description of actions for programs"),
    ("asyncapi.json", "Description of events for programs"),
];

/// The text.
pub(crate) fn status(shown: &Shown<'_>) -> String {
    let Shown {
        settings, server, ..
    } = shown;
    let prefix = &settings.general.prefix;
    let mut text = format!("HTTP Server Status:\nPrefix: {prefix}\nServer: {server}\n");
    write_places(shown.places, &mut text);
    text.push_str("Enabled URI's:\n");
    for (path, about) in paths(shown) {
        let _ = writeln!(text, "{prefix}/{path} => {about}");
    }
    text.push_str("\nEnabled Redirects:\n");
    let redirects = settings.redirects.iter();
    write_list(
        redirects.map(|redirect| format!("{} => {}", redirect.from, redirect.to)),
        &mut text,
    );
    text.push_str("\nPath Restrictions:\n");
    let restrictions = settings.restrictions.iter();
    write_list(
        restrictions.map(|restriction| restriction.prefix.clone()),
        &mut text,
    );
    text
}

fn write_places(places: &[At], out: &mut String) {
    let of = |secure: bool| places.iter().filter(move |at| at.secure == secure);
    if of(false).next().is_none() {
        out.push_str("Server Disabled\n");
    }
    for at in of(false) {
        let _ = writeln!(out, "Server Enabled and Bound to {}", at.address);
    }
    out.push('\n');
    for at in of(true) {
        let _ = write!(out, "HTTPS Server Enabled and Bound to {}\n\n", at.address);
    }
}

/// What is served, the longest paths first.
fn paths(shown: &Shown<'_>) -> Vec<(String, String)> {
    let general = &shown.settings.general;
    let mut paths = Vec::new();
    let mut add = |path: &str, about: &str| paths.push((path.to_owned(), about.to_owned()));
    if shown.manager {
        MANAGER.iter().for_each(|(path, about)| add(path, about));
        for mapping in &shown.settings.mappings {
            add(
                &mapping.path,
                &format!("Files posted to {}", mapping.folder.display()),
            );
        }
        if general.panel {
            add("panel/...", "Live page");
        }
    }
    if general.static_files {
        add("static/...", "Asterisk HTTP Static Delivery");
    }
    if general.status {
        add("httpstatus", "Asterisk HTTP General Status");
    }
    if let Some(path) = shown.figures {
        add(path, "Prometheus Metrics URI");
    }
    paths.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
    paths
}

fn write_list(lines: impl Iterator<Item = String>, out: &mut String) {
    let before = out.len();
    for line in lines {
        let _ = writeln!(out, "  {line}");
    }
    if out.len() == before {
        out.push_str("  None.\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use conf::{Memory, load};

    fn settings(text: &str) -> Settings {
        let config = load(&Memory::default().with("http.conf", text), "http.conf").unwrap();
        Settings::read(&config, None, &mut Vec::new())
    }

    #[test]
    fn what_is_served_is_told_and_nothing_else() {
        let settings = settings(
            "[general]\nprefix = ast\nenable_static = yes\nredirect = / /static/x\n[post_mappings]\nup = /srv\n",
        );
        let secure = At {
            address: "127.0.0.1:8089".parse().unwrap(),
            secure: true,
        };
        let mut shown = Shown {
            settings: &settings,
            server: "Asterisk/22",
            places: &[secure],
            manager: false,
            figures: Some("metrics"),
        };
        assert_eq!(
            status(&shown),
            "HTTP Server Status:\nPrefix: /ast\nServer: Asterisk/22\nServer Disabled\n\n\
             HTTPS Server Enabled and Bound to 127.0.0.1:8089\n\nEnabled URI's:\n\
             /ast/static/... => Asterisk HTTP Static Delivery\n\
             /ast/metrics => Prometheus Metrics URI\n\n\
             Enabled Redirects:\n  / => /static/x\n\nPath Restrictions:\n  None.\n"
        );
        shown.manager = true;
        let text = status(&shown);
        assert!(text.contains("/ast/mxml => XML Manager Event Interface\n"));
        assert!(text.contains("/ast/up => Files posted to /srv\n"));
    }
}
