//! docs/settings.md: what can be configured, made of the declarations of settings.
//!
//! `UPDATE_DOCS=1 cargo test -p switchroom docs` writes it; without, the test fails when what is
//! written is not what is declared.

use crate::asterisk_conf::{Directories, Options};
use crate::{
    cdr_conf, cel_conf, configuration, features_conf, indications_conf, mailbox, modules_conf,
    music_conf,
};
use conf::Help;
use std::fmt::Write as _;
use std::path::Path;

fn sections() -> Vec<Help> {
    let mut sections = vec![
        Help::of::<Directories>("asterisk.conf", "[directories]"),
        Help::of::<Options>("asterisk.conf", "[options]"),
    ];
    sections.extend(manager::HELP);
    sections.extend(web::HELP);
    sections.extend(sip::HELP);
    sections.extend(cdr_conf::HELP);
    sections.extend(cel_conf::HELP);
    sections.extend(configuration::HELP);
    sections.extend([music_conf::HELP, mailbox::HELP]);
    sections.extend(indications_conf::HELP);
    sections.extend(features_conf::HELP);
    sections.extend(modules_conf::HELP);
    sections
}

fn page() -> String {
    let mut page = String::from(
        "# Settings\n\n\
         <!-- Made of the declarations of settings in the crates; edit those. -->\n\n\
         The files of the configuration folder and what can be said in them. Names of options are read\n\
         in any case; an option that is not known is told of with its file and line. The dialplan is in\n\
         extensions.conf ([applications](applications.md), [functions](functions.md)), access lists by\n\
         name in acl.conf, the log's files and their levels in logger.conf.\n",
    );
    let mut file = "";
    for help in sections() {
        if help.file != file {
            file = help.file;
            let _ = write!(page, "\n## {file}\n");
        }
        let _ = write!(
            page,
            "\n### {}\n\n{}\n",
            help.section,
            help.text.replace('\n', " ")
        );
        page.push_str("\n| Option | If not said | What it says |\n|---|---|---|\n");
        for option in help.options.iter().filter(|option| option.name != "*") {
            let names = std::iter::once(option.name).chain(option.aliases.iter().copied());
            let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
            let default = option
                .default
                .map(|text| format!("`{text}`"))
                .unwrap_or_default();
            let text = option.help.replace('\n', " ").replace('|', "\\|");
            let _ = writeln!(page, "| {} | {default} | {text} |", names.join(", "));
        }
    }
    page
}

#[test]
fn settings_are_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let text = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == text,
        "docs/settings.md is not current: run UPDATE_DOCS=1 cargo test -p switchroom docs"
    );
}
