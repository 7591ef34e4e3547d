//! One `exten` line: `name[/caller],priority[+n][(label)],application[(arguments)]`. The priority is a
//! number, n (next), s (same) or the label of one further up; the offset may follow the label too.

use crate::{dialplan::Caller, pattern::Pattern};

/// The parts of the value of an `exten` entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exten<'a> {
    /// The name or pattern, variables not yet expanded.
    pub(crate) name: &'a str,
    /// What stands after the slash.
    pub(crate) caller: Option<&'a str>,
    /// The rest, which a `same` entry has alone.
    pub(crate) step: &'a str,
}

/// The priority and what happens there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    Hint(&'a str),
    Priority {
        number: Number<'a>,
        label: Option<&'a str>,
        app: &'a str,
        args: &'a str,
    },
}

/// How a priority's number is written; the offset of `n+2` comes on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number<'a> {
    Absolute(u32),
    Next(u32),
    Same(u32),
    /// The priority of the extension that has this label.
    Labelled(&'a str, u32),
}

impl<'a> Exten<'a> {
    pub(crate) fn parse(value: &'a str) -> Result<Self, String> {
        let (name, step) = value
            .split_once(',')
            .ok_or("an extension needs a priority and an application")?;
        let (name, caller) = match name.trim().split_once('/') {
            Some((name, caller)) => (name, Some(caller)),
            None => (name.trim(), None),
        };
        Ok(Self { name, caller, step })
    }
}

/// Reads what stands after the slash of an extension's name.
pub(crate) fn caller(text: Option<&str>) -> Result<Caller, &'static str> {
    match text {
        None => Ok(Caller::Anyone),
        Some("") => Ok(Caller::Unknown),
        Some(number) => Pattern::parse(number).map(Caller::Matching),
    }
}

impl<'a> Step<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, String> {
        let (priority, rest) = text
            .split_once(',')
            .ok_or("a priority needs an application")?;
        let rest = rest.trim();
        if priority.trim().eq_ignore_ascii_case("hint") {
            return if rest.is_empty() {
                Err("a hint needs a device".to_owned())
            } else {
                Ok(Self::Hint(rest))
            };
        }
        let (number, label) = number_and_label(priority.trim())?;
        let (app, args) = application(rest)?;
        Ok(Self::Priority {
            number,
            label,
            app,
            args,
        })
    }
}

impl Number<'_> {
    /// The number, given the one of the line before in this context and where the extension's labels are.
    pub(crate) fn resolve(
        self,
        last: Option<u32>,
        labelled: impl FnOnce(&str) -> Option<u32>,
    ) -> Result<u32, String> {
        let (base, offset) = match self {
            Self::Absolute(number) => (Some(number), 0),
            Self::Next(offset) => (last.and_then(|last| last.checked_add(1)), offset),
            Self::Same(offset) => (last, offset),
            Self::Labelled(label, offset) => {
                let base = labelled(label);
                (
                    Some(base.ok_or_else(|| format!("'{label}' is no priority or label"))?),
                    offset,
                )
            }
        };
        base.ok_or("there is no priority to go on from")?
            .checked_add(offset)
            .filter(|&number| number > 0)
            .ok_or_else(|| "a priority out of range".to_owned())
    }
}

fn number_and_label(text: &str) -> Result<(Number<'_>, Option<&str>), String> {
    let bad = || format!("'{text}' is no priority");
    let (before, label, behind) = match text.split_once('(') {
        Some((before, rest)) => {
            let (label, behind) = rest.split_once(')').unwrap_or((rest, ""));
            (before.trim(), Some(label.trim()), behind.trim())
        }
        None => (text, None, ""),
    };
    let (base, offset) = before.split_once('+').unwrap_or((before, "0"));
    let behind = match behind {
        "" => "0",
        behind => behind.strip_prefix('+').ok_or_else(bad)?,
    };
    let number = |text: &str| text.trim().parse::<u32>().map_err(|_| bad());
    let offset = number(offset)?
        .checked_add(number(behind)?)
        .ok_or_else(bad)?;
    let number = match base.trim() {
        n if ["n", "next"]
            .iter()
            .any(|word| n.eq_ignore_ascii_case(word)) =>
        {
            Number::Next(offset)
        }
        s if ["s", "same"]
            .iter()
            .any(|word| s.eq_ignore_ascii_case(word)) =>
        {
            Number::Same(offset)
        }
        label if label.starts_with(|first: char| first.is_alphabetic() || first == '_') => {
            Number::Labelled(label, offset)
        }
        base => Number::Absolute(
            base.parse::<u32>()
                .ok()
                .and_then(|n| n.checked_add(offset))
                .ok_or_else(bad)?,
        ),
    };
    if number == Number::Absolute(0) {
        Err(bad())
    } else {
        Ok((number, label.filter(|label| !label.is_empty())))
    }
}

