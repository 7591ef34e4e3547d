//! How rules are written: `allow = ACTION[,ACTION…] [KIND=PATTERN[,PATTERN…]…] [rate=COUNT/UNIT]`.
//!
//! `deny` is the name of access lists too. The two are told apart by their first word: addresses have
//! a dot or a colon in them, names of actions have neither.

use super::pattern::Pattern;
use super::rate::Rate;
use super::scope::Scope;
use super::subject::Kind;
use super::{EventRules, Rule, Rules, decision};
use crate::pieces::pieces;
use ami::action::{Action, Declaration};
use conf::{Diagnostic, Entry, Section};

/// Whether `deny` says what an account may not do, not from where.
pub(crate) fn is_rule(entry: &Entry) -> bool {
    let word = entry.value.split_whitespace().next().unwrap_or_default();
    let named = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '*');
    entry.is("deny") && named && !word.contains(['.', ':', '/'])
}

/// Reads the rules of an account. `None` if one cannot be read: it is better not to have an account
/// than one that may do what it must not.
pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<Rules> {
    let mut sound = true;
    let mut read = |entry: &Entry, allows, of_events| {
        let rule = rule(entry, allows, of_events, diagnostics);
        if let Err(why) = &rule {
            let message = format!("`{} = {}`: {why}", entry.key, entry.value);
            let remedy = "the account is not there until it is corrected";
            diagnostics.push(Diagnostic::error(&entry.at, message, remedy));
            sound = false;
        }
        rule.ok()
    };
    let (mut actions, mut events) = (Vec::new(), Vec::new());
    for entry in &section.entries {
        if entry.is("allow") || is_rule(entry) {
            actions.extend(read(entry, entry.is("allow"), false));
        } else if entry.is("allowevent") || entry.is("denyevent") {
            events.extend(read(entry, entry.is("allowevent"), true));
        }
    }
    let events = EventRules::new(events);
    sound.then_some(Rules { actions, events })
}

fn rule(
    entry: &Entry,
    allows: bool,
    of_events: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Rule, String> {
    let words = words(&entry.value)?;
    let (names, limits) = words.split_first().ok_or("it names nothing")?;
    let names: Vec<_> = names
        .split(',')
        .map(|name| Pattern::Glob(name.to_owned()))
        .collect();
    let mut scope = Scope::default();
    let mut rate = None;
    for limit in limits {
        let Some((key, value)) = limit.split_once('=') else {
            return Err(format!("`{limit}` is no limit: write KIND=PATTERN"));
        };
        if key.eq_ignore_ascii_case("rate") && allows && !of_events {
            let read = Rate::read(value);
            rate =
                Some(read.ok_or_else(|| format!("`{value}` is no rate: write 5/s, /m, /h or /d"))?);
        } else {
            let kind = kind(key, of_events)?;
            scope.add(kind, patterns(kind, value)?);
        }
    }
    let rule = Rule {
        allows,
        names,
        scope,
        rate,
        at: entry.at.clone(),
        text: format!("{} = {}", entry.key, entry.value),
    };
    let known = if of_events {
        events(&rule)
    } else {
        actions(&rule)
    };
    if let Some(warning) = known? {
        let remedy = "such a rule fits nothing";
        diagnostics.push(Diagnostic::warning(&entry.at, warning, remedy));
    }
    Ok(rule)
}

/// Whether the actions are there, and what to warn of.
fn actions(rule: &Rule) -> Result<Option<String>, String> {
    let named = |pattern: &Pattern| {
        let all = Action::DECLARATIONS.iter();
        let of_rules = all.filter(|declaration| !decision::is_of_session(declaration));
        of_rules
            .filter(|declaration| pattern.matches(declaration.name, false))
            .collect()
    };
    let mut all: Vec<&Declaration> = Vec::new();
    for pattern in &rule.names {
        let some: Vec<_> = named(pattern);
        if let (true, Pattern::Glob(name)) = (some.is_empty(), pattern) {
            return Err(format!("`{name}` is no action that rules can speak of"));
        }
        all.extend(some);
    }
    let lacking = |kind: &Kind| !all.iter().any(|declaration| kind.is_in(declaration));
    let lacking = rule.scope.kinds().find(lacking);
    Ok(lacking.map(|kind| format!("`{}`: its actions have no {}", rule.text, kind.word())))
}

/// The same of events. Accounts may be told of events that are not declared here.
fn events(rule: &Rule) -> Result<Option<String>, String> {
    let known = |pattern: &&Pattern| {
        let mut all = ami::event::DECLARATIONS.iter();
        all.any(|declaration| pattern.matches(declaration.name, false))
    };
    let unknown = rule
        .names
        .iter()
        .find(|pattern| pattern.is_plain() && !known(pattern));
    Ok(unknown.map(|_| format!("`{}` names an event that is not there", rule.text)))
}

fn kind(key: &str, of_events: bool) -> Result<Kind, String> {
    let of_rules = Kind::ALL
        .into_iter()
        .filter(|kind| !of_events || *kind != Kind::Command);
    let words = || {
        of_rules
            .clone()
            .map(Kind::word)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let known = of_rules
        .clone()
        .find(|kind| kind.word().eq_ignore_ascii_case(key));
    known.ok_or_else(|| format!("`{key}` is no limit here: there are {}", words()))
}

fn patterns(kind: Kind, value: &str) -> Result<Vec<Pattern>, String> {
    let read = |text: String| match text.as_str() {
        "" => Err(format!("`{}` is held against nothing", kind.word())),
        pattern if kind == Kind::Exten && pattern.starts_with('_') => {
            let parsed = dialplan::Pattern::parse(pattern);
            parsed
                .map(Pattern::Dialled)
                .map_err(|why| format!("`{pattern}`: {why}"))
        }
        text => Ok(Pattern::Glob(kind.plain(text).into_owned())),
    };
    pieces(value).into_iter().map(read).collect()
}

/// Cuts a rule at blanks that stand outside of quotes.
fn words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let (mut word, mut quoted) = (String::new(), false);
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            blank if blank.is_whitespace() && !quoted => {
                words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
            }
            other => word.push(other),
        }
    }
    words.extend(Some(word).filter(|word| !word.is_empty()));
    if quoted {
        Err("a quote is not closed")
    } else {
        Ok(words)
    }
}
