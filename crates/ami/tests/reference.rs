//! Our declarations against what the reference server declares: every difference is listed with its
//! reason in `reference/differences.tsv`, and a difference that is listed and no longer there must go.
//!
//! `legacy-actions.tsv` has the actions of release 1.8 alone; `actions.tsv` has name, privileges and headers of every action, `events.tsv` of every event. After
//! a header's name stand `!` if it must be there, `?` if it may be missing, `*` if it may repeat.
#![allow(clippy::unwrap_used, missing_docs)]

use ami::action::Action;
use ami::event::{self, Part};
use std::collections::{BTreeMap, BTreeSet};

const ACTIONS: &str = include_str!("reference/actions.tsv");
const LEGACY_ACTIONS: &str = include_str!("reference/legacy-actions.tsv");
const EVENTS: &str = include_str!("reference/events.tsv");
const DIFFERENCES: &str = include_str!("reference/differences.tsv");

/// Privileges and headers by name, the headers as they are written.
type Table = BTreeMap<&'static str, Vec<(&'static str, Vec<&'static str>)>>;

fn table(text: &'static str) -> Table {
    let mut table = Table::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        let (name, privilege, headers) = (cell(), cell(), cell());
        let headers = headers
            .split(';')
            .filter(|header| !header.is_empty())
            .collect();
        table.entry(name).or_default().push((privilege, headers));
    }
    table
}

/// A header's name without what stands after it.
fn name(header: &str) -> &str {
    let header = header.split('=').next().unwrap_or_default();
    header.trim_end_matches(['!', '?', '*'])
}

fn optional(header: &str) -> bool {
    header.split('=').next().unwrap_or_default().contains('?')
}

fn actions() -> BTreeSet<String> {
    let (today, then) = (table(ACTIONS), table(LEGACY_ACTIONS));
    let mut found = BTreeSet::new();
    for ours in Action::DECLARATIONS {
        let theirs = match ours.dialect {
            None => &today,
            Some(_) => &then,
        };
        let Some(same) = theirs.get(ours.name) else {
            found.insert(format!("action\t{}\tnot there", ours.name));
            continue;
        };
        let (privilege, headers) = &same[0];
        if ours.classes.to_string() != *privilege {
            found.insert(format!(
                "action\t{}\tprivilege {} for {privilege}",
                ours.name, ours.classes
            ));
        }
        let all = ours
            .parameters
            .iter()
            .any(|parameter| parameter.kind == ami::action::Kind::Others);
        let known = |header: &str| {
            ours.parameters
                .iter()
                .any(|parameter| parameter.name.eq_ignore_ascii_case(header))
        };
        for header in headers
            .iter()
            .map(|header| name(header))
            .filter(|header| *header != "ActionID")
        {
            if !all && !known(header) {
                found.insert(format!("action\t{}\tlacks {header}", ours.name));
            }
        }
        for parameter in ours
            .parameters
            .iter()
            .filter(|parameter| parameter.kind != ami::action::Kind::Others)
        {
            if !headers
                .iter()
                .any(|header| name(header).eq_ignore_ascii_case(parameter.name))
            {
                found.insert(format!("action\t{}\thas {}", ours.name, parameter.name));
            }
        }
    }
    found
}

fn flatten(parts: &'static [Part], prefix: &str, into: &mut Vec<String>) {
    for part in parts {
        match part {
            Part::Header { name, .. } => into.push(format!("{prefix}{name}")),
            Part::Block {
                prefix: inner,
                headers,
            } => {
                let inner = if inner.is_empty() { prefix } else { inner };
                flatten(headers, inner, into);
            }
        }
    }
}

fn events() -> BTreeSet<String> {
    let theirs = table(EVENTS);
    let mut found = BTreeSet::new();
    for ours in event::DECLARATIONS {
        let Some(same) = theirs.get(ours.name) else {
            found.insert(format!("event\t{}\tnot there", ours.name));
            continue;
        };
        let mut headers = Vec::new();
        flatten(ours.headers, "", &mut headers);
        // A name may have several shapes, as an event and as an item of a list: the nearest counts.
        let shapes = same
            .iter()
            .map(|(privilege, theirs)| differences(ours, &headers, privilege, theirs));
        found.extend(shapes.min_by_key(Vec::len).unwrap_or_default());
    }
    found
}

fn differences(
    ours: &event::Declaration,
    headers: &[String],
    privilege: &str,
    theirs: &[&str],
) -> Vec<String> {
    let mut found = Vec::new();
    let privilege = if privilege == "<none>" || privilege == "-" {
        ""
    } else {
        privilege
    };
    let own = if ours.classes.is_empty() {
        String::new()
    } else {
        ours.classes.to_string()
    };
    if own != privilege {
        found.push(format!(
            "event\t{}\tprivilege {own} for {privilege}",
            ours.name
        ));
    }
    // Objects of pjsip.conf are told with their options, whichever they have.
    let open = ours.headers.iter().any(is_open) || headers.iter().any(|own| own == "ObjectType");
    for header in theirs
        .iter()
        .filter(|header| !open && !optional(header))
        .map(|header| name(header))
    {
        if !headers.iter().any(|own| own == header) {
            found.push(format!("event\t{}\tlacks {header}", ours.name));
        }
    }
    for header in headers.iter().filter(|header| *header != "ActionID") {
        if !theirs.iter().any(|theirs| name(theirs) == header) {
            found.push(format!("event\t{}\thas {header}", ours.name));
        }
    }
    found
}

/// Whether it stands for headers that are not known before.
fn is_open(part: &Part) -> bool {
    matches!(part, Part::Block { headers: [], .. })
}

#[test]
fn every_difference_is_listed_with_its_reason() {
    let found: BTreeSet<_> = actions().into_iter().chain(events()).collect();
    let mut listed = BTreeSet::new();
    for line in DIFFERENCES.lines().filter(|line| !line.starts_with('#')) {
        let (difference, reason) = line.rsplit_once('\t').unwrap();
        assert!(!reason.trim().is_empty(), "no reason: {line}");
        assert!(listed.insert(difference.to_owned()), "twice: {line}");
    }
    let new: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(new.is_empty(), "not listed:\n{new:#?}");
    assert!(gone.is_empty(), "listed and not there:\n{gone:#?}");
}
