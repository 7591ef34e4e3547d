//! Event filters: which events an account or a session wants to hear (ami-server.md 4.4 to 4.6).

use crate::Told;
use regex::{Regex, RegexBuilder};
use std::sync::atomic::{AtomicU64, Ordering};

/// One filter.
#[derive(Clone, Debug)]
pub struct Filter {
    excludes: bool,
    /// Only events of this name.
    name: Option<String>,
    /// Test the value of this header, not the whole text.
    header: Option<String>,
    test: Test,
}

/// Why a filter cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadFilter {
    /// It is not written as filters are.
    Format,
    /// Its regular expression cannot be compiled.
    Pattern,
}

#[derive(Clone, Debug)]
enum Test {
    Anything,
    Regex(Regex),
    Exact(String),
    StartsWith(String),
    EndsWith(String),
    Contains(String),
}

impl Filter {
    /// Reads a filter: `pattern` alone, or with `criteria`, the text that stands between the
    /// parentheses of `eventfilter(…)` and in `MatchCriteria`.
    pub fn parse(criteria: Option<&str>, pattern: &str) -> Result<Self, BadFilter> {
        let (negated, pattern) = match pattern.strip_prefix('!') {
            Some(pattern) => (true, pattern),
            None => (false, pattern),
        };
        let criteria = match criteria {
            Some(criteria) => Criteria::parse(criteria)?,
            None => Criteria {
                method: Some("regex"),
                ..Criteria::default()
            },
        };
        let method = criteria.method.unwrap_or("none");
        let unnamed = criteria.name.is_none() && criteria.header.is_none();
        if pattern.is_empty() != (method == "none") || (method == "none" && unnamed) {
            return Err(BadFilter::Format);
        }
        Ok(Self {
            excludes: criteria.excludes.unwrap_or(negated),
            name: criteria.name.map(str::to_owned),
            header: criteria.header.map(|header| format!("{header}:")),
            test: Test::new(method, pattern)?,
        })
    }

    fn matches(&self, event: &Told) -> bool {
        if self.name.as_ref().is_some_and(|name| name != event.name) {
            return false;
        }
        let Some(header) = &self.header else {
            return self.test.holds(event.message.wire());
        };
        event
            .message
            .text()
            .split("\r\n")
            .filter_map(|line| line.strip_prefix(header.as_str()))
            .map(|value| value.trim_start_matches(|c| c <= ' '))
            .any(|value| !value.is_empty() && self.test.holds(value))
    }
}

#[derive(Default)]
struct Criteria<'a> {
    excludes: Option<bool>,
    name: Option<&'a str>,
    header: Option<&'a str>,
    method: Option<&'a str>,
}

impl<'a> Criteria<'a> {
    fn parse(text: &'a str) -> Result<Self, BadFilter> {
        let mut criteria = Self::default();
        let mut options = text
            .split([' ', ',', ')'])
            .filter(|option| !option.is_empty())
            .peekable();
        if options.peek().is_none() || !text.ends_with(')') {
            return Err(BadFilter::Format);
        }
        for option in options {
            let (key, value) = option.split_once('(').ok_or(BadFilter::Format)?;
            match (key, value) {
                (_, "") => return Err(BadFilter::Format),
                ("action", "include") => criteria.excludes = Some(false),
                ("action", "exclude") => criteria.excludes = Some(true),
                ("name", name) => criteria.name = Some(name),
                ("header", header) => criteria.header = Some(header),
                ("method", method) => criteria.method = Some(method),
                _ => return Err(BadFilter::Format),
            }
        }
        Ok(criteria)
    }
}

impl Test {
    fn new(method: &str, pattern: &str) -> Result<Self, BadFilter> {
        Ok(match method {
            "none" => Self::Anything,
            "regex" => Self::Regex(
                RegexBuilder::new(pattern)
                    .dot_matches_new_line(true)
                    .build()
                    .map_err(|_| BadFilter::Pattern)?,
            ),
            "exact" => Self::Exact(pattern.to_owned()),
            "starts_with" => Self::StartsWith(pattern.to_owned()),
            "ends_with" => Self::EndsWith(pattern.to_owned()),
            "contains" => Self::Contains(pattern.to_owned()),
            _ => return Err(BadFilter::Format),
        })
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Regex(regex) => regex.is_match(text),
            Self::Exact(value) => text == value,
            Self::StartsWith(start) => text.starts_with(start.as_str()),
            Self::EndsWith(end) => text.ends_with(end.as_str()),
            Self::Contains(part) => text.contains(part.as_str()),
        }
    }
}

/// The filters of an account or a session. Sessions of one account share them and what they have
/// said of recent events, so that an event is tested once for all of them.
#[derive(Debug, Default)]
pub struct Filters {
    include: Vec<Filter>,
    exclude: Vec<Filter>,
    verdicts: Verdicts,
}

impl Filters {
    /// So many filters a session may add to those of its account.
    const LIMIT: usize = 128;

    pub(crate) fn is_full(&self) -> bool {
        self.include.len() + self.exclude.len() >= Self::LIMIT
    }

