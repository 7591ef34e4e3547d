//! Functions of the time: STRFTIME, STRPTIME.

use jiff::fmt::strtime::BrokenDownTime;
use jiff::{Timestamp, Zoned, tz::TimeZone};

use super::{Args, Declaration, Function, Outcome, World, error};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        declaration: Declaration {
            name: "STRFTIME",
            synopsis: "Returns the current date/time in the specified format.",
            syntax: "STRFTIME([epoch[,[timezone][,format]]])",
            description: "Now, here, as `%c` if not said. Fractions of a second are written `%1q` to \
                          `%6q`.",
        },
        read: Some(|world, args| {
            let args = Args::up_to(3, args);
            let time = moment(world, args.get(0))?.with_time_zone(zone(world, args.get(1))?);
            format_time(&time, args.or(2, "%c")).or_else(|why| error(why.to_string()))
        }),
        write: None,
    },
    Function {
        declaration: Declaration {
            name: "STRPTIME",
            synopsis: "Returns the epoch of the arbitrary date/time string structured as described by the format.",
            syntax: "STRPTIME(datetime,timezone,format)",
            description: "The time zone is the switch's own if empty.",
        },
        read: Some(|world, args| {
            let args = Args::up_to(3, args);
            let zone = zone(world, args.get(1))?;
            let parsed = BrokenDownTime::parse(args.get(2), args.get(0)).and_then(|time| {
                if time.offset().is_some() {
                    return time.to_timestamp();
                }
                let date = time.to_date()?;
                Ok(date
                    .to_datetime(time.to_time().unwrap_or_default())
                    .to_zoned(zone)?
                    .timestamp())
            });
            match parsed {
                Ok(time) => Ok(time.as_second().to_string()),
                Err(why) => error(why.to_string()),
            }
        }),
        write: None,
    },
];

/// The time in a format as STRFTIME has it.
///
/// # Errors
///
/// Of a format that is not understood.
pub fn format_time(time: &Zoned, format: &str) -> Result<String, jiff::Error> {
    let format = in_posix_locale(format, time.subsec_nanosecond());
    let mut text = String::new();
    BrokenDownTime::from(time).format(&format, &mut text)?;
    Ok(text)
}

/// The time told as seconds since 1970, with or without a fraction; now if empty.
fn moment(world: &mut dyn World, epoch: &str) -> Outcome<Zoned> {
    let epoch = epoch.trim();
    if epoch.is_empty() {
        return Ok(world.now());
    }
    let (seconds, fraction) = epoch.split_once('.').unwrap_or((epoch, ""));
    let nanoseconds = format!("{fraction:0<9}")
        .get(..9)
        .and_then(|digits| digits.parse().ok());
    let time = seconds.parse().ok().zip(nanoseconds);
    match time.and_then(|(seconds, nanoseconds)| Timestamp::new(seconds, nanoseconds).ok()) {
        Some(time) => Ok(time.to_zoned(TimeZone::UTC)),
        None => error(format!("'{epoch}' is no time")),
    }
}

fn zone(world: &mut dyn World, name: &str) -> Outcome<TimeZone> {
    match name.trim() {
        "" => Ok(world.now().time_zone().clone()),
        name => TimeZone::get(name).or_else(|_| error(format!("'{name}' is no time zone"))),
    }
}

/// Puts in what the library does not know or tells in another locale: `%q` is milliseconds, `%3q`
/// so many digits of the fraction; `%c`, `%x`, `%X` and `%r` are as in the POSIX locale, which has no
/// other numbers or eras for the modifiers `E` and `O`.
fn in_posix_locale(format: &str, nanoseconds: i32) -> String {
    let mut out = String::with_capacity(format.len());
    let mut rest = format;
    while let Some((before, code)) = rest.split_once('%') {
        out.push_str(before);
        let code = match code.as_bytes() {
            [b'E', b'c' | b'C' | b'x' | b'X' | b'y' | b'Y', ..]
            | [
                b'O',
                b'd' | b'e' | b'H' | b'I' | b'm' | b'M' | b'S' | b'u' | b'U' | b'V' | b'w' | b'W'
                | b'y',
                ..,
            ] => &code[1..],
            _ => code,
        };
        let (digits, length) = match code.as_bytes() {
            [digit @ b'1'..=b'6', b'q', ..] => (usize::from(digit - b'0'), 2),
            [b'q', ..] => (3, 1),
            _ => (0, code.chars().next().map_or(0, char::len_utf8)),
        };
        match (digits, &code[..length]) {
            (0, "c") => out.push_str("%a %b %e %H:%M:%S %Y"),
            (0, "x") => out.push_str("%m/%d/%y"),
            (0, "X") => out.push_str("%H:%M:%S"),
            (0, "r") => out.push_str("%I:%M:%S %p"),
            (0, other) => out.extend(["%", other]),
            (digits, _) => out.extend(format!("{nanoseconds:09}").chars().take(digits)),
        }
        rest = &code[length..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::super::tests::Sample;

    #[test]
    fn times() {
        Sample::default().check(&[
            ("${STRFTIME(,,%Y-%m-%d %H:%M:%S)}", "2026-11-24 12:30:15"),
            (
                "${STRFTIME(1795523415,Europe/Berlin,%H:%M %Z)}",
                "13:30 CET",
            ),
            ("${STRFTIME(0,UTC)}", "Thu Jan  1 00:00:00 1970"),
            ("${STRFTIME(,,%X %x %r)}", "12:30:15 11/24/26 12:30:15 PM"),
            ("${STRFTIME(,,%S.%3q %q %6q %%q)}", "15.123 123 123456 %q"),
            ("${STRFTIME(1.5,UTC,%S.%1q)}", "01.5"),
            ("${STRFTIME(0,UTC,%Ey %OH %Ex)}", "70 00 01/01/70"),
            (
                "${STRPTIME(2026-11-24 13:30:15,Europe/Berlin,%Y-%m-%d %H:%M:%S)}",
                "1795523415",
            ),
            ("${STRPTIME(1970-01-02,UTC,%Y-%m-%d)}", "86400"),
        ]);
        Sample::default().check_failing(&[
            "${STRFTIME(x)}",
            "${STRFTIME(,Nowhere/Land)}",
            "${STRFTIME(,,%!)}",
            "${STRPTIME(x,,%Y)}",
        ]);
    }
}
