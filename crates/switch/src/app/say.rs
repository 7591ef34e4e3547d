//! SayDigits, SayNumber, SayAlpha: numbers and letters spoken, from the sounds of the language. With the
//! variable SAY_DTMF_INTERRUPT a key ends it and begins an extension.

use super::background::interruptible;
use super::playback::Playback;
use super::{Application, Step};
use crate::Switch;
use crate::channel::Channel;
use crate::scope::ChannelScope;
use dialplan::Scope as _;
use model::ChannelId;
use std::sync::Arc;

pub(super) const SAY_DIGITS: Application = Application {
    name: "SayDigits",
    synopsis: "Say Digits.",
    arguments: "digits",
    options: &[],
    start: |switch, id, call| say(switch, id, digits(&call.data)),
};

pub(super) const SAY_NUMBER: Application = Application {
    name: "SayNumber",
    synopsis: "Say Number.",
    arguments: "digits[,gender]",
    options: &[],
    start: |switch, id, call| {
        let Ok(number) = call.first().trim().parse::<i64>() else {
            tracing::warn!(data = call.data, "SayNumber: not a number");
            return Step::Done;
        };
        say(switch, id, number_in_english(number))
    },
};

pub(super) const SAY_ALPHA: Application = Application {
    name: "SayAlpha",
    synopsis: "Say Alpha.",
    arguments: "string",
    options: &[],
    start: |switch, id, call| say(switch, id, letters(&call.data)),
};

fn say(switch: &mut Switch, id: ChannelId, files: Vec<String>) -> Step {
    if files.is_empty() {
        return Step::Done;
    }
    if !switch.channels.get(&id).is_some_and(Channel::is_up) {
        switch.answer(id);
    }
    let files = files.into_iter().map(Arc::from).collect();
    let mut scope = ChannelScope::new(switch, id);
    let interrupts = scope.variable("SAY_DTMF_INTERRUPT");
    if interrupts.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return interruptible(switch, id, files);
    }
    Playback::begin(switch, id, files)
}

/// The files of what is to be said, written as `kind:text`: `num` or `number`, `digit` or `digits`,
/// `alpha` or `char`. A number may stand alone. None if it cannot be said.
pub(super) fn spoken(text: &str) -> Option<Vec<String>> {
    let (kind, text) = text
        .trim()
        .split_once(':')
        .unwrap_or(("number", text.trim()));
    let files = match kind.to_ascii_lowercase().as_str() {
        "num" | "number" => number_in_english(text.trim().parse().ok()?),
        "digit" | "digits" => digits(text),
        "alpha" | "char" => letters(text),
        _ => return None,
    };
    (!files.is_empty()).then_some(files)
}

fn digits(text: &str) -> Vec<String> {
    let file = |c: char| match c {
        '0'..='9' => Some(format!("digits/{c}")),
        '#' => Some("digits/pound".to_owned()),
        '*' => Some("digits/star".to_owned()),
        '-' => Some("digits/minus".to_owned()),
        _ => None,
    };
    text.chars().filter_map(file).collect()
}

pub(super) fn letters(text: &str) -> Vec<String> {
    let file = |c: char| match c.to_ascii_lowercase() {
        c @ 'a'..='z' => Some(format!("letters/{c}")),
        c @ '0'..='9' => Some(format!("digits/{c}")),
        ' ' => Some("letters/space".to_owned()),
        '.' => Some("letters/dot".to_owned()),
        '@' => Some("letters/at".to_owned()),
        '-' => Some("letters/dash".to_owned()),
        '/' => Some("letters/slash".to_owned()),
        '+' => Some("letters/plus".to_owned()),
        '=' => Some("letters/equals".to_owned()),
        '$' => Some("letters/dollar".to_owned()),
        '!' => Some("letters/exclaimation-point".to_owned()),
        '*' => Some("digits/star".to_owned()),
        '#' => Some("digits/pound".to_owned()),
        _ => None,
    };
    text.chars().filter_map(file).collect()
}

/// The words of a number, as files under `digits/`.
pub(crate) fn number_in_english(number: i64) -> Vec<String> {
    let mut files = Vec::new();
    let mut rest = number.unsigned_abs();
    if number < 0 {
        files.push("digits/minus".to_owned());
    }
    if rest == 0 {
        files.push("digits/0".to_owned());
    }
    for (size, name) in [
        (1_000_000_000, "billion"),
        (1_000_000, "million"),
        (1_000, "thousand"),
    ] {
        if rest >= size {
            hundreds(rest / size % 1_000, &mut files);
            files.push(format!("digits/{name}"));
            rest %= size;
        }
    }
    hundreds(rest, &mut files);
    files
}

fn hundreds(number: u64, files: &mut Vec<String>) {
    if number >= 100 {
        files.push(format!("digits/{}", number / 100));
        files.push("digits/hundred".to_owned());
    }
    let rest = number % 100;
    if rest >= 20 {
        files.push(format!("digits/{}", rest / 10 * 10));
    }
    let last = if rest >= 20 { rest % 10 } else { rest };
    if last > 0 {
        files.push(format!("digits/{last}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_spoken_in_words() {
        let said = |number| number_in_english(number).join(" ").replace("digits/", "");
        assert_eq!(said(0), "0");
        assert_eq!(said(17), "17");
        assert_eq!(said(-342), "minus 3 hundred 40 2");
        assert_eq!(said(1_020_005), "1 million 20 thousand 5");
        assert_eq!(letters("a1 ").join(" "), "letters/a digits/1 letters/space");
        assert_eq!(digits("12#").len(), 3);
        let said = |text| spoken(text).map(|files| files.join(" "));
        assert_eq!(said("num:21").as_deref(), Some("digits/20 digits/1"));
        assert_eq!(said("7").as_deref(), Some("digits/7"));
        assert_eq!(said("digits:7#").as_deref(), Some("digits/7 digits/pound"));
        assert_eq!(said("date:x"), None);
    }
}