/// Splits `App(args)`, `App,args` or `App`.
fn application(text: &str) -> Result<(&str, &str), String> {
    let (app, args) = match text.find(['(', ',']) {
        None => (text, ""),
        Some(at) if text[at..].starts_with(',') => (&text[..at], &text[at + 1..]),
        Some(at) => {
            let inside = &text[at + 1..];
            let end = inside
                .rfind(')')
                .ok_or_else(|| format!("'{text}' lacks its closing parenthesis"))?;
            (&text[..at], &inside[..end])
        }
    };
    let app = app.trim();
    if app.is_empty() {
        Err("a priority needs an application".to_owned())
    } else {
        Ok((app, args))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_callers() {
        let exten = |name, caller, step| Ok(Exten { name, caller, step });
        assert_eq!(Exten::parse("100,1,NoOp()"), exten("100", None, "1,NoOp()"));
        assert_eq!(
            Exten::parse(" _2X/555 ,n,NoOp"),
            exten("_2X", Some("555"), "n,NoOp")
        );
        assert_eq!(Exten::parse("s/,1,NoOp"), exten("s", Some(""), "1,NoOp"));
        assert!(Exten::parse("100").is_err());
    }

    #[test]
    fn steps() {
        for (text, number, label, app, args) in [
            ("1,Answer()", Number::Absolute(1), None, "Answer", ""),
            ("n,Wait", Number::Next(0), None, "Wait", ""),
            (
                "n(yes),Set(TOOK=yes)",
                Number::Next(0),
                Some("yes"),
                "Set",
                "TOOK=yes",
            ),
            (
                "n+2(far), Goto(a,b,1)",
                Number::Next(2),
                Some("far"),
                "Goto",
                "a,b,1",
            ),
            ("n(far)+2,NoOp", Number::Next(2), Some("far"), "NoOp", ""),
            ("s+1,NoOp", Number::Same(1), None, "NoOp", ""),
            (
                "far+101,NoOp",
                Number::Labelled("far", 101),
                None,
                "NoOp",
                "",
            ),
            ("same,NoOp", Number::Same(0), None, "NoOp", ""),
            (
                "n,Dial,PJSIP/bob,20",
                Number::Next(0),
                None,
                "Dial",
                "PJSIP/bob,20",
            ),
            (
                "n,Gosub(sub,s,1(first,second))",
                Number::Next(0),
                None,
                "Gosub",
                "sub,s,1(first,second)",
            ),
            (
                "n,Set(CALLERID(name)=Renamed)",
                Number::Next(0),
                None,
                "Set",
                "CALLERID(name)=Renamed",
            ),
        ] {
            assert_eq!(
                Step::parse(text),
                Ok(Step::Priority {
                    number,
                    label,
                    app,
                    args
                }),
                "{text}"
            );
        }
        assert_eq!(
            Step::parse("hint,Custom:a&b,Custom:p"),
            Ok(Step::Hint("Custom:a&b,Custom:p"))
        );
        for text in [
            "1",
            "1,",
            "0,NoOp",
            "-1,NoOp",
            "n+x,NoOp",
            "n(a)x,NoOp",
            "n,Wait(1",
            "n,(1)",
            "hint,",
            ",NoOp",
        ] {
            assert!(Step::parse(text).is_err(), "{text}");
        }
    }
}
