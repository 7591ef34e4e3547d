//! Any sequence of UpdateConfig operations leaves a file that reads back as a model of it says,
//! with the comments kept and the lines of other sections as they were.
#![allow(clippy::unwrap_used)]

use conf::{Config, Edit, Memory, Refused, Source, Step, load};
use proptest::prelude::*;

const ALL: &str = "catfilter=\"TEMPLATES=include\"";

/// What sections say, without a thought of how it is written.
#[derive(Clone, Debug)]
struct Model(Vec<Meant>);

#[derive(Clone, Debug)]
struct Meant {
    id: usize,
    name: String,
    template: bool,
    bases: Vec<usize>,
    inherited: Vec<(String, String)>,
    own: Vec<(String, String)>,
}

type Entries = Vec<(String, String)>;

impl Model {
    fn new(config: &Config) -> Self {
        let mut model = Self(Vec::new());
        for (id, section) in config.sections.iter().enumerate() {
            let pick = |inherited| -> Entries {
                let entries = section
                    .entries
                    .iter()
                    .filter(|entry| entry.inherited == inherited);
                entries
                    .map(|entry| (entry.key.clone(), entry.value.clone()))
                    .collect()
            };
            let bases = section
                .inherits
                .iter()
                .map(|base| model.first(base).unwrap());
            let bases = bases.collect();
            model.0.push(Meant {
                id,
                name: section.name.clone(),
                template: section.template,
                bases,
                inherited: pick(true),
                own: pick(false),
            });
        }
        model
    }

    fn first(&self, name: &str) -> Option<usize> {
        self.0
            .iter()
            .find(|meant| meant.name == name)
            .map(|meant| meant.id)
    }

    fn apply(&mut self, step: &Step, fresh: usize) -> Result<(), Refused> {
        let name = step.category.clone().unwrap();
        let options = step.options.clone().unwrap_or_default();
        if step.action == "NewCat" {
            return self.create(name, &options, step.matching.as_deref(), fresh);
        }
        let all = options == ALL;
        let value = step.value.clone().unwrap_or_default();
        let key = step.variable.clone().unwrap_or_default();
        let line: Option<usize> = step.line.as_ref().map(|line| line.parse().unwrap());
        let is_meant = |meant: &Meant| meant.name == name && (all || !meant.template);
        let ids: Vec<usize> = self
            .0
            .iter()
            .filter(|m| is_meant(m))
            .map(|m| m.id)
            .collect();
        if ids.is_empty() {
            return Err(Refused::NoSuchCategory);
        }
        let mut done = false;
        for id in ids {
            let meant = self.0.iter_mut().find(|meant| meant.id == id).unwrap();
            match step.action.as_str() {
                "RenameCat" => meant.name.clone_from(&value),
                "DelCat" => {
                    self.0.retain(|meant| meant.id != id);
                    for heir in &mut self.0 {
                        heir.bases.retain(|base| *base != id);
                    }
                }
                "EmptyCat" => meant.own.clear(),
                "Append" => meant.own.push((key.clone(), value.clone())),
                "Insert" => {
                    let at = line.unwrap().saturating_sub(meant.inherited.len());
                    let at = at.min(meant.own.len());
                    meant.own.insert(at, (key.clone(), value.clone()));
                }
                "Update" => done |= meant.update(&key, &value, step.matching.as_deref()),
                "Delete" => done |= meant.delete(&key, step.matching.as_deref(), line),
                other => panic!("{other}"),
            }
        }
        let may_fail = matches!(step.action.as_str(), "Update" | "Delete");
        if may_fail && !done {
            Err(Refused::NotUpdated)
        } else {
            Ok(())
        }
    }

    fn create(
        &mut self,
        name: String,
        options: &str,
        before: Option<&str>,
        id: usize,
    ) -> Result<(), Refused> {
        if self.first(&name).is_some() {
            return Err(Refused::NotCreated);
        }
        let index = |id| self.0.iter().position(|meant| meant.id == id).unwrap();
        let place = match before {
            None => self.0.len(),
            Some(before) => index(self.first(before).ok_or(Refused::NotCreated)?),
        };
        let (mut bases, mut inherited) = (Vec::new(), Vec::new());
        if let Some(base) = options.strip_prefix("inherit=") {
            let base = self.first(base).ok_or(Refused::NoTemplate)?;
            let meant = &self.0[index(base)];
            if !meant.template || index(base) >= place {
                return Err(Refused::NoTemplate);
            }
            bases.push(base);
            inherited.extend(meant.inherited.iter().chain(&meant.own).cloned());
        }
        let template = options == "template";
        let meant = Meant {
            id,
            name,
            template,
            bases,
            inherited,
            own: Vec::new(),
        };
        self.0.insert(place, meant);
        Ok(())
    }

