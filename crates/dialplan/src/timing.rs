//! Time ranges of includes, GotoIfTime and IFTIME: `times,weekdays,days,months[,zone]`.
//!
//! Each field is `*` or ranges joined by `&`; a range may wrap round (`fri-mon`, `22:00-6:00`)
//! and includes both its ends.

use jiff::{Zoned, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// When something holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    times: Ranges,
    weekdays: Ranges,
    days: Ranges,
    months: Ranges,
    #[serde(with = "jiff::fmt::serde::tz::optional")]
    zone: Option<TimeZone>,
}

/// Ranges of whole numbers; none means always.
type Ranges = Vec<(u32, u32)>;

const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

impl Timing {
    /// Reads the fields, separated by commas (or `|`, as of old). Missing ones mean always.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut fields = text.split([',', '|']).map(str::trim);
        let mut next = || fields.next().unwrap_or("*");
        let timing = Self {
            times: ranges(next(), time)?,
            weekdays: ranges(next(), |day| name(day, &WEEKDAYS, 0))?,
            days: ranges(next(), |day| number(day, 31).filter(|&day| day > 0))?,
            months: ranges(next(), |month| name(month, &MONTHS, 1))?,
            zone: zone(next())?,
        };
        match fields.next() {
            Some(extra) => Err(format!("'{extra}' after the time zone")),
            None => Ok(timing),
        }
    }

    /// Whether it holds at a moment, told in the zone of the value if it names none itself.
    pub fn holds(&self, now: &Zoned) -> bool {
        let now = match &self.zone {
            Some(zone) => now.with_time_zone(zone.clone()),
            None => now.clone(),
        };
        let number = |n: i8| n.unsigned_abs().into();
        inside(&self.times, number(now.hour()) * 60 + number(now.minute()))
            && inside(
                &self.weekdays,
                number(now.weekday().to_sunday_zero_offset()),
            )
            && inside(&self.days, number(now.day()))
            && inside(&self.months, number(now.month()))
    }
}

fn inside(ranges: &Ranges, value: u32) -> bool {
    ranges.is_empty()
        || ranges.iter().any(|&(first, last)| {
            if first <= last {
                first <= value && value <= last
            } else {
                value >= first || value <= last
            }
        })
}

fn ranges(field: &str, one: impl Fn(&str) -> Option<u32>) -> Result<Ranges, String> {
    if field == "*" || field.is_empty() {
        return Ok(Vec::new());
    }
    field
        .split('&')
        .map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            one(first.trim())
                .zip(one(last.trim()))
                .ok_or_else(|| format!("'{range}' is no range of time"))
        })
        .collect()
}

/// Minutes since midnight.
fn time(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    Some(number(hour, 23)? * 60 + number(minute, 59)?)
}

fn number(text: &str, most: u32) -> Option<u32> {
    text.parse().ok().filter(|&n| n <= most)
}

fn name(text: &str, names: &[&str], first: u32) -> Option<u32> {
    names
        .iter()
        .zip(first..)
        .find(|(name, _)| name.eq_ignore_ascii_case(text))
        .map(|(_, n)| n)
}

fn zone(text: &str) -> Result<Option<TimeZone>, String> {
    if text == "*" || text.is_empty() {
        return Ok(None);
    }
    TimeZone::get(text)
        .map(Some)
        .map_err(|_| format!("'{text}' is no time zone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holding() {
        // A Tuesday.
        let now: Zoned = "2026-11-24T12:30:15+00:00[UTC]".parse().unwrap();
        for (text, expected) in [
            ("*", true),
            ("*,*,*,*", true),
            ("9:00-17:00,mon-fri,*,*", true),
            ("9:00-12:30", true),
            ("12:31-12:29", false),
            ("22:00-13:00", true),
            ("*,sat-tue", true),
            ("*,wed&tue", true),
            ("*,wed-mon", false),
            ("*,*,24", true),
            ("*,*,1-23&25-31", false),
            ("*,*,*,nov", true),
            ("*,*,*,dec-jan", false),
            ("12:30-12:30,TUE,24,NOV,UTC", true),
            ("13:30-13:30,*,*,*,Europe/Berlin", true),
            ("12:30-12:30,*,*,*,Europe/Berlin", false),
        ] {
            assert_eq!(Timing::parse(text).unwrap().holds(&now), expected, "{text}");
        }
    }

    #[test]
    fn refused() {
        for text in [
            "25:00-26:00",
            "9-17",
            "*,monday",
            "*,*,0",
            "*,*,32",
            "*,*,*,13",
            "*,*,*,*,Nowhere/Land",
            "*,*,*,*,*,x",
        ] {
            assert!(Timing::parse(text).is_err(), "{text}");
        }
    }
}