    /// Adds a filter.
    pub fn add(&mut self, filter: Filter) {
        if filter.excludes {
            self.exclude.push(filter);
        } else {
            self.include.push(filter);
        }
        self.verdicts = Verdicts::default();
    }

    /// Whether an event may pass: some filter that includes matches, if there are such, and none
    /// that excludes.
    pub fn pass(&self, event: &Told) -> bool {
        if self.include.is_empty() && self.exclude.is_empty() {
            return true;
        }
        self.verdicts.of(event, || {
            let included =
                self.include.is_empty() || self.include.iter().any(|filter| filter.matches(event));
            included && !self.exclude.iter().any(|filter| filter.matches(event))
        })
    }
}

/// What was said of recent events: of each its number, twice, and one more if it may pass.
#[derive(Debug)]
pub(crate) struct Verdicts(Box<[AtomicU64]>);

impl Verdicts {
    pub(crate) fn of(&self, event: &Told, decide: impl FnOnce() -> bool) -> bool {
        let number = event.mark.seq.0;
        if number == 0 || !event.fresh {
            return decide(); // 0 is what a slot holds before anything was said
        }
        let slot = usize::try_from(number).unwrap_or_default() % self.0.len();
        let said = self.0[slot].load(Ordering::Relaxed);
        if said / 2 == number {
            return said % 2 == 1;
        }
        let passes = decide();
        self.0[slot].store(number * 2 + u64::from(passes), Ordering::Relaxed);
        passes
    }
}

impl Default for Verdicts {
    fn default() -> Self {
        Self((0..256).map(|_| AtomicU64::new(0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The events of the worked cases of ami-server.md 4.6.
    const N: &str = "Event: Newchannel\nChannel: PJSIP/alice-01\nExten: 100";
    const V: &str = "Event: VarSet\nChannel: Local/9@x-1;1\nValue: 100";

    fn told(seq: u64, name: &'static str, text: &str) -> Told {
        let mut message = ami::Message::new();
        for line in text.lines() {
            message.push_line(line.as_bytes());
        }
        Told {
            mark: model::Run(1).at(model::Seq(seq)),
            head: 1,
            fresh: true,
            stray: false,
            name,
            classes: ami::Classes::CALL,
            message,
            json: std::sync::OnceLock::new(),
        }
    }

    fn passes(filter: (Option<&str>, &str), text: &str) -> bool {
        let mut filters = Filters::default();
        filters.add(Filter::parse(filter.0, filter.1).unwrap());
        let name = if text == N { "Newchannel" } else { "VarSet" };
        filters.pass(&told(1, name, text))
    }

    #[test]
    fn worked_cases_come_out_as_written() {
        for (criteria, pattern, n, v) in [
            (None, "alice", true, false),
            (None, "!Local/", true, false),
            (None, "Newchannel.*Exten: 100", true, false),
            (None, "^Channel", false, false),
            (Some("name(VarSet)"), "", false, true),
            (Some("name(varset)"), "", false, false),
            (Some("name(Newchannel),method(regex)"), "bob", false, false),
            (
                Some("action(exclude),name(VarSet),method(contains)"),
                "Local/",
                true,
                false,
            ),
            (
                Some("header(Channel),method(starts_with)"),
                "PJSIP/",
                true,
                false,
            ),
            (Some("header(Channel),method(ends_with)"), ";1", false, true),
            (Some("header(Exten),method(exact)"), "10", false, false),
            (
                Some("header(channel),method(exact)"),
                "PJSIP/alice-01",
                false,
                false,
            ),
            (
                Some("name(VarSet),header(Channel),method(exact)"),
                "!zzz",
                true,
                true,
            ),
            (
                Some("action(include),header(Exten),method(exact)"),
                "!100",
                true,
                false,
            ),
        ] {
            assert_eq!(passes((criteria, pattern), N), n, "{criteria:?} {pattern}");
            assert_eq!(passes((criteria, pattern), V), v, "{criteria:?} {pattern}");
        }
    }

    #[test]
    fn what_is_not_written_as_filters_are_is_refused() {
        use BadFilter::{Format, Pattern};
        for (criteria, pattern, error) in [
            (Some("action(include)"), "", Format),
            (Some("name(VarSet)"), "x", Format),
            (Some("method(regex)"), "", Format),
            (Some("method(glob)"), "x", Format),
            (Some("foo(x)"), "x", Format),
            (Some(""), "x", Format),
            (Some("name"), "", Format),
            (Some("name(VarSet"), "", Format),
            (Some("name()"), "", Format),
            (None, "", Format),
            (None, "!", Format),
            (None, "a[b", Pattern),
            (Some("method(regex)"), "a[b", Pattern),
        ] {
            let refused = Filter::parse(criteria, pattern).map(|_| ());
            assert_eq!(refused, Err(error), "{criteria:?} {pattern}");
        }
    }

    #[test]
    fn an_event_is_included_and_not_excluded() {
        let mut filters = Filters::default();
        filters.add(Filter::parse(None, "Channel").unwrap());
        filters.add(Filter::parse(None, "!alice").unwrap());
        let n = told(7, "Newchannel", N);
        let v = told(8, "VarSet", V);
        for _ in 0..2 {
            assert!(!filters.pass(&n));
            assert!(filters.pass(&v));
        }
    }
}