    /// What the file must say in the end.
    fn settled(mut self, preserve: bool) -> Vec<(String, bool, Entries)> {
        let mut said: Vec<(usize, String, bool, Entries)> = Vec::new();
        for meant in &mut self.0 {
            let mut given = Vec::new();
            for base in &meant.bases {
                given.extend(
                    said.iter()
                        .find(|other| other.0 == *base)
                        .unwrap()
                        .3
                        .clone(),
                );
            }
            let mut left = given.clone();
            let mut kept = Vec::new();
            for entry in &meant.inherited {
                match left.iter().position(|other| other == entry) {
                    Some(found) => drop(left.remove(found)),
                    None => kept.push(entry.clone()),
                }
            }
            if preserve {
                meant.own.splice(0..0, kept);
            }
            given.extend(meant.own.clone());
            said.push((meant.id, meant.name.clone(), meant.template, given));
        }
        said.into_iter()
            .map(|(_, name, template, entries)| (name, template, entries))
            .collect()
    }
}

impl Meant {
    fn update(&mut self, key: &str, value: &str, matching: Option<&str>) -> bool {
        let is_meant = |entry: &(String, String)| {
            entry.0 == key && matching.is_none_or(|matching| matching == entry.1)
        };
        if let Some(entry) = self.own.iter_mut().find(|entry| is_meant(entry)) {
            value.clone_into(&mut entry.1);
            return true;
        }
        let inherited = self.inherited.iter().any(is_meant);
        if inherited {
            self.own.insert(0, (key.to_owned(), value.to_owned()));
        }
        inherited
    }

    fn delete(&mut self, key: &str, matching: Option<&str>, line: Option<usize>) -> bool {
        let before = self.own.len();
        let mut number = self.inherited.len();
        self.own.retain(|entry| {
            let is_meant = entry.0 == key
                && matching.is_none_or(|matching| matching == entry.1)
                && line.is_none_or(|line| line == number);
            number += 1;
            !is_meant
        });
        self.own.len() < before
    }
}

/// A line within a section.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => ("[xyz]", "[ ]{0,2}=[ >]?[ ]?", "[1-3]{0,2}", "( *; said of [a-z]{3})?")
            .prop_map(|(key, operator, value, note)| format!("{key}{operator}{value}{note}")),
        1 => ("[xyz]", "[1-3]").prop_map(|(key, value)| format!("{key} = {value}\n{key} += 9")),
        2 => "[ \t]?; [a-z]{4}",
        1 => Just("; [old]\n;x = 1".to_owned()),
        1 => Just(String::new()),
        1 => Just(";-- block\nx = 7\n--;".to_owned()),
        1 => ("[xyz]").prop_map(|key| format!("{key} = 5 ;-- from here\n; over\n--;")),
    ]
}

/// A file of up to six sections, a few of them templates and heirs.
fn file() -> impl Strategy<Value = String> {
    let kind = prop_oneof![3 => Just(""), 1 => Just("(!)"), 2 => Just("(heir)"), 1 => Just("(+)")];
    let section = (
        "[abcd]",
        kind,
        "( *; head)?",
        prop::collection::vec(line(), 0..6),
    );
    (prop::collection::vec(section, 0..6), any::<bool>()).prop_map(|(sections, ended)| {
        let mut text = "; about this file\n".to_owned();
        // What is reopened below its heirs is not what they inherit; the model does not know that.
        let mut heirs = false;
        let mut names: Vec<(String, bool)> = Vec::new();
        for (name, kind, note, lines) in sections {
            // An heir inherits from the first section there is; what is reopened is there too.
            let first = names.first().map(|(name, _)| name.clone());
            let again = !heirs && names.iter().any(|known| *known == (name.clone(), false));
            let kind = match (kind, first) {
                ("(heir)", Some(first)) => format!("({first})"),
                ("(+)", _) if again => "(+)".to_owned(),
                ("(!)", _) => "(!)".to_owned(),
                _ => String::new(),
            };
            heirs |= kind.len() == 3 && kind.as_bytes()[1].is_ascii_lowercase();
            names.push((name.clone(), kind == "(!)"));
            text.push_str(&format!("[{name}]{kind}{note}\n{}\n", lines.join("\n")));
        }
        if !ended {
            text.pop();
        }
        text
    })
}

