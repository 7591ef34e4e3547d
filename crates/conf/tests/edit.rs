//! UpdateConfig's operations on files as people write them.
#![allow(clippy::unwrap_used)]

use conf::{Edit, Memory, Refused, Source, Step, load};

const FILE: &str = "; about this file\n\n[first] ; the first\nalpha=1   ; one\n; two of them\nbeta = 2\n\
    beta = 3\n\n; a template\n[second](!)\ngamma = ${VALUE}\n\n[third](second)\ndelta => four\n; the end\n";

fn step(action: &str, category: &str, more: &[(&str, &str)]) -> Step {
    let find = |name| {
        let found = more.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    Step {
        action: action.to_owned(),
        category: Some(category.to_owned()),
        variable: find("Var"),
        value: find("Value"),
        matching: find("Match"),
        line: find("Line"),
        options: find("Options"),
    }
}

fn edit_all(source: &Memory, steps: &[Step], preserve: bool) -> Result<Memory, Refused> {
    let mut edit = Edit::open(source, "a.conf").unwrap();
    steps.iter().try_for_each(|step| edit.apply(step))?;
    let files = edit.finish(preserve)?;
    Ok(files
        .into_iter()
        .fold(source.clone(), |memory, (name, bytes)| {
            memory.with(name, bytes)
        }))
}

fn edited_as(text: &str, steps: &[Step], preserve: bool) -> Result<String, Refused> {
    let memory = edit_all(&Memory::default().with("a.conf", text), steps, preserve)?;
    Ok(String::from_utf8(memory.read("a.conf").unwrap()).unwrap())
}

fn edited(text: &str, steps: &[Step]) -> Result<String, Refused> {
    edited_as(text, steps, true)
}

/// What a file of several says, section by section.
fn meaning(source: &Memory) -> Vec<String> {
    let config = load(source, "a.conf").unwrap();
    let sections = config.sections.iter().map(|section| {
        let entries = section.entries.iter();
        let entries: Vec<_> = entries
            .map(|entry| format!("{}={}", entry.key, entry.value))
            .collect();
        format!("{}: {}", section.name, entries.join(" "))
    });
    sections.collect()
}

#[test]
fn every_operation_changes_its_lines_and_no_other() {
    let steps = [
        step("NewCat", "fourth", &[]),
        step("Append", "fourth", &[("Var", "key"), ("Value", "va;lue")]),
        step("Update", "FIRST", &[("Var", "Alpha"), ("Value", "changed")]),
        step("Delete", "first", &[("Var", "beta"), ("Match", "2")]),
        step("RenameCat", "third", &[("Value", "renamed")]),
        step(
            "Append",
            "renamed",
            &[("Var", "object"), ("Value", ">arrow")],
        ),
        step(
            "Insert",
            "first",
            &[("Var", "early"), ("Value", "1"), ("Line", "0")],
        ),
    ];
    assert_eq!(
        edited(FILE, &steps).unwrap(),
        "; about this file\n\n[first] ; the first\nearly = 1\nAlpha = changed   ; one\n; two of them\n\
         beta = 3\n\n; a template\n[second](!)\ngamma = ${VALUE}\n\n[renamed](second)\ndelta => four\n\
         object => arrow\n; the end\n\n[fourth]\nkey = va\\;lue\n"
    );
    let steps = [step("EmptyCat", "first", &[]), step("DelCat", "third", &[])];
    assert_eq!(
        edited(FILE, &steps).unwrap(),
        "; about this file\n\n[first] ; the first\n; two of them\n\n; a template\n[second](!)\n\
         gamma = ${VALUE}\n\n; the end\n"
    );
}

#[test]
fn nothing_asked_for_is_nothing_changed() {
    for text in [
        "",
        "\n",
        FILE,
        "\u{feff}[a]\r\nb=1\r\n;--\r\n--;",
        "[a]\nb=1 ;-- open",
    ] {
        assert_eq!(edited(text, &[]).unwrap(), text);
    }
}

#[test]
fn new_sections_have_their_place_and_options() {
    let before = step(
        "NewCat",
        "new",
        &[("Match", "second"), ("Options", "template")],
    );
    let heir = [("Options", "inherit=\"second,new\",allowdups")];
    let text = edited(FILE, &[before, step("newcat", "third", &heir)]).unwrap();
    let expected =
        FILE.replace("; a template\n", "[new](!)\n\n; a template\n") + "\n[third](second,new)\n";
    assert_eq!(text, expected);

    let ignoring = step("NewCat", "first", &[("Options", "ignoreerror")]);
    assert_eq!(edited(FILE, &[ignoring]).unwrap(), FILE);
    assert_eq!(edited("", &[step("NewCat", "a", &[])]).unwrap(), "[a]\n");
}

#[test]
fn what_cannot_be_done_is_refused_in_the_words_of_the_protocol() {
    let refused = |step: Step| edited(FILE, &[step]).map_err(|refused| refused.to_string());
    let problem = Err("Problem with category, value, or line (if required)".to_owned());
    let missing = Err("Given category does not exist".to_owned());
    let update = Err("Update did not complete successfully".to_owned());
    let create = Err("Create category did not complete successfully".to_owned());
    let template = Err("Template category not found".to_owned());
    let x = ("Var", "x");

    assert_eq!(refused(step("NewCat", "first", &[])), create);
    assert_eq!(refused(step("NewCat", "second", &[])), create);
    assert_eq!(refused(step("NewCat", "a]b", &[])), create);
    assert_eq!(refused(step("NewCat", "a\n[b", &[])), problem);
    assert_eq!(
        refused(step("NewCat", "a", &[("Match", "nowhere")])),
        create
    );
    assert_eq!(
        refused(step("NewCat", "a", &[("Options", "inherit=first")])),
        template
    );
    assert_eq!(
        refused(step("NewCat", "a", &[("Options", "inherit=none")])),
        template
    );
    let above = [("Match", "first"), ("Options", "inherit=second")];
    assert_eq!(refused(step("NewCat", "a", &above)), template);
    assert_eq!(refused(step("RenameCat", "first", &[])), problem);
    assert_eq!(
        refused(step("RenameCat", "first", &[("Value", "[")])),
        problem
    );
    assert_eq!(
        refused(step("RenameCat", "none", &[("Value", "x")])),
        missing
    );
    assert_eq!(refused(step("DelCat", "none", &[])), missing);
    assert_eq!(
        refused(step("DelCat", "none", &[("Options", "ignoreerror")])),
        Ok(FILE.to_owned())
    );
    assert_eq!(refused(step("EmptyCat", "none", &[])), missing);
    assert_eq!(refused(step("Update", "none", &[x])), missing);
    // A template is only meant if that is said.
    assert_eq!(
        refused(step("Update", "second", &[("Var", "gamma")])),
        missing
    );
    assert_eq!(refused(step("Update", "first", &[x])), update);
    assert_eq!(refused(step("Update", "first", &[])), problem);
    assert_eq!(refused(step("Delete", "first", &[x])), update);
    assert_eq!(
        refused(step("Delete", "first", &[x, ("Options", "ignoreerror")])),
        Ok(FILE.to_owned())
    );
    assert_eq!(refused(step("Delete", "first", &[])), problem);
    assert_eq!(refused(step("Delete", "first", &[("Line", "3")])), update);
    assert_eq!(refused(step("Delete", "first", &[("Line", "-1")])), problem);
    assert_eq!(
        refused(step("Delete", "third", &[("Var", "gamma")])),
        update
    );
    assert_eq!(refused(step("Append", "first", &[])), problem);
    assert_eq!(refused(step("Append", "none", &[x])), missing);
    assert_eq!(refused(step("Insert", "first", &[x])), problem);
    assert_eq!(
        refused(step("Explode", "first", &[])),
        Err("Unknown action command".to_owned())
    );
    let unnamed = step("Append", " ", &[x]);
    assert_eq!(refused(unnamed), Err("Category not specified".to_owned()));
}

#[test]
fn sections_of_one_name_are_told_apart_by_a_filter() {
    let text = "[a]\ntype = endpoint\n[a]\ntype = aor\n[a](!)\ntype = auth\n";
    let append = |options| {
        let more = [("Var", "x"), ("Value", "1"), ("Options", options)];
        edited(text, &[step("Append", "a", &more)]).unwrap()
    };
    assert_eq!(
        append("catfilter=\"type=aor\""),
        text.replace("aor\n", "aor\nx = 1\n")
    );
    assert_eq!(
        append("catfilter=\"TEMPLATES=restrict\""),
        text.replace("auth\n", "auth\nx = 1\n")
    );
    assert_eq!(
        append(""),
        text.replace("aor\n", "aor\nx = 1\n")
            .replace("endpoint\n", "endpoint\nx = 1\n")
    );
}

#[test]
fn heirs_keep_what_a_template_no_longer_says_unless_told_otherwise() {
    let all = ("Options", "catfilter=\"TEMPLATES=include\"");
    let steps = [step(
        "Update",
        "second",
        &[("Var", "gamma"), ("Value", "new"), all],
    )];
    let changed = FILE.replace("${VALUE}", "new");
    assert_eq!(edited_as(FILE, &steps, false).unwrap(), changed);
    let kept = changed.replace("(second)\n", "(second)\ngamma = ${VALUE}\n");
    assert_eq!(edited(FILE, &steps).unwrap(), kept);

    let steps = [step("DelCat", "second", &[all])];
    let gone = FILE
        .replace("[second](!)\ngamma = ${VALUE}\n", "")
        .replace("[third](second)", "[third]");
    assert_eq!(edited_as(FILE, &steps, false).unwrap(), gone);
    assert_eq!(
        edited(FILE, &steps).unwrap(),
        gone.replace("[third]\n", "[third]\ngamma = ${VALUE}\n")
    );

    let steps = [step("RenameCat", "second", &[("Value", "base"), all])];
    let renamed = FILE
        .replace("[second]", "[base]")
        .replace("(second)", "(base)");
    assert_eq!(edited(FILE, &steps).unwrap(), renamed);
}

#[test]
fn what_is_inherited_is_said_otherwise_in_the_heir() {
    let steps = [step(
        "Update",
        "third",
        &[("Var", "gamma"), ("Value", "mine")],
    )];
    let expected = FILE.replace("delta =>", "gamma = mine\ndelta =>");
    assert_eq!(edited(FILE, &steps).unwrap(), expected);
}

#[test]
fn entries_of_several_lines_are_one() {
    let text = "[a]\nx = 1 ; one\ny = 2\nx += 3 ; three\n";
    let update = step("Update", "a", &[("Var", "x"), ("Value", "4")]);
    assert_eq!(
        edited(text, &[update]).unwrap(),
        "[a]\nx = 4 ; one\ny = 2\n"
    );
    let delete = step("Delete", "a", &[("Var", "x"), ("Match", "13")]);
    assert_eq!(edited(text, &[delete]).unwrap(), "[a]\ny = 2\n");
    let insert = step(
        "Insert",
        "a",
        &[("Var", "x"), ("Value", "0"), ("Line", "1")],
    );
    assert_eq!(
        edited(text, &[insert]).unwrap(),
        "[a]\nx = 13 ; one\nx = 0\ny = 2\n"
    );

    let heir = "[t](!)\nx = 1\n[a](t)\nx += 2\n";
    let all = ("Options", "catfilter=\"TEMPLATES=include\"");
    let update = [step("Update", "t", &[("Var", "x"), ("Value", "3"), all])];
    let changed = "[t](!)\nx = 3\n[a](t)\nx += 2\n";
    assert_eq!(edited_as(heir, &update, false).unwrap(), changed);
    assert_eq!(
        edited(heir, &update).unwrap(),
        changed.replace("x += 2", "x = 12")
    );
}

#[test]
fn block_comments_stay_closed_and_open() {
    let text = "[a]\nx = 1 ;-- begin\ny = 2\n--;\nz = 3\n[b]\n;-- never ends\n";
    let delete = step("Delete", "a", &[("Var", "x")]);
    assert_eq!(
        edited(text, &[delete]).unwrap(),
        text.replace("x = 1 ", " ")
    );
    let insert = step(
        "Insert",
        "a",
        &[("Var", "w"), ("Value", "1"), ("Line", "1")],
    );
    assert_eq!(
        edited(text, &[insert]).unwrap(),
        text.replace("z = 3", "w = 1\nz = 3")
    );
    let append = step("Append", "b", &[("Var", "w")]);
    assert_eq!(
        edited(text, &[append]).unwrap(),
        text.replace("[b]\n", "[b]\nw =\n")
    );
    assert_eq!(
        edited(text, &[step("NewCat", "c", &[])]),
        Err(Refused::NotCreated)
    );
}

#[test]
fn the_ends_of_lines_and_the_mark_of_a_file_are_its_own() {
    let steps = [
        step("NewCat", "b", &[("Match", "a")]),
        step("Append", "a", &[("Var", "y"), ("Value", "2")]),
    ];
    assert_eq!(
        edited("\u{feff}[a]\r\nx = 1", &steps).unwrap(),
        "[b]\r\n\r\n[a]\r\nx = 1\ny = 2\r\n"
    );
}

#[test]
fn included_files_are_changed_where_they_say_it() {
    let source = Memory::default()
        .with(
            "a.conf",
            "[a]\n#include \"b.conf\"\n\n[c]\n#include \"s.conf\"\n[d]\n#include \"s.conf\"\n",
        )
        .with("b.conf", "x = 1 ; one\n[b]\ny = 2\n")
        .with("s.conf", "z = 1\n");
    let steps = [
        step("Update", "a", &[("Var", "x"), ("Value", "5")]),
        step("Append", "a", &[("Var", "w"), ("Value", "6")]),
        step("Append", "b", &[("Var", "w"), ("Value", "7")]),
        step("Append", "c", &[("Var", "w"), ("Value", "8")]),
    ];
    let edited = edit_all(&source, &steps, true).unwrap();
    assert_eq!(
        meaning(&edited),
        ["a: x=5 w=6", "b: y=2 w=7", "c: z=1 w=8", "d: z=1"]
    );
    assert_eq!(
        edited.read("b.conf").unwrap(),
        b"x = 5 ; one\n[b]\ny = 2\nw = 7\n"
    );
    assert_eq!(edited.read("s.conf").unwrap(), b"z = 1\n");
    // One line that is two entries cannot be changed for one of them.
    let shared = [step("Update", "c", &[("Var", "z"), ("Value", "2")])];
    assert_eq!(
        edit_all(&source, &shared, true).map(|_| ()),
        Err(Refused::NotSaved)
    );
}
