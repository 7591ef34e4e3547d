//! What files mean, taken together.
#![allow(clippy::unwrap_used)]

use conf::{Config, Diagnostic, Error, Filter, Memory, Section, Severity, load};

fn read(text: &str) -> Config {
    load(&Memory::default().with("a.conf", text), "a.conf").unwrap()
}

/// The complaint that makes a file invalid.
fn refusal(source: &Memory) -> String {
    match load(source, "a.conf") {
        Err(Error::Invalid(diagnostic)) => diagnostic.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The entries as `key=value`, in order.
fn entries(section: &Section) -> Vec<String> {
    let entries = section.entries.iter();
    entries
        .map(|entry| format!("{}={}", entry.key, entry.value))
        .collect()
}

fn complaints(config: &Config) -> Vec<String> {
    config
        .diagnostics
        .iter()
        .map(Diagnostic::to_string)
        .collect()
}

#[test]
fn sections_of_one_name_stay_apart_and_in_order() {
    let config = read(
        "[phone](!)\ntype = endpoint\nallow = ulaw\n\
         [userpass](!)\ntype = auth\n\
         [aor](!)\ntype = aor\n\
         [alice](phone)\ncallerid = \"Alice\" <101>\n\
         [alice](userpass)\nusername = alice\n\
         [alice](aor)\n\
         [bob]\ntype = identify\n",
    );
    let alices: Vec<_> = config.named("Alice").collect();
    let types: Vec<_> = alices
        .iter()
        .map(|alice| alice.last("type").unwrap())
        .collect();
    assert_eq!(types, ["endpoint", "auth", "aor"]);
    assert_eq!(
        entries(alices[0]),
        ["type=endpoint", "allow=ulaw", "callerid=\"Alice\" <101>"]
    );
    assert_eq!(alices[0].inherits, ["phone"]);
    assert_eq!(config.sections.len(), 7);
    assert_eq!(config.concrete().count(), 4);
}

#[test]
fn entries_remember_where_they_come_from() {
    let config = read("[t](!)\na = 1\n\n[s](t)\nb => 2 ; two\n");
    let section = config.section("s").unwrap();
    assert_eq!(section.at.to_string(), "a.conf:4");
    let [inherited, own] = &section.entries[..] else {
        panic!("{section:?}")
    };
    assert_eq!((inherited.inherited, inherited.object), (true, false));
    assert_eq!(inherited.at.to_string(), "a.conf:2");
    assert_eq!(
        (own.inherited, own.object, own.value.as_str()),
        (false, true, "2")
    );
    assert_eq!(own.at.to_string(), "a.conf:5");
}

#[test]
fn inheritance_is_in_the_order_written_and_sees_only_what_is_above() {
    let config = read(
        "[foo]\npermit=2\n[bar](!,foo)\npermit=3\n\
         [baz](foo, bar)\npermit=1\n[foo](+)\nlate=1\n",
    );
    assert_eq!(
        entries(config.section("baz").unwrap()),
        ["permit=2", "permit=2", "permit=3", "permit=1"]
    );
    assert_eq!(
        entries(config.section("foo").unwrap()),
        ["permit=2", "late=1"]
    );
}

#[test]
fn a_section_is_reopened_by_name_and_filter() {
    let config = read(
        "[101]\ntype=endpoint\n[101]\ntype=aor\ncontact=x\n\
         [101](+)\na=1\n[101](+type=aor)\na=2\n[101](+cont.*=x&type=aor)\na=3\n\
         [t](!)\n[t](+TEMPLATES=include)\na=4\n",
    );
    let sections: Vec<_> = config.sections.iter().map(entries).collect();
    assert_eq!(sections[0], ["type=endpoint", "a=1"]);
    assert_eq!(sections[1], ["type=aor", "contact=x", "a=2", "a=3"]);
    assert_eq!(sections[2], ["a=4"]);
}

#[test]
fn values_are_lengthened() {
    let config = read("[t](!)\na = one\n[s](t)\na += -two\nb += x\n[u](t)\n");
    assert_eq!(entries(config.section("s").unwrap()), ["a=one-two", "b=x"]);
    assert_eq!(entries(config.section("u").unwrap()), ["a=one"]);
}

#[test]
fn includes_are_read_in_the_section_they_stand_in() {
    let source = Memory::default()
        .with(
            "a.conf",
            "#tryinclude none.conf\n[a]\n#include \"d/*.conf\"\nx=1\n#include <b.conf>\n",
        )
        .with("d/2.conf", "two=2\n")
        .with("d/1.conf", "one=1\n[b]\none=b\n")
        .with("d/.hidden.conf", "three=3\n")
        .with("b.conf", "y=1\n");
    let config = load(&source, "a.conf").unwrap();
    let a = config.section("a").unwrap();
    assert_eq!(entries(a), ["one=1", "two=2", "x=1", "y=1"]);
    assert_eq!(a.entries[0].at.to_string(), "d/1.conf:1");
    assert_eq!(entries(config.section("b").unwrap()), ["one=b"]);
    assert_eq!(config.files, ["a.conf", "d/1.conf", "d/2.conf", "b.conf"]);
    assert_eq!(config.diagnostics, []);
}

#[test]
fn a_missing_file_is_told_apart_from_an_invalid_one() {
    let source = Memory::default().with("a.conf", "[a]\n#include b.conf\n");
    assert_eq!(
        load(&source, "b.conf"),
        Err(Error::Missing("b.conf".to_owned()))
    );
    assert!(refusal(&source).starts_with("a.conf:2: b.conf cannot be read"));
}

#[test]
fn endless_includes_are_refused() {
    let itself = Memory::default()
        .with("a.conf", "#include b.conf\n")
        .with("b.conf", "\n#include a.conf\n");
    assert_eq!(
        refusal(&itself),
        "b.conf:2: a.conf includes itself (remove the #include)"
    );
    let mut deep = Memory::default().with("a.conf", "#include 0");
    for level in 0..20 {
        deep = deep.with(level.to_string(), format!("#include {}", level + 1));
    }
    assert!(refusal(&deep).contains("one #include too many"));
    let mut wide = Memory::default().with("a.conf", "#include 0\n".repeat(8));
    for level in 0..8 {
        wide = wide.with(
            level.to_string(),
            format!("#include {}\n", level + 1).repeat(8),
        );
    }
    assert!(refusal(&wide.with("8", "")).contains("one #include too many"));
}

#[test]
fn exploding_templates_are_refused() {
    let mut text = "[t0](!)\na=1\n".to_owned();
    for level in 1..40 {
        text += &format!("[t{level}](!,t{0},t{0})\n", level - 1);
    }
    assert!(refusal(&Memory::default().with("a.conf", text)).contains("entries"));
}

#[test]
fn what_makes_a_file_invalid() {
    for (text, complaint) in [
        ("a = 1", "a.conf:1: `a` stands before any section"),
        ("\n[a", "a.conf:2: a section's name has no end (add `]`)"),
        (
            "[a](b",
            "a.conf:1: a section's modifiers have no end (add `)`)",
        ),
        (
            "[a](b)",
            "a.conf:1: [a] inherits from [b], which does not exist",
        ),
        (
            "[a](a)",
            "a.conf:1: [a] inherits from [a], which does not exist",
        ),
        ("[a](+)", "a.conf:1: there is no section [a] to add to"),
        (
            "[a](!)\n[a](+)",
            "a.conf:2: there is no section [a] to add to",
        ),
        (
            "[a]\n[a](+b=[)",
            "a.conf:2: the filter of [a] does not compile",
        ),
    ] {
        let refusal = refusal(&Memory::default().with("a.conf", text));
        assert!(refusal.starts_with(complaint), "{refusal}");
    }
}

#[test]
fn what_is_only_complained_of() {
    let long = "x".repeat(conf::LINE_LIMIT + 1);
    let config = read(&format!(
        "[a] (b)\nnonsense\n= 1\n#define x\n#include\n#include z*\n#tryinclude z*\n\
         #exec /bin/rm -r\n{long}\nb = 1\n;-- open\n"
    ));
    assert_eq!(
        complaints(&config),
        [
            "a.conf:1: `(b)` after [a] is ignored (write modifiers directly after the bracket)",
            "a.conf:2: there is no `=`; the line is ignored (write `name = value`)",
            "a.conf:3: there is no name before `=`; the line is ignored (write `name = value`)",
            "a.conf:4: #define is not known; the line is ignored (a comment begins with `;`)",
            "a.conf:5: #include does not say what; the line is ignored (add the name of a file)",
            "a.conf:6: no file matches z* (write #tryinclude if that is meant)",
            "a.conf:8: #exec is never run: /bin/rm -r (write its output to a file and #include that)",
            "a.conf:9: the line is longer than 8190 bytes and is skipped (shorten it)",
            "a.conf:11: a comment begins that never ends (end it with `--;`)",
        ]
    );
    let errors = config.diagnostics.iter();
    let errors = errors.filter(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(errors.count(), 2);
    assert_eq!(entries(config.section("a").unwrap()), ["b=1"]);
}

#[test]
fn bytes_that_are_not_utf8_are_kept_and_told_of() {
    let source = Memory::default().with("a.conf", b"[a]\nname = J\xfcrgen\n; \xfc\n");
    let config = load(&source, "a.conf").unwrap();
    assert_eq!(
        entries(config.section("a").unwrap()),
        ["name=J\u{10fffc}rgen"]
    );
    assert_eq!(
        complaints(&config),
        ["a.conf:2: the line is not UTF-8 (save the file as UTF-8)"]
    );
}

#[test]
fn a_dialplan_keeps_its_order() {
    let config = read(
        "[globals]\nGREETING = hello world\n\n[lab]\n\
         exten => vars,1,Answer()\n same => n,Set(SUM=$[2 + 3 * 4]) ; sum\n\
         exten => _2XXX,1,NoOp(a\\;b)\ninclude => parkedcalls\n",
    );
    let lab = config.section("LAB").unwrap();
    assert_eq!(
        entries(lab),
        [
            "exten=vars,1,Answer()",
            "same=n,Set(SUM=$[2 + 3 * 4])",
            "exten=_2XXX,1,NoOp(a;b)",
            "include=parkedcalls",
        ]
    );
    assert!(lab.entries.iter().all(|entry| entry.object));
    assert_eq!(lab.first("EXTEN"), Some("vars,1,Answer()"));
    assert_eq!(lab.all("exten").count(), 2);
}

#[test]
fn flags_and_numbers() {
    let config = read("[a]\non = Yes\noff = never\nport = 5038\nbig = 70000\nport = 5039\n");
    let section = config.section("a").unwrap();
    assert_eq!(section.flag("ON"), Some(true));
    assert_eq!(section.flag("off"), Some(false));
    assert_eq!(section.flag("none"), None);
    assert_eq!(section.number::<u16>("port"), Ok(Some(5039)));
    assert_eq!(section.number::<u16>("none"), Ok(None));
    assert_eq!(
        section.number::<u16>("big").unwrap_err().to_string(),
        "a.conf:5: `big = 70000` is not a number in range (write a number)"
    );
}

#[test]
fn filters_are_those_of_the_manager() {
    let config = read("[first]\nalpha = 1\nbeta = 2\n[second](!)\ngamma = 3\n[third](second)\n");
    for (filter, found) in [
        ("", &["first", "third"][..]),
        ("alpha=1", &["first"]),
        ("^a=., beta=2", &["first"]),
        ("beta=1", &[]),
        ("gamma=", &["third"]),
        ("gamma=3,TEMPLATES=include", &["second", "third"]),
        ("TEMPLATES=restrict", &["second"]),
    ] {
        let filter = Filter::parse(filter, ',').unwrap();
        let sections = config
            .sections
            .iter()
            .filter(|section| filter.matches(section));
        let names: Vec<_> = sections.map(|section| section.name.as_str()).collect();
        assert_eq!(names, found, "{filter:?}");
    }
}
