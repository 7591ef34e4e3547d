//! What is secret in a recording: it is known by what it is called, and masked there and wherever it
//! is found again.
//!
//! The same secret has the same mask in all of a recording, so that what is done with it (a variable
//! is set to it, another is compared with it) comes to the same when the recording is replayed.

use serde_json::Value;

/// So many secrets are looked for; further ones are masked only where they are called so.
const LIMIT: usize = 256;
/// What stands for a secret that is not looked for elsewhere; a number follows where it is.
const MASK: &str = "masked";

/// The secrets known so far.
#[derive(Debug, Default)]
pub struct Mask {
    /// Each with what stands for it.
    known: Vec<(String, String)>,
}

/// Whether a variable, a header, a path of the database or the like is called as secrets are.
fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 9] = [
        "secret",
        "passw",
        "passphrase",
        "token",
        "credential",
        "apikey",
        "api_key",
        "challenge",
        "private",
    ];
    const WORDS: [&str; 2] = ["pin", "pwd"];
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    PARTS.iter().any(|part| name.contains(part)) || words.any(|word| WORDS.contains(&word))
}

impl Mask {
    /// Masks what goes into the switch, as JSON, and learns which secrets there are.
    pub fn input(&mut self, input: &mut Value) {
        let before = self.known.len();
        self.walk(input, false);
        if self.known.len() > before {
            // What stands before the place where it is called a secret.
            self.walk(input, false);
        }
    }

    /// Masks what managers are told of an event. Nothing is learnt, so that it comes to the same
    /// whether the event was recorded or made again of masked inputs.
    pub fn event(&self, text: &str) -> String {
        Frame::of(text).masked(false, |value| self.mask(value), |text| self.masked(text))
    }

    /// Masks what a session heard or said, and learns which secrets there are.
    pub fn talk(&mut self, text: &str) -> String {
        let frame = Frame::of(text);
        for (line, header) in &frame.lines {
            match header {
                Some((name, value)) if frame.is_secret(name, true) => drop(self.learn(value)),
                Some(_) | None => self.learn_assigned(line),
            }
        }
        self.event_of_session(&frame)
    }

    fn event_of_session(&self, frame: &Frame<'_>) -> String {
        frame.masked(true, |value| self.mask(value), |text| self.masked(text))
    }