fn step() -> impl Strategy<Value = Step> {
    let action = prop_oneof![
        2 => Just("NewCat"), 1 => Just("RenameCat"), 1 => Just("DelCat"), 1 => Just("EmptyCat"),
        3 => Just("Update"), 2 => Just("Delete"), 3 => Just("Append"), 3 => Just("Insert"),
    ];
    let words = ("[abcde]", "[xyz]", "[1-3]", "[abcd]");
    let flags = (any::<bool>(), any::<bool>(), 0..6usize);
    (action, words, flags).prop_map(
        |(action, (category, key, value, other), (all, flag, line))| {
            let mut step = Step {
                action: action.to_owned(),
                category: Some(category),
                ..Step::default()
            };
            if all {
                step.options = Some(ALL.to_owned());
            }
            match action {
                "NewCat" => {
                    step.category = Some(format!("n{value}{line}"));
                    step.options = match line % 3 {
                        0 => None,
                        1 => Some("template".to_owned()),
                        _ => Some(format!("inherit={other}")),
                    };
                    step.matching = flag.then_some(other);
                }
                // A name nobody has: among sections of one name the first is inherited from.
                "RenameCat" => step.value = Some(format!("r{value}{line}{other}")),
                "DelCat" | "EmptyCat" => {}
                _ => {
                    step.variable = Some(key);
                    step.value = Some(format!("{value}{line}"));
                }
            }
            match action {
                "Update" | "Delete" if flag => step.matching = Some(value),
                "Delete" if line < 3 => step.line = Some(line.to_string()),
                "Insert" => step.line = Some(line.to_string()),
                _ => {}
            }
            step
        },
    )
}

/// The lines that must still be there: comments, and the sections nobody spoke of.
fn untouched(text: &str, spoken_of: &[String], heirs: &[String]) -> Vec<String> {
    let mut own = true;
    let mut block = false;
    let mut kept = Vec::new();
    for line in text.lines() {
        let bare = line.trim();
        if bare.starts_with('[') {
            let name = bare[1..2].to_owned();
            own = !spoken_of.contains(&name) && !heirs.contains(&name);
        }
        block |= bare.starts_with(";--");
        if own || block || bare.starts_with(';') {
            kept.push(line.to_owned());
        }
        block &= bare != "--;";
    }
    kept.retain(|line| !line.trim().is_empty());
    kept
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_file_reads_back_as_the_model_says(
        text in file(),
        steps in prop::collection::vec(step(), 0..12),
        preserve in any::<bool>(),
    ) {
        let source = Memory::default().with("a.conf", &text);
        let config = load(&source, "a.conf").unwrap();
        let mut model = Model::new(&config);
        let mut edit = Edit::open(&source, "a.conf").unwrap();
        let mut spoken_of = Vec::new();
        let mut done = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let mut tried = model.clone();
            let expected = tried.apply(step, 1_000 + number);
            if expected.is_err() {
                // A refused step ends an edit; the others are carried out without it.
                let mut attempt = Edit::open(&source, "a.conf").unwrap();
                for step in &done {
                    attempt.apply(step).unwrap();
                }
                prop_assert_eq!(attempt.apply(step), expected, "{:?}", step);
                continue;
            }
            edit.apply(step).unwrap();
            model = tried;
            done.push(step.clone());
            spoken_of.push(step.category.clone().unwrap());
        }
        let files = edit.finish(preserve).unwrap();
        prop_assert_eq!(files.len(), 1);
        let written = String::from_utf8(files[0].1.clone()).unwrap();
        let source = Memory::default().with("a.conf", &written);
        let read = load(&source, "a.conf").unwrap();
        let said: Vec<_> = read.sections.iter().map(|section| {
            let entries = section.entries.iter();
            let entries: Entries =
                entries.map(|entry| (entry.key.clone(), entry.value.clone())).collect();
            (section.name.clone(), section.template, entries)
        }).collect();
        prop_assert_eq!(said, model.settled(preserve), "{}\n---\n{}", text, written);
        prop_assert_eq!(&read.diagnostics, &config.diagnostics);

        let heirs = config.sections.iter().filter(|section| !section.inherits.is_empty());
        let heirs: Vec<_> = heirs.map(|section| section.name.clone()).collect();
        let mut lines = written.lines();
        for line in untouched(&text, &spoken_of, &heirs) {
            prop_assert!(lines.any(|other| other == line), "{line}\n{}\n---\n{}", text, written);
        }
        prop_assert!(source.read("a.conf").is_ok());
    }
}
