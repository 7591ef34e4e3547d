//! Actions about configuration files (ami-server.md 10.27 to 10.32).

use super::Step;
use crate::Request;
use crate::request::{FileFault, FileReply, FileRequest, FileUpdate};
use crate::session::Session;
use ami::action::config as declared;
use ami::{Classes, Message, response};
use conf::{Config, Filter, Section};
use std::fmt::Write as _;

/// What is shown instead of a secret.
const HIDDEN: &str = "********";
/// Options that are secrets, in whatever file they stand.
const SECRETS: &[&str] = &[
    "secret",
    "md5secret",
    "password",
    "md5_cred",
    "vmsecret",
    "tlspassword",
    "oauth_secret",
    "refresh_token",
];
const NOT_FOUND: &str = "Config file not found";
const RESTRICTED: &str = "File requires escalated privileges";

pub(super) fn read(name: &str) -> Step {
    ask(FileRequest::Read {
        name: name.to_owned(),
    })
}

pub(super) fn create(create: &declared::CreateConfig) -> Step {
    ask(FileRequest::Create {
        name: create.filename.clone(),
    })
}

pub(super) fn update(update: &declared::UpdateConfig) -> Step {
    ask(FileRequest::Update(Box::new(FileUpdate {
        source: update.src_filename.clone(),
        destination: update.dst_filename.clone(),
        steps: steps(&update.operations.0),
        preserve: update
            .preserve_effective_context
            .as_deref()
            .is_none_or(|yes| conf::is_yes(yes.trim())),
        reload: reload(update.reload.as_deref()),
    })))
}

fn ask(request: FileRequest) -> Step {
    Step::Ask(Request::Files(request))
}

/// Which part to reload: `None` for none, an empty name for all.
fn reload(header: Option<&str>) -> Option<String> {
    let header = header.map(str::trim).filter(|header| !header.is_empty())?;
    if conf::is_yes(header) {
        return Some(String::new());
    }
    let no = ["no", "false", "n", "f", "0", "off"];
    let is_no = no.iter().any(|word| word.eq_ignore_ascii_case(header));
    (!is_no).then(|| header.to_owned())
}

/// The operations in the order of their numbers, up to the first number that is missing.
fn steps(headers: &[(String, String)]) -> Vec<conf::Step> {
    let header = |name: &str, number: usize| {
        let name = format!("{name}-{number:06}");
        let found = headers
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(&name));
        found
            .map(|(_, value)| value.clone())
            .filter(|value| !value.is_empty())
    };
    let mut steps = Vec::new();
    while let Some(action) = header("Action", steps.len()) {
        let number = steps.len();
        steps.push(conf::Step {
            action,
            category: header("Cat", number),
            variable: header("Var", number),
            value: header("Value", number),
            matching: header("Match", number),
            line: header("Line", number),
            options: header("Options", number),
        });
    }
    steps
}

type Given = Result<FileReply, FileFault>;

pub(super) fn config(
    session: &Session,
    id: &str,
    action: &declared::GetConfig,
    given: Given,
) -> Option<Vec<Message>> {
    let config = match given {
        Ok(FileReply::Config(config)) => config,
        Ok(FileReply::Done) => return None,
        Err(fault) => return Some(vec![fault_of_reading(id, &fault, NOT_FOUND)]),
    };
    let shown = Shown::new(session, &action.filename);
    let sections = sections(
        &config,
        action.category.as_deref(),
        action.filter.as_deref(),
    );
    if sections.is_empty() && action.category.is_some() {
        return Some(vec![
            response::success(id).with_bare_line("No categories found"),
        ]);
    }
    let mut message = response::success(id);
    for (number, section) in sections.into_iter().enumerate() {
        message.header(&format!("Category-{number:06}"), &section.name);
        if section.template {
            message.header(&format!("IsTemplate-{number:06}"), 1);
        }
        if !section.inherits.is_empty() {
            message.header(
                &format!("Templates-{number:06}"),
                section.inherits.join(","),
            );
        }
        for (line, entry) in section.entries.iter().enumerate() {
            let value = shown.value(section, &entry.key, &entry.value);
            message.header(
                &format!("Line-{number:06}-{line:06}"),
                format_args!("{}={value}", entry.key),
            );
        }
    }
    Some(vec![message])
}

