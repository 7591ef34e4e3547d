//! features.conf, `[applicationmap]` and the groups beside it: applications that codes run.

use conf::{Config, Diagnostic, Entry, Section};
use std::collections::BTreeMap;
use std::sync::Arc;
use switch::{GroupMember, MappedApplication};

/// The sections that are no groups.
const OTHERS: [&str; 3] = ["general", "featuremap", "applicationmap"];

/// How long a code may be.
const LONGEST: usize = 32;

type Applications = BTreeMap<Arc<str>, MappedApplication>;
type Groups = BTreeMap<Arc<str>, Vec<GroupMember>>;

/// Reads the applications and the groups of a file.
pub(super) fn read(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> (Applications, Groups) {
    let mut applications = Applications::new();
    for entry in config.named("applicationmap").flat_map(|map| &map.entries) {
        match application(entry, diagnostics) {
            Ok(read) => {
                applications.insert(entry.key.as_str().into(), read);
            }
            Err(message) => diagnostics.push(Diagnostic::error(
                &entry.at,
                message,
                "write name => code,self,Application(arguments)",
            )),
        }
    }
    let is_group = |section: &&Section| {
        let name = &section.name;
        !OTHERS.iter().any(|other| name.eq_ignore_ascii_case(other))
    };
    let mut groups = Groups::new();
    for section in config.concrete().filter(is_group) {
        let members = section.entries.iter();
        let members = members.filter_map(|entry| member(entry, &applications, diagnostics));
        groups.insert(section.name.as_str().into(), members.collect());
    }
    (applications, groups)
}

/// Reads `code,self|peer[/by],application[,arguments[,music]]`; the arguments may stand in quotation
/// marks, or in parentheses after the application.
fn application(
    entry: &Entry,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<MappedApplication, String> {
    let mut parts = entry.value.splitn(3, ',').map(str::trim);
    let (Some(code), Some(on), Some(call)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!(
            "`{}` is too short for `{}`",
            entry.value, entry.key
        ));
    };
    let code = read_code(code)?;
    let (on, by) = on
        .split_once('/')
        .map_or((on, None), |(on, by)| (on, Some(by)));
    let on_peer = match on.trim().to_ascii_lowercase().as_str() {
        "self" => false,
        "peer" => true,
        other => return Err(format!("`{other}` is neither self nor peer")),
    };
    if let Some(by) = by.filter(|by| !by.trim().eq_ignore_ascii_case("both")) {
        diagnostics.push(Diagnostic::warning(
            &entry.at,
            format!(
                "`/{by}` has no effect: who may press the code is who has it in DYNAMIC_FEATURES"
            ),
            "remove it, and set DYNAMIC_FEATURES on one channel only",
        ));
    }
    let (name, arguments, music) = read_call(call);
    let known =
        switch::app::find(name).ok_or_else(|| format!("there is no application `{name}`"))?;
    if known.seats() {
        return Err(format!("{name} cannot run in the middle of a conversation"));
    }
    Ok(MappedApplication {
        code: code.into(),
        on_peer,
        application: known.name.into(),
        arguments: arguments.into(),
        music: Some(music)
            .filter(|music| !music.is_empty())
            .map(Into::into),
    })
}

/// The name, the arguments and the class of music.
fn read_call(call: &str) -> (&str, &str, &str) {
    let name = call.split(['(', ',']).next().unwrap_or_default();
    let rest = call.get(name.len()..).unwrap_or_default();
    let (arguments, rest) = if rest.starts_with('(') {
        let end = rest.rfind(')').unwrap_or(rest.len());
        (rest.get(1..end), rest.get(end + 1..))
    } else {
        let rest = rest.get(1..).unwrap_or_default().trim_start();
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let plain = rest.split_once(',').unwrap_or((rest, ""));
        let (arguments, rest) = quoted.unwrap_or(plain);
        (Some(arguments), Some(rest))
    };
    let music = rest
        .unwrap_or_default()
        .trim()
        .trim_start_matches(',')
        .trim();
    (name.trim(), arguments.unwrap_or_default().trim(), music)
}

fn read_code(code: &str) -> Result<&str, String> {
    let is_key = |key: char| key.is_ascii_digit() || "*#ABCDabcd".contains(key);
    if code.len() > LONGEST || !code.chars().all(is_key) {
        return Err(format!("`{code}` is no code that can be pressed"));
    }
    Ok(code)
}

/// Reads `name => code`, where the code may be left out.
fn member(
    entry: &Entry,
    applications: &Applications,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<GroupMember> {
    let name = entry.key.as_str();
    let code = match read_code(entry.value.trim()) {
        Ok(code) => Some(code).filter(|code| !code.is_empty()),
        Err(message) => {
            diagnostics.push(Diagnostic::error(
                &entry.at,
                message,
                "write digits, * and #",
            ));
            return None;
        }
    };
    if !applications.contains_key(name) {
        diagnostics.push(Diagnostic::error(
            &entry.at,
            format!("[applicationmap] has no `{name}`"),
            "name what is defined there",
        ));
        return None;
    }
    Some(GroupMember {
        name: name.into(),
        code: code.map(Into::into),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> (Applications, Groups, Vec<String>) {
        let source = conf::Memory::default().with("features.conf", text);
        let config = conf::load(&source, "features.conf").unwrap();
        let mut diagnostics = Vec::new();
        let (applications, groups) = read(&config, &mut diagnostics);
        let told = diagnostics.iter().map(ToString::to_string);
        (applications, groups, told.collect())
    }

    #[test]
    fn arguments_are_written_in_three_ways() {
        let (read, _, told) = map(
            "[general]\n[applicationmap]\nplain => #9,peer,Playback,tt-monkeys\n\
             music => *1,self/both,Playback,tt-monkeys,jazz\n\
             quoted => *2,self,Playback,\"a,b\",jazz\n\
             inside => *3,peer,Set(ARRAY(A,B)=${CALLERID(num)},2),jazz\nbare => *4,self,NoOp\n",
        );
        assert_eq!(told, [""; 0]);
        let found = |name: &str| {
            let read = &read[name];
            let music = read.music.as_deref().unwrap_or("-");
            let on = if read.on_peer { "peer" } else { "self" };
            [&*read.code, on, &*read.application, &*read.arguments, music].join(" ")
        };
        assert_eq!(found("plain"), "#9 peer Playback tt-monkeys -");
        assert_eq!(found("music"), "*1 self Playback tt-monkeys jazz");
        assert_eq!(found("quoted"), "*2 self Playback a,b jazz");
        assert_eq!(
            found("inside"),
            "*3 peer Set ARRAY(A,B)=${CALLERID(num)},2 jazz"
        );
        assert_eq!(found("bare"), "*4 self NoOp  -");
    }

    #[test]
    fn what_cannot_be_is_told_with_its_line() {
        let (read, groups, told) = map(
            "[applicationmap]\na => #9\nb => x,self,NoOp\nc => #1,both,NoOp\n\
             d => #1,self,NoSuch\ne => #1,self,Dial,PJSIP/a\nf => #1,self/caller,NoOp\n\
             [desk]\nf => *1\nnone => *2\nf => **x\n[other]\nf =>\n",
        );
        assert_eq!(read.keys().map(|name| &**name).collect::<Vec<_>>(), ["f"]);
        let cut = |told: &String| {
            let (told, _) = told.split_once(" (").unwrap();
            told.split(": ").take(2).collect::<Vec<_>>().join(": ")
        };
        let lines: Vec<_> = told.iter().map(cut).collect();
        assert_eq!(
            lines,
            [
                "features.conf:2: `#9` is too short for `a`",
                "features.conf:3: `x` is no code that can be pressed",
                "features.conf:4: `both` is neither self nor peer",
                "features.conf:5: there is no application `NoSuch`",
                "features.conf:6: Dial cannot run in the middle of a conversation",
                "features.conf:7: `/caller` has no effect",
                "features.conf:10: [applicationmap] has no `none`",
                "features.conf:11: `**x` is no code that can be pressed",
            ]
        );
        let member = |code: Option<&str>| GroupMember {
            name: "f".into(),
            code: code.map(Into::into),
        };
        assert_eq!(groups["desk"], [member(Some("*1"))]);
        assert_eq!(groups["other"], [member(None)]);
    }
}