    fn walk(&mut self, value: &mut Value, secret: bool) {
        match value {
            Value::String(text) if secret => *text = self.learn(text),
            Value::String(text) => {
                self.learn_assigned(text);
                *text = self.masked(text);
            }
            Value::Array(values) => {
                let named = if let [Value::String(name), Value::String(_)] = values.as_slice() {
                    is_secret(name)
                } else {
                    false
                };
                for (index, value) in values.iter_mut().enumerate() {
                    self.walk(value, named && index == 1);
                }
            }
            Value::Object(fields) => {
                let names = ["path", "name", "variable"];
                let named = names
                    .iter()
                    .filter_map(|name| fields.get(*name))
                    .any(|name| {
                        let name = name.get("name").unwrap_or(name);
                        name.as_str().is_some_and(is_secret)
                    });
                for (name, value) in fields {
                    let is_value = name == "value" && named;
                    // The answer to a challenge.
                    let is_answer = name == "response";
                    self.walk(value, is_value || is_answer || is_secret(name));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// What stands for a secret from now on.
    fn learn(&mut self, value: &str) -> String {
        let known = self.known.iter().any(|(known, _)| known == value);
        if is_value(value) && !is_mask(value) && !known && self.known.len() < LIMIT {
            let mask = format!("{MASK}-{}", self.known.len() + 1);
            self.known.push((value.to_owned(), mask));
        }
        self.mask(value)
    }

    /// What stands for a secret.
    fn mask(&self, value: &str) -> String {
        if !is_value(value) || is_mask(value) {
            return value.to_owned();
        }
        let known = self.known.iter().find(|(known, _)| known == value);
        known.map_or_else(|| MASK.to_owned(), |(_, mask)| mask.clone())
    }

    /// Learns the values in `secret=value`.
    fn learn_assigned(&mut self, text: &str) {
        for (start, end) in assigned(text) {
            self.learn(&text[start..end]);
        }
    }

    /// The text with all masked that is known, or is set as `secret=value`.
    fn masked(&self, text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut done = 0;
        for (start, end) in assigned(text) {
            masked += &self.without_known(&text[done..start]);
            masked += &self.mask(&text[start..end]);
            done = end;
        }
        masked + &self.without_known(&text[done..])
    }

    fn without_known(&self, text: &str) -> String {
        let telling = self.known.iter().filter(|(known, _)| is_telling(known));
        telling.fold(text.to_owned(), |text, (known, mask)| {
            replaced(&text, known, mask)
        })
    }
}

/// Whether a text can be a secret: not one that says yes or no, or names another variable.
fn is_value(text: &str) -> bool {
    let words = ["", "0", "1", "yes", "no", "true", "false"];
    !words.iter().any(|word| text.eq_ignore_ascii_case(word)) && !text.starts_with('$')
}

fn is_mask(text: &str) -> bool {
    let rest = text.strip_prefix(MASK);
    rest.is_some_and(|rest| {
        let number = rest.strip_prefix('-').unwrap_or("0");
        (rest.is_empty() || rest.starts_with('-'))
            && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Whether it is itself that is found, wherever this is found: not some short word or number.
fn is_telling(secret: &str) -> bool {
    let least = if secret.bytes().all(|letter| letter.is_ascii_digit()) {
        6
    } else {
        4
    };
    secret.len() >= least
}

/// The text with one word, or what takes the place of one, replaced.
fn replaced(text: &str, known: &str, mask: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(known) {
        let end = at + known.len();
        let joins = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let whole = !joins(rest[..at].chars().next_back()) && !joins(rest[end..].chars().next());
        result += &rest[..at];
        result += if whole { mask } else { known };
        rest = &rest[end..];
    }
    result + rest
}

/// Where the values stand in a text that sets something called as secrets are: `secret=value`, or
/// `"secret":"value"`.
fn assigned(text: &str) -> Vec<(usize, usize)> {
    let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    let mut found = Vec::new();
    for (at, sign) in text.match_indices(['=', ':']) {
        let before = text[..at].trim_end_matches(['"', ' ', '=']);
        let name = before
            .rsplit(|letter| !is_of_name(letter))
            .next()
            .unwrap_or_default();
        if !is_secret(name) {
            continue;
        }
        let after = &text[at + sign.len()..];
        let value = after.trim_start_matches([' ', '"', '>', '=']);
        let start = text.len() - value.len();
        let ends = |letter: char| letter.is_whitespace() || ",;&|\"')}]".contains(letter);
        let end = start + value.find(ends).unwrap_or(value.len());
        if start < end && found.last().is_none_or(|(_, last)| *last <= start) {
            found.push((start, end));
        }
    }
    found
}

/// What is said at a time: lines, most of them headers.
struct Frame<'a> {
    lines: Vec<(&'a str, Option<(&'a str, &'a str)>)>,
}

impl<'a> Frame<'a> {
    fn of(text: &'a str) -> Self {
        let lines = text.split_inclusive('\n').map(|line| {
            let (name, value) = line.split_once(':').unzip();
            let header = name.zip(value.map(str::trim));
            (line, header)
        });
        Self {
            lines: lines.collect(),
        }
    }

    fn value(&self, name: &str) -> Option<&'a str> {
        let mut headers = self.lines.iter().filter_map(|(_, header)| *header);
        let found = headers.find(|(header, _)| header.trim().eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// Whether a header's value is a secret; `session` if it is not of an event alone.
    fn is_secret(&self, name: &str, session: bool) -> bool {
        let name = name.trim().to_ascii_lowercase();
        let is = |header, value: &str| {
            self.value(header)
                .is_some_and(|found| found.eq_ignore_ascii_case(value))
        };
        let named = |header: &str| self.value(header).is_some_and(is_secret);
        match name.as_str() {
            // The answer to a challenge; elsewhere the name of a value of the database.
            "key" => is("Action", "Login"),
            "response" => is("Event", "ChallengeResponseFailed"),
            // What a database is for, nobody knows.
            "val" => session,
            "value" => named("Variable"),
            _ => match name.strip_prefix("value-") {
                Some(number) => named(&format!("Var-{number}")),
                None => is_secret(&name),
            },
        }
    }

    fn masked(
        &self,
        session: bool,
        secret: impl Fn(&str) -> String,
        other: impl Fn(&str) -> String,
    ) -> String {
        let lines = self.lines.iter().map(|(line, header)| match header {
            Some((name, value)) if self.is_secret(name, session) && !value.is_empty() => {
                let start = line.len() - line[name.len() + 1..].trim_start().len();
                format!(
                    "{}{}{}",
                    &line[..start],
                    secret(value),
                    &line[start + value.len()..]
                )
            }
            Some(_) | None => other(line),
        });
        lines.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_login_is_told_without_its_secret() {
        let mut mask = Mask::default();
        let login = "Action: Login\r\nUsername: admin\r\nSecret: hunter2\r\nEvents: on\r\n\r\n";
        assert_eq!(
            mask.talk(login),
            "Action: Login\r\nUsername: admin\r\nSecret: masked-1\r\nEvents: on\r\n\r\n"
        );
        let proven = "action: login\r\nauthtype: MD5\r\nkey:  0123abcd\r\n\r\n";
        assert_eq!(
            mask.talk(proven),
            "action: login\r\nauthtype: MD5\r\nkey:  masked-2\r\n\r\n"
        );
        assert_eq!(
            mask.talk("Response: Success\r\nChallenge: 175432\r\n\r\n"),
            "Response: Success\r\nChallenge: masked-3\r\n\r\n"
        );
        // And wherever it is found again.
        assert_eq!(
            mask.talk("I say hunter2, not hunter23\n"),
            "I say masked-1, not hunter23\n"
        );
    }

    #[test]
    fn values_of_what_is_called_a_secret_are_masked() {
        let mut mask = Mask::default();
        for (said, told) in [
            (
                "Action: DBPut\nFamily: a\nKey: b\nVal: c\n\n",
                "Action: DBPut\nFamily: a\nKey: b\nVal: masked-1\n\n",
            ),
            ("Variable: A=1,PIN=12\n", "Variable: A=1,PIN=masked-2\n"),
            (
                "Action: Setvar\nVariable: DB_PASSWORD\nValue: x y\n\n",
                "Action: Setvar\nVariable: DB_PASSWORD\nValue: masked-3\n\n",
            ),
            (
                "Var-000001: secret\nValue-000001: s\nVar-000002: a\nValue-000002: s\n",
                "Var-000001: secret\nValue-000001: masked-4\nVar-000002: a\nValue-000002: s\n",
            ),
            (
                "Line-000000-000001: secret=abc\n",
                "Line-000000-000001: secret=masked-5\n",
            ),
            (
                "JSON: {\"secret\":\"abc d\"}\n",
                "JSON: {\"secret\":\"masked-5 d\"}\n",
            ),
            ("UsingPassword: 1\nSecret:\n", "UsingPassword: 1\nSecret:\n"),
            (
                "Variable: PIN\nValue: ${OTHER}\n",
                "Variable: PIN\nValue: ${OTHER}\n",
            ),
        ] {
            assert_eq!(mask.talk(said), told);
        }
    }

    #[test]
    fn inputs_are_masked_where_they_name_secrets_and_elsewhere() {
        let mut mask = Mask::default();
        let mut input = json!({
            "about": "it is s3cret",
            "environment": { "API_TOKEN": "s3cret", "HOME": "/root" },
            "globals": [["TRUNK_PIN", "42"], ["TRUNK", "42"]],
            "change": { "path": "/trunk/password", "value": "pass" },
            "set": { "variable": { "name": "MY_SECRET" }, "value": "word" },
            "steps": [{ "app": "Set", "args": "PASSWORD=open,A=${PASSWORD}" }],
        });
        let masked = json!({
            "about": "it is masked-2",
            "change": { "path": "/trunk/password", "value": "masked-1" },
            "environment": { "API_TOKEN": "masked-2", "HOME": "/root" },
            "globals": [["TRUNK_PIN", "masked-3"], ["TRUNK", "42"]],
            "set": { "variable": { "name": "MY_SECRET" }, "value": "masked-4" },
            "steps": [{ "app": "Set", "args": "PASSWORD=masked-5,A=${PASSWORD}" }],
        });
        mask.input(&mut input);
        assert_eq!(input, masked);
        // What is masked already stays so, whoever looks at it.
        Mask::default().input(&mut input);
        assert_eq!(input, masked);
    }

    #[test]
    fn an_event_is_masked_alike_when_it_is_recorded_and_when_it_is_made_again() {
        let mut mask = Mask::default();
        mask.input(&mut json!([["TRUNK_SECRET", "hunter2"]]));
        let told =
            |value: &str| format!("Event: VarSet\r\nVariable: MY_TOKEN\r\nValue: {value}\r\n\r\n");
        assert_eq!(mask.event(&told("hunter2")), told("masked-1"));
        assert_eq!(Mask::default().event(&told("masked-1")), told("masked-1"));
        // One that the dialplan made.
        assert_eq!(mask.event(&told("77.1")), told("masked"));
        assert_eq!(Mask::default().event(&told("77.1")), told("masked"));
    }
}