pub(super) fn json(
    session: &Session,
    id: &str,
    action: &declared::GetConfigJson,
    given: Given,
) -> Option<Vec<Message>> {
    let config = match given {
        Ok(FileReply::Config(config)) => config,
        Ok(FileReply::Done) => return None,
        Err(fault) => return Some(vec![fault_of_reading(id, &fault, RESTRICTED)]),
    };
    let shown = Shown::new(session, &action.filename);
    let sections = sections(
        &config,
        action.category.as_deref(),
        action.filter.as_deref(),
    );
    let mut text = String::from("{");
    for (number, section) in sections.into_iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        let mut members = Vec::new();
        if section.template {
            members.push("\"istemplate\":1".to_owned());
        }
        if !section.inherits.is_empty() {
            members.push(format!("\"templates\":\"{}\"", section.inherits.join(",")));
        }
        members.extend(section.entries.iter().map(|entry| {
            let value = shown.value(section, &entry.key, &entry.value);
            format!("\"{}\":\"{}\"", escaped(&entry.key), escaped(&value))
        }));
        let _ = write!(
            text,
            "\"{}\":{{{}}}",
            escaped(&section.name),
            members.join(",")
        );
    }
    text.push('}');
    Some(vec![response::success(id).with("JSON", text)])
}

pub(super) fn categories(
    id: &str,
    action: &declared::ListCategories,
    given: Given,
) -> Option<Vec<Message>> {
    let config = match given {
        Ok(FileReply::Config(config)) => config,
        Ok(FileReply::Done) => return None,
        Err(fault) => return Some(vec![fault_of_reading(id, &fault, NOT_FOUND)]),
    };
    let mut message = response::success(id);
    let sections = sections(&config, None, action.matching.as_deref());
    if sections.is_empty() {
        message.header("Error", "no categories found");
    }
    for (number, section) in sections.into_iter().enumerate() {
        message.header(&format!("Category-{number:06}"), &section.name);
    }
    Some(vec![message])
}

pub(super) fn created(id: &str, given: Given) -> Vec<Message> {
    vec![match given {
        Ok(_) => response::done(id, "New configuration file created successfully"),
        Err(FileFault::Restricted) => response::error(id, RESTRICTED),
        Err(FileFault::Name | FileFault::Invalid) => response::error(id, "Filename is invalid"),
        Err(FileFault::Missing) => response::error(id, "No such file or directory"),
        Err(FileFault::System(text)) => response::error(id, text),
        Err(FileFault::Refused(refused)) => response::error(id, refused),
    }]
}

pub(super) fn updated(id: &str, given: Given) -> Vec<Message> {
    vec![match given {
        Ok(_) => response::success(id),
        Err(FileFault::Refused(refused)) => response::error(id, refused),
        Err(FileFault::System(_)) => response::error(id, conf::Refused::NotSaved),
        Err(fault) => fault_of_reading(id, &fault, RESTRICTED),
    }]
}

fn fault_of_reading(id: &str, fault: &FileFault, missing: &str) -> Message {
    match fault {
        FileFault::Missing => response::error(id, missing),
        FileFault::Restricted => response::error(id, RESTRICTED),
        FileFault::Invalid => response::error(id, "Config file has invalid format"),
        FileFault::Name | FileFault::System(_) => response::error(id, NOT_FOUND),
        FileFault::Refused(refused) => response::error(id, refused),
    }
}

/// The sections asked for. A filter that does not compile lets none through.
fn sections<'a>(
    config: &'a Config,
    category: Option<&str>,
    filter: Option<&str>,
) -> Vec<&'a Section> {
    let Ok(filter) = Filter::parse(filter.unwrap_or_default(), ',') else {
        return Vec::new();
    };
    let named =
        |section: &&Section| category.is_none_or(|name| section.name.eq_ignore_ascii_case(name));
    config
        .sections
        .iter()
        .filter(named)
        .filter(|section| filter.matches(section))
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// What of a file an account is shown: who may not write `config`, and so give themselves any
/// right, sees no secrets.
struct Shown {
    secrets: bool,
    voicemail: bool,
}

impl Shown {
    fn new(session: &Session, file: &str) -> Self {
        Self {
            secrets: session.rights().1.intersects(Classes::CONFIG),
            voicemail: file.trim().ends_with("voicemail.conf"),
        }
    }

    fn value<'a>(&self, section: &Section, key: &str, value: &'a str) -> std::borrow::Cow<'a, str> {
        if self.secrets || value.is_empty() {
            return value.into();
        }
        if SECRETS
            .iter()
            .any(|secret| secret.eq_ignore_ascii_case(key))
        {
            return HIDDEN.into();
        }
        // A mailbox is `number => secret,name,…`.
        let of_mailboxes =
            !["general", "zonemessages"].contains(&section.name.to_ascii_lowercase().as_str());
        if self.voicemail && of_mailboxes && key.bytes().all(|byte| byte.is_ascii_digit()) {
            let rest = value.find(',').map_or("", |comma| &value[comma..]);
            return format!("{HIDDEN}{rest}").into();
        }
        value.into()
    }
}
