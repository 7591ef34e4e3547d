//! docs/actions.md.

use ami::action::{Action, Declaration, Kind, Subject};
use std::fmt::Write as _;

pub(crate) fn page() -> String {
    let mut page = String::from(
        "# Actions\n\n\
         <!-- Made of the declarations in crates/ami/src/action; edit those. -->\n\n\
         What a manager client may ask for. Names of actions and headers are read in any case; every\n\
         action may have an `ActionID`, which its answer tells again. An account may use an action if\n\
         its `write` has one of the classes named, and if the rules of the account (`allow` and `deny` in\n\
         manager.conf) have nothing against it; *Rule* names what of theirs a header is held against.\n\n\
         Any action that changes something may have an `IdempotencyKey`, of up to 128 bytes: sent again by\n\
         the same account within ten minutes it is answered as the first time, or when that is done, and\n\
         nothing is done twice. The same key with other headers is an error. What has been answered is\n\
         forgotten when the server ends.\n\n\
         | Action | Classes | What it does |\n|---|---|---|\n",
    );
    let all = sorted();
    for action in &all {
        let Declaration { name, synopsis, .. } = action;
        let link = name.to_ascii_lowercase();
        let _ = writeln!(
            page,
            "| [{name}](#{link}) | {} | {synopsis} |",
            classes(action)
        );
    }
    for action in all {
        section(&mut page, action);
    }
    page
}

pub(crate) fn sorted() -> Vec<&'static Declaration> {
    let mut all: Vec<_> = Action::DECLARATIONS.iter().collect();
    all.sort_by_key(|action| action.name.to_ascii_lowercase());
    all
}

/// The classes without the `all` that every list ends in.
fn classes(action: &Declaration) -> String {
    let listed = |classes: ami::Classes| {
        let text = classes.to_string();
        let text = text.strip_suffix(",all").unwrap_or(&text);
        text.replace(',', ", ")
    };
    match (action.classes.is_empty(), action.closed.is_empty()) {
        (false, _) => listed(action.classes),
        (true, true) => "everybody".to_owned(),
        (true, false) => format!(
            "everybody; {} with `openactions = no`",
            listed(action.closed)
        ),
    }
}

fn section(page: &mut String, action: &Declaration) {
    let Declaration {
        name,
        description,
        complete,
        dialect,
        parameters,
        ..
    } = action;
    let description = description.replace('\n', " ");
    let _ = write!(
        page,
        "\n## {name}\n\n{description}\n\nClasses: {}.",
        classes(action)
    );
    if let Some(dialect) = dialect {
        let _ = write!(page, " Only for accounts with `dialect = {dialect}`.");
    }
    if let Some(complete) = complete {
        let _ = write!(page, " Answers with a list that ends with `{complete}`.");
    }
    page.push('\n');
    if parameters.is_empty() {
        return;
    }
    page.push_str("\n| Header | Value | What it says |\n|---|---|---|\n");
    for parameter in *parameters {
        let kind = match parameter.kind {
            Kind::Text => "text",
            Kind::Number => "number",
            Kind::Flag => "yes or no",
            Kind::List => "text, repeatable",
            Kind::Others => "all other headers",
        };
        let required = if parameter.required { ", required" } else { "" };
        let description = parameter.description.replace('\n', " ").replace('|', "\\|");
        let rule = parameter.subject.map_or("", rule);
        let _ = writeln!(
            page,
            "| `{}` | {kind}{required} | {description}{rule} |",
            parameter.name
        );
    }
}

/// What of a rule the header is held against.
fn rule(subject: Subject) -> &'static str {
    match subject {
        Subject::Channel => " *Rule: `channel`.*",
        Subject::Dialled => " *Rule: `channel`; of a Local channel `context` and `exten` too.*",
        Subject::Context => " *Rule: `context`.*",
        Subject::Exten => " *Rule: `exten`.*",
        Subject::Application | Subject::Run => " *Rule: `application`.*",
        Subject::Variable | Subject::Variables | Subject::AllVariables => " *Rule: `variable`.*",
        Subject::Command => " *Rule: `command`.*",
    }
}
